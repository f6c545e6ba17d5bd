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


@dataclass(frozen=True)
class Dated:
    """A rule as it stands: for one market, from one day to another, signed or not."""

    market: str
    rule: Rule
    date_from: date
    date_to: date | None = None
    kinds: frozenset[str] = frozenset()
    """Kinds of event; empty: all."""
    is_signed: bool = False

    def applies(self, kind: str, recorded: date, implant: bool) -> bool:
        return (
            self.date_from <= recorded
            and (self.date_to is None or recorded <= self.date_to)
            and (not self.kinds or kind in self.kinds)
            and (implant or not self.rule.implants_only)
        )


def retain(
    rules: Iterable[Dated],
    kind: str,
    *,
    recorded: date,
    markets: Iterable[str],
    expiry: date | None = None,
    implant: bool = False,
) -> date:
    """As :func:`retain_until`, for goods of these markets.

    For ever, where a market has no rule for it, or one that nobody has signed: a rule that might
    ask for longer must not be passed over because its signature is missing.
    """
    wanted = set(markets)
    mine = [dated for dated in rules if dated.market in wanted and dated.applies(kind, recorded, implant)]
    if not wanted or wanted - {dated.market for dated in mine} or not all(dated.is_signed for dated in mine):
        return FOREVER
    return retain_until([dated.rule for dated in mine], recorded=recorded, expiry=expiry, implant=implant)
