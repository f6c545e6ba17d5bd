import logging

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date

from ..lib import renewal

_logger = logging.getLogger(__name__)

UNITS = [("day", "Days"), ("workday", "Working days"), ("month", "Months")]


class MedExpiryReminder(models.Model):
    """When somebody is reminded of a document that ends, as data: how long before, and of what.

    The daily job looks at what is due and was not told yet, never at "due today": a job that slept
    tells everything when it wakes. What was told is kept per document and last valid day, so nothing
    is told twice, and a renewed document is told of again.
    """

    _name = "med.expiry.reminder"
    _inherit = ["med.evidence.tracked"]
    _description = "Reminder before expiry"
    _order = "document, unit desc, amount desc, id"
    _evidence_fields = ("name", "document", "amount", "unit", "user_id", "active")

    name = fields.Char("What to do", required=True, translate=True)
    document = fields.Selection(selection="_selection_document", required=True)
    amount = fields.Integer("How long before", required=True, default=90, aggregator=None)
    unit = fields.Selection(UNITS, required=True, default="day")
    source = fields.Char(help="The article that sets the time.")
    user_id = fields.Many2one(
        "res.users", "Person", help="Empty: who is responsible for the document, else the company's quality contact."
    )
    active = fields.Boolean(default=True)

    @api.model
    def _models(self):
        """Models of documents that end; an addon above adds its own. They have ``valid_to``,
        ``active`` and activities, and may have ``kind`` and ``responsible_id``."""
        return ["med.partner.licence", "med.registration.certificate", "med.authorised.person"]

    @api.model
    def _selection_document(self):
        found = []
        for name in self._models():
            model = self.env[name]
            label = self.env["ir.model"]._get(name).name
            found.append((name, label))
            if "kind" in model._fields:
                kinds = model._fields["kind"]._description_selection(self.env)
                found += [(f"{name}:{code}", f"{label}: {kind}") for code, kind in kinds]
        return found

    @api.constrains("amount", "unit")
    def _check_amount(self):
        for reminder in self:
            if not 0 <= reminder.amount <= renewal.MAX_AMOUNT:
                raise ValidationError(
                    self.env._(
                        "%(reminder)s: a reminder comes 0 to %(most)s days, working days or months before the end.",
                        reminder=reminder.name,
                        most=renewal.MAX_AMOUNT,
                    )
                )

    # Reminding ---------------------------------------------------------------------------

    @api.model
    def _days_off(self):
        """Public holidays that are no working days; an addon with a calendar extends this."""
        return frozenset()

    @api.model
    def _today(self):
        company = self.env.company
        return fields.Date.context_today(self.with_context(tz=company.partner_id.tz or self.env.user.tz or "UTC"))

    def _due(self, today):
        """The documents of which this one reminder is due on ``today`` and was not told."""
        self.ensure_one()
        name, _colon, kind = self.document.partition(":")
        documents = self.env[name]
        documents.flush_model(["valid_to", "active", *(["kind"] if kind else [])])
        self.env["med.expiry.reminder.sent"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT document.id
                  FROM %(table)s document
                 WHERE document.active
                   AND document.valid_to <= %(horizon)s
                   AND %(kind)s
                   AND NOT EXISTS (
                       SELECT 1
                         FROM med_expiry_reminder_sent told
                        WHERE told.reminder_id = %(reminder)s
                          AND told.res_id = document.id
                          AND told.valid_to = document.valid_to
                   )
                """,
                table=SQL.identifier(documents._table),
                horizon=renewal.horizon(today, self.amount, self.unit),
                kind=SQL("document.kind = %s", kind) if kind else SQL("TRUE"),
                reminder=self.id,
            )
        )
        days_off = self._days_off()
        return documents.browse(row[0] for row in rows).filtered(
            lambda document: renewal.due_day(document.valid_to, self.amount, self.unit, days_off) <= today
        )

    @api.model
    def _cron_remind(self):
        """Tell what is due: one to-do per document, for its most urgent step."""
        today = self._today()
        steps = {}
        for reminder in self.search([]):
            for document in reminder._due(today):
                steps.setdefault(document, []).append(reminder)
        by_model = {}
        for document, reminders in steps.items():
            by_model.setdefault(document._name, []).append((document, reminders))
        for model, found in by_model.items():
            documents = self.env[model].concat(*(document for document, _r in found))
            superseded = documents._med_superseded() if hasattr(documents, "_med_superseded") else documents.browse()
            for document, reminders in found:
                self._tell(document, reminders, document in superseded)
        return True

    def _tell(self, document, reminders, is_superseded):
        """One to-do for the most urgent of ``reminders``; all of them count as told."""
        days_off = self._days_off()
        urgent = max(reminders, key=lambda r: renewal.due_day(document.valid_to, r.amount, r.unit, days_off))
        told = self.env["med.expiry.reminder.sent"]
        activity = self.env["mail.activity"]
        if not is_superseded:
            company = (document.company_id if "company_id" in document._fields else None) or self.env.company
            user = self._person(urgent, document, company)
            if not user:
                _logger.warning("%s has nobody to be reminded; name a quality contact of the company.", document)
                return
            lang = user.lang or self.env.lang
            words = self.with_context(lang=lang)
            summary = urgent.with_context(lang=lang).name
            note = words.env._(
                "%(document)s is valid until %(day)s.",
                document=document.with_context(lang=lang).display_name,
                day=format_date(words.env, document.valid_to),
            )
            values = {"summary": summary, "note": note, "date_deadline": document.valid_to, "user_id": user.id}
            open_one = told.search(
                [("model", "=", document._name), ("res_id", "=", document.id), ("activity_id", "!=", False)]
            ).activity_id.filtered("active")[:1]
            if open_one:
                open_one.write(values)
                activity = open_one
            else:
                activity = document.activity_schedule("mail.mail_activity_data_todo", **values)
        told.create(
            [
                {
                    "reminder_id": reminder.id,
                    "model": document._name,
                    "res_id": document.id,
                    "valid_to": document.valid_to,
                    "activity_id": activity.id if reminder == urgent else False,
                }
                for reminder in reminders
            ]
        )

    def _person(self, reminder, document, company):
        responsible = document.responsible_id if "responsible_id" in document._fields else self.env["res.users"]
        for user in (responsible, reminder.user_id):
            if user and user.active:
                return user
        return company._med_quality_contact()


class MedExpiryReminderSent(models.Model):
    """That somebody was reminded: of which document, and of which of its ends."""

    _name = "med.expiry.reminder.sent"
    _description = "Reminder told"
    _order = "id desc"
    _log_access = True

    reminder_id = fields.Many2one("med.expiry.reminder", "Reminder", required=True, ondelete="cascade", index=True)
    model = fields.Char("Record type", required=True, readonly=True)
    res_id = fields.Many2oneReference("Document", model_field="model", required=True, readonly=True)
    valid_to = fields.Date("Valid to", required=True, readonly=True)
    activity_id = fields.Many2one("mail.activity", "To-do", readonly=True, ondelete="set null", index="btree_not_null")

    _once = models.UniqueIndex("(reminder_id, res_id, valid_to)", "This reminder was told already.")
    _document_idx = models.Index("(model, res_id)")
