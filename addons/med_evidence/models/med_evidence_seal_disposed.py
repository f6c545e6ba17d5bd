from odoo import api, models
from odoo.tools import SQL

from ..lib import canonical


class MedEvidenceSealDisposed(models.Model):
    """Verification of a log from which events were disposed of after their time: their leaves carry
    the tree on, and only a signed list that is whole excuses that they are gone."""

    _inherit = "med.evidence.seal"

    def _disposed(self, event_ids):
        if not event_ids:
            return set()
        rows = self.env.execute_query(
            SQL(
                """SELECT d.event_id FROM med_evidence_disposed d
                   JOIN med_evidence_leaf l ON l.source = 'event' AND l.row_id = d.event_id
                   WHERE d.event_id = ANY(%s) AND d.leaf_hash = encode(l.leaf_hash, 'hex')
                     AND EXISTS (SELECT 1 FROM med_evidence_signature s WHERE s.res_model = 'med.evidence.disposal'
                                 AND s.res_id = d.disposal_id AND s.meaning = 'dispose'
                                 AND d.kept_until <= s.signed_at::date)""",
                list(event_ids),
            )
        )
        return {event_id for (event_id,) in rows}

    @api.model
    def _verify_more(self, findings, notes):
        super()._verify_more(findings, notes)
        lists = self.env.execute_query(
            SQL(
                """SELECT d.disposal_id, count(*),
                          (SELECT min(s.snapshot) FROM med_evidence_signature s
                           WHERE s.res_model = 'med.evidence.disposal' AND s.res_id = d.disposal_id
                             AND s.meaning = 'dispose')
                   FROM med_evidence_disposed d GROUP BY d.disposal_id ORDER BY d.disposal_id"""
            )
        )
        total = 0
        for disposal_id, count, snapshot in lists:
            total += count
            lines = self.env.execute_query(
                SQL(
                    "SELECT event_id, leaf_hash, kept_until FROM med_evidence_disposed WHERE disposal_id = %s"
                    " ORDER BY event_id",
                    disposal_id,
                )
            )
            digest = canonical.digest(canonical.dumps([[number, leaf, str(until)] for number, leaf, until in lines]))
            if f'"sha256":"{digest}"' not in (snapshot or ""):
                findings.add("disposal_differs", row_id=disposal_id, detail=str(disposal_id))
        if total:
            notes.add("disposed", detail=str(total))

    def _finding_sentence_more(self, finding):
        if finding["code"] == "disposal_differs":
            return self.env._(
                "the list of events of disposal %(disposal)s is not the one that was signed", disposal=finding["detail"]
            )
        if finding["code"] == "disposed":
            return self.env._(
                "%(count)s events were deleted after their time by signed disposals; their hashes are in the tree",
                count=finding["detail"],
            )
        return super()._finding_sentence_more(finding)
