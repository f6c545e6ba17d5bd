"""The engine: every finding of every line, and what cannot be judged does not pass."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_kit import DAY, LINE, NOW, expires, line
from med_quality.lib import registry, rules
from med_quality.lib.facts import Scope
from med_quality.lib.policy import Policy, PolicyBook
from med_quality.lib.registry import DuplicateRuleError, Finding, Rule, evaluate

CODES = (
    "expired",
    "licence_invalid",
    "lot_missing",
    "lot_not_released",
    "no_picking",
    "shelf_life_short",
)


@pytest.fixture
def own_rules(monkeypatch):
    """Rules registered by the test are gone after it."""
    monkeypatch.setattr(registry, "_RULES", dict(registry._RULES))
    return registry._RULES


def book(*codes, effect="block", checkpoint="ship"):
    return PolicyBook(
        Policy(id=i, rule=code, effect=effect, checkpoints=frozenset({checkpoint}))
        for i, code in enumerate(codes or CODES, 1)
    )


BAD = line(
    lot={"status": "on_hold", **expires(NOW - DAY)},
    covering=(),
    picking_id=None,
    min_days=30,
    min_percent=Decimal(0),
)
BAD_FINDINGS = [
    ("expired", "past"),
    ("licence_invalid", "out_of_scope"),
    ("lot_not_released", "on_hold"),
    ("no_picking", "bare_move"),
    ("shelf_life_short", "short"),
]


def found(verdicts):
    return [(verdict.finding.rule, verdict.finding.problem) for verdict in verdicts]


def test_a_good_line_passes():
    assert evaluate([LINE], book(), "ship") == []


def test_every_finding_of_a_line_is_told_at_once():
    assert found(evaluate([BAD], book(), "ship")) == BAD_FINDINGS


def test_every_line_is_judged_in_its_order():
    lines = [line(key=1), line(key=2, picking_id=None), line(key=3), line(key=4, lot=None)]
    verdicts = evaluate(lines, book(), "ship")
    assert [(v.line.key, v.finding.rule) for v in verdicts] == [
        (2, "no_picking"),
        (4, "lot_missing"),
    ]


@given(st.lists(st.booleans(), max_size=20), st.permutations(CODES), st.sets(st.sampled_from(CODES)))
def test_the_findings_are_those_of_each_line_and_rule_alone(bad, order, used):
    codes = [code for code in order if code in used]
    lines = [BAD if is_bad else LINE for is_bad in bad]
    policies = book(*codes) if codes else PolicyBook([])
    alone = [finding for is_bad in bad if is_bad for finding in BAD_FINDINGS if finding[0] in used]
    assert found(evaluate(lines, policies, "ship")) == alone


@pytest.mark.parametrize("effect", ["block", "override", "warn"])
def test_the_effect_is_the_policys_and_the_finding_is_the_same(effect):
    (verdict,) = evaluate([line(picking_id=None)], book("no_picking", effect=effect), "ship")
    assert verdict.policy.effect == effect
    assert verdict.finding == Finding("no_picking", "bare_move")


def test_a_rule_that_is_off_finds_nothing():
    assert evaluate([BAD], book(effect="off"), "ship") == []


def test_a_rule_without_a_policy_does_nothing():
    assert found(evaluate([BAD], book("expired"), "ship")) == [("expired", "past")]
    assert evaluate([BAD], PolicyBook([]), "ship") == []


def test_a_policy_at_another_checkpoint_does_nothing():
    assert evaluate([BAD], book(checkpoint="review"), "ship") == []


def test_each_line_has_the_policies_of_its_own_scope():
    only_two = PolicyBook(
        [
            Policy(
                id=1,
                rule="no_picking",
                effect="block",
                checkpoints=frozenset({"ship"}),
                picking_type_id=2,
            )
        ]
    )
    lines = [
        line(key=1, picking_id=None, scope=Scope(company_id=1, picking_type_id=1)),
        line(key=2, picking_id=None, scope=Scope(company_id=1, picking_type_id=2)),
    ]
    assert [v.line.key for v in evaluate(lines, only_two, "ship")] == [2]


@pytest.mark.parametrize("error", [KeyError("x"), TypeError(), ZeroDivisionError(), RecursionError()])
def test_a_rule_that_fails_is_a_finding(own_rules, error):
    @registry.rule("broken", "nowhere")
    def broken(_line):
        raise error

    verdicts = evaluate([LINE, line(key=2)], book("broken", "no_picking"), "ship")
    assert found(verdicts) == [("broken", "unjudged")] * 2


def test_a_broken_rule_does_not_silence_the_others(own_rules):
    @registry.rule("broken", "nowhere")
    def broken(_line):
        raise ValueError

    verdicts = evaluate([BAD], book("broken", *CODES), "ship")
    assert found(verdicts) == [("broken", "unjudged"), *BAD_FINDINGS]


def test_facts_that_do_not_fit_are_unjudged_not_passed():
    mixed = line(delivery_day=None)  # nobody says when it is delivered
    assert found(evaluate([mixed], book("shelf_life_short"), "ship")) == [("shelf_life_short", "unjudged")]


def test_a_door_judges_no_line():
    assert evaluate([BAD], book("history_edit", "state_write", "quant_write", "lot_identity"), "ship") == []


def test_a_policy_for_a_rule_that_nobody_knows_blocks():
    assert [verdict.finding.problem for verdict in evaluate([BAD], book("of_another_addon"), "ship")] == ["unjudged"]


# Registering -----------------------------------------------------------------------------


def test_an_id_belongs_to_one_rule(own_rules):
    with pytest.raises(DuplicateRuleError):
        registry.rule("expired", "elsewhere")(lambda line: None)
    assert own_rules["expired"].judge is rules.expired


def test_a_namesake_in_another_module_is_another_rule(own_rules):
    def expired(line):
        return None

    expired.__qualname__ = "expired"
    with pytest.raises(DuplicateRuleError):
        registry.rule("expired", "elsewhere")(expired)
    assert own_rules["expired"].judge is rules.expired


def test_a_door_does_not_take_the_place_of_a_rule(own_rules):
    with pytest.raises(DuplicateRuleError):
        registry.door("expired", "elsewhere")
    assert own_rules["expired"].per_line


def test_a_rule_does_not_take_the_place_of_a_door(own_rules):
    with pytest.raises(DuplicateRuleError):
        registry.rule("history_edit", "elsewhere")(lambda line: None)
    assert not own_rules["history_edit"].per_line


def test_registering_the_same_again_is_no_mistake(own_rules):
    """A module may be loaded twice."""
    registry.rule("expired", "GSP 87(3)")(rules.expired)
    registry.door("history_edit", "GSP 21")
    assert own_rules["expired"].judge is rules.expired


def test_the_register_cannot_be_changed_from_outside():
    registry.rules().pop("expired")
    assert isinstance(registry.rules()["expired"], Rule)
