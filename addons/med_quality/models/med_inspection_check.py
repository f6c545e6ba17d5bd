import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_repr

from ..lib import measure

# Held by the judgement below only.
JUDGED = object()
ANSWERS = {"result", "value", "value_uom_id", "defects", "instrument_id", "note", "photo"}


class MedInspectionCheck(models.Model):
    """One check on a sample, and its answer."""

    _name = "med.inspection.check"
    _description = "Check of an inspection"
    _order = "inspection_id desc, sequence, id"

    inspection_id = fields.Many2one(
        "med.inspection", "Inspection", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="inspection_id.company_id", store=True)
    state = fields.Selection(related="inspection_id.state")
    lot_id = fields.Many2one(related="inspection_id.lot_id")
    product_id = fields.Many2one(related="inspection_id.product_id")
    sample_size = fields.Integer(related="inspection_id.sample_size")
    sequence = fields.Integer(readonly=True)
    name = fields.Char("Check", required=True, readonly=True)
    kind = fields.Selection(
        [("attribute", "Pass or fail"), ("measure", "Measured value")], readonly=True, required=True
    )
    has_low = fields.Boolean("Has a lower limit", readonly=True)
    low = fields.Float("From", digits=(16, 6), readonly=True)
    has_high = fields.Boolean("Has an upper limit", readonly=True)
    high = fields.Float("To", digits=(16, 6), readonly=True)
    uom_id = fields.Many2one("uom.uom", "Unit of the limits", readonly=True)
    limits = fields.Char("Limits", compute="_compute_limits")
    is_critical = fields.Boolean("Critical", readonly=True)
    needs_instrument = fields.Boolean("With an instrument", readonly=True)
    needs_photo = fields.Boolean("With a photo", readonly=True)
    result = fields.Selection(
        [("pending", "Open"), ("pass", "Pass"), ("fail", "Fail")], default="pending", required=True
    )
    value = fields.Float("Measured value", digits=(16, 6))
    value_uom_id = fields.Many2one("uom.uom", "Unit")
    defects = fields.Integer("Defective units")
    instrument_id = fields.Many2one("med.instrument", "Instrument", ondelete="restrict")
    photo = fields.Image("Photo", max_width=1920, max_height=1920)
    note = fields.Char("Note")
    answered_by_id = fields.Many2one("res.users", "Answered by", readonly=True)
    answered_at = fields.Datetime("Answered at", readonly=True)

    @api.depends("has_low", "low", "has_high", "high", "uom_id", "kind")
    def _compute_limits(self):
        for check in self:
            low = f"≥ {check.low:g}" if check.has_low else ""
            high = f"≤ {check.high:g}" if check.has_high else ""
            text = ", ".join(filter(None, (low, high)))
            check.limits = f"{text} {check.uom_id.name or ''}".strip() if check.kind == "measure" else ""

    # Answers ---------------------------------------------------------------------------

    def write(self, vals):
        if self.env.context.get("med_judged") is JUDGED or not vals:
            return super().write(vals)
        if vals.keys() - ANSWERS:
            raise UserError(self.env._("A check says what its plan says. Enter results only."))
        self.inspection_id._check_open()
        judged = super().write({name: value for name, value in vals.items() if name != "result"})
        if vals.keys() & {"result", "value", "value_uom_id", "instrument_id", "defects"}:
            for check in self:
                check._answer(vals)
        return judged

    def _answer(self, vals):
        """Judge the answer, stamp it, and keep it as evidence."""
        answer = {}
        if (self.kind == "measure" and "value" in vals) or (
            self.kind == "measure" and self.result != "pending" and "value_uom_id" in vals
        ):
            answer["result"] = "pass" if self._is_within() else "fail"
        elif self.kind == "measure" and vals.get("result", self.result) != self.result:
            raise UserError(
                self.env._("Check “%(check)s”: enter the measured value; its limits judge it.", check=self.name)
            )
        elif "result" in vals:
            answer["result"] = vals["result"] or "pending"
        result = answer.get("result", self.result)
        if result == "pending":
            super().with_context(med_judged=JUDGED).write({**answer, "defects": 0})
            return
        self._check_instrument()
        if not 0 <= self.defects <= max(self.sample_size, 1):
            raise UserError(self.env._("Check “%(check)s”: more defective units than the sample has.", check=self.name))
        self.with_context(med_judged=JUDGED).write(
            {
                **answer,
                "defects": max(self.defects, 1) if result == "fail" else 0,
                "answered_by_id": self.env.uid,
                "answered_at": fields.Datetime.now(),
            }
        )
        self.env["med.evidence.event"]._record(
            "inspection.check", [{"record": self.inspection_id, "body": self._snapshot()}]
        )

    def _is_within(self):
        unit = self.value_uom_id or self.uom_id
        if not unit._has_common_reference(self.uom_id):
            raise UserError(
                self.env._(
                    "Check “%(check)s” is measured in %(unit)s; %(other)s cannot be converted to it.",
                    check=self.name,
                    unit=self.uom_id.name,
                    other=unit.name,
                )
            )
        value = unit._compute_quantity(self.value, self.uom_id, round=False)
        return measure.within(
            measure.number(value), self.low if self.has_low else None, self.high if self.has_high else None
        )

    def _check_instrument(self):
        if not self.needs_instrument and not self.instrument_id:
            return
        if not self.instrument_id:
            raise UserError(self.env._("Check “%(check)s”: choose the instrument first.", check=self.name))
        self.instrument_id._check_usable(fields.Date.context_today(self))

    def _check_complete(self):
        for check in self:
            if check.needs_photo and not check.photo:
                raise UserError(self.env._("Check “%(check)s”: take a photo first.", check=check.name))
            check._check_instrument()

    def _snapshot(self):
        """The answer as canonical JSON; a photo by its fingerprint."""
        photo = self.with_context(bin_size=False).photo
        return {
            "check": self.name,
            "result": self.result,
            "value": float_repr(self.value, 6) if self.kind == "measure" else None,
            "unit": self.value_uom_id.id,
            "limits": [
                float_repr(self.low, 6) if self.has_low else None,
                float_repr(self.high, 6) if self.has_high else None,
                self.uom_id.id,
            ],
            "defects": self.defects,
            "instrument": self.instrument_id.serial or "",
            "note": self.note or "",
            "photo_sha256": hashlib.sha256(base64.b64decode(photo)).hexdigest() if photo else None,
        }

    def _told(self):
        results = dict(self._fields["result"]._description_selection(self.env))
        value = f" {self.value:g} {self.value_uom_id.name}" if self.kind == "measure" else ""
        return f"{self.name}:{value} {results[self.result]}"

    # Tablet ----------------------------------------------------------------------------

    def _action_tablet(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.inspection_id.name,
            "res_model": "med.inspection.check",
            "res_id": self.id,
            "views": [(self.env.ref("med_quality.med_inspection_check_view_tablet").id, "form")],
            "target": "current",
        }

    def action_pass(self):
        self.ensure_one()
        self.write({"result": "pass"})
        return self.inspection_id.action_inspect()

    def action_fail(self):
        self.ensure_one()
        self.write({"result": "fail"})
        return self.inspection_id.action_inspect()

    def action_measured(self):
        self.ensure_one()
        self.write({"value": self.value})
        return self.inspection_id.action_inspect()
