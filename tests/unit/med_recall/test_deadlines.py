"""Deadlines, samples and the balance of one consignee, with vectors computed elsewhere."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_recall.lib import effectiveness
from med_recall.lib.deadlines import Calendar, due_at, due_day
from med_recall.lib.ledger import Flow, balances, outcome

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_working_days_skip_holidays_and_count_make_up_days():
    calendar = Calendar({date(2026, 2, 16), date(2026, 2, 17)}, {date(2026, 2, 14)})
    assert due_day(date(2026, 2, 13), 1, calendar) == date(2026, 2, 14)  # a Saturday that is worked
    assert due_day(date(2026, 2, 13), 2, calendar) == date(2026, 2, 18)


def test_one_day_is_the_stricter_24_hours_and_three_days_end_at_midnight():
    start = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert due_at(start, 1, "days", SHANGHAI) == datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
    assert due_at(start, 3, "days", SHANGHAI) == datetime(2026, 11, 26, 16, tzinfo=UTC)
    assert due_at(start, 12, "hours", SHANGHAI) == datetime(2026, 11, 23, 13, 30, tzinfo=UTC)


def test_vectors(shared):
    vectors = json.loads((shared / "vectors" / "regulations.json").read_text(encoding="utf-8"))
    days = vectors["calendars"]
    off = {day for first, last in days["CN_2026_off"] for day in _span(first, last)}
    calendars = {
        "cn": Calendar(off, frozenset(map(date.fromisoformat, days["CN_2026_makeup"]))),
        "us": Calendar(frozenset(map(date.fromisoformat, days["US_2026_federal"]))),
    }
    for vector in vectors["deadlines"]:
        calendar = calendars.get(vector["unit"].split("_")[0])
        due = due_day(date.fromisoformat(vector["start"]), vector["n"], calendar)
        assert due.isoformat() == vector["due"], vector["rule"]
    for vector in vectors["effectiveness"]:
        for level in "ACDE":
            assert effectiveness.sample_size(vector["consignees"], level) == vector[level]
    for vector in vectors["reconciliation"]:
        result = outcome(
            Decimal(vector["distributed"]),
            {"used": Decimal(vector["used"]), "destroyed": Decimal(vector["destroyed_in_place"])},
            Decimal(vector["returned"]),
        )
        assert result.unaccounted == vector["unaccounted"]


def _span(first, last):
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        yield day
        day += timedelta(days=1)


@given(st.sets(st.integers(1, 10_000), max_size=400), st.sampled_from("ABCDE"))
def test_a_sample_has_its_size_and_is_drawn_once(ids, level):
    drawn = effectiveness.sample(sorted(ids), level, "R1")
    assert len(drawn) == effectiveness.sample_size(len(ids), level)
    assert drawn == effectiveness.sample(sorted(ids, reverse=True), level, "R1")
    assert set(drawn) <= ids


PLACES = st.sampled_from(("here", "transit", "customer", "supplier", "production", "loss"))


@given(st.lists(st.builds(Flow, st.just(1), PLACES, PLACES, st.integers(1, 50).map(Decimal), st.integers(1, 3))))
def test_every_balance_closes(flows):
    for balance in balances(flows).values():
        assert balance.closes
        assert sum(balance.consignees.values()) == balance.with_consignees


def test_what_a_consignee_has_stays_unaccounted_until_it_is_back():
    answer = {"in_stock": Decimal(4), "returning": Decimal(4), "used": Decimal(5), "implanted": Decimal(1)}
    assert outcome(Decimal(10), answer, Decimal(0)).unaccounted == 4
    assert outcome(Decimal(10), answer, Decimal(4)).unaccounted == 0
    assert outcome(Decimal(10), answer, Decimal(3), Decimal(1)).unaccounted == 0


@pytest.mark.parametrize("days", [4000, -4000])
def test_a_deadline_beyond_ten_years_is_a_slip(days):
    with pytest.raises(ValueError, match="4000"):
        due_day(date(2026, 1, 1), days)
