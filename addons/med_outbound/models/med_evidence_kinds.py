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
            "outbound.escalated": _("Late outbound handed on"),
            "outbound.late": _("Outbound is late"),
            "outbound.lot_exchanged": _("Reserved lot exchanged"),
            "outbound.picked": _("Picked"),
            "proof.issued": _("Proof on the box issued"),
            "receipt.issued": _("Receipt issued"),
            "receipt.refused": _("Receipt refused"),
            "receipt.signed": _("Receipt signed"),
            "return.received": _("Return received"),
            "scan.refused": _("Scan refused"),
        }

    @api.model
    def _fact_labels(self):
        _ = self.env._
        return {
            **super()._fact_labels(),
            "content": _("Goods"),
            "delivery": _("Delivery"),
            "remark": _("Remark"),
            "what": _("What was refused"),
            "days": _("Valid for (days)"),
            "code": _("What was scanned"),
            "photos": _("Photos"),
            "problems": _("Problems"),
            "before": _("Before"),
            "after": _("After"),
            "product": _("Product"),
            "di": _("UDI-DI"),
            "expiry": _("Expiry date"),
            "to": _("To"),
            "from": _("From"),
            "stage": _("Stage"),
        }

    @api.model
    def _fact_fields(self):
        reason = ("stock.picking", "med_direct_reason")
        return {
            **super()._fact_fields(),
            ("outbound.late", "stage"): ("stock.picking", "med_stage"),
            ("outbound.direct", "before"): reason,
            ("outbound.direct", "after"): reason,
        }
