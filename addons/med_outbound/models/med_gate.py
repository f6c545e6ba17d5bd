from odoo import api, models

from odoo.addons.med_quality.lib.registry import Finding, rule

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


class MedGate(models.AbstractModel):
    _inherit = "med.gate"

    def _extra_facts(self, lines):
        """The review of each line's transfer, read once per transfer."""
        extra = super()._extra_facts(lines)
        reviews = lines.picking_id._med_review_facts()
        for line in lines:
            fact = reviews.get(line.picking_id.id)
            if fact is not None:
                extra[line.id] = {**extra.get(line.id, {}), FACT: fact}
        return extra

    @api.model
    def _rule_labels(self):
        return {**super()._rule_labels(), "review_missing": self.env._("Outbound review")}

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
