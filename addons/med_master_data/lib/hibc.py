"""Health Industry Bar Code (HIBC), supplier labelling: reader and writer.

Sources: ANSI/HIBC supplier labelling standard as told by the IMDRF UDI application guide (N48,
appendix A) and public decoders; facts only. The parts:

* primary ``+ LIC PCN U C``: labeller (letter and three characters), product (1-18), unit of
  measure (0-9) and check character; the first three together are the DI;
* secondary, a symbol of its own ``+ data L C``: L repeats the check character of the primary, so
  that two symbols of different goods cannot be taken together;
* combined ``+ primary / data / data C`` with one check character at the end.

The check character may be a space, ``/``, ``$`` or ``+``. So nothing here trims, and the last
character is cut off before anything is split.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from . import gs1
from .errors import Problem, ScanError
from .gs1 import Scan
from .gtin import is_digits

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
VARIABLE_QUANTITY = "9"  # unit of measure: the quantity is in the secondary data

_VALUES = {character: value for value, character in enumerate(CHARACTERS)}
_PRIMARY = re.compile(r"([A-Z][0-9A-Z]{3})([0-9A-Z]{1,18})([0-9])")
# Digits behind $$: which date follows. 0 and 1 begin the month of MMYY itself.
_DATE_LENGTHS = {"0": 4, "1": 4, "2": 6, "3": 6, "4": 8, "5": 5, "6": 7, "7": 0}
_LONGEST_LOT = 18
_LONGEST_SERIAL = 25


@dataclass(frozen=True)
class Facts:
    """What the data behind the primary says."""

    lot: str | None = None
    serial: str | None = None
    expiry: date | None = None
    production_date: date | None = None
    quantity: int | None = None


def check_character(body: str) -> str:
    """The modulo 43 check character of ``body``, which begins with ``+``.

    Raises ScanError ``hibc_character`` for a character that HIBC does not know.
    """
    total = 0
    for character in body:
        value = _VALUES.get(character)
        if value is None:
            raise ScanError("hibc_character", value=body, character=character)
        total += value
    return CHARACTERS[total % 43]


def parse(text: str, today: date, *, raw: str | None = None, symbology: str | None = None) -> Scan:
    """Read one HIBC symbol. ``text`` begins with ``+`` and is exactly as scanned.

    A secondary symbol alone gives a scan without DI, with its link character in ``link`` and the
    problem ``hibc_secondary``: :func:`combine` joins it to its primary. Raises ScanError.
    """
    raw = text if raw is None else raw
    if len(text) < 3 or text[0] != "+":
        raise ScanError("hibc_short", value=text)
    pieces = [text] if check_character(text[:-1]) == text[-1] else _glued(text)
    if not pieces:
        raise ScanError("hibc_check", value=text, expected=check_character(text[:-1]))
    if len(pieces) == 1:
        return _parse_one(text, today, raw, symbology)
    scans = [_parse_one(piece, today, piece, symbology) for piece in pieces]
    joined = combine(scans, today)
    note = Problem("hibc_glued", {"count": str(len(pieces))})
    return replace(joined, raw=raw, symbology=symbology, notes=(note, *joined.notes))


def _glued(text: str) -> list[str]:
    """Whole symbols one behind the other in one carrier, each with a right check character.

    Seen on labels of older stock. Only an unequivocal cut counts: a first piece that is a primary,
    and every further one linked to it.
    """
    starts = [0] + [i for i in range(3, len(text) - 2) if text[i] == "+" and text[i - 1] != "$"]
    if len(starts) < 2:
        return []
    cuts = [*starts, len(text)]
    pieces = [text[a:b] for a, b in itertools.pairwise(cuts)]
    if not all(check_character(piece[:-1]) == piece[-1] for piece in pieces):
        return []
    return pieces if _PRIMARY.fullmatch(pieces[0][1:-1]) else []


def _parse_one(text: str, today: date, raw: str, symbology: str | None) -> Scan:
    body = text[1:-1]
    if body[:1].isalpha() and not _is_supplement(body):
        primary, *segments = body.split("/")
        match = _PRIMARY.fullmatch(primary)
        if not match:
            raise ScanError("hibc_primary", value=text)
        facts, found = _read_segments(segments, today)
        return Scan(
            scheme="hibc",
            raw=raw,
            elements=(("LIC", match[1]), ("PCN", match[2]), ("UOM", match[3]), *found),
            di=primary,
            agency="HIBCC",
            link=None if segments else text[-1],
            symbology=symbology,
            **vars(facts),
        )
    if len(body) < 2:
        raise ScanError("hibc_short", value=text)
    facts, found = _read_segments(body[:-1].split("/"), today)
    return Scan(
        scheme="hibc",
        raw=raw,
        elements=found,
        agency="HIBCC",
        link=body[-1],
        symbology=symbology,
        problems=(Problem("hibc_secondary"),),
        **vars(facts),
    )


def _is_supplement(body: str) -> bool:
    """``+S…`` is a serial's symbol or a labeller whose code begins with S: a primary ends in its unit digit."""
    return body[0] == "S" and not _PRIMARY.fullmatch(body.split("/")[0])


def _read_segments(segments: Sequence[str], today: date) -> tuple[Facts, tuple[tuple[str, str], ...]]:
    facts = Facts()
    found: list[tuple[str, str]] = []
    for segment in segments:
        flag, told = _read_segment(segment, today)
        found.append((flag, segment[len(flag) :]))
        for name, value in vars(told).items():
            known = getattr(facts, name)
            if value is None:
                continue
            if known is not None and known != value:
                raise ScanError("repeated", ai=flag, value=str(known), other=str(value))
            facts = replace(facts, **{name: value})
    return facts, tuple(found)


def _read_segment(segment: str, today: date) -> tuple[str, Facts]:
    if segment.startswith("$$+"):
        expiry, rest = _dated(segment[3:], segment, today)
        return "$$+", Facts(expiry=expiry, serial=_text(rest, segment, _LONGEST_SERIAL))
    if segment.startswith("$$"):
        quantity, rest = _quantity(segment[2:], segment)
        if quantity is not None and not rest:
            return "$$", Facts(quantity=quantity)
        expiry, rest = _dated(rest, segment, today)
        return "$$", Facts(quantity=quantity, expiry=expiry, lot=_text(rest, segment))
    if segment.startswith("$+"):
        return "$+", Facts(serial=_text(segment[2:], segment, _LONGEST_SERIAL))
    if segment.startswith("$"):
        return "$", Facts(lot=_text(segment[1:], segment))
    if segment.startswith("S"):
        return "S", Facts(serial=_text(segment[1:], segment, _LONGEST_SERIAL))
    if segment.startswith("16D"):
        return "16D", Facts(production_date=_full_day(segment[3:], segment))
    if segment.startswith("14D"):
        return "14D", Facts(expiry=_full_day(segment[3:], segment))
    if re.fullmatch(r"Q[0-9]{1,5}", segment):
        return "Q", Facts(quantity=int(segment[1:]))
    if len(segment) >= 5 and is_digits(segment[:5]):
        return "", Facts(expiry=_julian(segment[:5], today), lot=_text(segment[5:], segment))
    raise ScanError("hibc_segment", value=segment)


def _quantity(text: str, segment: str) -> tuple[int | None, str]:
    size = {"8": 2, "9": 5}.get(text[:1])
    if not size:
        return None, text
    digits = text[1 : 1 + size]
    if len(digits) < size or not is_digits(digits):
        raise ScanError("hibc_segment", value=segment)
    return int(digits), text[1 + size :]


def _dated(text: str, segment: str, today: date) -> tuple[date | None, str]:
    """The date behind ``$$`` and what follows it."""
    flag = text[:1]
    size = _DATE_LENGTHS.get(flag)
    if size is None:
        raise ScanError("hibc_segment", value=segment)
    if flag in "01":
        digits, rest = text[:4], text[4:]
    else:
        digits, rest = text[1 : 1 + size], text[1 + size :]
    if len(digits) < size or (digits and not is_digits(digits)):
        raise ScanError("bad_date", value=digits)
    if flag == "7":
        return None, rest
    if flag in "01":
        return gs1.resolve_date(f"{digits[2:]}{digits[:2]}00", today), rest  # month only: its last day
    if flag in "56":
        _hour(digits[5:])
        return _julian(digits[:5], today), rest
    yymmdd = digits[4:] + digits[:4] if flag == "2" else digits[:6]
    _hour(digits[6:])
    if yymmdd.endswith("00"):
        raise ScanError("bad_date", value=digits)
    return gs1.resolve_date(yymmdd, today), rest


def _hour(text: str) -> None:
    if text and int(text) > 23:
        raise ScanError("bad_date", value=text)


def _julian(text: str, today: date) -> date:
    """YYJJJ: year and day of the year."""
    year = gs1.resolve_year(int(text[:2]), today)
    number = int(text[2:])
    day = date(year, 1, 1) + timedelta(days=number - 1) if number else None
    if day is None or day.year != year:
        raise ScanError("bad_date", value=text)
    return day


def _full_day(text: str, segment: str) -> date:
    if len(text) == 6 and is_digits(text):
        raise ScanError("hibc_segment", value=segment)
    try:
        if len(text) != 8 or not is_digits(text):
            raise ValueError
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise ScanError("bad_date", value=text) from None


def _text(text: str, segment: str, longest: int = _LONGEST_LOT) -> str | None:
    """A lot or serial; empty where the label has the flag only."""
    if len(text) > longest:
        raise ScanError("hibc_segment", value=segment)
    return text or None


# ---------------------------------------------------------------------------
# Several symbols, and writing
# ---------------------------------------------------------------------------


def combine(scans: Sequence[Scan], today: date) -> Scan:
    """Primary and secondary symbols of one item, in whatever order they were scanned.

    Raises ScanError ``hibc_link`` when a secondary belongs to another primary, ``repeated`` when
    two symbols contradict each other.
    """
    unique = list({scan.raw: scan for scan in scans}.values())
    primaries = [scan for scan in unique if scan.di]
    dis = {scan.di for scan in primaries}
    if len(dis) > 1:
        values = sorted(filter(None, dis))
        raise ScanError("repeated", ai="DI", value=values[0], other=values[1])
    links = {scan.link for scan in unique if scan.link}
    if len(links) > 1:
        raise ScanError("hibc_link", links=" ".join(sorted(links)))
    facts: dict[str, object] = {}
    elements: list[tuple[str, str]] = []
    for scan in sorted(unique, key=lambda scan: not scan.di):
        elements += [element for element in scan.elements if element not in elements]
        for name in Facts.__dataclass_fields__:
            value = getattr(scan, name)
            if value is None:
                continue
            if facts.setdefault(name, value) != value:
                raise ScanError("repeated", ai=name, value=str(facts[name]), other=str(value))
    first = primaries[0] if primaries else unique[0]
    joined = replace(
        first,
        raw="\n".join(scan.raw for scan in unique),
        elements=tuple(elements),
        problems=() if primaries else first.problems,
        link=next(iter(links), None),
    )
    return replace(joined, **facts)  # type: ignore[arg-type]


def build(
    di: str,
    *,
    lot: str | None = None,
    serial: str | None = None,
    expiry: date | None = None,
    production_date: date | None = None,
    quantity: int | None = None,
) -> str:
    """The combined symbol of these facts, with its check character. Raises ScanError.

    Never writes what would not be read back: a lot with ``/`` or of 19 characters is refused.
    """
    if not _PRIMARY.fullmatch(di):
        raise ScanError("hibc_primary", value=di)
    segments = [di]
    for value, longest in ((lot, _LONGEST_LOT), (serial, _LONGEST_SERIAL)):
        if value is not None and (not value or len(value) > longest or "/" in value):
            raise ScanError("hibc_segment", value=value)
    if expiry or lot:
        segments.append(("$$3" + expiry.strftime("%y%m%d") if expiry else "$") + (lot or ""))
        if not expiry and lot and lot[0] in "$+":
            raise ScanError("hibc_segment", value=lot)
    if serial:
        segments.append("S" + serial)
    if production_date:
        segments.append("16D" + production_date.strftime("%Y%m%d"))
    if quantity is not None:
        if not 0 <= quantity <= 99999:
            raise ScanError("hibc_segment", value=str(quantity))
        segments.append(f"Q{quantity}")
    body = "+" + "/".join(segments)
    return body + check_character(body)


def registered_forms(di: str) -> tuple[str, ...]:
    """The ways in which catalogues hold a DI: as it is, and with its check character behind it.

    Of the HIBC identifiers published in GUDID three quarters have been entered with the check
    character of the primary symbol.
    """
    return (di, di + check_character("+" + di))
