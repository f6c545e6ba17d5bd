"""From history to forecast: a clear outcome for every series, honest intervals, and never a look ahead."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from med_planning.lib import forecast as module
from med_planning.lib.classify import classify
from med_planning.lib.forecast import forecast
from med_planning.lib.history import History

DICE = np.random.default_rng(7)
WINTER = 60 + 30 * np.sin(np.arange(60) * np.pi / 6)


@pytest.mark.parametrize(
    ("values", "pattern"),
    [
        ([0, 0, 0], "empty"),
        ([], "empty"),
        ([0, 0, 5, 0, 0, 0, 0, 0, 0], "single"),
        ([1, 2, 3], "short"),
        ([0, 4, 4, 4, 4, 4, 4, 4, 4], "constant"),
        ([9, 10, 11, 10, 9, 10, 12, 10], "smooth"),
        ([1, 30, 2, 40, 1, 1, 50, 3], "erratic"),
        ([5, 0, 0, 5, 0, 5, 0, 0, 0, 6], "intermittent"),
        ([5, 0, 0, 90, 0, 1, 0, 0, 0, 6], "lumpy"),
    ],
)
def test_patterns_are_those_of_syntetos_and_boylan(values, pattern):
    assert classify(np.array(values, dtype=float)).pattern == pattern


def test_never_sold_is_nought_and_certain():
    answer = forecast(History.of([0.0] * 20))
    assert not answer.mean.any() and not answer.high[0.95].any()
    assert not answer.weights
    assert answer.needed(3, 0.98) == 0
    assert not forecast(History.of([])).mean.any()


def test_one_sale_is_spread_over_the_whole_history():
    answer = forecast(History.of([0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]))
    assert answer.pattern == "single"
    assert answer.mean == pytest.approx(0.5)
    assert answer.high[0.80][0] == 6


def test_a_short_history_promises_no_more_than_it_holds():
    answer = forecast(History.of([4, 0, 8]))
    assert (answer.pattern, answer.origins) == ("short", 0)
    assert answer.mean == pytest.approx(4)
    assert (answer.low[0.80][0], answer.high[0.80][0]) == (0, 8)


def test_constant_demand_goes_on():
    answer = forecast(History.of([7.0] * 24))
    assert answer.mean == pytest.approx(7)
    assert answer.high[0.95] == pytest.approx(7)


def test_only_returns_is_never_sold():
    assert forecast(History.of([0.0] * 12, [0, 0, 3] * 4)).pattern == "empty"


def test_winter_comes_again():
    answer = forecast(History.of(np.round(WINTER + DICE.normal(0, 3, 60))), horizon=12)
    assert np.corrcoef(answer.mean, WINTER[:12])[0, 1] > 0.95
    assert answer.mae <= answer.simple_mae
    assert answer.mase < 1
    assert max(answer.weights, key=answer.weights.get).startswith("seasonal")


def test_three_years_are_enough_to_know_the_winter():
    answer = forecast(History.of(np.round(WINTER[:36] + DICE.normal(0, 4, 36))), horizon=12)
    assert np.corrcoef(answer.mean, WINTER[:12])[0, 1] > 0.9
    assert answer.mase < 1.5


def test_what_is_not_sold_any_more_fades():
    values = [3, 0, 4, 2, 0, 5, 3, 0, 2, 4, 0, 3] * 2 + [0] * 14
    assert forecast(History.of(values), season=1).mean[0] < 0.2


@settings(max_examples=12)
@given(st.lists(st.integers(0, 60), min_size=14, max_size=30), st.lists(st.integers(0, 900), min_size=1, max_size=12))
def test_a_forecast_does_not_see_its_future(past, future):
    """The same days known, another future: the same answer, at the end and at every origin on the way."""
    known, alone = History.of([*past, *future]).until(len(past)), History.of(past)
    one, other = forecast(known, 3), forecast(alone, 3)
    assert list(one.mean) == list(other.mean)
    assert one.weights == other.weights


def test_no_try_on_the_way_sees_what_it_is_compared_with():
    """Periods from the tenth last on are changed beyond recognition: what was said before them stays."""
    calm = DICE.poisson(6, 36).astype(float)
    wild = calm.copy()
    wild[-10:] = 1000 - 90 * np.arange(10)
    skipped = int(np.flatnonzero(calm)[0])
    before, after = (module._tries(History.of(one), skipped, 12, 6, (), ()) for one in (calm, wild))
    until = (
        len(before.actual) - 10 + 1
    )  # origins at which the first changed period had not begun, and the one when it begins
    assert before.names == after.names
    # the mark of a one-off or a return may fall on the last known period only where it is known
    np.testing.assert_array_equal(np.nan_to_num(before.ahead[:until]), np.nan_to_num(after.ahead[:until]))
    assert not np.array_equal(np.nan_to_num(before.ahead[-1]), np.nan_to_num(after.ahead[-1]))


def test_four_of_five_futures_lie_in_the_interval():
    hits = []
    for _ in range(60):
        values = DICE.poisson(20, 48).astype(float)
        answer = forecast(History.of(values[:42]), 6)
        hits += list((answer.low[0.80] <= values[42:]) & (values[42:] <= answer.high[0.80]))
    assert 0.72 <= np.mean(hits) <= 0.95


def test_a_longer_time_needs_more_and_a_higher_promise_too():
    answer = forecast(History.of(DICE.poisson(10, 40).astype(float)), 6)
    means = [answer.over(periods)[0] for periods in (0, 0.5, 1, 2.5, 9)]
    assert means[0] == 0
    assert means == sorted(means)
    assert means[2] == pytest.approx(answer.mean[0])
    assert answer.needed(2, 0.99) > answer.needed(2, 0.9) > answer.over(2)[0]


def test_a_planner_may_take_a_cleaning_back():
    sold = [4, 6, 5, 4, 5, 6, 4, 90, 5, 6, 4, 5, 6, 5, 4]
    cleaned, kept = forecast(History.of(sold)), forecast(History.of(sold), kept={("one_off", 7)})
    assert [one.kind for one in cleaned.adjustments] == ["one_off"]
    assert not kept.adjustments
    assert kept.mean[0] > cleaned.mean[0]


def test_losing_methods_get_nothing():
    weights = module._weights(np.array([1.0, 1.2, 50.0]))
    assert weights[2] == 0
    assert weights.sum() == pytest.approx(1)
    assert list(module._weights(np.array([0.0, 3.0]))) == [1, 0]


def test_the_risk_of_running_out_falls_with_what_there_is():
    answer = forecast(History.of(DICE.poisson(10, 40).astype(float)), 6)
    risks = [answer.risk(2, stock) for stock in (0, 15, 20, 25, 60)]
    assert risks == sorted(risks, reverse=True)
    assert risks[0] > 0.95 and risks[-1] < 0.05
    certain = forecast(History.of([5.0] * 12))
    assert (certain.risk(2, 9), certain.risk(2, 10)) == (1, 0)
    assert answer.at_least(2, 0.9) < answer.over(2)[0] < answer.needed(2, 0.9)


def test_what_is_kept_says_the_same_when_it_is_read_again():
    answer = forecast(History.of(DICE.poisson(10, 40).astype(float)), 6)
    again = module.Forecast.of(answer.told())
    assert again.needed(2, 0.95) == pytest.approx(answer.needed(2, 0.95), rel=1e-3)
    assert list(again.high[0.80]) == pytest.approx(list(answer.high[0.80]), abs=1e-3)
