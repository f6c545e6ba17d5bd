from odoo import api, fields, models


class MedEvidenceBundle(models.TransientModel):
    """A bundle about one lot: the lot, its device, every transfer it was in, and exceptions granted."""

    _inherit = "med.evidence.bundle"

    subject = fields.Selection(selection_add=[("lot", "A lot")], ondelete={"lot": "cascade"})
    lot_id = fields.Many2one("stock.lot", "Lot or serial")

    def _subject_records(self):
        if self.subject != "lot":
            return super()._subject_records()
        pickings = self.env["stock.move.line"].search([("lot_id", "=", self.lot_id.id)]).picking_id
        overrides = self.env["med.gate.override"].search([("lot_id", "=", self.lot_id.id)])
        return [self.lot_id, self.lot_id.product_id.product_tmpl_id, pickings, overrides]

    def _subject_title(self):
        if self.subject != "lot":
            return super()._subject_title()
        return self.env._(
            "Lot %(lot)s of %(product)s", lot=self.lot_id.name, product=self.lot_id.product_id.display_name
        )


class MedEvidenceVerification(models.Model):
    _inherit = "med.evidence.verification"

    @api.model
    def _alarm_groups(self):
        return [*super()._alarm_groups(), "med_master_data.group_med_quality"]
