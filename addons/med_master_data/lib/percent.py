"""Percent-encoding of URIs (RFC 3986), for ASCII text only."""

from __future__ import annotations

import re

_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_RESERVED = re.compile(r"[^A-Za-z0-9._~-]")


def decode(text: str) -> str:
    """``text`` with its escapes replaced; an escape above 7F becomes that Latin-1 character."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def encode(text: str) -> str:
    """``text`` with every reserved character escaped."""
    return _RESERVED.sub(lambda match: f"%{ord(match[0]):02X}", text)
