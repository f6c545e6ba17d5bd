from odoo import api, fields, models

from .med_evidence_append_only import APPEND


class MedEvidenceSignature(models.Model):
    """One act of signing: who, when, what it means, and the exact content signed.

    21 CFR 11.50 (printed name, time, meaning) and 11.70 (bound to its record). The row
    repeats an event; verification compares the two, so neither can be changed alone.
    """

    _name = "med.evidence.signature"
    _inherit = ["med.evidence.append.only"]
    _description = "Electronic signature"
    _order = "id desc"
    _rec_name = "user_name"

    event_id = fields.Many2one("med.evidence.event", "Event", required=True, readonly=True, index=True)
    user_id = fields.Many2one("res.users", "Signer", required=True, readonly=True, ondelete="restrict")
    user_name = fields.Char("Printed name", required=True, readonly=True)
    signed_at = fields.Datetime("Signed at", required=True, readonly=True)
    meaning = fields.Char("Meaning code", required=True, readonly=True)
    meaning_label = fields.Char("Meaning", compute="_compute_meaning_label")
    reason = fields.Text("Reason", readonly=True)
    auth_method = fields.Char("Authenticated by", required=True, readonly=True)
    res_model = fields.Char("Record type", required=True, readonly=True)
    res_id = fields.Many2oneReference("Record ID", model_field="res_model", required=True, readonly=True)
    res_name = fields.Char("Record", readonly=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    snapshot = fields.Text("Signed content", required=True, readonly=True)
    snapshot_hash = fields.Char("SHA-256 of the content", required=True, readonly=True)
    is_void = fields.Boolean(
        "Void",
        compute="_compute_is_void",
        help="The record no longer says what was signed. The signature stays on file and counts no more.",
    )

    _record_idx = models.Index("(res_model, res_id, id DESC)")

    @api.depends("snapshot_hash", "res_model", "res_id")
    def _compute_is_void(self):
        for model, signatures in self.grouped("res_model").items():
            records = self.env.get(model)
            # sudo: whether the content still stands is a fact, not a question of access
            records = records.browse(signatures.mapped("res_id")).sudo().exists() if records is not None else ()
            hashes = {
                (record.id, meaning): record._signature_hash(meaning)
                for record in records
                for meaning in set(signatures.filtered(lambda s, i=record.id: s.res_id == i).mapped("meaning"))
            }
            for signature in signatures:
                signature.is_void = hashes.get((signature.res_id, signature.meaning)) != signature.snapshot_hash

    @api.depends("meaning", "res_model")
    def _compute_meaning_label(self):
        for signature in self:
            model = self.env.get(signature.res_model)
            labels = model._signature_meanings() if model is not None else {}
            signature.meaning_label = labels.get(signature.meaning, signature.meaning)

    @api.model
    def _append_signature(self, vals):
        # sudo: everybody who may sign a record writes here, nobody may do it by hand
        signatures = self.sudo().with_context(med_evidence_append=APPEND).create(vals)
        # handed back without the key, or whoever gets it could append more
        return self.browse(signatures.ids)
