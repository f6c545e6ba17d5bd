from odoo import api, fields, models


class MedLotExchange(models.TransientModel):
    """Which reserved lot of a delivery is exchanged for which, and why."""

    _name = "med.lot.exchange"
    _description = "Exchange of a reserved lot"

    picking_id = fields.Many2one("stock.picking", required=True, readonly=True, ondelete="cascade")
    line_id = fields.Many2one(
        "stock.move.line",
        "Reserved",
        required=True,
        domain="[('picking_id', '=', picking_id), ('lot_id', '!=', False), ('picked', '=', False)]",
        ondelete="cascade",
    )
    product_id = fields.Many2one(related="line_id.product_id")
    old_lot_id = fields.Many2one(related="line_id.lot_id", string="Lot now")
    quantity = fields.Float(related="line_id.quantity_product_uom", string="Quantity")
    lot_id = fields.Many2one(
        "stock.lot",
        "Exchange for lot",
        required=True,
        domain="[('product_id', '=', product_id), ('id', '!=', old_lot_id), ('product_qty', '>', 0)]",
        ondelete="cascade",
    )
    reason = fields.Char(required=True)

    @api.onchange("line_id")
    def _onchange_line_id(self):
        if self.lot_id.product_id != self.product_id:
            self.lot_id = False

    def action_exchange(self):
        self.ensure_one()
        self.line_id.med_exchange_lot(self.lot_id.id, self.reason)
        return {"type": "ir.actions.act_window_close"}


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def action_med_exchange(self):
        """Ask which lot, for which other one, and why."""
        self.ensure_one()
        lines = self.move_line_ids.filtered(lambda line: line.lot_id and not line.picked)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Exchange a lot"),
            "res_model": "med.lot.exchange",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_picking_id": self.id, "default_line_id": lines.id if len(lines) == 1 else False},
        }
