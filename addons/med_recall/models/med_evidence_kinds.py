from odoo import api, models


class MedEvidenceEvent(models.Model):
    _inherit = "med.evidence.event"

    @api.model
    def _kind_labels(self):
        _ = self.env._
        return {
            **super()._kind_labels(),
            "recall.answered": _("Consignee answered"),
            "recall.called": _("Consignee called"),
            "recall.claimed": _("Supplier asked to pay for recalled goods"),
            "recall.closed": _("Recall closed"),
            "recall.deadline_done": _("Deadline met"),
            "recall.deadline_near": _("Deadline is near"),
            "recall.drilled": _("Recall drill done"),
            "recall.explained": _("Difference explained"),
            "recall.held": _("Lots held for recall"),
            "recall.notified": _("Consignees notified"),
            "recall.reminded": _("Consignee reminded"),
            "recall.reported": _("Reported to the authority"),
            "recall.replaced": _("Replacements ordered"),
            "recall.scope": _("Recall scope set"),
            "recall.withdrawn": _("Recall withdrawn"),
        }

    @api.model
    def _fact_labels(self):
        _ = self.env._
        return {
            **super()._fact_labels(),
            "at": _("Consignee"),
            "consignees": _("Consignees"),
            "without_address": _("Without e-mail address"),
            "number": _("Number"),
            "result": _("Result"),
            "due": _("Due"),
            "units": _("Units"),
            "freed_transfers": _("Transfers that lost goods"),
            "off": _("Not reached"),
            "silent": _("No answer"),
            "score": _("Score (%)"),
            "remark": _("Remark"),
            "supplier": _("Supplier"),
            "document": _("Document"),
            "orders": _("Orders"),
            "report": _("Report"),
            "stage": _("Stage"),
            "digest": _("Digest"),
        }

    @api.model
    def _fact_fields(self):
        return {
            **super()._fact_fields(),
            ("recall.called", "result"): ("med.recall.contact", "result"),
            ("recall.reported", "stage"): ("med.recall.report", "stage"),
            ("recall.deadline_near", "kind"): ("med.recall.deadline", "kind"),
            ("recall.deadline_done", "kind"): ("med.recall.deadline", "kind"),
        }
