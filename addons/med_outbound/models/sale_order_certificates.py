from odoo import api, models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "med.order.certificates"]

    def _med_order_partner(self):
        return self.partner_shipping_id or self.partner_id

    @api.depends("state", "partner_shipping_id", "order_line.product_id")
    def _compute_med_findings(self):
        return super()._compute_med_findings()

    def action_confirm(self):
        res = super().action_confirm()
        self.filtered(lambda order: order.state == "sale")._med_note_findings()
        return res


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "med.order.line.certificates"]

    @api.depends("product_id", "order_id.partner_shipping_id")
    def _compute_med_finding(self):
        return super()._compute_med_finding()
