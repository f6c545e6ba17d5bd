"""What demand will not use up in time: lots first to expire leave first, and no customer takes what is too near.

Stepwise through the days ahead: who asks for little remaining life is served first from the lot that expires first, as
reservation does it; what is left of a lot when nobody may have it any more is left over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

# Days of one step, at most; another begins on each day on which a lot comes or goes out of reach.
STEP = 7
# Beyond so many days nobody can say.
FAR = 5 * 366


class Lot(NamedTuple):
    """``expiry`` in days from now, None for goods that do not expire; ``arrives`` in days from now."""

    id: int
    expiry: int | None
    quantity: float
    arrives: int = 0


class Want(NamedTuple):
    """A share of the demand (all of them make 1) that takes only goods with so many days left."""

    share: float
    min_days: int


class Rest(NamedTuple):
    """What is left over of a lot, and the last day (from now) on which somebody may have it."""

    left: float
    until: int


def least_days(wants: Iterable[Want]) -> int:
    """What the least demanding customer asks for; nobody gets what expires today."""
    return max(1, min((want.min_days for want in wants if want.share > 0), default=0))


def left_over(lots: Sequence[Lot], daily: Sequence[float], wants: Sequence[Want]) -> dict[int, Rest]:
    """:param daily: demand per day of each day ahead; the last one goes on
    :param wants: who asks for how much life; without any, nobody asks for any
    :return: {lot id: rest} of the lots that expire
    """
    wants = sorted(Want(want.share, max(1, want.min_days)) for want in wants) or [Want(1.0, 1)]
    wants.sort(key=lambda want: want.min_days)
    least = least_days(wants)
    stock = {lot.id: lot.quantity for lot in lots}
    order = sorted(lots, key=lambda lot: (lot.expiry is None, lot.expiry or 0, lot.id))
    end = min(FAR, max((lot.expiry - least + 1 for lot in lots if lot.expiry is not None), default=0))
    rates = list(daily) or [0.0]
    for day, following in pairwise(_steps(lots, wants, end)):
        demand = sum(rates[min(at, len(rates) - 1)] for at in range(day, following))
        for want in wants:
            _take(stock, order, demand * want.share, day, want.min_days)
    return {lot.id: Rest(stock[lot.id], max(lot.expiry - least, 0)) for lot in lots if lot.expiry is not None}


def _steps(lots: Sequence[Lot], wants: Sequence[Want], end: int) -> list[int]:
    """Days on which something changes, and one a week at least."""
    days = set(range(0, max(end, 0) + 1, STEP)) | {max(end, 0)}
    days |= {lot.arrives for lot in lots}
    days |= {lot.expiry - want.min_days + 1 for lot in lots if lot.expiry is not None for want in wants}
    return sorted(day for day in days if 0 <= day <= end)


def _take(stock: dict[int, float], order: Sequence[Lot], wanted: float, day: int, min_days: int) -> None:
    for lot in order:
        if wanted <= 0:
            return
        here = lot.arrives <= day and stock[lot.id] > 0
        if here and (lot.expiry is None or lot.expiry - day >= min_days):
            taken = min(wanted, stock[lot.id])
            stock[lot.id] -= taken
            wanted -= taken


def absorbed(extra: Lot, lots: Sequence[Lot], daily: Sequence[float], wants: Sequence[Want]) -> float:
    """How much more would be used up in another place if ``extra`` came there: less is left over in all than before."""
    before = sum(rest.left for rest in left_over(lots, daily, wants).values())
    after = sum(rest.left for rest in left_over([*lots, extra], daily, wants).values())
    return max(0.0, min(extra.quantity, extra.quantity - (after - before)))
