"""What the gate knows of goods that are kept cold: frozen facts, and what is wrong with them.

Days are dates in the company's time zone, temperatures degrees Celsius.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

# Kept in a refrigerator or colder: what a company that watches its cold chain means by cold goods.
COLD = 8.0
Standing = Literal["valid", "ended", "missing"]


class Range(NamedTuple):
    """Lowest and highest temperature; None is no limit."""

    low: float | None
    high: float | None

    @property
    def is_cold(self) -> bool:
        return self.high is not None and self.high <= COLD

    def holds(self, kept: Range) -> bool:
        """Whether a place that is kept at ``kept`` is right for goods of this range."""
        low = self.low is None or (kept.low is not None and kept.low >= self.low)
        high = self.high is None or (kept.high is not None and kept.high <= self.high)
        return low and high


NO_RANGE = Range(None, None)


class Qualification(NamedTuple):
    """A calibration or verification of equipment."""

    kind: str
    season: str
    done_on: date
    valid_to: date

    def covers(self, day: date) -> bool:
        """Whether it holds on ``day``: within its days, and in its season (April to September is summer)."""
        if not self.done_on <= day <= self.valid_to:
            return False
        return self.season == "all" or self.season == ("summer" if 4 <= day.month <= 9 else "winter")


NEEDED: Mapping[str, tuple[str, ...]] = {
    "logger": ("calibration",),
    "room": ("calibration", "verification"),
    "refrigerator": ("calibration", "verification"),
    "freezer": ("calibration", "verification"),
    "vehicle": ("calibration", "verification"),
    # an insulated box has no instrument of its own
    "box": ("verification",),
}


def standing(kind: str, passed: Iterable[Qualification], day: date) -> dict[str, Standing]:
    """What each qualification that equipment of ``kind`` needs is on ``day`` (GSP 50)."""
    passed = list(passed)
    answer: dict[str, Standing] = {}
    for need in NEEDED.get(kind, ()):
        mine = [qualification for qualification in passed if qualification.kind == need]
        if any(qualification.covers(day) for qualification in mine):
            answer[need] = "valid"
        else:
            answer[need] = "ended" if mine else "missing"
    return answer


@dataclass(frozen=True, slots=True)
class Equipment:
    """A room, vehicle, box or logger that the goods meet."""

    name: str
    kept: Range = NO_RANGE
    is_out: bool = False
    """An excursion lasts in it."""
    standing: Mapping[str, Standing] = field(default_factory=dict)

    def lacks(self, *, is_duty: bool) -> bool:
        """Whether it may not be used: a qualification ended, or was never filed where that is a duty."""
        values = set(self.standing.values())
        return "ended" in values or (is_duty and "missing" in values)


@dataclass(frozen=True, slots=True)
class Transport:
    """How a delivery travels, as far as it was said."""

    carriers: tuple[Equipment, ...] = ()
    """Vehicle and box"""
    logger: Equipment | None = None
    departure: float | None = None
    """Temperature of the goods when they left, °C"""


@dataclass(frozen=True, slots=True)
class ColdFacts:
    """Of one way of goods: from where, to where, how; and what is open about their lots."""

    range: Range
    is_duty: bool = False
    """Whether the company watches its cold chain."""
    source: Equipment | None = None
    target: Equipment | None = None
    transport: Transport | None = None
    excursions: Mapping[int, str] = field(default_factory=dict)
    """{lot id: equipment} of excursions that the lot does not bear and quality has not assessed"""
    spent: Mapping[int, str] = field(default_factory=dict)
    """{lot id: why its stability is used up}: ``budget``, ``mkt`` or ``frost``"""
