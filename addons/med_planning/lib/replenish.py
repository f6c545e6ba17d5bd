"""When to order and how much, from a forecast with its errors, the supplier's measured lead time and the goods' life.

The reorder point covers the demand until what is ordered at the next look has come, with the probability asked for;
its safety stock grows with the errors of the forecast and with the spread of the lead time (Silver, Pyke and Thomas,
Inventory and Production Management in Supply Chains, 2017, 7.10). Never more is ordered than will be used up before
nobody may have it any more.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from .forecast import Forecast


class Supply(NamedTuple):
    """``lead_days`` and ``lead_spread`` (standard deviation) as measured; ``life_days`` are left at receipt, None for
    goods that do not expire; whole multiples of ``multiple`` are ordered."""

    lead_days: float
    lead_spread: float = 0.0
    life_days: float | None = None
    multiple: float = 0.0


class Rules(NamedTuple):
    """``service``: the probability that nobody waits, per order; ``review_days`` from one look to the next;
    ``cycle_days`` an order should last; ``min_life`` what the least demanding customer asks for; ``used_up``: the
    probability that all of an order is sold in time."""

    service: float = 0.95
    review_days: float = 1.0
    cycle_days: float = 30.0
    min_life: float = 0.0
    used_up: float = 0.8


class Advice(NamedTuple):
    """``days``: to order in so many days, 0 is now; ``quantity``: what to order then, 0 for nothing in sight."""

    quantity: float
    days: int
    reorder_point: float
    order_up_to: float
    safety: float
    capped: bool


def advise(forecast: Forecast, period_days: float, position: float, supply: Supply, rules: Rules) -> Advice:
    """:param position: what can still be sold of the stock, plus what is on its way, less what is overdue to customers"""
    exposed = supply.lead_days + rules.review_days
    mean = forecast.over(exposed / period_days)[0]
    daily = mean / exposed if exposed else 0.0
    safety = safety_stock(forecast, period_days, exposed, daily * supply.lead_spread, rules.service)
    reorder = mean + safety
    up_to = reorder + forecast.over((exposed + rules.cycle_days) / period_days)[0] - mean
    most = _usable(forecast, period_days, supply, rules)
    capped = most is not None and most < up_to
    if most is not None and capped:
        up_to = most
        reorder = min(reorder, up_to)
    if mean <= 0:
        return Advice(0.0, 0, 0.0, 0.0, 0.0, False)
    days = max(0, math.floor((position - reorder) / daily))
    # by then, as much is gone as is expected to go
    quantity = up_to - (position - days * daily)
    return Advice(_rounded(quantity, supply.multiple, capped), days, reorder, up_to, safety, capped)


def safety_stock(forecast: Forecast, period_days: float, days: float, lead_error: float, service: float) -> float:
    """What is kept beyond the expected demand of so many days, for errors of the forecast and of the lead time."""
    mean, deviation = forecast.over(days / period_days)
    if not deviation and not lead_error:
        return 0.0
    from_errors = forecast.needed(days / period_days, service) - mean
    factor = from_errors / deviation if deviation else 1.645
    return factor * math.hypot(deviation, lead_error)


def _usable(forecast: Forecast, period_days: float, supply: Supply, rules: Rules) -> float | None:
    """The most that will, with the probability asked for, be used up until what comes now may not be shipped any more."""
    if supply.life_days is None:
        return None
    periods = (supply.lead_days + max(0.0, supply.life_days - rules.min_life)) / period_days
    most = forecast.at_least(periods, rules.used_up)
    # one of it is kept where it is more likely sold than not
    return max(most, supply.multiple or 1.0) if forecast.over(periods)[0] >= (supply.multiple or 1.0) / 2 else most


def _rounded(quantity: float, multiple: float, down: bool) -> float:
    step = multiple or 1.0
    steps = quantity / step
    return max(0.0, (math.floor(steps + 1e-9) if down else math.ceil(steps - 1e-9)) * step)
