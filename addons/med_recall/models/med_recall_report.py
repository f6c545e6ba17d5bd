"""The authority's report of a recall: its questions, answered from the records as far as they go."""

import base64
import json

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.med_evidence.lib import canonical
from odoo.addons.med_evidence.models.med_evidence_append_only import APPEND

from ..lib import forms

# An authority reads its own language, whoever writes.
LANGUAGES = {"cn": "zh_CN", "us": "en_US"}
STAGE_OF_STATE = {"held": "initial", "notified": "progress", "closed": "final"}


class MedRecallReport(models.Model):
    _name = "med.recall.report"
    _description = "Report of a recall to the authority"
    _order = "recall_id, id desc"

    name = fields.Char("Report", required=True, readonly=True)
    recall_id = fields.Many2one("med.recall", "Recall", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="recall_id.company_id", store=True)
    jurisdiction = fields.Selection(related="recall_id.profile_id.jurisdiction")
    stage = fields.Selection(
        [("initial", "Initial report"), ("progress", "Progress report"), ("final", "Final report")],
        required=True,
        readonly=True,
    )
    lang = fields.Char("Language", readonly=True)
    line_ids = fields.One2many("med.recall.report.line", "report_id", "Questions")
    missing_count = fields.Integer("Open questions", compute="_compute_missing_count")
    state = fields.Selection([("draft", "Draft"), ("sent", "Sent")], default="draft", required=True, readonly=True)
    sent_at = fields.Datetime("Sent at", readonly=True)
    sent_by_id = fields.Many2one("res.users", "Sent by", readonly=True)
    data = fields.Binary("As data", compute="_compute_data", help="The same questions and answers as JSON.")
    data_name = fields.Char("File name", compute="_compute_data")

    @api.depends("line_ids.value", "line_ids.is_optional")
    def _compute_missing_count(self):
        for report in self:
            report.missing_count = len(report._missing())

    def _missing(self):
        return self.line_ids.filtered(lambda line: not line.is_optional and not (line.value or "").strip())

    @api.depends("line_ids.value", "state")
    def _compute_data(self):
        for report in self:
            text = json.dumps(report._data_json(), ensure_ascii=False, indent=1)
            report.data = base64.b64encode(text.encode())
            report.data_name = f"{report.name}.json".replace("/", "-").replace(" ", "_")

    def _data_json(self):
        return {
            "recall": self.recall_id.name,
            "jurisdiction": self.jurisdiction,
            "stage": self.stage,
            "sent_at": fields.Datetime.to_string(self.sent_at) or None,
            "items": [
                {"code": line.code, "question": line.label, "answer": line.value or ""} for line in self.line_ids
            ],
        }

    @api.model_create_multi
    def create(self, vals_list):
        self._check_caller()
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() - {"line_ids"}:
            self._check_caller()
        return super().write(vals)

    def _check_caller(self):
        if self.env.context.get("med_recall_token") is not APPEND:
            raise UserError(self.env._("Reports are made from the recall, and sent by their button."))

    @api.ondelete(at_uninstall=False)
    def _unlink_draft(self):
        if any(report.state == "sent" for report in self):
            raise UserError(self.env._("This report was sent; it stays on file."))

    def action_refill(self):
        """What the records say by now; what a person wrote stays."""
        for report in self.filtered(lambda one: one.state == "draft"):
            facts = report.recall_id._report_facts(report.lang)
            for line in report.line_ids:
                if line.fact and line.value == line.proposed:
                    line.value = line.proposed = facts[line.fact]

    def action_send(self):
        """A person sent it to the authority: from here on it is what was sent."""
        self.ensure_one()
        if not self.env.user.has_group("med_master_data.group_med_quality"):
            raise UserError(self.env._("Only quality reports to the authority. Ask a quality manager."))
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        if self.state == "sent":
            raise UserError(self.env._("This report was sent already. Make another one for what is new."))
        missing = self._missing()
        if missing:
            raise UserError(
                self.env._(
                    "%(count)s questions have no answer yet, the first is “%(question)s”. Answer them, or write why not.",
                    count=len(missing),
                    question=missing[0].label,
                )
            )
        now = fields.Datetime.now()
        # sudo: that it is sent is the system's to write
        self.sudo().with_context(med_recall_token=APPEND).write(
            {"state": "sent", "sent_at": now, "sent_by_id": self.env.user.id}
        )
        kinds = forms.DEADLINES[self.stage]
        self.recall_id.deadline_ids.filtered(lambda one: one.kind in kinds and not one.done_at)[:1].action_done()
        self.env["med.evidence.event"]._record(
            "recall.reported",
            [
                {
                    "record": self.recall_id,
                    "body": {
                        "report": self.name,
                        "stage": self.stage,
                        "digest": canonical.digest(json.dumps(self._data_json(), ensure_ascii=False, sort_keys=True)),
                    },
                }
            ],
        )


class MedRecallReportLine(models.Model):
    _name = "med.recall.report.line"
    _description = "Question of an authority's report"
    _order = "report_id, sequence, id"
    _rec_name = "label"

    report_id = fields.Many2one("med.recall.report", "Report", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="report_id.company_id", store=True)
    sequence = fields.Integer(readonly=True)
    code = fields.Char(required=True, readonly=True)
    label = fields.Char("Question", required=True, readonly=True)
    value = fields.Text("What is reported")
    fact = fields.Char(readonly=True)
    proposed = fields.Text(readonly=True)
    is_optional = fields.Boolean("May stay empty", readonly=True)

    def write(self, vals):
        if any(line.report_id.state == "sent" for line in self):
            raise UserError(self.env._("This report was sent; it stays as it was."))
        return super().write(vals)


class MedRecall(models.Model):
    _inherit = "med.recall"

    report_ids = fields.One2many("med.recall.report", "recall_id", "Reports to the authority", readonly=True)

    def action_make_report(self):
        """The form that is due at this state, filled as far as the records go."""
        self.ensure_one()
        self.check_access("write")
        if self.is_drill:
            raise UserError(self.env._("This is a drill: nothing is reported."))
        stage = STAGE_OF_STATE.get(self.state)
        if not stage:
            raise UserError(self.env._("Hold the recall first; then there is something to report."))
        report = self._make_report(stage)
        return {
            "type": "ir.actions.act_window",
            "res_model": "med.recall.report",
            "res_id": report.id,
            "views": [(False, "form")],
        }

    def _make_report(self, stage):
        jurisdiction = self.profile_id.jurisdiction
        lang = self._report_language(jurisdiction)
        facts = self._report_facts(lang)
        spoken = self.with_context(lang=lang)
        labels = spoken._report_labels()
        stages = dict(spoken.env["med.recall.report"]._fields["stage"]._description_selection(spoken.env))
        number = len(self.report_ids) + 1
        # sudo: the form and its questions are the system's, the answers a person's
        return (
            self.env["med.recall.report"]
            .sudo()
            .with_context(med_recall_token=APPEND)
            .create(
                {
                    "name": f"{self.name} / {number} {stages[stage]}",
                    "recall_id": self.id,
                    "stage": stage,
                    "lang": lang,
                    "line_ids": [
                        Command.create(
                            {
                                "sequence": position,
                                "code": item.code,
                                "label": labels[item.code],
                                "fact": item.fact,
                                "value": facts[item.fact] if item.fact else False,
                                "proposed": facts[item.fact] if item.fact else False,
                                "is_optional": item.optional,
                            }
                        )
                        for position, item in enumerate(forms.form(jurisdiction, stage), 1)
                    ],
                }
            )
            .sudo(False)
        )

    @api.model
    def _report_language(self, jurisdiction):
        lang = LANGUAGES.get(jurisdiction) or self.company_id.partner_id.lang
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        return lang if lang in installed else self.env.lang or "en_US"

    def _report_facts(self, lang):
        """{name: text} that answers the questions, in ``lang``; empty where the records say nothing."""
        # sudo: the report is about the whole recall, whatever of it the user may read
        recall = self.sudo().with_context(lang=lang, tz=self.company_id._med_place()[0] or self.env.context.get("tz"))
        lots, products = recall.lot_ids, recall.lot_ids.product_id
        certificates = products.med_registration_ids
        registrants = products.med_registrant_id or certificates.holder_id
        company, consignees = recall.company_id.partner_id, recall.consignee_ids
        answers, checks = recall.answer_ids, recall.check_ids
        told = consignees.filtered("notified_at")
        answered = consignees.filtered(lambda one: one.state == "answered")
        # the state in the reader's words, not in ours
        chosen = {name: dict(recall._fields[name]._description_selection(recall.env)) for name in ("method",)}
        days = recall.trace_ids.filtered(lambda line: line.kind == "delivered" and line.date).mapped("date")
        _ = recall.env._

        def total(name):
            return f"{sum(answers.mapped(name)):g}"

        def day(value):
            return format_date(recall.env, fields.Datetime.context_timestamp(recall, value)) if value else ""

        disposed = recall.disposal_ids.filtered(lambda one: one.state == "done")
        due = recall.deadline_ids.filtered(lambda one: one.kind in ("summary", "status") and not one.done_at)[:1]
        return {
            "reference": recall.name,
            "products": "\n".join(products.mapped("display_name")),
            "models": ", ".join(filter(None, products.mapped("default_code"))),
            "classes": ", ".join(
                sorted({product.med_device_class for product in products if product.med_device_class})
            ),
            "certificates": ", ".join(certificates.mapped("number")),
            "registrants": "\n".join(self._report_address(partner) for partner in registrants),
            "identifiers": ", ".join(filter(None, products.mapped("med_primary_di"))),
            "company": self._report_address(company),
            "contact": ", ".join(
                filter(None, [recall.user_id.name, recall.user_id.partner_id.phone, recall.user_id.partner_id.email])
            ),
            "reporter": self.env.user.name,
            "today": format_date(recall.env, fields.Date.context_today(recall)),
            "level": recall.profile_id.name,
            "reason": recall.reason or "",
            "action": "\n".join(filter(None, [chosen["method"][recall.method], recall.instruction])),
            "lots": "\n".join(self._report_lot(lot, recall) for lot in lots),
            "regions": ", ".join(
                sorted({partner.country_id.name for partner in consignees.partner_id if partner.country_id})
            ),
            "delivered": total("delivered"),
            "dates": _("Delivered from %(first)s to %(last)s", first=day(min(days)), last=day(max(days)))
            if days
            else "",
            "consignees": "\n".join(
                _(
                    "%(consignee)s: %(units)s",
                    consignee=self._report_address(one.partner_id),
                    units=f"{one.delivered:g}",
                )
                for one in consignees
            ),
            "notified": _(
                "%(count)s of %(total)s consignees, last on %(day)s",
                count=len(told),
                total=len(consignees),
                day=day(max(told.mapped("notified_at"))) or "–",
            )
            if told
            else "",
            "answered": _(
                "%(count)s of %(total)s consignees; still in their hands: %(units)s units",
                count=len(answered),
                total=len(consignees),
                units=total("in_stock"),
            )
            if consignees
            else "",
            "silent": ", ".join((consignees - answered).partner_id.mapped("name")),
            "accounted": _(
                "Returned %(returned)s, used %(used)s, implanted %(implanted)s, destroyed %(destroyed)s,"
                " explained %(explained)s",
                returned=total("returned"),
                used=total("used"),
                implanted=total("implanted"),
                destroyed=total("destroyed"),
                explained=total("explained"),
            ),
            "unaccounted": total("unaccounted"),
            "checks": _(
                "%(done)s checks, %(passed)s of them passed",
                done=len(checks.filtered(lambda one: one.result != "open")),
                passed=len(checks.filtered(lambda one: one.result == "passed")),
            )
            if checks
            else "",
            "handling": "\n".join(
                _("Lot %(lot)s: %(quantity)s, %(kind)s", lot=one.lot_id.name, quantity=f"{one.quantity:g}", kind=kind)
                for one in disposed
                for kind in [dict(one._fields["kind"]._description_selection(recall.env))[one.kind]]
            )
            or chosen["method"][recall.method],
            "completion": day(due.due_at) if due else "",
            "letter": "\n".join(filter(None, [recall.title, recall.reason, recall.instruction])),
        }

    @api.model
    def _report_address(self, partner):
        place = ", ".join(filter(None, [partner.street, partner.city, partner.zip, partner.country_id.name]))
        return "; ".join(filter(None, [partner.name, place, partner.phone]))

    @api.model
    def _report_lot(self, lot, recall):
        made, expires = lot.med_production_date, lot.expiration_date
        told = [f"{lot.product_id.default_code or lot.product_id.name} {lot.name}"]
        if made:
            told.append(recall.env._("made on %(day)s", day=format_date(recall.env, made)))
        if expires:
            moment = fields.Datetime.context_timestamp(recall, expires)
            told.append(recall.env._("expires on %(day)s", day=format_date(recall.env, moment)))
        return ", ".join(told)

    @api.model
    def _report_labels(self):
        """{code of an item: the question} in the language of the context."""
        _ = self.env._
        return {
            "action": _("Action taken and expected"),
            "advice": _("Advice on actions to be taken"),
            "agent": _("Agent in the country"),
            "answered": _("Consignees that answered, and units in their hands"),
            "certificate": _("Registration certificate"),
            "checks": _("Effectiveness checks and their result"),
            "class": _("Device class"),
            "communications": _("Communication to consignees"),
            "completion": _("Expected completion"),
            "consignees": _("Consignees, and units sent to each"),
            "contact": _("Person responsible for the recall"),
            "count": _("Number of devices concerned"),
            "dates": _("Dates of distribution"),
            "device": _("Device"),
            "evaluation": _("Evaluation of the result"),
            "event": _("Event giving rise to the report"),
            "firm": _("Reporting firm"),
            "handling": _("Handling of recalled goods"),
            "injuries": _("Illness or injuries"),
            "intended_use": _("Intended use"),
            "justification": _("Justification of the action"),
            "level": _("Recall class"),
            "lots": _("Lots and serial numbers"),
            "made": _("Units made or imported"),
            "manufacturer": _("Manufacturer"),
            "marketing": _("Marketing status and listing number"),
            "models": _("Model and specification"),
            "next_steps": _("Difficulties and next steps"),
            "notified": _("Consignees notified"),
            "pending": _("What is not available yet, and when it will be"),
            "prevention": _("Measures against recurrence"),
            "product": _("Product"),
            "reason": _("Reason of the recall"),
            "reference": _("Reference"),
            "regions": _("Countries and regions concerned"),
            "registrant": _("Registrant"),
            "report_date": _("Date of the report"),
            "report_number": _("Report number"),
            "reporter": _("Reported by"),
            "reporting_unit": _("Reporting unit"),
            "returned": _("Units returned, used or destroyed"),
            "schedule": _("Time schedule"),
            "silent": _("Consignees that did not answer"),
            "sold": _("Units sold"),
            "srn": _("Single registration number"),
            "submitter": _("Submitter"),
            "to_recall": _("Units to recall"),
            "udi": _("UDI-DI"),
            "unaccounted": _("Units unaccounted for"),
        }
