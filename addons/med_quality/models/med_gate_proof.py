from datetime import UTC, datetime, time, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib import registry
from ..lib.facts import Scope

# After a standstill every day that was missed is proven, but not those of years.
CATCH_UP_DAYS = 31


class MedGateProof(models.Model):
    """The nightly proof that no door is open: everything that left on one day, line by line,
    against the evidence of the gate. A line without exactly one verdict came another way."""

    _name = "med.gate.proof"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Proof of a day's shipments"
    _order = "day desc, id desc"
    _rec_name = "day"

    day = fields.Date(required=True, readonly=True, index=True)
    company_id = fields.Many2one("res.company", "Company", required=True, readonly=True)
    lines = fields.Integer("Lines that left", readonly=True)
    unmatched = fields.Integer("Unmatched", readonly=True)
    uncovered_rules = fields.Char(
        "Rules without a policy", readonly=True, help="Rules that no policy in force asks for, so they stop nobody."
    )
    line_ids = fields.One2many("med.gate.proof.line", "proof_id", "Unmatched lines", readonly=True)
    state = fields.Selection(
        [("matched", "All matched"), ("alarm", "Unmatched lines")], compute="_compute_state", store=True, string="Status"
    )

    @api.depends("unmatched")
    def _compute_state(self):
        for proof in self:
            proof.state = "alarm" if proof.unmatched else "matched"

    @api.depends("day", "company_id")
    def _compute_display_name(self):
        for proof in self:
            proof.display_name = f"{proof.day} · {proof.company_id.name}"

    @api.model
    def _cron_prove(self):
        """Prove yesterday for every company, and the days before it that nobody proved."""
        # sudo: the proof looks at everything that left, whoever's cron runs
        for company in self.env["res.company"].sudo().search([]):
            zone = self.env["med.gate"]._zone(company)
            yesterday = fields.Datetime.now().replace(tzinfo=UTC).astimezone(zone).date() - timedelta(days=1)
            last = self.sudo().search([("company_id", "=", company.id)], limit=1, order="day desc").day
            first = max(last + timedelta(days=1), yesterday - timedelta(days=CATCH_UP_DAYS)) if last else yesterday
            for offset in range((yesterday - first).days + 1):
                self.sudo()._prove(company, first + timedelta(days=offset))

    @api.model
    def _prove(self, company, day):
        """Match what left on ``day`` in the company's time zone, keep the result, alarm if needed."""
        lines = self._lines(company, day)
        problems = self._problems(lines, company)
        labels = self.env["med.gate"]._rule_labels()
        proof = self.create(
            {
                "day": day,
                "company_id": company.id,
                "lines": len(lines),
                "unmatched": len(problems),
                "uncovered_rules": ", ".join(labels.get(code, code) for code in self._uncovered(company, day)) or False,
                "line_ids": [
                    fields.Command.create({"move_line_id": line_id, "problem": problem})
                    for line_id, problem in sorted(problems.items())
                ],
            }
        )
        body = {"day": fields.Date.to_string(day), "lines": len(lines), "unmatched": len(problems)}
        self.env["med.evidence.event"]._record("gate.proof", [{"record": proof, "body": body}])
        if problems:
            proof._alarm(problems)
        return proof

    @api.model
    def _lines(self, company, day):
        """The lines of devices that reached a consignee on ``day``."""
        zone = self.env["med.gate"]._zone(company)
        begin, end = (
            datetime.combine(day + timedelta(days=extra), time(), zone).astimezone(UTC).replace(tzinfo=None)
            for extra in (0, 1)
        )
        return self.env["stock.move.line"].search(
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "done")
            & Domain("date", ">=", begin)
            & Domain("date", "<", end)
            & Domain("location_dest_id.usage", "=", "customer")
            & Domain("product_id.med_is_device", "=", True)
            & Domain("quantity", ">", 0)
        )

    @api.model
    def _problems(self, lines, company):
        """{line id: the first thing that is missing or there twice}; an addon above adds its own."""
        verdicts = self._verdict_counts(lines)
        problems = {}
        for line in lines:
            count = verdicts.get(line.id, 0)
            if count != 1:
                problems[line.id] = "verdict_twice" if count else "verdict_missing"
        return problems

    @api.model
    def _verdict_counts(self, lines):
        """{line id: how often the gate let it pass at shipping}, from the evidence."""
        records = {"stock.picking": lines.picking_id.ids, "stock.move": lines.move_id.ids}
        counts = {}
        for model, ids in records.items():
            rows = self.env.execute_query(
                SQL(
                    """SELECT passed.line_id::int, count(*)
                       FROM med_evidence_event event,
                            jsonb_array_elements_text(event.body::jsonb -> 'line_ids') AS passed (line_id)
                       WHERE event.kind = 'gate.passed' AND event.res_model = %s AND event.res_id = ANY(%s)
                         AND event.body::jsonb ->> 'checkpoint' = 'ship'
                       GROUP BY passed.line_id""",
                    model,
                    list(ids),
                )
            )
            for line_id, count in rows:
                counts[line_id] = counts.get(line_id, 0) + count
        return counts

    @api.model
    def _uncovered(self, company, day):
        """The rules that no policy mentions for this company on that day. One that is switched
        off on purpose is mentioned; one that a wrong company or date leaves out is not."""
        book = self.env["med.gate.policy"]._book(company, day)
        return sorted(code for code in registry.rules() if not book.mentions(code, Scope(company.id)))

    def _alarm(self, problems):
        self.env["med.evidence.event"]._record(
            "gate.unmatched",
            [{"record": self, "body": {"lines": [[line_id, problem] for line_id, problem in sorted(problems.items())]}}],
        )
        for user in self._alarm_users():
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self.env._("Goods left without a matching verdict"),
                note=self.env._(
                    "%(count)s lines of %(day)s cannot be matched with the evidence. Find out how they left.",
                    count=len(problems),
                    day=self.day,
                ),
                user_id=user.id,
            )

    def _alarm_users(self):
        group = self.env.ref("med_master_data.group_med_quality")
        return group.all_user_ids.filtered(lambda user: user.active and self.company_id in user.company_ids)


class MedGateProofLine(models.Model):
    _name = "med.gate.proof.line"
    _description = "Line without its evidence"

    proof_id = fields.Many2one("med.gate.proof", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="proof_id.company_id", store=True)
    move_line_id = fields.Many2one("stock.move.line", "Line", ondelete="restrict")
    picking_id = fields.Many2one(related="move_line_id.picking_id", string="Transfer")
    product_id = fields.Many2one(related="move_line_id.product_id", string="Product")
    lot_id = fields.Many2one(related="move_line_id.lot_id", string="Lot")
    problem = fields.Selection(
        [
            ("verdict_missing", "The gate never judged it"),
            ("verdict_twice", "The gate let it pass twice"),
        ],
        required=True,
    )
