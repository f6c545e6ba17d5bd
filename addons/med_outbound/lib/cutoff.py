"""The pick-up of a carrier that goods can still make."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def next_cutoff(ready: datetime, hour: float, zone: ZoneInfo, weekends: bool = False) -> datetime:
    """The first pick-up at or after ``ready``.

    :param ready: when the goods are to leave, naive UTC
    :param hour: of the day by the clock on the wall in ``zone``, 0 to below 24; 16.5 is half past four
    :param weekends: whether the carrier comes on Saturdays and Sundays
    :return: naive UTC
    """
    local = ready.replace(tzinfo=UTC).astimezone(zone)
    minutes = round(hour * 60)
    at = time(minutes // 60 % 24, minutes % 60)
    day = local.date()
    while True:
        found = datetime.combine(day, at, zone)
        if found >= local and (weekends or day.weekday() < 5):
            return found.astimezone(UTC).replace(tzinfo=None)
        day += timedelta(days=1)
