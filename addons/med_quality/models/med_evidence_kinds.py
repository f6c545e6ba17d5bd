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

    @api.model
    def _fact_labels(self):
        _ = self.env._
        return {
            **super()._fact_labels(),
            "checkpoint": _("Checkpoint"),
            "findings": _("Findings"),
            "notes": _("Warnings and exceptions"),
            "rule": _("Rule"),
            "rules": _("Rules"),
            "action": _("What was tried"),
            "step": _("Step"),
            "source": _("Source"),
            "severity": _("Severity"),
            "lots": _("Lots"),
            "lot": _("Lot"),
            "package": _("Package"),
            "packed": _("Packed into"),
            "location": _("Location"),
            "picked": _("Picked"),
            "plan": _("Plan"),
            "sample": _("Sample"),
            "defects": _("Defects"),
            "month": _("Month"),
            "partners": _("Partners"),
            "mails": _("Letters"),
            "events": _("EPCIS events"),
        }

    @api.model
    def _fact_fields(self):
        status, step = ("stock.lot", "med_status"), ("med.deviation", "state")
        severity = ("med.inspection", "severity")
        return {
            **super()._fact_fields(),
            ("lot.status", "old"): status,
            ("lot.status", "new"): status,
            ("lot.package_status", "new"): ("med.lot.hold", "state"),
            ("deviation.opened", "source"): ("med.deviation", "source"),
            ("deviation.opened", "severity"): ("med.deviation", "severity"),
            ("deviation.step", "old"): step,
            ("deviation.step", "new"): step,
            ("deviation.step", "step"): ("med.deviation.step", "step"),
            ("inspection.opened", "state"): ("med.inspection", "state"),
            ("inspection.ended", "state"): ("med.inspection", "state"),
            ("inspection.severity", "old"): severity,
            ("inspection.severity", "new"): severity,
        }

    def _said(self, key, value):
        gate = self.env["med.gate"]
        if key == "checkpoint":
            return gate._checkpoint_labels().get(value, value)
        if key == "rule":
            return gate._rule_labels().get(value, value)
        if key in ("findings", "notes") and isinstance(value, list):
            told = [gate._sentence_of_fact(fact) for fact in value if isinstance(fact, dict) and "rule" in fact]
            if len(told) == len(value):
                return "\n".join(told) or "–"
        return super()._said(key, value)
