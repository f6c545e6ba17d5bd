"""When stock runs out if demand goes on as expected, and how much is missing by a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

EPSILON = 1e-6


class Outlook(NamedTuple):
    """``runs_out``: the first day (0 is today) on which not everything is there, None when that is beyond the last
    day; ``missing``: units that nobody gets until then; ``left``: what is on the shelf at the end."""

    runs_out: int | None
    missing: float
    left: float


def outlook(on_hand: float, daily: Sequence[float], arrivals: Mapping[int, float], days: int) -> Outlook:
    """Day by day: what arrives in the morning is there for the day; what is not there is lost, not waited for.

    :param daily: demand per day; beyond its end the last day goes on
    :param arrivals: {day: units}
    """
    held, missing, first = max(0.0, on_hand), 0.0, None
    for day in range(days):
        held += arrivals.get(day, 0.0)
        wanted = daily[min(day, len(daily) - 1)] if daily else 0.0
        if wanted > held + EPSILON:
            missing += wanted - held
            first = day if first is None else first
        held = max(0.0, held - wanted)
    return Outlook(first, missing, held)


def helped(missing: Mapping[int, float], spare: Mapping[int, float]) -> list[tuple[int, int, float]]:
    """Which warehouse gives another one how many whole units: the greatest need first, out of the greatest surplus.

    :return: (from, to, units)
    """
    left, moves = dict(spare), []
    for needy in sorted(missing, key=lambda key: (-missing[key], key)):
        need = missing[needy]
        for giver in sorted(left, key=lambda key: (-left[key], key)):
            units = float(int(min(left[giver], need) + EPSILON))
            if giver != needy and units >= 1:
                moves.append((giver, needy, units))
                left[giver] -= units
                need -= units
    return moves
