"""An independent, simple picture of what a lot went through, for the property tests.

Units are single things with a place and a holder. Nothing is summed until the end, nothing is
read from a database: what it counts must be what the trace says.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

SHELF = "shelf"


@dataclass
class Unit:
    lot: str
    place: str
    """``supplier``, ``shelf:NAME``, ``transit``, ``customer:NAME``, ``scrap``, ``made``."""


@dataclass
class World:
    """Every unit there ever was."""

    units: list[Unit] = field(default_factory=list)
    ever_delivered: Counter[tuple[str, str]] = field(default_factory=Counter)
    ever_returned: Counter[tuple[str, str]] = field(default_factory=Counter)

    def receive(self, lot: str, shelf: str, count: int) -> None:
        self.units += [Unit(lot, f"{SHELF}:{shelf}") for _ in range(count)]

    def move(self, lot: str, origin: str, destination: str, count: int) -> None:
        """Take ``count`` units of the lot from one place to another.

        :raises ValueError: there are not so many
        """
        found = [unit for unit in self.units if unit.lot == lot and unit.place == origin][:count]
        if len(found) < count:
            raise ValueError(f"only {len(found)} of {lot} at {origin}")
        for unit in found:
            unit.place = destination
        if destination.startswith("customer:"):
            self.ever_delivered[lot, destination.removeprefix("customer:")] += count
        if origin.startswith("customer:"):
            self.ever_returned[lot, origin.removeprefix("customer:")] += count

    def at(self, lot: str, place: str) -> int:
        return sum(1 for unit in self.units if unit.lot == lot and unit.place == place)

    def places(self, lot: str) -> Counter[str]:
        return Counter(unit.place for unit in self.units if unit.lot == lot)
