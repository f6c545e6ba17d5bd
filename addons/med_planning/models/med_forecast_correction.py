from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MedForecastCorrection(models.Model):
    """What a planner changes in the history that is learnt from: a cleaning he takes back, or a figure he knows better."""

    _name = "med.forecast.correction"
    _description = "Correction of a demand history"
    _inherit = ["med.evidence.tracked"]
    _order = "period desc, id desc"
    _evidence_fields = ("forecast_id", "kind", "period", "quantity", "reason", "active")

    forecast_id = fields.Many2one("med.forecast", "Forecast", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="forecast_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("return", "Return"),
            ("unmatched_return", "Return of an older sale"),
            ("recall", "Recall"),
            ("stock_out", "Out of stock"),
            ("one_off", "One-off"),
            ("manual", "Planner's figure"),
        ],
        required=True,
        help="A cleaning of this kind is taken back; a planner's figure replaces what happened.",
    )
    period = fields.Date(required=True, help="The first day of the period.")
    quantity = fields.Float(digits=(16, 3), help="Of a planner's figure.")
    reason = fields.Char(required=True)
    user_id = fields.Many2one("res.users", "Planner", default=lambda self: self.env.user, readonly=True, required=True)
    active = fields.Boolean(default=True)

    _quantity_range = models.Constraint("CHECK (coalesce(quantity, 0) >= 0)", "A demand is nought or more.")

    @api.constrains("reason")
    def _check_reason(self):
        for correction in self:
            if not (correction.reason or "").strip():
                raise ValidationError(
                    self.env._("Say why: a changed history without a reason teaches nobody anything.")
                )

    @api.model
    def _by_forecast(self, forecasts):
        """{forecast id: ([(kind, first day)] taken back, [(first day, quantity)] known better)}"""
        found = {}
        rows = self.search([("forecast_id", "in", [one.id for one in forecasts])], order="id")
        for row in rows:
            kept, manual = found.setdefault(row.forecast_id.id, ([], []))
            if row.kind == "manual":
                manual.append((row.period, row.quantity))
            else:
                kept.append((row.kind, row.period))
        return found
