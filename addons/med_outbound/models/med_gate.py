from odoo import api, models

from odoo.addons.med_quality.lib.registry import Finding, rule
from odoo.addons.med_quality.lib.remedies import Remedy, register

from ..lib import review as review_lib

FACT = "review"


@rule("review_missing", "GSP 87, 88; GSPI 8.87.1")
def review_missing(line):
    """No shipment to a consignee without a review signed by somebody who did not pick it."""
    if line.destination != "customer" or line.picking_id is None:
        return None
    review = line.extra.get(FACT)
    problem = review_lib.problem(review)
    return problem and Finding("review_missing", problem, {"reviewer": review.reviewer_name if review else ""})


register(
    "review_missing",
    {
        "missing": Remedy("have_reviewed", "reviewer"),
        "open": Remedy("finish_review", "reviewer"),
        "void": Remedy("review_again", "reviewer"),
        "self_review": Remedy("other_reviewer", "reviewer"),
    },
)


class MedGate(models.AbstractModel):
    _inherit = "med.gate"

    @api.model
    def _fact_queries(self, lines, parties, company):
        queries = super()._fact_queries(lines, parties, company)
        if lines.picking_id and not self._is_base_only():
            queries[FACT] = lines.picking_id._med_review_query()
        return queries

    def _picking_facts(self, pickings, stored):
        """The review of each transfer."""
        facts = super()._picking_facts(pickings, stored)
        return self._add_facts(facts, FACT, pickings._med_review_facts(stored.get(FACT, {})))

    @api.model
    def _rule_labels(self):
        return {**super()._rule_labels(), "review_missing": self.env._("Outbound review")}

    @api.model
    def _remedy_texts(self):
        return {
            **super()._remedy_texts(),
            "have_reviewed": self.env._("Have a second person review the delivery and sign."),
            "finish_review": self.env._("Finish the review and sign it."),
            "review_again": self.env._("Review the delivery again; it changed after the signature."),
            "other_reviewer": self.env._("Have somebody review it who did not pick it."),
        }

    def _sentences(self, params):
        sentences = {
            "missing": self.env._(
                "The outbound review is missing. Have a second person review and sign this delivery."
            ),
            "open": self.env._("The outbound review is begun but not signed. Have the reviewer finish and sign it."),
            "void": self.env._("The delivery was changed after its review. Have it reviewed and signed again."),
            "self_review": self.env._(
                "%(reviewer)s picked this delivery and reviewed it too. Have somebody else review it.",
                reviewer=params.get("reviewer", "–"),
            ),
        }
        ours = {("review_missing", problem): sentence for problem, sentence in sentences.items()}
        return {**super()._sentences(params), **ours}
