"""Months and weeks as rows of a table: which there are, and where a day falls."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

Unit = Literal["month", "week"]
# Periods after which the year comes round.
SEASONS: dict[Unit, int] = {"month": 12, "week": 52}
# Mean days of a period: a year of 365.25 days has 12 months.
DAYS: dict[Unit, float] = {"month": 30.4375, "week": 7.0}


def start_of(day: date, unit: Unit) -> date:
    """The first day of its period; weeks begin on Monday (ISO 8601)."""
    return day.replace(day=1) if unit == "month" else day - timedelta(days=day.weekday())


def add(start: date, count: int, unit: Unit) -> date:
    """The start of the period ``count`` later (earlier when negative)."""
    if unit == "week":
        return start + timedelta(weeks=count)
    month = start.year * 12 + start.month - 1 + count
    return date(month // 12, month % 12 + 1, 1)


def between(first: date, last: date, unit: Unit) -> int:
    """How many periods ``last`` begins after ``first``, both starts of periods."""
    if unit == "week":
        return (last - first).days // 7
    return (last.year - first.year) * 12 + last.month - first.month
