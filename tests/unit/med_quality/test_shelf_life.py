"""Remaining shelf life: whole days, shares rounded up."""

import math
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_quality.lib import shelf_life

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
PERCENT = st.decimals(Decimal("0.01"), Decimal(100), places=2)


@pytest.mark.parametrize(
    ("min_days", "percent", "production", "expiry", "required"),
    [
        (0, "0", date(2026, 1, 1), date(2027, 1, 1), 0),
        (90, "0", date(2026, 1, 1), date(2027, 1, 1), 90),
        (0, "50", date(2026, 1, 1), date(2026, 1, 11), 5),
        (0, "50", date(2026, 1, 1), date(2026, 1, 12), 6),  # 5.5 is rounded up
        (0, "33.33", date(2026, 1, 1), date(2026, 4, 11), 34),  # 33.33 of 100 is rounded up
        (0, "0.01", date(2026, 1, 1), date(2026, 1, 2), 1),
        (6, "50", date(2026, 1, 1), date(2026, 1, 11), 6),
        (5, "50", date(2026, 1, 1), date(2026, 1, 11), 5),
        (4, "50", date(2026, 1, 1), date(2026, 1, 11), 5),
        (0, "100", date(2024, 2, 28), date(2024, 3, 1), 2),  # over a leap day
        (0, "100", date(2025, 2, 28), date(2025, 3, 1), 1),
        (0, "50", date(2026, 1, 1), date(2026, 1, 1), 0),  # no life at all
        (3, "50", date(2026, 1, 2), date(2026, 1, 1), 3),  # made after it expired: the days stand
    ],
)
def test_required_days(min_days, percent, production, expiry, required):
    assert shelf_life.required_days(min_days, Decimal(percent), production, expiry) == required


def test_a_share_of_an_unknown_life_is_not_guessed():
    with pytest.raises(shelf_life.UnknownProductionDayError):
        shelf_life.required_days(30, Decimal(1), None, date(2027, 1, 1))


def test_days_alone_need_no_production_day():
    assert shelf_life.required_days(30, Decimal(0), None, date(2027, 1, 1)) == 30


@pytest.mark.parametrize(("offset", "left"), [(-1, 1), (0, 0), (1, -1)])
def test_the_day_of_expiry_has_no_day_left(offset, left):
    expiry = date(2028, 2, 29)
    assert shelf_life.remaining_days(expiry + timedelta(days=offset), expiry) == left


@given(st.integers(0, 4000), PERCENT, DAYS, st.integers(0, 4000))
def test_a_share_is_rounded_up_exactly(min_days, percent, production, life):
    required = shelf_life.required_days(min_days, percent, production, production + timedelta(days=life))
    assert required == max(min_days, math.ceil(Fraction(percent) * life / 100))


@given(PERCENT, DAYS, st.integers(0, 4000))
def test_a_fresh_lot_meets_every_share(percent, production, life):
    expiry = production + timedelta(days=life)
    required = shelf_life.required_days(0, percent, production, expiry)
    assert shelf_life.remaining_days(production, expiry) >= required


@given(DAYS, st.integers(0, 4000))
def test_the_earliest_expiry_leaves_just_what_is_asked(delivery, min_days):
    earliest = shelf_life.earliest_expiry(delivery, min_days)
    assert shelf_life.remaining_days(delivery, earliest) == min_days
