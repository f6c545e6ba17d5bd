"""The order of stops with the least to walk, from a fixed start to a fixed end.

Few stops are solved exactly (Held and Karp 1962). More are improved from the nearest-neighbour order
by 2-opt and Or-opt moves over neighbour lists (Or 1976; Bentley 1992), then kicked and improved again
(iterated local search with segment double bridges; Martin, Otto and Felten 1991) for a given time.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

EXACT = 9  # stops between start and end
NEIGHBOURS = 8
SEGMENT = 3
KICK = 30
# kicks without gain, per stop, after which more time brings nothing
PATIENCE = 60
GAIN = 1e-9

Matrix = Sequence[Sequence[float]]


class Dice(Protocol):
    """As ``random.Random``, which whoever calls hands in."""

    def randrange(self, start: int, stop: int, /) -> int: ...

    def sample(self, population: Sequence[int], k: int, /) -> list[int]: ...


def length(matrix: Matrix, order: Sequence[int]) -> float:
    return sum(matrix[a][b] for a, b in itertools.pairwise(order))


def shortest(matrix: Matrix, seconds: float, clock: Callable[[], float], dice: Dice) -> list[int]:
    """Every index of ``matrix`` once, from the first to the last, with little to walk.

    :param matrix: symmetric distances; row 0 is the start, the last row the end
    :param seconds: for more stops than are solved exactly; less is used when nothing is gained any more
    :param clock: seconds that pass, as ``time.monotonic``
    :return: the order, never longer than that of the matrix
    """
    count = len(matrix)
    given = list(range(count))
    if count <= 3:
        return given
    if count - 2 <= EXACT:
        return _exact(matrix)
    search = _Search(matrix, min((given, _nearest(matrix)), key=lambda order: length(matrix, order)))
    search.improve(range(count))
    end = clock() + seconds
    best, least = search.order[:], length(matrix, search.order)
    idle = 0
    while idle < PATIENCE * count and clock() < end:
        touched = search.kick(dice)
        search.improve(touched)
        now = length(matrix, search.order)
        if now < least - GAIN:
            best, least, idle = search.order[:], now, 0
        else:
            idle += 1
            if now > least + GAIN:
                search.restore(best)
    return best


def _exact(matrix: Matrix) -> list[int]:
    """Held and Karp: the best way to each stop over each set of stops, sets by size."""
    last = len(matrix) - 1
    inner = range(1, last)
    best: dict[tuple[int, int], tuple[float, int]] = {(1 << i, i): (matrix[0][i], 0) for i in inner}
    for subset in sorted(range(2, 1 << last, 2), key=int.bit_count):
        members = [i for i in inner if subset >> i & 1]
        if len(members) < 2:
            continue
        for i in members:
            rest = subset ^ (1 << i)
            best[subset, i] = min((best[rest, j][0] + matrix[j][i], j) for j in members if j != i)
    subset = (1 << last) - 2
    _least, stop = min((best[subset, i][0] + matrix[i][last], i) for i in inner)
    order = [last]
    while stop:
        order.append(stop)
        subset, stop = subset ^ (1 << stop), best[subset, stop][1]
    return [0, *reversed(order)] if order[-1] else order[::-1]


def _nearest(matrix: Matrix) -> list[int]:
    left = set(range(1, len(matrix) - 1))
    order = [0]
    while left:
        here = matrix[order[-1]]
        order.append(min(left, key=lambda i: (here[i], i)))
        left.remove(order[-1])
    return [*order, len(matrix) - 1]


class _Search:
    """An order that is changed in place; its ends stay where they are."""

    def __init__(self, matrix: Matrix, order: list[int]) -> None:
        self.matrix = matrix
        self.order = order
        self.position = [0] * len(order)
        for place, stop in enumerate(order):
            self.position[stop] = place
        everywhere = range(len(matrix))
        self.near = [
            sorted((j for j in everywhere if j != i), key=row.__getitem__)[:NEIGHBOURS] for i, row in enumerate(matrix)
        ]

    def restore(self, order: list[int]) -> None:
        self.order[:] = order
        for place, stop in enumerate(order):
            self.position[stop] = place

    def _put(self, first: int, stops: Sequence[int]) -> None:
        self.order[first : first + len(stops)] = stops
        for place, stop in enumerate(stops, first):
            self.position[stop] = place

    def improve(self, stops: Sequence[int]) -> None:
        """Until no move that touches one of the stops, or what was moved since, gains anything."""
        queue = deque(stops)
        waiting = set(queue)
        while queue:
            stop = queue.popleft()
            waiting.discard(stop)
            while touched := self._reverse(stop) or self._shift(stop):
                for other in touched:
                    if other not in waiting:
                        waiting.add(other)
                        queue.append(other)

    def _reverse(self, a: int) -> tuple[int, ...] | None:
        """2-opt: turn round a piece of the way that begins or ends beside ``a``."""
        matrix, order, position = self.matrix, self.order, self.position
        i, row, last = position[a], matrix[a], len(order) - 1
        if i < last:
            b = order[i + 1]
            step = row[b]
            for c in self.near[a]:
                if row[c] >= step - GAIN:
                    break
                j = position[c]
                if j == last:
                    continue
                d = order[j + 1]
                if row[c] + matrix[b][d] < step + matrix[c][d] - GAIN:
                    low, high = (i, j) if i < j else (j, i)
                    self._put(low + 1, order[high:low:-1])
                    return a, b, c, d
        if i:
            b = order[i - 1]
            step = row[b]
            for c in self.near[a]:
                if row[c] >= step - GAIN:
                    break
                j = position[c]
                if not j:
                    continue
                d = order[j - 1]
                if row[c] + matrix[b][d] < step + matrix[c][d] - GAIN:
                    low, high = (i, j) if i < j else (j, i)
                    self._put(low, order[high - 1 : low - 1 if low else None : -1])
                    return a, b, c, d
        return None

    def _shift(self, a: int) -> tuple[int, ...] | None:
        """Or-opt: carry up to three stops, ``a`` at their head or tail, to beside one of its neighbours."""
        matrix, order, position = self.matrix, self.order, self.position
        i, last = position[a], len(order) - 1
        for size in range(1, SEGMENT + 1):
            for first in {i, i - size + 1}:
                final = first + size - 1
                if first < 1 or final >= last:
                    continue
                before, after = order[first - 1], order[final + 1]
                head, tail = order[first], order[final]
                freed = matrix[before][head] + matrix[tail][after] - matrix[before][after]
                if freed <= GAIN:
                    continue
                if beside := self._carry(a, first, final, freed):
                    return before, after, head, tail, *beside
        return None

    def _carry(self, a: int, first: int, final: int, freed: float) -> tuple[int, int] | None:
        """Carry the stops at these places so that ``a``, one of their ends, stands beside a near stop, if that
        costs less than the ``freed`` metres. The two stops they stand between now."""
        matrix, order = self.matrix, self.order
        other = order[final] if a == order[first] else order[first]
        for c in self.near[a]:
            near = matrix[a][c]
            if near >= freed - GAIN:
                break
            j = self.position[c]
            for k in (j, j - 1):  # between places k and k + 1
                if first - 1 <= k <= final or not 0 <= k < len(order) - 1:
                    continue
                d = order[k + 1] if k == j else order[k]
                if near + matrix[other][d] - matrix[c][d] >= freed - GAIN:
                    continue
                piece = order[first : final + 1]
                # at the head of the piece when c comes before it
                if (piece[0] == a) != (k == j):
                    piece.reverse()
                if k < first:
                    self._put(k + 1, piece + order[k + 1 : first])
                else:
                    self._put(first, order[final + 1 : k + 1] + piece)
                return c, d
        return None

    def kick(self, dice: Dice) -> list[int]:
        """A double bridge within a short piece of the way: two neighbouring pieces change places."""
        order, last = self.order, len(self.order) - 1
        width = min(KICK, last - 1)
        low = dice.randrange(1, last - width + 1) if last - width > 1 else 1
        cuts = sorted(dice.sample(range(low, low + width + 1), 3))
        first, middle, final = cuts
        touched = [
            order[first - 1],
            order[first],
            order[middle - 1],
            order[middle],
            order[final - 1],
            order[min(final, last)],
        ]
        self._put(first, order[middle:final] + order[first:middle])
        return touched
