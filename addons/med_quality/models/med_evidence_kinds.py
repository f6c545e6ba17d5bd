from odoo import api, models


class MedEvidenceEvent(models.Model):
    _inherit = "med.evidence.event"

    @api.model
    def _kind_labels(self):
        _ = self.env._
        return {
            **super()._kind_labels(),
            "deviation.opened": _("Deviation opened"),
            "deviation.step": _("Deviation moved on"),
            "gate.overridden": _("Verdict overridden"),
            "gate.passed": _("Gate passed"),
            "gate.proof": _("Proof of the gate"),
            "gate.refused": _("Gate refused"),
            "gate.unmatched": _("Gate without a proof"),
            "gate.warned": _("Gate warned"),
            "inspection.check": _("Inspection check"),
            "inspection.ended": _("Inspection ended"),
            "inspection.opened": _("Inspection opened"),
            "inspection.severity": _("Inspection severity changed"),
            "lot.dates": _("Lot dates changed"),
            "lot.package_status": _("Package status changed"),
            "lot.release_told": _("Release told to partners"),
            "lot.status": _("Lot status changed"),
            "lot.withdrawn": _("Lot withdrawn"),
            "order.findings": _("Order confirmed with findings"),
            "override.report": _("Report of overrides"),
        }
