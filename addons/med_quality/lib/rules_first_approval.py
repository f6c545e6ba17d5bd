"""First approval (首营): what is traded, and with whom, was approved by two people before."""

from __future__ import annotations

from .facts import LineFacts
from .registry import Finding, rule
from .remedies import Remedy, register
from .rules import UNLICENSED_CLASS

FACT = "first_approval"


@rule("product_not_approved", "GSP 54; GSPI 6.54")
def product_not_approved(line: LineFacts) -> Finding | None:
    """A device is bought and sold after its first approval."""
    if line.destination != "customer" and line.origin != "supplier":
        return None
    approved = line.extra.get(FACT)
    # what could not be read is not there
    if isinstance(approved, frozenset) and f"product:{line.scope.company_id}" in approved:
        return None
    return Finding("product_not_approved", "missing")


@rule("partner_not_approved", "GSP 53, 81, 82; GSPI 6.53, 8.82")
def partner_not_approved(line: LineFacts) -> Finding | None:
    """The supplier of goods that come in, and the customer of goods of class II and III."""
    if line.origin == "supplier":
        role = "supplier"
    elif line.destination == "customer" and line.device_class != UNLICENSED_CLASS:
        role = "customer"
    else:
        return None
    if line.party is None:
        return Finding("partner_not_approved", "no_party")
    if f"{role}:{line.scope.company_id}" in line.party.approved_as:
        return None
    return Finding("partner_not_approved", role, {"partner": line.party.name})


register("product_not_approved", {"missing": Remedy("propose_first_approval", "quality")})
register(
    "partner_not_approved",
    {
        "no_party": Remedy("name_partner", "sales"),
        "supplier": Remedy("propose_first_approval", "quality"),
        "customer": Remedy("propose_first_approval", "quality"),
    },
)
