"""The duty to carry a UDI, by class, list and production day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .facts import LineFacts
from .registry import Finding, rule
from .remedies import Remedy, register

FACT = "udi"


@dataclass(frozen=True, slots=True)
class UdiFacts:
    """``duty_from``: goods made from that day on carry a UDI; None when there is no duty yet."""

    has_di: bool
    duty_from: date | None


@rule("udi_missing", "UDI-72, UDI-114, UDI-22, UDI-2026")
def udi_missing(line: LineFacts) -> Finding | None:
    """Goods that must carry a UDI have a DI on record, or nobody can scan them (带码入库、出库)."""
    if line.destination != "customer" and line.origin != "supplier":
        return None
    udi = line.extra.get(FACT)
    if not isinstance(udi, UdiFacts) or udi.has_di or udi.duty_from is None:
        return None
    made = line.lot.production_day if line.lot else None
    if made is None:
        if line.today < udi.duty_from:
            return None
        return Finding("udi_missing", "unknown_day", {"day": udi.duty_from.isoformat()})
    if made < udi.duty_from:
        return None
    return Finding("udi_missing", "missing", {"day": udi.duty_from.isoformat()})


register(
    "udi_missing",
    {"missing": Remedy("complete_dossier", "quality"), "unknown_day": Remedy("enter_production_day", "quality")},
)
