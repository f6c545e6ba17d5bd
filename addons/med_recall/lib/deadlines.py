"""When something is due: calendar days, working days with holidays and make-up days, or hours.

``RECALL 15``: one day, three days, seven days from the decision. ``RECALL 16, 22``: 5 and 10
working days. The day it starts counts as day nought.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MAX_DAYS = 3650


@dataclass(frozen=True)
class Calendar:
    """Monday to Friday, less the holidays, plus the weekend days worked in their place."""

    holidays: Collection[date] = frozenset()
    workdays: Collection[date] = frozenset()

    def is_working(self, day: date) -> bool:
        if day in self.workdays:
            return True
        return day.weekday() < 5 and day not in self.holidays


def due_day(start: date, days: int, calendar: Calendar | None = None) -> date:
    """The last day on which it is still in time; backwards for a negative number.

    :param calendar: counts working days of it; None counts calendar days
    :raises ValueError: more than ten years away
    """
    if abs(days) > MAX_DAYS:
        raise ValueError(days)
    if calendar is None:
        return start + timedelta(days=days)
    step, left, day = (1 if days >= 0 else -1), abs(days), start
    while left:
        day += timedelta(days=step)
        if calendar.is_working(day):
            left -= 1
    return day


def due_at(start: datetime, number: int, unit: str, zone: ZoneInfo, calendar: Calendar | None = None) -> datetime:
    """The instant it is due, zone-aware.

    ``hours`` run from the instant itself. A single calendar day is not defined as 24 hours by
    RECALL 15; the stricter reading, 24 hours, is used. Other days end at midnight in ``zone``.
    """
    if unit == "hours":
        return start + timedelta(hours=number)
    if unit == "days" and number == 1:
        return start + timedelta(hours=24)
    day = due_day(start.astimezone(zone).date(), number, calendar if unit == "working" else None)
    return datetime.combine(day + timedelta(days=1), time.min, zone)
