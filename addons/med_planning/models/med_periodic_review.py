from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_date
from odoo.tools.misc import formatLang

AREAS = [
    ("process", "Process"),
    ("interface", "Interface"),
    ("equipment", "Equipment"),
    ("training", "Training"),
    ("other", "Other"),
]
PLANNERS = ("med_master_data.group_med_quality", "med_master_data.group_med_supervisor")


class MedPeriodicReview(models.Model):
    """A quarter looked back at: figures frozen beside the last ones and the goals, what was found, who does what until
    when, and what became of the actions of last time. Signed, it stays as it is."""

    _name = "med.periodic.review"
    _inherit = ["med.signable", "med.evidence.tracked"]
    _description = "Periodic review"
    _order = "date_to desc, id desc"
    _evidence_fields = ("date_from", "date_to", "conclusion", "frozen_at")

    company_id = fields.Many2one(
        "res.company", "Company", required=True, readonly=True, default=lambda self: self.env.company
    )
    date_from = fields.Date("From", required=True, default=lambda self: self._default_period()[0])
    date_to = fields.Date("To", required=True, default=lambda self: self._default_period()[1])
    previous_id = fields.Many2one("med.periodic.review", "Review before", readonly=True, ondelete="restrict")
    frozen_at = fields.Datetime("Figures taken at", readonly=True, copy=False)
    figure_ids = fields.One2many("med.periodic.review.figure", "review_id", "Figures", readonly=False)
    finding_ids = fields.One2many("med.periodic.review.finding", "review_id", "Findings")
    action_ids = fields.One2many("med.periodic.review.action", "review_id", "Actions")
    followed_ids = fields.One2many(related="previous_id.action_ids", string="Actions of last time")
    feedback_ids = fields.One2many("med.floor.feedback", "review_id", "From the floor", readonly=True)
    conclusion = fields.Text()
    is_signed = fields.Boolean("Signed", compute="_compute_is_signed")

    _dates_in_order = models.Constraint("CHECK (date_from <= date_to)", "The first day comes before the last.")

    @api.model
    def _default_period(self):
        """The last whole quarter."""
        today = fields.Date.context_today(self)
        first = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
        return first - relativedelta(months=3), first - timedelta(days=1)

    @api.depends("date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for review in self:
            review.display_name = self.env._(
                "Review %(first)s – %(last)s",
                first=format_date(self.env, review.date_from),
                last=format_date(self.env, review.date_to),
            )

    @api.depends("signature_ids")
    def _compute_is_signed(self):
        for review in self:
            review.is_signed = bool(review.signature_ids)

    def write(self, vals):
        # what became of an action is written after the signature, through this form
        if set(vals) != {"action_ids"}:
            self._check_unsigned()
        return super().write(vals)

    def _check_unsigned(self):
        if any(review.is_signed for review in self):
            raise UserError(self.env._("A signed review stays as it was signed. Begin another one."))

    # Figures -----------------------------------------------------------------------------------

    @api.model
    def _figure_labels(self):
        """{code: (label, unit, whether more is better)}"""
        _ = self.env._
        return {
            "deliveries": (_("Deliveries"), "", True),
            "on_time": (_("On time"), "%", True),
            "returned": (_("Returned of what left"), "%", False),
            "deviations": (_("Deviations opened"), "", False),
            "forecast_mase": (_("Error of the forecast (MASE)"), "", False),
            "forecast_gain": (_("Forecast better than simple ways"), "%", True),
            "supplier_late": (_("Receipts that came late"), "%", False),
            "expired": (_("Expired unsold, at cost"), "¤", False),
            "saved": (_("Saved from expiring, at cost"), "¤", True),
            "feedback": (_("Remarks from the floor"), "", True),
        }

    def action_freeze(self):
        """Take the figures of the period; again, as long as nobody signed. Goals stay."""
        self._check_unsigned()
        for review in self:
            # the period's days are the company's
            previous = self.search(
                [("company_id", "=", review.company_id.id), ("date_to", "<", review.date_from)], limit=1
            )
            before = {one.code: one for one in previous.figure_ids}
            goals = {one.code: (one.goal, one.has_goal) for one in [*previous.figure_ids, *review.figure_ids]}
            values = review._measure()
            review.figure_ids.sudo().unlink()  # sudo: figures are measured, nobody may delete one
            review.write(
                {
                    "previous_id": previous.id,
                    "frozen_at": fields.Datetime.now(),
                    "figure_ids": [
                        (
                            0,
                            0,
                            {
                                "code": code,
                                "value": values.get(code) or 0.0,
                                "is_known": values.get(code) is not None,
                                "before": before[code].value if code in before else 0.0,
                                "has_before": code in before and before[code].is_known,
                                "goal": goals.get(code, (0.0, False))[0],
                                "has_goal": goals.get(code, (0.0, False))[1],
                            },
                        )
                        for code in self._figure_labels()
                    ],
                }
            )
            open_ = self.env["med.floor.feedback"].search(
                [("company_id", "=", review.company_id.id), ("review_id", "=", False)]
            )
            # sudo: whoever reviews may collect what others wrote
            open_.filtered(lambda one: one.create_date.date() <= fields.Date.today()).sudo().review_id = review
        return True

    def _measure(self):
        """{code: value, None where there is nothing to measure}"""
        self.ensure_one()
        self.env.flush_all()
        zone = self.env["med.gate"]._zone(self.company_id)
        history = self.env["med.forecast.history"]
        place = {
            "company": self.company_id.id,
            "since": history._utc(self.company_id, self.date_from),
            "until": history._utc(self.company_id, self.date_to + timedelta(days=1)),
            "zone": str(zone),
        }
        ((deliveries, on_time),) = self.env.execute_query(
            SQL(
                """SELECT count(*), 100.0 * avg((picking.date_done
                            <= coalesce(picking.date_deadline, picking.scheduled_date) + interval '1 day')::integer)
                     FROM stock_picking picking JOIN stock_picking_type kind ON kind.id = picking.picking_type_id
                    WHERE kind.code = 'outgoing' AND picking.state = 'done' AND picking.company_id = %(company)s
                      AND picking.date_done >= %(since)s AND picking.date_done < %(until)s""",
                **place,
            )
        )
        ((sold, returned),) = self.env.execute_query(
            SQL(
                """SELECT sum(line.quantity_product_uom) FILTER (WHERE destination.usage = 'customer'),
                          sum(line.quantity_product_uom) FILTER (WHERE origin.usage = 'customer')
                     FROM stock_move_line line
                     JOIN stock_location origin ON origin.id = line.location_id
                     JOIN stock_location destination ON destination.id = line.location_dest_id
                    WHERE line.state = 'done' AND line.company_id = %(company)s
                      AND line.date >= %(since)s AND line.date < %(until)s
                      AND (destination.usage = 'customer') <> (origin.usage = 'customer')""",
                **place,
            )
        )
        ((late,),) = self.env.execute_query(
            SQL(
                """SELECT 100.0 * avg((move.date > line.date_planned + interval '1 day')::integer)
                     FROM stock_move move JOIN purchase_order_line line ON line.id = move.purchase_line_id
                     JOIN stock_location origin ON origin.id = move.location_id
                    WHERE move.state = 'done' AND origin.usage = 'supplier' AND move.company_id = %(company)s
                      AND move.date >= %(since)s AND move.date < %(until)s""",
                **place,
            )
        )
        between = [
            ("company_id", "=", self.company_id.id),
            ("create_date", ">=", place["since"]),
            ("create_date", "<", place["until"]),
        ]
        run = self.env["med.forecast.run"].search(
            [("company_id", "=", self.company_id.id), ("state", "=", "done"), ("ended_at", "<", place["until"])],
            limit=1,
        )
        risks = self.env["med.expiry.risk"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("ship_until", ">=", self.date_from),
                ("ship_until", "<=", self.date_to),
            ]
        )
        decided = self.env["med.expiry.risk"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("decided_at", ">=", place["since"]),
                ("decided_at", "<", place["until"]),
            ]
        )
        return {
            "deliveries": deliveries,
            "on_time": on_time and float(on_time),
            "returned": 100 * float(returned or 0) / float(sold) if sold else None,
            # sudo: a number; who reviews a quarter need not read every deviation
            "deviations": self.env["med.deviation"].sudo().search_count(between),
            "forecast_mase": run.mase if run else None,
            "forecast_gain": run.gain if run else None,
            "supplier_late": late and float(late),
            "expired": sum(risks.filtered(lambda risk: risk.state == "lost").mapped("value")),
            "saved": sum(decided.mapped("saved_value")),
            "feedback": self.env["med.floor.feedback"].search_count(between),
        }

    # Signing -----------------------------------------------------------------------------------

    def _signature_meanings(self):
        return {
            "prepared": self.env._("I prepared this review"),
            "approved": self.env._("I approve this review and its actions"),
        }

    def _signature_snapshot(self, meaning):
        review = self.sudo()  # the signed content is the same whoever reads it
        return {
            "from": str(review.date_from),
            "to": str(review.date_to),
            "figures": [[one.code, f"{one.value:.4f}", f"{one.goal:.4f}"] for one in review.figure_ids.sorted("id")],
            "findings": [[one.area, one.name] for one in review.finding_ids.sorted("id")],
            "actions": [[one.name, one.owner_id.id, str(one.due_date)] for one in review.action_ids.sorted("id")],
            "conclusion": review.conclusion or "",
        }

    def _signature_display(self, meaning):
        _ = self.env._
        return {
            _("Review"): self.display_name,
            _("Figures"): [f"{one.label}: {one.shown}" for one in self.figure_ids],
            _("Findings"): [one.name for one in self.finding_ids] or ["–"],
            _("Actions"): [
                f"{one.name} ({one.owner_id.name}, {format_date(self.env, one.due_date)})" for one in self.action_ids
            ]
            or ["–"],
            _("Conclusion"): self.conclusion or "–",
        }

    def _signature_check(self, meaning):
        if not any(self.env.user.has_group(group) for group in PLANNERS):
            raise AccessError(self.env._("Quality and supervisors sign the review."))
        for review in self:
            if not review.frozen_at:
                raise UserError(self.env._("Take the figures of the period first; then there is something to sign."))
            if meaning in review.signature_ids.mapped("meaning"):
                raise UserError(self.env._("This has been signed already."))

    # Every quarter -----------------------------------------------------------------------------

    @api.model
    def _cron_prepare(self):
        """A review for each company whose last one ended so many months ago; it is people who fill and sign it."""
        first, last = self._default_period()
        for company in self.env["res.company"].search([("med_review_months", ">", 0)]):
            done = self.search([("company_id", "=", company.id)], limit=1)
            due = not done or done.date_to + relativedelta(months=company.med_review_months) <= last
            if due:
                begin = last + timedelta(days=1) - relativedelta(months=company.med_review_months)
                review = self.create({"company_id": company.id, "date_from": begin or first, "date_to": last})
                review.action_freeze()


class MedPeriodicReviewFigure(models.Model):
    _name = "med.periodic.review.figure"
    _description = "Figure of a periodic review"
    _order = "review_id, id"

    review_id = fields.Many2one("med.periodic.review", "Review", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="review_id.company_id", store=True)
    code = fields.Char(required=True, readonly=True)
    label = fields.Char("Figure", compute="_compute_label")
    value = fields.Float(digits=(16, 2), readonly=True)
    is_known = fields.Boolean(readonly=True)
    before = fields.Float("Last time", digits=(16, 2), readonly=True)
    has_before = fields.Boolean(readonly=True)
    goal = fields.Float(digits=(16, 2))
    has_goal = fields.Boolean("Has a goal")
    shown = fields.Char("Now", compute="_compute_shown")
    shown_before = fields.Char("Before", compute="_compute_shown")
    verdict = fields.Selection(
        [
            ("met", "Goal met"),
            ("missed", "Goal missed"),
            ("better", "Better"),
            ("worse", "Worse"),
            ("even", "As before"),
        ],
        compute="_compute_verdict",
    )

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_label(self):
        labels = self.env["med.periodic.review"]._figure_labels()
        for figure in self:
            figure.label = labels[figure.code][0] if figure.code in labels else figure.code

    @api.depends("value", "before", "is_known", "has_before", "code")
    @api.depends_context("lang")
    def _compute_shown(self):
        units = {code: unit for code, (_label, unit, _more) in self.env["med.periodic.review"]._figure_labels().items()}
        for figure in self:
            for name, value, known in (
                ("shown", figure.value, figure.is_known),
                ("shown_before", figure.before, figure.has_before),
            ):
                unit = units.get(figure.code)
                if not known:
                    figure[name] = "–"
                elif unit == "¤":
                    figure[name] = formatLang(self.env, value, currency_obj=figure.company_id.currency_id)
                else:
                    digits = 1 if unit else 0 if value == int(value) else 2
                    figure[name] = f"{formatLang(self.env, value, digits=digits)} {unit}".strip()

    @api.depends("value", "before", "goal", "has_goal", "has_before", "is_known")
    def _compute_verdict(self):
        more_is_better = {
            code: more for code, (_l, _u, more) in self.env["med.periodic.review"]._figure_labels().items()
        }
        for figure in self:
            sign = 1 if more_is_better.get(figure.code, True) else -1
            if not figure.is_known:
                figure.verdict = False
            elif figure.has_goal:
                figure.verdict = "met" if sign * (figure.value - figure.goal) >= 0 else "missed"
            elif not figure.has_before:
                figure.verdict = False
            else:
                change = sign * (figure.value - figure.before)
                figure.verdict = "even" if not change else "better" if change > 0 else "worse"

    @api.onchange("goal")
    def _onchange_goal(self):
        self.has_goal = True

    def write(self, vals):
        self.review_id._check_unsigned()
        if not self.env.su and vals.keys() - {"goal", "has_goal"}:
            raise UserError(self.env._("Figures are measured; only their goals are yours."))
        return super().write(vals)


class MedPeriodicReviewFinding(models.Model):
    _name = "med.periodic.review.finding"
    _description = "Finding of a periodic review"
    _order = "review_id, id"

    review_id = fields.Many2one("med.periodic.review", "Review", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="review_id.company_id", store=True)
    area = fields.Selection(AREAS, required=True, default="process")
    name = fields.Char("What was found", required=True)

    @api.model_create_multi
    def create(self, vals_list):
        findings = super().create(vals_list)
        findings.review_id._check_unsigned()
        return findings

    def write(self, vals):
        self.review_id._check_unsigned()
        return super().write(vals)

    def unlink(self):
        self.review_id._check_unsigned()
        return super().unlink()


class MedPeriodicReviewAction(models.Model):
    """Who does what until when. What became of it is written after the review is signed."""

    _name = "med.periodic.review.action"
    _inherit = ["med.evidence.tracked"]
    _description = "Action of a periodic review"
    _order = "due_date, id"
    _evidence_fields = ("name", "owner_id", "due_date", "done_on", "result")

    review_id = fields.Many2one("med.periodic.review", "Review", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="review_id.company_id", store=True)
    name = fields.Char("What is done", required=True)
    finding_id = fields.Many2one("med.periodic.review.finding", "Finding", ondelete="set null")
    owner_id = fields.Many2one("res.users", "Owner", required=True, default=lambda self: self.env.user)
    due_date = fields.Date("Due", required=True)
    done_on = fields.Date("Done on")
    result = fields.Char("What it brought")
    is_late = fields.Boolean("Late", compute="_compute_is_late")

    @api.depends("due_date", "done_on")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for action in self:
            action.is_late = bool(action.due_date) and (action.done_on or today) > action.due_date

    @api.constrains("done_on", "result")
    def _check_result(self):
        for action in self:
            if action.done_on and not (action.result or "").strip():
                raise ValidationError(self.env._("%(action)s: say what it brought.", action=action.name))

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions.review_id._check_unsigned()
        return actions

    def write(self, vals):
        if vals.keys() - {"done_on", "result", "evidence_reason"}:
            self.review_id._check_unsigned()
        return super().write(vals)


class MedFloorFeedback(models.Model):
    """What somebody on the floor noticed; one tap, one sentence. The next review answers it."""

    _name = "med.floor.feedback"
    _description = "Remark from the floor"
    _order = "id desc"

    name = fields.Char("What did you notice?", required=True)
    area = fields.Selection(AREAS, required=True, default="process")
    user_id = fields.Many2one("res.users", "From", default=lambda self: self.env.user, readonly=True, required=True)
    company_id = fields.Many2one("res.company", "Company", required=True, default=lambda self: self.env.company)
    review_id = fields.Many2one(
        "med.periodic.review", "Answered in", readonly=True, index="btree_not_null", ondelete="set null"
    )
