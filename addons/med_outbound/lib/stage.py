"""Where an outbound stands, derived from facts and never set by hand."""

from __future__ import annotations

from dataclasses import dataclass

STAGES = (
    "received",
    "prepared",
    "picking",
    "picked",
    "reviewed",
    "shipped",
    "signed_for",
    "closed",
    "cancelled",
)


@dataclass(frozen=True, slots=True)
class StageFacts:
    transfer_state: str
    picked_moves: int
    open_moves: int
    is_reviewed: bool
    is_signed_for: bool
    is_settled: bool
    """Nothing is left to invoice, or there was never anything to invoice."""


def stage(facts: StageFacts) -> str:
    """The furthest stage that the facts prove."""
    if facts.transfer_state == "cancel":
        return "cancelled"
    if facts.transfer_state == "done":
        if not facts.is_signed_for:
            return "shipped"
        return "closed" if facts.is_settled else "signed_for"
    if facts.picked_moves and facts.picked_moves == facts.open_moves:
        return "reviewed" if facts.is_reviewed else "picked"
    if facts.picked_moves:
        return "picking"
    return "prepared" if facts.transfer_state == "assigned" else "received"
