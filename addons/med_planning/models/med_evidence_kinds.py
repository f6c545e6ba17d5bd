from odoo import api, models


class MedEvidenceEvent(models.Model):
    _inherit = "med.evidence.event"

    @api.model
    def _kind_labels(self):
        _ = self.env._
        return {
            **super()._kind_labels(),
            "expiry.decided": _("Decided about stock that will expire"),
            "forecast.run": _("Forecast made"),
            "planning.decided": _("Decided about a suggested order"),
        }

    @api.model
    def _fact_labels(self):
        _ = self.env._
        return {
            **super()._fact_labels(),
            "as_of": _("As of"),
            "decision": _("Decided"),
            "series": _("Series"),
            "products": _("Products"),
        }
