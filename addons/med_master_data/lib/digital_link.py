"""GS1 Digital Link URIs: reader and writer of the uncompressed form.

Source: GS1 Digital Link Standard, URI Syntax; which keys may be in the path, with which qualifiers
in which order, and which AIs may be attributes, from the GS1 Syntax Dictionary (facts).
The path is read from its end: the last segment pair that can begin a key with everything behind it
in order is the key; what is before it is the domain's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import quote, unquote_to_bytes

from . import gs1, gs1_ai, gtin
from .errors import Problem, ScanError
from .gs1 import Element, Scan

# Primary keys with their qualifiers, in order; alternatives by |.
_KEYS = {
    "00": "", "01": "22,10,21|235", "253": "", "255": "", "401": "", "402": "", "414": "254|7040",
    "415": "8020", "417": "7040", "8003": "", "8004": "7040", "8006": "22,10,21", "8010": "8011",
    "8013": "", "8017": "8019", "8018": "8019",
}  # fmt: skip
_QUALIFIERS = {key: [tuple(filter(None, alt.split(","))) for alt in text.split("|")] for key, text in _KEYS.items()}
# AIs that may not be attributes in the query.
_NOT_ATTRIBUTES = frozenset("03 21 22 235 254 7040 7041 8011 8014 8019 8020 8040 8041 8042 8043 8200".split())
_NAMES = {"gtin": "01", "itip": "8006", "gmn": "8013", "cpid": "8010", "gln": "414", "payto": "415", "gsrnp": "8017",
          "gsrn": "8018", "gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402", "grai": "8003",
          "giai": "8004", "cpv": "22", "lot": "10", "ser": "21", "glnx": "254", "refno": "8020", "srin": "8019",
          "cpsn": "8011"}  # fmt: skip
_URI = re.compile(r"[hH][tT][tT][pP][sS]?://([^/?#]*)(/[^?#]*)?(?:\?([^#]*))?(?:#.*)?", re.ASCII | re.DOTALL)
_DOMAIN = re.compile(r"[A-Za-z0-9._~-]+(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](?::[0-9]{1,5})?")
_ALLOWED = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
# The compressed form: one opaque base64url segment instead of key and value.
_COMPRESSED = re.compile(r"[A-Za-z0-9_-]{12,}")


def is_uri(text: str) -> bool:
    return text[:8].lower().startswith(("http://", "https://"))


def parse(text: str, today: date, *, raw: str | None = None, symbology: str | None = None) -> Scan:
    """Read a Digital Link URI. Raises ScanError.

    A GTIN without its leading zeros is accepted, as resolvers do, and told in ``notes``.
    """
    match = _URI.fullmatch(text)
    if not match or not _DOMAIN.fullmatch(match[1]) or not _ALLOWED.fullmatch(text) or _ESCAPE.search(text):
        raise ScanError("dl_uri", value=text[:80])
    segments = (match[2] or "").split("/")[1:]
    path = _path(segments)
    if path is None:
        last = segments[-1] if segments else ""
        if _COMPRESSED.fullmatch(last) and not gtin.is_digits(last):
            raise ScanError("dl_compressed", value=text[:80])
        raise ScanError("dl_no_key", value=text[:80])
    elements = [(ai, _value(ai, value, False)) for ai, value in path]
    for item in filter(None, re.split("[&;]", match[3] or "")):
        name, equals, value = item.partition("=")
        if not equals or not gtin.is_digits(name):
            continue  # parameters of the resolver or of the domain
        if name not in gs1_ai.TABLE or name in _NOT_ATTRIBUTES:
            raise ScanError("dl_attribute", ai=name, value=text[:80])
        if name in dict(path) or name in _qualifiers_of(path[0][0]):
            raise ScanError("dl_attribute", ai=name, value=text[:80])
        elements.append((name, _value(name, value, True)))
    read = gs1.from_elements(
        elements, today, scheme="digital_link", raw=text if raw is None else raw, symbology=symbology
    )
    short = any(ai in ("01", "02") and f"/{value}" not in text and f"={value}" not in text for ai, value in elements)
    return replace(read, notes=(Problem("dl_zeros"),)) if short else read


def _qualifiers_of(key: str) -> set[str]:
    return {ai for alternative in _QUALIFIERS[key] for ai in alternative}


def _path(segments: Sequence[str]) -> list[Element] | None:
    """Key and qualifiers as far right as possible, or None."""
    for start in range(len(segments) - 2, -1, -2):
        key = _NAMES.get(segments[start], segments[start])
        if key not in _KEYS:
            continue
        names = [_NAMES.get(name, name) for name in segments[start + 2 :: 2]]
        if any(_in_order(names, order) for order in _QUALIFIERS[key]):
            return list(zip([key, *names], segments[start + 1 :: 2], strict=True))
    return None


def _in_order(names: Sequence[str], order: Sequence[str]) -> bool:
    remaining: Iterator[str] = iter(order)
    return all(name in remaining for name in names)


def _value(ai: str, text: str, query: bool) -> str:
    if query and "+" in text:
        # A form's blank: no AI may hold one, and a plus sign has to be escaped there.
        raise ScanError("bad_character", ai=ai, value=text, character="+")
    data = unquote_to_bytes(text)
    if not data.isascii() or b"\x00" in data:
        raise ScanError("bad_character", ai=ai, value=text, character="%")
    value = data.decode("ascii")
    if ai in ("01", "02") and len(value) in (8, 12, 13) and gtin.is_digits(value):
        value = value.zfill(14)
    if not value:
        raise ScanError("empty_value", ai=ai)
    return value


def build(elements: Sequence[Element], domain: str = "https://id.gs1.org") -> str:
    """The URI of these elements. Raises ScanError when there is no key or an AI may not be an attribute."""
    values: dict[str, str] = {}
    for ai, value in elements:
        if values.setdefault(ai, value) != value:
            raise ScanError("repeated", ai=ai, value=values[ai], other=value)
    key = next((ai for ai in values if ai in _KEYS), None)
    if key is None:
        raise ScanError("dl_no_key", value=gs1.to_text(elements)[:80])
    order = max(_QUALIFIERS[key], key=lambda alternative: sum(ai in values for ai in alternative))
    path = [key, *(ai for ai in order if ai in values)]
    rest = [ai for ai in values if ai not in path]
    for ai in rest:
        if ai not in gs1_ai.TABLE or ai in _NOT_ATTRIBUTES or ai in _qualifiers_of(key):
            raise ScanError("dl_attribute", ai=ai, value=values[ai])
    uri = domain.rstrip("/") + "".join(f"/{ai}/{quote(values[ai], safe='')}" for ai in path)
    query = "&".join(f"{ai}={quote(values[ai], safe='')}" for ai in rest)
    return f"{uri}?{query}" if query else uri
