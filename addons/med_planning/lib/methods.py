"""The ways of looking ahead that are tried on every series, all of them `statsforecast`'s (Nixtla, Apache-2.0).

Left out, because measured: AutoETS and AutoCES take twenty and fifty times as long as all of these together (AutoCES
compiles for twenty seconds first) and were no better on the open hospital series than Theta with smoothing beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from .history import Floats

Method = Callable[[Floats, int], Floats]

# name: (class of statsforecast.models, its arguments). How many periods each needs is its window.
PLAIN: Mapping[str, tuple[str, Mapping[str, float | int]]] = {
    "ma6": ("WindowAverage", {"window_size": 6}),
    "ma12": ("WindowAverage", {"window_size": 12}),
    "ses": ("SimpleExponentialSmoothingOptimized", {}),
    "tsb": ("TSB", {"alpha_d": 0.2, "alpha_p": 0.2}),
    "tsb_fast": ("TSB", {"alpha_d": 0.5, "alpha_p": 0.5}),
    "imapa": ("IMAPA", {}),
    "zero": ("ZeroModel", {}),
}
SEASONAL: Mapping[str, tuple[str, Mapping[str, float | int]]] = {
    "seasonal_naive": ("SeasonalNaive", {}),
    "seasonal_mean": ("SeasonalWindowAverage", {"window_size": 2}),
    "seasonal_theta": ("Theta", {}),
}


def methods(season: int, length: int) -> dict[str, Method]:
    """The methods that ``length`` periods of such a season are enough for."""
    from statsforecast import models  # loads numba: seconds, and most of Odoo never forecasts

    found: dict[str, Method] = {}
    for name, (cls, arguments) in PLAIN.items():
        if length >= arguments.get("window_size", 1):
            found[name] = _of(getattr(models, cls)(**arguments))
    if season > 1 and length >= 2 * season:
        for name, (cls, arguments) in SEASONAL.items():
            found[name] = _of(getattr(models, cls)(season_length=season, **arguments))
    return found


def croston() -> Method:
    """Croston's own method (1972), biased as it is: to compare with."""
    from statsforecast import models

    return _of(models.CrostonClassic())


def _of(model: object) -> Method:
    def forecast(values: Floats, horizon: int) -> Floats:
        """Per period, never negative; finite whatever the values are."""
        mean = model.forecast(y=values, h=horizon)["mean"]  # type: ignore[attr-defined]
        result: Floats = np.nan_to_num(np.maximum(0.0, np.asarray(mean, dtype=np.float64)), posinf=0.0)
        return result

    return forecast
