from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.med_evidence.models.med_evidence_append_only import APPEND


class MedRecallTraceLine(models.Model):
    """What the trace found when the recall was held: a table to read, group, chart and export."""

    _name = "med.recall.trace.line"
    _description = "Traced unit of a recall"
    _order = "date, id"
    _rec_name = "lot_id"
    # thousands of rows, written once by the system
    _log_access = False

    recall_id = fields.Many2one("med.recall", "Recall", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    kind = fields.Selection(
        [
            ("received", "Came from"),
            ("here", "Is here"),
            ("delivered", "Went to"),
            ("returned", "Came back from"),
        ],
        "What",
        required=True,
        readonly=True,
    )
    date = fields.Datetime("When", readonly=True)
    lot_id = fields.Many2one("stock.lot", "Lot", readonly=True)
    product_id = fields.Many2one("product.product", "Product", readonly=True)
    quantity = fields.Float(readonly=True, digits="Product Unit")
    partner_id = fields.Many2one("res.partner", "Supplier or consignee", readonly=True)
    picking_id = fields.Many2one("stock.picking", "Transfer", readonly=True)
    order_id = fields.Many2one("sale.order", "Sale order", readonly=True)
    purchase_name = fields.Char("Purchase order", readonly=True)
    location_id = fields.Many2one("stock.location", "Place", readonly=True)
    package_id = fields.Many2one("stock.package", "Package", readonly=True)
    signed_for_at = fields.Datetime("Signed for at", readonly=True)

    def write(self, vals):
        self._check_caller()
        return super().write(vals)

    def _check_caller(self):
        if self.env.context.get("med_recall_token") is not APPEND:
            raise UserError(self.env._("The trace of a recall is what the system found; nobody enters it."))
