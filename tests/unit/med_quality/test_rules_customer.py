"""A customer who takes nothing older than he has, and few lots at once."""

from dataclasses import replace

import pytest
from line_kit import DAY, TODAY, line
from med_quality.lib.rules_customer import FACT, CustomerFacts, older_than_last, too_many_lots


def asked(asks, expiry_day=TODAY + 100 * DAY, **values):
    facts = line(extra={FACT: asks} if asks else {}, **values)
    return replace(facts, lot=replace(facts.lot, expiry_day=expiry_day))


@pytest.mark.parametrize(
    ("last", "expiry", "problem"),
    [
        (None, 1, None),
        (100, 99, "older"),
        (100, 100, None),
        (100, 101, None),
        (100, None, "no_expiry"),
        (None, None, None),
    ],
)
def test_nothing_expires_before_what_the_customer_has(last, expiry, problem):
    asks = CustomerFacts(last_expiry=None if last is None else TODAY + last * DAY)
    finding = older_than_last(asked(asks, None if expiry is None else TODAY + expiry * DAY))
    assert (finding and finding.problem) == problem
    if problem == "older":
        assert finding.params == {"expiry": (TODAY + 99 * DAY).isoformat(), "last": (TODAY + 100 * DAY).isoformat()}


def test_only_customers_ask_and_only_of_goods_that_expire():
    asks = CustomerFacts(last_expiry=TODAY + 200 * DAY, max_lots=1, lots=frozenset({1, 2}))
    assert older_than_last(asked(asks)).problem == "older"
    assert older_than_last(asked(asks, has_expiry=False)) is None
    assert older_than_last(asked(None)) is None
    assert older_than_last(replace(asked(asks), lot=None)) is None
    for rule in (older_than_last, too_many_lots):
        assert rule(asked(asks, destination="internal")) is None
        assert rule(asked(asks, destination="production")) is None


@pytest.mark.parametrize(
    ("limit", "others", "problem"),
    [
        (0, {90, 91, 92}, None),
        (1, set(), None),
        (1, {"own"}, None),
        (1, {90}, "more"),
        (2, {90}, None),
        (2, {90, "own"}, None),
        (2, {90, 91}, "more"),
        (2, {90, "NAMED"}, "more"),
    ],
)
def test_no_more_lots_than_the_customer_takes(limit, others, problem):
    facts = asked(None)
    lots = frozenset(facts.lot.id if lot == "own" else lot for lot in others)
    facts = replace(facts, extra={FACT: CustomerFacts(max_lots=limit, lots=lots)})
    finding = too_many_lots(facts)
    assert (finding and finding.problem) == problem
    if problem:
        assert finding.params == {"count": limit + 1, "limit": limit}


def test_a_line_without_a_lot_counts_those_of_the_others():
    facts = replace(asked(None), lot=None, extra={FACT: CustomerFacts(max_lots=1, lots=frozenset({1, 2}))})
    assert too_many_lots(facts).problem == "more"
