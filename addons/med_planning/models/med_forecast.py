from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ..lib import periods
from ..lib.forecast import Forecast

# So much may be kept of a quantity; what is shown is rounded to the unit.
DIGITS = (16, 3)


class MedForecast(models.Model):
    """What will be asked for of one product in one warehouse, by everybody or by one class of consignees."""

    _name = "med.forecast"
    _description = "Demand forecast"
    _order = "next_quantity desc, id"

    product_id = fields.Many2one(
        "product.product", "Product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", "Warehouse", required=True, readonly=True, index=True, ondelete="cascade"
    )
    class_id = fields.Many2one(
        "res.partner.category",
        "Consignee class",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: everybody.",
    )
    company_id = fields.Many2one("res.company", "Company", required=True, readonly=True)
    categ_id = fields.Many2one(related="product_id.categ_id", store=True, readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    run_id = fields.Many2one("med.forecast.run", "Run", readonly=True, index=True, ondelete="set null")
    active = fields.Boolean(default=True, readonly=True)
    unit = fields.Selection(related="run_id.unit", string="Period")
    as_of = fields.Date("As of", readonly=True, help="Nothing from this day on was looked at.")
    pattern = fields.Selection(
        [
            ("empty", "Never sold"),
            ("single", "Sold once"),
            ("short", "Too short"),
            ("constant", "Constant"),
            ("smooth", "Smooth"),
            ("erratic", "Erratic"),
            ("intermittent", "Intermittent"),
            ("lumpy", "Lumpy"),
        ],
        readonly=True,
        help="After Syntetos, Boylan and Croston (2005): the mean interval between demands, cut at 1.32, and the squared"
        " coefficient of variation of their sizes, cut at 0.49.",
    )
    adi = fields.Float("Interval between demands", digits=(8, 2), readonly=True)
    cv2 = fields.Float("Variation of sizes (CV²)", digits=(8, 2), readonly=True)
    next_quantity = fields.Float("Next period", digits=DIGITS, readonly=True)
    next_low = fields.Float("At least (80 %)", digits=DIGITS, readonly=True)
    next_high = fields.Float("At most (80 %)", digits=DIGITS, readonly=True)
    horizon_quantity = fields.Float("Whole horizon", digits=DIGITS, readonly=True)
    daily_quantity = fields.Float("Per day", digits=(16, 4), readonly=True, help="Mean of the whole horizon.")
    mase = fields.Float(
        "MASE",
        digits=(8, 3),
        readonly=True,
        aggregator="avg",
        help="Mean absolute error over that of repeating last year. Below 1 is better.",
    )
    mae = fields.Float(
        "Mean error",
        digits=DIGITS,
        readonly=True,
        aggregator="avg",
        help="Per period, at the points where it was tried.",
    )
    simple_mae = fields.Float("Error of the best simple way", digits=DIGITS, readonly=True, aggregator="avg")
    origins = fields.Integer(
        "Tried at", readonly=True, help="At so many points of the history, knowing only what was known then."
    )
    weights = fields.Json(readonly=True)
    simple = fields.Char(readonly=True)
    mix = fields.Char("Methods", compute="_compute_mix")
    why = fields.Text("Why", compute="_compute_why")
    data = fields.Json(readonly=True)
    chart = fields.Json(compute="_compute_chart")
    adjustment_count = fields.Integer("Cleaned", readonly=True, help="Periods of the history that were put right.")
    override_ids = fields.One2many("med.forecast.override", "forecast_id", "Planners' figures")
    correction_ids = fields.One2many("med.forecast.correction", "forecast_id", "Corrections")
    is_overridden = fields.Boolean(
        "A planner knows better", compute="_compute_is_overridden", search="_search_is_overridden"
    )

    _one_per_series = models.UniqueIndex("(product_id, warehouse_id, coalesce(class_id, 0), company_id)")

    @api.depends("product_id", "warehouse_id", "class_id")
    def _compute_display_name(self):
        for one in self:
            parts = [one.product_id.display_name, one.warehouse_id.code, one.class_id.name]
            one.display_name = " · ".join(filter(None, parts))

    # Words -------------------------------------------------------------------------------------

    @api.model
    def _method_labels(self):
        _ = self.env._
        return {
            "ma6": _("mean of 6 periods"),
            "ma12": _("mean of 12 periods"),
            "ses": _("exponential smoothing"),
            "tsb": _("Teunter-Syntetos-Babai"),
            "tsb_fast": _("Teunter-Syntetos-Babai, quick"),
            "imapa": _("IMAPA"),
            "zero": _("no more demand"),
            "seasonal_naive": _("as last year"),
            "seasonal_mean": _("mean of the same time of two years"),
            "seasonal_theta": _("seasonal Theta"),
            "history_mean": _("mean of the history"),
        }

    @api.depends("weights")
    @api.depends_context("lang")
    def _compute_mix(self):
        labels = self._method_labels()
        for one in self:
            ranked = sorted((one.weights or {}).items(), key=lambda item: -item[1])
            one.mix = ", ".join(f"{labels[name]} {round(100 * weight)} %" for name, weight in ranked)

    @api.depends("weights", "origins", "mae", "simple_mae", "simple", "pattern")
    @api.depends_context("lang")
    def _compute_why(self):
        _ = self.env._
        labels = self._method_labels()
        for one in self:
            if one.pattern == "empty":
                one.why = _("Nothing was sold in the history, or all of it came back: nothing is expected.")
            elif one.pattern == "single":
                one.why = _(
                    "Sold once: spread evenly over the history. Nobody can say when it will be asked for again."
                )
            elif one.pattern == "short":
                one.why = _("The history is too short to try anything: its mean, and between nothing and its highest.")
            elif one.pattern == "constant":
                one.why = _("The same quantity in every period: it goes on.")
            else:
                one.why = _(
                    "Mixed by their errors: %(mix)s. Tried at %(origins)s points of the history, knowing only what was"
                    " known then: mean error %(error)s per period; of the best simple way (%(simple)s): %(other)s.",
                    mix=one.mix,
                    origins=one.origins,
                    error=formatLang(self.env, one.mae, digits=2),
                    simple=labels.get(one.simple, _("none")),
                    other=formatLang(self.env, one.simple_mae, digits=2),
                )

    @api.depends(
        "data",
        "override_ids.quantity",
        "override_ids.date_from",
        "override_ids.date_to",
        "override_ids.active",
        "correction_ids.kind",
        "correction_ids.period",
        "correction_ids.active",
    )
    @api.depends_context("lang")
    def _compute_chart(self):
        """What the chart draws: {labels, sold, cleaned, ahead, model, low80 ..., adjustments}; lists run over all periods."""
        for one in self:
            data = one.data or {}
            unit = one.unit or "month"
            past = len(data.get("sold", ()))
            if not past:
                one.chart = False
                continue
            start = fields.Date.to_date(data["start"])
            ahead = one._ahead()
            days = [periods.add(start, index, unit) for index in range(past + len(ahead))]
            empty = [None] * past
            tail = [None] * len(ahead)
            lines = {name: [*empty, *data[name]] for name in ("low80", "high80", "low95", "high95")}
            kept = {(correction.kind, correction.period) for correction in one.correction_ids if correction.active}
            labels = dict(one.correction_ids._fields["kind"]._description_selection(self.env))
            one.chart = {
                "labels": [day.strftime("%Y-%m" if unit == "month" else "%G-W%V") for day in days],
                "sold": [*data["sold"], *tail],
                "cleaned": [*data["cleaned"], *tail],
                "ahead": [*empty, *ahead],
                "model": [*empty, *data["mean"]],
                "overridden": ahead != data["mean"],
                "adjustments": [
                    {
                        "kind": kind,
                        "label": labels[kind],
                        "period": fields.Date.to_string(days[index]),
                        "name": days[index].strftime("%Y-%m" if unit == "month" else "%G-W%V"),
                        "before": before,
                        "after": after,
                        "waits": (kind, days[index]) in kept,
                    }
                    for kind, index, before, after in data["adjustments"]
                ],
                **lines,
            }

    @api.depends("override_ids.date_to", "override_ids.active")
    def _compute_is_overridden(self):
        today = fields.Date.context_today(self)
        for one in self:
            one.is_overridden = any(override.date_to >= today for override in one.override_ids)

    def _search_is_overridden(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        return [("override_ids", "any", [("date_to", ">=", today)])]

    # Quantities --------------------------------------------------------------------------------

    def _ahead(self):
        """Per period from ``as_of`` on: the planner's figures where there are some, else the methods'."""
        self.ensure_one()
        mean = list((self.data or {}).get("mean", ()))
        unit = self.unit or "month"
        for override in self.override_ids.sorted("id"):
            for index in range(len(mean)):
                if override.date_from <= periods.add(self.as_of, index, unit) <= override.date_to:
                    mean[index] = override.quantity
        return mean

    def _forecast(self):
        """The forecast as plain logic has it, with the planner's figures; see ``lib/forecast.py``."""
        self.ensure_one()
        return Forecast.of(self.data, self._ahead())

    # Keeping -----------------------------------------------------------------------------------

    @api.model
    def _keep(self, run, series):
        """Compute and store the forecasts of these series ({key: (start, History)}) in sets."""
        product_ids = {product for product, _warehouse, _class in series}
        known = {
            (one.product_id.id, one.warehouse_id.id, one.class_id.id or None): one
            for one in self.with_context(active_test=False).search(
                [("product_id", "in", product_ids), ("company_id", "=", run.company_id.id)]
            )
        }
        corrections = self.env["med.forecast.correction"]._by_forecast(list(known.values()))
        fresh = []
        for key, (start, history) in series.items():
            one = known.get(key)
            kept, manual = corrections.get(one.id, ((), ())) if one else ((), ())
            kept = {(kind, periods.between(start, day, run.unit)) for kind, day in kept}
            manual = [(periods.between(start, day, run.unit), quantity) for day, quantity in manual]
            answer = self.env["med.forecast.run"]._forecast(history, run.unit, kept, manual)
            vals = self._values(run, start, history, answer)
            if one:
                one.write(vals)
            else:
                product, warehouse, class_id = key
                fresh.append(
                    {
                        "product_id": product,
                        "warehouse_id": warehouse,
                        "class_id": class_id,
                        "company_id": run.company_id.id,
                        **vals,
                    }
                )
        # sudo: forecasts are written by the run alone, nobody enters them
        self.sudo().create(fresh)

    @api.model
    def _values(self, run, start, history, answer):
        told = answer.told()
        cleaned = history.net.tolist()
        for _kind, period, before, after in answer.adjustments:
            cleaned[period] += after - before
        return {
            "run_id": run.id,
            "active": True,
            "as_of": run.as_of,
            "pattern": answer.pattern,
            "adi": answer.adi,
            "cv2": answer.cv2,
            "next_quantity": answer.mean[0],
            "next_low": answer.low[0.80][0],
            "next_high": answer.high[0.80][0],
            "horizon_quantity": answer.mean.sum(),
            "daily_quantity": answer.mean.mean() / periods.DAYS[run.unit],
            "mase": answer.mase,
            "mae": answer.mae,
            "simple": answer.simple,
            "simple_mae": answer.simple_mae,
            "origins": answer.origins,
            "weights": {name: round(weight, 4) for name, weight in answer.weights.items()},
            "adjustment_count": len({one.period for one in answer.adjustments}),
            "data": {
                **told,
                "start": fields.Date.to_string(start),
                "sold": history.sold.tolist(),
                "cleaned": [round(value, 4) for value in cleaned],
            },
        }

    @api.model
    def _retire(self, run):
        """Series without demand in the window any more: kept with their overrides, and out of sight."""
        self.sudo().search([("company_id", "=", run.company_id.id), ("run_id", "!=", run.id)]).active = False

    @api.model
    def _figures(self, run):
        """(mean MASE, sum of mean errors, sum of those of the best simple way) of the series that could be tried."""
        query = SQL(
            """SELECT avg(mase) FILTER (WHERE mase > 0), sum(mae), sum(simple_mae) FROM med_forecast
                WHERE run_id = %s AND origins > 0 AND simple_mae > 0""",
            run.id,
        )
        self.flush_model()
        ((mase, ours, simple),) = self.env.execute_query(query)
        return mase or 0.0, ours or 0.0, simple or 0.0

    @api.model
    def _compare_overrides(self, run):
        """Overrides whose time is over: what came, and who was nearer."""
        self.env["med.forecast.override"]._compare(run)

    # What people do --------------------------------------------------------------------------

    @api.model
    def action_start(self):
        return self.env["med.forecast.run"].action_start()

    def action_override(self):
        self.ensure_one()
        unit = self.unit or "month"
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("I know better"),
            "res_model": "med.forecast.override",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_forecast_id": self.id,
                "default_date_from": self.as_of,
                "default_date_to": periods.add(self.as_of, 2, unit),
                "default_quantity": self.next_quantity,
            },
        }

    @api.model
    def _everybody(self, product_ids=None):
        """The domain of forecasts over all consignees."""
        domain = Domain("class_id", "=", False)
        return domain & Domain("product_id", "in", product_ids) if product_ids is not None else domain
