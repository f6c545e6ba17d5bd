"""A year of a store with goods that expire: what is thrown away by proposals and by fixed limits, at equal service.

Both sides are swept: the proposals by the service they aim at, the fixed limits (set from the year before, as people
set them) by how many lead times' demand the minimum is. Of the fixed limits only those count that no other ones beat,
chosen in hindsight; between two of them a straight line is drawn, so both sides are compared at the same service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise
from typing import Any

from benchmarks import forecast as open_series
from benchmarks.kit import Table

DAYS = 365
MONTH = 30.4375
LEAD, LEAD_SPREAD = 14, 5
# Goods may be sold for so long after they came: reagents for weeks, what is slow to leave for months.
LIFE = {"hospital": 30, "carparts": 240}
SERVICES, USED_UP = (0.6, 0.7, 0.8, 0.85, 0.9, 0.95), (0.85, 0.95)
# What the figures are told of; all ways are in the table.
USUAL = (0.9, 0.85)
CYCLE = 14
# So many times the demand of the lead time is the fixed minimum: what people try until nobody complains.
FACTORS = (0.0, 0.5, 0.75, 1.0, 1.2, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.2, 2.4, 2.7, 3.0, 3.5, 4.0, 5.0, 6.0)
# Days and lead times by chance, and again.
CHANCES = (0, 1, 2)

Row = dict[str, float]


def run(env: Any, small: bool) -> Table:
    import importlib

    import numpy as np

    library = open_series._library()
    replenish = importlib.import_module("bench_med_planning.lib.replenish")
    simulate = importlib.import_module("bench_med_planning.lib.simulate")
    goods = [(kind, values, _Ahead(library, values)) for kind, values in _goods(np, small)]
    table = Table(("goods, way of ordering", "years", "service %", "expired % of asked", "mean stock", "orders"))
    ratios, every = [], {}
    for name, life in LIFE.items():
        played = [
            (values, ahead, _days(np, values[-12:], number, chance), _leads(np, number, chance))
            for number, (kind, values, ahead) in enumerate(goods)
            if kind == name
            for chance in (CHANCES[:1] if small else CHANCES)
        ]

        def year(
            order: Callable[[Any, Any], Any], played: list[Any] = played, name: str = name, life: int = life
        ) -> Row:
            return _sum(
                _year(simulate, demand, leads, values, life, order(values, ahead))
                for values, ahead, demand, leads in played
            )

        ours = {
            (service, used_up): year(partial(_proposals, replenish, life, service, used_up))
            for used_up in USED_UP
            for service in SERVICES
        }
        fixed = {factor: year(partial(_fixed, simulate, np, factor)) for factor in FACTORS}
        best = frontier(list(fixed.values()))
        for factor, row in fixed.items():
            mark = " *" if row in best else ""
            _tell(table, f"{name}: fixed, minimum {factor:g} times the lead time{mark}", len(played), row)
        for aim, row in ours.items():
            other = at_service(best, row["service"])
            _tell(table, f"{name}: proposals for {100 * aim[0]:g} %, {100 * aim[1]:g} % sold in time", len(played), row)
            if other is None:
                table.add("  fixed limits do not get there", "", "", "", "", "")
                continue
            table.add("  fixed limits at this service", "", 100 * row["service"], 100 * other, "", "")
            ratios.append(row["waste"] / other if other else float("inf"))
            if aim == USUAL:
                every[name] = (row, other)
    for name, (row, other) in every.items():
        table.keys[f"service_{name}_pct"] = round(100 * row["service"], 2)
        table.keys[f"expired_proposals_{name}_pct"] = round(100 * row["waste"], 2)
        table.keys[f"expired_fixed_{name}_pct"] = round(100 * other, 2)
    table.keys["worst_ratio_to_fixed"] = round(max(ratios), 3)
    table.keys["mean_ratio_to_fixed"] = round(sum(ratios) / len(ratios), 3)
    table.add("* fixed limits that no other ones beat in both, chosen in hindsight", "", "", "", "", "")
    return table


def frontier(rows: list[Row]) -> list[Row]:
    """Those with no other that serves as much and throws away no more, by service."""
    kept = [
        row
        for row in rows
        if not any(
            other["service"] >= row["service"]
            and other["waste"] <= row["waste"]
            and (other["service"], other["waste"]) != (row["service"], row["waste"])
            for other in rows
        )
    ]
    unique = {(row["service"], row["waste"]): row for row in kept}
    return [unique[key] for key in sorted(unique)]


def at_service(rows: list[Row], service: float) -> float | None:
    """The waste on the line through the frontier ``rows`` at this service; None beyond its ends."""
    for low, high in pairwise(rows):
        if low["service"] <= service <= high["service"]:
            share = (service - low["service"]) / (high["service"] - low["service"])
            return low["waste"] + share * (high["waste"] - low["waste"])
    return None


class _Ahead:
    """The forecasts of one series, made once for all ways of ordering: each of what was known at its month's begin."""

    def __init__(self, library: Any, values: Any) -> None:
        self.library, self.values = library, values
        self.kept: dict[int, Any] = {}

    def month(self, month: int) -> Any:
        if month not in self.kept:
            known = self.values[: len(self.values) - 12 + month]
            self.kept[month] = self.library.forecast(self.library.History.of(known), 6, 12)
        return self.kept[month]


def _tell(table: Table, what: str, years: int, row: Row) -> None:
    table.add(what, years, 100 * row["service"], 100 * row["waste"], row["stock"], round(row["orders"]))


def _goods(np: Any, small: bool) -> list[tuple[str, Any]]:
    """Series whose last year is played, with three years before it at least."""
    found = []
    for data in open_series.sets(np, small):
        chosen = [values for values in data.series if len(values) >= 48 and values[:-12].any()]
        found += [(data.name, values) for values in (chosen[:12] if small else chosen[::6]) if data.name in LIFE]
    return found


def _days(np: Any, months: Any, number: int, chance: int) -> list[float]:
    """What was asked for in each month, on days of it by chance; the same days for every way of ordering."""
    dice = np.random.default_rng((chance, number))
    demand = np.zeros(DAYS)
    for month, quantity in enumerate(months):
        first, last = round(month * MONTH), min(DAYS, round((month + 1) * MONTH))
        for day in dice.integers(first, last, int(quantity)):
            demand[day] += 1
    return [float(one) for one in demand]


def _leads(np: Any, number: int, chance: int) -> list[int]:
    dice = np.random.default_rng((chance, 10_000 + number))
    return [int(one) for one in np.clip(np.round(dice.normal(LEAD, LEAD_SPREAD, DAYS)), 3, 45)]


def _year(
    simulate: Any, demand: list[float], leads: list[int], values: Any, life: int, order: Callable[..., float]
) -> Any:
    # everybody begins with a month of the year before, just come
    start = [simulate.Batch(life, round(float(values[-24:-12].mean())))]
    return simulate.simulate(demand, order, leads, life, start)


def _proposals(
    replenish: Any, life: int, service: float, used_up: float, _values: Any, ahead: _Ahead
) -> Callable[[int, float, float], float]:
    """A look every day, as a reordering rule has it; a forecast every month of what was known at its begin."""
    supply = replenish.Supply(LEAD, LEAD_SPREAD, life, 1)
    rules = replenish.Rules(service, 1, CYCLE, 0, used_up)

    def order(day: int, held: float, on_way: float) -> float:
        forecast = ahead.month(min(11, int(day / MONTH)))
        advice = replenish.advise(forecast, MONTH, held + on_way, supply, rules)
        return float(advice.quantity) if not advice.days else 0.0

    return order


def _fixed(simulate: Any, np: Any, factor: float, values: Any, _ahead: _Ahead) -> Callable[[int, float, float], float]:
    """Limits from the mean of the year before, as people set them once."""
    daily = float(values[-24:-12].mean()) / MONTH
    minimum = float(np.ceil(factor * LEAD * daily))
    order: Callable[[int, float, float], float] = simulate.fixed(minimum, minimum + float(np.ceil(CYCLE * daily)))
    return order


def _sum(years: Iterable[Any]) -> Row:
    played = list(years)
    asked = sum(year.asked for year in played)
    return {
        "service": sum(year.served for year in played) / asked,
        "waste": sum(year.expired for year in played) / asked,
        "stock": sum(year.stock for year in played) / len(played),
        "orders": float(sum(year.orders for year in played)),
    }
