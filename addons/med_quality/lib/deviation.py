"""The way of a deviation, from the first report to its closing (ISO 13485 8.3, 8.5.2, 8.5.3; GSP 69)."""

from __future__ import annotations

from dataclasses import dataclass

STATES = ("open", "contained", "investigated", "decided", "acting", "checked", "closed", "cancelled")


@dataclass(frozen=True, slots=True)
class Transition:
    """One step: from where, to where, what must be filled in, and whether it is signed."""

    sources: tuple[str, ...]
    target: str
    needs: tuple[str, ...] = ()
    signed: bool = False


TRANSITIONS: dict[str, Transition] = {
    "contain": Transition(("open",), "contained", ("containment",)),
    "investigate": Transition(("contained",), "investigated", ("investigation", "root_cause")),
    "decide": Transition(("investigated",), "decided", ("disposition", "disposition_reason"), signed=True),
    "act": Transition(("decided",), "acting", ("action_ids",)),
    "check": Transition(("acting",), "checked", ("effectiveness",)),
    "close": Transition(("checked",), "closed", signed=True),
    # what was decided and found ineffective goes back to the cause
    "reopen": Transition(("checked",), "contained"),
    "cancel": Transition(("open",), "cancelled", ("cancel_reason",)),
}

ENDED = ("closed", "cancelled")


def target(state: str, step: str) -> str | None:
    """Where ``step`` leads from ``state``, or None when it cannot be taken there."""
    transition = TRANSITIONS.get(step)
    return transition.target if transition and state in transition.sources else None
