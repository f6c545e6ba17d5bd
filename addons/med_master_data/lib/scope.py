"""Business scope of a licence: which classes and classification codes it covers.

GSP 51(4): class and classification code are matched against one's own, the supplier's and the
customer's scope. A scope is written as a list of codes of the Chinese classification catalogue
(``14``, ``14-01``, ``6840``); an empty list covers every code.
"""

from __future__ import annotations

import re
from collections.abc import Collection

# Latin comma and semicolon, blanks, and the Chinese enumeration comma, comma and semicolon.
_SEPARATORS = re.compile(r"[,;\s\u3001\uff0c\uff1b]+")


def parse_codes(text: str) -> tuple[str, ...]:
    """The codes of a scope text, in order, once each. Chinese and Latin separators alike."""
    return tuple(dict.fromkeys(code for code in _SEPARATORS.split(text) if code))


def of(class_1: bool, class_2: bool, class_3: bool, codes: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(classes, codes) of a licence, as ``covers`` wants them, from what is ticked and typed on it."""
    ticked = (("I", class_1), ("II", class_2), ("III", class_3))
    return tuple(name for name, covered in ticked if covered), parse_codes(codes or "")


def covers(classes: Collection[str], codes: Collection[str], device_class: str | None, code: str | None) -> bool:
    """True when a device of ``device_class`` ("I", "II", "III") and ``code`` is within scope.

    A code covers its subdivisions: ``14`` covers ``14-01-02``, but not ``140``. A device without
    class is covered by nothing, and one without code only by a scope without codes: what is
    unknown is never within scope.
    """
    if device_class not in classes:
        return False
    if not codes:
        return True
    return bool(code) and any(code == own or str(code).startswith(f"{own}-") for own in codes)
