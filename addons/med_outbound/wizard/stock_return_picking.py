from odoo import models


class StockReturnPicking(models.TransientModel):
    """Odoo's own return, with devices going to the returns area."""

    _inherit = "stock.return.picking"

    def _med_return_place(self, picking):
        """Where devices of ``picking`` come back to; empty when it went to no consignee."""
        if picking.location_dest_id.usage != "customer":
            return self.env["stock.location"]
        warehouse = picking.picking_type_id.warehouse_id or picking.company_id.warehouse_id
        return warehouse[:1]._med_return_place() if warehouse else self.env["stock.location"]

    def _prepare_picking_default_values_based_on(self, picking):
        vals = super()._prepare_picking_default_values_based_on(picking)
        if picking.move_ids and all(move.product_id.med_is_device for move in picking.move_ids):
            place = self._med_return_place(picking)
            if place:
                vals["location_dest_id"] = place.id
        return vals


class StockReturnPickingLine(models.TransientModel):
    _inherit = "stock.return.picking.line"

    def _prepare_move_default_values(self, new_picking):
        vals = super()._prepare_move_default_values(new_picking)
        if self.product_id.med_is_device and self.wizard_id.picking_id:
            place = self.wizard_id._med_return_place(self.wizard_id.picking_id)
            if place:
                vals["location_dest_id"] = place.id
        return vals
