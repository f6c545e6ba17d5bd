"""One byte string for one meaning: the JSON that is hashed, sealed and signed.

Keys sorted, no blanks, ASCII only, no floats: a float has more than one decimal
spelling, so two honest programs could hash the same quantity differently.
Quantities travel as decimal strings (see :func:`quantity`).
"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


class NotCanonicalError(TypeError):
    """The value has no single spelling; ``path`` says where it sits."""

    def __init__(self, path: str, value: object) -> None:
        super().__init__(f"{path or 'value'}: {type(value).__name__} cannot be sealed")
        self.path = path


def _check(value: object, path: str) -> None:
    if value is None or isinstance(value, bool | int | str):
        return
    if isinstance(value, list | tuple):
        for position, item in enumerate(value):
            _check(item, f"{path}[{position}]")
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise NotCanonicalError(f"{path}.{key!r}", key)
            _check(item, f"{path}.{key}")
        return
    raise NotCanonicalError(path, value)


def dumps(value: object) -> str:
    """Canonical JSON text of ``value``; raises :class:`NotCanonicalError`."""
    _check(value, "")
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of the UTF-8 bytes of ``text``, as 64 lower-case hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def quantity(value: float | Decimal | int) -> str:
    """A measure as a plain decimal string: 2.50 and 2.5 are the same fact, "2.5".

    Rounded to 6 decimals, which is finer than any unit of measure Odoo keeps.
    """
    text = f"{Decimal(str(value)):.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
