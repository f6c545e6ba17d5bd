from odoo import fields, models

from odoo.addons.med_evidence.lib import canonical  # noqa: F401


class StockLot(models.Model):
    _inherit = "stock.lot"

    # Whether the trade was lawful on the supplier's side is asked again when the goods leave.
    med_supplier_id = fields.Many2one(
        "res.partner",
        "Delivered by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The supplier of the first receipt of this lot.",
    )
    med_received_on = fields.Date("First received on", readonly=True, copy=False)


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _med_note_supplier(self):
        """Write on each lot who delivered it first and when; one write per supplier."""
        if not self:
            return
        # sudo: a consequence of the receipt, which has passed the gate
        lines = self.exists().sudo()
        for partner, received in lines.grouped(lambda line: line.picking_id.partner_id.commercial_partner_id).items():
            lots = received.lot_id.filtered(lambda lot: not lot.med_supplier_id)
            if partner and lots:
                company = received[:1].company_id
                tz = company._med_place()[0] or self.env.context.get("tz") or "UTC"
                today = fields.Date.context_today(self.with_context(tz=tz))
                lots.write({"med_supplier_id": partner.id, "med_received_on": today})
