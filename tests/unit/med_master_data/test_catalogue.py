"""One catalogue line: a device, or every reason why not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_master_data.lib import catalogue
from med_master_data.lib.catalogue import DeviceRecord, Refused

DI, BOX, CASE = "00721902648892", "20721902648896", "30721902648893"


def gudid(**changes):
    line = {
        "di": DI,
        "brand": "Trillium",
        "model": "95250",
        "company": "Maker",
        "description": "Oxygenator",
        "lot": "true",
        "serial": "false",
        "exp_date": "true",
        "sterile": "true",
        "single_use": "true",
        "identifiers": [{"id": DI, "type": "Primary", "agency": "GS1"}],
    }
    return line | changes


def pack(di, contains, qty):
    return {"id": di, "type": "Package", "agency": "GS1", "contains": contains, "qty": str(qty)}


def test_plain_device():
    record = catalogue.map_line(gudid())
    assert isinstance(record, DeviceRecord)
    assert (record.di, record.agency, record.name) == (DI, "GS1", "Trillium Oxygenator")
    assert (record.tracking, record.has_expiry, record.is_sterile, record.is_implant) == (
        "lot",
        True,
        True,
        None,
    )


@pytest.mark.parametrize(
    ("brand", "description", "name"),
    [
        ("NA", "Oxygenator", "Oxygenator"),
        ("Azur", "Azur coil", "Azur coil"),
        ("A", "B", "A B"),
        ("A", "", "A 95250"),
    ],
)
def test_name_says_nothing_twice(brand, description, name):
    assert catalogue.map_line(gudid(brand=brand, description=description)).name == name


def test_serial_wins_over_lot():
    assert catalogue.map_line(gudid(serial="true")).tracking == "serial"


def test_packages_multiply_outward():
    rows = [pack(CASE, BOX, 4), pack(BOX, DI, 10), {"id": DI, "type": "Primary", "agency": "GS1"}]
    record = catalogue.map_line(gudid(identifiers=rows))
    assert [(i.di, i.level, i.quantity) for i in record.identifiers] == [
        (DI, "unit", 1),
        (BOX, "inner", 10),
        (CASE, "case", 40),
    ]
    assert record.warnings == ()


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (pack("20721902648897", DI, 2), "check_digit"),
        (pack(BOX, CASE, 2), "pack_chain"),
        (pack(BOX, BOX, 2), "pack_chain"),
        (pack(BOX, DI, 0), "pack_quantity"),
        (pack(BOX, DI, "two"), "pack_quantity"),
        ({"id": "X", "type": "Secondary", "agency": "NOBODY"}, "di_agency"),
    ],
)
def test_a_bad_secondary_identifier_is_left_out_with_a_warning(row, code):
    record = catalogue.map_line(gudid(identifiers=[{"id": DI, "type": "Primary", "agency": "GS1"}, row]))
    assert [i.di for i in record.identifiers] == [DI]
    assert [w.code for w in record.warnings] == [code]


def test_other_agencies_are_kept_unchecked():
    rows = [{"id": "M4400190Z1", "type": "Primary", "agency": "HIBCC"}]
    record = catalogue.map_line(gudid(di="M4400190Z1", identifiers=rows))
    assert (record.di, record.agency) == ("M4400190Z1", "HIBCC")


def test_unit_of_use_names_the_product_but_counts_nothing():
    rows = [
        {"id": DI, "type": "Primary", "agency": "GS1"},
        {"id": "00754019404280", "type": "Unit of Use", "agency": "GS1"},
    ]
    record = catalogue.map_line(gudid(identifiers=rows))
    assert (record.identifiers[1].level, record.identifiers[1].quantity) == ("use", 1)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (
            gudid(
                di="00763003088567",
                identifiers=[{"id": "00763003088567", "type": "Primary", "agency": "GS1"}],
            ),
            "check_digit",
        ),
        (gudid(identifiers=[]), "di_missing"),
        (gudid(di="x"), "di_mismatch"),
        (gudid(brand="", description="", model=""), "name_missing"),
        ({"di": DI}, "name_missing"),
        ({"name": "A"}, "di_missing"),
        ({"di": DI, "name": "A", "class": "IV"}, "device_class"),
        ({"di": DI, "name": "A", "track": "none"}, "tracking"),
        ({"di": DI, "name": "A", "agency": "X"}, "di_agency"),
    ],
)
def test_refused(line, code):
    refused = catalogue.map_line(line)
    assert isinstance(refused, Refused)
    assert [p.code for p in refused.problems] == [code]


def test_compact_line():
    line = {
        "di": DI,
        "name": "Reagent",
        "maker": "M",
        "class": "III",
        "code": "6840",
        "temp": [2, 8],
        "packs": [[BOX, DI, 5]],
    }
    record = catalogue.map_text(json.dumps(line))
    assert (str(record.storage.minimum), str(record.storage.maximum)) == ("2.0", "8.0")
    assert (record.device_class, record.classification_code, record.has_expiry) == (
        "III",
        "6840",
        True,
    )
    assert [(i.di, i.quantity) for i in record.identifiers] == [(DI, 1), (BOX, 5)]


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "[" * 5000])
def test_not_json(text):
    assert catalogue.map_text(text).problems[0].code == "line_json"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from([*gudid(), "name", "packs", "temp", "storage", "class", "track"]),
        json_values,
    )
)
def test_any_object_gives_a_record_or_reasons(line):
    assert isinstance(catalogue.map_line(line), DeviceRecord | Refused)


@given(json_values, json_values, json_values)
def test_damaged_rows_never_raise(row, packs, storage):
    line = gudid(identifiers=[{"id": DI, "type": "Primary", "agency": "GS1"}, row], storage=[storage])
    assert isinstance(catalogue.map_line(line), DeviceRecord)
    compact = {"di": DI, "name": "A", "packs": [packs], "temp": [row, storage]}
    assert isinstance(catalogue.map_line(compact), DeviceRecord | Refused)
