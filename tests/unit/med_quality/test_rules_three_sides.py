"""Our own licence on the day of the trade, the supplier's on the day he delivered, and the UDI duty."""

from dataclasses import replace

import pytest
from line_kit import DAY, TODAY, line
from med_quality.lib.facts import LicenceFacts, SideFacts
from med_quality.lib.rules_first_approval import FACT as APPROVED
from med_quality.lib.rules_first_approval import partner_not_approved, product_not_approved
from med_quality.lib.rules_three_sides import own_licence_invalid, owner_licence_invalid, supplier_licence_invalid
from med_quality.lib.rules_udi import FACT, UdiFacts, udi_missing


def licence(start, end):
    return LicenceFacts("L-1", TODAY + start * DAY, TODAY + end * DAY)


def side(*covering, has=True):
    return SideFacts("Somebody", has, covering)


@pytest.mark.parametrize(
    ("own", "problem"),
    [
        (None, "missing"),
        (side(has=False), "missing"),
        (side(), "out_of_scope"),
        (side(licence(-9, 0)), None),
        (side(licence(0, 9)), None),
        (side(licence(-9, -1)), "expired"),
        (side(licence(1, 9)), "not_yet"),
        (side(licence(-9, -1), licence(-1, 5)), None),
    ],
)
def test_our_own_licence_counts_today(own, problem):
    finding = own_licence_invalid(line(own=own))
    assert (finding and finding.problem) == problem


def test_class_one_and_moves_inside_the_house_need_none():
    assert own_licence_invalid(line(own=None, device_class="I")) is None
    assert own_licence_invalid(line(own=None, destination="internal")) is None
    assert own_licence_invalid(line(own=None, destination="internal", origin="supplier")).problem == "missing"


@pytest.mark.parametrize(
    ("received", "source", "problem"),
    [
        (-30, side(licence(-90, -30)), None),
        (-29, side(licence(-90, -30)), "expired"),
        (-91, side(licence(-90, -30)), "not_yet"),
        (-30, side(has=False), "missing"),
        (-30, side(), "out_of_scope"),
        (-30, None, None),
    ],
)
def test_the_suppliers_licence_counts_on_the_day_he_delivered(received, source, problem):
    facts = line(source=source)
    facts = replace(facts, lot=replace(facts.lot, received_day=TODAY + received * DAY))
    finding = supplier_licence_invalid(facts)
    assert (finding and finding.problem) == problem


@pytest.mark.parametrize(
    ("owner", "problem"),
    [
        (None, None),
        (side(has=False), "missing"),
        (side(), "out_of_scope"),
        (side(licence(-9, 0)), None),
        (side(licence(-9, -1)), "expired"),
        (side(licence(1, 9)), "not_yet"),
    ],
)
def test_whom_the_goods_are_kept_for_is_licensed_today(owner, problem):
    finding = owner_licence_invalid(line(owner=owner))
    assert (finding and finding.problem) == problem
    assert owner_licence_invalid(line(owner=owner, destination="internal")) is None
    assert owner_licence_invalid(line(owner=owner, device_class="I")) is None


@pytest.mark.parametrize(
    ("has_di", "duty", "made", "problem"),
    [
        (True, -100, -5, None),
        (False, None, -5, None),
        (False, -100, -101, None),
        (False, -100, -100, "missing"),
        (False, -100, None, "unknown_day"),
        (False, 1, None, None),
        (False, 0, None, "unknown_day"),
    ],
)
def test_udi_duty_by_production_day(has_di, duty, made, problem):
    udi = UdiFacts(has_di, None if duty is None else TODAY + duty * DAY)
    facts = line(lot={"production_day": None if made is None else TODAY + made * DAY}, extra={FACT: udi})
    finding = udi_missing(facts)
    assert (finding and finding.problem) == problem


def test_what_could_not_be_read_is_not_approved():
    assert product_not_approved(line(extra={APPROVED: "product:1"})).problem == "missing"
    known = line()
    key = frozenset({f"product:{known.scope.company_id}", f"customer:{known.scope.company_id}"})
    assert product_not_approved(line(extra={APPROVED: key})) is None
    assert partner_not_approved(line()).problem == "customer"
    assert partner_not_approved(replace(known, party=replace(known.party, approved_as=key))) is None
    assert partner_not_approved(line(party=None)).problem == "no_party"
    assert partner_not_approved(line(device_class="I")) is None
