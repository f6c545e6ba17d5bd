"""Days, working days and months before the end."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_master_data.lib.renewal import due_day, horizon

DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
UNITS = st.sampled_from(["day", "workday", "month"])


@pytest.mark.parametrize(
    ("end", "amount", "unit", "due"),
    [
        (date(2027, 6, 30), 0, "day", date(2027, 6, 30)),
        (date(2027, 6, 30), 90, "day", date(2027, 4, 1)),
        (date(2027, 8, 31), 6, "month", date(2027, 2, 28)),
        (date(2027, 3, 7), 1, "workday", date(2027, 3, 5)),  # a Sunday
        (date(2027, 3, 8), 1, "workday", date(2027, 3, 5)),  # a Monday
        (date(2027, 3, 8), 6, "workday", date(2027, 2, 26)),
    ],
)
def test_table(end, amount, unit, due):
    assert due_day(end, amount, unit) == due


def test_holidays_are_no_working_days():
    assert due_day(date(2027, 3, 8), 1, "workday", {date(2027, 3, 5)}) == date(2027, 3, 4)


@pytest.mark.parametrize("amount", [-1, 3651])
def test_impossible(amount):
    with pytest.raises(ValueError, match=str(amount)):
        due_day(date(2027, 3, 8), amount, "day")


@given(end=DAYS, amount=st.integers(0, 400), unit=UNITS, late=st.integers(0, 60))
def test_the_horizon_leaves_nothing_out(end, amount, unit, late):
    """Whatever is due today ends before the horizon of today."""
    today = due_day(end, amount, unit) + timedelta(days=late)
    assert end <= horizon(today, amount, unit)
