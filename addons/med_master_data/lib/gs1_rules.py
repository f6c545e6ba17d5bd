"""Content rules of GS1 element data, by the names the AI table uses.

Each rule takes the text of one component and answers an error code or None. Source: the
routines the GS1 Barcode Syntax Dictionary names; facts only. Dates are checked for the calendar
with the year modulo 100 taken as 20YY, which has the same leap years as any window that the
century rule of ``gs1.resolve_date`` can choose except 1900 and 2100.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from itertools import islice

from .gs1_ai import COUNTRIES
from .gs1_codes import COUNTRIES_2, CURRENCIES, PACKAGE_TYPES
from .gtin import has_valid_check_digit, is_digits

CSET82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
CSET39 = "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CSET32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CSET64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="

CHARACTERS = {
    "n": frozenset("0123456789"),
    "x": frozenset(CSET82),
    "y": frozenset(CSET39),
    "z": frozenset(CSET64),
}

_PERCENT = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*")
_SEQUENCE = re.compile(r"([1-9][0-9]*)/([1-9][0-9]*)")
_PRIMES = (
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83,
)  # fmt: skip


def pair_for(body: str) -> str:
    """The two check characters of a GMN (Basic UDI-DI) or MUDI, for ``body`` without them.

    Sum of character-set-82 value times prime, the rightmost character having prime 2, modulo
    1021, written as two characters of set 32. Caller guarantees set 82 and at most 23 characters.
    """
    primes = islice(_PRIMES, len(body))
    total = sum(CSET82.index(char) * prime for char, prime in zip(reversed(body), primes, strict=True))
    return CSET32[total % 1021 >> 5] + CSET32[total % 1021 & 31]


def _key(text: str) -> str | None:
    return None if has_valid_check_digit(text) else "check_digit"


def _pair(text: str) -> str | None:
    return None if len(text) >= 2 and pair_for(text[:-2]) == text[-2:] else "check_pair"


def _date(year: int, month: int, day: int, zero_day: bool) -> str | None:
    if not 1 <= month <= 12:
        return "bad_date"
    last = calendar.monthrange(year, month)[1]
    return None if (0 if zero_day else 1) <= day <= last else "bad_date"


def _day0(text: str) -> str | None:
    return _date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]), zero_day=True)


def _day(text: str) -> str | None:
    return _date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]), zero_day=False)


def _fullday(text: str) -> str | None:
    if text[:4] == "0000":
        return "bad_date"
    return _date(int(text[:4]), int(text[4:6]), int(text[6:8]), zero_day=False)


def _hour(text: str) -> str | None:
    return None if int(text) < 24 else "bad_time"


def _minute(text: str) -> str | None:
    return None if int(text) < 60 else "bad_time"


def _hour_minute(text: str) -> str | None:
    return _hour(text[:2]) or _minute(text[2:])


def _piece(text: str) -> str | None:
    half = len(text) // 2
    piece, total = int(text[:half]), int(text[half:])
    return None if 0 < piece <= total else "bad_piece"


def _sequence(text: str) -> str | None:
    match = _SEQUENCE.fullmatch(text)
    return None if match and int(match[1]) <= int(match[2]) else "bad_sequence"


def _prefix(text: str) -> str | None:
    """A key starts with a GS1 company prefix, which has four digits at least."""
    return None if len(text) >= 4 and is_digits(text[:4]) else "company_prefix"


def _prefix2(text: str) -> str | None:
    return _prefix(text[1:])


def _one_of(allowed: str) -> Callable[[str], str | None]:
    return lambda text: None if len(text) == 1 and text in allowed else "bad_value"


def _limit(highest: int) -> Callable[[str], str | None]:
    return lambda text: None if int(text) <= highest else "bad_value"


def _country(text: str) -> str | None:
    return None if text in COUNTRIES else "bad_country"


def _iban(text: str) -> str | None:
    """ISO 13616: country and check digits moved to the end, letters as numbers, modulo 97 is one."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{1,30}", text) or text[:2] not in COUNTRIES_2:
        return "bad_value"
    return None if int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1 else "check_pair"


RULES: dict[str, Callable[[str], str | None]] = {
    "key": _key,
    "pair": _pair,
    "day0": _day0,
    "day": _day,
    "fullday": _fullday,
    "hh": _hour,
    "mi": _minute,
    "ss": _minute,
    "hhmi": _hour_minute,
    "piece": _piece,
    "seq": _sequence,
    "prefix": _prefix,
    "prefix2": _prefix2,
    "bool": _one_of("01"),
    "winding": _one_of("019"),
    "sex": _one_of("0129"),
    "hyphen": _one_of("-"),
    "importer": _one_of(CSET64[:-1]),
    "lat": _limit(1_800_000_000),
    "lon": _limit(3_600_000_000),
    "country": _country,
    "country999": lambda text: None if text == "999" else _country(text),
    "country2": lambda text: None if text in COUNTRIES_2 else "bad_country",
    "currency": lambda text: None if text in CURRENCIES else "bad_value",
    "package": lambda text: None if text in PACKAGE_TYPES else "bad_value",
    "media": lambda text: None if 1 <= int(text) <= 10 or int(text) >= 80 else "bad_value",
    "iban": _iban,
    "zero": lambda text: None if set(text) == {"0"} else "bad_value",
    "nonzero": lambda text: None if int(text) else "bad_value",
    "nolead0": lambda text: None if text == "0" or text[0] != "0" else "bad_value",
    "alpha": lambda text: "bad_value" if is_digits(text) else None,
    "pct": lambda text: None if _PERCENT.fullmatch(text) else "bad_value",
}
