"""Orders that come in time, do not spoil, and grow with what is not known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_planning.lib.forecast import forecast
from med_planning.lib.history import History
from med_planning.lib.replenish import Rules, Supply, advise
from med_planning.lib.simulate import Batch, fixed, simulate

DICE = np.random.default_rng(3)
CALM = forecast(History.of([60.0] * 24))  # two a day, and certain
WILD = forecast(History.of(DICE.poisson(60, 24) + DICE.integers(-20, 20, 24)))
RULES = Rules(service=0.95, review_days=7, cycle_days=30)


def test_certain_demand_needs_no_safety():
    advice = advise(CALM, 30, position=0, supply=Supply(14), rules=RULES)
    assert advice.safety == 0
    assert advice.reorder_point == pytest.approx(42)  # fourteen days and the week until the next look
    assert (advice.order_up_to, advice.quantity, advice.days) == (pytest.approx(102), 102, 0)


def test_with_enough_in_store_the_order_has_time():
    advice = advise(CALM, 30, position=82, supply=Supply(14), rules=RULES)
    assert (advice.days, advice.quantity) == (20, 60)


def test_errors_late_suppliers_and_promises_make_safety_grow():
    safe = [
        advise(WILD, 30, 0, Supply(14), RULES._replace(service=0.8)).safety,
        advise(WILD, 30, 0, Supply(14), RULES).safety,
        advise(WILD, 30, 0, Supply(14, lead_spread=6), RULES).safety,
        advise(WILD, 30, 0, Supply(60, lead_spread=6), RULES).safety,
    ]
    assert safe == sorted(safe)
    assert safe[0] < safe[-1]
    # a late supplier matters even where demand is certain
    assert advise(CALM, 30, 0, Supply(14, lead_spread=5), RULES).safety > 10


def test_no_more_is_ordered_than_is_used_up_in_time():
    """Forty days of life and thirty asked for: ten days to sell, two a day, after fourteen days on the way."""
    advice = advise(CALM, 30, 0, Supply(14, life_days=40), RULES._replace(min_life=30))
    assert advice.capped
    assert advice.order_up_to == pytest.approx(48)
    assert advice.quantity == 48
    assert not advise(CALM, 30, 0, Supply(14, life_days=400), RULES).capped


def test_whole_packs_up_but_down_where_they_would_spoil():
    assert advise(CALM, 30, 0, Supply(14, multiple=10), RULES).quantity == 110
    assert advise(CALM, 30, 0, Supply(14, life_days=40, multiple=10), RULES._replace(min_life=30)).quantity == 40


def test_nothing_is_ordered_of_what_nobody_wants():
    assert advise(forecast(History.of([0.0] * 12)), 30, 0, Supply(14, 3), RULES).quantity == 0


@given(st.floats(0, 500), st.floats(1, 90), st.floats(0, 30), st.sampled_from([None, 20.0, 200.0]))
def test_an_order_never_goes_beyond_its_limit(position, lead, spread, life):
    advice = advise(WILD, 30, position, Supply(lead, spread, life), RULES)
    assert advice.quantity >= 0
    assert advice.reorder_point <= advice.order_up_to + 1e-6
    assert advice.days >= 0


def test_a_store_sells_the_oldest_first_and_throws_away_what_is_late():
    """Ten that may be sold for two days and ten for nine; three a day."""
    year = simulate([3.0] * 6, lambda *_a: 0, [1], None, start=[Batch(8, 10), Batch(1, 10)])
    assert (year.asked, year.served, year.expired) == (18, 16, 4)
    assert (year.first_short, year.short_days) == (5, 1)


def test_a_fixed_rule_orders_below_its_minimum_up_to_its_maximum():
    year = simulate([1.0] * 10, fixed(5, 8), [2], None, start=[Batch(99, 8)])
    assert year.service == 1
    assert year.orders == 2


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.integers(0, 30), st.integers(0, 30), st.integers(1, 20))
def test_nothing_appears_or_vanishes(demand, low, more, life):
    ordered = []

    def order(day, held, on_way):
        quantity = fixed(low, low + more)(day, held, on_way)
        ordered.append(quantity)
        return quantity

    year = simulate([float(one) for one in demand], order, [2, 3], life, start=[Batch(life, 5)])
    assert year.served + year.expired <= 5 + sum(ordered) + 1e-6
    assert 0 <= year.service <= 1
