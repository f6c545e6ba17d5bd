"""How many lines a day will bring: demand in units, by what a line usually holds and on which weekdays goods leave."""

from __future__ import annotations

from collections.abc import Sequence

# Nothing left yet: every day of the week is as likely.
EVEN = (1 / 7,) * 7


def weekday_shares(counts: Sequence[float]) -> tuple[float, ...]:
    """The share of each weekday (Monday first) in so many lines; even where there were none."""
    total = sum(counts)
    return tuple(count / total for count in counts) if total > 0 else EVEN


def lines_ahead(
    daily: Sequence[float], units_per_line: float, shares: Sequence[float], first_weekday: int, days: int
) -> list[float]:
    """Lines per day from a demand in units per day, beyond whose end the last day goes on.

    :param shares: of each weekday, Monday first, together 1
    :param first_weekday: of the first day, 0 for Monday
    """
    if not daily or units_per_line <= 0:
        return [0.0] * days
    return [
        daily[min(day, len(daily) - 1)] / units_per_line * 7 * shares[(first_weekday + day) % 7] for day in range(days)
    ]
