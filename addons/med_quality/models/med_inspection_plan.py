from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib import sampling as iso2859

TRIGGERS = ("receipt", "return", "periodic", "demand")


class MedInspectionPlan(models.Model):
    """What is inspected, when, on how many units, and with which checks."""

    _name = "med.inspection.plan"
    _inherit = ["med.evidence.tracked"]
    _description = "Inspection plan"
    _order = "sequence, id"
    _evidence_fields = (
        *("name", "on_receipt", "on_return", "on_periodic", "product_id", "categ_id", "partner_id", "device_class"),
        *("sampling", "fixed_size", "level", "aql", "allow_reduced", "skip_after", "skip_one_in"),
        *("interval_days", "expiry_within_days", "location_id", "active", "company_id"),
    )

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.", index="btree_not_null")
    # when
    on_receipt = fields.Boolean("On receipt", default=True)
    on_return = fields.Boolean("On return", default=True)
    on_periodic = fields.Boolean("Periodically in stock")
    interval_days = fields.Integer("Every (days)", default=90)
    expiry_within_days = fields.Integer(
        "Only lots that expire within (days)", help="0: whatever their expiry. Only for periodic inspection."
    )
    location_id = fields.Many2one("stock.location", "Zone", help="Empty: all internal locations.")
    # what
    product_id = fields.Many2one("product.product", "Product", index="btree_not_null")
    categ_id = fields.Many2one("product.category", "Product category")
    partner_id = fields.Many2one("res.partner", "Supplier or customer", index="btree_not_null")
    device_class = fields.Selection([("I", "Class I"), ("II", "Class II"), ("III", "Class III")], "Device class")
    # how many
    sampling = fields.Selection(
        [("all", "Every unit"), ("fixed", "A fixed number"), ("iso", "ISO 2859-1")], required=True, default="iso"
    )
    fixed_size = fields.Integer("Units", default=1)
    level = fields.Selection([(code, code) for code in iso2859.LEVELS], "Inspection level", default="II")
    aql = fields.Selection([(code, code) for code in iso2859.AQLS], "AQL (%)", default="1.0")
    allow_reduced = fields.Boolean(
        "Reduced inspection allowed", help="The standard leaves this to the responsible authority."
    )
    skip_after = fields.Integer(
        "Skip lots after",
        help="So many accepted lots in a row earn skipping. 0: never. Not where the law asks each lot.",
    )
    skip_one_in = fields.Integer("Then inspect one lot in", default=1)
    check_ids = fields.One2many("med.inspection.plan.check", "plan_id", "Checks", copy=True)

    @api.constrains("interval_days", "fixed_size", "skip_after", "skip_one_in", "expiry_within_days")
    def _check_numbers(self):
        for plan in self:
            if (
                min(plan.interval_days, plan.fixed_size, plan.skip_one_in) < 1
                or min(plan.skip_after, plan.expiry_within_days) < 0
            ):
                raise ValidationError(
                    self.env._(
                        "Plan “%(plan)s”: days, units and lots are whole numbers from 1 on; 0 only where it says so.",
                        plan=plan.name,
                    )
                )

    @api.model
    def _book(self, trigger, company):
        """The plans for this occasion, the most particular one first."""
        # `active` is named: a context key of a client must not bring archived ones back
        domain = [("active", "=", True), ("company_id", "in", (False, company.id))]
        if trigger != "demand":
            domain.append((f"on_{trigger}", "=", True))
        plans = self.search(domain)
        return plans.sorted(
            lambda plan: (
                not plan.product_id,
                not plan.partner_id,
                -len((plan.categ_id.parent_path or "").split("/")),
                not plan.device_class,
                not plan.company_id,
                plan.sequence,
                plan.id,
            )
        )

    def _fits(self, product, partner):
        return (
            (not self.product_id or self.product_id == product)
            and (not self.partner_id or self.partner_id == partner.commercial_partner_id or self.partner_id == partner)
            and (not self.device_class or self.device_class == product.med_device_class)
            and (not self.categ_id or (product.categ_id.parent_path or "").startswith(self.categ_id.parent_path))
        )

    def _sample(self, quantity, severity):
        """:param float quantity: in the unit of the product; a part of a unit is a unit to look at"""
        units = max(1, int(-(-quantity // 1)))
        if self.sampling == "iso":
            return iso2859.single_plan(units, self.aql, self.level, severity)
        size = units if self.sampling == "all" else min(units, self.fixed_size)
        return iso2859.Plan("", size, 0, 1)


class MedInspectionPlanCheck(models.Model):
    _name = "med.inspection.plan.check"
    _inherit = ["med.evidence.tracked"]
    _description = "Check of an inspection plan"
    _order = "sequence, id"
    _evidence_fields = ("plan_id", "name", "kind", "low", "high", "has_low", "has_high", "uom_id", "is_critical")

    plan_id = fields.Many2one("med.inspection.plan", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    name = fields.Char("Check", required=True, translate=True)
    kind = fields.Selection(
        [("attribute", "Pass or fail"), ("measure", "Measured value")], required=True, default="attribute"
    )
    has_low = fields.Boolean("Has a lower limit")
    low = fields.Float("From", digits=(16, 6))
    has_high = fields.Boolean("Has an upper limit")
    high = fields.Float("To", digits=(16, 6))
    uom_id = fields.Many2one("uom.uom", "Unit", ondelete="restrict")
    is_critical = fields.Boolean("Critical", help="One failure refuses the lot, whatever the sampling plan allows.")
    needs_instrument = fields.Boolean("With an instrument")
    needs_photo = fields.Boolean("With a photo")

    @api.constrains("kind", "uom_id", "has_low", "has_high", "low", "high")
    def _check_limits(self):
        for check in self.filtered(lambda c: c.kind == "measure"):
            if not check.uom_id or not (check.has_low or check.has_high):
                raise ValidationError(
                    self.env._("Check “%(check)s”: enter a unit and at least one limit.", check=check.name)
                )
            if check.has_low and check.has_high and check.low > check.high:
                raise ValidationError(
                    self.env._("Check “%(check)s”: the lower limit is above the upper one.", check=check.name)
                )

    def _check_vals(self):
        """The check as it is on the day: a later change of the plan leaves it alone."""
        return {
            "sequence": self.sequence,
            "name": self.name,
            "kind": self.kind,
            "has_low": self.has_low,
            "low": self.low,
            "has_high": self.has_high,
            "high": self.high,
            "uom_id": self.uom_id.id,
            "value_uom_id": self.uom_id.id,
            "is_critical": self.is_critical,
            "needs_instrument": self.needs_instrument,
            "needs_photo": self.needs_photo,
        }


class MedInspectionSeries(models.Model):
    """How severely the next lot of a product from a partner is inspected; see ``lib.sampling``."""

    _name = "med.inspection.series"
    _description = "Inspection severity"
    _order = "id desc"
    _rec_name = "product_id"

    plan_id = fields.Many2one("med.inspection.plan", "Plan", required=True, readonly=True, ondelete="restrict")
    product_id = fields.Many2one("product.product", "Product", required=True, readonly=True, ondelete="restrict")
    partner_id = fields.Many2one("res.partner", "Supplier or customer", readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    severity = fields.Selection(
        [
            ("normal", "Normal"),
            ("tightened", "Tightened"),
            ("reduced", "Reduced"),
            ("discontinued", "Discontinued"),
        ],
        default="normal",
        required=True,
        readonly=True,
    )
    score = fields.Integer("Switching score", readonly=True)
    recent = fields.Char("Last lots", readonly=True, help="A: accepted, R: not accepted; oldest first.")
    rejected = fields.Integer("Not accepted since tightened", readonly=True)
    accepted_in_row = fields.Integer("Accepted in a row", readonly=True)
    skipped = fields.Integer("Skipped since the last inspection", readonly=True)

    _key_uniq = models.UniqueIndex("(plan_id, product_id, coalesce(partner_id, 0), company_id)")

    def _state(self):
        return iso2859.Series(
            self.severity, self.score, self.recent or "", self.rejected, self.accepted_in_row, self.skipped
        )

    def _set_state(self, state):
        """Called by the signature on an inspection and by the creation of inspections alone."""
        old = self.severity
        values = {name: getattr(state, name) for name in iso2859.Series.__dataclass_fields__}
        # sudo: nobody writes a severity by hand
        self.sudo().write({name: value for name, value in values.items() if (self[name] or "") != (value or "")})
        if old != state.severity:
            self.env["med.evidence.event"]._record(
                "inspection.severity", [{"record": self, "body": {"old": old, "new": state.severity}}]
            )

    def action_resume(self):
        self.ensure_one()
        if not self.env.user.has_group("med_master_data.group_med_quality"):
            raise ValidationError(self.env._("Only quality resumes an inspection that was discontinued."))
        self._set_state(iso2859.resumed(self._state()))
