"""Drills: a mock recall on live data that changes nothing, measured against goals and the drills before."""

import time
from datetime import timedelta

from odoo import Command, api, fields, models

# What a drill is about, besides the time: everything of it has to be right.
FULL = 100.0


class MedRecall(models.Model):
    _inherit = "med.recall"

    drill_step_ids = fields.One2many("med.recall.drill.step", "recall_id", "Steps of the drill", readonly=True)
    drill_score = fields.Integer("Score of the drill (%)", readonly=True, copy=False, aggregator="avg")
    drill_before_id = fields.Many2one("med.recall", "Drill before", readonly=True, copy=False)
    drill_score_before = fields.Integer(related="drill_before_id.drill_score", string="Score before (%)")

    def _drill(self):
        """Everything is found and timed; no lot changes, nothing is moved, nobody is written to."""
        start = time.monotonic()
        lots = self._scope_lots()
        found = time.monotonic()
        self._trace(lots)
        traced = time.monotonic()
        balances = self.env["med.recall.trace"]._balances(lots)
        off = [lot for lot in lots if abs(balances[lot.id][0].here - balances[lot.id][1]) > 1e-5]
        balanced = time.monotonic()
        silent = self.consignee_ids.filtered(lambda one: not one.contact_id.email)
        now = fields.Datetime.now()
        none = self.env._("none")
        steps = [
            self._drill_time(now),
            {"step": "scope", "seconds": found - start, "done": len(lots), "whole": len(lots)},
            {"step": "trace", "seconds": traced - found, "done": len(lots), "whole": len(lots)},
            {
                "step": "balance",
                "seconds": balanced - traced,
                "done": len(lots) - len(off),
                "whole": len(lots),
                "missing": ", ".join(lot.name for lot in off),
            },
            {
                "step": "reach",
                "seconds": time.monotonic() - balanced,
                "done": len(self.consignee_ids) - len(silent),
                "whole": len(self.consignee_ids),
                "missing": ", ".join(silent.partner_id.mapped("name")),
            },
        ]
        scores = [self._drill_score(step) for step in steps if step["whole"]]
        before = self.search(
            [("is_drill", "=", True), ("company_id", "=", self.company_id.id), ("held_at", "!=", False)],
            order="held_at desc, id desc",
            limit=1,
        )
        lines = [
            self.env._(
                "Lots in scope: %(count)s, found in %(seconds)s s", count=len(lots), seconds=f"{found - start:.2f}"
            ),
            self.env._(
                "Units traced to %(count)s consignees in %(seconds)s s",
                count=len(self.consignee_ids),
                seconds=f"{traced - found:.2f}",
            ),
            self.env._("Lots that do not balance: %(lots)s", lots=steps[3]["missing"] or none),
            self.env._("Consignees without an e-mail address: %(names)s", names=steps[4]["missing"] or none),
        ]
        self._write_state(
            {
                "lot_ids": [Command.set(lots.ids)],
                "state": self._go("hold"),
                "held_at": now,
                "drill_seconds": time.monotonic() - start,
                "drill_result": "\n".join(lines),
                "drill_score": round(sum(scores) / len(scores)),
                "drill_before_id": before.id,
            }
        )
        # sudo: the steps are written by the drill alone, nobody enters them
        self.env["med.recall.drill.step"].sudo().create([{"recall_id": self.id, **step} for step in steps])
        self.env["med.evidence.event"]._record(
            "recall.drilled",
            [
                {
                    "record": self,
                    "body": {
                        "lots": lots.ids,
                        "off": len(off),
                        "silent": len(silent),
                        "score": self.drill_score,
                    },
                }
            ],
        )

    def _drill_time(self, now):
        """From the decision to the signature, with all that people did in between."""
        goal = self.company_id.med_drill_minutes
        minutes = max(0.0, (now - self.decided_at).total_seconds() / 60)
        # the part of the time taken that the goal allowed
        return {"step": "time", "seconds": minutes * 60, "done": min(goal, minutes) or 1, "whole": minutes or 1}

    @api.model
    def _drill_score(self, step):
        return FULL * step["done"] / step["whole"]

    # Every year ----------------------------------------------------------------------------

    @api.model
    def _cron_schedule_drills(self):
        """A company that delivers devices and had no drill for so many months gets one prepared: the
        riskiest lot in its scope, and a to-do for quality. It is a person who starts it."""
        for company in self.env["res.company"].search([("med_drill_months", ">", 0)]):
            self.with_company(company)._schedule_drill(company)

    @api.model
    def _schedule_drill(self, company):
        today = fields.Datetime.now()
        since = fields.Datetime.subtract(today, months=company.med_drill_months)
        recent = [("is_drill", "=", True), ("company_id", "=", company.id), ("state", "!=", "withdrawn")]
        if self.search_count([*recent, "|", ("held_at", ">", since), ("state", "=", "draft")], limit=1):
            return self.browse()
        lot = self.env["med.recall.readiness"]._risky_lots(company)[:1]
        if not lot:
            return self.browse()
        user = company._med_quality_contact()
        drill = self.create(
            {
                "title": self.with_context(lang=user.lang or self.env.lang).env._("Drill of the year"),
                "company_id": company.id,
                "is_drill": True,
                "profile_id": self.env["med.recall.profile"].search([], limit=1).id,
                "product_ids": [Command.set(lot.product_id.ids)],
                "scope_ids": [Command.create({"kind": "lot", "first": lot.name})],
            }
        )
        if user:
            drill.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=drill.title,
                user_id=user.id,
                date_deadline=fields.Date.context_today(drill) + timedelta(days=30),
            )
        return drill


class MedRecallDrillStep(models.Model):
    _name = "med.recall.drill.step"
    _description = "Step of a drill"
    _order = "id"
    _rec_name = "step"

    recall_id = fields.Many2one("med.recall", "Drill", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="recall_id.company_id", store=True)
    step = fields.Selection(
        [
            ("time", "From the decision to the result"),
            ("scope", "Lots found"),
            ("trace", "Lots traced"),
            ("balance", "Lots that balance"),
            ("reach", "Consignees with an address"),
        ],
        required=True,
        readonly=True,
    )
    seconds = fields.Float("Took (s)", readonly=True)
    done = fields.Float("Done", readonly=True)
    whole = fields.Float("Of", readonly=True)
    share = fields.Integer("Reached (%)", compute="_compute_share")
    missing = fields.Text("What is missing", readonly=True)

    @api.depends("done", "whole")
    def _compute_share(self):
        for step in self:
            step.share = round(FULL * step.done / step.whole) if step.whole else 100


class ResCompany(models.Model):
    _inherit = "res.company"

    med_drill_minutes = fields.Integer(
        "Goal of a drill (minutes)",
        default=120,
        help="From the decision to the signed result; 120 is usual.",
        prefetch="med",
    )
    med_drill_months = fields.Integer(
        "Drill every (months)",
        default=12,
        help="A drill is prepared when the last one is older. 0: never by itself.",
        prefetch="med",
    )

    _med_drill_range = models.Constraint(
        "CHECK (coalesce(med_drill_minutes, 1) > 0 AND coalesce(med_drill_months, 0) >= 0)",
        "The goal of a drill is at least a minute, and its months are 0 or more.",
    )
