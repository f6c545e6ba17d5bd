from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    # Odoo has no index by lot. With it a trace reads the movements of the lot alone, not the table.
    _med_recall_lot_idx = models.Index("(lot_id) WHERE state = 'done' AND lot_id IS NOT NULL")
