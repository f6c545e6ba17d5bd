"""A store over a year, day by day: what came is sold first to expire first, and thrown away when nobody may have it.

Demand and lead times are handed in; so two ways of ordering meet the same days, and a question (“what if the supplier
fails for four weeks?”) is the same days with some of them changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

# (day, on hand that may be sold, on its way) -> what to order
Policy = Callable[[int, float, float], float]


class Batch(NamedTuple):
    """``until``: the last day on which it may be sold."""

    until: int
    quantity: float


class Year(NamedTuple):
    asked: float
    served: float
    expired: float
    # mean over the days
    stock: float
    orders: int
    # the first day on which somebody got nothing or too little, or None
    first_short: int | None
    short_days: int

    @property
    def service(self) -> float:
        """The share of what was asked for that was there (fill rate)."""
        return self.served / self.asked if self.asked else 1.0


def simulate(
    demand: Sequence[float],
    order: Policy,
    lead_days: Sequence[int],
    life_days: int | None,
    start: Sequence[Batch] = (),
    coming: Sequence[tuple[int, float]] = (),
) -> Year:
    """:param demand: per day; what is not there is lost, not waited for
    :param order: asked every morning
    :param lead_days: of what is ordered on each day
    :param life_days: for how long what comes may be sold, None for ever
    :param coming: (day, quantity) ordered before
    """
    shelf = sorted(start)
    on_way = sorted(coming)
    asked = served = expired = stock = 0.0
    orders = short_days = 0
    first_short = None
    far = len(demand) + 10**6
    for day, wanted in enumerate(demand):
        while on_way and on_way[0][0] <= day:
            shelf.append(Batch(far if life_days is None else day + life_days, on_way.pop(0)[1]))
        shelf.sort()
        while shelf and shelf[0].until < day:
            expired += shelf.pop(0).quantity
        held = sum(batch.quantity for batch in shelf)
        quantity = order(day, held, sum(coming for _day, coming in on_way))
        if quantity > 0:
            orders += 1
            on_way.append((day + max(1, lead_days[day % len(lead_days)]), quantity))
            on_way.sort()
        given = min(wanted, held)
        shelf = _less(shelf, given)
        asked, served, stock = asked + wanted, served + given, stock + held - given
        if given < wanted - 1e-9:
            short_days += 1
            first_short = day if first_short is None else first_short
    return Year(asked, served, expired, stock / len(demand) if demand else 0.0, orders, first_short, short_days)


def _less(shelf: list[Batch], quantity: float) -> list[Batch]:
    left = []
    for batch in shelf:
        taken = min(quantity, batch.quantity)
        quantity -= taken
        if batch.quantity - taken > 1e-9:
            left.append(Batch(batch.until, batch.quantity - taken))
    return left


def fixed(minimum: float, maximum: float) -> Policy:
    """A reordering rule with fixed limits: below the minimum, up to the maximum."""

    def order(_day: int, held: float, on_way: float) -> float:
        return max(0.0, maximum - held - on_way) if held + on_way < minimum else 0.0

    return order
