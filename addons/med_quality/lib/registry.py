"""The rules of the gate: a registry of pure functions with stable ids.

A rule gets facts and answers with a finding or nothing. It writes no sentence, reads no
clock and knows no policy; whether its finding blocks is decided by :mod:`.policy`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from . import remedies
from .facts import LineFacts
from .policy import Policy, PolicyBook
from .remedies import Remedy

Severity = Literal["stop", "signature", "warning"]
SEVERITIES: Mapping[str, Severity] = {"block": "stop", "override": "signature", "warn": "warning"}
Checkpoint = Literal["reserve", "scan", "review", "ship", "receive"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a line may not pass. ``problem`` picks the sentence, ``params`` fill it."""

    rule: str
    problem: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    line: LineFacts
    finding: Finding
    policy: Policy

    @property
    def severity(self) -> Severity:
        """`stop`: nothing helps but the remedy; `signature`: or somebody signs for it; `warning`."""
        return SEVERITIES.get(self.policy.effect, "stop")

    @property
    def blocks(self) -> bool:
        return self.severity != "warning"

    @property
    def clause(self) -> str:
        """The article this verdict rests on, in the jurisdiction of its policy."""
        known = _RULES.get(self.finding.rule)
        return self.policy.source or (known.clause if known else "")

    @property
    def remedy(self) -> Remedy:
        return remedies.find(self.finding.rule, self.finding.problem)


Judge = Callable[[LineFacts], Finding | None]


@dataclass(frozen=True, slots=True)
class Rule:
    code: str
    clause: str
    """The article this rule enforces, as `regulations` cite it."""
    judge: Judge
    per_line: bool


_RULES: dict[str, Rule] = {}


class DuplicateRuleError(ValueError):
    """Two functions claim the same rule id."""


def rule(code: str, clause: str) -> Callable[[Judge], Judge]:
    """Register a judge under a stable id; policies and evidence refer to that id."""

    def register(judge: Judge) -> Judge:
        if code in _RULES and _origin(_RULES[code].judge) != _origin(judge):
            raise DuplicateRuleError(code)
        _RULES[code] = Rule(code, clause, judge, per_line=True)
        return judge

    return register


def _origin(judge: Judge) -> tuple[str, str]:
    """Where a judge is written; a module that is loaded twice registers the same again."""
    return judge.__module__, judge.__qualname__


def door(code: str, clause: str) -> None:
    """Register a rule that guards a way of writing instead of judging a movement."""
    if code in _RULES and _RULES[code].per_line:
        raise DuplicateRuleError(code)
    _RULES[code] = Rule(code, clause, lambda line: None, per_line=False)


def rules() -> Mapping[str, Rule]:
    return dict(_RULES)


def evaluate(lines: Iterable[LineFacts], book: PolicyBook, checkpoint: str) -> list[Verdict]:
    """Every finding of every line at ``checkpoint`` that a policy makes matter.

    A rule that fails on its facts is a finding as well: what cannot be judged does not pass.
    """
    verdicts: list[Verdict] = []
    for line in lines:
        for policy in book.choose(line.scope, checkpoint):
            judged = _RULES.get(policy.rule)
            if judged is not None and not judged.per_line:
                continue
            try:
                if judged is None:
                    # a policy asks for a rule that nobody knows any more
                    finding: Finding | None = Finding(policy.rule, "unjudged")
                else:
                    asked = replace(line, limit_days=policy.limit_days) if policy.limit_days else line
                    finding = judged.judge(asked)
            except Exception:  # noqa: BLE001 - whatever went wrong, the line was not judged
                finding = Finding(policy.rule, "unjudged")
            if finding is not None:
                verdicts.append(Verdict(line, finding, policy))
    return verdicts
