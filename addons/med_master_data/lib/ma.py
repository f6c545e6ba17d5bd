"""China's MA codes (ISO/IEC 15459 issuing agency MA, IDcode): reader and writer.

``MA.156.M0.100777.1A00B015.SZX9.M260301.LB77.E290228.C5``: agency, country (ISO 3166 numeric),
industry (M0: medical devices), registrant, item (packaging level, item code, check character),
then the production identifier, a letter and its value per part:

S serial, M or P production, L lot, D sterilisation lot, E expiry (失效日期, the first day on which
the goods may no longer be used, or what the maker means by it), V usable until (有效期至, the last
day), C check character.

Where E and V differ the earlier day counts: nothing is used longer than either of them allows.
The check characters' algorithm is withdrawn by its author and was never a public standard: they
are kept, not judged. Codes are case-sensitive.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from . import gs1
from .errors import ScanError
from .gs1 import Scan

_DI = re.compile(r"(M[AB])\.([0-9]{3})\.([0-9A-Z]{2})\.([0-9A-Za-z]{1,10})\.([0-9A-Za-z]{2,20})")
_LONGEST_TEXT = 40
_TEXT = re.compile(rf"[0-9A-Za-z_/()+:;,*#%&=<>!?-]{{1,{_LONGEST_TEXT}}}")
_DATES = frozenset("MPEV")
_TEXTS = frozenset("SLD")


def parse(text: str, today: date, *, raw: str | None = None, symbology: str | None = None) -> Scan:
    """Read one MA code. Raises ScanError."""
    match = _DI.match(text)
    if not match or text[match.end() : match.end() + 1] not in ("", "."):
        raise ScanError("ma_identifier", value=text[:60])
    elements: list[tuple[str, str]] = [("MA", match[0])]
    pieces = text[match.end() + 1 :].split(".") if match.end() < len(text) else []
    if pieces == [""]:
        raise ScanError("ma_part", value=text, part="")
    seen: set[str] = set()
    days: dict[str, date] = {}
    for piece in pieces:
        flag, value = piece[:1], piece[1:]
        if flag in seen:
            raise ScanError("repeated", ai=flag, value=dict(elements)[flag], other=value)
        if flag in _DATES:
            if len(value) != 6 or value.endswith("00"):
                raise ScanError("bad_date", value=value)
            days[flag] = gs1.resolve_date(value, today)
        elif flag == "C":
            if not value or len(value) > 2 or not value.isalnum() or not value.isascii():
                raise ScanError("ma_part", value=text, part=piece)
        elif flag not in _TEXTS or not _TEXT.fullmatch(value):
            raise ScanError("ma_part", value=text, part=piece)
        seen.add(flag)
        elements.append((flag, value))
    if "M" in days and "P" in days and days["M"] != days["P"]:
        raise ScanError("repeated", ai="M", value=str(days["M"]), other=str(days["P"]))
    values = dict(elements)
    return Scan(
        scheme="ma",
        raw=text if raw is None else raw,
        elements=tuple(elements),
        di=match[0],
        agency="MA",
        lot=values.get("L"),
        serial=values.get("S"),
        expiry=min((days[flag] for flag in "EV" if flag in days), default=None),
        production_date=days.get("M") or days.get("P"),
        symbology=symbology,
    )


def parts(di: str) -> dict[str, str]:
    """What the identifier says: agency, country, industry, registrant, level, item, check. Raises ScanError."""
    match = _DI.fullmatch(di)
    if not match:
        raise ScanError("ma_identifier", value=di[:60])
    goods = match[5]
    return {
        "agency": match[1],
        "country": match[2],
        "industry": match[3],
        "registrant": match[4],
        "level": goods[0],
        "item": goods[1:-1],
        "check": goods[-1],
    }


def build(elements: Sequence[tuple[str, str]], today: date) -> str:
    """The code of these parts, the identifier first. Refuses with a ScanError what would not be read back."""
    text = ".".join(value if flag == "MA" else flag + value for flag, value in elements)
    if parse(text, today).elements != tuple(elements):
        raise ScanError("ma_identifier", value=text[:60])
    return text
