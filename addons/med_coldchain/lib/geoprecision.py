"""Exports of Geoprecision loggers: FG2 (several probes) and GP5W (one probe, humidity beside it).

Day first, lines of the program between the rows, a value of the housekeeping only now and then. The files say in
which zone the program ran, not the clock of the logger: the zone is asked for.
"""

from __future__ import annotations

import re

from .columns import Columns, Value, read
from .errors import Refusal
from .logger_file import LoggerFile

FIRST = re.compile(r"(?:<FG2 |Logger: #)")
HEADING = re.compile(r"(?i)No,Time,")
PROBE = re.compile(r"#(?P<number>\d+)[(:]oC\)?")
SERIAL = re.compile(r"<LOGGER: \$(?P<fg2>\w+)>|Logger: #(?P<gp5w>\w+)")
REMARK = re.compile(r"^[<(].*[>)]\s*$")


def recognises(text: str) -> bool:
    return bool(FIRST.match(text)) and any(HEADING.match(line) for line in text.splitlines()[:40])


def parse(text: str) -> LoggerFile:
    """Raises Refusal as :func:`columns.read`, and ``column_missing`` where no column is a temperature."""
    lines = text.splitlines()
    number = next(n for n, line in enumerate(lines, 1) if HEADING.match(line))
    names = lines[number - 1].split(",")
    values = tuple(
        Value(i, match["number"]) for i, name in enumerate(names) if (match := PROBE.fullmatch(name.strip()))
    )
    if not values:
        raise Refusal("column_missing", line=number, column="#1 oC")
    serial = SERIAL.search(text)
    # remarks stand between the rows; empty lines keep the numbers of the others
    rows = "\n".join("" if REMARK.match(line) else line for line in lines)
    return read(
        rows,
        Columns(
            ",",
            number,
            1,
            values,
            order="dmy",
            kind="geoprecision",
            device="Geoprecision FG2" if text.startswith("<FG2") else "Geoprecision GP5W",
            serial=(serial["fg2"] or serial["gp5w"]) if serial else "",
        ),
    )
