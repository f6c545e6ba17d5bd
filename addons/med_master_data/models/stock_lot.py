from odoo import fields, models


class StockLot(models.Model):
    _inherit = "stock.lot"

    med_production_date = fields.Date(
        "Production date",
        help="Whether the registration certificate covers a lot is judged on this day.",
    )
