"""When a step of a renewal is due, counted back from the last valid day.

A distribution licence is renewed 90 to 30 working days before it ends (DIST 14, 16), a
registration at least six months before (REG47 82): days, working days and months are not the same.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from datetime import date, timedelta
from typing import Literal

Unit = Literal["day", "workday", "month"]
MAX_AMOUNT = 3650


def due_day(valid_to: date, amount: int, unit: Unit, days_off: Collection[date] = frozenset()) -> date:
    """The first day on which the step is due.

    :param valid_to: last valid day
    :param amount: how long before, 0 is the last valid day itself
    :param days_off: public holidays; Saturdays and Sundays never count as working days
    :raises ValueError: a negative amount, or one of more than ten years

    >>> due_day(date(2026, 12, 31), 6, "month")
    datetime.date(2026, 6, 30)
    >>> due_day(date(2026, 11, 30), 1, "workday")
    datetime.date(2026, 11, 27)
    """
    if not 0 <= amount <= MAX_AMOUNT:
        raise ValueError(amount)
    if unit == "day":
        return valid_to - timedelta(days=amount)
    if unit == "month":
        return _months(valid_to, -amount)
    day, left = valid_to, amount
    while left:
        day -= timedelta(days=1)
        if day.weekday() < 5 and day not in days_off:
            left -= 1
    return day


def horizon(today: date, amount: int, unit: Unit) -> date:
    """No document that ends after this day has the step due today; some that end before may not."""
    if unit == "day":
        return today + timedelta(days=amount)
    if unit == "month":
        # a month before the 31st is the 30th or the 28th
        return _months(today, amount) + timedelta(days=4)
    # working days: weekends, and holidays in plenty
    return today + timedelta(days=2 * amount + 30)


def _months(day: date, months: int) -> date:
    """So many months later, or the last day of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
