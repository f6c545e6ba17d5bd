"""What notices say of lots, and that nothing is guessed silently."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_recall.lib import dates, lot_text
from med_recall.lib.lot_text import Proposal, in_range, parse, range_names


def names(text, kind="lot"):
    return [p.first for p in parse(text).proposals if p.kind == kind]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lot # 214117, 216117, and 228117", ["214117", "216117", "228117"]),
        ("Lot Nos. A-1/2; B.77.", ["A-1/2", "B.77"]),
        ("Lot #'s: a) 90A024, 90A026; b) 90A028", ["90A024", "90A026", "90A028"]),
        ("50V08131", ["50V08131"]),
        ("批号：20240101、20240102", ["20240101", "20240102"]),
        ("Batch ABC, DEF", ["ABC", "DEF"]),
    ],
)
def test_lots(text, expected):
    reading = parse(text)
    assert [p.first for p in reading.proposals] == expected
    assert {p.kind for p in reading.proposals} == {"lot"}
    assert reading.is_complete


def test_the_notice_of_the_issue():
    reading = parse(
        "Lot numbers: A123, A125 to A130; all lots made before 2024-05; serials S1 - S9; UDI-DI 06901234567892"
    )
    assert reading.is_complete
    assert reading.proposals == (
        Proposal("lot", "A123"),
        Proposal("lot_range", "A125", "A130"),
        Proposal("made", day_to=date(2024, 4, 30)),
        Proposal("serial_range", "S1", "S9"),
        Proposal("di", "06901234567892"),
    )


def test_a_date_behind_a_lot_describes_it_and_widens_nothing():
    reading = parse("Lot 40041, exp. date February 2015 and Lot 40043, exp. date March 2015")
    assert reading.proposals == (
        Proposal("lot", "40041", day_from=date(2015, 2, 1), day_to=date(2015, 2, 28)),
        Proposal("lot", "40043", day_from=date(2015, 3, 1), day_to=date(2015, 3, 31)),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Expiration dates: 5/31/12", Proposal("expiry", day_from=date(2012, 5, 31), day_to=date(2012, 5, 31))),
        ("All lots expiring on or before 2024-05-31", Proposal("expiry", day_to=date(2024, 5, 31))),
        ("All lots manufactured after 2024-05-31", Proposal("made", day_from=date(2024, 6, 1))),
        (
            "All lots manufactured and distributed between December 15, 2010 and November 15, 2011",
            Proposal("made", day_from=date(2010, 12, 15), day_to=date(2011, 11, 15)),
        ),
        ("All lots", Proposal("all")),
        ("所有批次", Proposal("all")),
    ],
)
def test_criteria(text, expected):
    assert parse(text).proposals == (expected,)


@pytest.mark.parametrize(
    "text",
    [
        "Lot TFRS 130B 1503 KT34",  # one name or four?
        "16KS022812) and 3) Unit: 16GS36753",  # where does the number end?
        "A125 to B130",  # spans nothing
        "lots sold at the Springfield store",
        "",
    ],
)
def test_what_cannot_be_read_is_said(text):
    assert not parse(text).is_complete


def test_ranges():
    assert names("Lots A125 - 30", "lot_range") == ["A125"]
    assert in_range("A127", "A125", "A130")
    assert not in_range("A131", "A125", "A130")
    assert not in_range("A0127", "A125", "A130")
    assert not in_range("B127", "A125", "A130")
    assert list(range_names("A098", "A101")) == ["A098", "A099", "A100", "A101"]
    assert len(list(range_names("A0000001", "A9999999"))) == 10_000


def test_dates():
    assert dates.read("13/05/2024") == (date(2024, 5, 13),) * 2
    assert dates.read("05/06/2024") == (date(2024, 5, 6),) * 2
    assert dates.read("2024年2月") == (date(2024, 2, 1), date(2024, 2, 29))
    assert dates.read("30 FEB 2012") is None
    assert dates.compact("20120613") == date(2012, 6, 13)
    assert dates.compact("June 2012") is None


IDENTIFIERS = st.from_regex(r"[A-Z]{1,3}[0-9]{3,8}", fullmatch=True)


@given(
    st.lists(IDENTIFIERS, min_size=1, max_size=20, unique=True), st.sampled_from([", ", "; ", " and ", "、", "\n, "])
)
def test_whatever_lots_are_listed_are_read_and_nothing_else(lots, separator):
    reading = parse("Lot numbers: " + separator.join(lots))
    assert [p.first for p in reading.proposals] == lots
    assert reading.is_complete


@given(st.text(max_size=300))
def test_any_text_is_read_to_its_end(text):
    reading = parse(text)
    for proposal in reading.proposals:
        assert proposal.kind in lot_text.KINDS
        assert not proposal.first or proposal.first in text


@given(st.text(alphabet="Lot#Ss/N A1-29.,;:()to/and eExp批号", max_size=120))
def test_text_that_looks_like_a_notice_is_read_to_its_end(text):
    assert parse(text) == parse(text)


def test_a_text_beyond_reason_is_refused():
    with pytest.raises(ValueError, match="too long"):
        parse("1" * 200_001)
    assert parse("A1, " * 20_000)  # and a long one is read in a moment
