"""One door for every code a scanner sends: which scheme, then the scheme's reader.

Decided by the first characters (HL7/IMDRF practice): ``(`` GS1 printed form, digits GS1, ``+``
HIBC, ``=`` or ``&`` ISBT 128, ``MA.`` the Chinese MA code, ``http(s)://`` GS1 Digital Link.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from . import gs1, gtin
from .errors import ScanError
from .gs1 import Scan

MAXIMUM_LENGTH = 2048  # far above any symbol; keeps nonsense from being analysed

_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_UNREAD_SCHEMES = (
    ("+", "HIBC"),
    ("=", "ISBT 128"),
    ("&", "ISBT 128"),
    ("MA.", "MA"),
    ("MB.", "MA"),
    ("http://", "GS1 Digital Link"),
    ("https://", "GS1 Digital Link"),
)


def parse(code: str, today: date, *, separators: Sequence[str] = ()) -> Scan:
    """Read what a scanner (or a person) sent.

    ``separators``: texts this device sends instead of FNC1, such as ``<GS>`` or ``|``; each is
    taken as FNC1. ``today`` anchors the century of two-digit years. Raises ScanError; the scan's
    ``problems`` must be looked at before the values are used.
    """
    text = code.strip(" \t\r\n\x00")
    if len(text) > MAXIMUM_LENGTH:
        raise ScanError("scan_too_long", length=str(len(text)), maximum=str(MAXIMUM_LENGTH))
    symbology: str | None = None
    match = _SYMBOLOGY.match(text)
    if match:
        symbology, text = match[0], text[3:]
    for separator in filter(None, separators):
        text = text.replace(separator, gs1.FNC1)
    if not text.strip(gs1.FNC1):
        raise ScanError("empty")
    if symbology in gs1.GTIN_SYMBOLOGIES:
        if len(text) not in gs1.GTIN_SYMBOLOGIES[symbology]:
            raise ScanError("gtin_length", value=text, length=str(len(text)))
        return gs1.bare_gtin(text, raw=code, symbology=symbology)
    if symbology in gs1.GS1_SYMBOLOGIES:
        if text.startswith("("):
            # Brackets are for people; inside a symbol they are an encoding error.
            raise ScanError("brackets_in_symbol", value=text)
        return gs1.parse_element_string(text, today, raw=code, symbology=symbology)
    return _by_content(text, today, code, symbology)


def _by_content(text: str, today: date, raw: str, symbology: str | None) -> Scan:
    """The scheme of a symbol that does not tell it: plain carriers, and scanners without AIM id."""
    lowered = text[:8].lower()
    for prefix, scheme in _UNREAD_SCHEMES:
        if text.startswith(prefix) or lowered.startswith(prefix):
            raise ScanError("scheme_unsupported", scheme=scheme)
    if not text.startswith(("(", gs1.FNC1)) and not gtin.is_digits(text[:2]):
        raise ScanError("unknown_scheme", value=text[:40])
    may_be_gtin = len(text) in gtin.GTIN_LENGTHS and gtin.is_digits(text)
    if may_be_gtin and gtin.has_valid_check_digit(text):
        return gs1.bare_gtin(text, raw=raw, symbology=symbology)
    try:
        return gs1.parse_element_string(text, today, raw=raw, symbology=symbology)
    except ScanError:
        if may_be_gtin:
            # All digits of a GTIN's length: the likelier story is a misread EAN.
            gtin.normalise(text)
        raise
