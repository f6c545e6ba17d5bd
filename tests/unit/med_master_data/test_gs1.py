"""The strict reader: what is read, what is refused, what a person must be asked about."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from med_master_data.lib import gs1, gs1_ai, gs1_rules, gtin, scan
from med_master_data.lib.errors import ScanError

TODAY = date(2026, 11, 23)
GTIN = "06901234567892"
GS = "\x1d"


def codes(text, **kwargs):
    return [problem.code for problem in scan.parse(text, TODAY, **kwargs).problems]


def refusal(text):
    with pytest.raises(ScanError) as caught:
        scan.parse(text, TODAY)
    return caught.value


def test_full_udi():
    read = scan.parse(f"]d201{GTIN}11250301172803001" + f"0LOT-1/a{GS}21SN1", TODAY)
    assert read.scheme == "gs1"
    assert read.symbology == "]d2"
    assert (read.gtin, read.lot, read.serial) == (GTIN, "LOT-1/a", "SN1")
    assert (read.production_date, read.expiry) == (date(2025, 3, 1), date(2028, 3, 31))
    assert read.accepted


def test_lot_keeps_case_and_inner_spelling():
    assert scan.parse(f"01{GTIN}10aB_(x).+", TODAY).lot == "aB_(x).+"


@pytest.mark.parametrize("prefix", ["", "]C1", "]e0", "]d2", "]Q3", "]J1", GS, "]d2" + GS])
def test_symbology_and_leading_fnc1(prefix):
    assert scan.parse(f"{prefix}01{GTIN}17280200", TODAY).elements == (
        ("01", GTIN),
        ("17", "280200"),
    )


@pytest.mark.parametrize("ending", ["", GS, GS + GS, "\r\n", "\t"])
def test_harmless_endings(ending):
    assert scan.parse(f"01{GTIN}10B77{ending}", TODAY).lot == "B77"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("260228", date(2026, 2, 28)),
        ("280200", date(2028, 2, 29)),
        ("270200", date(2027, 2, 28)),
        ("760101", date(2076, 1, 1)),
        ("770101", date(1977, 1, 1)),
        ("000229", date(2000, 2, 29)),
    ],
)
def test_dates(text, expected):
    assert gs1.resolve_date(text, TODAY) == expected


def test_century_moves_with_today():
    assert gs1.resolve_date("100101", date(2060, 1, 1)) == date(2110, 1, 1)
    assert gs1.resolve_date("110101", date(2060, 1, 1)) == date(2011, 1, 1)


@pytest.mark.parametrize("text", ["271301", "270231", "270001", "2702", "27023x"])
def test_impossible_dates(text):
    with pytest.raises(ScanError) as caught:
        gs1.resolve_date(text, TODAY)
    assert caught.value.code == "bad_date"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0106901234567893", "check_digit"),
        ("00106141411234567890", "check_digit"),
        (f"01{GTIN}17271301", "bad_date"),
        (f"01{GTIN}17270231", "bad_date"),
        (f"01{GTIN}172702", "too_short"),
        (f"01{GTIN}10", "empty_value"),
        (f"01{GTIN}10ABCDEFGHIJKLMNOPQRSTU", "too_long"),
        (f"01{GTIN}10A B", "bad_character"),
        (f"01{GTIN}10A#B", "bad_character"),
        (f"01{GTIN}10批", "bad_character"),
        (f"01{GTIN}19271231", "unknown_ai"),
        (f"01{GTIN}10A{GS}10B", "repeated"),
        (f"01{GTIN}02{GTIN}", "excluded"),
        (f"01{GTIN}375", "excluded"),
        (f"01{GTIN}21A{GS}235B", "excluded"),
        (f"01{GTIN}422987", "bad_country"),
        (f"]d2(01){GTIN}", "brackets_in_symbol"),
        (f"(01){GTIN}(10)", "empty_value"),
        (f"(01){GTIN}(10)A(B", "bad_brackets"),
        (f"(01{GTIN}", "bad_brackets"),
        ("()12345", "bad_brackets"),
        ("", "empty"),
        (GS, "empty"),
        ("]d2", "empty"),
        ("5901234123458", "check_digit"),
        ("]E0590123412345", "check_digit"),
        ("]E4123", "gtin_length"),
        ("LOT123", "unknown_scheme"),
        ("1" * 3000, "scan_too_long"),
    ],
)
def test_refused(text, code):
    assert refusal(text).code == code


def test_check_digit_refusal_says_which_would_be_right():
    assert refusal("0106901234567893").params == {
        "ai": "01",
        "value": "06901234567893",
        "expected": "2",
    }


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("+A123BJC5D6E71G", "hibc"),
        ("=/A9999XYZ100T0944", "isbt128"),
        ("MA.156.M0.100761.21234561", "ma"),
        ("HTTPS://id.gs1.org/01/09520123456788", "digital_link"),
        ("]d1+A123BJC5D6E71G", "hibc"),
        ("3074257BF7194E4000001A85", "epc"),
        ("urn:epc:id:sscc:0614141.1234567890", "epc"),
    ],
)
def test_the_first_characters_choose_the_scheme(text, scheme):
    assert scan.parse(text, TODAY).scheme == scheme


def test_other_containers_are_named():
    assert refusal("[)>\x1e06\x1d9N111234568408").params == {"scheme": "ASC MH10 (PPN)"}


@pytest.mark.parametrize(
    ("text", "gtin14"),
    [
        ("5901234123457", "05901234123457"),
        ("]E05901234123457", "05901234123457"),
        ("]E496385074", "00000096385074"),
        ("]I105901234123457", "05901234123457"),
    ],
)
def test_bare_gtin(text, gtin14):
    read = scan.parse(text, TODAY)
    assert (read.scheme, read.gtin, read.accepted) == ("gtin", gtin14, True)


def test_same_value_twice_is_one_element():
    assert scan.parse(f"01{GTIN}10A{GS}10A", TODAY).elements == (("01", GTIN), ("10", "A"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10LOT", ["needs"]),
        ("17271231", ["needs"]),
        ("21SN", ["needs"]),
        (f"02{GTIN}", ["needs"]),
        (f"02{GTIN}3712", ["needs"]),
        (f"0010614141123456789702{GTIN}3712", []),
        (f"01{GTIN}250X", ["needs"]),
        (f"01{GTIN}21S{GS}250X", []),
    ],
)
def test_companions(text, expected):
    assert codes("]C1" + text) == expected


def test_two_barcodes_cure_each_other():
    first = scan.parse(f"]C101{GTIN}", TODAY)
    second = scan.parse("]C11727123110L7", TODAY)
    both = gs1.combine([first, second], TODAY)
    assert (both.gtin, both.lot, both.expiry, both.accepted) == (
        GTIN,
        "L7",
        date(2027, 12, 31),
        True,
    )


def test_two_barcodes_of_different_items_are_refused():
    first = scan.parse(f"01{GTIN}10L1", TODAY)
    with pytest.raises(ScanError) as caught:
        gs1.combine([first, scan.parse("10L2", TODAY)], TODAY)
    assert caught.value.code == "repeated"


def test_logistic_unit_has_contents_not_a_gtin():
    read = scan.parse(f"0010614141123456789702{GTIN}3712{GS}10L7", TODAY)
    assert (read.sscc, read.gtin, read.content_gtin, read.count) == (
        "106141411234567897",
        None,
        GTIN,
        12,
    )


@pytest.mark.parametrize(
    ("tail", "shorter"),
    [
        ("10ABC12317271231", "ABC123"),
        ("10LOT121SER9", "LOT1"),
        ("21SN511250101", "SN5"),
        ("21SN510LOT1", "SN5"),
        ("10L117271231" + "21S1", "L1"),
        ("1021052379" + "0117260112", None),
    ],
)
def test_swallowed_separator_is_never_silent(tail, shorter):
    """T7: a serial or date glued to the lot is asked about, not accepted."""
    read = scan.parse(f"01{GTIN}{tail}", TODAY)
    problem = next(p for p in read.problems if p.code == "ambiguous")
    assert not read.accepted
    if shorter:
        assert problem.params["shorter"] == shorter


@pytest.mark.parametrize(
    "tail",
    [
        "10LOT1",
        "10A213B1",
        "101234AB\x1d215678CD",
        "10ABC12317271231\x1d",
        "10ABC12317271331",
        "211234",
        "10L1721",
    ],
)
def test_ordinary_lots_are_not_ambiguous(tail):
    assert codes(f"01{GTIN}{tail}") == []


def test_printed_form_is_never_ambiguous():
    assert codes(f"(01){GTIN}(10)ABC12317271231") == []


def test_printed_form_with_blanks_and_escape():
    read = scan.parse(f"(01) {GTIN} (10) A\\(1)", TODAY)
    assert read.lot == "A(1)"


@pytest.mark.parametrize("separator", ["<GS>", "^]", "|", "~"])
def test_device_separator(separator):
    read = scan.parse(f"01{GTIN}10L1{separator}21S1", TODAY, separators=(separator,))
    assert (read.lot, read.serial, read.accepted) == ("L1", "S1", True)


def test_table_is_sound():
    """Every rule named in the table exists; two digits decide the length of an AI."""
    for spec in gs1_ai.TABLE.values():
        assert {rule for part in spec.parts for rule in part.rules} <= set(gs1_rules.RULES)
        assert gs1_ai.find(spec.ai + "0") is spec
        optional = [part.optional for part in spec.parts]
        assert optional == sorted(optional)


def test_build_places_fnc1_only_where_needed():
    text = gs1.build([("01", GTIN), ("10", "L"), ("17", "271231"), ("21", "S")])
    assert text == f"01{GTIN}10L{GS}1727123121S"


def test_build_refuses_what_would_not_be_read():
    for elements, code in [
        ([], "empty"),
        ([("10", "A\x1dB")], "bad_character"),
        ([("77", "1")], "unknown_ai"),
        ([("01", "06901234567893")], "check_digit"),
        ([("10", "A"), ("10", "B")], "repeated"),
    ]:
        with pytest.raises(ScanError) as caught:
            gs1.build(elements)
        assert caught.value.code == code


# --- properties ----------------------------------------------------------------------------------

lots = st.text(alphabet=gs1_rules.CSET82, min_size=1, max_size=20)
gtins = st.integers(0, 10**13 - 1).map(lambda n: f"{n:013d}").map(lambda b: b + str(gtin.check_digit(b)))
days = st.dates(date(1990, 1, 1), date(2070, 12, 31)).map(lambda d: d.strftime("%y%m%d"))
bodies = st.one_of(
    st.tuples(st.just("01"), gtins),
    st.tuples(st.sampled_from(["10", "21", "22", "400"]), lots),
    st.tuples(st.sampled_from(["11", "13", "17"]), days),
    st.tuples(st.just("30"), st.integers(1, 99999999).map(str)),
    st.tuples(st.sampled_from(["91", "99"]), st.text(alphabet=gs1_rules.CSET82, min_size=1, max_size=90)),
)


@given(st.lists(bodies, min_size=1, max_size=7, unique_by=lambda element: element[0]))
def test_build_then_parse_gives_the_same(elements):
    assert gs1.parse_element_string(gs1.build(elements), TODAY).elements == tuple(elements)


@given(st.lists(bodies, min_size=1, max_size=7, unique_by=lambda element: element[0]))
def test_printed_form_reads_back(elements):
    assume(not any(value.endswith("\\") for _ai, value in elements))
    assert gs1.parse_element_string(gs1.to_text(elements), TODAY).elements == tuple(elements)


pieces = st.sampled_from([*list(gs1_ai.TABLE)[:60], GTIN, GS, "]d2", "]E0", "(", ")", "271231", "00", "\\(", "批"])


@given(st.one_of(st.text(max_size=80), st.lists(pieces, max_size=12).map("".join)))
def test_any_input_is_read_or_refused(text):
    """Never another exception, and never an unreadable result."""
    read, refused = None, None
    try:
        read = scan.parse(text, TODAY)
    except ScanError as error:
        refused = error
    if refused:
        assert refused.code
        assert all(isinstance(value, str) for value in refused.params.values())
    else:
        assert read.elements
        assert read.raw == text


@given(gtins, lots, days)
def test_a_wrong_check_digit_is_always_refused(gtin14, lot, day):
    wrong = gtin14[:-1] + str((int(gtin14[-1]) + 1) % 10)
    with pytest.raises(ScanError):
        scan.parse(f"]d201{wrong}17{day}10{lot}", TODAY)
