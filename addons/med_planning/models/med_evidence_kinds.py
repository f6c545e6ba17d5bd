from odoo import api, models


class MedEvidenceEvent(models.Model):
    _inherit = "med.evidence.event"

    @api.model
    def _kind_labels(self):
        _ = self.env._
        return {
            **super()._kind_labels(),
            "forecast.run": _("Forecast made"),
        }

    @api.model
    def _fact_labels(self):
        _ = self.env._
        return {
            **super()._fact_labels(),
            "as_of": _("As of"),
            "series": _("Series"),
            "products": _("Products"),
        }
