from odoo import fields, models


class StockRule(models.Model):
    _inherit = "stock.rule"

    def _get_custom_move_fields(self):
        return [*super()._get_custom_move_fields(), "med_source_id"]


class StockMove(models.Model):
    _inherit = "stock.move"

    med_source_id = fields.Many2one(
        "med.sale.source", "Source of the order", readonly=True, index="btree_not_null", ondelete="set null"
    )

    def _prepare_merge_moves_distinct_fields(self):
        return [*super()._prepare_merge_moves_distinct_fields(), "med_source_id"]
