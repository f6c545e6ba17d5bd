"""When stock runs out, and who could help."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_planning.lib.shortage import helped, outlook


def test_the_day_on_which_not_everything_is_there() -> None:
    assert outlook(10, [2.0], {}, 8) == (5, 6.0, 0.0)
    assert outlook(10, [2.0], {}, 5) == (None, 0.0, 0.0)
    assert outlook(10, [2.0, 9.0], {1: 1.0}, 3) == (2, 9.0, 0.0)


def test_what_arrives_in_the_morning_is_there() -> None:
    assert outlook(0, [2.0], {0: 4.0}, 2) == (None, 0.0, 0.0)
    assert outlook(0, [2.0], {1: 4.0}, 3) == (0, 2.0, 0.0)


def test_nothing_is_asked_for() -> None:
    assert outlook(3, [], {}, 9) == (None, 0.0, 3.0)


def test_the_greatest_need_is_helped_first_in_whole_units() -> None:
    assert helped({1: 5.0, 2: 8.0}, {3: 10.4, 1: 0.0}) == [(3, 2, 8.0), (3, 1, 2.0)]
    assert helped({1: 5.0}, {1: 9.0}) == []
    assert helped({1: 0.6}, {2: 9.0}) == []


@given(
    st.floats(0, 100),
    st.lists(st.floats(0, 20), min_size=1, max_size=30),
    st.dictionaries(st.integers(0, 29), st.floats(0, 50)),
)
def test_nothing_appears_or_vanishes(held: float, daily: list[float], arrivals: dict[int, float]) -> None:
    found = outlook(held, daily, arrivals, 30)
    asked = sum(daily[min(day, len(daily) - 1)] for day in range(30))
    came = sum(units for day, units in arrivals.items() if day < 30)
    assert held + came - (asked - found.missing) == pytest.approx(found.left, abs=1e-3)
    assert (found.runs_out is None) == (found.missing == 0)
