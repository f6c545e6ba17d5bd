"""GTIN, SSCC and GLN check digits, and the one stored form of a GTIN: 14 digits.

Source: GS1 General Specifications, check digit calculation (weights 3 and 1 from the right,
modulo 10). GTIN-8, -12 and -13 are the same number as their zero-filled GTIN-14.
"""

from __future__ import annotations

from .errors import ScanError

GTIN_LENGTHS = (8, 12, 13, 14)
_DIGITS = frozenset("0123456789")


def is_digits(text: str) -> bool:
    """True for one or more of 0-9. ``str.isdigit`` also takes superscripts and other scripts."""
    return bool(text) and _DIGITS.issuperset(text)


def check_digit(body: str) -> int:
    """The check digit (0-9) that belongs behind ``body`` (digits without check digit).

    Raises ScanError ``not_numeric`` when ``body`` is empty or holds anything but 0-9.
    """
    if not is_digits(body):
        raise ScanError("not_numeric", value=body)
    total = sum(int(digit) * (1 if index % 2 else 3) for index, digit in enumerate(reversed(body)))
    return -total % 10


def has_valid_check_digit(code: str) -> bool:
    """True when the last digit of ``code`` is the check digit of the digits before it."""
    return len(code) > 1 and is_digits(code) and check_digit(code[:-1]) == int(code[-1])


def normalise(code: str) -> str:
    """The 14-digit form of a GTIN-8, -12, -13 or -14.

    Raises ScanError: ``not_numeric``, ``gtin_length`` or ``check_digit`` (with the digit that
    would be right). Never repairs: a wrong digit means a misread or a misprint.
    """
    if not is_digits(code):
        raise ScanError("not_numeric", value=code)
    if len(code) not in GTIN_LENGTHS:
        raise ScanError("gtin_length", value=code, length=str(len(code)))
    expected = check_digit(code[:-1])
    if expected != int(code[-1]):
        raise ScanError("check_digit", value=code, expected=str(expected), ai="01")
    return code.zfill(14)


def shorter_forms(gtin14: str) -> tuple[str, ...]:
    """All ways the same GTIN may be written: itself, then 13, 12 and 8 digits where zeros allow.

    A barcode field of a product often holds the EAN-13; a label holds the GTIN-14.
    """
    forms = [gtin14]
    forms += [gtin14[14 - size :] for size in (13, 12, 8) if set(gtin14[: 14 - size]) == {"0"}]
    return tuple(forms)
