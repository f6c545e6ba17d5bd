"""What goods were exposed to: seconds at each temperature, and what is left of their stability budget.

An exposure is a histogram ``{milli: seconds}`` with the unknown seconds beside it. Exposures of times that follow
each other add up exactly, whoever cut them where: the ledger of a lot is their sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from . import mkt
from .readings import Reading


@dataclass(frozen=True, slots=True)
class Exposure:
    seconds: Mapping[int, int] = field(default_factory=dict)
    unknown: int = 0

    def __add__(self, other: Exposure) -> Exposure:
        total = dict(self.seconds)
        for milli, seconds in other.seconds.items():
            total[milli] = total.get(milli, 0) + seconds
        return Exposure(total, self.unknown + other.unknown)

    @property
    def minimum(self) -> int | None:
        return min(self.seconds, default=None)

    @property
    def maximum(self) -> int | None:
        return max(self.seconds, default=None)

    @property
    def known(self) -> int:
        return sum(self.seconds.values())

    def mean_kinetic(self, energy: float = mkt.ENERGY) -> float | None:
        """Degrees Celsius; None where nothing was measured."""
        return mkt.of_histogram(self.seconds, energy)


def expose(readings: Iterable[Reading], start: int, end: int, gap: int) -> Exposure:
    """From ``start`` until before ``end``, from readings by time that begin before and end after, where there are any.

    A value holds until the next one; where that is more than ``gap`` seconds later, or there is none and ``end`` is
    more than ``gap`` later, the time between is unknown.
    """
    seconds: dict[int, int] = {}
    unknown = 0
    before: Reading | None = None
    done = start
    for reading in readings:
        if reading.milli is None:
            continue
        if reading.at > start:
            until = min(reading.at, end)
            length = max(0, until - done)
            if before is None or before.milli is None or reading.at - before.at > gap:
                unknown += length
            elif length:
                seconds[before.milli] = seconds.get(before.milli, 0) + length
            done = max(done, until)
        before = reading
        if reading.at >= end:
            break
    rest = end - done
    if rest > 0:
        if before is None or before.milli is None or end - before.at > gap:
            unknown += rest
        else:
            seconds[before.milli] = seconds.get(before.milli, 0) + rest
    return Exposure(seconds, unknown)


class Band(NamedTuple):
    """Outside of the range, from ``low`` to ``high`` milli (both within; None is no end): seconds allowed in a life."""

    low: int | None
    high: int | None
    allowed: int

    def holds(self, milli: int) -> bool:
        return (self.low is None or milli >= self.low) and (self.high is None or milli <= self.high)


class Spent(NamedTuple):
    band: Band
    used: int
    """Seconds, the unknown ones among them where this is the worst band"""

    @property
    def left(self) -> int:
        return self.band.allowed - self.used


def spend(exposure: Exposure, bands: Sequence[Band], inside: tuple[int, int], *, unknown_is_worst: bool) -> list[Spent]:
    """How much of each band is used. What is outside of ``inside`` and in no band uses up the strictest band.

    Unknown time counts in the strictest band as well, where the profile says so: nobody can say that it was better.
    """
    used = [0] * len(bands)
    if not bands:
        return []
    worst = min(range(len(bands)), key=lambda i: bands[i].allowed)
    for milli, seconds in exposure.seconds.items():
        if inside[0] <= milli <= inside[1]:
            continue
        homes = [i for i, band in enumerate(bands) if band.holds(milli)]
        used[min(homes, key=lambda i: bands[i].allowed) if homes else worst] += seconds
    if unknown_is_worst:
        used[worst] += exposure.unknown
    return [Spent(band, seconds) for band, seconds in zip(bands, used, strict=True)]
