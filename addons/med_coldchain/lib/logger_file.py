"""What the files of temperature loggers say, whoever made them, and which of our readers can read one.

A file is recognised by what is in it, never by its name. Pure: bytes in, frozen facts out. What cannot be read
raises :class:`Refusal` with the line; what is odd and readable is a :class:`Problem` of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Literal

from .errors import Problem, Refusal
from .readings import LocalReading

MAX_BYTES = 50_000_000
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Limit:
    """An alarm as the logger was set: at which temperature, after how long, in one go or added up."""

    number: int
    side: Literal["low", "high"]
    milli: int
    minutes: int
    is_cumulated: bool = False


@dataclass(frozen=True, slots=True)
class OutOfLimit:
    """What the logger says of one limit on one day."""

    limit: int
    minutes: int
    alarm_at: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a logger that keeps days instead of readings; times by its own clock."""

    day: date
    minimum: int | None
    min_at: str
    maximum: int | None
    max_at: str
    average: int | None
    out: tuple[OutOfLimit, ...]
    failed_minutes: int = 0
    """Minutes without an answer of a sensor."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm of a logger that keeps readings."""

    limit: int
    start: datetime
    minutes: int
    alarm_at: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Printed:
    """The logger's own figures, to lay beside ours."""

    mkt: int | None = None
    mkt_energy: str = ""
    """kJ/mol, as the file has it"""
    average: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    alarms: tuple[Alarm, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """One sensor of the logger."""

    name: str
    readings: tuple[LocalReading, ...]


@dataclass(frozen=True, slots=True)
class LoggerFile:
    kind: str
    """Which reader read it."""
    device: str
    serial: str
    channels: tuple[Channel, ...] = ()
    days: tuple[Day, ...] = ()
    limits: tuple[Limit, ...] = ()
    printed: Printed = Printed()
    offset_minutes: int | None = None
    """East of UTC; None where the file does not say in which time zone its clock ran."""
    interval_seconds: int | None = None
    started: datetime | None = None
    """By its own clock"""
    read_out: datetime | None = None
    has_signature: bool = False
    problems: tuple[Problem, ...] = field(default=())

    @property
    def count(self) -> int:
        return sum(len(channel.readings) for channel in self.channels)


def decode(content: bytes) -> str:
    """The text of a file. Raises Refusal ``file_empty``, ``file_large``, ``file_pdf``, ``file_binary``."""
    if not content.strip():
        raise Refusal("file_empty")
    if len(content) > MAX_BYTES:
        raise Refusal("file_large", megabytes=MAX_BYTES // 1_000_000)
    if content.startswith(b"%PDF"):
        raise Refusal("file_pdf")
    encoding = next((name for bom, name in BOMS if content.startswith(bom)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeError:
        text = content.decode("cp1252", errors="replace")
    if CONTROL.search(text):
        raise Refusal("file_binary")
    return text


def ordered(rows: Iterable[LocalReading]) -> tuple[tuple[LocalReading, ...], tuple[Problem, ...]]:
    """Rows by time, each once. Raises Refusal ``time_twice`` where one time has two values.

    A clock that goes back is told, since somebody has set it during the run.
    """
    listed = list(rows)
    problems: list[Problem] = []
    for before, row in pairwise(listed):
        if row.at < before.at:
            problems.append(
                Problem("time_back", {"line": str(row.line), "time": f"{row.at:%Y-%m-%d %H:%M:%S}"}),
            )
            break
    known: dict[datetime, LocalReading] = {}
    for row in listed:
        other = known.setdefault(row.at, row)
        if other.milli != row.milli:
            raise Refusal("time_twice", line=row.line, other=other.line, time=f"{row.at:%Y-%m-%d %H:%M:%S}")
    return tuple(known[at] for at in sorted(known)), tuple(problems)


def usual_interval(rows: Sequence[LocalReading]) -> int | None:
    """Seconds between readings, as most often seen; None for fewer than two."""
    steps: dict[int, int] = {}
    for before, row in pairwise(rows):
        step = int((row.at - before.at).total_seconds())
        steps[step] = steps.get(step, 0) + 1
    return max(steps, key=lambda step: (steps[step], -step)) if steps else None
