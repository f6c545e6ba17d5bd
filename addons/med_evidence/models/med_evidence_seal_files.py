import hashlib
import json

from odoo import api, models
from odoo.tools import SQL

FILES_AT_ONCE = 200


class MedEvidenceSealFiles(models.Model):
    _inherit = "med.evidence.seal"

    @api.model
    def _verify_more(self, findings, notes):
        super()._verify_more(findings, notes)
        self._verify_files(findings)

    @api.model
    def _verify_files(self, findings):
        """Every attached file must still be there with the SHA-256 of its newest event."""
        after = 0
        while True:
            rows = self.env.execute_query(
                SQL(
                    """SELECT attachment, id, kind, sha256, res_model, res_id, name FROM (
                           SELECT DISTINCT ON (attachment) * FROM (
                               SELECT (body::json ->> 'attachment')::int AS attachment, id, kind,
                                      body::json ->> 'sha256' AS sha256, res_model, res_id, body::json ->> 'name' AS name
                               FROM med_evidence_event
                               WHERE kind IN ('attachment.added', 'attachment.changed', 'attachment.removed')
                           ) files ORDER BY attachment, id DESC
                       ) newest WHERE attachment > %s ORDER BY attachment LIMIT %s""",
                    after,
                    FILES_AT_ONCE,
                )
            )
            self._compare_files([row for row in rows if row[2] != "attachment.removed"], findings)
            if len(rows) < FILES_AT_ONCE:
                return
            after = rows[-1][0]
            self.env.invalidate_all()

    def _compare_files(self, rows, findings):
        files = self.env["ir.attachment"].browse([row[0] for row in rows]).exists()
        by_id = {attachment.id: attachment for attachment in files}
        for attachment_id, event_id, _kind, digest, res_model, res_id, name in rows:
            attachment = by_id.get(attachment_id)
            where = {"event_id": event_id, "detail": name}
            if attachment is None:
                findings.add("file_missing", **where)
                continue
            raw = attachment.raw or b""
            if not raw and digest != hashlib.sha256(b"").hexdigest():
                findings.add("file_missing", **where)
            elif hashlib.sha256(raw).hexdigest() != digest:
                findings.add("file_changed", **where)
            elif (attachment.res_model, attachment.res_id, attachment.name) != (res_model, res_id, name):
                findings.add("file_moved", **where)

    def _finding_sentence_more(self, finding):
        _ = self.env._
        values = {"file": finding.get("detail"), "event": finding.get("event_id")}
        sentences = {
            "file_missing": _("the file “%(file)s” of event %(event)s is gone", **values),
            "file_changed": _("the file “%(file)s” of event %(event)s was exchanged", **values),
            "file_moved": _("the file “%(file)s” of event %(event)s was renamed or moved to another record", **values),
        }
        return sentences.get(finding["code"]) or super()._finding_sentence_more(finding)

    @api.model
    def _newest_files(self, events):
        """What is attached by the last of these events: a list of dicts as recorded, with ``event_id``."""
        newest = {}
        for event in events.sorted("id"):
            if event.kind in ("attachment.added", "attachment.changed", "attachment.removed"):
                body = json.loads(event.body)
                newest[body["attachment"]] = {**body, "kind": event.kind, "event_id": event.id}
        return [facts for facts in newest.values() if facts["kind"] != "attachment.removed"]
