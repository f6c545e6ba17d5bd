"""How often temperatures are to be recorded, and where a record has holes (GSP annex for cold chain, T5).

At least every 30 minutes in store, every 5 on the road, and every 2 while the value is out of range. The interval
that is allowed is that of the reading it begins with.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from .readings import Reading

Mode = Literal["storage", "transport"]


class Demand(NamedTuple):
    """Longest intervals in seconds."""

    storage: int = 30 * 60
    transport: int = 5 * 60
    outside: int = 2 * 60


class Hole(NamedTuple):
    start: int
    end: int
    allowed: int


def holes(readings: Sequence[Reading], mode: Mode, inside: tuple[int, int], demand: Demand | None = None) -> list[Hole]:
    """Where two readings follow each other later than allowed; ``inside`` in milli, both within."""
    demand = demand or Demand()
    usual = demand.storage if mode == "storage" else demand.transport
    found = []
    for one, other in pairwise(readings):
        is_in = one.milli is not None and inside[0] <= one.milli <= inside[1]
        allowed = usual if is_in else min(usual, demand.outside)
        if other.at - one.at > allowed:
            found.append(Hole(one.at, other.at, allowed))
    return found
