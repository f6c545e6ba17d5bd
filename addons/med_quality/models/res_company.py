from odoo import fields, models, tools


class ResCompany(models.Model):
    _inherit = "res.company"

    med_tz = fields.Selection(
        related="partner_id.tz",
        readonly=False,
        string="Time zone",
        help="Decides on which day a lot or a licence ends. Empty: the time zone of the user.",
    )

    med_near_expiry_days = fields.Integer(
        "Near expiry from (days)",
        default=180,
        help="Lots with so many days left or fewer are shown as near expiry.",
        prefetch="med",
    )
    med_urgent_expiry_days = fields.Integer(
        "Urgent from (days)",
        default=90,
        help="Lots with so many days left or fewer are shown as urgent.",
        prefetch="med",
    )

    _med_expiry_levels = models.Constraint(
        "CHECK (coalesce(med_near_expiry_days, 0) >= 0 AND coalesce(med_urgent_expiry_days, 0) >= 0)",
        "The days from which expiry is near or urgent are numbers from 0 up.",
    )

    def _med_place(self):
        """(time zone or False, country's id or None): which day it is and whose law holds here.

        Remembered, because every judgement asks and the answer lies on the company's partner;
        forgotten when that partner changes.
        """
        return self._med_place_cached(self.id)

    @tools.ormcache("company_id")
    def _med_place_cached(self, company_id):
        # sudo: where a company is is no secret
        partner = self.sudo().browse(company_id).partner_id
        return partner.tz, partner.country_id.id or None

    def cache_invalidation_fields(self):
        return super().cache_invalidation_fields() | {"partner_id"}

    med_profile = fields.Selection(
        [("cn", "China (NMPA)"), ("eu", "European Union (MDR)"), ("us", "United States (FDA)")],
        "Regulatory profile",
        default="cn",
        required=True,
        help="Chooses the shipped policies of the gate that differ by jurisdiction.",
    )
