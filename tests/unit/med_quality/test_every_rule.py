"""No rule without its boundaries: each one has tests that name it and every problem it can give.

A rule is found where it is registered, in whichever addon; a new one fails here until somebody
wrote down where it begins and ends.
"""

import ast
import importlib
from pathlib import Path
from types import SimpleNamespace

import pytest
from line_kit import LINE
from med_quality.lib import registry, remedies
from med_quality.lib.policy import Policy, PolicyBook

ROOT = Path(__file__).resolve().parents[3]
TESTS = [*ROOT.glob("tests/unit/*/test_rules*.py"), *ROOT.glob("addons/*/tests/test_rule*.py")]


def _decorators(tree):
    for node in ast.walk(tree):
        for call in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) == "rule":
                yield node, call


def _registered():
    """(code, clause, name and docstring of the judge, its file) of every rule of every addon."""
    for path in sorted(ROOT.glob("addons/*/*/*.py")):
        if path.parent.name in ("lib", "models"):
            for node, call in _decorators(ast.parse(path.read_text(encoding="utf-8"))):
                code, clause = (ast.literal_eval(argument) for argument in call.args)
                yield code, clause, node, path


RULES = {code: (clause, judge, path) for code, clause, judge, path in _registered()}


def _problems(code, judge):
    """What the judge says by name, and what helps against: constants of ``Finding`` and remedies."""
    named = {
        node.args[1].value
        for node in ast.walk(judge)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Finding"
        and isinstance(node.args[1], ast.Constant)
    }
    return named | {problem for rule, problem in remedies._REMEDIES if rule == code}


def _words(path):
    """Every string and every name a test file says."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    strings = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return strings | {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}


def _import_pure_rules():
    """The rules that need no Odoo, so that their remedies are known."""
    for path in {path for _clause, _judge, path in RULES.values() if path.parent.name == "lib"}:
        importlib.import_module(f"{path.parents[1].name}.lib.{path.stem}")


_import_pure_rules()
STATUSES = {"quarantine", "on_hold", "rejected", "recalled", "package_on_hold"}


@pytest.mark.parametrize("code", RULES)
def test_every_rule_has_a_table_that_names_every_problem(code):
    clause, judge, _path = RULES[code]
    assert clause.strip(), "a rule names the article it enforces"
    assert ast.get_docstring(judge), "a rule says what it is for"
    # problems that are the states of a lot are generated from the table of states
    wanted = _problems(code, judge) - STATUSES
    told = [words for words in map(_words, TESTS) if code in words or judge.name in words]
    assert told, f"{code}: write a table of its boundaries in tests/unit/{_path.parents[1].name}/test_rules_….py"
    missing = wanted - set().union(*told)
    assert not missing, f"{code}: no test names {sorted(missing)}"


def test_the_pure_rules_register_as_they_are_written():
    assert {code for code, rule in registry.rules().items() if rule.per_line} >= {
        code for code, (_clause, _judge, path) in RULES.items() if path.parent.name == "lib"
    }


@pytest.mark.parametrize("effect", ["block", "override", "warn"])
@pytest.mark.parametrize("code", sorted(code for code, rule in registry.rules().items() if rule.per_line))
def test_a_rule_that_fails_on_its_facts_is_a_finding(code, effect):
    """A look-up that went wrong leaves facts of another shape; the line was not judged, so it stays."""
    book = PolicyBook([Policy(id=1, rule=code, effect=effect, checkpoints=frozenset({"ship"}))])
    [verdict] = registry.evaluate([SimpleNamespace(scope=LINE.scope)], book, "ship")
    assert (verdict.finding.rule, verdict.finding.problem) == (code, "unjudged")
    assert verdict.blocks == (effect != "warn")
