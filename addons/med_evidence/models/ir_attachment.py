import hashlib

from odoo import api, models

# What of an attachment says which file belongs to which record.
BINDING = {"raw", "datas", "db_datas", "store_fname", "checksum", "name", "res_model", "res_id", "mimetype", "url", "type"}


class IrAttachment(models.Model):
    """Files of records whose changes are evidence: their SHA-256 is evidence too, so that a file
    that is exchanged later, in the database or on the disk, is found."""

    _inherit = "ir.attachment"

    def _evidence_is_relevant(self):
        """Files that somebody attached to a record that is tracked or signed. Values of binary
        fields are evidence of the field, and links hold nothing."""
        self.ensure_one()
        if not self.res_model or not self.res_id or self.res_field or self.type != "binary":
            return False
        model = self.env.registry.get(self.res_model)
        return model is not None and bool(
            getattr(model, "_evidence_fields", ()) or hasattr(model, "_signature_snapshot")
        )

    def _evidence_facts(self):
        raw = self.raw or b""
        return {
            "attachment": self.id,
            "name": self.name,
            "mimetype": self.mimetype or None,
            "size": len(raw),
            "sha256": hashlib.sha256(raw).hexdigest(),
        }

    def _evidence_entry(self, body):
        return {"record": self.env[self.res_model].browse(self.res_id), "body": body}

    def _evidence_relevant(self):
        # sudo: what is on file does not depend on who may read it; the cheap test comes first,
        # since Odoo makes many attachments that concern nobody
        return self.sudo().filtered(lambda attachment: attachment._evidence_is_relevant())

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        relevant = attachments._evidence_relevant()
        self.env["med.evidence.event"]._record(
            "attachment.added", [a._evidence_entry(a._evidence_facts()) for a in relevant]
        )
        return attachments

    def write(self, vals):
        if not BINDING & vals.keys():
            return super().write(vals)
        before = {a.id: (a._evidence_facts(), a._evidence_entry({})) for a in self._evidence_relevant()}
        res = super().write(vals)
        entries = {"attachment.added": [], "attachment.changed": [], "attachment.removed": []}
        after = {a.id: a for a in self._evidence_relevant()}
        for attachment_id in {**before, **after}:
            old = before.get(attachment_id)
            new = after.get(attachment_id)
            moved = old and new and old[1]["record"] != new._evidence_entry({})["record"]
            if old and (not new or moved):
                entries["attachment.removed"].append({**old[1], "body": old[0]})
            if new and (not old or moved):
                entries["attachment.added"].append(new._evidence_entry(new._evidence_facts()))
            elif new and old and new._evidence_facts() != old[0]:
                body = {**new._evidence_facts(), "before": old[0]}
                entries["attachment.changed"].append(new._evidence_entry(body))
        for kind, rows in entries.items():
            self.env["med.evidence.event"]._record(kind, rows)
        return res

    def unlink(self):
        self.env["med.evidence.event"]._record(
            "attachment.removed", [a._evidence_entry(a._evidence_facts()) for a in self._evidence_relevant()]
        )
        return super().unlink()
