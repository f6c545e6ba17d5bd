"""Demand ahead on the open series, rolling origin: errors against the simple ways, coverage, time and memory."""

from __future__ import annotations

import csv
import os
import resource
import sys
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.kit import Table

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("MED_SHARED") or ROOT.parent / "shared")
# The small size takes every so manieth series.
EVERY = 60
SEASON = 12
SIMPLE = ("seasonal naive", "moving average 3", "moving average 6", "moving average 12", "Croston")


class Set(NamedTuple):
    name: str
    series: list[Any]
    # after how many periods a forecast is made, and how many periods ahead
    origins: range
    horizon: int


def run(env: Any, small: bool) -> Table:
    import numpy as np

    library = _library()
    table = Table(("series", "forecasts", "way", "MASE", "RMSSE", "in 80 %", "in 95 %", "s per 1,000"))
    covered: list[Any] = []
    seconds = forecasts = 0.0
    _forecast(library, np.arange(30.0) % 5)  # what is compiled at first use is not measured
    for data in sets(np, small):
        actual = np.array([values[at : at + data.horizon] for values, at in _cuts(data)])
        scales = np.array([library._scales(values[:at], SEASON) for values, at in _cuts(data)])
        start = time.perf_counter()
        ours = [_forecast(library, values[:at], data.horizon) for values, at in _cuts(data)]
        took = time.perf_counter() - start
        seconds, forecasts = seconds + took, forecasts + len(ours)
        ways = {"ours": np.array([one.mean for one in ours])}
        for name, method in _simple(library).items():
            ways[name] = np.array([method(values[:at], data.horizon) for values, at in _cuts(data)])
        inside = {
            level: np.array(
                [
                    (one.low[level] - 1e-9 <= is_) & (is_ <= one.high[level] + 1e-9)
                    for one, is_ in zip(ours, actual, strict=True)
                ]
            )
            for level in (0.80, 0.95)
        }
        covered.append(inside)
        errors = {name: _errors(np, said, actual, scales) for name, said in ways.items()}
        for name, (mase, rmsse) in errors.items():
            mine = name == "ours"
            table.add(
                data.name if mine else "",
                len(ours) if mine else "",
                name,
                f"{mase:.4f}",
                f"{rmsse:.4f}",
                100 * float(inside[0.80].mean()) if mine else "",
                100 * float(inside[0.95].mean()) if mine else "",
                1000 * took / len(ours) if mine else "",
            )
        for index, figure in enumerate(("mase", "rmsse")):
            table.keys[f"{figure}_{data.name}"] = round(float(errors["ours"][index]), 4)
            table.keys[f"{figure}_{data.name}_best_simple"] = round(
                float(min(errors[name][index] for name in SIMPLE)), 4
            )
    for level, key in ((0.80, "coverage80"), (0.95, "coverage95")):
        every = np.concatenate([inside[level].ravel() for inside in covered])
        table.keys[key] = round(100 * float(every.mean()), 1)
    table.keys["s_per_1000_series"] = round(1000 * seconds / forecasts, 1)
    table.keys["memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    table.add(
        "all",
        int(forecasts),
        "ours",
        "",
        "",
        table.keys["coverage80"],
        table.keys["coverage95"],
        table.keys["s_per_1000_series"],
    )
    table.add(f"memory of the process {table.keys['memory_mb']} MB", "", "", "", "", "", "", "")
    return table


def sets(np: Any, small: bool) -> Iterator[Set]:
    """The open series, or made up ones of the same shapes where they are not at hand."""
    folder = SHARED / "realdata" / "demand"
    every = EVERY if small else 1
    if not folder.is_dir():
        yield from _made_up(np)
        return
    hospital = _rows(np, folder / "hospital.csv")[::every]
    carparts = _rows(np, folder / "carparts.csv")[::every]
    yield Set("hospital", hospital, range(60, 73, 6), 12)
    yield Set("carparts", carparts, range(33, 46, 6), 6)
    pbs = [
        np.array([float(row[1]) for row in list(csv.reader((folder / "PBS_dataset.csv").open(encoding="utf-8")))[1:]])
    ]
    yield Set("pbs", pbs, range(96, 193, 24 if small else 6), 12)


def _made_up(np: Any) -> Iterator[Set]:
    dice = np.random.default_rng(12)
    year = 1 + 0.4 * np.sin(np.arange(84) * np.pi / 6)
    steady = [dice.poisson(level * year).astype(float) for level in dice.uniform(20, 80, 12)]
    gapped = [(dice.random(51) < 0.3) * dice.poisson(3, 51).astype(float) for _ in range(25)]
    yield Set("hospital", steady, range(60, 73, 6), 12)
    yield Set("carparts", [one for one in gapped if one[:33].any()], range(33, 46, 6), 6)


def _rows(np: Any, file: Path) -> list[Any]:
    """One array per series, from its first known month to its last."""
    found = []
    with file.open(encoding="utf-8") as stream:
        for row in list(csv.reader(stream))[1:]:
            known = [float(cell) for cell in row[1:] if cell]
            if known:
                found.append(np.array(known))
    return found


def _cuts(data: Set) -> Iterator[tuple[Any, int]]:
    for values in data.series:
        for origin in data.origins:
            if len(values) >= origin + data.horizon:
                yield values, origin


def _errors(np: Any, said: Any, actual: Any, scales: Any) -> tuple[float, float]:
    """(MASE, RMSSE): means over the series whose scale is not nought."""
    absolute = np.abs(said - actual).mean(axis=1)
    squared = ((said - actual) ** 2).mean(axis=1)
    by_absolute, by_square = scales[:, 0] > 0, scales[:, 1] > 0
    return (
        float((absolute[by_absolute] / scales[by_absolute, 0]).mean()),
        float(np.sqrt(squared[by_square] / scales[by_square, 1]).mean()),
    )


def _simple(library: Any) -> dict[str, Callable[[Any, int], Any]]:
    from statsforecast import models

    of = library.methods_module._of
    return {
        "seasonal naive": of(models.SeasonalNaive(season_length=SEASON)),
        **{f"moving average {n}": of(models.WindowAverage(window_size=n)) for n in (3, 6, 12)},
        "Croston": of(models.CrostonClassic()),
    }


def _forecast(library: Any, values: Any, horizon: int = 12) -> Any:
    return library.forecast(library.History.of(values), horizon, SEASON)


def _library() -> Any:
    """The pure modules of the addon, also where the addon is not installed."""
    package = types.ModuleType("bench_med_planning")
    package.__path__ = [str(ROOT / "addons" / "med_planning")]
    sys.modules.setdefault("bench_med_planning", package)
    import importlib

    module = importlib.import_module("bench_med_planning.lib.forecast")
    module.methods_module = importlib.import_module("bench_med_planning.lib.methods")  # type: ignore[attr-defined]
    return module
