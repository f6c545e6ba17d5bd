import base64

from odoo import models
from odoo.exceptions import UserError


class DeliveryNote(models.AbstractModel):
    """The delivery note (随货同行单) as a report: what is printed, and that it was."""

    _name = "report.med_outbound.delivery_note"
    _description = "Delivery note"

    def _get_report_values(self, docids, data=None):
        pickings = self.env["stock.picking"].browse(docids)
        pickings.check_access("read")
        early = pickings.filtered(lambda picking: picking.state != "done" or not picking.med_stage)
        if early:
            raise UserError(
                self.env._(
                    "%(pickings)s: not shipped, so there is nothing to accompany. Validate the delivery first; the"
                    " note says what really left.",
                    pickings=", ".join(early.mapped("name")),
                )
            )
        self.env["med.evidence.event"]._record(
            "note.printed", [{"record": picking, "body": {"lines": len(picking.move_line_ids)}} for picking in pickings]
        )
        return {
            "docs": pickings,
            "note_of": lambda picking: picking._med_note(),
            "qr_of": self._receipt_qr,
        }

    def _receipt_qr(self, picking):
        """The link for the consignee's signature as a picture (base64 PNG); nothing when he has
        signed. A picture inside the page: the printer's program need not ask the server for it."""
        if picking.med_signed_for_at:
            return None
        url = self.env["med.outbound.receipt"]._issue(picking, keep_earlier=True)
        return base64.b64encode(self.env["ir.actions.report"].barcode("QR", url, width=240, height=240, quiet=0))
