import json

from odoo import fields, models
from odoo.fields import Domain

SHOWN_EVENTS = 100


class MedTimeline(models.AbstractModel):
    """What happened to a record and the ones around it, read from the evidence."""

    _name = "med.timeline"
    _description = "Records with a timeline"

    med_timeline = fields.Html("Timeline", compute="_compute_med_timeline", sanitize=False)

    def _med_timeline_records(self):
        """Recordsets whose events belong to this record's timeline."""
        return [self]

    def _compute_med_timeline(self):
        for record in self:
            record.med_timeline = self.env["ir.qweb"]._render(
                "med_outbound.timeline", {"entries": record._med_timeline_entries()}
            )

    def _med_timeline_entries(self):
        """The newest events, oldest first: time, person, sentence, and whether it was a refusal."""
        # sudo: who sees an order need not see the reviews and receipts of its deliveries to know of them
        domain = Domain.OR(
            Domain("res_model", "=", records._name) & Domain("res_id", "in", records.ids)
            for records in self.sudo()._med_timeline_records()
            if records
        )
        if not self.ids or domain.is_false():
            return []
        # sudo: everybody who sees the record sees its history, in sentences and not in raw facts
        events = self.env["med.evidence.event"].sudo().search(domain, limit=SHOWN_EVENTS)
        bodies = {event.id: json.loads(event.body) for event in events}
        return [
            {
                "at": fields.Datetime.context_timestamp(self, event.recorded_at).strftime("%Y-%m-%d %H:%M:%S"),
                # the consignee signs without an account; his name is in the facts
                "who": bodies[event.id]["name"]
                if event.kind in ("receipt.signed", "receipt.refused")
                else event.user_name,
                "what": self._med_timeline_sentence(event, bodies[event.id]),
                "refused": event.kind in ("gate.refused", "scan.refused", "receipt.refused", "signature.failed"),
            }
            for event in events.sorted("id")
        ]

    def _med_timeline_sentence(self, event, body):
        _ = self.env._
        if event.kind == "gate.refused":
            labels = self.env["med.gate"]._rule_labels()
            rules = dict.fromkeys(labels.get(finding["rule"], finding["rule"]) for finding in body.get("findings", []))
            return _("Refused: %(rules)s", rules=", ".join(rules))
        if event.kind == "gate.passed":
            if body.get("checkpoint") == "receive":
                return _("Received (%(count)s lines)", count=len(body.get("line_ids", [])))
            return _("Left through the gate (%(count)s lines)", count=len(body.get("line_ids", [])))
        if event.kind == "signature":
            model = self.env.get(event.res_model)
            meanings = model._signature_meanings() if model is not None else {}
            return _("Signed: %(meaning)s", meaning=meanings.get(body["meaning"], body["meaning"]))
        sentences = {
            "order.confirmed": _("Order confirmed"),
            "order.findings": _("Confirmed with certificates to settle"),
            "outbound.picked": _("Picked"),
            "receipt.issued": _("Receipt link issued"),
            "receipt.signed": _("Signed for"),
            "receipt.refused": _("The consignee does not accept it as delivered"),
            "scan.refused": _("Wrong scan"),
            "signature.failed": _("A signature failed: wrong password"),
            "gate.warned": _("Let pass with a warning"),
            "gate.overridden": _("An exception was used"),
        }
        return sentences.get(event.kind, event.kind)
