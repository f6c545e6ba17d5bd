"""Which policy applies: the most specific, whatever the order they come in."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_quality.lib.facts import Scope
from med_quality.lib.policy import Policy, PolicyBook

SHIP = frozenset({"ship"})
BASE = Policy(id=1, rule="expired", effect="block", checkpoints=SHIP)
SCOPE = Scope(
    company_id=1,
    picking_type_id=2,
    product_category_ids=(10, 11, 12),
    partner_category_ids=frozenset({20, 21}),
    country_id=48,
)
LIMITS = (
    "picking_type_id",
    "partner_category_id",
    "product_category_id",
    "company_id",
    "country_id",
)
FITTING = {
    "picking_type_id": 2,
    "partner_category_id": 20,
    "product_category_id": 12,
    "company_id": 1,
    "country_id": 48,
}
STRANGE = dict.fromkeys(LIMITS, 99)


def chosen(*policies, scope=SCOPE, checkpoint="ship", rule="expired"):
    policy = PolicyBook(policies).find(rule, scope, checkpoint)
    return policy and policy.id


def test_an_unlimited_policy_fits_everything():
    assert chosen(BASE) == 1
    assert chosen(BASE, scope=Scope(company_id=99)) == 1


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_fits_its_own_and_nothing_else(limit):
    assert chosen(replace(BASE, **{limit: FITTING[limit]})) == 1
    assert chosen(replace(BASE, **{limit: STRANGE[limit]})) is None


@pytest.mark.parametrize("limit", [limit for limit in LIMITS if limit != "company_id"])
def test_a_limit_does_not_fit_what_is_not_known(limit):
    assert chosen(replace(BASE, **{limit: FITTING[limit]}), scope=Scope(company_id=1)) is None


@pytest.mark.parametrize("category", [10, 11, 12])
def test_a_category_fits_everything_below_it(category):
    assert chosen(replace(BASE, product_category_id=category)) == 1


@pytest.mark.parametrize(("checkpoint", "found"), [("ship", 1), ("review", None), ("", None)])
def test_a_policy_speaks_at_its_checkpoints_only(checkpoint, found):
    assert chosen(BASE, checkpoint=checkpoint) == found


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limited_policy_wins_over_an_unlimited_one(limit):
    assert (
        chosen(
            replace(BASE, id=9, effect="block"),
            replace(BASE, id=2, effect="warn", **{limit: FITTING[limit]}),
        )
        == 2
    )


@pytest.mark.parametrize(("stronger", "weaker"), itertools.pairwise(LIMITS))
def test_the_order_of_the_limits(stronger, weaker):
    strong = replace(BASE, id=1, effect="warn", **{stronger: FITTING[stronger]})
    weak = replace(BASE, id=2, effect="block", **{weaker: FITTING[weaker]})
    assert chosen(strong, weak) == chosen(weak, strong) == 1


def test_the_deeper_category_wins():
    policies = [replace(BASE, id=category, product_category_id=category) for category in (12, 10, 11)]
    assert chosen(*policies) == 12


@pytest.mark.parametrize(
    ("one", "other", "winner"),
    [("off", "warn", 2), ("warn", "override", 2), ("override", "block", 2), ("block", "off", 1)],
)
def test_of_equals_the_stricter_wins(one, other, winner):
    first, second = replace(BASE, id=1, effect=one), replace(BASE, id=2, effect=other)
    assert chosen(first, second) == chosen(second, first) == winner


def test_of_equals_the_younger_wins():
    assert chosen(BASE, replace(BASE, id=2)) == chosen(replace(BASE, id=2), BASE) == 2


def test_a_specific_policy_can_switch_a_rule_off():
    off = replace(BASE, id=2, effect="off", product_category_id=12)
    assert chosen(BASE, off) is None
    assert chosen(BASE, off, scope=replace(SCOPE, product_category_ids=(10, 11))) == 1


def test_one_policy_per_rule_in_the_order_of_the_rules():
    book = PolicyBook([replace(BASE, id=i, rule=rule) for i, rule in enumerate("cabba")])
    assert [policy.rule for policy in book.choose(SCOPE, "ship")] == ["a", "b", "c"]


def test_nothing_in_force_chooses_nothing():
    assert PolicyBook([]).choose(SCOPE, "ship") == ()
    assert PolicyBook([BASE]).find("other", SCOPE, "ship") is None


limit = st.sampled_from((None, 1, 2, 10, 11, 12, 20, 48, 99))
policies = st.lists(
    st.builds(
        Policy,
        id=st.integers(1, 1000),
        rule=st.sampled_from(("expired", "no_picking", "lot_missing")),
        effect=st.sampled_from(("block", "override", "warn", "off")),
        checkpoints=st.frozensets(st.sampled_from(("reserve", "review", "ship"))),
        company_id=limit,
        picking_type_id=limit,
        product_category_id=limit,
        partner_category_id=limit,
        country_id=limit,
    ),
    unique_by=lambda policy: policy.id,
    max_size=12,
)
scopes = st.builds(
    Scope,
    company_id=st.sampled_from((1, 2)),
    picking_type_id=limit,
    product_category_ids=st.sampled_from(((), (10,), (10, 11), (10, 11, 12), (11,))),
    partner_category_ids=st.frozensets(st.sampled_from((20, 21))),
    country_id=limit,
)


@given(st.data(), policies, scopes, st.sampled_from(("reserve", "review", "ship", "receive")))
def test_the_choice_does_not_depend_on_the_order(data, found, scope, checkpoint):
    shuffled = data.draw(st.permutations(found))
    first, second = PolicyBook(found), PolicyBook(shuffled)
    assert first.choose(scope, checkpoint) == second.choose(scope, checkpoint)
    assert first.choose(scope, checkpoint) == first.choose(scope, checkpoint)


@given(policies, scopes, st.sampled_from(("reserve", "review", "ship")))
def test_what_is_chosen_applies_and_nothing_more_specific_does(found, scope, checkpoint):
    for policy in PolicyBook(found).choose(scope, checkpoint):
        assert policy.effect != "off"
        assert checkpoint in policy.checkpoints
        assert policy.matches(scope)
        rivals = [p for p in found if p.rule == policy.rule and checkpoint in p.checkpoints and p.matches(scope)]
        assert all(rival.rank(scope) <= policy.rank(scope) for rival in rivals)


@given(policies, st.lists(scopes, max_size=6))
def test_what_is_remembered_is_what_would_be_chosen_anew(found, asked):
    book = PolicyBook(found)
    for scope in asked + asked:
        assert book.choose(scope, "ship") == PolicyBook(found).choose(scope, "ship")
