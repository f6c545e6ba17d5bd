"""ISBT 128 for medical devices and tissue (ICCBBA): reader and writer.

Source: the IMDRF UDI application guide (N48, appendix A) and ICCBBA's public data structure list;
facts only. A data structure begins with two characters, of which the first is ``=`` or ``&``; a
label strings several together without separators, for each has a known length.

The 13 characters of a donation number are followed by two flag characters. Flags 60-96 are a
check: 60 plus the number's ISO 7064 modulo 37-2 value. They are verified when present.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from .errors import ScanError
from .gs1 import Scan
from .gtin import is_digits

CHECK_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
_ALPHANUMERIC = frozenset(CHECK_CHARACTERS[:-1])

# identifier -> (name, length of the data)
STRUCTURES: dict[str, tuple[str, int]] = {
    "=/": ("device", 16),  # 034: processor 5, facility product code 6, product description code 5
    "=,": ("serial", 6),  # 032
    "=<": ("product", 8),  # 003
    "=>": ("expiry", 6),  # 004: cyyjjj
    "&>": ("expiry_time", 10),  # 005: cyyjjjhhmm
    "=}": ("made", 6),  # 008: cyyjjj
    "&,1": ("lot", 18),  # 035: MPHO lot number
    "=)": ("blood_bag", 10),  # 017: manufacturer and catalogue number
    "&)": ("blood_bag_lot", 10),  # 018
    "=%": ("blood_group", 4),  # 002
    "=+": ("message", 5),  # 023: compound message, number of structures and reference
}


def check_character(donation: str) -> str:
    """The ISO 7064 modulo 37-2 character (0-9, A-Z, *) printed behind a 13-character donation number.

    Raises ScanError ``isbt_character``.
    """
    total = 0
    for character in donation:
        if character not in _ALPHANUMERIC:
            raise ScanError("isbt_character", value=donation, character=character)
        total = (total + CHECK_CHARACTERS.index(character)) * 2
    return CHECK_CHARACTERS[(38 - total % 37) % 37]


def parse(text: str, today: date, *, raw: str | None = None, symbology: str | None = None) -> Scan:
    """Read one or several data structures. Raises ScanError.

    ``today`` is not needed: dates carry their century; it is there so that all readers are alike.
    """
    elements: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        code, size = _structure(text, position)
        value = text[position + len(code) : position + len(code) + size]
        if len(value) < size:
            raise ScanError("isbt_short", value=text, structure=code)
        _check(code, value)
        elements.append((code, value))
        position += len(code) + size
    return _interpret(elements, text if raw is None else raw, symbology)


def _structure(text: str, position: int) -> tuple[str, int]:
    for length in (3, 2):
        code = text[position : position + length]
        if code in STRUCTURES:
            return code, STRUCTURES[code][1]
    # 001: the donation number follows the equals sign at once.
    if text[position] == "=" and text[position + 1 : position + 2] in _ALPHANUMERIC:
        return "=", 15
    raise ScanError("isbt_structure", value=text[position : position + 3], position=str(position + 1))


def _check(code: str, value: str) -> None:
    """Characters and, for a donation number, its flag characters."""
    for character in value:
        if character not in _ALPHANUMERIC:
            raise ScanError("isbt_character", value=value, character=character)
    if code != "=":
        return
    number, flags = value[:13], value[13:]
    if not is_digits(number[5:7]) or not is_digits(number[7:]):
        raise ScanError("isbt_donation", value=number)
    if is_digits(flags) and 60 <= int(flags) <= 96:
        expected = 60 + CHECK_CHARACTERS.index(check_character(number))
        if int(flags) != expected:
            raise ScanError("isbt_check", value=value, expected=str(expected))


def _day(text: str) -> date:
    """cyyjjj: the year's third digit (0 = 2000s, 9 = 1900s), two more, and the day of the year."""
    if not is_digits(text):
        raise ScanError("bad_date", value=text)
    century = int(text[0])
    year = (1000 if century == 9 else 2000) + century * 100 + int(text[1:3])
    number = int(text[3:])
    day = date(year, 1, 1) + timedelta(days=number - 1) if number else None
    if day is None or day.year != year:
        raise ScanError("bad_date", value=text)
    return day


def _interpret(elements: Sequence[tuple[str, str]], raw: str, symbology: str | None) -> Scan:
    values: dict[str, str] = {}
    for code, value in elements:
        if values.setdefault(code, value) != value:
            raise ScanError("repeated", ai=code, value=values[code], other=value)
    if not values:
        raise ScanError("empty")
    if "&>" in values:
        hour, minute = values["&>"][6:8], values["&>"][8:]
        if not is_digits(hour + minute) or int(hour) > 23 or int(minute) > 59:
            raise ScanError("bad_date", value=values["&>"])
    expiry = values.get("=>") or values.get("&>", "")[:6]
    return Scan(
        scheme="isbt128",
        raw=raw,
        elements=tuple(values.items()),
        di=values.get("=/") or values.get("=)"),
        agency="ICCBBA",
        lot=values.get("&,1") or values.get("&)"),
        serial=values.get("=,"),
        expiry=_day(expiry) if expiry else None,
        production_date=_day(values["=}"]) if "=}" in values else None,
        symbology=symbology,
    )


def combine(scans: Sequence[Scan], today: date) -> Scan:
    """Several symbols of one item. Two different values of one structure raise ``repeated``."""
    elements = [element for scan in scans for element in scan.elements]
    return _interpret(elements, "\n".join(scan.raw for scan in scans), scans[0].symbology)


def build(elements: Sequence[tuple[str, str]]) -> str:
    """The text of these data structures. Refuses with a ScanError what would not be read back."""
    text = "".join(code + value for code, value in elements)
    if parse(text, date.min).elements != tuple(elements):
        raise ScanError("isbt_structure", value=text, position="1")
    return text


def donation_number(scan: Scan) -> str | None:
    """The 13 characters of the donation number, without its flags."""
    value = scan.get("=")
    return value[:13] if value else None
