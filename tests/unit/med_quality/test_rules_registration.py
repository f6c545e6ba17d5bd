"""The device's own certificate: the day before, of and after, on the production day."""

import pytest
from line_kit import DAY, LINE, TODAY, line
from med_quality.lib.rules_registration import FACT, RegistrationFacts, on_day, registration_invalid


def cert(start, end, device_class="III", number="C-1"):
    return RegistrationFacts(
        number,
        device_class,
        None if start is None else TODAY + start * DAY,
        None if end is None else TODAY + end * DAY,
    )


def made(days, *certificates, **facts):
    """A lot made so many days from today; None: nobody knows."""
    return line(
        lot={"production_day": None if days is None else TODAY + days * DAY}, extra={FACT: certificates}, **facts
    )


TABLE = [
    ("no certificate", made(-10), "missing"),
    ("not read", LINE, "missing"),
    ("something else was read", line(extra={FACT: "C-1"}), "missing"),
    ("made the day before the last", made(-6, cert(-100, -5)), None),
    ("made on the last day", made(-5, cert(-100, -5)), None),
    ("made the day after the last", made(-4, cert(-100, -5)), "made_after"),
    ("made the day before the first", made(-101, cert(-100, -5)), "made_before"),
    ("made on the first day", made(-100, cert(-100, -5)), None),
    ("made between two periods", made(-50, cert(-100, -60), cert(-40, 100)), "made_before"),
    ("made in the second period", made(-40, cert(-100, -60), cert(-40, 100)), None),
    ("no end", made(500, cert(-100, None)), None),
    ("no beginning", made(-5000, cert(None, 0)), None),
    ("unknown day, valid today", made(None, cert(-1, 0)), None),
    ("unknown day, ended yesterday", made(None, cert(-9, -1)), "expired"),
    ("unknown day, begins tomorrow", made(None, cert(1, 9)), "not_yet"),
    ("no lot, valid today", line(lot=None, extra={FACT: (cert(0, 0),)}), None),
    ("another class", made(-1, cert(-9, 9, "II")), "other_class"),
    ("certificate without a class", made(-1, cert(-9, 9, None)), None),
    ("the class of one of two", made(-1, cert(-9, 9, "II"), cert(-9, 9)), None),
    ("device without a class", made(-1, cert(-9, 9), device_class=None), None),
    ("within the house", made(-1, destination="internal"), None),
    ("to a supplier, back", made(-1, destination="supplier"), None),
    ("from a supplier", made(-1, origin="supplier", destination="internal"), "missing"),
]


@pytest.mark.parametrize(("facts", "problem"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_table(facts, problem):
    finding = registration_invalid(facts)
    assert (finding and finding.problem) == problem


def test_what_was_valid_on_a_past_day_is_the_certificate_of_that_time():
    old, new = cert(-100, -50, number="OLD"), cert(-49, 100, number="NEW")
    assert on_day((new, old), TODAY - 50 * DAY) is old
    assert on_day((new, old), TODAY - 49 * DAY) is new
    assert on_day((new, old), TODAY - 101 * DAY) is None
