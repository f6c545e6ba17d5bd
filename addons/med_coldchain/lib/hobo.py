"""Exports of Onset HOBOware: CSV with the settings of the program that wrote them, and the older "classic" text.

Comma, semicolon or tab; decimal point or comma; 12 or 24 hours; degrees Celsius or Fahrenheit: the heading names the
unit and the offset from UTC. Rows without a temperature are events (coupler attached, host connected, stopped).
"""

from __future__ import annotations

import csv
import re
from dataclasses import replace

from .columns import FAHRENHEIT, SEPARATORS, Columns, Value, read
from .errors import Refusal
from .logger_file import LoggerFile
from .readings import Unit

HEADING = re.compile(r"Date Time")
TEMPERATURE = re.compile(r"Temp\b[^#(]*(?:°|º)?")
ZONE = re.compile(r"GMT\s*(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})")
DETAIL_ZONE = re.compile(r"Launch GMT Offset:\s*(?P<hours>-?\d+)\s*Hr\s*(?P<minutes>\d+)\s*Min")
SERIAL = re.compile(r"(?:LGR S/N:\s*|#|Serial Number:\s*)(?P<serial>\d{5,})")
PRODUCT = re.compile(r"Product:\s*(?P<product>HOBO[^\t\r\n;,\"]*)")


def recognises(text: str) -> bool:
    return _heading(text) is not None


def parse(text: str) -> LoggerFile:
    """Raises Refusal as :func:`columns.read`, and ``column_missing`` where no column is a temperature."""
    heading = _heading(text)
    if heading is None:
        raise Refusal("column_missing", line=1, column="Date Time")
    number, line = heading
    separator = max(SEPARATORS, key=lambda mark: sum(map(_is_known, _names(line, mark))))
    names = _names(line, separator)
    time = next((i for i, name in enumerate(names) if HEADING.match(name)), None)
    values = tuple(
        Value(i, f"{sum(bool(TEMPERATURE.match(other)) for other in names[: i + 1])}", _unit(name))
        for i, name in enumerate(names)
        if TEMPERATURE.match(name)
    )
    if time is None or not values:
        raise Refusal("column_missing", line=number, column="Date Time" if time is None else "Temp")
    serial = SERIAL.search(line) or SERIAL.search(text)
    product = PRODUCT.search(text)
    columns = Columns(
        separator,
        number,
        time,
        values,
        decimal="," if separator != "," and re.search(rf"{re.escape(separator)}-?\d+,\d+", text) else ".",
        offset_minutes=_zone(line, text),
        kind="hobo",
        device=product["product"].strip() if product else "HOBO",
        serial=serial["serial"] if serial else "",
    )
    try:
        return read(text, columns)
    except Refusal as refusal:
        if refusal.code != "date_order":
            raise
        # what HOBOware writes unless somebody changed it
        return read(text, replace(columns, order="mdy"))


def _names(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def _is_known(name: str) -> bool:
    return bool(HEADING.match(name) or TEMPERATURE.match(name))


def _heading(text: str) -> tuple[int, str] | None:
    for number, line in enumerate(text.splitlines()[:5], 1):
        if HEADING.search(line) and re.search(r"\bTemp\b", line):
            return number, line
    return None


def _unit(name: str) -> Unit:
    return "F" if FAHRENHEIT.search(name) else "C"


def _zone(line: str, text: str) -> int | None:
    if found := ZONE.search(line):
        minutes = int(found["hours"]) * 60 + int(found["minutes"])
        return -minutes if found["sign"] == "-" else minutes
    if found := DETAIL_ZONE.search(text.replace("\u00a0", " ")):
        hours = int(found["hours"])
        minutes = abs(hours) * 60 + int(found["minutes"])
        return -minutes if hours < 0 else minutes
    return None
