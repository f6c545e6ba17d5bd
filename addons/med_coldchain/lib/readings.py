"""Readings: an instant, a temperature, a sensor. Units and ranges, written once.

An instant is a whole number of seconds since 1970-01-01 00:00 UTC; a temperature a whole number of
thousandths of a degree Celsius ("milli"). Both are exact, so that sums do not depend on the order in
which readings came, and as narrow as a table of a billion rows wants them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Literal, NamedTuple

from .errors import Refusal

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# Absolute zero, and what no store or lorry reaches: beyond these a number is no temperature.
COLDEST, HOTTEST = -273_150, 200_000
# Sensors answer these when they are broken or not connected (DS18B20: power-on value and no answer).
FAILURES = frozenset((85_000, -127_000))
# What a clock may be wrong by before a reading is said to come from the future.
SKEW = timedelta(minutes=5)

Unit = Literal["C", "F", "K"]


class Reading(NamedTuple):
    """One value of one sensor; ``milli`` is None where the sensor said that it could not measure."""

    at: int
    milli: int | None


class LocalReading(NamedTuple):
    """A row of a logger's file: its own clock, and the line where it stands (1 is the first)."""

    at: datetime
    milli: int | None
    line: int


def to_milli(text: str, unit: Unit = "C") -> int:
    """Thousandths of a degree Celsius, half to even.

    Raises Refusal ``temperature_value`` (no number) or ``temperature_range`` (no temperature).
    """
    try:
        value = Decimal(text.strip().replace("\u2212", "-"))
    except InvalidOperation:
        raise Refusal("temperature_value", value=text.strip()[:40]) from None
    if not value.is_finite() or abs(value) > 1000:
        raise Refusal("temperature_range", value=text.strip()[:40], unit=unit)
    if unit == "F":
        value = (value - 32) * 5 / 9
    elif unit == "K":
        value -= Decimal("273.15")
    milli = int((value * 1000).to_integral_value(ROUND_HALF_EVEN))
    if not COLDEST <= milli <= HOTTEST:
        raise Refusal("temperature_range", value=text.strip()[:40], unit=unit)
    return milli


def to_seconds(instant: datetime) -> int:
    """Seconds since the epoch; a naive instant is UTC, as Odoo keeps it."""
    aware = instant if instant.tzinfo else instant.replace(tzinfo=timezone.utc)
    return (aware - EPOCH) // timedelta(seconds=1)


def to_instant(seconds: int) -> datetime:
    """The naive UTC instant, as Odoo keeps it."""
    return (EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None)


def steady(readings: Iterable[LocalReading], zone: tzinfo) -> list[Reading]:
    """In UTC, where the clock of the logger never jumped: its difference from UTC is that of its first reading.

    So do loggers: nobody tells them about summer time. ``zone`` says how the clock was set.
    """
    rows = list(readings)
    if not rows:
        return []
    offset = rows[0].at.replace(tzinfo=zone).utcoffset() or timedelta(0)
    return [Reading(to_seconds(row.at.replace(tzinfo=timezone.utc) - offset), row.milli) for row in rows]


def wall(readings: Iterable[LocalReading], zone: tzinfo) -> list[Reading]:
    """In UTC, where a program wrote the time of the clock on the wall, with its jumps in spring and autumn.

    The hour that comes twice is told apart by the order of the rows. Raises Refusal ``clock_skipped`` for a
    time that the clock never showed.
    """
    result: list[Reading] = []
    last: int | None = None
    for row in readings:
        early = row.at.replace(tzinfo=zone, fold=0)
        seconds = to_seconds(early)
        if early.astimezone(timezone.utc).astimezone(zone).replace(tzinfo=None) != row.at:
            raise Refusal("clock_skipped", line=row.line, time=row.at.strftime("%Y-%m-%d %H:%M"), zone=str(zone))
        if last is not None and seconds <= last:
            later = to_seconds(row.at.replace(tzinfo=zone, fold=1))
            seconds = later if later > last else seconds
        last = seconds if last is None else max(last, seconds)
        result.append(Reading(seconds, row.milli))
    return result
