from odoo import api, models


class MedEvidenceEvent(models.Model):
    _inherit = "med.evidence.event"

    @api.model
    def _kind_labels(self):
        _ = self.env._
        return {
            **super()._kind_labels(),
            "scan.short": _("Picked short"),
            "scan.swapped": _("Lot swapped while picking"),
            "scan.undone": _("Scan undone"),
        }

    @api.model
    def _fact_labels(self):
        _ = self.env._
        return {
            **super()._fact_labels(),
            "entry": _("How it was entered"),
            "missing": _("Missing"),
            "taken": _("Picked"),
            "undone": _("Undone scan"),
        }
