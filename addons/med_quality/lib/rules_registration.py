"""The registration or filing certificate of the device itself, judged on the day it was made.

Goods made while their certificate was valid may be sold until their own expiry, so the day that
counts is the production day of the lot; where it is not known, only today can be asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .facts import LineFacts
from .registry import Finding, rule
from .remedies import Remedy, register

FACT = "registrations"


@dataclass(frozen=True, slots=True)
class RegistrationFacts:
    """One certificate that names the product. Both days of its validity are valid days."""

    number: str
    device_class: str | None
    valid_from: date | None
    valid_to: date | None

    def valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


def on_day(registrations: tuple[RegistrationFacts, ...], day: date) -> RegistrationFacts | None:
    """The certificate that was valid on ``day``, the one that lasts longest; None when none was."""
    valid = [certificate for certificate in registrations if certificate.valid_on(day)]
    return max(valid, key=lambda c: (c.valid_to is None, c.valid_to or day, c.number), default=None)


@rule("registration_invalid", "GSP 54, 57, 80; REG739 55; REG47 58")
def registration_invalid(line: LineFacts) -> Finding | None:
    """No device is bought or sold that was made without a valid certificate that covers it."""
    if line.destination != "customer" and line.origin != "supplier":
        return None
    registrations = line.extra.get(FACT)
    # what could not be read is not there
    if not isinstance(registrations, tuple) or not registrations:
        return Finding("registration_invalid", "missing")
    own_class = tuple(c for c in registrations if c.device_class is None or line.device_class in (None, c.device_class))
    if not own_class:
        return Finding("registration_invalid", "other_class", {"number": registrations[0].number})
    made = line.lot.production_day if line.lot else None
    day = made or line.today
    if on_day(own_class, day):
        return None
    latest = max(own_class, key=lambda c: (c.valid_to is None, c.valid_to or day, c.number))
    params = {"number": latest.number, "day": day.isoformat()}
    if latest.valid_to is None or day <= latest.valid_to:
        return Finding("registration_invalid", "not_yet" if made is None else "made_before", params)
    return Finding("registration_invalid", "expired" if made is None else "made_after", params)


register(
    "registration_invalid",
    {
        "missing": Remedy("complete_dossier", "quality"),
        "other_class": Remedy("complete_dossier", "quality"),
        "not_yet": Remedy("enter_production_day", "quality"),
        "made_before": Remedy("complete_dossier", "quality"),
        "expired": Remedy("enter_production_day", "quality"),
        "made_after": Remedy("complete_dossier", "quality"),
    },
)
