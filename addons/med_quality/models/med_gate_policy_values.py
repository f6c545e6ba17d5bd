from odoo import api, fields, models

from ..lib import registry

CHECKPOINTS = ("reserve", "scan", "review", "ship", "receive", "return")
PROFILES = ("cn", "eu", "us")
# What a policy says; a proposal says the same and nothing else.
VALUES = (
    "rule",
    "effect",
    *(f"at_{name}" for name in CHECKPOINTS),
    "date_from",
    "date_to",
    "limit_days",
    "override_role",
    "override_hours",
    "company_id",
    "profile",
    "picking_type_id",
    "product_category_id",
    "partner_category_id",
    "country_id",
    "source",
    "note",
)


class MedGatePolicyValues(models.AbstractModel):
    """What a policy says, in force or proposed."""

    _name = "med.gate.policy.values"
    _description = "Terms of a gate policy"

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
    at_return = fields.Boolean("At return", help="When goods come back, and when they leave the returns area again.")
    date_from = fields.Date("In force from", required=True, default=fields.Date.context_today)
    date_to = fields.Date("In force to", help="The last day. Empty: until replaced.")
    limit_days = fields.Integer(
        "Limit (days)",
        help="The number the rule measures against: days of shelf life left on delivery that everybody gets at least.",
    )
    override_role = fields.Selection(
        [("quality", "Quality"), ("supervisor", "Warehouse supervisor")],
        "Override signed by",
        default="quality",
        required=True,
    )
    override_hours = fields.Integer("Override valid (hours)", default=24, required=True)
    company_id = fields.Many2one("res.company", "Company", help="Empty: all companies.", index=True)
    profile = fields.Selection(
        [("cn", "China (NMPA)"), ("eu", "European Union (MDR)"), ("us", "United States (FDA)")],
        "Regulatory profile",
        help="Applies to companies of this profile. Empty: to all.",
    )
    picking_type_id = fields.Many2one("stock.picking.type", "Operation type", check_company=True)
    product_category_id = fields.Many2one("product.category", "Product category", help="With everything below it.")
    partner_category_id = fields.Many2one("res.partner.category", "Partner tag")
    country_id = fields.Many2one("res.country", "Jurisdiction", help="Applies to companies of this country.")
    source = fields.Char("Clause", help="The article this policy rests on. Empty: the rule's own.")
    clause = fields.Char("Source", compute="_compute_clause")
    note = fields.Text("Why", translate=True)

    _limit_range = models.Constraint(
        "CHECK (coalesce(limit_days, 0) >= 0 AND override_hours > 0)",
        "The limit is a number of days from 0 up, and an override is valid for an hour at least.",
    )

    @api.model
    def _selection_rule(self):
        """Every registered rule with its name in the user's language."""
        labels = self.env["med.gate"]._rule_labels()
        return [(code, labels.get(code, code)) for code in registry.rules()]

    @api.depends("rule", "source")
    def _compute_clause(self):
        rules = registry.rules()
        for policy in self:
            policy.clause = policy.source or (rules[policy.rule].clause if policy.rule in rules else False)
