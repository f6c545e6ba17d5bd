import logging
import time
from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib import periods
from ..lib.forecast import forecast

_logger = logging.getLogger(__name__)

# Products of one transaction: seconds of work, so that a cancel is heard and little is done twice.
BATCH = 200
HORIZON = {"month": 12, "week": 26}


class MedForecastRun(models.Model):
    """One passage over all products of a company with demand; works in the background, product by product by id."""

    _name = "med.forecast.run"
    _description = "Forecast run"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company", "Company", required=True, readonly=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        [
            ("queued", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
            ("failed", "Failed"),
        ],
        default="queued",
        required=True,
        readonly=True,
        index=True,
    )
    unit = fields.Selection(
        selection=lambda self: self.env["res.company"]._fields["med_forecast_unit"]._description_selection(self.env),
        string="Forecast in",
        readonly=True,
    )
    as_of = fields.Date("As of", readonly=True, help="Nothing from this day on was looked at.")
    started_at = fields.Datetime("Started", readonly=True)
    ended_at = fields.Datetime("Ended", readonly=True)
    product_count = fields.Integer("Products", readonly=True)
    done_count = fields.Integer("Products done", readonly=True)
    series_count = fields.Integer("Series", readonly=True)
    last_product_id = fields.Integer(readonly=True)
    progress = fields.Float("Progress (%)", compute="_compute_progress")
    seconds = fields.Float("Seconds of work", readonly=True, digits=(16, 1))
    mase = fields.Float(
        "Mean MASE",
        readonly=True,
        digits=(8, 3),
        help="Mean absolute error over that of repeating last year, over all series that could be tried. Below 1 is better.",
    )
    gain = fields.Float(
        "Better than simple (%)",
        readonly=True,
        digits=(8, 1),
        help="Mean absolute error against the simple way that, in hindsight, was best for each series.",
    )
    problem = fields.Char("What went wrong", readonly=True)

    @api.depends("as_of", "company_id")
    def _compute_name(self):
        for run in self:
            day = fields.Date.to_string(run.as_of) if run.as_of else self.env._("waiting")
            run.name = self.env._("Forecast of %(company)s, %(day)s", company=run.company_id.name, day=day)

    @api.depends("product_count", "done_count", "state")
    def _compute_progress(self):
        for run in self:
            done = run.state == "done"
            run.progress = 100.0 if done else 100.0 * run.done_count / (run.product_count or 1)

    # What people do ------------------------------------------------------------------------

    @api.model
    def action_start(self):
        """Queue a run for the current company; one at a time."""
        self.check_access("create")
        company = self.env.company
        if self.search_count([("company_id", "=", company.id), ("state", "in", ("queued", "running"))], limit=1):
            raise UserError(
                self.env._("A forecast of %(company)s is running. Wait for it or cancel it.", company=company.name)
            )
        run = self.create({"company_id": company.id})
        # sudo: only the trigger of the job
        self.env.ref("med_planning.ir_cron_forecast").sudo()._trigger()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": run.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_cancel(self):
        """What is done stays; the rest is not begun."""
        self.check_access("write")
        for run in self:
            if run.state not in ("queued", "running"):
                raise UserError(self.env._("%(run)s has ended already.", run=run.name))
        self.write({"state": "cancelled", "ended_at": fields.Datetime.now()})

    # The work --------------------------------------------------------------------------------

    @api.model
    def _cron_schedule(self):
        """A run for each company whose last one is older than it wants; stock is looked at every day."""
        now = fields.Datetime.now()
        due = self.browse()
        for company in self.env["res.company"].search([("med_forecast_days", ">", 0)]):
            last = self.search([("company_id", "=", company.id)], limit=1)
            open_ = last.state in ("queued", "running")
            if not last or (not open_ and (now - last.create_date).days >= company.med_forecast_days):
                due += self.create({"company_id": company.id})
            elif last.state == "done":
                self._look_at_stock(company)
        if due:
            self.env.ref("med_planning.ir_cron_forecast")._trigger()

    @api.model
    def _cron_run(self):
        """Batches of all waiting runs, one transaction each, until nothing is left or the time of the job is over."""
        cron = self.env["ir.cron"]
        for run in self.search([("state", "in", ("queued", "running"))], order="id"):
            while run.state in ("queued", "running"):
                try:
                    with self.env.cr.savepoint():
                        run._work()
                except Exception as error:
                    _logger.exception("Forecast run %s failed", run.id)
                    run.invalidate_recordset()
                    run.write({"state": "failed", "problem": str(error), "ended_at": fields.Datetime.now()})
                left = run.product_count - run.done_count if run.state == "running" else 0
                if not cron._commit_progress(1, remaining=left):
                    return
                run.invalidate_recordset(["state"])  # somebody may have cancelled meanwhile

    def _work(self, limit=BATCH):
        """The next products; the last batch closes the run."""
        self.ensure_one()
        run = self.with_company(self.company_id)
        history = run.env["med.forecast.history"]
        start = time.monotonic()
        if run.state == "queued":
            run._begin(history)
        product_ids = history._product_ids(run.company_id, run.unit, run.as_of, run.last_product_id, limit)
        if product_ids:
            series = history._read(run.company_id, product_ids, run.unit, run.as_of)
            run.env["med.forecast"]._keep(run, series)
            run.write(
                {
                    "done_count": run.done_count + len(product_ids),
                    "series_count": run.series_count + len(series),
                    "last_product_id": product_ids[-1],
                }
            )
        run.seconds += time.monotonic() - start
        if len(product_ids) < limit:
            run._end()

    def _begin(self, history):
        today = datetime.now(history._zone(self.company_id)).date()
        unit = self.company_id.med_forecast_unit
        self.write(
            {
                "state": "running",
                "started_at": fields.Datetime.now(),
                "unit": unit,
                "as_of": periods.start_of(today, unit),
                "product_count": len(history._product_ids(self.company_id, unit, today)),
            }
        )

    def _end(self):
        forecasts = self.env["med.forecast"]
        forecasts._retire(self)
        forecasts._compare_overrides(self)
        mase, ours, simple = forecasts._figures(self)
        self.write(
            {
                "state": "done",
                "ended_at": fields.Datetime.now(),
                "mase": mase,
                "gain": 100 * (1 - ours / simple) if simple else 0.0,
            }
        )
        self._look_at_stock(self.company_id)
        self.env["med.evidence.event"]._record(
            "forecast.run",
            [
                {
                    "record": self,
                    "body": {"as_of": str(self.as_of), "series": self.series_count, "products": self.done_count},
                }
            ],
        )

    @api.model
    def _look_at_stock(self, company):
        """What follows from the forecasts and from what is on the shelves today."""
        self.env["med.expiry.risk"]._look_ahead(company)
        self.env["med.replenish.proposal"]._propose(company)
        self.env["med.workload"]._renew(company)

    @api.model
    def _forecast(self, history, unit, kept=(), manual=()):
        return forecast(history, HORIZON[unit], periods.SEASONS[unit], kept, manual)
