from odoo import api, models


class MedEvidenceEvent(models.Model):
    _inherit = "med.evidence.event"

    @api.model
    def _kind_labels(self):
        return {**super()._kind_labels(), "order.sourced": self.env._("Warehouses of an order chosen")}

    @api.model
    def _fact_labels(self):
        _ = self.env._
        return {
            **super()._fact_labels(),
            "ways": _("Served from"),
            "cost": _("Cost"),
            "ready_in_days": _("Days until it is there"),
            "missing": _("Missing units"),
            "others": _("Other ways that were offered"),
        }
