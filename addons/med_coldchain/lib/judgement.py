"""When a course of temperatures was outside of what its profile allows: spells, opened, continued and closed.

A value holds until the next reading, when that comes within ``gap`` seconds; else the time between is unknown, and an
open spell goes on through it (the worst case). A spell becomes an excursion at its alarm: at once, or when it has
lasted as long as the profile's delay. So what is judged depends on the readings alone, not on when or in which order
they came: :func:`fold` continues from a state exactly where the whole series would stand, and for readings that come
late :func:`absorb` goes back to the last state before them.

Kinds of spells: ``high``, ``low`` and ``freeze`` (a limit was left), ``rate`` (faster than goods bear), ``cumulated``
(minutes outside added up in a window), ``repeated`` (outside again and again in a window), ``gap`` (no reading),
``failure`` (the sensor said that it could not measure). Which limits, delays and windows: WHO TRS 961 Annex 9
Supplement 6, and what loggers are set to (single and cumulated events).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from .readings import COLDEST, HOTTEST, Reading

Kind = Literal["high", "low", "freeze", "rate", "cumulated", "repeated", "gap", "failure"]
DAY = 86_400
NEVER = 1 << 62


@dataclass(frozen=True, slots=True)
class Terms:
    """What a profile allows. Temperatures in milli, durations in seconds; None is no such limit."""

    low: int | None = None
    high: int | None = None
    low_delay: int = 0
    high_delay: int = 0
    is_strict: bool = False
    """Whether the limit itself is already outside (a Q-tag prints "≤ -0.5"); else it is still inside."""
    freeze: int | None = None
    freeze_delay: int = 0
    rate: int | None = None
    """Milli per minute"""
    cumulated: int | None = None
    repeated: int | None = None
    window: int = DAY
    """In which ``cumulated`` seconds and ``repeated`` times are counted"""
    gap: int = 3600
    """Longest time between two readings that is known"""

    @property
    def inside(self) -> tuple[int, int]:
        """Lowest and highest milli that are in range."""
        step = 1 if self.is_strict else 0
        return (
            COLDEST - 1 if self.low is None else self.low + step,
            HOTTEST + 1 if self.high is None else self.high - step,
        )

    @property
    def unfrozen(self) -> int:
        """Lowest milli that does not freeze."""
        return COLDEST - 1 if self.freeze is None else self.freeze + (1 if self.is_strict else 0)


class Spell(NamedTuple):
    """One time outside. ``end`` is None while it lasts, ``alarm`` while it is shorter than its delay."""

    kind: Kind
    start: int
    end: int | None
    alarm: int | None
    extreme: int | None
    """The value farthest outside"""
    seconds: int
    """Outside so far, up to the last reading"""
    unknown: int
    """Of which nothing was measured"""


@dataclass(slots=True)
class State:
    """Where the judgement of a sensor stands after its last reading."""

    last: int | None = None
    """When the last value was measured"""
    value: int | None = None
    seen: int | None = None
    """When the last reading came, measured or failed"""
    open: dict[Kind, Spell] = field(default_factory=dict)
    outside: list[tuple[int, int]] = field(default_factory=list)
    """Times outside that reach into the window, oldest first; the last one may go on."""

    def dump(self) -> list[Any]:
        """As JSON keeps it."""
        return [self.last, self.value, self.seen, [list(spell) for spell in self.open.values()], self.outside]

    @classmethod
    def load(cls, data: Sequence[Any] | None) -> State:
        if not data:
            return cls()
        last, value, seen, spells, outside = data
        opened = [Spell(*spell) for spell in spells]
        return cls(last, value, seen, {spell.kind: spell for spell in opened}, [(a, b) for a, b in outside])

    def fork(self) -> State:
        return replace(self, open=dict(self.open), outside=list(self.outside))


class Checkpoint(NamedTuple):
    """The state before the first reading at or after ``at``."""

    at: int
    state: State


@dataclass(frozen=True, slots=True)
class Judged:
    """What a fold found: excursions that ended, the state it ended in, and the states at the beginnings of days."""

    state: State
    closed: list[Spell]
    checkpoints: list[Checkpoint]
    since: int | None = None
    """What ended at or after this instant, and what was open, is judged anew; None: nothing that was known."""

    @property
    def open(self) -> list[Spell]:
        """Excursions that last."""
        return [spell for spell in self.state.open.values() if spell.alarm is not None]


def fold(state: State, readings: Iterable[Reading], terms: Terms) -> Judged:
    """Continue with readings in order of time, each once and later than the last; the state is not changed.

    Cost per reading does not depend on how many came before; a quiet one costs a few comparisons.
    """
    now = state.fork()
    closed: list[Spell] = []
    checkpoints: list[Checkpoint] = []
    low, high = terms.inside
    low = max(low, terms.unfrozen)
    rate, gap = terms.rate, terms.gap
    last, value = now.last, now.value
    quiet = not now.open and not now.outside and last is not None
    midnight = _midnight(now.seen)
    for at, milli in readings:
        if (
            quiet
            and milli is not None
            and low <= milli <= high
            and at < midnight
            and at - last <= gap  # type: ignore[operator]
            and (rate is None or abs(milli - value) * 60 <= rate * (at - last))  # type: ignore[operator]
        ):
            last, value = at, milli
            continue
        now.last, now.value = last, value
        if quiet:
            now.seen = last
        if at >= midnight:
            checkpoints.append(Checkpoint(at - at % DAY, now.fork()))
            midnight = _midnight(at)
        _step(now, at, milli, terms, closed)
        last, value = now.last, now.value
        quiet = not now.open and not now.outside and last is not None and last == at
    now.last, now.value = last, value
    if quiet:
        now.seen = last
    return Judged(now, [spell for spell in closed if spell.alarm is not None], checkpoints)


def _midnight(seen: int | None) -> int:
    """When the day after ``seen`` begins; the first reading of all begins one."""
    return -NEVER if seen is None else seen - seen % DAY + DAY


def _step(now: State, at: int, milli: int | None, terms: Terms, closed: list[Spell]) -> None:
    """One reading: first what the time since the last one was, then what begins now."""
    now.seen = at
    if milli is None:
        now.open.setdefault("failure", Spell("failure", at, None, at, None, 0, 0))
        _continue(now, "failure", at)
        return
    if now.last is not None:
        _pass(now, at, milli, terms, closed)
    _close(now, "failure", at, closed)
    now.last, now.value = at, milli
    low, high = terms.inside
    _limit(now, "high", at, milli, milli > high, terms.high_delay, closed)
    _limit(now, "low", at, milli, milli < low, terms.low_delay, closed)
    _limit(now, "freeze", at, milli, milli < terms.unfrozen, terms.freeze_delay, closed)
    is_out = milli > high or milli < max(low, terms.unfrozen)
    if is_out and (not now.outside or now.outside[-1][1] != at):
        now.outside.append((at, at))
    _window(now, at, terms, closed)


def _pass(now: State, at: int, milli: int, terms: Terms, closed: list[Spell]) -> None:
    """The time between the last value and this one."""
    assert now.last is not None and now.value is not None
    since = now.last
    unknown = at - since > terms.gap
    if unknown:
        closed.append(Spell("gap", since, at, since + terms.gap, None, at - since, at - since))
    for kind in ("high", "low", "freeze"):
        spell = now.open.get(kind)
        if spell:
            seconds = spell.seconds + at - since
            delay = _delay(kind, terms)
            now.open[kind] = spell._replace(
                seconds=seconds,
                unknown=spell.unknown + (at - since if unknown else 0),
                alarm=spell.start + delay if spell.alarm is None and seconds >= delay else spell.alarm,
            )
    if now.outside and any(kind in now.open for kind in ("high", "low", "freeze")):
        now.outside[-1] = (now.outside[-1][0], at)
    if terms.rate is not None:
        if not unknown and abs(milli - now.value) * 60 > terms.rate * (at - since):
            spell = now.open.get("rate") or Spell("rate", since, None, at, milli, 0, 0)
            now.open["rate"] = spell._replace(seconds=at - spell.start, extreme=milli)
        else:
            _close(now, "rate", at, closed)


def _delay(kind: str, terms: Terms) -> int:
    return {"high": terms.high_delay, "low": terms.low_delay, "freeze": terms.freeze_delay}[kind]


def _limit(now: State, kind: Kind, at: int, milli: int, is_out: bool, delay: int, closed: list[Spell]) -> None:
    if not is_out:
        _close(now, kind, at, closed)
        return
    spell = now.open.get(kind)
    if spell is None:
        now.open[kind] = Spell(kind, at, None, None if delay else at, milli, 0, 0)
    elif spell.extreme is None or (milli > spell.extreme if kind == "high" else milli < spell.extreme):
        now.open[kind] = spell._replace(extreme=milli)


def _close(now: State, kind: Kind, at: int, closed: list[Spell]) -> None:
    spell = now.open.pop(kind, None)
    if spell:
        closed.append(spell._replace(end=at, seconds=at - spell.start))


def _continue(now: State, kind: Kind, at: int) -> None:
    spell = now.open[kind]
    now.open[kind] = spell._replace(seconds=at - spell.start, unknown=at - spell.start)


def _window(now: State, at: int, terms: Terms, closed: list[Spell]) -> None:
    """What adds up: seconds and times outside in the window that ends now."""
    begin = at - terms.window
    is_out = any(kind in now.open for kind in ("high", "low", "freeze"))
    now.outside = [(a, b) for a, b in now.outside if b > begin or (is_out and (a, b) == now.outside[-1])]
    seconds = sum(b - max(a, begin) for a, b in now.outside if b > begin)
    times = sum(a > begin for a, _b in now.outside)
    for kind, amount, allowed in (
        ("cumulated", seconds, terms.cumulated),
        ("repeated", times, terms.repeated),
    ):
        name: Kind = "cumulated" if kind == "cumulated" else "repeated"
        if allowed is None or not amount or amount < allowed:
            _close(now, name, at, closed)
        elif name in now.open:
            now.open[name] = now.open[name]._replace(seconds=at - now.open[name].start)
        else:
            now.open[name] = Spell(name, at, None, at, None, 0, 0)


def absorb(
    state: State,
    checkpoints: Sequence[Checkpoint],
    new: Sequence[Reading],
    stored_since: Callable[[int], Iterable[Reading]],
    terms: Terms,
) -> Judged:
    """The judgement after readings that came in any order.

    :param state: where the judgement stands
    :param checkpoints: of this sensor, by time
    :param new: readings that were not known, in any order
    :param stored_since: all readings at or after an instant by time, the new ones among them
    """
    ordered = sorted(new, key=lambda reading: reading.at)
    if not ordered:
        return Judged(state, [], [])
    if state.seen is None or ordered[0].at > state.seen:
        return fold(state, ordered, terms)
    position = bisect_right([checkpoint.at for checkpoint in checkpoints], ordered[0].at) - 1
    back = checkpoints[position] if position >= 0 else Checkpoint(-NEVER, State())
    judged = fold(back.state, stored_since(back.at), terms)
    return replace(judged, since=back.at)


def silence(state: State, now: int, terms: Terms) -> Spell | None:
    """The gap that lasts: nothing was measured for longer than the profile allows."""
    if state.last is None or now - state.last <= terms.gap:
        return None
    return Spell("gap", state.last, None, state.last + terms.gap, None, now - state.last, now - state.last)
