"""What the gate knows when it judges: frozen, complete, without database or clock.

Quantities are decimals in the product's unit, instants are aware UTC datetimes, days
are dates in the company's time zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

LICENCES = "licences"
"""The name under which the licences of partners are asked for, see ``med.gate._fact_queries``."""


def as_date(text: str | None) -> date | None:
    """A day as JSON holds it; None where there is none."""
    return date.fromisoformat(text) if text else None


Usage = Literal["supplier", "view", "internal", "customer", "inventory", "production", "transit"]


@dataclass(frozen=True, slots=True)
class LotFacts:
    id: int
    name: str
    status: str
    expiry: datetime | None
    expiry_day: date | None
    production_day: date | None
    received_day: date | None = None
    """When its supplier delivered it."""
    held_packages: frozenset[int] = frozenset()
    """Packages of this lot that are on hold while the lot itself is not."""


@dataclass(frozen=True, slots=True)
class LicenceFacts:
    number: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """The consignee of goods that leave, the supplier of goods that come in."""

    id: int
    name: str
    has_licence: bool
    approved_as: frozenset[str] = frozenset()
    """``role:company id`` of the first approvals in force."""


@dataclass(frozen=True, slots=True)
class SideFacts:
    """The licences of one side of the trade for one device."""

    name: str
    has_licence: bool
    covering: tuple[LicenceFacts, ...]
    """Those whose scope covers the device, whatever their dates."""


@dataclass(frozen=True, slots=True)
class OperatorFacts:
    """Whoever acts now, in the role of the checkpoint."""

    name: str
    role: str
    periods: tuple[tuple[date | None, date | None], ...]
    """(first day, last day) of each qualification for the role."""
    is_duty: bool
    """Whether the company asks for a qualification on file at all."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a policy may be limited to; equal scopes share one choice of policies."""

    company_id: int
    picking_type_id: int | None = None
    product_category_ids: tuple[int, ...] = ()
    partner_category_ids: frozenset[int] = frozenset()
    country_id: int | None = None


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One movement of one lot."""

    key: int
    scope: Scope
    product_id: int
    product_name: str
    device_class: str | None
    is_tracked: bool
    has_expiry: bool
    quantity: Decimal
    origin: Usage
    destination: Usage
    picking_id: int | None
    lot: LotFacts | None
    party: PartyFacts | None
    covering: tuple[LicenceFacts, ...]
    """The party's licences whose scope covers this device, whatever their dates."""
    now: datetime
    today: date
    delivery_day: date
    min_days: int = 0
    min_percent: Decimal = Decimal(0)
    limit_days: int = 0
    """The number of the policy that asks; set while it asks."""
    package_id: int | None = None
    own: SideFacts | None = None
    """Our own licences."""
    source: SideFacts | None = None
    """Those of the supplier of the lot; None when nobody knows him."""
    owner: SideFacts | None = None
    """Those of whom the goods are kept for; None for our own goods."""
    operator: OperatorFacts | None = None
    """Who acts; None for the system itself."""
    delivery: str = ""
    """The name of the transfer, for the words of a refusal."""
    extra: Mapping[str, object] = field(default_factory=dict)
    """Facts of addons above, by the name of the rule that reads them."""

    @property
    def leaves(self) -> bool:
        """Out of our keeping for use: to a consignee, into a product, to another company."""
        return self.destination in ("customer", "production", "transit")
