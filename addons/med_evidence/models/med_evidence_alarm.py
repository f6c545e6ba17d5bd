import json

from odoo import api, fields, models
from odoo.exceptions import UserError

# Held by the system's own methods: a client can send any context but never this object.
ALARM_TOKEN = object()
WRITABLE = {"note"}


class MedEvidenceAlarm(models.Model):
    """Something an auditor has to look at: a lock-out or an unusual pattern. It is closed by a
    signature that says what he found."""

    _name = "med.evidence.alarm"
    _inherit = ["med.signable", "mail.thread", "mail.activity.mixin", "med.evidence.tracked"]
    _description = "Evidence alarm"
    _order = "id desc"

    name = fields.Char("Alarm", required=True, readonly=True)
    pattern_id = fields.Many2one("med.evidence.pattern", "Pattern", readonly=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", "About", required=True, readonly=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    day = fields.Date("Day", readonly=True)
    is_lockout = fields.Boolean("Lock-out", readonly=True)
    event_ids_json = fields.Char("Event numbers", readonly=True, required=True, default="[]")
    event_count = fields.Integer("Number of events", compute="_compute_event_count")
    note = fields.Text("What was found", help="Signed with the review: what you looked at and what comes of it.")
    state = fields.Selection(
        [("open", "To review"), ("reviewed", "Reviewed")], default="open", required=True, readonly=True
    )
    reviewed_by_id = fields.Many2one("res.users", "Reviewed by", readonly=True)
    reviewed_at = fields.Datetime("Reviewed at", readonly=True)

    _evidence_fields = ("name", "pattern_id", "user_id", "event_ids_json", "note", "state")

    _open_idx = models.Index("(pattern_id, user_id, day)")

    @api.depends("event_ids_json")
    def _compute_event_count(self):
        for alarm in self:
            alarm.event_count = len(alarm._events())

    def _events(self):
        return json.loads(self.event_ids_json or "[]")

    # Raising ---------------------------------------------------------------------------------

    @api.model
    def _raise(self, vals):
        alarm = self.with_context(med_alarm_token=ALARM_TOKEN).create(vals)
        group = self.env.ref("med_evidence.group_med_auditor")
        for user in group.all_user_ids.filtered(
            lambda u: u.active and u != alarm.user_id and (not alarm.company_id or alarm.company_id in u.company_ids)
        ):
            alarm.activity_schedule("mail.mail_activity_data_todo", summary=alarm.name, user_id=user.id)
        return alarm

    @api.model
    def _raise_lockout(self, uid, count, res_model, res_ids):
        """A signer was locked out after repeated failures (21 CFR 11.300(d))."""
        user = self.env["res.users"].browse(uid)
        events = self.env["med.evidence.event"].search(
            [("user_id", "=", uid), ("kind", "in", ("signature.failed", "signature.locked"))], limit=count + 1
        )
        return self._raise(
            {
                "name": self.env._("%(user)s was locked out after failed signatures", user=user.name),
                "user_id": uid,
                "company_id": user.company_id.id,
                "day": fields.Date.context_today(self),
                "is_lockout": True,
                "event_ids_json": json.dumps(sorted(events.ids)),
            }
        )

    @api.model
    def _raise_finding(self, pattern, finding):
        """Report what a pattern found, unless an alarm of that day speaks of these events already."""
        earlier = self.search(
            [("pattern_id", "=", pattern.id), ("user_id", "=", finding.user_id), ("day", "=", finding.day)]
        )
        known = {event for alarm in earlier for event in alarm._events()}
        fresh = [event for event in finding.event_ids if event not in known]
        if not fresh:
            return self.browse()
        still_open = earlier.filtered(lambda alarm: alarm.state == "open")[:1]
        if still_open:
            events = sorted({*still_open._events(), *fresh})
            still_open.with_context(med_alarm_token=ALARM_TOKEN).write({"event_ids_json": json.dumps(events)})
            return still_open
        user = self.env["res.users"].browse(finding.user_id)
        return self._raise(
            {
                "name": f"{pattern.name}: {user.name}",
                "pattern_id": pattern.id,
                "user_id": user.id,
                "company_id": finding.company_id,
                "day": finding.day,
                "event_ids_json": json.dumps(sorted(fresh)),
            }
        )

    # Signing ---------------------------------------------------------------------------------

    def _signature_meanings(self):
        return {"reviewed": self.env._("I looked at these events and noted what I found")}

    def _signature_snapshot(self, meaning):
        alarm = self.sudo()  # the signed content is the same whoever reads it
        return {
            "alarm": alarm.name,
            "about": [alarm.user_id.id, alarm.user_id.login],
            "events": alarm._events(),
            "note": alarm.note or "",
        }

    def _signature_display(self, meaning):
        return {
            self.env._("Alarm"): self.name,
            self.env._("About"): self.user_id.name,
            self.env._("Events"): ", ".join(map(str, self._events())),
            self.env._("What was found"): self.note or "–",
        }

    def _signature_check(self, meaning):
        if not self.env.user.has_group("med_evidence.group_med_auditor"):
            raise UserError(self.env._("Only auditors review alarms."))
        self.check_access("read")
        for alarm in self:
            if alarm.state != "open":
                raise UserError(self.env._("“%(alarm)s” is reviewed already.", alarm=alarm.name))
            if alarm.user_id == self.env.user:
                raise UserError(self.env._("“%(alarm)s” is about you. Somebody else reviews it.", alarm=alarm.name))
            if not (alarm.note or "").strip():
                raise UserError(self.env._("Write down what you found in “%(alarm)s”, then sign.", alarm=alarm.name))

    def _signature_applied(self, meaning, signatures):
        # sudo: only the signature closes an alarm
        self.sudo().with_context(med_alarm_token=ALARM_TOKEN).write(
            {"state": "reviewed", "reviewed_by_id": self.env.uid, "reviewed_at": fields.Datetime.now()}
        )
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    # Doors -----------------------------------------------------------------------------------

    def _check_caller(self, names):
        if self.env.context.get("med_alarm_token") is ALARM_TOKEN:
            return
        if names - WRITABLE:
            raise UserError(
                self.env._("Alarms are raised by the system and closed by signature; only the note is yours.")
            )
        if any(alarm.state != "open" for alarm in self):
            raise UserError(self.env._("A reviewed alarm stays as it was signed."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_caller(vals.keys() | {"name"})
        return super().create(vals_list)

    def write(self, vals):
        # what mail keeps about followers, messages and activities is not the alarm's content
        self._check_caller({name for name in vals if not name.startswith(("message_", "activity_"))})
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("An alarm is a record and cannot be deleted."))

    def action_view_events(self):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("med_evidence.med_evidence_event_action"),
            "domain": [("id", "in", self._events())],
            "context": {},
        }

    def action_unlock(self):
        """Let the signer try again before his lock ends; never one's own."""
        for alarm in self:
            if not self.env.user.has_group("med_evidence.group_med_evidence_manager"):
                raise UserError(self.env._("Only an evidence manager unlocks a signer."))
            if alarm.user_id == self.env.user:
                raise UserError(self.env._("Nobody unlocks himself. Ask another evidence manager."))
            self.env["med.evidence.event"]._record(
                "signature.unlocked", [{"record": alarm.user_id, "body": {"alarm": alarm.id}}]
            )
        return True
