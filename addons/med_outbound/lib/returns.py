"""May these returned goods be taken in, and may they leave the returns area? Plain facts, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

Units = Mapping[str, Decimal]
"""Units of the product by the name of the lot; "" for goods without one."""


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """What is known of one movement that comes from a consignee or from a returns area."""

    from_quarantine: bool = False
    to_quarantine: bool = False
    place: str = ""
    """The returns area of the warehouse, for the words of a refusal."""
    delivery: str = ""
    """The delivery it returns; empty when it names none."""
    delivered: Units = field(default_factory=dict)
    """What that delivery brought."""
    returned: Units = field(default_factory=dict)
    """What came back of it before, and what is coming now."""
    decided: Units = field(default_factory=dict)
    """What may leave the returns area by the signed decision that the movement carries out."""
    leaving: Units = field(default_factory=dict)
    """What has left by that decision, and what is leaving now."""


def origin_problem(facts: ReturnFacts, lot: str) -> str | None:
    """Why goods do not come back of the delivery they name (GSP 107: the original outbound number)."""
    if not facts.delivery:
        return "no_delivery"
    if not facts.delivered.get(lot):
        return "other_lot"
    return "more" if facts.returned.get(lot, Decimal(0)) > facts.delivered[lot] else None


def decision_problem(facts: ReturnFacts, lot: str) -> str | None:
    """Why goods may not leave the returns area."""
    decided = facts.decided.get(lot, Decimal(0))
    if not decided:
        return "undecided"
    return "more" if facts.leaving.get(lot, Decimal(0)) > decided else None
