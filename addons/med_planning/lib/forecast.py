"""One series from its history to a forecast with its errors, its intervals and the reasons for both.

Every method is tried where the answer is known: the history is cut at each of the last periods, cleaned as it would have
been cleaned then, forecast, and compared with what came (rolling origin; Tashman, International Journal of Forecasting
16, 2000). Methods are then mixed by the inverse of their squared errors, squared (Bates and Granger, Operational
Research Quarterly 20, 1969, who use the first power); a method that errs often gets nothing. The intervals are the
empirical quantiles of the errors the mix made on the way, with the correction of conformal prediction for how few they
are (Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World, 2005).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

import numpy as np

from .classify import Pattern, classify
from .history import Adjustment, Floats, History, Kind, clean
from .methods import methods

# Origins at which the methods are tried: a year and a half of months. Older ones count less for the choice, by so much each.
ORIGINS = 18
FADING = 0.9
# Less than this share of the mix is noise.
LEAST_WEIGHT = 0.05
LEVELS = (0.80, 0.95)


@dataclass(frozen=True)
class Forecast:
    """Quantities per period ahead; errors per period of the history's unit.

    ``weights`` name the methods of the mix. ``mase`` and ``rmsse`` (Hyndman and Koehler 2006; the M5 competition) are
    scaled by the error of repeating the last season or the last period within the history; 0 where nothing could be
    tried. ``simple`` is the same mean absolute error of the best of the simple ways, to compare with.
    """

    pattern: Pattern
    adi: float
    cv2: float
    mean: Floats
    low: dict[float, Floats]
    high: dict[float, Floats]
    weights: dict[str, float]
    adjustments: tuple[Adjustment, ...]
    origins: int = 0
    mae: float = 0.0
    bias: float = 0.0
    mase: float = 0.0
    rmsse: float = 0.0
    simple: str = ""
    simple_mae: float = 0.0
    # of the errors of one period, and how errors of one origin hang together
    spread: float = 0.0
    together: float = 0.0
    errors: Floats = field(default_factory=lambda: np.zeros(0))

    def told(self) -> dict[str, Any]:
        """As JSON, to be kept; ``Forecast.of`` reads it again."""
        lists = {"mean": self.mean, "errors": self.errors}
        lists |= {f"low{round(100 * level)}": values for level, values in self.low.items()}
        lists |= {f"high{round(100 * level)}": values for level, values in self.high.items()}
        return {name: [round(float(value), 4) for value in values] for name, values in lists.items()} | {
            "spread": self.spread,
            "together": self.together,
            "adjustments": [list(one) for one in self.adjustments],
        }

    @classmethod
    def of(cls, told: Mapping[str, Any], mean: Sequence[float] | None = None) -> Forecast:
        """What was told, as far as quantities ahead need it; ``mean`` replaces it where a planner knows better."""
        return cls(
            pattern="smooth",
            adi=0.0,
            cv2=0.0,
            mean=np.array(told["mean"] if mean is None else mean, dtype=np.float64),
            low={level: np.array(told[f"low{round(100 * level)}"]) for level in LEVELS},
            high={level: np.array(told[f"high{round(100 * level)}"]) for level in LEVELS},
            weights={},
            adjustments=(),
            spread=told["spread"],
            together=told["together"],
            errors=np.array(told["errors"], dtype=np.float64),
        )

    def over(self, periods: float) -> tuple[float, float]:
        """(mean, standard deviation) of the demand of the next so many periods, which need not be whole.

        Beyond the horizon the last period is taken to go on. The variance of a sum of errors that hang together by r
        is s² (n + r n (n - 1)).
        """
        if periods <= 0:
            return 0.0, 0.0
        whole = math.floor(periods)
        ahead = [float(self.mean[min(i, len(self.mean) - 1)]) for i in range(whole + 1)]
        mean = sum(ahead[:whole]) + (periods - whole) * ahead[whole]
        variance = self.spread**2 * (periods + self.together * periods * max(0.0, periods - 1))
        return mean, math.sqrt(variance)

    def needed(self, periods: float, service: float) -> float:
        """What meets the demand of the next periods with this probability (cycle service level, between 0 and 1)."""
        mean, deviation = self.over(periods)
        if not self.spread:
            return mean
        return max(0.0, mean + deviation * max(0.0, self._factor(service)))

    def risk(self, periods: float, stock: float) -> float:
        """The probability that more than ``stock`` is asked for in the next periods."""
        mean, deviation = self.over(periods)
        if not self.spread or not deviation:
            return 1.0 if mean > stock + 1e-9 else 0.0
        limit = (stock - mean) / deviation * self.spread
        return float(
            (len(self.errors) - np.searchsorted(self.errors, limit, side="right") + 0.5) / (len(self.errors) + 1)
        )

    def at_least(self, periods: float, probability: float) -> float:
        """What will be asked for in the next periods with this probability, or more."""
        mean, deviation = self.over(periods)
        if not self.spread:
            return mean
        rank = math.floor((len(self.errors) + 1) * (1 - probability))
        below = float(self.errors[rank - 1]) / self.spread if 0 < rank <= len(self.errors) else None
        factor = NormalDist().inv_cdf(1 - probability) if below is None else below
        return max(0.0, mean + deviation * min(0.0, factor))

    def _factor(self, service: float) -> float:
        """Standard deviations above the mean: of the errors really made, or of the normal where they are too few."""
        normal = NormalDist().inv_cdf(service)
        rank = math.ceil((len(self.errors) + 1) * service)
        if rank > len(self.errors):
            return max(normal, float(self.errors.max()) / self.spread) if len(self.errors) else normal
        return float(self.errors[rank - 1]) / self.spread


def forecast(
    history: History,
    horizon: int = 12,
    season: int = 12,
    kept: Collection[tuple[Kind, int]] = (),
    manual: Sequence[tuple[int, float]] = (),
) -> Forecast:
    """Look ``horizon`` periods ahead of the end of the history.

    :param season: periods after which things come again (12 months, 52 weeks), 1 for none
    :param kept: adjustments a planner has taken back
    :param manual: (period, quantity) a planner knows better
    """
    cleaned = clean(history, season, kept, manual)
    kind = classify(cleaned.values)
    values = _from_first_sale(cleaned.values)
    if kind.pattern in ("empty", "single", "short", "constant"):
        return _too_little(kind.pattern, kind.adi, kind.cv2, cleaned.values, values, horizon, cleaned.adjustments)
    skipped = len(history) - len(values)
    tries = _tries(history, skipped, season, horizon, kept, manual)
    weights = _weights(_squared(tries))
    mixed = np.einsum("m,omh->oh", weights, tries.ahead)
    errors = tries.actual - mixed
    known = errors[~np.isnan(errors)]
    used = methods(season, tries.first)
    mean = np.zeros(horizon)
    for weight, method in zip(weights, used.values(), strict=True):
        if weight:
            mean += weight * method(values, horizon)
    absolute = {
        name: float(np.nanmean(np.abs(tries.ahead[:, index] - tries.actual)))
        for index, name in enumerate(tries.names)
        if name in ("ma6", "ma12", "seasonal_naive")
    }
    simple = min(absolute, key=lambda name: absolute[name], default="")
    low, high = _intervals(mean, known, counted=bool((values == np.round(values)).all()))
    scale, scale_squared = _scales(values, season)
    return Forecast(
        pattern=kind.pattern,
        adi=kind.adi,
        cv2=kind.cv2,
        mean=mean,
        low=low,
        high=high,
        weights={name: float(weight) for name, weight in zip(tries.names, weights, strict=True) if weight},
        adjustments=cleaned.adjustments,
        origins=len(tries.actual),
        mae=float(np.abs(known).mean()),
        bias=float(-known.mean()),
        mase=float(np.abs(known).mean() / scale) if scale else 0.0,
        rmsse=float(math.sqrt((known**2).mean() / scale_squared)) if scale_squared else 0.0,
        simple=simple,
        simple_mae=absolute.get(simple, 0.0),
        spread=float(math.sqrt((known**2).mean())),
        together=_together(errors),
        errors=np.sort(known),
    )


@dataclass(frozen=True)
class _Tries:
    """What each method said at each origin and what came: (origin, method, period ahead), nan beyond the end."""

    names: tuple[str, ...]
    ahead: Floats
    actual: Floats
    first: int


def _tries(
    history: History,
    skipped: int,
    season: int,
    horizon: int,
    kept: Collection[tuple[Kind, int]],
    manual: Sequence[tuple[int, float]],
) -> _Tries:
    length = len(history) - skipped
    first = max(4, length // 2, length - ORIGINS)
    if season > 1 and length >= 3 * season:
        first = max(first, 2 * season)  # what comes with the seasons can only be tried on two of them
    used = methods(season, first)
    origins = range(first, length)
    ahead = np.full((len(origins), len(used), horizon), np.nan)
    actual = np.full((len(origins), horizon), np.nan)
    known = clean(history, season, kept, manual).values[skipped:]
    for row, origin in enumerate(origins):
        cut = skipped + origin
        # a planner's figure for a period that had not begun was not there
        then = clean(history.until(cut), season, kept, [one for one in manual if one[0] < cut]).values[skipped:]
        reach = min(horizon, length - origin)
        actual[row, :reach] = known[origin : origin + reach]
        for column, method in enumerate(used.values()):
            ahead[row, column, :reach] = method(then, horizon)[:reach]
    return _Tries(tuple(used), ahead, actual, first)


def _squared(tries: _Tries) -> Floats:
    """The mean squared error of each method, recent origins first."""
    errors = (tries.ahead - tries.actual[:, None, :]) ** 2
    age = FADING ** np.arange(len(errors))[::-1]
    counts = ~np.isnan(errors) * age[:, None, None]
    result: Floats = (np.nan_to_num(errors) * counts).sum(axis=(0, 2)) / counts.sum(axis=(0, 2))
    return result


def _weights(squared: Floats) -> Floats:
    least = float(squared.min())
    # one that never erred takes all
    raw = (squared <= 0).astype(np.float64) if least <= 0 else (least / squared) ** 2
    raw = raw / raw.sum()
    raw[raw < LEAST_WEIGHT] = 0.0
    result: Floats = raw / raw.sum()
    return result


def _intervals(mean: Floats, errors: Floats, counted: bool) -> tuple[dict[float, Floats], dict[float, Floats]]:
    """By the errors made; of what is counted in whole units, never narrower than chance alone (Poisson) makes it."""
    from scipy.stats import poisson

    ordered = np.sort(errors)
    low, high = {}, {}
    for level in LEVELS:
        tail = (1 - level) / 2
        rank = math.ceil((len(ordered) + 1) * (1 - tail))
        reach = len(ordered) - 1
        above = ordered[min(rank - 1, reach)]
        below = ordered[max(len(ordered) - rank, 0)]
        low[level] = np.maximum(0.0, mean + min(0.0, float(below)))
        high[level] = np.maximum(0.0, mean + max(0.0, float(above)))
        if counted:
            low[level] = np.minimum(low[level], poisson.ppf(tail, mean))
            high[level] = np.maximum(high[level], poisson.ppf(1 - tail, mean))
    return low, high


def _together(errors: Floats) -> float:
    """How errors of the same origin hang together: their mean product over their mean square, from 0 to 1."""
    products = count = 0.0
    for row in errors:
        known = row[~np.isnan(row)]
        pairs = len(known) * (len(known) - 1)
        products += float(known.sum() ** 2 - (known**2).sum())
        count += pairs
    square = float(np.nanmean(errors**2))
    return min(1.0, max(0.0, products / count / square)) if count and square else 0.0


def _scales(values: Floats, season: int) -> tuple[float, float]:
    """(mean absolute change over a season or, where that is too long, a period; mean squared change over a period)."""
    lag = season if len(values) > season else 1
    return float(np.abs(values[lag:] - values[:-lag]).mean()), float((np.diff(values) ** 2).mean())


def _from_first_sale(values: Floats) -> Floats:
    """Before its first sale a product was not on offer; those noughts teach nothing."""
    sales = np.flatnonzero(values > 0)
    result: Floats = values[sales[0] :] if len(sales) else values
    return result


def _too_little(
    pattern: Pattern,
    adi: float,
    cv2: float,
    whole: Floats,
    values: Floats,
    horizon: int,
    adjustments: tuple[Adjustment, ...],
) -> Forecast:
    """A clear outcome without pretending: never sold is nought; else the mean per period since the first sale, or over
    the whole history after one sale, and between nothing and the most that was ever sold."""
    base = whole if pattern == "single" else values
    level = float(base.mean()) if len(base) and pattern != "empty" else 0.0
    mean = np.full(horizon, level)
    constant = pattern == "constant"
    top = float(base.max()) if len(base) else 0.0
    low = {at: mean.copy() if constant else np.zeros(horizon) for at in LEVELS}
    high = {at: mean.copy() if constant else np.full(horizon, max(level, top)) for at in LEVELS}
    errors = np.sort(base - level) if len(base) and not constant else np.zeros(0)
    return Forecast(
        pattern=pattern,
        adi=adi,
        cv2=cv2,
        mean=mean,
        low=low,
        high=high,
        weights={} if pattern == "empty" else {"history_mean": 1.0},
        adjustments=adjustments,
        spread=float(errors.std()) if len(errors) else 0.0,
        errors=errors,
    )
