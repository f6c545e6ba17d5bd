"""What is cleaned, what is left alone, and that all of it can be taken back."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_planning.lib.history import MOST_GUESSED, History, clean, empty_shares, revert
from med_planning.lib.periods import add, between, start_of

quantities = st.lists(st.integers(0, 500), min_size=1, max_size=40)


def kinds(cleaned):
    return [(one.kind, one.period) for one in cleaned.adjustments]


@given(quantities, st.data())
def test_every_adjustment_can_be_taken_back(sold, data):
    size = len(sold)
    column = st.lists(st.integers(0, 300), min_size=size, max_size=size)
    share = st.lists(st.sampled_from([0.0, 0.3, 0.8, 1.0]), min_size=size, max_size=size)
    history = History.of(sold, data.draw(column), data.draw(column), data.draw(share))
    cleaned = clean(history, data.draw(st.sampled_from([1, 12])))
    assert (cleaned.values >= 0).all()
    assert revert(cleaned.values, cleaned.adjustments) == pytest.approx(history.net)


def test_goods_that_came_back_were_not_wanted_when_they_were_sold():
    cleaned = clean(History.of([10, 8, 0, 5], [0, 0, 9, 0]))
    assert list(cleaned.values) == [9, 0, 0, 5]
    assert kinds(cleaned) == [("return", 2), ("return", 1), ("return", 0)]


def test_a_return_of_what_was_sold_before_the_history_is_left_out():
    cleaned = clean(History.of([2, 0, 5], [9, 0, 0]))
    assert list(cleaned.values) == [0, 0, 5]
    assert [one.kind for one in cleaned.adjustments] == ["return", "return"]


def test_recalled_goods_were_wanted_all_the_same():
    cleaned = clean(History.of([10, 10, 10], recalled=[0, 0, 20]))
    assert list(cleaned.values) == [10, 10, 10]
    assert kinds(cleaned) == [("recall", 2)]


def test_a_tender_is_no_habit():
    sold = [4, 6, 5, 4, 90, 5, 6, 4, 5, 6]
    cleaned = clean(History.of(sold))
    assert cleaned.values[4] == 5
    assert kinds(cleaned) == [("one_off", 4)]


def test_a_peak_that_comes_every_winter_is_none():
    year = [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 60]
    assert not clean(History.of(year * 2 + [5]), season=12).adjustments


def test_a_new_level_is_no_one_off():
    assert not clean(History.of([4, 6, 5, 4, 5, 6, 60, 62, 58])).adjustments
    # and the last period may be the first of a new level
    assert not clean(History.of([4, 6, 5, 4, 5, 6, 4, 60])).adjustments


def test_what_was_not_there_is_guessed_from_what_was_asked_for_around_it():
    cleaned = clean(History.of([10, 12, 0, 11, 9], out_share=[0, 0, 1, 0, 0]))
    assert cleaned.values[2] == pytest.approx(10.5)
    assert kinds(cleaned) == [("stock_out", 2)]
    # from the same month of other years where there is one
    two_years = [1.0] * 12 + [1.0] * 12
    two_years[5], two_years[17] = 40.0, 0.0
    again = clean(History.of(two_years, out_share=[0.0] * 17 + [1.0] + [0.0] * 6), season=12)
    assert again.values[17] == 40


def test_what_is_off_the_shelf_for_long_may_not_be_wanted_any_more():
    sold, out = [10, 12, 11, *[0] * 9], [0.0] * 3 + [1.0] * 9
    cleaned = clean(History.of(sold, out_share=out))
    assert [one.period for one in cleaned.adjustments] == list(range(3, 3 + MOST_GUESSED))
    assert not cleaned.values[3 + MOST_GUESSED :].any()


def test_a_planner_keeps_what_he_took_back_and_his_own_figures_win():
    history = History.of([4, 6, 5, 4, 90, 5, 6, 4, 5, 6])
    assert clean(history, kept={("one_off", 4)}).values[4] == 90
    cleaned = clean(history, manual=[(4, 70), (0, 8)])
    assert (cleaned.values[0], cleaned.values[4]) == (8, 70)
    assert kinds(cleaned) == [("manual", 4), ("manual", 0)]


def test_days_without_stock_are_told_backwards():
    """Ten came on 3 January and left on the 5th; nothing until three came on 11 February; three are there now."""
    moved = [(date(2026, 1, 3), 10.0), (date(2026, 1, 5), -10.0), (date(2026, 2, 11), 3.0)]
    shares = empty_shares(3, moved, "month", date(2026, 3, 1))
    assert shares == pytest.approx({date(2026, 1, 1): 26 / 31, date(2026, 2, 1): 10 / 28})
    # nothing is said about the time before the first movement
    assert empty_shares(3, moved[2:], "month", date(2026, 3, 1)) == {}
    assert empty_shares(0, [], "week", date(2026, 3, 1)) == {}


@given(st.dictionaries(st.integers(0, 200), st.integers(-9, 9), max_size=30), st.sampled_from(["month", "week"]))
def test_shares_of_empty_days_are_those_counted_one_by_one(nets, unit):
    first, until = date(2026, 1, 1), date(2026, 8, 1)
    moved = [(first + timedelta(days=day), float(net)) for day, net in sorted(nets.items())]
    level, counted = 5.0, {}
    for number in range((until - first).days - 1, min(nets, default=999) - 1, -1):
        day = first + timedelta(days=number)
        if number not in nets and level <= 0:
            start = start_of(day, unit)
            counted[start] = counted.get(start, 0) + 1
        level -= nets.get(number, 0)
    wanted = {start: days / (add(start, 1, unit) - start).days for start, days in counted.items()}
    assert empty_shares(5.0, moved, unit, until) == pytest.approx(wanted)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-99, 99), st.sampled_from(["month", "week"]))
def test_periods_follow_each_other(day, count, unit):
    start = start_of(day, unit)
    assert start <= day < add(start, 1, unit)
    assert between(start, add(start, count, unit), unit) == count


@pytest.mark.parametrize("bad", [[1.0, np.nan], [1.0, np.inf]])
def test_what_is_no_number_is_refused(bad):
    with pytest.raises(ValueError, match="not a number"):
        History.of(bad)


def test_columns_have_one_length():
    with pytest.raises(ValueError, match="periods"):
        History.of([1, 2, 3], [1, 2])


@given(quantities, quantities)
def test_the_past_is_cleaned_the_same_whatever_comes(past, future):
    known, alone = (clean(one, 12) for one in (History.of([*past, *future]).until(len(past)), History.of(past)))
    assert known.adjustments == alone.adjustments
    assert list(known.values) == list(alone.values)
