"""Tables of readings: one column of times, one or more of temperatures. Any logger's CSV, once its columns are named.

The readers of known loggers find the columns by the heading and hand them over as a :class:`Columns`; for an
unknown one a person names them, or accepts what :func:`suggest` found. The order of day and month is taken from the
rows themselves where they tell it, and asked for where they do not: a guess would move readings by months.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

from .errors import Problem, Refusal
from .logger_file import Channel, LoggerFile, ordered, usual_interval
from .readings import LocalReading, Unit, to_milli

Order = Literal["ymd", "mdy", "dmy"]
ORDERS: tuple[Order, ...] = ("ymd", "mdy", "dmy")
SEPARATORS = ",;\t|"
TIME = re.compile(
    r"(?P<a>\d{1,4})[./-](?P<b>\d{1,2})[./-](?P<c>\d{1,4})\.?(?:\s+|T)"
    r"(?P<before>上午|下午)?\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?|上午|下午)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
TIME_HEADING = re.compile(r"date|time|zeit|fecha|heure|时间|日期", re.IGNORECASE)
VALUE_HEADING = re.compile(r"temp|温度|°\s*[CF]|℃|℉", re.IGNORECASE)
FAHRENHEIT = re.compile(r"°\s*F|℉|\(F\)|deg\s*F|oF\b")


class Value(NamedTuple):
    """A column of temperatures; ``column`` counts from 0."""

    column: int
    name: str
    unit: Unit = "C"


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a table which values stand."""

    separator: str
    heading: int
    """Line of the heading, 1 is the first; rows begin below it."""
    time: int
    values: tuple[Value, ...]
    decimal: Literal[".", ","] = "."
    order: Order | Literal[""] = ""
    offset_minutes: int | None = None
    kind: str = "columns"
    device: str = ""
    serial: str = ""


class _Row(NamedTuple):
    line: int
    cells: list[str]


def read(text: str, columns: Columns) -> LoggerFile:
    """Raises Refusal: ``no_readings``, ``time_odd``, ``temperature_value_line``, ``date_order``, ``time_twice``."""
    rows = [row for row in _rows(text, columns) if any(cell.strip() for cell in _at(row, columns.values))]
    if not rows:
        raise Refusal("no_readings")
    matches = [_match(row, columns.time) for row in rows]
    zones = {match["zone"] for match in matches}
    offset = columns.offset_minutes
    if zones != {None}:
        if len(zones) > 1:
            raise Refusal("zones_differ", first=str(min(map(str, zones))), second=str(max(map(str, zones))))
        offset = _offset(zones.pop())
    times = _times(rows, matches, columns.order)
    problems: tuple[Problem, ...] = ()
    channels = []
    for value in columns.values:
        found = [
            LocalReading(at, _milli(row, value, columns.decimal), row.line)
            for row, at in zip(rows, times, strict=True)
            if value.column < len(row.cells) and row.cells[value.column].strip()
        ]
        if found:
            kept, odd = ordered(found)
            channels.append(Channel(value.name, kept))
            problems += tuple(problem for problem in odd if problem not in problems)
    longest = max(channels, key=lambda channel: len(channel.readings)).readings
    return LoggerFile(
        kind=columns.kind,
        device=columns.device,
        serial=columns.serial,
        channels=tuple(channels),
        offset_minutes=offset,
        interval_seconds=usual_interval(longest),
        started=longest[0].at,
        read_out=longest[-1].at,
        problems=problems,
    )


def suggest(text: str) -> Columns | None:
    """The columns of an unknown table, by its heading and its first rows; None where there is no such table."""
    lines = text.splitlines()
    for number, line in enumerate(lines[:60], 1):
        for separator in SEPARATORS:
            try:
                names = next(csv.reader([line], delimiter=separator), [])
            except csv.Error:
                continue
            times = [i for i, name in enumerate(names) if TIME_HEADING.search(name)]
            values = [i for i, name in enumerate(names) if VALUE_HEADING.search(name) and i not in times]
            if times and values and len(names) > 1:
                found = tuple(Value(i, names[i].strip(), "F" if FAHRENHEIT.search(names[i]) else "C") for i in values)
                columns = Columns(separator, number, times[0], found)
                first = next((row for row in _rows(text, columns) if _at(row, found)), None)
                comma = first is not None and any(re.fullmatch(r"\s*-?\d+,\d+\s*", cell) for cell in _at(first, found))
                return replace(columns, decimal="," if comma else ".")
    return None


def _rows(text: str, columns: Columns) -> Iterator[_Row]:
    for number, line in enumerate(text.splitlines(), 1):
        if number <= columns.heading or not line.strip():
            continue
        try:
            cells = next(csv.reader([line], delimiter=columns.separator))
        except (csv.Error, StopIteration):
            raise Refusal("line_odd", line=number, text=line.strip()[:60]) from None
        yield _Row(number, cells)


def _at(row: _Row, values: Sequence[Value]) -> list[str]:
    return [row.cells[value.column] for value in values if value.column < len(row.cells)]


def _match(row: _Row, column: int) -> re.Match[str]:
    text = row.cells[column].strip() if column < len(row.cells) else ""
    match = TIME.fullmatch(text)
    if match is None:
        raise Refusal("time_odd", line=row.line, text=text[:40])
    return match


def _times(rows: Sequence[_Row], matches: Sequence[re.Match[str]], order: Order | Literal[""]) -> list[datetime]:
    """Instants by the logger's clock, in the one order of day and month that the rows allow."""
    possible: list[list[datetime]] = []
    orders = (order,) if order else ORDERS
    for candidate in orders:
        try:
            times = [_instant(match, candidate) for match in matches]
        except ValueError:
            continue
        if times not in possible:
            possible.append(times)
    if not possible:
        for row, match in zip(rows, matches, strict=True):
            if not any(_is_instant(match, candidate) for candidate in orders):
                raise Refusal("time_odd", line=row.line, text=match.group(0)[:40])
        raise Refusal("date_order", line=rows[0].line, text=matches[0].group(0)[:40])
    if len(possible) > 1:
        # a logger goes forward: in the wrong order its days jump
        forward = [times for times in possible if all(a <= b for a, b in pairwise(times))]
        spans = sorted(forward or possible, key=lambda times: max(times) - min(times))
        if len(spans) > 1 and max(spans[1]) - min(spans[1]) < timedelta(days=25):
            raise Refusal("date_order", line=rows[0].line, text=matches[0].group(0)[:40])
        return spans[0]
    return possible[0]


def _is_instant(match: re.Match[str], order: Order) -> bool:
    try:
        _instant(match, order)
    except ValueError:
        return False
    return True


def _instant(match: re.Match[str], order: Order) -> datetime:
    parts = dict(zip(order, (match["a"], match["b"], match["c"]), strict=True))
    if len(parts["y"]) == 3 or len(parts["d"]) > 2 or len(parts["m"]) > 2:
        raise ValueError(match.group(0))
    if order == "ymd" and len(parts["y"]) != 4:
        # nobody writes 10/08/18 with the year first without saying so
        raise ValueError(match.group(0))
    year = int(parts["y"]) + (2000 if len(parts["y"]) < 3 else 0)
    hour, half = int(match["hour"]), (match["half"] or match["before"] or "")
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(match.group(0))
        hour = hour % 12 + (12 if half[0] in "Pp下" else 0)
    return datetime(  # noqa: DTZ001 - the logger's own clock
        year, int(parts["m"]), int(parts["d"]), hour, int(match["minute"]), int(match["second"] or 0)
    )


def _offset(zone: str | None) -> int:
    if zone is None or zone == "Z":
        return 0
    digits = zone[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return -minutes if zone[0] == "-" else minutes


def _milli(row: _Row, value: Value, decimal: str) -> int | None:
    text = row.cells[value.column].strip()
    if text.lower() in ("---", "--", "n/a", "nan", "err", "error"):
        return None
    if decimal == ",":
        text = text.replace(",", ".")
    try:
        return to_milli(text, value.unit)
    except Refusal as refusal:
        raise Refusal(f"{refusal.code}_line", **refusal.params, line=row.line) from None
