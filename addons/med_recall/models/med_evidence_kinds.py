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
            "recall.closed": _("Recall closed"),
            "recall.deadline_done": _("Deadline met"),
            "recall.deadline_near": _("Deadline is near"),
            "recall.drilled": _("Recall drill done"),
            "recall.explained": _("Difference explained"),
            "recall.held": _("Lots held for recall"),
            "recall.notified": _("Consignees notified"),
            "recall.reminded": _("Consignee reminded"),
            "recall.scope": _("Recall scope set"),
            "recall.withdrawn": _("Recall withdrawn"),
        }
