"""Places by frequency and by what is picked together."""

from __future__ import annotations

import math
import random

from hypothesis import given
from hypothesis import strategies as st
from med_route.lib.slotting import NOTHING, propose, walk


def line(count: int) -> list[list[float]]:
    """Places in a row, one metre apart; the door is place 0."""
    return [[float(abs(a - b)) for b in range(count)] for a in range(count)]


def total(matrix: list[list[float]], tours: list[list[int]], place_of: dict[int, int]) -> float:
    return sum(walk(matrix, [place_of[item] for item in set(tour)], 0, 0) for tour in tours)


def test_what_is_picked_most_comes_to_the_door() -> None:
    matrix = line(4)
    tours = [[2]] * 10 + [[0]]
    (first, *_rest) = propose(matrix, 0, 0, tours, {0: 1, 1: 2, 2: 3}, lambda item, place: True)
    assert (first.item, first.source, first.target, first.other) == (2, 3, 1, 0)
    assert first.saved == 10 * 4 - 4


def test_what_is_picked_together_lies_together() -> None:
    # two aisles from the door: what goes with item 0 should not lie in the other one
    points = [(0, 0), (10, 0), (11, 0), (-11, 0)]
    matrix = [[math.dist(a, b) for b in points] for a in points]
    place_of = {0: 1, 1: 2, 2: 3}
    tours = [[0, 2]] * 20 + [[1]] * 20
    found = propose(matrix, 0, 0, tours, place_of, lambda item, place: True)
    assert {found[0].item, found[0].other} == {1, 2}


def test_a_free_place_is_used_and_nothing_comes_back() -> None:
    (only,) = propose(line(4), 0, 0, [[0]] * 3, {0: 3}, lambda item, place: True, free=[1, 2])
    assert (only.target, only.other, only.saved) == (1, NOTHING, 12)


def test_where_goods_may_not_lie_they_are_not_proposed() -> None:
    found = propose(line(4), 0, 0, [[2]] * 9, {0: 1, 1: 2, 2: 3}, lambda item, place: place != 1)
    assert all(one.target != 1 and one.source != 1 for one in found)


def test_nothing_to_save_nothing_to_propose() -> None:
    assert propose(line(3), 0, 0, [[0]] * 5, {0: 1, 1: 2}, lambda item, place: True) == []
    assert propose(line(3), 0, 0, [], {0: 2}, lambda item, place: True, free=[1]) == []


@given(st.integers(0, 10_000))
def test_what_is_said_to_be_saved_is_saved(seed: int) -> None:
    rng = random.Random(seed)
    count = rng.randint(2, 9)
    points = [(rng.uniform(0, 30), rng.uniform(0, 30)) for _ in range(count + 1)]
    matrix = [[math.dist(a, b) for b in points] for a in points]
    items = rng.randint(1, count)
    place_of = dict(zip(range(items), rng.sample(range(1, count + 1), items), strict=True))
    free = [place for place in range(1, count + 1) if place not in place_of.values()]
    tours = [rng.sample(range(items), rng.randint(1, items)) for _ in range(rng.randint(1, 12))]
    before = total(matrix, tours, place_of)
    for one in propose(matrix, 0, 0, tours, place_of, lambda item, place: True, free=free):
        assert place_of[one.item] == one.source
        if one.other != NOTHING:
            assert place_of[one.other] == one.target
            place_of[one.other] = one.source
        else:
            assert one.target not in place_of.values()
        place_of[one.item] = one.target
        after = total(matrix, tours, place_of)
        assert math.isclose(before - after, one.saved, abs_tol=1e-6)
        assert one.saved > 0
        before = after
