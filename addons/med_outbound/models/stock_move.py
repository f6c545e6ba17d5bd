from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _med_consignee(self):
        """The address of the sale order, where the transfer does not name one."""
        return super()._med_consignee() or self.sale_line_id.order_id.partner_shipping_id
