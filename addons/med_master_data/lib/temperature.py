"""Storage limits as published: numbers as text, Celsius or Fahrenheit, one side may be missing.

Always Decimal. A Fahrenheit limit is rounded towards the inside of the published range, so that
our limit never allows what the maker forbids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation

from .errors import Problem, ScanError

STEP = Decimal("0.1")
STORAGE_TYPE = "Storage Environment Temperature"
TEXT_TYPE = "Special Storage Condition, Specify"
# Beyond these a published limit is a typing error or a transport limit, not a storage condition.
COLDEST = Decimal(-196)  # liquid nitrogen
WARMEST = Decimal(60)
WARMEST_MINIMUM = Decimal(25)  # no device must be kept warmer than a room


@dataclass(frozen=True)
class StorageLimits:
    """Degrees Celsius; None is "no limit on this side". ``texts`` is what only people can read."""

    minimum: Decimal | None = None
    maximum: Decimal | None = None
    texts: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self.minimum is None and self.maximum is None


def to_celsius(value: str, unit: str, rounding: str) -> Decimal:
    """``value`` in ``unit`` ("Degrees Celsius", "Degrees Fahrenheit", "C" or "F") as Celsius.

    Rounded to 0.1. Raises ScanError ``temperature_value`` or ``temperature_unit``.
    """
    try:
        number = Decimal(value.strip())
    except InvalidOperation:
        raise ScanError("temperature_value", value=value) from None
    if not number.is_finite() or abs(number) > 10_000:
        raise ScanError("temperature_value", value=value)
    letter = unit.strip().removeprefix("Degrees ").upper()[:1]
    if letter == "F":
        number = (number - 32) * 5 / 9
    elif letter != "C":
        raise ScanError("temperature_unit", value=value, unit=unit)
    return number.quantize(STEP, rounding=rounding)


def check_limits(minimum: Decimal | None, maximum: Decimal | None) -> tuple[Problem, ...]:
    """What is wrong with a pair of limits; empty when nothing is."""
    low = "–" if minimum is None else str(minimum)
    high = "–" if maximum is None else str(maximum)
    params = {"low": low, "high": high}
    if minimum is not None and maximum is not None and minimum > maximum:
        return (Problem("temperature_inverted", params),)
    absurd = (minimum is not None and not COLDEST <= minimum <= WARMEST_MINIMUM) or (
        maximum is not None and not COLDEST <= maximum <= WARMEST
    )
    return (Problem("temperature_absurd", params),) if absurd else ()


def _side(entry: Mapping[str, object], side: str, rounding: str) -> Decimal | None:
    value = entry.get(side)
    if value is None or not str(value).strip():
        return None  # GUDID gives a unit also where there is no value
    return to_celsius(str(value), str(entry.get(f"{side}_unit") or ""), rounding)


def parse_storage(entries: Iterable[Mapping[str, object]]) -> StorageLimits:
    """Storage limits out of GUDID storage entries (``type``, ``low``, ``low_unit``, ``high``, …).

    Only the storage temperature counts: handling limits, humidity and pressure are other things.
    Several storage temperatures are met together (the narrowest). Raises ScanError as
    :func:`to_celsius`; doubtful limits come back in ``problems``.
    """
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    texts: list[str] = []
    for entry in entries:
        kind = entry.get("type")
        if kind == TEXT_TYPE:
            text = " ".join(str(entry.get("text") or "").split())
            if text and text not in texts:
                texts.append(text)
        if kind != STORAGE_TYPE:
            continue
        low = _side(entry, "low", ROUND_CEILING)
        high = _side(entry, "high", ROUND_FLOOR)
        if low is not None:
            minimum = low if minimum is None else max(minimum, low)
        if high is not None:
            maximum = high if maximum is None else min(maximum, high)
    return StorageLimits(minimum, maximum, tuple(texts), check_limits(minimum, maximum))
