"""Until when a record is kept: the longest of the rules that hold for it.

GSP 23 and DIST 32, 38 (China): two years after expiry, five years where there is none, implants for
ever. MDR 10(8), 25(2) (EU): ten years, implants fifteen, after supply. 21 CFR 806.20, 820: two years
after the expected life. The numbers are data; only their arithmetic is here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

FOREVER = date.max


@dataclass(frozen=True)
class Rule:
    """One rule of one market. ``years`` after ``basis``; ``years_without_expiry`` after the record
    where the basis is an expiry date and there is none."""

    basis: str
    """``expiry``, ``record`` or ``forever``"""
    years: int = 0
    years_without_expiry: int = 0
    implants_only: bool = False


def _later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February: the day after would be too late for nobody, the day before too early
        return date(day.year + years, 3, 1)


def retain_until(rules: Iterable[Rule], *, recorded: date, expiry: date | None = None, implant: bool = False) -> date:
    """The first day on which the record may go; :data:`FOREVER` when it never may.

    Without any rule that holds nothing says that it may go: it is kept for ever.
    """
    ends = []
    for rule in rules:
        if rule.implants_only and not implant:
            continue
        if rule.basis == "forever":
            return FOREVER
        if rule.basis == "record":
            ends.append(_later(recorded, rule.years))
        elif expiry is None:
            ends.append(_later(recorded, rule.years_without_expiry))
        else:
            ends.append(max(_later(expiry, rule.years), recorded))
    return max(ends, default=FOREVER)
