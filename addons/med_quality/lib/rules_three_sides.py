"""Certificates on three sides: the partner's is judged in :mod:`.rules`, here are our own and
that of the supplier who delivered the lot.

GSP 51(4): class and classification code are matched with one's own scope, the supplier's and the
customer's, at order and again at outbound. Our own licence counts on the day of the trade. The
supplier's counts on the day he delivered: goods bought rightly do not turn unlawful when his
licence ends later.
"""

from __future__ import annotations

from datetime import date

from .facts import LicenceFacts, LineFacts, SideFacts
from .registry import Finding, rule
from .remedies import Remedy, register
from .rules import UNLICENSED_CLASS


def problem_of(side: SideFacts, day: date) -> tuple[str, dict[str, str | int]] | None:
    """What is wrong with the licences of one side on ``day``: (problem code, parameters)."""
    if not side.has_licence:
        return "missing", {"partner": side.name}
    if not side.covering:
        return "out_of_scope", {"partner": side.name}
    if any(_valid_on(licence, day) for licence in side.covering):
        return None
    latest = max(side.covering, key=lambda licence: (licence.valid_to is None, licence.valid_to or day))
    problem = "expired" if latest.valid_to is not None and latest.valid_to < day else "not_yet"
    return problem, {"partner": side.name, "number": latest.number, "day": day.isoformat()}


def _valid_on(licence: LicenceFacts, day: date) -> bool:
    return (licence.valid_from is None or licence.valid_from <= day) and (
        licence.valid_to is None or day <= licence.valid_to
    )


@rule("own_licence_invalid", "GSP 51(4); DIST 4; GSPI 5.51(4)")
def own_licence_invalid(line: LineFacts) -> Finding | None:
    """We deal in what our own licence covers, and while it is valid."""
    trade = line.destination == "customer" or line.origin == "supplier"
    if not trade or line.device_class in (None, UNLICENSED_CLASS):
        return None  # a missing class is told by the partner's licence
    if line.own is None:
        return Finding("own_licence_invalid", "missing", {"partner": ""})
    found = problem_of(line.own, line.today)
    return Finding("own_licence_invalid", *found) if found else None


@rule("supplier_licence_invalid", "GSP 51(4), 53, 57; GSPI 5.51(4)")
def supplier_licence_invalid(line: LineFacts) -> Finding | None:
    """Who delivered the lot was allowed to, on that day. Lots of unknown origin are not judged
    here: their acceptance record is older than this rule."""
    if line.destination != "customer" or line.device_class in (None, UNLICENSED_CLASS) or line.source is None:
        return None
    day = line.lot.received_day if line.lot and line.lot.received_day else line.today
    found = problem_of(line.source, day)
    return Finding("supplier_licence_invalid", *found) if found else None


@rule("owner_licence_invalid", "GSP 72; DIST 35")
def owner_licence_invalid(line: LineFacts) -> Finding | None:
    """Goods kept for somebody (委托方) are his trade: his licence covers them, today."""
    trade = line.destination == "customer" or line.origin == "supplier"
    if not trade or line.device_class in (None, UNLICENSED_CLASS) or line.owner is None:
        return None
    found = problem_of(line.owner, line.today)
    return Finding("owner_licence_invalid", *found) if found else None


for _code in ("own_licence_invalid", "supplier_licence_invalid", "owner_licence_invalid"):
    register(
        _code,
        {name: Remedy("file_licence", "quality") for name in ("missing", "out_of_scope", "expired", "not_yet")},
    )
