from odoo import fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    # whoever forges it gains nothing: no more leaves by a decision than it says, whichever moves name it
    med_return_decision_id = fields.Many2one(
        "med.return.decision",
        "Decision on return",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        prefetch="med",
    )

    def _med_consignee(self):
        """The address of the sale order, where the transfer does not name one."""
        return super()._med_consignee() or self.sale_line_id.order_id.partner_shipping_id

    def _prepare_move_split_vals(self, qty):
        vals = super()._prepare_move_split_vals(qty)
        if self.location_id.med_is_quarantine:
            vals["med_return_decision_id"] = self.med_return_decision_id.id
        return vals
