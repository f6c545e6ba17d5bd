from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    med_scan_event_ids = fields.One2many("med.scan.event", "picking_id", "Scans", prefetch="med")

    def button_validate(self):
        # Odoo takes a transfer nothing of which is picked as picked completely; of a line
        # of which three of ten were scanned, three may leave.
        self.move_line_ids._med_settle_scans()
        return super().button_validate()

    def action_med_scans(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Scans"),
            "res_model": "med.scan.event",
            "views": [(False, "list"), (False, "form")],
            "domain": [("picking_id", "=", self.id)],
        }
