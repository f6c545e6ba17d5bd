"""One line that every rule lets pass; a test changes the one fact it is about."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from med_quality.lib.facts import LicenceFacts, LineFacts, LotFacts, PartyFacts, Scope

UTC = timezone.utc
SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = date(2027, 3, 1)
NOW = datetime(2027, 3, 1, 4, 0, tzinfo=UTC)  # noon in Shanghai
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)

LOT = LotFacts(
    id=7,
    name="LOT-7",
    status="released",
    expiry=NOW + 365 * DAY,
    expiry_day=TODAY + 365 * DAY,
    production_day=TODAY - 365 * DAY,
)
LICENCE = LicenceFacts("L-1", TODAY - 100 * DAY, TODAY + 100 * DAY)
PARTY = PartyFacts(id=5, name="First Hospital", has_licence=True)
LINE = LineFacts(
    key=1,
    scope=Scope(company_id=1),
    product_id=3,
    product_name="Knee implant",
    device_class="III",
    is_tracked=True,
    has_expiry=True,
    quantity=Decimal(1),
    origin="internal",
    destination="customer",
    picking_id=9,
    lot=LOT,
    party=PARTY,
    covering=(LICENCE,),
    now=NOW,
    today=TODAY,
    delivery_day=TODAY,
    min_days=30,
    min_percent=Decimal(10),
)


def line(*, lot: dict | str | None = "as it is", **facts) -> LineFacts:
    """LINE with other facts; ``lot={...}`` changes facts of its lot, ``lot=None`` takes it away."""
    if lot != "as it is":
        facts["lot"] = None if lot is None else replace(LOT, **lot)
    return replace(LINE, **facts)


def at(now: datetime, zone=SHANGHAI, **facts) -> LineFacts:
    """The line at this instant; which day it is, the company's zone says."""
    today = now.astimezone(zone).date()
    return line(now=now, today=today, delivery_day=today, **facts)


def expires(instant: datetime, zone=SHANGHAI) -> dict:
    return {"expiry": instant.astimezone(UTC), "expiry_day": instant.astimezone(zone).date()}


def licence(start: int | None, end: int | None, number: str = "L-1") -> LicenceFacts:
    """Valid from ``start`` to ``end`` days from today."""
    return LicenceFacts(
        number,
        None if start is None else TODAY + start * DAY,
        None if end is None else TODAY + end * DAY,
    )
