from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    med_outbound_seal = fields.Image(
        "Outbound seal",
        max_width=512,
        max_height=512,
        help="Picture of the outbound seal as printed on delivery notes (GSP 91). A PNG with a transparent ground looks best.",
    )
