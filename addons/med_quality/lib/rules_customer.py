"""What a customer asks beside remaining shelf life: never older goods than he has, few lots at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .facts import LineFacts
from .registry import Finding, rule
from .remedies import Remedy, register

FACT = "customer"


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What one consignee asks of one product in one transfer."""

    last_expiry: date | None = None
    """The latest expiry day he got so far; None when he does not ask or got none."""
    max_lots: int = 0
    """So many lots he takes in one delivery; 0 for any number."""
    lots: frozenset[int | str] = frozenset()
    """The lots of the product in this transfer; by name where the lot is not known yet."""


@rule("older_than_last", "customer's demand")
def older_than_last(line: LineFacts) -> Finding | None:
    """Nothing that expires earlier than what this customer got before. The same day passes."""
    asks = line.extra.get(FACT)
    if line.destination != "customer" or line.lot is None or not line.has_expiry:
        return None
    if not isinstance(asks, CustomerFacts) or asks.last_expiry is None:
        return None
    if line.lot.expiry_day is None:
        return Finding("older_than_last", "no_expiry", {"last": asks.last_expiry.isoformat()})
    if line.lot.expiry_day < asks.last_expiry:
        params = {"expiry": line.lot.expiry_day.isoformat(), "last": asks.last_expiry.isoformat()}
        return Finding("older_than_last", "older", params)
    return None


@rule("too_many_lots", "customer's demand")
def too_many_lots(line: LineFacts) -> Finding | None:
    """No more lots of a product in a delivery than the customer takes."""
    asks = line.extra.get(FACT)
    if line.destination != "customer" or not isinstance(asks, CustomerFacts) or not asks.max_lots:
        return None
    # a lot that is only asked about would be one more
    count = len(asks.lots | {line.lot.id}) if line.lot else len(asks.lots)
    if count > asks.max_lots:
        return Finding("too_many_lots", "more", {"count": count, "limit": asks.max_lots})
    return None


register(
    "older_than_last",
    {"older": Remedy("take_younger_lot", "picker"), "no_expiry": Remedy("enter_expiry", "quality")},
)
register("too_many_lots", {"more": Remedy("take_fewer_lots", "picker")})
