"""Files as people send them: read as meant, or refused with the reason; nothing guessed."""

import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from med_master_data.lib import import_kinds, tabular, udid
from med_master_data.lib.catalogue import DeviceRecord, Refused
from med_master_data.lib.errors import ScanError
from med_master_data.lib.tabular import Format


def rows(content, how=None):
    return [(line.number, list(line.cells)) for line in tabular.lines(io.BytesIO(content), how)]


def code(function, *arguments):
    with pytest.raises(ScanError) as caught:
        function(*arguments)
    return caught.value.code


TEXT = "编码,名称\n1,支架（大）\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gbk", "gb18030"])
def test_encodings_are_found_out(encoding):
    assert rows(TEXT.encode(encoding)) == [(1, ["编码", "名称"]), (2, ["1", "支架（大）"])]


def test_latin_is_not_taken_for_chinese():
    content = "code,name\n1,Ménière – größe\n".encode("cp1252")
    assert code(rows, content) == "table_encoding"
    assert rows(content, Format(encoding="cp1252"))[1][1] == ["1", "Ménière – größe"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found_out(separator):
    content = separator.join("abc") + "\n" + separator.join(("1", '"x,;y"', "3")) + "\n"
    assert rows(content.encode())[1][1] == ["1", "x,;y", "3"]


def test_rows_are_counted_as_people_count_them():
    content = b'a,b\r\n\r\n1,"two\r\nlines"\r\n,\r\n3,4'
    assert [number for number, _cells in rows(content)] == [1, 3, 6]


def test_old_mac_line_ends():
    assert rows(b"a,b\r1,2\r") == [(1, ["a", "b"]), (2, ["1", "2"])]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "table_empty"),
        (b"  \n ", "table_empty"),
        (b"\xd0\xcf\x11\xe0old", "table_old_excel"),
        (b"PK\x03\x04broken", "table_broken"),
        (b"\x00\x01\x02\x03\x00\xff", "table_binary"),
        (b'a,b\n1,"never closed\n2,3\n', "table_broken_row"),
        (("," * 300 + "\n").encode(), "table_too_wide"),
        (b"a,b\n" + b"x" * 20000 + b",1\n", "table_cell_long"),
    ],
)
def test_files_that_cannot_be_read(content, expected):
    assert code(rows, content) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1.23E+13", "cell_scientific"),
        ("6,90123E+12", "cell_scientific"),
        (6.9e19, "cell_scientific"),
        ("0614141", "cell_zeros_lost"),
        (61414100001, "cell_zeros_lost"),
        ("06901234567893", "check_digit"),
        ("#REF!", "cell_formula"),
        ("#####", "cell_hashes"),
        ("0690\ufffd", "cell_replaced"),
        (datetime(2026, 1, 1), "cell_date_as_text"),
    ],
)
def test_damaged_gtins_are_named(cell, expected):
    assert code(tabular.read_gtin, cell) == expected


def test_gtins():
    assert tabular.read_gtin("6901234567892") == "06901234567892"
    assert tabular.read_gtin(6901234567892.0) == "06901234567892"


@pytest.mark.parametrize(
    ("cell", "order", "expected"),
    [
        ("2026-11-23", "", date(2026, 11, 23)),
        ("2026/1/3 0:00", "", date(2026, 1, 3)),
        ("20261123", "", date(2026, 11, 23)),
        ("2026年11月3日", "", date(2026, 11, 3)),
        ("23.11.2026", "", date(2026, 11, 23)),
        ("11/23/2026", "", date(2026, 11, 23)),
        ("23-Nov-2026", "", date(2026, 11, 23)),
        ("24/Feb/2021 03:59:34", "", date(2021, 2, 24)),
        ("November 3, 2026", "", date(2026, 11, 3)),
        ("04/04/2026", "", date(2026, 4, 4)),
        ("03/04/2026", "dmy", date(2026, 4, 3)),
        ("03/04/2026", "mdy", date(2026, 3, 4)),
        (datetime(2026, 11, 23, 5), "", date(2026, 11, 23)),
        ("03/04/2026", "", "cell_date_order"),
        ("45123", "", "cell_date_serial"),
        ("1/2/26", "", "cell_date_century"),
        ("2026-02-30", "", "cell_date"),
        ("31/12/2026", "mdy", "cell_date"),
        ("soon", "", "cell_date"),
    ],
)
def test_dates(cell, order, expected):
    if isinstance(expected, str):
        assert code(tabular.read_date, cell, order) == expected
    else:
        assert tabular.read_date(cell, order) == expected


@pytest.mark.parametrize(
    ("cell", "mark", "expected"),
    [
        ("1234.5", ".", Decimal("1234.5")),
        ("1,234.5", ".", Decimal("1234.5")),
        ("1.234,5", ",", Decimal("1234.5")),
        ("1 234", ".", Decimal(1234)),
        (12.5, ",", Decimal("12.5")),
        ("12,5", ".", "cell_decimal_mark"),
        ("1.5", ",", "cell_decimal_mark"),
        ("1e20", ".", "cell_number_large"),
        ("NaN", ".", "cell_number"),
        ("٣", ".", "cell_number"),
        (True, ".", "cell_number"),
        (float("inf"), ".", "cell_number"),
    ],
)
def test_numbers(cell, mark, expected):
    if isinstance(expected, str):
        assert code(tabular.read_decimal, cell, mark) == expected
    else:
        assert tabular.read_decimal(cell, mark) == expected


CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30), st.dates(), st.datetimes()
)


@given(CELLS, st.sampled_from(["", "ymd", "dmy", "mdy"]), st.sampled_from([".", ","]))
def test_every_cell_gives_a_value_or_a_reason(cell, order, mark):
    how = Format(date_order=order, decimal_mark=mark)
    for kind in import_kinds.kinds().values():
        for column in kind.columns:
            try:
                import_kinds.read_cell(column, cell, how)
            except ScanError as error:
                assert error.code


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_every_file_gives_rows_or_a_reason(content):
    try:
        rows(content)
    except ScanError as error:
        assert error.code.startswith("table_")


@given(st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail))
def test_every_broken_workbook_is_refused(content):
    assert code(rows, content) == "table_broken"


ALPHABET = st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff\ufffd")


@given(
    st.lists(st.lists(st.text(ALPHABET, max_size=8), min_size=3, max_size=3), min_size=1, max_size=6),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_is_written_is_read(table, encoding):
    """Round trip through CSV, apart from the blanks around a cell."""
    text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in table) + "\n"
    read = rows(text.encode(encoding), Format(separator=","))
    stripped = [[cell.strip(" \t\r\n\u00a0\u3000") for cell in row] for row in table]
    assert [cells for _number, cells in read] == [row for row in stripped if any(row)]


UDI = "<udid><device><zxxsdycpbs>{}</zxxsdycpbs><cpmctymc>{}</cpmctymc>{}</device></udid>"


@pytest.mark.parametrize(
    "content", [b"", b"<a>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"text", b"<a></b>", b"<?xml version='1.0' encoding='no'?><a/>"]
)
def test_broken_udi_files_are_refused(content):
    assert code(lambda: list(udid.devices(io.BytesIO(content)))) == "udid_xml"


@given(st.text(ALPHABET, max_size=20), st.text(ALPHABET, max_size=20), st.text(ALPHABET, max_size=20))
def test_every_udi_device_gives_a_record_or_reasons(di, name, value):
    from xml.sax.saxutils import escape

    tags = ("flbm", "zczbhhzbapzbh", "cpbsbmtxmc", "sydycpbs", "sfyzcbayz")
    more = "".join(f"<{tag}>{escape(value)}</{tag}>" for tag in tags)
    more += f"<storageList><storage><zdz>{escape(value)}</zdz><jldw>℃</jldw></storage></storageList>"
    more += f"<packingList><packing><bzcpbs>{escape(value)}</bzcpbs></packing></packingList>"
    try:
        found = list(udid.devices(io.BytesIO(UDI.format(escape(di), escape(name), more).encode())))
    except ScanError as error:
        assert error.code == "udid_xml"
        return
    assert len(found) == 1
    assert isinstance(found[0], DeviceRecord) or (isinstance(found[0], Refused) and found[0].problems)


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_every_udi_file_gives_devices_or_a_reason(content):
    try:
        list(udid.devices(io.BytesIO(content)))
    except ScanError as error:
        assert error.code == "udid_xml"
