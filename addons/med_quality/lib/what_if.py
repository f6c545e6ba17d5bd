"""What another policy, limit or licence would have done: the same judges on the same facts, twice.

Nothing is read or written here; the facts of the past come from the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .facts import LineFacts
from .policy import Policy, PolicyBook
from .registry import Verdict, evaluate


@dataclass(frozen=True, slots=True)
class DatedPolicy:
    """A policy with the days it is in force, both included."""

    policy: Policy
    first: date
    last: date | None

    def is_in_force(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


class DatedBook:
    """The policies of one rule over time; the book of a day is made once."""

    def __init__(self, policies: Iterable[DatedPolicy]) -> None:
        self._policies = tuple(policies)
        self._books: dict[date, PolicyBook] = {}

    def on(self, day: date) -> PolicyBook:
        if day not in self._books:
            self._books[day] = PolicyBook(entry.policy for entry in self._policies if entry.is_in_force(day))
        return self._books[day]

    def with_changed(self, proposed: Policy, replaces: int | None) -> DatedBook:
        """The same with ``proposed`` in force on every day, in the place of the policy ``replaces``.

        A replay asks what a change would have done had it been in force, whatever its dates.
        """
        kept = (entry for entry in self._policies if entry.policy.id != replaces)
        return DatedBook((*kept, DatedPolicy(proposed, date.min, None)))

    def with_limit(self, rule: str, days: int) -> DatedBook:
        """The same with every policy of ``rule`` asking for at least ``days``."""
        return DatedBook(
            replace(entry, policy=replace(entry.policy, limit_days=max(days, entry.policy.limit_days)))
            if entry.policy.rule == rule
            else entry
            for entry in self._policies
        )


@dataclass(frozen=True, slots=True)
class Change:
    """A line that the change would have decided otherwise."""

    line: LineFacts
    stops: bool
    """It passes today's rules and would be refused; the other way round when False."""
    verdict: Verdict
    """What refuses it: by the change, or by what is in force now."""


def with_licence_ending(line: LineFacts, number: str, party_ids: frozenset[int], last: date) -> LineFacts:
    """The same facts with one licence of these partners valid until ``last`` only."""
    if line.party is None or line.party.id not in party_ids:
        return line
    covering = tuple(
        replace(licence, valid_to=last) if licence.number == number else licence for licence in line.covering
    )
    return replace(line, covering=covering)


def replay(
    lines: Iterable[LineFacts],
    now: DatedBook,
    then: DatedBook,
    checkpoint: str,
    assume: Callable[[LineFacts], LineFacts] = lambda line: line,
) -> Iterator[Change]:
    """The lines that would have been decided otherwise, each judged on its own day."""
    for line in lines:
        before = _refusal(evaluate([line], now.on(line.today), checkpoint))
        after = _refusal(evaluate([assume(line)], then.on(line.today), checkpoint))
        if after is not None and before is None:
            yield Change(line, True, after)
        elif before is not None and after is None:
            yield Change(line, False, before)


def _refusal(verdicts: Sequence[Verdict]) -> Verdict | None:
    return next((verdict for verdict in verdicts if verdict.blocks), None)
