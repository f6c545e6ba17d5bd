import json
import logging
from contextlib import contextmanager
from functools import partial

from markupsafe import Markup
from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# A log of up to so many entries is verified while the button waits.
AT_ONCE = 20_000
SHOWN = 100


class MedEvidenceVerification(models.Model):
    """One run of the verification of the whole log: by button, every night, or by command."""

    _name = "med.evidence.verification"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Verification of the evidence"
    _order = "id desc"
    _rec_name = "started_at"

    started_at = fields.Datetime("Started at", required=True, readonly=True, default=fields.Datetime.now)
    finished_at = fields.Datetime("Finished at", readonly=True)
    user_id = fields.Many2one("res.users", "Started by", readonly=True)
    origin = fields.Selection(
        [("button", "By hand"), ("cron", "Every night"), ("command", "By command"), ("alarm", "Alarm")],
        "Origin",
        required=True,
        readonly=True,
        default="button",
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("passed", "Verified"),
            ("failed", "Does not verify"),
            ("broken", "Not finished"),
        ],
        "Result",
        required=True,
        readonly=True,
        default="waiting",
    )
    checked = fields.Integer("Entries checked", readonly=True)
    total = fields.Integer("Entries in the tree", readonly=True)
    progress = fields.Float("Progress", compute="_compute_progress")
    unsealed = fields.Integer("Not sealed yet", readonly=True)
    root_hash = fields.Char("Root (RFC 6962, SHA-256)", readonly=True)
    finding_count = fields.Integer("Findings", readonly=True)
    # an event may be gone, that is what is found; so this is a number
    first_event = fields.Char("First bad event", readonly=True)
    report = fields.Text("Report", readonly=True, help="Canonical JSON of findings and notes, for machines.")
    summary = fields.Html("In words", compute="_compute_summary", sanitize=False)

    @api.depends("checked", "total", "state")
    def _compute_progress(self):
        for run in self:
            done = run.state in ("passed", "failed")
            run.progress = 100.0 if done else 100.0 * run.checked / run.total if run.total else 0.0

    @api.depends("report", "state")
    def _compute_summary(self):
        for run in self:
            report = json.loads(run.report or "{}")
            run.summary = run.state in ("passed", "failed") and self._summary_of(report)

    def _summary_of(self, report):
        sentence = self.env["med.evidence.seal"]._finding_sentence
        lines = [sentence(finding) for finding in report.get("findings", [])[:SHOWN]]
        notes = [sentence(note) for note in report.get("notes", [])[:SHOWN]]
        if not lines:
            head = self.env._(
                "%(count)s sealed entries verified. Nothing was changed, nothing is missing.",
                count=report.get("checked", 0),
            )
        else:
            head = self.env._(
                "The evidence does not verify: %(count)s findings. Do not use the system for release until quality"
                " and IT have looked at it.",
                count=report["count"],
            )
        items = Markup("").join(Markup("<li>%s</li>") % line for line in lines)
        more = Markup("").join(Markup("<li>%s</li>") % line for line in notes)
        html = Markup("<p>%s</p><ul>%s</ul>") % (head, items)
        return html + (Markup("<p>%s</p><ul>%s</ul>") % (self.env._("To be known:"), more) if more else "")

    # Running ---------------------------------------------------------------------------

    @contextmanager
    def _apart(self):
        """These runs in a transaction of their own: what is shown is committed while the check,
        which looks at one moment of the database, is still under way."""
        with self.env.registry.cursor() as cr:
            # sudo: runs are written by the system, and the check reads every company's events
            yield self.with_env(api.Environment(cr, SUPERUSER_ID, {"lang": self.env.lang}))

    @api.model
    def _start(self, origin):
        with self._apart() as own:
            run_id = own.create({"origin": origin, "user_id": self.env.uid}).id
        return self.browse(run_id)

    def _run(self, progress=None):
        """Verify now; everybody sees how far it is.

        :param progress: called with (checked, total) as well
        :return: the report of ``med.evidence.seal._verify``
        """
        self.ensure_one()
        with self._apart() as own:
            own.write({"state": "running", "started_at": fields.Datetime.now()})
        try:
            with self._apart() as own:
                report = own.env["med.evidence.seal"]._verify(partial(self._show, progress))
        except BaseException:
            with self._apart() as own:
                own.write({"state": "broken", "finished_at": fields.Datetime.now()})
            raise
        with self._apart() as own:
            own._finish(report)
        self.invalidate_recordset()
        return report

    def _show(self, progress, checked, total):
        if progress:
            progress(checked, total)
        if total > AT_ONCE:
            with self._apart() as own:
                own.write({"checked": checked, "total": total})

    def _finish(self, report):
        first = next((finding["event_id"] for finding in report["findings"] if finding.get("event_id")), False)
        self.write(
            {
                "state": "passed" if report["ok"] else "failed",
                "finished_at": fields.Datetime.now(),
                "checked": report["checked"],
                "total": report["checked"],
                "unsealed": report["unsealed"],
                "root_hash": report["root"],
                "finding_count": report["count"],
                "first_event": first and str(first),
                "report": json.dumps(report, sort_keys=True),
            }
        )
        body = {key: report[key] for key in ("checked", "root", "count")}
        body |= {"origin": self.origin, "findings": report["findings"][:SHOWN]}
        kind = "evidence.verified" if report["ok"] else "evidence.failed"
        self.env["med.evidence.event"]._record(kind, [{"record": self, "body": body}])
        if not report["ok"]:
            _logger.error("evidence does not verify: %s findings, %s", report["count"], report["findings"][:5])
            self._alarm_on_record(self.env._("The evidence does not verify"), self._summary_of(report))

    @api.model
    def action_start(self):
        """The button: verify, at once when the log is small, else in the background with progress."""
        self.env["med.evidence.seal"].check_access("read")
        run = self._start("button")
        (total,) = self.env.execute_query(SQL("SELECT count(*) FROM med_evidence_leaf"))[0]
        if total <= AT_ONCE:
            run._run()
        else:
            # sudo: whoever may read the seals may have them verified
            self.env.ref("med_evidence.ir_cron_verify_waiting").sudo()._trigger()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Verification"),
            "res_model": self._name,
            "res_id": run.id,
            "views": [(False, "form")],
        }

    @api.model
    def _cron_verify(self):
        """Every night: seal what was left, then verify everything."""
        self.env["med.evidence.seal"]._seal(full=True)
        self._start("cron")._run()

    @api.model
    def _cron_run_waiting(self):
        """Runs that a button has asked for."""
        for run in self.search([("state", "=", "waiting")], order="id"):
            run._run()

    # Alarm -----------------------------------------------------------------------------

    @api.model
    def _alarm_groups(self):
        """XML ids of the groups whose people are told; addons above append theirs."""
        return ["med_evidence.group_med_auditor"]

    @api.model
    def _alarm_users(self):
        groups = [self.env.ref(xmlid, raise_if_not_found=False) for xmlid in self._alarm_groups()]
        users = self.env["res.users"].union(*[group.all_user_ids for group in groups if group])
        return users.filtered(lambda user: user.active and not user.share and user.id != SUPERUSER_ID)

    @api.model
    def _alarm(self, summary, note):
        """Tell quality and auditors of something that is no result of a verification."""
        # sudo: the system tells, whoever's work it noticed it in
        run = self.sudo().create({"origin": "alarm", "state": "broken", "finished_at": fields.Datetime.now()})
        run._alarm_on_record(summary, Markup("<p>%s</p>") % note)

    def _alarm_on_record(self, summary, note):
        """An activity for each of them, and none for whoever still has one open of the same words."""
        self.ensure_one()
        users = self._alarm_users()
        open_ones = self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("summary", "=", summary), ("user_id", "in", users.ids)]
        )
        for user in users - open_ones.user_id:
            self.activity_schedule("mail.mail_activity_data_todo", summary=summary, note=note, user_id=user.id)
