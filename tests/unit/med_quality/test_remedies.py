"""Every problem a rule of this addon can find has a remedy and a role; packages on hold; replays."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from line_kit import TODAY, licence, line
from med_quality.lib import registry, remedies, rules, what_if
from med_quality.lib.policy import Policy, PolicyBook

HELD = {"held_packages": frozenset({7})}
CHECKPOINTS = frozenset({"reserve", "ship"})


@pytest.mark.parametrize(
    ("package", "found"), [(7, "package_on_hold"), (8, None), (None, None)], ids=["held", "another", "none"]
)
def test_a_package_on_hold_stays_and_the_rest_leaves(package: int | None, found: str | None) -> None:
    finding = rules.lot_not_released(line(lot=HELD, package_id=package))
    assert (finding and finding.problem) == found


def test_a_package_on_hold_goes_back_to_the_supplier() -> None:
    assert rules.lot_not_released(line(lot=HELD, package_id=7, destination="supplier")) is None


@pytest.mark.parametrize(("left", "stops"), [(59, True), (60, False), (61, False)])
def test_the_limit_of_a_policy_is_what_a_rule_measures_against(left: int, stops: bool) -> None:
    facts = line(lot={"expiry_day": TODAY + timedelta(days=left)}, min_days=0, min_percent=Decimal(0))
    book = PolicyBook([Policy(1, "shelf_life_short", "block", CHECKPOINTS, limit_days=60)])
    assert bool(registry.evaluate([facts], book, "ship")) is stops


def test_a_policy_for_a_rule_that_nobody_knows_blocks() -> None:
    book = PolicyBook([Policy(1, "no_such_rule", "block", CHECKPOINTS)])
    (verdict,) = registry.evaluate([line()], book, "ship")
    assert (verdict.finding.problem, verdict.blocks, verdict.clause) == ("unjudged", True, "")
    assert verdict.remedy == remedies.ASK_QUALITY


def test_the_clause_is_the_policys_where_it_names_one() -> None:
    book = PolicyBook([Policy(1, "expired", "override", CHECKPOINTS, source="MDR 14(2)")])
    (verdict,) = registry.evaluate([line(lot={"expiry": None, "expiry_day": None})], book, "ship")
    assert (verdict.clause, verdict.severity) == ("MDR 14(2)", "signature")


def test_a_profile_is_more_specific_than_the_general_policy() -> None:
    general = Policy(2, "expired", "block", CHECKPOINTS)
    profile = Policy(1, "expired", "off", CHECKPOINTS, is_profile=True)
    assert PolicyBook([general, profile]).choose(line().scope, "ship") == ()


def test_a_licence_that_ends_earlier_stops_from_the_day_after() -> None:
    facts = [
        replace(line(covering=(licence(-100, 365),)), today=TODAY + timedelta(days=days), key=days)
        for days in (29, 30, 31)
    ]
    number, party = facts[0].covering[0].number, facts[0].party
    assert party is not None
    book = what_if.DatedBook([what_if.DatedPolicy(Policy(1, "licence_invalid", "block", CHECKPOINTS), date.min, None)])
    last = TODAY + timedelta(days=30)
    changes = list(
        what_if.replay(
            facts,
            book,
            book,
            "ship",
            lambda each: what_if.with_licence_ending(each, number, frozenset({party.id}), last),
        )
    )
    assert [(change.line.key, change.stops) for change in changes] == [(31, True)]
