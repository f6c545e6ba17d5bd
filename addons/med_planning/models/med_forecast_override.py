from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib import periods


class MedForecastOverride(models.Model):
    """A planner knows better, says why, and it is looked at afterwards who was nearer."""

    _name = "med.forecast.override"
    _description = "Planner's figure in a forecast"
    _inherit = ["med.evidence.tracked"]
    _order = "date_from desc, id desc"
    _evidence_fields = ("forecast_id", "date_from", "date_to", "quantity", "reason", "active")

    forecast_id = fields.Many2one("med.forecast", "Forecast", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="forecast_id.company_id", store=True)
    product_id = fields.Many2one(related="forecast_id.product_id", store=True)
    warehouse_id = fields.Many2one(related="forecast_id.warehouse_id", store=True)
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", required=True)
    quantity = fields.Float("Quantity per period", required=True, digits=(16, 3))
    reason = fields.Char(required=True)
    user_id = fields.Many2one("res.users", "Planner", default=lambda self: self.env.user, readonly=True, required=True)
    active = fields.Boolean(default=True)
    told = fields.Json(readonly=True)
    periods_over = fields.Integer("Periods compared", readonly=True)
    actual = fields.Float("What came", digits=(16, 3), readonly=True, help="Per period, as cleaned.")
    planner_error = fields.Float("Error of the planner", digits=(16, 3), readonly=True)
    model_error = fields.Float("Error of the methods", digits=(16, 3), readonly=True)
    nearer = fields.Selection(
        [("planner", "Planner"), ("model", "Methods"), ("even", "Even")], "Who was nearer", readonly=True
    )

    _quantity_range = models.Constraint("CHECK (quantity >= 0)", "A demand is nought or more.")
    _dates_in_order = models.Constraint("CHECK (date_from <= date_to)", "The first day comes before the last.")

    @api.constrains("reason")
    def _check_reason(self):
        for override in self:
            if not (override.reason or "").strip():
                raise ValidationError(self.env._("Say why: a figure without a reason teaches nobody anything."))

    @api.depends("forecast_id", "date_from")
    def _compute_display_name(self):
        for override in self:
            override.display_name = f"{override.forecast_id.display_name} {override.date_from or ''}"

    @api.model_create_multi
    def create(self, vals_list):
        overrides = super().create(vals_list)
        for override in overrides:
            # what the methods said at that time, to compare with: later runs say something else
            override.told = {
                "as_of": fields.Date.to_string(override.forecast_id.as_of),
                "mean": (override.forecast_id.data or {}).get("mean", []),
            }
        return overrides

    @api.model
    def _compare(self, run):
        """After a run: periods of overrides that are over now, of series of this run."""
        open_ = self.with_context(active_test=False).search(
            [("company_id", "=", run.company_id.id), ("date_from", "<", run.as_of), ("forecast_id.run_id", "=", run.id)]
        )
        for override in open_:
            data, told = override.forecast_id.data, override.told
            first = fields.Date.to_date(told["as_of"])
            start = fields.Date.to_date(data["start"])
            rows = []
            for index, said in enumerate(told["mean"]):
                day = periods.add(first, index, run.unit)
                place = periods.between(start, day, run.unit)
                if override.date_from <= day <= override.date_to and 0 <= place < len(data["cleaned"]):
                    rows.append((data["cleaned"][place], said))
            if rows:
                planner = sum(abs(override.quantity - came) for came, _said in rows) / len(rows)
                model = sum(abs(said - came) for came, said in rows) / len(rows)
                override.write(
                    {
                        "periods_over": len(rows),
                        "actual": sum(came for came, _said in rows) / len(rows),
                        "planner_error": planner,
                        "model_error": model,
                        "nearer": "even" if planner == model else "planner" if planner < model else "model",
                    }
                )
