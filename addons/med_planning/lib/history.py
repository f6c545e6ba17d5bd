"""What left in each period, and how it is cleaned before anything is learnt from it.

A history holds what happened, period by period (months or weeks), and is never changed. Cleaning answers with other
values and with the list of what it did: each adjustment says where, from what to what, and why, and taking all of them
back gives the history again. Only what the history holds is looked at, so a history cut at a day is cleaned as it
would have been on that day.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .periods import Unit, add, start_of

Floats = NDArray[np.float64]
Put = Callable[["Kind", int, float], bool]
Kind = Literal["return", "unmatched_return", "recall", "stock_out", "one_off", "manual"]

# The share of a period without stock from which on its demand is unknown.
MOSTLY_OUT = 0.5
# Periods in a row without stock whose demand is guessed.
MOST_GUESSED = 6
# Less than any unit that is sold; sums of floats are never quite nought.
EMPTY = 1e-6
# A one-off is so many times what is usual, where usual is known from so many sales.
ONE_OFF_TIMES = 5.0
ONE_OFF_SALES = 6
# Iglewicz and Hoaglin (1993): modified z-scores beyond this are outliers.
MODIFIED_Z = 3.5


class Adjustment(NamedTuple):
    """One change of one period: ``after - before`` was added to it, for the reason ``kind``."""

    kind: Kind
    period: int
    before: float
    after: float


@dataclass(frozen=True)
class History:
    """Quantities per period in the product's unit, oldest first.

    ``returned`` came back for any reason but a recall, ``recalled`` came back because it was recalled; both count in
    the period they came back. ``out_share`` is the part of the period without stock, from 0 to 1.
    """

    sold: Floats
    returned: Floats
    recalled: Floats
    out_share: Floats

    @classmethod
    def of(
        cls,
        sold: Sequence[float] | Floats,
        returned: Sequence[float] | Floats = (),
        recalled: Sequence[float] | Floats = (),
        out_share: Sequence[float] | Floats = (),
    ) -> History:
        """Columns that are left out are nought.

        :raises ValueError: columns of different length, or values that are no numbers
        """
        length = len(sold)
        columns = []
        for column in (sold, returned, recalled, out_share):
            values = np.asarray(column if len(column) else np.zeros(length), dtype=np.float64)
            if values.shape != (length,):
                raise ValueError(f"a column of {values.size} periods beside one of {length}")
            if not np.isfinite(values).all():
                raise ValueError("a quantity that is not a number")
            columns.append(values)
        return cls(*columns)

    def __len__(self) -> int:
        return len(self.sold)

    @property
    def net(self) -> Floats:
        """What happened, as plain books have it: may be negative."""
        net: Floats = self.sold - self.returned - self.recalled
        return net

    def until(self, period: int) -> History:
        """The history as it was known before ``period`` began."""
        return History(self.sold[:period], self.returned[:period], self.recalled[:period], self.out_share[:period])


class Cleaned(NamedTuple):
    values: Floats
    adjustments: tuple[Adjustment, ...]


def clean(
    history: History,
    season: int = 1,
    kept: Collection[tuple[Kind, int]] = (),
    manual: Iterable[tuple[int, float]] = (),
) -> Cleaned:
    """Demand per period without returns, recalls, stock-outs and one-offs, never negative.

    :param season: periods after which things come again; a peak that came at the same time of another year is none
    :param kept: (kind, period) of adjustments that a planner has taken back
    :param manual: (period, quantity) that a planner knows better; they win
    """
    values = history.net.copy()
    known = history.out_share < MOSTLY_OUT
    done: list[Adjustment] = []

    def put(kind: Kind, period: int, after: float) -> bool:
        if (kind, period) in kept or after == values[period]:
            return False
        done.append(Adjustment(kind, period, float(values[period]), float(after)))
        values[period] = after
        return True

    for period in _where(history.recalled > 0):
        # the goods were wanted; what was wrong with them is another matter
        put("recall", period, float(values[period] + history.recalled[period]))
    _net_returns(history, values, put)
    for period, quantity in manual:
        if 0 <= period < len(values):
            put("manual", period, max(0.0, quantity))
    fixed = {adjustment.period for adjustment in done if adjustment.kind == "manual"}
    for period, usual in _one_offs(values, known, season):
        if period not in fixed:
            put("one_off", period, usual)
    for period in _where(_worth_guessing(known)):
        if period not in fixed:
            guess = _usual_at(values, known, period, season)
            put("stock_out", period, max(guess, float(values[period])))
    return Cleaned(values, tuple(done))


def revert(values: Floats, adjustments: Iterable[Adjustment]) -> Floats:
    """Take the adjustments back: of all of them, what is left is the net of the history."""
    before = values.copy()
    for adjustment in adjustments:
        before[adjustment.period] += adjustment.before - adjustment.after
    return before


def _net_returns(history: History, values: Floats, put: Put) -> None:
    """What came back was not wanted when it was sold: it is taken off the nearest sales before."""
    for period in _where(history.returned > 0):
        open_ = float(history.returned[period])
        if not put("return", period, float(values[period]) + open_):
            continue
        for earlier in range(period, -1, -1):
            off = min(open_, max(0.0, float(values[earlier])))
            if off and put("return", earlier, float(values[earlier]) - off):
                open_ -= off
            if open_ <= 0:
                break
    for period in _where(values < 0):
        put("unmatched_return", period, 0.0)


def _one_offs(values: Floats, known: NDArray[np.bool_], season: int) -> list[tuple[int, float]]:
    """(period, usual quantity) of sales far beyond all others, at no time that comes again or may have."""
    sales = values[values > 0]
    if len(sales) < ONE_OFF_SALES:
        return []
    usual = float(np.median(sales))
    spread = float(np.median(np.abs(sales - usual)))
    limit = max(ONE_OFF_TIMES * usual, usual + MODIFIED_Z * spread / 0.6745)
    found = []
    for period in _where(values > limit):
        same_time = [other for other in range(period % season, len(values), season) if other != period]
        again = season > 1 and any(values[other] > limit / 2 or not known[other] for other in same_time)
        # a step that stays is a new level and no one-off
        near = values[max(0, period - 1) : period + 2]
        if not again and np.count_nonzero(near > limit / 2) == 1 and period < len(values) - 1:
            found.append((period, usual))
    return found


def _usual_at(values: Floats, known: NDArray[np.bool_], period: int, season: int) -> float:
    """What would have been asked for: the same time of other years, else the known periods around."""
    if season > 1:
        same = [values[i] for i in range(period % season, len(values), season) if i != period and known[i]]
        if same:
            return float(np.mean(same))
    distance = np.abs(np.arange(len(values)) - period)
    near = [i for i in np.argsort(distance, kind="stable") if known[i]][:6]
    return float(np.mean(values[near])) if near else 0.0


def _worth_guessing(known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Unknown periods; after so many in a row nobody can say whether anything would still be asked for."""
    result = ~known
    run = 0
    for period, is_known in enumerate(known):
        run = 0 if is_known else run + 1
        if run > MOST_GUESSED:
            result[period] = False
    return result


def _where(mask: NDArray[np.bool_]) -> list[int]:
    found: list[int] = np.flatnonzero(mask).tolist()
    return found


def empty_shares(level: float, moved: Sequence[tuple[date, float]], unit: Unit, until: date) -> dict[date, float]:
    """{start of period: share of its days without stock}, told backwards from what there is now.

    A day on which something came or went is not empty.

    :param level: on hand at the end of the last day
    :param moved: (day, in minus out), oldest first, each day once
    :param until: the first day that does not count any more
    """
    days: dict[date, int] = {}
    later = until
    for day, net in reversed(moved):
        after = day + timedelta(days=1)
        if level <= EMPTY:
            _spread(days, after, min(later, until), unit)
        later, level = day, level - net
    return {start: count / (add(start, 1, unit) - start).days for start, count in days.items()}


def _spread(days: dict[date, int], day: date, until: date, unit: Unit) -> None:
    """Whole days from ``day`` on, each to the period it lies in."""
    while day < until:
        start = start_of(day, unit)
        stop = min(until, add(start, 1, unit))
        days[start] = days.get(start, 0) + (stop - day).days
        day = stop
