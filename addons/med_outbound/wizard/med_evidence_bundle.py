from odoo import fields, models


class MedEvidenceBundle(models.TransientModel):
    """Bundles about one delivery, and about everything that went to one consignee."""

    _inherit = "med.evidence.bundle"

    subject = fields.Selection(
        selection_add=[("delivery", "A delivery"), ("consignee", "A consignee")],
        ondelete={"delivery": "cascade", "consignee": "cascade"},
    )
    picking_id = fields.Many2one("stock.picking", "Delivery")
    partner_id = fields.Many2one("res.partner", "Consignee")

    def _subject_records(self):
        if self.subject == "delivery":
            pickings = self.picking_id
        elif self.subject == "consignee":
            pickings = self.env["stock.picking"].search(
                [("partner_id", "child_of", self.partner_id.id), ("picking_type_code", "=", "outgoing")]
            )
        else:
            return super()._subject_records()
        records = [pickings, pickings.med_review_ids, pickings.med_receipt_ids, pickings.sale_id]
        if self.subject == "delivery":
            return [*records, pickings.move_line_ids.lot_id]
        partners = self.env["res.partner"].search([("id", "child_of", self.partner_id.id)])
        licences = self.env["med.partner.licence"].search([("partner_id", "in", partners.ids)])
        return [*records, partners, licences]

    def _subject_title(self):
        if self.subject == "delivery":
            return self.env._("Delivery %(name)s", name=self.picking_id.name)
        if self.subject == "consignee":
            return self.env._("Consignee %(name)s", name=self.partner_id.display_name)
        return super()._subject_title()
