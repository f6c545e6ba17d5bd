"""The arithmetic of signing, of unusual patterns and of retention."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_evidence.lib import patterns, retention, signing

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({"continuous": False, "totp": False}, ("login", "password")),
        ({"continuous": False, "totp": True}, ("login", "password", "totp")),
        ({"continuous": False, "totp": True, "login_counts": True}, ("password", "totp")),
        ({"continuous": True, "totp": True}, ("password",)),
    ],
)
def test_the_first_signature_takes_every_component_the_next_the_secret_one(facts, wanted):
    assert signing.needed(**facts) == wanted


def test_a_passkey_is_two_components_in_one_act():
    assert signing.missing(["passkey"], ("login", "password", "totp")) == ()
    assert signing.missing(["password"], ("login", "password")) == ("login",)


@pytest.mark.parametrize(
    ("last", "failures", "expected"),
    [
        (NOW - 10 * MINUTE, [], True),
        (NOW - 10 * MINUTE - timedelta(seconds=1), [], False),
        (NOW - MINUTE, [NOW], False),
        (NOW + MINUTE, [], False),
        (None, [], False),
    ],
)
def test_a_session_goes_on_without_a_pause_and_without_a_failure(last, failures, expected):
    assert signing.is_continuous(last, NOW, failures, 10 * MINUTE) is expected


def _locked(minutes, limit=3):
    times = [NOW + m * MINUTE for m in minutes]
    return signing.locked_until(times, limit=limit, window=10 * MINUTE, duration=30 * MINUTE)


def test_a_lock_counts_from_the_last_failure_of_a_window():
    assert _locked([0, 5]) is None
    assert _locked([0, 5, 10]) == NOW + 40 * MINUTE
    assert _locked([0, 5, 11]) is None
    assert _locked([0, 5, 10, 18]) == NOW + 40 * MINUTE
    assert _locked([0, 0], limit=0) is None


@given(st.lists(st.integers(0, 200)), st.integers(0, 200))
def test_one_more_failure_never_shortens_a_lock(minutes, more):
    before, after = _locked(minutes), _locked([*minutes, more])
    assert before is None or (after is not None and after >= before)


# Patterns --------------------------------------------------------------------------------


def _acts(*seconds, user=1, act=None):
    return [
        patterns.Act(n, user, None, "signature", NOW + timedelta(seconds=s), NOW + timedelta(seconds=s), act)
        for n, s in enumerate(seconds)
    ]


def test_many_within_a_time_is_one_finding_per_cluster():
    found = patterns.crowded(_acts(0, 10, 20, 1000, 2000, 2010, 2020), 3, timedelta(seconds=30))
    assert [finding.event_ids for finding in found] == [(0, 1, 2), (4, 5, 6)]


def test_two_people_are_not_one():
    mixed = _acts(0, 10) + _acts(5, 15, user=2)
    assert patterns.crowded(mixed, 3, MINUTE) == []


def test_one_right_after_the_other():
    found = patterns.back_to_back(_acts(0, 5, 10, 30, 35), 3, timedelta(seconds=10))
    assert [finding.event_ids for finding in found] == [(0, 1, 2)]


def test_the_records_of_one_series_are_one_act():
    assert patterns.back_to_back(_acts(0, 0, 0, 0, act="a"), 2, MINUTE) == []
    assert patterns.crowded(_acts(0, 0, 0, 0, act="a"), 2, MINUTE) == []


@pytest.mark.parametrize(
    ("hour", "day", "weekend", "expected"),
    [(21, 23, False, False), (22, 23, False, True), (5, 23, False, True), (6, 23, False, False), (12, 22, True, True)],
)
def test_night_crosses_midnight_and_may_take_in_the_weekend(hour, day, weekend, expected):
    assert patterns.is_night(datetime(2026, 11, day, hour, tzinfo=UTC), 22, 6, weekend=weekend) is expected


@given(st.lists(st.integers(0, 5000), max_size=40), st.integers(1, 6), st.integers(1, 600))
def test_findings_name_events_once_and_enough_of_them(seconds, limit, window):
    for judge in (patterns.crowded, patterns.back_to_back):
        found = judge(_acts(*seconds), limit, timedelta(seconds=window))
        named = [event for finding in found for event in finding.event_ids]
        assert len(named) == len(set(named))
        assert all(len(finding.event_ids) >= limit for finding in found)


# Retention -------------------------------------------------------------------------------

CHINA = [
    retention.Rule("expiry", years=2, years_without_expiry=5),
    retention.Rule("forever", implants_only=True),
]


@pytest.mark.parametrize(
    ("recorded", "expiry", "implant", "until"),
    [
        (date(2026, 11, 23), date(2027, 6, 30), False, date(2029, 6, 30)),
        (date(2026, 11, 23), None, False, date(2031, 11, 23)),
        (date(2026, 11, 23), date(2027, 6, 30), True, retention.FOREVER),
        (date(2024, 2, 29), None, False, date(2029, 3, 1)),
    ],
)
def test_chinas_rules(recorded, expiry, implant, until):
    assert retention.retain_until(CHINA, recorded=recorded, expiry=expiry, implant=implant) == until


def test_the_longest_rule_wins_and_no_rule_keeps_for_ever():
    europe = retention.Rule("record", years=10)
    assert retention.retain_until([*CHINA, europe], recorded=date(2026, 1, 1), expiry=date(2027, 1, 1)) == date(
        2036, 1, 1
    )
    assert retention.retain_until([], recorded=date(2026, 1, 1)) == retention.FOREVER


def _dated(market="cn", **values):
    rule = retention.Rule("record", values.pop("years", 5), implants_only=values.pop("implants_only", False))
    return retention.Dated(market, rule, date(2000, 1, 1), **{"is_signed": True, **values})


def _retained(*rules, **facts):
    facts = {"recorded": date(2020, 2, 3), "markets": ["cn"], **facts}
    return retention.retain(rules, "lot.status", **facts)


def test_a_rule_holds_for_its_market_kinds_and_days():
    assert _retained(_dated()) == date(2025, 2, 3)
    assert _retained(_dated("eu")) == retention.FOREVER
    assert _retained(_dated(), markets=[]) == retention.FOREVER
    assert _retained(_dated(), _dated("eu", years=10), markets=["cn", "eu"]) == date(2030, 2, 3)
    assert _retained(_dated(kinds=frozenset({"other"}))) == retention.FOREVER
    assert _retained(_dated(date_to=date(2019, 12, 31))) == retention.FOREVER


def test_a_rule_nobody_signed_is_never_passed_over_for_a_shorter_one():
    longer = _dated(years=15, implants_only=True, is_signed=False)
    assert _retained(_dated(), longer, implant=True) == retention.FOREVER
    assert _retained(_dated(), longer, implant=False) == date(2025, 2, 3)


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans(), st.booleans())), st.booleans())
def test_one_rule_more_never_shortens(rules, implant):
    dated = [_dated(years=years, implants_only=only, is_signed=signed) for years, only, signed in rules]
    ends = [_retained(*dated[: count + 1], implant=implant) for count in range(len(dated))]
    applying = [end for end, rule in zip(ends, dated, strict=True) if implant or not rule.rule.implants_only]
    known = [end for end in applying if end != retention.FOREVER]
    assert known == sorted(known)
    if applying and applying[0] == retention.FOREVER:
        assert not known
