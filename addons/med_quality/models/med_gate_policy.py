from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..lib.policy import Policy, PolicyBook
from .med_gate_policy_values import CHECKPOINTS, VALUES


class MedGatePolicy(models.Model):
    """Says where a rule applies and what it does. Rules are code, policies are dated data.

    People change one by a signed proposal (``med.gate.policy.change``) that shows first what it
    would have done; only the system writes here, and what it writes is evidence.
    """

    _name = "med.gate.policy"
    _inherit = ["med.gate.policy.values", "med.evidence.tracked"]
    _description = "Gate policy"
    _order = "rule, date_from desc, id desc"
    _rec_name = "rule"

    active = fields.Boolean(default=True)

    _evidence_fields = ("active", *VALUES)

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for policy in self:
            if policy.date_to and policy.date_to < policy.date_from:
                raise ValidationError(
                    self.env._(
                        "The policy for “%(rule)s” ends on %(to)s, before it starts on %(from)s. Correct the dates.",
                        rule=policy.display_name,
                        to=policy.date_to,
                        **{"from": policy.date_from},
                    )
                )

    @api.depends("rule")
    def _compute_display_name(self):
        labels = self.env["med.gate"]._rule_labels()
        for policy in self:
            policy.display_name = labels.get(policy.rule, policy.rule)

    @api.model
    def _book(self, company, day):
        """The policies in force for ``company`` on ``day`` as a pure :class:`PolicyBook`."""
        return self._book_cached(company.id, company._med_place()[1], company.med_profile or None, day)

    @tools.ormcache("company_id", "country_id", "profile", "day")
    def _book_cached(self, company_id, country_id, profile, day):
        # sudo: the gate judges by all policies, whoever moves the goods
        policies = self.sudo().search(self._book_domain(company_id, country_id, profile) & self._in_force(day))
        return PolicyBook(policy._frozen() for policy in policies)

    @api.model
    def _book_domain(self, company_id, country_id, profile):
        return Domain(
            [
                ("company_id", "in", (False, company_id)),
                ("country_id", "in", (False, country_id)),
                ("profile", "in", (False, profile)),
            ]
        )

    @api.model
    def _in_force(self, day):
        # `active` is named: a context key of a client must not bring archived ones back
        dated = Domain("date_from", "<=", day) & (Domain("date_to", "=", False) | Domain("date_to", ">=", day))
        return Domain("active", "=", True) & dated

    @api.model
    def _freeze(self, values, policy_id):
        """The pure policy of a record with the fields of a policy, in force or proposed."""
        return Policy(
            id=policy_id,
            rule=values.rule,
            effect=values.effect,
            checkpoints=frozenset(name for name in CHECKPOINTS if values[f"at_{name}"]),
            company_id=values.company_id.id or None,
            picking_type_id=values.picking_type_id.id or None,
            product_category_id=values.product_category_id.id or None,
            partner_category_id=values.partner_category_id.id or None,
            country_id=values.country_id.id or None,
            is_profile=bool(values.profile),
            limit_days=values.limit_days,
            override_role=values.override_role,
            override_hours=values.override_hours,
            source=values.source or "",
        )

    def _frozen(self):
        return self._freeze(self, self.id)

    def _med_check_signed(self):
        """Only the system and signed proposals write policies; they do so as superuser."""
        if not self.env.su:
            raise UserError(
                self.env._("A policy changes by a signed proposal only. Open it and press “Propose a change”.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        self._med_check_signed()
        policies = super().create(vals_list)
        self.env.registry.clear_cache()
        return policies

    def write(self, vals):
        self.check_access("write")
        self._med_check_signed()
        res = super().write(vals)
        self.env.registry.clear_cache()
        return res

    def unlink(self):
        res = super().unlink()
        self.env.registry.clear_cache()
        return res

    def action_propose(self):
        """Begin a proposal that says what this policy says now."""
        self.ensure_one()
        values = {}
        for name in VALUES:
            value = self[name]
            values[f"default_{name}"] = value.id if self._fields[name].type == "many2one" else value
        values["default_date_from"] = fields.Date.to_string(fields.Date.context_today(self))
        values["default_note"] = False
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Propose a change"),
            "res_model": "med.gate.policy.change",
            "views": [(False, "form")],
            "context": {**values, "default_policy_id": self.id},
        }
