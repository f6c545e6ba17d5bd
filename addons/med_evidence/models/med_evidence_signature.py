import json

from odoo import api, fields, models

from ..lib import canonical
from .med_evidence_append_only import APPEND


def _spoken(value):
    """One value of a snapshot for a table cell; ids stay beside their names."""
    if value in (None, "", []):
        return "–"
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_spoken(part)}" for key, part in value.items())
    if isinstance(value, list):
        return (
            "; ".join(map(_spoken, value))
            if any(isinstance(v, list | dict) for v in value)
            else " · ".join(map(str, value))
        )
    return str(value)


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
    auth_method = fields.Char("Way of identification", required=True, readonly=True)
    auth_label = fields.Char("Identified by", compute="_compute_auth_label")
    signer_name = fields.Char(
        "Name given", readonly=True, help="Of somebody without an account, who signed on a link and drew his signature."
    )
    drawing = fields.Binary("Drawn signature", readonly=True, attachment=False)
    res_model = fields.Char("Record type", required=True, readonly=True)
    res_id = fields.Many2oneReference("Record ID", model_field="res_model", required=True, readonly=True, index=True)
    res_name = fields.Char("Record", readonly=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    content = fields.Html("What was signed", compute="_compute_content", sanitize=False)
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

    @api.depends("auth_method")
    def _compute_auth_label(self):
        labels = {
            "password": self.env._("Password"),
            "password+totp": self.env._("Password and one-time code"),
            "passkey": self.env._("Passkey"),
            "link": self.env._("Link and drawn signature"),
        }
        for signature in self:
            signature.auth_label = labels.get(signature.auth_method, signature.auth_method)

    @api.depends("snapshot", "res_model", "res_id", "meaning")
    def _compute_content(self):
        """The signed content, and beside it what the record says now where that differs."""
        for signature in self:
            model = self.env.get(signature.res_model)
            # sudo: as for is_void; shown only to those who may read the signature
            record = model.browse(signature.res_id).sudo().exists() if model is not None else None
            signed = json.loads(signature.snapshot or "{}")
            now = json.loads(canonical.dumps(record._signature_snapshot(signature.meaning))) if record else {}
            rows = [
                (
                    key.replace("_", " "),
                    _spoken(signed.get(key)),
                    _spoken(now.get(key)),
                    signed.get(key) != now.get(key),
                )
                for key in {**signed, **now}
            ]
            signature.content = self.env["ir.qweb"]._render(
                "med_evidence.signature_compared", {"rows": rows, "gone": not record, "is_void": signature.is_void}
            )

    def action_open_record(self):
        self.ensure_one()
        return self.sudo().event_id.with_user(self.env.user).action_open_record()

    @api.model
    def _append_signature(self, vals):
        # sudo: everybody who may sign a record writes here, nobody may do it by hand
        signatures = self.sudo().with_context(med_evidence_append=APPEND).create(vals)
        # handed back without the key, or whoever gets it could append more
        return self.browse(signatures.ids)
