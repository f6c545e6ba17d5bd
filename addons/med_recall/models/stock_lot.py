from odoo import fields, models


class StockLot(models.Model):
    _inherit = "stock.lot"

    med_recall_ids = fields.Many2many("med.recall", "med_recall_stock_lot_rel", "lot_id", "recall_id", "Recalls")
