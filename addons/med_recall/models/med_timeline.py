from odoo import models


class MedTimeline(models.AbstractModel):
    _inherit = "med.timeline"

    def _med_timeline_sentence(self, event, body):
        _ = self.env._
        sentences = {
            "recall.held": _("Everything in scope is held"),
            "recall.notified": _("Consignees notified"),
            "recall.reminded": _("Consignees reminded"),
            "recall.answered": _("A consignee answered"),
            "recall.called": _("A consignee was called"),
            "recall.explained": _("Unaccounted units explained"),
            "recall.deadline_near": _("A deadline is near"),
            "recall.deadline_done": _("What was due is done"),
            "recall.closed": _("Closed"),
            "recall.withdrawn": _("Withdrawn"),
            "recall.drilled": _("Drill played"),
            "recall.scope": _("Scope confirmed"),
            "lot.status": _("Status of the lot changed"),
        }
        return sentences.get(event.kind) or super()._med_timeline_sentence(event, body)
