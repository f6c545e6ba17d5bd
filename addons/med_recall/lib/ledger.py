"""The balance of a lot: what came in equals what is here, what went out and what is gone.

Every finished movement takes units from one *place class* to another. Summing the movements by
(from, to) gives a balance that closes by construction; it is therefore compared with what the
stock figures say, which are kept apart from the movements, and any difference is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

HERE, TRANSIT, CUSTOMER, SUPPLIER, PRODUCTION, LOSS = "here", "transit", "customer", "supplier", "production", "loss"

# Odoo's location usages; transit counts as here when it belongs to a company, see place_class
USAGE_CLASS = {
    "internal": HERE,
    "view": HERE,
    "transit": TRANSIT,
    "customer": CUSTOMER,
    "supplier": SUPPLIER,
    "production": PRODUCTION,
    "inventory": LOSS,
}
ZERO = Decimal(0)


def place_class(usage: str, has_company: bool) -> str:
    """Which class a location belongs to. Transit of one company is that company's own stock;
    transit between companies is nobody's until the other one has received it."""
    return HERE if usage == "transit" and has_company else USAGE_CLASS[usage]


@dataclass(frozen=True)
class Flow:
    """So much of one lot went from one class of places to another."""

    lot: int
    origin: str
    destination: str
    quantity: Decimal
    consignee: int | None = None
    """Who it went to or came back from, where a customer is on one side."""


@dataclass
class Balance:
    """One lot, in the unit of its product."""

    received: Decimal = ZERO
    made: Decimal = ZERO
    found: Decimal = ZERO
    delivered: Decimal = ZERO
    returned: Decimal = ZERO
    to_supplier: Decimal = ZERO
    consumed: Decimal = ZERO
    lost: Decimal = ZERO
    here: Decimal = ZERO
    transit: Decimal = ZERO
    consignees: dict[int | None, Decimal] = field(default_factory=dict)
    """What each consignee still has by our movements: delivered less returned."""

    @property
    def came_in(self) -> Decimal:
        return self.received + self.made + self.found

    @property
    def with_consignees(self) -> Decimal:
        return self.delivered - self.returned

    @property
    def gone(self) -> Decimal:
        """Neither here nor with a consignee: back to the supplier, consumed, scrapped or lost."""
        return self.to_supplier + self.consumed + self.lost

    @property
    def closes(self) -> bool:
        return self.came_in == self.here + self.transit + self.with_consignees + self.gone


# what leaving or entering a class adds to
LEAVING = {SUPPLIER: "received", PRODUCTION: "made", LOSS: "found", CUSTOMER: "returned"}
ENTERING = {SUPPLIER: "to_supplier", PRODUCTION: "consumed", LOSS: "lost", CUSTOMER: "delivered"}


def balances(flows: Iterable[Flow]) -> dict[int, Balance]:
    """{lot: its balance}. Movements between two places of one class change nothing, except that
    goods which pass from one consignee to another change who has them."""
    result: dict[int, Balance] = {}
    for flow in flows:
        balance = result.setdefault(flow.lot, Balance())
        origin, destination, quantity = flow.origin, flow.destination, flow.quantity
        if origin == destination:
            continue
        if origin in LEAVING:
            _add(balance, LEAVING[origin], quantity)
        else:
            _add(balance, origin, -quantity)
        if destination in ENTERING:
            _add(balance, ENTERING[destination], quantity)
        else:
            _add(balance, destination, quantity)
        if destination == CUSTOMER:
            balance.consignees[flow.consignee] = balance.consignees.get(flow.consignee, ZERO) + quantity
        elif origin == CUSTOMER:
            balance.consignees[flow.consignee] = balance.consignees.get(flow.consignee, ZERO) - quantity
    return result


def _add(balance: Balance, name: str, quantity: Decimal) -> None:
    setattr(balance, name, getattr(balance, name) + quantity)


ANSWERS = ("in_stock", "used", "implanted", "passed_on", "destroyed", "returning")


@dataclass(frozen=True)
class Outcome:
    """What became of the units one consignee had of one lot when the recall began."""

    delivered: Decimal
    """With the consignee when the recall froze the lot."""
    used: Decimal
    destroyed: Decimal
    returned: Decimal
    """Really received back since, not merely announced."""
    explained: Decimal

    @property
    def unaccounted(self) -> Decimal:
        return self.delivered - self.used - self.destroyed - self.returned - self.explained


def outcome(delivered: Decimal, answer: Mapping[str, Decimal], returned: Decimal, explained: Decimal = ZERO) -> Outcome:
    """delivered = returned + used + destroyed + unaccounted, with the consignee's answer.

    Implanted units are used ones. What he has, sends back or passed on stays unaccounted until it
    arrives here, is reported as destroyed or used, or somebody explains it.
    """
    used = answer.get("used", ZERO) + answer.get("implanted", ZERO)
    return Outcome(delivered, used, answer.get("destroyed", ZERO), returned, explained)
