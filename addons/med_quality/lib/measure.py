"""Is a measured value within its limits?"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

# Conversion between units leaves noise in the last digits of a float; no limit is finer.
GRAIN = Decimal("1e-9")


def number(value: float | str | Decimal) -> Decimal:
    return Decimal(str(value)).quantize(GRAIN, ROUND_HALF_EVEN)


def within(value: float | str | Decimal, low: float | None, high: float | None) -> bool:
    """``value``, ``low`` and ``high`` in the same unit; the limits themselves are good, None is no limit."""
    exact = number(value)
    return (low is None or exact >= number(low)) and (high is None or exact <= number(high))
