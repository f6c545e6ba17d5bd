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
            "codes_of": self._codes,
        }

    def _codes(self, picking, package=None):
        """The two codes of a delivery as pictures (base64 PNG) inside the page: the printer's program need
        not ask the server for them.

        :return: ``receipt``: the link for the consignee's signature, None when he has signed; ``proof``: what
            the goods are, signed, None where there is no key to sign with
        """
        token = None
        codes = {"receipt": None, "proof": None}
        if not picking.med_signed_for_at:
            url = self.env["med.outbound.receipt"]._issue(picking, keep_earlier=True)
            token = url.rsplit("/", 1)[-1]
            codes["receipt"] = self._qr(url, 240)
        if self.env["med.evidence.key"]._private()[0]:
            codes["proof"] = self._qr(picking._med_proof_link(package, token), 720)
        return codes

    def _qr(self, text, size):
        return base64.b64encode(
            self.env["ir.actions.report"].barcode("QR", text, width=size, height=size, quiet=0, barLevel="L")
        )


class PackageLabel(models.AbstractModel):
    """The label of a box: its SSCC, what is in it, and the proof of that."""

    _name = "report.med_outbound.package_label"
    _inherit = ["report.med_outbound.delivery_note"]
    _description = "Label of a box"

    def _get_report_values(self, docids, data=None):
        packages = self.env["stock.package"].browse(docids)
        packages.check_access("read")
        boxes = []
        for package in packages:
            picking = package._med_shipped_with()
            if not picking:
                raise UserError(
                    self.env._(
                        "%(package)s has not left with a delivery; its label says what really left. Validate the"
                        " delivery first.",
                        package=package.name,
                    )
                )
            boxes.append({"package": package, "picking": picking, "lines": picking._med_proof_lines(package)})
        return {"docs": packages, "boxes": boxes, "codes_of": self._codes}
