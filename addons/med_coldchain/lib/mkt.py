"""Mean kinetic temperature: the one temperature that would age goods as much as the real course did.

    MKT = (dH / R) / -ln( sum(w_i * exp(-dH / (R * T_i))) / sum(w_i) ),  T in kelvin

Source: Haynes (1971), as USP <1160> prints it, with dH = 83.144 kJ/mol and R = 8.3144e-3 kJ/(mol K), so that
dH / R is 10 000 K. Weights are seconds. It is evidence for quality only: it says nothing of freezing, and the
range on the label comes first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

ZERO = 273.15
GAS = 8.3144e-3
"""kJ/(mol K)"""
ENERGY = 83.144
"""kJ/mol; what USP <1160> takes where a maker states nothing."""


def mean_kinetic(celsius: Sequence[float], weights: Sequence[float] | None = None, energy: float = ENERGY) -> float:
    """Mean kinetic temperature in degrees Celsius of these, each weighted by its duration (any unit).

    Raises ValueError for no temperature at all, or for one that is not above absolute zero.
    """
    parts = zip(celsius, weights or [1.0] * len(celsius), strict=True)
    return _mean_kinetic([(c + ZERO, w) for c, w in parts], energy)


def of_histogram(seconds: Mapping[int, int], energy: float = ENERGY) -> float | None:
    """The same from ``{milli: seconds}``; None where nothing was measured."""
    parts = sorted((milli / 1000 + ZERO, float(weight)) for milli, weight in seconds.items() if weight)
    return _mean_kinetic(parts, energy) if parts else None


def _mean_kinetic(parts: Iterable[tuple[float, float]], energy: float) -> float:
    pairs = [(kelvin, weight) for kelvin, weight in parts if weight > 0]
    if not pairs or any(kelvin <= 0 for kelvin, _weight in pairs):
        raise ValueError("mean kinetic temperature of nothing, or below absolute zero")
    ratio = energy / GAS
    # relative to the warmest, so that no exponent underflows at -70 degrees
    warmest = max(kelvin for kelvin, _weight in pairs)
    total = math.fsum(weight for _kelvin, weight in pairs)
    mean = math.fsum(weight * math.exp(ratio * (1 / warmest - 1 / kelvin)) for kelvin, weight in pairs) / total
    return ratio / (ratio / warmest - math.log(mean)) - ZERO
