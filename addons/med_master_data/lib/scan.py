"""One door for every code a scanner sends: which scheme, then the scheme's reader.

Decided by the first characters (HL7/IMDRF practice): ``(`` GS1 printed form, digits GS1, ``+``
HIBC, ``=`` or ``&`` ISBT 128, ``MA.`` the Chinese MA code, ``http(s)://`` GS1 Digital Link,
``urn:epc:`` or a tag's memory in hex EPC.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from . import digital_link, epc, gs1, gtin, hibc, isbt128, ma
from .errors import Problem, ScanError
from .gs1 import Scan

MAXIMUM_LENGTH = 2048  # far above any symbol; keeps nonsense from being analysed

_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
# Schemes that are made of GS1 elements and so may be combined with each other.
_GS1_SCHEMES = frozenset(("gs1", "gtin", "digital_link", "epc"))
_ENDINGS = "\t\r\n\x00"


def parse(code: str, today: date, *, separators: Sequence[str] = ()) -> Scan:
    """Read what a scanner (or a person) sent.

    ``separators``: texts this device sends instead of FNC1, such as ``<GS>`` or ``|``; each is
    taken as FNC1. ``today`` anchors the century of two-digit years. Raises ScanError; the scan's
    ``problems`` must be looked at before the values are used.
    """
    if len(code) > MAXIMUM_LENGTH:
        raise ScanError("scan_too_long", length=str(len(code)), maximum=str(MAXIMUM_LENGTH))
    # What a keyboard wedge adds. Not blanks behind the code: a HIBC check character may be one.
    text = code.strip(_ENDINGS).lstrip(" " + _ENDINGS)
    symbology: str | None = None
    match = _SYMBOLOGY.match(text)
    if match:
        symbology, text = match[0], text[3:]
    if text.startswith("+"):
        return _hibc(text, today, code, symbology)
    text = text.rstrip(" " + _ENDINGS)
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


def _hibc(text: str, today: date, raw: str, symbology: str | None) -> Scan:
    """As scanned first. A blank too many at the end is a wedge's, when the code reads without it."""
    try:
        return hibc.parse(text, today, raw=raw, symbology=symbology)
    except ScanError:
        shorter = text.rstrip(" ")
        if shorter == text:
            # The check character may be a blank that somebody's keyboard or form cut off.
            return _with_lost_blank(text, today, raw, symbology)
        return hibc.parse(shorter, today, raw=raw, symbology=symbology)


def _with_lost_blank(text: str, today: date, raw: str, symbology: str | None) -> Scan:
    """Only a doubt, never a reading: one code in 43 checks out by chance."""
    try:
        scan = hibc.parse(text + " ", today, raw=raw, symbology=symbology)
    except ScanError:
        return hibc.parse(text, today, raw=raw, symbology=symbology)
    return replace(scan, problems=(*scan.problems, Problem("hibc_blank_lost", {"value": text})))


def _by_content(text: str, today: date, raw: str, symbology: str | None) -> Scan:
    """The scheme of a symbol that does not tell it: plain carriers, and scanners without AIM id."""
    if text[0] in "=&":
        return isbt128.parse(text, today, raw=raw, symbology=symbology)
    if text.startswith(("MA.", "MB.")):
        return ma.parse(text, today, raw=raw, symbology=symbology)
    if digital_link.is_uri(text):
        return digital_link.parse(text, today, raw=raw, symbology=symbology)
    if text.startswith("urn:epc:"):
        return epc.parse(text, today, raw=raw, symbology=symbology)
    if text.startswith("[)>"):
        raise ScanError("scheme_unsupported", scheme="ASC MH10 (PPN)")
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
        if epc.is_hex(text):
            return epc.parse(text, today, raw=raw, symbology=symbology)
        raise


def combine(scans: Sequence[Scan], today: date) -> Scan:
    """One statement from several symbols of the same item, in whatever order they were read.

    Raises ScanError: ``mixed_schemes`` when they are of different systems, ``repeated`` or
    ``hibc_link`` when they contradict each other.
    """
    if len(scans) == 1:
        return scans[0]
    schemes = {scan.scheme for scan in scans}
    if schemes <= _GS1_SCHEMES:
        return gs1.combine(scans, today)
    if schemes == {"hibc"}:
        return hibc.combine(scans, today)
    if schemes == {"isbt128"}:
        return isbt128.combine(scans, today)
    if len({scan.raw for scan in scans}) == 1:
        return scans[0]
    raise ScanError("mixed_schemes", schemes=", ".join(sorted(schemes)))
