from odoo import fields, models


class ResPartnerCategory(models.Model):
    _inherit = "res.partner.category"

    med_is_consignee_class = fields.Boolean(
        "Consignee class",
        help="Demand of customers with this tag is forecast by itself too (hospitals, clinics, dealers). Of several such"
        " tags of one customer the first counts.",
    )
