from datetime import UTC, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.med_evidence.models.med_evidence_append_only import APPEND

from ..lib import deadlines


class MedRecallDeadline(models.Model):
    """One clock of one recall. The rule is copied when the clock starts: a later change of the
    profile moves no deadline that runs."""

    _name = "med.recall.deadline"
    _description = "Deadline of a recall"
    _order = "due_at, id"
    _rec_name = "kind"

    recall_id = fields.Many2one("med.recall", "Recall", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="recall_id.company_id", store=True)
    kind = fields.Selection(
        selection=lambda self: self.env["med.recall.profile.deadline"]._selection_kind(),
        string="What is due",
        required=True,
        readonly=True,
    )
    started_at = fields.Datetime("Runs since", required=True, readonly=True)
    due_at = fields.Datetime("Due", required=True, readonly=True)
    done_at = fields.Datetime("Done", readonly=True)
    escalate_at = fields.Datetime("Warn at", readonly=True)
    escalated_at = fields.Datetime("Warned at", readonly=True)
    clause = fields.Char(readonly=True)
    state = fields.Selection(
        [("open", "Running"), ("soon", "Due soon"), ("late", "Overdue"), ("kept", "Kept"), ("missed", "Done too late")],
        compute="_compute_state",
    )
    hours_left = fields.Float("Hours left", compute="_compute_state", help="Negative: hours overdue.")

    @api.depends("due_at", "done_at", "escalate_at")
    def _compute_state(self):
        now = fields.Datetime.now()
        for deadline in self:
            end = deadline.done_at or now
            in_time = end <= deadline.due_at
            if deadline.done_at:
                deadline.state = "kept" if in_time else "missed"
            elif not in_time:
                deadline.state = "late"
            else:
                deadline.state = "soon" if deadline.escalate_at and now >= deadline.escalate_at else "open"
            deadline.hours_left = (deadline.due_at - end).total_seconds() / 3600

    @api.model
    def _start(self, recall, start, moment):
        """Start the clocks of the recall's class that count from ``start``."""
        profile = recall.profile_id
        calendar = profile.calendar_id._calendar() if profile.calendar_id else deadlines.Calendar()
        zone = self.env["med.gate"]._zone(recall.company_id)
        values = []
        for rule in profile.deadline_ids.filtered(lambda rule: rule.start == start):
            due = deadlines.due_at(moment.replace(tzinfo=UTC), rule.number, rule.unit, zone, calendar)
            due = due.astimezone(UTC).replace(tzinfo=None)
            values.append(
                {
                    "recall_id": recall.id,
                    "kind": rule.kind,
                    "started_at": moment,
                    "due_at": due,
                    "escalate_at": max(moment, due - timedelta(hours=rule.escalate_hours)),
                    "clause": rule.clause,
                }
            )
        # sudo: clocks are started by the system, nobody enters or moves one
        return self.sudo().with_context(med_recall_token=APPEND).create(values)

    def _done(self, moment=None):
        self.filtered(lambda deadline: not deadline.done_at).sudo().write(  # sudo: see _start
            {"done_at": moment or fields.Datetime.now()}
        )

    def action_done(self):
        """What was due is done: the report was sent. Who says so, and when, is evidence."""
        if not self.env.user.has_group("med_master_data.group_med_quality"):
            raise UserError(self.env._("Only quality says that a report was sent. Ask a quality manager."))
        open_ = self.filtered(lambda deadline: not deadline.done_at)
        open_._done()
        self.env["med.evidence.event"]._record(
            "recall.deadline_done", [{"record": one.recall_id, "body": {"kind": one.kind}} for one in open_]
        )

    @api.model
    def _cron_escalate(self):
        """Warn before a deadline passes: an activity for whoever answers for the recall."""
        due = self.search(
            [
                ("done_at", "=", False),
                ("escalated_at", "=", False),
                ("escalate_at", "<=", fields.Datetime.now()),
                ("recall_id.state", "in", ("held", "notified", "closed")),
                ("recall_id.is_drill", "=", False),
            ]
        )
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for deadline in due:
            recall = deadline.recall_id
            recall.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=fields.Date.to_date(deadline.due_at),
                summary=self.env._("Deadline: %(what)s", what=labels[deadline.kind]),
                user_id=(recall.user_id or recall.create_uid).id,
            )
        due.write({"escalated_at": fields.Datetime.now()})
        self.env["med.evidence.event"]._record(
            "recall.deadline_near",
            [
                {
                    "record": deadline.recall_id,
                    "body": {"kind": deadline.kind, "due": fields.Datetime.to_string(deadline.due_at)},
                }
                for deadline in due
            ],
        )
