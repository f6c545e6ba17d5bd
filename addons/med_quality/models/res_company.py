from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    med_tz = fields.Selection(
        related="partner_id.tz",
        readonly=False,
        string="Time zone",
        help="Decides on which day a lot or a licence ends. Empty: the time zone of the user.",
    )
