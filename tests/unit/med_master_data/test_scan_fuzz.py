"""Every reader, whatever it is given: a reading or a ScanError, and what we write reads back."""

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_master_data.lib import digital_link, epc, gs1, gtin, hibc, isbt128, keyboard, ma, scan
from med_master_data.lib.errors import ScanError
from stdnum.iso7064 import mod_37_2

TODAY = date(2026, 11, 23)
CSET82 = st.sampled_from(sorted(gs1.gs1_rules.CHARACTERS["x"]))
UPPER = string.ascii_uppercase + string.digits
DAYS = st.dates(date(1980, 1, 1), date(2070, 12, 31))

SEEDS = (
    "+A99912345/$$909999710X3/$$+320011577DEFG45/16D20111212K",
    "+$$52001510X3GD",
    "=/A9999XYZ100T0944=,000025=A99971312345600=>014032=}013032&,1000000000000XYZ123",
    "MA.156.M0.100777.1A00B015.SZX9.M260301.LB77.E290228.C5",
    "https://id.gs1.org/01/09520123456788/10/ABC%2F123?17=201225&3103=000195",
    "urn:epc:tag:sgtin-198:1.50712192365.88..%25:.13%26",
    "362579D5D4ADB6172574B98B34C0000000000000000000000000",
    "3074257BF7194E4000001A85",
    "010690123456789217280331" + "10LOT1\x1d21SER9",
    "(01)06901234567892(17)280331(10)AB",
)
PARSERS = (
    scan.parse,
    hibc.parse,
    isbt128.parse,
    ma.parse,
    digital_link.parse,
    epc.parse,
    gs1.parse_element_string,
)


@st.composite
def spoilt(draw):
    """A real code with some of it cut, doubled or replaced: nearer to the grammar than noise."""
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 6)))
        text = text[:start] + draw(st.text(max_size=4)) + text[end:]
    return text


NOISE = st.one_of(
    st.text(max_size=60),
    spoilt(),
    st.text("0123456789", max_size=60),
    st.text("0123456789ABCDEF", min_size=24, max_size=52).map(lambda t: "30" + t[2:]),
    st.text(UPPER + "+/$&=,<>.-% ", max_size=40).map(lambda t: "+" + t),
)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.__module__.rpartition(".")[2])
@given(NOISE)
def test_a_reading_or_a_clear_error(parser, text):
    refusal = None
    try:
        read = parser(text, TODAY)
    except ScanError as error:
        refusal = error
    if refusal:
        assert refusal.code
        assert all(isinstance(value, str) for value in refusal.params.values())
        return
    assert read.elements
    assert read.raw
    for name in ("gtin", "sscc", "content_gtin"):
        value = getattr(read, name)
        assert value is None or gtin.has_valid_check_digit(value)


@given(NOISE)
def test_repairs_never_fail_and_never_change_nothing(text):
    for repair in keyboard.repairs(text):
        assert repair.text != text


@given(st.text(string.ascii_letters + string.digits + "()-/.+", min_size=1, max_size=30))
def test_every_setting_can_be_undone(text):
    for setting in (keyboard.FULL_WIDTH, keyboard.CAPS_LOCK, keyboard.AZERTY, keyboard.QWERTZ):
        typed = keyboard.spoil(text, setting)
        assert typed == text or text in [repair.text for repair in keyboard.repairs(typed)]


LOT = st.text(UPPER, min_size=1, max_size=18)


@given(
    st.from_regex(r"[A-Z][0-9A-Z]{3}[0-9A-Z]{1,18}[0-9]", fullmatch=True),
    st.none() | LOT,
    st.none() | LOT,
    st.none() | DAYS.filter(lambda day: 1977 < day.year < 2070),
    st.none() | st.dates(date(1900, 1, 1)),
    st.none() | st.integers(0, 99999),
)
def test_hibc_reads_back(di, lot, serial, expiry, made, quantity):
    text = hibc.build(di, lot=lot, serial=serial, expiry=expiry, production_date=made, quantity=quantity)
    read = scan.parse(text, TODAY)
    assert (read.di, read.lot, read.serial, read.quantity) == (di, lot, serial, quantity)
    assert (read.expiry, read.production_date) == (expiry, made)


@given(st.from_regex(r"[A-Z][0-9A-Z]{3}[0-9A-Z]{1,18}[0-9]", fullmatch=True), st.integers(1, 12), LOT)
def test_hibc_one_wrong_character_is_refused(di, position, lot):
    """Modulo 43 finds every single misread character."""
    text = hibc.build(di, lot=lot)
    position %= len(text)
    for other in "0A/":
        if position and text[position] != other:
            with pytest.raises(ScanError):
                hibc.parse(text[:position] + other + text[position + 1 :], TODAY)


def test_hibc_check_character_may_be_a_blank():
    """Never trimmed; and a blank that got lost is asked about, not supplied."""
    code = "+$$52001510X3+ "
    assert scan.parse(code, TODAY).lot == "10X3"
    assert scan.parse(code + "\r\n", TODAY).lot == "10X3"
    assert scan.parse(code.rstrip(), TODAY).has_problem("hibc_blank_lost")
    full = hibc.build("A99912345", lot="X")
    assert scan.parse(full + " ", TODAY).lot == "X"


ISBT_VALUES = {
    "=/": st.text(UPPER, min_size=16, max_size=16),
    "=,": st.text(UPPER, min_size=6, max_size=6),
    "&,1": st.text(UPPER, min_size=18, max_size=18),
    "=>": st.just("014032"),
    "=}": st.just("029366").map(lambda _: "028366"),
    "=)": st.text(UPPER, min_size=10, max_size=10),
}


@given(st.fixed_dictionaries({}, optional=ISBT_VALUES).filter(bool))
def test_isbt_reads_back(values):
    elements = tuple(values.items())
    assert scan.parse(isbt128.build(elements), TODAY).elements == elements


@given(st.text(string.ascii_uppercase, min_size=1, max_size=1), st.text("0123456789", min_size=12, max_size=12))
def test_isbt_flags_are_checked(first, digits):
    number = first + digits
    right = 60 + isbt128.CHECK_CHARACTERS.index(isbt128.check_character(number))
    assert isbt128.parse(f"={number}{right}", TODAY).get("=")
    for wrong in {60, 75, 96} - {right}:
        with pytest.raises(ScanError):
            isbt128.parse(f"={number}{wrong}", TODAY)
    assert isbt128.parse(f"={number}00", TODAY).accepted


@given(st.text(UPPER, min_size=13, max_size=13))
def test_check_character_as_python_stdnum_computes_it(number):
    assert isbt128.check_character(number) == mod_37_2.calc_check_digit(number)


MA_TEXT = st.text(string.ascii_letters + string.digits + "-", min_size=1, max_size=20)
YYMMDD = DAYS.map(lambda day: day.strftime("%y%m%d"))


@given(st.fixed_dictionaries({}, optional={"S": MA_TEXT, "M": YYMMDD, "L": MA_TEXT, "D": MA_TEXT, "E": YYMMDD}))
def test_ma_reads_back(parts):
    elements = (("MA", "MA.156.M0.100777.1A00B015"), *parts.items())
    read = scan.parse(ma.build(elements, TODAY), TODAY)
    assert read.elements == elements
    assert (read.lot, read.serial) == (parts.get("L"), parts.get("S"))


def test_ma_earlier_of_both_dates_counts():
    read = ma.parse("MA.156.M0.100777.1A00B015.E220628.V220627", TODAY)
    assert read.expiry == date(2022, 6, 27)


@given(st.text(CSET82, min_size=1, max_size=20), st.text(CSET82, min_size=1, max_size=20))
def test_digital_link_reads_back(lot, serial):
    elements = (("01", "06901234567892"), ("10", lot), ("21", serial), ("17", "280331"))
    read = digital_link.parse(digital_link.build(elements), TODAY)
    assert dict(read.elements) == dict(elements)


@given(
    st.sampled_from(sorted(epc.CODINGS)),
    st.integers(6, 12),
    st.text("0123456789", min_size=30, max_size=30),
    st.text(CSET82, min_size=1, max_size=16),
    st.integers(0, 2**38 - 1),
    st.integers(0, 7),
)
def test_epc_reads_back_or_is_refused(coding, length, digits, text, number, filter_value):
    """A tag says exactly what was asked to be written, or was not written."""
    plan = epc.CODINGS[coding]
    total = {"sgtin": 13, "sscc": 17, "sgln": 12, "grai": 12}.get(plan.kind)
    reference = (text if plan.text else str(number)) if total is None else digits[length:total]
    serial = "" if plan.kind in ("sscc", "giai") else (text if plan.text else str(number))
    try:
        tag = epc.Tag(plan.kind, digits[:length], reference, serial)
        code = epc.to_hex(tag, coding, filter_value)
    except ScanError:
        return
    back = epc.from_hex(code)
    assert (back.uri, back.filter, back.coding) == (tag.uri, filter_value, coding)
    assert epc.from_uri(tag.uri).elements == tag.elements
    assert epc.from_elements(tag.elements, length).uri == tag.uri


@given(st.text("0123456789ABCDEF", min_size=24, max_size=24), st.sampled_from(("30", "31", "32", "33", "34")))
def test_epc_only_decodes_what_it_would_write(body, header):
    text = header + body[2:]
    try:
        tag = epc.from_hex(text)
    except ScanError:
        return
    assert epc.to_hex(tag, tag.coding, tag.filter) == text


@pytest.mark.parametrize("serial", ["00123", "274877906944", "12A", ""])
def test_epc_what_96_bits_cannot_hold_is_refused(serial):
    with pytest.raises(ScanError):
        epc.to_hex(epc.Tag("sgtin", "6901234", "056789", serial), "sgtin-96")


def test_epc_takes_the_longer_tag_when_none_is_asked_for():
    code = epc.to_hex(epc.Tag("sgtin", "6901234", "056789", "00123"))
    assert epc.from_hex(code).serial == "00123"
    assert len(code) == 52


@given(st.text(UPPER, min_size=1, max_size=20), st.text(UPPER, min_size=3, max_size=20))
def test_readings_hold_the_true_one(lot, serial):
    """Whatever FNC1 the scanner swallows: the label is asked about, and the truth is among the
    readings that are offered."""
    read = scan.parse(f"010690123456789210{lot}1728033121{serial}", TODAY)
    assert read.has_problem("ambiguous")
    assert (lot, serial) in [(one.lot, one.serial) for one in gs1.readings(read, TODAY)]
