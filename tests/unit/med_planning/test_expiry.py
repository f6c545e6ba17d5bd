"""What will be left over: bounds that always hold, and the customers' minimum life."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_planning.lib.expiry import Lot, Want, absorbed, left_over

lots = st.lists(st.tuples(st.integers(-10, 400), st.integers(1, 500)), min_size=1, max_size=6).map(
    lambda rows: [Lot(number, expiry, quantity) for number, (expiry, quantity) in enumerate(rows)]
)
ALL = [Want(1.0, 0)]


def test_demand_uses_up_what_it_can():
    rest = left_over([Lot(1, 100, 300)], [2.0], ALL)
    assert rest[1].left == pytest.approx(100)  # a hundred days at two a day, from today to the day before
    assert rest[1].until == 99


def test_the_first_to_expire_leaves_first_and_the_next_waits_for_it():
    rest = left_over([Lot(1, 200, 100), Lot(2, 100, 150)], [1.0], ALL)
    assert rest[2].left == pytest.approx(50)
    assert rest[1].left == pytest.approx(0)


def test_who_asks_for_long_life_does_not_take_what_is_near():
    """Half of the demand asks for ninety days: of a lot with a hundred, it takes next to nothing."""
    both = left_over([Lot(1, 100, 100)], [1.0], [Want(0.5, 0), Want(0.5, 90)])
    nobody_else = left_over([Lot(1, 100, 100)], [1.0], ALL)
    assert both[1].left > 40
    assert nobody_else[1].left < 1


def test_when_all_ask_for_life_the_last_day_comes_earlier():
    assert left_over([Lot(1, 100, 100)], [1.0], [Want(1.0, 90)])[1].until == 10
    assert left_over([Lot(1, 50, 100)], [1.0], [Want(1.0, 90)])[1] == (100, 0)


def test_without_demand_all_is_left_and_what_does_not_expire_is_not_told():
    assert left_over([Lot(1, 30, 5), Lot(2, None, 5)], [], ALL) == {1: (5, 29)}


def test_another_place_takes_what_it_can_use_beside_its_own():
    own = [Lot(1, 100, 50)]
    assert absorbed(Lot(2, 100, 80), own, [1.0], ALL) == pytest.approx(50)
    assert absorbed(Lot(2, 100, 80, arrives=60), [], [1.0], ALL) == pytest.approx(40)
    assert absorbed(Lot(2, 100, 80), own, [0.0], ALL) == 0


@given(lots, st.floats(0, 20), st.lists(st.integers(0, 200), min_size=1, max_size=3))
def test_never_less_than_nothing_nor_more_than_there_is(goods, daily, minimums):
    wants = [Want(1 / len(minimums), days) for days in minimums]
    rest = left_over(goods, [daily], wants)
    for lot in goods:
        assert -1e-9 <= rest[lot.id].left <= lot.quantity + 1e-9
    # more demand leaves no more behind
    more = left_over(goods, [daily * 2], wants)
    assert sum(one.left for one in more.values()) <= sum(one.left for one in rest.values()) + 1e-6
