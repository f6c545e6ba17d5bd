"""EPCIS 2.0 messages (GS1, ISO/IEC 19987:2024) in JSON-LD: what happened to which goods, when, where.

Goods are named by GS1 Digital Link URIs, which EPCIS 2.0 allows wherever an EPC may stand (CBV 2.0,
chapter 8). Times carry their offset; the vocabulary is that of CBV 2.0.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import digital_link

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"


@dataclass(frozen=True, slots=True)
class LotQuantity:
    """So many pieces of one lot; ``quantity`` None where only the lot is meant."""

    gtin: str
    lot: str
    quantity: float | None = None

    def as_json(self) -> dict[str, Any]:
        if not self.lot:
            raise ValueError("a lot has a number")
        named: dict[str, Any] = {"epcClass": digital_link.build((("01", self.gtin), ("10", self.lot)))}
        if self.quantity is not None:
            named["quantity"] = self.quantity
        return named


def released(
    lots: Sequence[LotQuantity],
    when: datetime,
    *,
    place: str | None = None,
    signed_as: str | None = None,
) -> dict[str, Any]:
    """The event that quality released lots: inspected, and sellable from now on, though the customer
    does not have them yet.

    :param when: with its time zone; the offset is told, since readers may be elsewhere
    :param str place: a URI, mostly the Digital Link of a GLN
    :param str signed_as: a URI of the release itself, its business transaction
    :raises ValueError: a time without zone, no lots, or a lot without number
    """
    if when.utcoffset() is None:
        raise ValueError("the time of an event needs its zone")
    if not lots:
        raise ValueError("an event is about goods")
    event: dict[str, Any] = {
        "type": "ObjectEvent",
        "eventTime": when.isoformat(timespec="milliseconds"),
        "eventTimeZoneOffset": _offset(when),
        "action": "OBSERVE",
        "bizStep": "inspecting",
        "disposition": "sellable_not_accessible",
        "epcList": [],
        "quantityList": [lot.as_json() for lot in lots],
    }
    if place:
        event["readPoint"] = {"id": place}
        event["bizLocation"] = {"id": place}
    if signed_as:
        event["bizTransactionList"] = [{"type": "cert", "bizTransaction": signed_as}]
    # the same event told twice has the same name, and a reader keeps it once
    text = json.dumps(event, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return {"eventID": f"urn:uuid:{_uuid(text)}", **event}


def document(events: Sequence[dict[str, Any]], created: datetime) -> dict[str, Any]:
    """A document of these events, as it is sent."""
    return {
        "@context": [CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": created.isoformat(timespec="milliseconds"),
        "epcisBody": {"eventList": list(events)},
    }


def gln_place(gln: str) -> str:
    """The URI of a place with a GLN."""
    return digital_link.build((("414", gln),))


def _offset(when: datetime) -> str:
    text = when.strftime("%z")
    return f"{text[:3]}:{text[3:5]}"


def _uuid(text: str) -> str:
    """A UUID version 8 (RFC 9562): ours, by the content."""
    digest = bytearray(hashlib.sha256(text.encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    raw = digest.hex()
    return "-".join((raw[:8], raw[8:12], raw[12:16], raw[16:20], raw[20:]))
