"""Unusual patterns in who did what and when. Annex 11, 9: audit trails are reviewed regularly.

A pattern accuses nobody; it says which events a person should look at. Pure functions over
:class:`Act`; times are aware or naive alike, ``local`` is the wall clock of the company.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby


@dataclass(frozen=True)
class Act:
    """One event as a pattern sees it."""

    event_id: int
    user_id: int
    company_id: int | None
    kind: str
    at: datetime
    local: datetime
    act: str | None = None
    """One signing of many records is one act: the same text on each of its events."""


@dataclass(frozen=True)
class Finding:
    user_id: int
    company_id: int | None
    day: date
    """The local day of the first event."""
    event_ids: tuple[int, ...]


def _by_person(acts: Iterable[Act]) -> Iterator[list[Act]]:
    def key(act: Act) -> tuple[int, int]:
        return act.user_id, act.company_id or 0

    ordered = sorted(acts, key=lambda act: (*key(act), act.at, act.event_id))
    for _person, group in groupby(ordered, key=key):
        yield list(group)


def _finding(acts: list[Act]) -> Finding:
    first = acts[0]
    return Finding(
        first.user_id, first.company_id, first.local.date(), tuple(dict.fromkeys(act.event_id for act in acts))
    )


def _distinct(acts: list[Act]) -> int:
    """How many times somebody did something: a series signature counts once."""
    return len({act.act or act.event_id for act in acts})


def crowded(acts: Iterable[Act], limit: int, window: timedelta) -> list[Finding]:
    """``limit`` or more acts of one person within ``window``; windows that overlap are one finding."""
    found = []
    for person in _by_person(acts):
        run: list[Act] = []
        start = 0
        for end, act in enumerate(person):
            while act.at - person[start].at > window:
                start += 1
            group = person[start : end + 1]
            if _distinct(group) >= limit:
                if run and group[0].at > run[-1].at:
                    found.append(_finding(run))
                    run = []
                run += [member for member in group if not run or (member.at >= run[-1].at and member not in run)]
        if run:
            found.append(_finding(run))
    return found


def back_to_back(acts: Iterable[Act], limit: int, window: timedelta) -> list[Finding]:
    """``limit`` or more acts in a row, each within ``window`` of the one before: faster than
    anybody reads what he signs. The records of one series signature are one act."""
    found = []
    for person in _by_person(acts):
        run: list[Act] = []
        for act in person:
            if run and act.at - run[-1].at > window:
                if _distinct(run) >= limit:
                    found.append(_finding(run))
                run = []
            run.append(act)
        if run and _distinct(run) >= limit:
            found.append(_finding(run))
    return found


def is_night(local: datetime, hour_from: int, hour_to: int, *, weekend: bool) -> bool:
    """Whether the wall clock lies in [hour_from, hour_to), which may cross midnight, or, when
    asked for, on a Saturday or Sunday."""
    if weekend and local.weekday() >= 5:
        return True
    if hour_from == hour_to:
        return False
    if hour_from < hour_to:
        return hour_from <= local.hour < hour_to
    return local.hour >= hour_from or local.hour < hour_to


def at_night(acts: Iterable[Act], limit: int, hour_from: int, hour_to: int, *, weekend: bool) -> list[Finding]:
    """``limit`` or more acts of one person on one local day at night."""
    found = []
    night = [act for act in acts if is_night(act.local, hour_from, hour_to, weekend=weekend)]
    for person in _by_person(night):
        for _day, group in groupby(person, key=lambda act: act.local.date()):
            members = list(group)
            if _distinct(members) >= limit:
                found.append(_finding(members))
    return found
