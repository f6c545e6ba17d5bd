from odoo import fields, models


class StockLot(models.Model):
    _inherit = "stock.lot"

    med_production_date = fields.Date(
        "Production date",
        help="Whether the registration certificate covers a lot is judged on this day.",
    )
    med_sterilisation_batch = fields.Char(
        "Sterilisation batch",
        index="btree_not_null",
        prefetch="med",
        help="The maker's number of the sterilisation run; several lots may share one, and be recalled for it.",
    )
