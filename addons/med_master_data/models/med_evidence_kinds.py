from odoo import api, models


class MedEvidenceEvent(models.Model):
    _inherit = "med.evidence.event"

    @api.model
    def _kind_labels(self):
        _ = self.env._
        return {
            **super()._kind_labels(),
            "catalogue.imported": _("Catalogue imported"),
            "import.done": _("Import finished"),
        }

    @api.model
    def _fact_labels(self):
        _ = self.env._
        return {
            **super()._fact_labels(),
            "source": _("Source"),
            "rows": _("Rows"),
            "created": _("Created"),
            "updated": _("Updated"),
            "unchanged": _("Unchanged"),
            "refused": _("Refused"),
            "warnings": _("Warnings"),
            "totals": _("Totals"),
        }

    @api.model
    def _fact_fields(self):
        return {**super()._fact_fields(), ("import.done", "kind"): ("med.import", "kind")}
