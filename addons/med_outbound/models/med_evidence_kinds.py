from odoo import api, models


class MedEvidenceEvent(models.Model):
    _inherit = "med.evidence.event"

    @api.model
    def _kind_labels(self):
        _ = self.env._
        return {
            **super()._kind_labels(),
            "note.printed": _("Delivery note printed"),
            "order.confirmed": _("Order confirmed"),
            "outbound.acceptance_late": _("Acceptance of a direct dispatch late"),
            "outbound.direct": _("Direct dispatch"),
            "outbound.picked": _("Picked"),
            "receipt.issued": _("Receipt issued"),
            "receipt.refused": _("Receipt refused"),
            "receipt.signed": _("Receipt signed"),
            "scan.refused": _("Scan refused"),
        }
