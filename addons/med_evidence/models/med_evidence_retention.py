from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib import retention


class MedEvidenceRetention(models.Model):
    """How long evidence is kept, per market and kind, as dated data that quality signs for.

    A rule counts from its signature on; a change makes the signature void and the rule counts no
    more until it is signed again. Where no signed rule holds, evidence is kept for ever.
    """

    _name = "med.evidence.retention"
    _inherit = ["med.signable", "med.evidence.tracked"]
    _description = "Retention rule"
    _order = "market, id"

    name = fields.Char("Rule", required=True, translate=True)
    market = fields.Selection(
        [("cn", "China"), ("eu", "European Union"), ("us", "United States")], required=True, default="cn"
    )
    basis = fields.Selection(
        [("expiry", "After expiry"), ("record", "After the record"), ("forever", "For ever")],
        "Kept",
        required=True,
        default="record",
    )
    years = fields.Integer("Years")
    years_without_expiry = fields.Integer("Years where there is no expiry date")
    implants_only = fields.Boolean("Implants only")
    kinds = fields.Char("Kinds of event", help="Codes, separated by commas. Empty: all.")
    source = fields.Char("Law", required=True)
    date_from = fields.Date("Valid from", required=True)
    date_to = fields.Date("Valid to")
    in_force = fields.Boolean("Signed", compute="_compute_in_force")

    _evidence_fields = (
        "name",
        "market",
        "basis",
        "years",
        "years_without_expiry",
        "implants_only",
        "kinds",
        "source",
        "date_from",
        "date_to",
    )

    _sane = models.Constraint(
        "CHECK (years BETWEEN 0 AND 100 AND years_without_expiry BETWEEN 0 AND 100)", "Years are 0 to 100."
    )

    @api.depends("signature_ids")
    def _compute_in_force(self):
        for rule in self:
            rule.in_force = bool(rule._valid_signatures("retention"))

    def _signature_meanings(self):
        return {"retention": self.env._("I answer for this retention rule")}

    def _signature_snapshot(self, meaning):
        rule = self.sudo()  # the signed content is the same whoever reads it
        return {
            "market": rule.market,
            "basis": rule.basis,
            "years": rule.years,
            "years_without_expiry": rule.years_without_expiry,
            "implants_only": rule.implants_only,
            "kinds": rule.kinds or "",
            "source": rule.source,
            "from": str(rule.date_from),
            "to": str(rule.date_to or ""),
        }

    def _signature_check(self, meaning):
        if not self.env.user.has_group("med_evidence.group_med_evidence_manager"):
            raise UserError(self.env._("Only an evidence manager signs retention rules."))

    @api.model
    def _dated_rules(self):
        """Every rule, signed or not, as the arithmetic takes it."""
        # sudo: a rule binds whoever asks
        return [
            retention.Dated(
                rule.market,
                retention.Rule(rule.basis, rule.years, rule.years_without_expiry, rule.implants_only),
                rule.date_from,
                rule.date_to or None,
                frozenset(code.strip() for code in (rule.kinds or "").split(",") if code.strip()),
                rule.in_force,
            )
            for rule in self.sudo().search([])
        ]

    @api.model
    def _retain_until(self, kind, recorded, markets, expiry=None, implant=False):
        """The first day on which an event may go (``date.max``: never).

        :param str kind: of the event
        :param date recorded: its day
        :param markets: codes of the markets that the goods were for
        :param date expiry: of the goods, None when they have none
        """
        return retention.retain(
            self._dated_rules(), kind, recorded=recorded, markets=markets, expiry=expiry, implant=implant
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A retention rule is ended by its last day, not deleted."))
