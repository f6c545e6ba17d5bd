"""Which of the goods that may leave do leave: at most so many lots, and packs kept whole.

First-expired-first-out comes before both: goods of a later date never leave before earlier ones to
keep a pack whole. Quantities are in the product's unit.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

LOOKED_AT = 64
"""So many packs of one date are looked at for one that fits; then one is opened."""


@dataclass(frozen=True, slots=True)
class Part:
    """Goods of one quant that are free."""

    id: int
    free: float
    group: Hashable
    """Equal for goods of which none must leave before the other."""
    is_whole: bool = False
    """A pack nobody opened or promised in part: its content is ``free``."""


def in_packs(parts: Iterable[Part], need: float, exact: float = 1e-9) -> Iterator[Part]:
    """The parts to take, in the order to take them, until they hold ``need`` or are all taken.

    Within a group: whole packs that fit, then what is loose or open, and only then a pack is
    opened, the smallest. ``parts`` come in the order of removal, whole packs first within their
    group; the iterator is not read further than needed.
    """
    for _group, of_group in groupby(parts, key=lambda part: part.group):
        too_big: list[Part] = []
        for part in of_group:
            if part.is_whole and part.free > need + exact:
                too_big.append(part)
                if len(too_big) == LOOKED_AT:
                    break
                continue
            yield part
            need -= part.free
            if need <= exact:
                return
        for part in sorted(too_big, key=lambda part: part.free):
            yield part
            need -= part.free
            if need <= exact:
                return


def few_lots(
    free: Sequence[tuple[int, float]], need: float, limit: int, used: Collection[int] = (), exact: float = 1e-9
) -> list[int]:
    """The lots to take ``need`` from when there may be at most ``limit`` of them.

    :param free: (lot, free quantity) in the order of removal
    :param used: lots that count already, since they are chosen; they are taken from first
    :return: the earliest run of lots that holds the need; the largest lots where none does
    """
    chosen = [lot for lot, _quantity in free if lot in used]
    need -= sum(quantity for lot, quantity in free if lot in used)
    slots = limit - len(set(used))
    if slots <= 0 or need <= exact:
        return chosen
    others = [(lot, quantity) for lot, quantity in free if lot not in used]
    for first in range(len(others)):
        for size in range(1, min(slots, len(others) - first) + 1):
            run = others[first : first + size]
            if sum(quantity for _lot, quantity in run) >= need - exact:
                return chosen + [lot for lot, _quantity in run]
    return chosen + [lot for lot, _quantity in _largest(others, slots)]


def most_of_few_lots(free: Sequence[tuple[int, float]], limit: int, used: Collection[int] = ()) -> float:
    """What :func:`few_lots` can give at most."""
    slots = max(0, limit - len(set(used)))
    others = [(lot, quantity) for lot, quantity in free if lot not in used]
    return sum(quantity for lot, quantity in free if lot in used) + sum(
        quantity for _lot, quantity in _largest(others, slots)
    )


def _largest(free: Sequence[tuple[int, float]], count: int) -> list[tuple[int, float]]:
    """The ``count`` largest, equal ones in the order of removal."""
    ranked = sorted(range(len(free)), key=lambda index: (-free[index][1], index))[:count]
    return [free[index] for index in sorted(ranked)]
