from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from odoo.addons.med_evidence.models.med_evidence_append_only import APPEND

from ..lib.ledger import ANSWERS


class MedRecallConsignee(models.Model):
    """One customer company that has, or may have, units in scope: letter, reminders, calls, answer."""

    _name = "med.recall.consignee"
    _inherit = ["med.timeline"]
    _description = "Consignee of a recall"
    _order = "recall_id, id"
    _rec_name = "partner_id"

    recall_id = fields.Many2one("med.recall", "Recall", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="recall_id.company_id", store=True)
    partner_id = fields.Many2one("res.partner", "Consignee", required=True, readonly=True, index=True)
    contact_id = fields.Many2one("res.partner", "Told to", required=True)
    email = fields.Char(related="contact_id.email")
    phone = fields.Char(related="contact_id.phone")
    state = fields.Selection(
        [
            ("new", "To be notified"),
            ("sent", "Notified"),
            ("failed", "Letter not delivered"),
            ("seen", "Letter opened"),
            ("answered", "Answered"),
        ],
        compute="_compute_state",
        search="_search_state",
    )
    notified_at = fields.Datetime("Notified at", readonly=True)
    seen_at = fields.Datetime("Opened at", readonly=True)
    answered_at = fields.Datetime("Answered at", readonly=True)
    answered_by = fields.Char("Answered by", readonly=True)
    remark = fields.Text("Remark of the consignee", readonly=True)
    reminder_count = fields.Integer("Reminders", readonly=True)
    reminded_at = fields.Datetime("Last reminded at", readonly=True)
    mail_ids = fields.Many2many("mail.mail", string="Letters", readonly=True, groups="base.group_system")
    answer_ids = fields.One2many("med.recall.answer", "consignee_id", "Units")
    contact_ids = fields.One2many("med.recall.contact", "consignee_id", "Telephone calls")
    delivered = fields.Float("Units sent", compute="_compute_units", digits="Product Unit")
    unaccounted = fields.Float(compute="_compute_units", digits="Product Unit")

    _partner_uniq = models.UniqueIndex("(recall_id, partner_id)", "This consignee is in the recall already.")

    @api.depends("notified_at", "seen_at", "answered_at", "mail_ids.state", "contact_ids.result")
    def _compute_state(self):
        for consignee in self:
            # sudo: whether the letter left is told to everybody who sees the recall
            letters = consignee.sudo().mail_ids
            if consignee.answered_at:
                consignee.state = "answered"
            elif consignee.seen_at or "reached" in consignee.contact_ids.mapped("result"):
                consignee.state = "seen"
            elif consignee.notified_at and letters and all(letter.state == "exception" for letter in letters):
                consignee.state = "failed"
            else:
                consignee.state = "sent" if consignee.notified_at else "new"

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in", self.search([]).filtered(lambda one: one.state in value).ids)]

    @api.depends("answer_ids.delivered", "answer_ids.unaccounted")
    def _compute_units(self):
        for consignee in self:
            consignee.delivered = sum(consignee.answer_ids.mapped("delivered"))
            consignee.unaccounted = sum(consignee.answer_ids.mapped("unaccounted"))

    @api.model_create_multi
    def create(self, vals_list):
        self._check_caller()
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() - {"contact_id"}:
            self._check_caller()
        return super().write(vals)

    def _check_caller(self):
        if self.env.context.get("med_recall_token") is not APPEND:
            raise UserError(self.env._("Consignees of a recall are what the trace found; change the contact only."))

    def _keep(self, values):
        # sudo: what happens to a consignee is written by the system
        self.sudo().with_context(med_recall_token=APPEND).write(values)

    # Letters ---------------------------------------------------------------------------

    def _notify(self):
        """Write to those who were not written to yet; each once, whoever presses and how often."""
        recall = self.recall_id
        recall.ensure_one()
        if not self.env.user.has_group("med_master_data.group_med_quality"):
            raise UserError(self.env._("Only quality notifies consignees. Ask a quality manager."))
        if recall.state not in ("held", "notified"):
            recall._go("notify")
        if recall.is_drill:
            raise UserError(self.env._("This is a drill: nobody is written to."))
        self._lock()
        fresh = self.filtered(lambda one: not one.notified_at)
        silent = fresh.filtered(lambda one: not one.contact_id.email)
        if fresh and fresh == silent:
            raise UserError(
                self.env._(
                    "%(names)s: no e-mail address. Enter one for the recall contact, or telephone and record the call.",
                    names=", ".join(silent.partner_id.mapped("name")[:10]),
                )
            )
        fresh -= silent
        now = fields.Datetime.now()
        fresh._send("med_recall.letter")
        fresh._keep({"notified_at": now})
        values = {"notified_at": now}
        if recall.state == "held":
            values["state"] = recall._go("notify")
        recall._write_state(values)
        if not silent:
            recall.deadline_ids.filtered(lambda deadline: deadline.kind == "notify")._done(now)
        self.env["med.evidence.event"]._record(
            "recall.notified", [{"record": recall, "body": {"consignees": fresh.ids, "without_address": silent.ids}}]
        )

    def _lock(self):
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(self.env._("Somebody else is writing to these consignees. Reload in a moment.")) from error
        self.invalidate_recordset()

    def _send(self, template):
        """Queue one letter each, in the reader's language, with exactly his units. Odoo's mail queue
        sends them and tries again; what it cannot deliver shows as such."""
        links = self.env["med.recall.link"]._issue(self)
        values = []
        for consignee in self:
            lang = consignee.contact_id.lang or consignee.partner_id.lang or self.env.lang
            reader = consignee.with_context(lang=lang)
            recall = reader.recall_id
            values.append(
                {
                    "subject": reader.env._("Recall %(recall)s: %(title)s", recall=recall.name, title=recall.title),
                    "email_from": recall.company_id.email_formatted or self.env.user.email_formatted,
                    "email_to": consignee.contact_id.email_formatted,
                    "body_html": reader.env["ir.qweb"]._render(
                        template, {"consignee": reader, "recall": recall, "link": links[consignee]}, lang=lang
                    ),
                    "auto_delete": False,
                    "model": self._name,
                    "res_id": consignee.id,
                }
            )
        # sudo: letters are the system's; the mail queue belongs to nobody
        mails = self.env["mail.mail"].sudo().create(values)
        for consignee, mail in zip(self, mails, strict=True):
            consignee._keep({"mail_ids": [fields.Command.link(mail.id)]})

    @api.model
    def _cron_remind(self):
        """Remind those who did not answer, by the plan of the recall's class; after the last
        reminder somebody has to telephone."""
        now = fields.Datetime.now()
        waiting = self.search(
            [
                ("recall_id.state", "=", "notified"),
                ("notified_at", "!=", False),
                ("answered_at", "=", False),
            ]
        )
        due, silent = self.browse(), self.browse()
        for consignee in waiting:
            profile = consignee.recall_id.profile_id
            if now < (consignee.reminded_at or consignee.notified_at) + timedelta(days=profile.reminder_days):
                continue
            if consignee.reminder_count < profile.reminder_limit:
                due |= consignee
            elif consignee.reminder_count == profile.reminder_limit:
                silent |= consignee
        due._send("med_recall.reminder")
        for consignee in due | silent:
            consignee._keep({"reminder_count": consignee.reminder_count + 1, "reminded_at": now})
        for consignee in silent:
            recall = consignee.recall_id
            recall.activity_schedule(
                "mail.mail_activity_data_call",
                summary=self.env._("%(name)s did not answer: telephone", name=consignee.partner_id.name),
                user_id=(recall.user_id or recall.create_uid).id,
            )
        self.env["med.evidence.event"]._record(
            "recall.reminded", [{"record": one, "body": {"number": one.reminder_count}} for one in due]
        )

    def action_notify(self):
        self._notify()

    # Answer ----------------------------------------------------------------------------

    def _seen(self):
        if not self.seen_at:
            self._keep({"seen_at": fields.Datetime.now()})

    def _receive_answer(self, name, quantities, remark=None):
        """The consignee says what became of his units.

        Figures replace those of an earlier answer, so sending a page twice counts once.

        :param str name: who answers
        :param dict quantities: {answer line id: {one of ``ANSWERS``: quantity}}
        :raises UserError: no name, not a number, less than nothing or more than he got
        """
        self.ensure_one()
        self._lock()
        if self.recall_id.state in ("closed", "withdrawn"):
            raise UserError(self.env._("This recall is closed. Nothing can be answered any more."))
        name = (name or "").strip()[:120]
        if not name:
            raise UserError(self.env._("Enter your name, then send."))
        body = []
        for line in self.answer_ids:
            said = {kind: quantities.get(line.id, {}).get(kind, 0.0) for kind in ANSWERS}
            line._check_said(said)
            line.with_context(med_recall_token=APPEND).write(said)
            body.append({"lot": line.lot_id.id, "at": line.partner_id.id, **{k: f"{v:g}" for k, v in said.items()}})
        self._keep({"answered_at": fields.Datetime.now(), "answered_by": name, "remark": (remark or "").strip()[:2000]})
        self.env["med.evidence.event"]._record(
            "recall.answered",
            [{"record": self, "body": {"name": name, "units": body, "remark": (remark or "")[:2000]}}],
        )

    def _med_timeline_records(self):
        return [self]
