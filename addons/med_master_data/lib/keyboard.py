"""What a scanner's code may have been before a keyboard setting spoilt it.

A wedge scanner types. When the computer's layout, caps lock or an input method differs from what
the scanner was set up for, other characters arrive. Each function here undoes one such setting;
which of them is true, the caller decides by what he knows of the goods, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

# What arrives where a US keyboard's character was meant; both sides in the same order.
_US_DIGITS = "1234567890-=!@#$%^&*()_+"
_AZERTY_DIGITS = "&é\"'(-è_çà)=1234567890°+"
_US_LETTERS = "qwazm,./;'[]QWAZM<>?:\"{}"
_AZERTY_LETTERS = "azqw,;:!mù^$AZQW?./§M%¨£"
_AZERTY = str.maketrans(_AZERTY_DIGITS + _AZERTY_LETTERS, _US_DIGITS + _US_LETTERS)

_QWERTZ = str.maketrans(
    "zyZYß´?`üÜ+*öÖäÄ#'-_;:\"§&/()=",
    "yzYZ-=_+[{]};:'\"\\|/?<>@#^&*()",
)

# Full-width forms and the marks an input method puts in place of ASCII.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FULL_WIDTH |= {0x3000: 0x20, 0x3002: ord("."), 0x3001: ord(","), 0x2014: ord("-"), 0x00B7: ord(".")}

# Codes of the settings, in the order in which they are tried; sentences are the addon's.
FULL_WIDTH, CAPS_LOCK, AZERTY, QWERTZ = "full_width", "caps_lock", "azerty", "qwertz"


@dataclass(frozen=True)
class Repair:
    """``text`` is what was meant if ``setting`` spoilt it.

    ``lossless``: no other setting could have given these characters, so the text is not a guess.
    """

    text: str
    setting: str
    lossless: bool = False


def repairs(text: str) -> Iterator[Repair]:
    """Every other text that may have been meant; none for plain digits."""
    plain = text.translate(_FULL_WIDTH)
    if plain != text:
        yield Repair(plain, FULL_WIDTH, lossless=plain.isascii())
    swapped = plain.swapcase()
    if swapped != plain and len(swapped) == len(plain):
        yield Repair(swapped, CAPS_LOCK)
    for setting, table in ((AZERTY, _AZERTY), (QWERTZ, _QWERTZ)):
        for typed in (plain, swapped):
            meant = typed.translate(table)
            if meant not in (plain, swapped) and meant.isascii():
                yield Repair(meant, setting)


def spoil(text: str, setting: str) -> str:
    """What arrives of ``text`` under this setting: for tests and for the self-test of a device."""
    if setting == FULL_WIDTH:
        return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    if setting == CAPS_LOCK:
        return text.swapcase()
    table = _AZERTY if setting == AZERTY else _QWERTZ
    inverse = {meant: typed for typed, meant in table.items()}
    return text.translate(inverse)
