"""A year of a store with goods that expire: proposals against fixed minimum and maximum, at the same service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks import forecast as open_series
from benchmarks.kit import Table

DAYS = 365
MONTH = 30.4375
LEAD, LEAD_SPREAD = 14, 5
# Goods may be sold for so long after they came: reagents for weeks, what is slow to leave for months.
LIFE = {"hospital": 30, "carparts": 240}
SERVICE, USED_UP = 0.9, 0.85
CYCLE = 14
# So many times the demand of the lead time is the fixed minimum: what people try until nobody complains.
FACTORS = (1.0, 1.2, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.2, 2.4, 2.7, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0)


def run(env: Any, small: bool) -> Table:
    import importlib

    import numpy as np

    library = open_series._library()
    replenish = importlib.import_module("bench_med_planning.lib.replenish")
    simulate = importlib.import_module("bench_med_planning.lib.simulate")
    goods = _goods(np, small)
    table = Table(("way of ordering", "goods", "service %", "expired", "expired % of asked", "mean stock", "orders"))
    total: dict[str, list[Any]] = {"proposals": [], "fixed": []}
    for name in LIFE:
        played = [
            (number, values, _days(np, values[-12:], number), _leads(np, number))
            for number, (kind, values) in enumerate(goods)
            if kind == name
        ]
        life = LIFE[name]
        ours = [
            _year(simulate, demand, leads, values, life, _proposals(library, replenish, values, life))
            for _number, values, demand, leads in played
        ]
        others = {
            factor: [
                _year(simulate, demand, leads, values, life, _fixed(simulate, np, values, factor))
                for _number, values, demand, leads in played
            ]
            for factor in FACTORS
        }
        mine = _sum(ours)
        rows = {factor: _sum(years) for factor, years in others.items()}
        # who sets fixed limits is given the best of all factors: no less service, least waste
        same = [factor for factor in FACTORS if rows[factor]["service"] >= mine["service"]]
        best = min(same or FACTORS[-1:], key=lambda factor: rows[factor]["expired"])
        total["proposals"] += ours
        total["fixed"] += others[best]
        _tell(table, name, "proposals", len(played), mine)
        for factor in FACTORS:
            mark = " *" if factor == best else ""
            _tell(table, name, f"fixed, minimum {factor} times the lead time{mark}", len(played), rows[factor])
    for way, years in total.items():
        row = _sum(years)
        _tell(table, "all", "fixed *" if way == "fixed" else way, len(years), row)
        table.keys[f"service_{way}_pct"] = round(100 * row["service"], 2)
        table.keys[f"expired_{way}_pct"] = round(100 * row["expired"] / row["asked"], 2)
        table.keys[f"stock_{way}"] = round(row["stock"], 1)
    table.add("* of the fixed rules with no less service, the one with the least waste", "", "", "", "", "", "")
    return table


def _tell(table: Table, name: str, way: str, count: int, row: dict[str, float]) -> None:
    cells = (
        100 * row["service"],
        round(row["expired"]),
        100 * row["expired"] / row["asked"],
        row["stock"],
        row["orders"],
    )
    table.add(f"{name}: {way}", count, *cells)


def _goods(np: Any, small: bool) -> list[tuple[str, Any]]:
    """Series whose last year is played, with three years before it at least."""
    found = []
    for data in open_series.sets(np, small):
        chosen = [values for values in data.series if len(values) >= 48 and values[:-12].any()]
        found += [(data.name, values) for values in (chosen[:12] if small else chosen[::6]) if data.name in LIFE]
    return found


def _days(np: Any, months: Any, seed: int) -> list[float]:
    """What was asked for in each month, on days of it by chance; the same days for every way of ordering."""
    dice = np.random.default_rng(seed)
    demand = np.zeros(DAYS)
    for month, quantity in enumerate(months):
        first, last = round(month * MONTH), min(DAYS, round((month + 1) * MONTH))
        for day in dice.integers(first, last, int(quantity)):
            demand[day] += 1
    return [float(one) for one in demand]


def _leads(np: Any, seed: int) -> list[int]:
    dice = np.random.default_rng(10_000 + seed)
    return [int(one) for one in np.clip(np.round(dice.normal(LEAD, LEAD_SPREAD, DAYS)), 3, 45)]


def _year(
    simulate: Any, demand: list[float], leads: list[int], values: Any, life: int, order: Callable[..., float]
) -> Any:
    # everybody begins with a month of the year before, just come
    start = [simulate.Batch(life, round(float(values[-24:-12].mean())))]
    return simulate.simulate(demand, order, leads, life, start)


def _proposals(library: Any, replenish: Any, values: Any, life: int) -> Callable[[int, float, float], float]:
    """A look every day, as a reordering rule has it; a forecast every month of what was known at its begin."""
    supply = replenish.Supply(LEAD, LEAD_SPREAD, life, 1)
    rules = replenish.Rules(SERVICE, 1, CYCLE, 0, USED_UP)
    kept: dict[int, Any] = {}

    def order(day: int, held: float, on_way: float) -> float:
        month = min(11, int(day / MONTH))
        if month not in kept:
            kept[month] = library.forecast(library.History.of(values[: len(values) - 12 + month]), 6, 12)
        advice = replenish.advise(kept[month], MONTH, held + on_way, supply, rules)
        return float(advice.quantity) if not advice.days else 0.0

    return order


def _fixed(simulate: Any, np: Any, values: Any, factor: float) -> Callable[[int, float, float], float]:
    """Limits from the mean of the year before, as people set them once."""
    daily = float(values[-24:-12].mean()) / MONTH
    minimum = float(np.ceil(factor * LEAD * daily))
    order: Callable[[int, float, float], float] = simulate.fixed(minimum, minimum + float(np.ceil(CYCLE * daily)))
    return order


def _sum(years: list[Any]) -> dict[str, float]:
    asked = sum(year.asked for year in years)
    return {
        "asked": asked,
        "service": sum(year.served for year in years) / asked,
        "expired": sum(year.expired for year in years),
        "stock": sum(year.stock for year in years),
        "orders": sum(year.orders for year in years),
    }
