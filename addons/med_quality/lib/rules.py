"""The rules every regulated movement meets. Sources as in the regulations the project follows:
GSP = 医疗器械经营质量管理规范 (NMPA 2023 No. 153), GSPI = its inspection guide (2024 No. 20),
DIST = 医疗器械经营监督管理办法 (SAMR Order 54)."""

from __future__ import annotations

from . import shelf_life
from .facts import LicenceFacts, LineFacts
from .registry import Finding, door, rule

# Class I devices may be dealt in without licence or filing (DIST 4).
UNLICENSED_CLASS = "I"


@rule("lot_missing", "GSP 88, 92")
def lot_missing(line: LineFacts) -> Finding | None:
    """A tracked device moves with its lot or serial number or not at all."""
    if line.leaves and line.is_tracked and line.lot is None:
        return Finding("lot_missing", "missing")
    return None


@rule("expired", "GSP 87(3), 51(6); GSPI 7.76.2")
def expired(line: LineFacts) -> Finding | None:
    """Goods past their expiry never leave; without a date nobody can tell."""
    if not line.leaves or line.lot is None or not line.has_expiry:
        return None
    if line.lot.expiry is None or line.lot.expiry_day is None:
        return Finding("expired", "unknown")
    if line.lot.expiry <= line.now:
        return Finding("expired", "past", {"expiry": line.lot.expiry_day.isoformat()})
    return None


@rule("lot_not_released", "GSP 64, 69, 74; GSPI 7.74.2")
def lot_not_released(line: LineFacts) -> Finding | None:
    """Only lots released by quality leave: not in quarantine, on hold, rejected or recalled."""
    if not line.leaves or line.lot is None:
        return None
    if line.lot.status != "released":
        return Finding("lot_not_released", line.lot.status)
    if line.package_id in line.lot.held_packages:
        return Finding("lot_not_released", "package_on_hold")
    return None


@rule("shelf_life_short", "customer's demand")
def shelf_life_short(line: LineFacts) -> Finding | None:
    """The consignee's minimum remaining shelf life, measured on the day of delivery."""
    if line.destination != "customer" or line.lot is None or not line.has_expiry:
        return None
    min_days = max(line.min_days, line.limit_days)
    if not min_days and not line.min_percent:
        return None
    expiry = line.lot.expiry_day
    if expiry is None:
        return Finding("shelf_life_short", "no_expiry")
    try:
        required = shelf_life.required_days(min_days, line.min_percent, line.lot.production_day, expiry)
    except shelf_life.UnknownProductionDayError:
        return Finding("shelf_life_short", "no_production_day", {"percent": str(line.min_percent)})
    remaining = shelf_life.remaining_days(line.delivery_day, expiry)
    if remaining < required:
        return Finding("shelf_life_short", "short", {"remaining": remaining, "required": required})
    return None


@rule("licence_invalid", "GSP 81, 82, 53; DIST 4; GSPI 8.82")
def licence_invalid(line: LineFacts) -> Finding | None:
    """Who buys or sells a class II or III device holds a valid licence that covers it."""
    trade = line.destination == "customer" or line.origin == "supplier"
    if not trade or line.device_class == UNLICENSED_CLASS:
        return None
    if line.device_class is None:
        return Finding("licence_invalid", "class_unknown")
    if line.party is None:
        return Finding("licence_invalid", "no_party")
    if not line.party.has_licence:
        return Finding("licence_invalid", "missing", {"device_class": line.device_class})
    if not line.covering:
        return Finding("licence_invalid", "out_of_scope", {"device_class": line.device_class})
    if any(_valid_on(licence, line) for licence in line.covering):
        return None
    latest = max(
        line.covering,
        key=lambda licence: (licence.valid_to is None, licence.valid_to or line.today),
    )
    if latest.valid_to is not None and latest.valid_to < line.today:
        return Finding(
            "licence_invalid",
            "expired",
            {"number": latest.number, "valid_to": latest.valid_to.isoformat()},
        )
    return Finding("licence_invalid", "not_yet", {"number": latest.number})


def _valid_on(licence: LicenceFacts, line: LineFacts) -> bool:
    """Both days of the validity are valid days; the block starts the day after (GSP 51(5))."""
    return (licence.valid_from is None or licence.valid_from <= line.today) and (
        licence.valid_to is None or line.today <= licence.valid_to
    )


@rule("no_picking", "GSP 87, 91")
def no_picking(line: LineFacts) -> Finding | None:
    """Goods reach a consignee by a delivery that can be reviewed, never by a bare move."""
    if line.destination in ("customer", "transit") and line.picking_id is None:
        return Finding("no_picking", "bare_move")
    return None


# Ways of writing that would change what happened, or make it happen without a movement.
door("history_edit", "GSP 21; 21 CFR 11.10(e)")
door("state_write", "GSP 87; 21 CFR 11.10(f)")
door("quant_write", "GSP 77; 21 CFR 11.10(g)")
door("lot_identity", "GSPI 5.51(3); 21 CFR 11.10(e)")
