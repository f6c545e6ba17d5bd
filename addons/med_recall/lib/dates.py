"""Dates as notices write them, without a guess where two readings are possible.

A date is read into the days it covers: ``2024-05`` is the whole of May. Numeric dates with slashes
are read in the American order, since that is where they are written so; ``13/05/2024`` can only be
the other order and is read that way.
"""

from __future__ import annotations

import calendar
import re
from datetime import date

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
MONTHS["sept"] = 9
_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + ")"

PATTERN = (
    r"\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}|\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{4}-(?:0[1-9]|1[0-2])(?![\w-])"
    rf"|\d{{1,2}}[ -]{_MONTH}\.?,?[ -]\d{{4}}|{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|{_MONTH}\.?,?[ -]\d{{4}}"
    r"|\d{1,2}[/-]\d{1,2}[/-](?:\d{4}|\d{2})(?!\d)|\d{1,2}/(?:\d{4}|\d{2})(?![\d/])"
)
_NUMBERS = re.compile(r"\d+")
FULL = re.compile(PATTERN, re.IGNORECASE)


def read(text: str) -> tuple[date, date] | None:
    """First and last day of what ``text`` says, or None when it is no possible date."""
    text = text.strip()
    if not FULL.fullmatch(text):
        return None
    numbers = [int(number) for number in _NUMBERS.findall(text)]
    word = re.search(_MONTH, text, re.IGNORECASE)
    try:
        if word:
            month = MONTHS[word.group().lower()]
            return _days(numbers[-1], month, numbers[0] if len(numbers) == 2 else None)
        if re.match(r"\d{4}", text):
            return _days(numbers[0], numbers[1], numbers[2] if len(numbers) == 3 else None)
        if len(numbers) == 2:
            return _days(_year(numbers[1]), numbers[0], None)
        first, second, year = numbers
        month, day = (second, first) if first > 12 else (first, second)
        return _days(_year(year), month, day)
    except ValueError:
        return None


def compact(text: str) -> date | None:
    """openFDA's ``20120613``, or any spelling that means one day."""
    text = (text or "").strip()
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    elif re.match(r"\d{4}-\d{2}-\d{2}[T ]", text):
        text = text[:10]
    days = read(text)
    return days[0] if days and days[0] == days[1] else None


def _year(number: int) -> int:
    return number + 2000 if number < 100 else number


def _days(year: int, month: int, day: int | None) -> tuple[date, date]:
    if not 1900 <= year <= 2200:
        raise ValueError(year)
    if day is not None:
        return date(year, month, day), date(year, month, day)
    if not 1 <= month <= 12:
        raise ValueError(month)
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
