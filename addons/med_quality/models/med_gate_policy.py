from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..lib import registry
from ..lib.policy import Policy, PolicyBook

CHECKPOINTS = ("reserve", "scan", "review", "ship", "receive")


class MedGatePolicy(models.Model):
    """Says where a rule applies and what it does. Rules are code, policies are dated data."""

    _name = "med.gate.policy"
    _inherit = ["med.evidence.tracked"]
    _description = "Gate policy"
    _order = "rule, date_from desc, id desc"
    _rec_name = "rule"

    rule = fields.Selection(selection="_selection_rule", required=True, index=True)
    effect = fields.Selection(
        [
            ("block", "Block"),
            ("override", "Block unless overridden by signature"),
            ("warn", "Warn and record"),
            ("off", "Do not apply"),
        ],
        required=True,
        default="block",
    )
    at_reserve = fields.Boolean("At reservation", default=True)
    at_scan = fields.Boolean("At scan", default=True)
    at_review = fields.Boolean("At review", default=True)
    at_ship = fields.Boolean("At shipping", default=True)
    at_receive = fields.Boolean("At receipt")
    date_from = fields.Date("In force from", required=True, default=fields.Date.context_today)
    date_to = fields.Date("In force to", help="The last day. Empty: until replaced.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", "Company", help="Empty: all companies.", index=True)
    picking_type_id = fields.Many2one("stock.picking.type", "Operation type", check_company=True)
    product_category_id = fields.Many2one("product.category", "Product category", help="With everything below it.")
    partner_category_id = fields.Many2one("res.partner.category", "Partner tag")
    country_id = fields.Many2one("res.country", "Jurisdiction", help="Applies to companies of this country.")
    clause = fields.Char("Source", compute="_compute_clause")
    note = fields.Text("Why", translate=True)

    _evidence_fields = (
        "rule",
        "effect",
        "at_reserve",
        "at_scan",
        "at_review",
        "at_ship",
        "at_receive",
        "date_from",
        "date_to",
        "active",
        "company_id",
        "picking_type_id",
        "product_category_id",
        "partner_category_id",
        "country_id",
        "note",
    )

    @api.model
    def _selection_rule(self):
        """Every registered rule with its name in the user's language."""
        labels = self.env["med.gate"]._rule_labels()
        return [(code, labels.get(code, code)) for code in registry.rules()]

    @api.depends("rule")
    def _compute_clause(self):
        rules = registry.rules()
        for policy in self:
            policy.clause = rules[policy.rule].clause if policy.rule in rules else False

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
        return self._book_cached(company.id, company._med_place()[1], day)

    @tools.ormcache("company_id", "country_id", "day")
    def _book_cached(self, company_id, country_id, day):
        domain = Domain(
            [
                ("date_from", "<=", day),
                ("company_id", "in", (False, company_id)),
                ("country_id", "in", (False, country_id)),
            ]
        ) & (Domain("date_to", "=", False) | Domain("date_to", ">=", day))
        # sudo: the gate judges by all policies, whoever moves the goods
        return PolicyBook(
            Policy(
                id=policy.id,
                rule=policy.rule,
                effect=policy.effect,
                checkpoints=frozenset(name for name in CHECKPOINTS if policy[f"at_{name}"]),
                company_id=policy.company_id.id or None,
                picking_type_id=policy.picking_type_id.id or None,
                product_category_id=policy.product_category_id.id or None,
                partner_category_id=policy.partner_category_id.id or None,
                country_id=policy.country_id.id or None,
            )
            for policy in self.sudo().search(domain)
        )

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        self.env.registry.clear_cache()
        return policies

    def write(self, vals):
        res = super().write(vals)
        self.env.registry.clear_cache()
        return res

    def unlink(self):
        res = super().unlink()
        self.env.registry.clear_cache()
        return res
