from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.med_evidence.lib import canonical
from odoo.addons.med_quality.lib.facts import Scope


class MedGateProof(models.Model):
    _inherit = "med.gate.proof"

    @api.model
    def _problems(self, lines, company):
        """Beside the verdict: one review of the delivery, and one signature on what really left."""
        problems = super()._problems(lines, company)
        reviews = self._review_counts(lines.picking_id)
        today = fields.Date.context_today(self)
        book = self.env["med.gate.policy"]._book(company, today)
        demanded = {}
        for line in lines:
            if line.id in problems or not line.picking_id:
                continue  # a bare move is another rule's matter, and has a verdict
            kind = line.move_id.picking_type_id
            if kind not in demanded:
                policy = book.find("review_missing", Scope(company.id, kind.id or None), "ship")
                demanded[kind] = policy is not None and policy.effect in ("block", "override")
            if not demanded[kind]:
                continue
            signed, valid = reviews.get(line.picking_id.id, (0, 0))
            if valid != 1:
                code = "signature_twice" if valid else "signature_void" if signed else "review_missing"
                problems[line.id] = code
        return problems

    @api.model
    def _review_counts(self, pickings):
        """{transfer: (signed reviews, signatures on what the transfer says now)}."""
        rows = self.env.execute_query(
            SQL(
                """SELECT review.picking_id, count(DISTINCT review.id), array_agg(signature.snapshot_hash)
                   FROM med_outbound_review review
                   JOIN med_evidence_signature signature
                     ON signature.res_model = 'med.outbound.review' AND signature.res_id = review.id
                    AND signature.meaning = 'review'
                   WHERE review.picking_id = ANY(%s) GROUP BY review.picking_id""",
                list(pickings.ids),
            )
        )
        counts = {}
        for picking_id, reviews, hashes in rows:
            now = canonical.digest(canonical.dumps(pickings.browse(picking_id)._med_review_snapshot()))
            counts[picking_id] = (reviews, hashes.count(now))
        return counts


class MedGateProofLine(models.Model):
    _inherit = "med.gate.proof.line"

    problem = fields.Selection(
        selection_add=[
            ("review_missing", "Nobody reviewed it"),
            ("signature_void", "What was signed is not what left"),
            ("signature_twice", "Signed twice"),
        ],
        ondelete={
            "review_missing": "cascade",
            "signature_void": "cascade",
            "signature_twice": "cascade",
        },
    )
