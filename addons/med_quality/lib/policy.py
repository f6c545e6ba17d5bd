"""Which policy applies: the most specific one in force for a rule, a checkpoint and a scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .facts import Scope

Effect = Literal["block", "override", "warn", "off"]


@dataclass(frozen=True, slots=True)
class Policy:
    id: int
    rule: str
    effect: str
    checkpoints: frozenset[str]
    company_id: int | None = None
    picking_type_id: int | None = None
    product_category_id: int | None = None
    partner_category_id: int | None = None
    country_id: int | None = None
    is_profile: bool = False
    """It belongs to the profile of a jurisdiction, and so is more specific than the general one."""
    limit_days: int = 0
    """A number the rule measures against, where it knows one (days of life left, say)."""
    override_role: str = "quality"
    override_hours: int = 24
    source: str = ""
    """The article this policy rests on in its jurisdiction; empty: the rule's own."""

    def matches(self, scope: Scope) -> bool:
        return (
            self.company_id in (None, scope.company_id)
            and self.picking_type_id in (None, scope.picking_type_id)
            and (self.product_category_id is None or self.product_category_id in scope.product_category_ids)
            and (self.partner_category_id is None or self.partner_category_id in scope.partner_category_ids)
            and self.country_id in (None, scope.country_id)
        )

    def rank(self, scope: Scope) -> tuple[int, ...]:
        """Sorts the more specific first: operation, partner, product (deepest), company, country.

        Of two equally specific policies the stricter wins, then the younger.
        """
        depth = 0
        if self.product_category_id is not None:
            depth = scope.product_category_ids.index(self.product_category_id) + 1
        strictness = ("off", "warn", "override", "block").index(self.effect)
        return (
            self.picking_type_id is not None,
            self.partner_category_id is not None,
            depth,
            self.company_id is not None,
            (self.country_id is not None) + self.is_profile,
            strictness,
            self.id,
        )


class PolicyBook:
    """The policies in force on one day. Choosing is remembered per scope, so a thousand
    lines of one delivery choose once."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        self._policies = tuple(policies)
        # What nobody's policy asks about need not be read.
        self.uses_product_categories = any(policy.product_category_id for policy in self._policies)
        self.uses_partner_categories = any(policy.partner_category_id for policy in self._policies)
        self._chosen: dict[tuple[Scope, str], tuple[Policy, ...]] = {}

    def choose(self, scope: Scope, checkpoint: str) -> tuple[Policy, ...]:
        """One policy per rule, in the order of the rules' ids; policies that are off are left out."""
        key = (scope, checkpoint)
        if key not in self._chosen:
            best: dict[str, Policy] = {}
            for policy in self._policies:
                if checkpoint not in policy.checkpoints or not policy.matches(scope):
                    continue
                other = best.get(policy.rule)
                if other is None or policy.rank(scope) > other.rank(scope):
                    best[policy.rule] = policy
            self._chosen[key] = tuple(p for _, p in sorted(best.items()) if p.effect != "off")
        return self._chosen[key]

    def find(self, rule: str, scope: Scope, checkpoint: str) -> Policy | None:
        return next((policy for policy in self.choose(scope, checkpoint) if policy.rule == rule), None)

    def mentions(self, rule: str, scope: Scope) -> bool:
        """Whether anybody decided about ``rule``, be it to switch it off."""
        return any(policy.rule == rule and policy.company_id in (None, scope.company_id) for policy in self._policies)
