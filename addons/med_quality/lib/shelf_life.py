"""Remaining shelf life: one formula for reservation, review and shipping."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal


class UnknownProductionDayError(ValueError):
    """A share of the total shelf life is asked for and the production day is not known."""


def required_days(min_days: int, min_percent: Decimal, production: date | None, expiry: date) -> int:
    """Days of life a consignee asks for: the longer of a number of days and a share of the
    total shelf life (production to expiry), rounded up to whole days.

    :raises UnknownProductionDayError: a share is asked for without a production day
    """
    if min_percent <= 0:
        return min_days
    if production is None:
        raise UnknownProductionDayError
    share = min_percent / 100 * (expiry - production).days
    return max(min_days, int(share.to_integral_value(ROUND_CEILING)))


def remaining_days(delivery: date, expiry: date) -> int:
    """Days from delivery to expiry; the day of expiry itself counts as 0 left."""
    return (expiry - delivery).days


def earliest_expiry(delivery: date, min_days: int) -> date:
    """The first expiry day that leaves ``min_days`` on the day of delivery."""
    return delivery + timedelta(days=min_days)
