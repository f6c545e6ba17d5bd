"""How fast and how complete recalls were: a table to pivot and chart, and the dashboard."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# What the dashboard shows of a recall, in this order. Each is a field, and its help is the formula.
TIMES = ("hours_to_scope", "hours_to_hold", "hours_to_first_notice", "hours_to_last_notice", "hours_to_answer")
SHARES = ("share_reached", "share_answered")
MONTHS = 12
SHOWN = 20


class MedRecallFigure(models.Model):
    """One row for each recall that was held. What has not happened yet is empty, not nought."""

    _name = "med.recall.figure"
    _description = "Figures of a recall"
    _auto = False
    _order = "held_at desc, id desc"
    _rec_name = "recall_id"
    _depends = {
        "med.recall": [
            "company_id",
            "profile_id",
            "state",
            "is_drill",
            "decided_at",
            "scoped_at",
            "held_at",
            "drill_score",
        ],
        "med.recall.consignee": ["recall_id", "notified_at", "seen_at", "answered_at"],
        "med.recall.contact": ["consignee_id", "result"],
    }

    recall_id = fields.Many2one("med.recall", "Recall", readonly=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    profile_id = fields.Many2one("med.recall.profile", "Recall class", readonly=True)
    is_drill = fields.Boolean("Drill", readonly=True)
    state = fields.Selection(
        selection=lambda self: self.env["med.recall"]._fields["state"]._description_selection(self.env),
        readonly=True,
    )
    held_at = fields.Datetime("Held at", readonly=True)
    hours_to_scope = fields.Float(
        "To scope (h)", readonly=True, aggregator="avg", help="From the decision to the confirmed scope."
    )
    hours_to_hold = fields.Float(
        "To hold (h)", readonly=True, aggregator="avg", help="From the decision to the signature that holds everything."
    )
    hours_to_first_notice = fields.Float(
        "To first letter (h)",
        readonly=True,
        aggregator="avg",
        help="From the decision to the first consignee notified.",
    )
    hours_to_last_notice = fields.Float(
        "To last letter (h)",
        readonly=True,
        aggregator="avg",
        help="From the decision to the last consignee notified; empty while one is not.",
    )
    hours_to_answer = fields.Float(
        "To answer (h)",
        readonly=True,
        aggregator="avg",
        help="Median over the consignees that answered, from their letter to their answer.",
    )
    consignee_count = fields.Integer("Consignees", readonly=True)
    share_reached = fields.Float(
        "Reached (%)",
        readonly=True,
        aggregator="avg",
        help="Consignees that opened the letter, were spoken to or answered, of all.",
    )
    share_answered = fields.Float(
        "Answered (%)", readonly=True, aggregator="avg", help="Consignees that answered, of all."
    )
    drill_score = fields.Integer("Score of the drill (%)", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """SELECT recall.id, recall.id AS recall_id, recall.company_id, recall.profile_id, recall.state,
                      COALESCE(recall.is_drill, FALSE) AS is_drill, recall.held_at,
                      EXTRACT(EPOCH FROM recall.scoped_at - recall.decided_at) / 3600 AS hours_to_scope,
                      EXTRACT(EPOCH FROM recall.held_at - recall.decided_at) / 3600 AS hours_to_hold,
                      EXTRACT(EPOCH FROM told.first - recall.decided_at) / 3600 AS hours_to_first_notice,
                      CASE WHEN told.notified = told.total
                           THEN EXTRACT(EPOCH FROM told.last - recall.decided_at) / 3600 END AS hours_to_last_notice,
                      told.answer_seconds / 3600 AS hours_to_answer,
                      told.total AS consignee_count,
                      100.0 * told.reached / NULLIF(told.total, 0) AS share_reached,
                      100.0 * told.answered / NULLIF(told.total, 0) AS share_answered,
                      CASE WHEN recall.is_drill THEN recall.drill_score END AS drill_score
                 FROM med_recall recall
                 CROSS JOIN LATERAL (
                    SELECT count(*) AS total, count(one.notified_at) AS notified, count(one.answered_at) AS answered,
                           count(*) FILTER (WHERE one.answered_at IS NOT NULL OR one.seen_at IS NOT NULL
                               OR EXISTS (SELECT FROM med_recall_contact call
                                           WHERE call.consignee_id = one.id AND call.result = 'reached')) AS reached,
                           min(one.notified_at) AS first, max(one.notified_at) AS last,
                           percentile_cont(0.5) WITHIN GROUP (
                               ORDER BY EXTRACT(EPOCH FROM one.answered_at - one.notified_at)) AS answer_seconds
                      FROM med_recall_consignee one WHERE one.recall_id = recall.id) told
                WHERE recall.held_at IS NOT NULL"""
        )


class MedRecall(models.Model):
    _inherit = "med.recall"

    @api.model
    def dashboard(self):
        """What the dashboard shows, of the companies the user ticked and may read.

        :return: JSON: ``open`` recalls with their next deadline, the most urgent first; ``figures``
            of the real recalls of the last twelve months ({label, help, value or None, unit});
            ``drills`` and ``readiness`` with their scores, oldest first; times in UTC
        """
        since = fields.Datetime.now() - timedelta(days=MONTHS * 30.5)
        companies = [("company_id", "in", self.env.companies.ids)]
        running = self.search([*companies, ("state", "in", ("draft", "held", "notified")), ("is_drill", "=", False)])
        running = running.sorted(lambda recall: (not recall.next_due_at, recall.next_due_at or recall.decided_at))
        figure = self.env["med.recall.figure"]
        real = [*companies, ("is_drill", "=", False), ("held_at", ">=", since)]
        [averages] = figure._read_group(real, [], [f"{name}:avg" for name in (*TIMES, *SHARES)]) or [()]
        figures = [self._dashboard_figure(figure, *pair) for pair in zip((*TIMES, *SHARES), averages, strict=True)]
        figures.append(self._dashboard_accounted(real))
        drills = self.search([*companies, ("is_drill", "=", True), ("held_at", "!=", False)], limit=SHOWN)
        readiness = self.env["med.recall.readiness"].search(companies, limit=SHOWN)
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "open": [
                {
                    "id": recall.id,
                    "name": recall.name,
                    "title": recall.title,
                    "profile": recall.profile_id.display_name,
                    "state": recall.state,
                    "state_label": states[recall.state],
                    "due_at": fields.Datetime.to_string(recall.next_due_at) if recall.next_due_at else None,
                    "hours_left": recall.hours_left if recall.next_due_at else None,
                    "consignees": recall.consignee_count,
                    "reached": recall.share_reached,
                    "answered": recall.share_answered,
                    "accounted": recall.share_accounted,
                }
                for recall in running[:SHOWN]
            ],
            "more": max(0, len(running) - SHOWN),
            "figures": figures,
            "drills": [
                {"id": one.id, "at": fields.Datetime.to_string(one.held_at), "score": one.drill_score}
                for one in reversed(drills)
            ],
            "readiness": [
                {"id": one.id, "at": fields.Datetime.to_string(one.checked_at), "score": one.score}
                for one in reversed(readiness)
            ],
            "findings": self._dashboard_findings(readiness[:1]),
        }

    @api.model
    def _dashboard_figure(self, model, name, value):
        described = model.fields_get([name], ["string", "help"])[name]
        return {
            "name": name,
            "label": described["string"],
            "help": described["help"],
            "value": value,
            "unit": "%" if name.startswith("share") else "h",
        }

    @api.model
    def _dashboard_accounted(self, domain):
        """The one share that is read from movements and not from a table."""
        recalls = self.env["med.recall.figure"].search(domain, limit=SHOWN).recall_id
        delivered = sum(recalls.mapped("delivered"))
        described = self.fields_get(["share_accounted"], ["string"])["share_accounted"]
        return {
            "name": "share_accounted",
            "label": described["string"],
            "help": self.env._("Units returned, used, implanted, destroyed or explained, of those at consignees."),
            "value": 100 * (delivered - sum(recalls.mapped("unaccounted"))) / delivered if delivered else None,
            "unit": "%",
        }

    @api.model
    def _dashboard_findings(self, readiness):
        """[what would fail today, how often] of the last night."""
        kinds = self.env["med.recall.readiness.finding"]._fields["kind"]._description_selection(self.env)
        counts = {
            kind: count
            for kind, count in self.env["med.recall.readiness.finding"]._read_group(
                [("readiness_id", "in", readiness.ids)], ["kind"], ["__count"]
            )
        }
        return [{"label": label, "count": counts[kind]} for kind, label in kinds if kind in counts]
