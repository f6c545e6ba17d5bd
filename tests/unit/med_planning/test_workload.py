"""Demand in units becomes lines of a day."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_planning.lib.workload import EVEN, lines_ahead, weekday_shares


def test_weekdays() -> None:
    assert weekday_shares([3, 1, 0, 0, 0, 0, 0]) == (0.75, 0.25, 0, 0, 0, 0, 0)
    assert weekday_shares([0] * 7) == EVEN


def test_lines_come_on_the_days_on_which_goods_leave() -> None:
    shares = weekday_shares([1, 1, 1, 1, 1, 0, 0])
    lines = lines_ahead([10.0], 5.0, shares, 4, 4)
    assert lines == pytest.approx([2.8, 0, 0, 2.8]), "Friday, the weekend, Monday"


def test_nothing_known() -> None:
    assert lines_ahead([], 5.0, EVEN, 0, 3) == [0, 0, 0]
    assert lines_ahead([4.0], 0.0, EVEN, 0, 2) == [0, 0]


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=20),
    st.floats(0.5, 50),
    st.lists(st.integers(0, 9), min_size=7, max_size=7),
    st.integers(0, 6),
)
def test_a_week_of_even_demand_is_the_same_whatever_the_weekdays(
    daily: list[float], units: float, counts: list[int], first: int
) -> None:
    level = daily[0]
    lines = lines_ahead([level], units, weekday_shares(counts), first, 7)
    assert sum(lines) == pytest.approx(7 * level / units)
    assert all(one >= 0 for one in lines_ahead(daily, units, weekday_shares(counts), first, 30))
