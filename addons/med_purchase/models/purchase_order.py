from odoo import api, models


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order", "med.order.certificates"]

    _med_direction = "in"

    @api.depends("state", "partner_id", "order_line.product_id")
    def _compute_med_findings(self):
        return super()._compute_med_findings()

    def button_approve(self, force=False):
        waiting = self.filtered(lambda order: order.state != "purchase")
        res = super().button_approve(force=force)
        waiting.filtered(lambda order: order.state == "purchase")._med_note_findings()
        return res


class PurchaseOrderLine(models.Model):
    _name = "purchase.order.line"
    _inherit = ["purchase.order.line", "med.order.line.certificates"]

    @api.depends("product_id", "order_id.partner_id")
    def _compute_med_finding(self):
        return super()._compute_med_finding()
