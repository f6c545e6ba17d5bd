"""Which goods should change their places, by how often they are picked and by what is picked together.

Measured by walking: the tours that were really picked are walked anew, in the order of the nearest next stop, with two
goods in each other's places; the exchange that saves most is made, and the next one is looked for with it made.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

Matrix = Sequence[Sequence[float]]
NOTHING = -1


class Exchange(NamedTuple):
    """Goods ``item`` go from place ``source`` to place ``target``; what lies there (or nothing) comes back."""

    item: int
    source: int
    target: int
    other: int
    saved: float
    """Metres over all tours, with the exchanges before made."""


def walk(matrix: Matrix, places: Sequence[int], start: int, end: int) -> float:
    """Metres of one tour by the nearest next stop; the same rule before and after an exchange."""
    left, here, metres = set(places), start, 0.0
    while left:
        row = matrix[here]
        here = min(left, key=lambda place: (row[place], place))
        metres += row[here]
        left.remove(here)
    return metres + matrix[here][end]


def propose(
    matrix: Matrix,
    start: int,
    end: int,
    tours: Sequence[Sequence[int]],
    place_of: dict[int, int],
    may_lie: Callable[[int, int], bool],
    *,
    free: Sequence[int] = (),
    most: int = 10,
    candidates: int = 15,
) -> list[Exchange]:
    """The exchanges that save most, one after the other.

    :param matrix: metres between places
    :param tours: the items of each tour that was picked
    :param place_of: {item: place}; not changed
    :param may_lie: whether an item may lie in a place
    :param free: places where nothing lies
    :param most: so many exchanges at most
    :param candidates: of so many of the most picked items, and of as many places nearest to the way, is tried
    :return: exchanges that save something, in the order in which to make them
    """
    now = dict(place_of)
    empty = set(free)
    of_item: dict[int, list[int]] = defaultdict(list)
    for number, tour in enumerate(tours):
        for item in set(tour):
            if item in now:
                of_item[item].append(number)
    often = [item for item, _count in Counter({i: len(t) for i, t in of_item.items()}).most_common(candidates)]
    lengths = [walk(matrix, [now[i] for i in set(tour) if i in now], start, end) for tour in tours]
    found: list[Exchange] = []
    while len(found) < most:
        lies_in = {place: item for item, place in now.items()}
        near = sorted({*lies_in, *empty}, key=lambda place: (matrix[start][place] + matrix[place][end], place))
        best: tuple[float, Exchange, dict[int, float]] | None = None
        for item in often:
            for target in near[: 2 * candidates]:
                other = lies_in.get(target, NOTHING)
                source = now[item]
                if target == source or not may_lie(item, target) or (other != NOTHING and not may_lie(other, source)):
                    continue
                then = now | {item: target} | ({other: source} if other != NOTHING else {})
                changed = {
                    number: walk(matrix, [then[i] for i in set(tours[number]) if i in then], start, end)
                    for number in {*of_item[item], *of_item.get(other, ())}
                }
                saved = sum(lengths[number] - metres for number, metres in changed.items())
                if saved > (best[0] if best else 0) + 1e-6:
                    best = (saved, Exchange(item, source, target, other, saved), changed)
        if best is None:
            break
        _saved, exchange, changed = best
        found.append(exchange)
        now[exchange.item] = exchange.target
        if exchange.other != NOTHING:
            now[exchange.other] = exchange.source
        else:
            empty.discard(exchange.target)
            empty.add(exchange.source)
        for number, metres in changed.items():
            lengths[number] = metres
    return found
