from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib import deviation, lot_status

# Held by the steps only: a client can send any context but never this object.
STEP_TOKEN = object()
DUE_DAYS = {"critical": 3, "major": 15, "minor": 30}
DECIDED = {"disposition", "disposition_reason", "lot_ids", "root_cause", "investigation"}


class MedDeviation(models.Model):
    """Something was not as it must be: what, what was done at once, why, and what follows."""

    _name = "med.deviation"
    _inherit = ["mail.thread", "mail.activity.mixin", "med.signable", "med.numbering"]
    _description = "Deviation"
    _order = "id desc"
    _check_company_auto = True
    _numbering = ("med.deviation", "DEV")

    name = fields.Char("Number", required=True, readonly=True, default="/", copy=False)
    title = fields.Char(required=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("contained", "Contained"),
            ("investigated", "Investigated"),
            ("decided", "Decided"),
            ("acting", "Actions running"),
            ("checked", "Effect checked"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="open",
        copy=False,
        index=True,
        group_expand=True,
    )
    source = fields.Selection(
        [
            ("manual", "By hand"),
            ("scan", "Scan"),
            ("gate", "Refused gate"),
            ("receipt", "Refused receipt"),
            ("review", "Outbound review"),
            ("return", "Return"),
            ("count", "Count difference"),
            ("inspection", "Inspection"),
        ],
        "Origin",
        required=True,
        readonly=True,
        default="manual",
    )
    severity = fields.Selection(
        [("minor", "Minor"), ("major", "Major"), ("critical", "Critical")],
        required=True,
        default="minor",
        tracking=True,
    )
    description = fields.Text()
    user_id = fields.Many2one("res.users", "Responsible", default=lambda self: self.env.user, tracking=True)
    date_due = fields.Date("Due", compute="_compute_date_due", store=True, readonly=False)
    escalated_at = fields.Datetime("Escalated at", readonly=True, copy=False)
    lot_ids = fields.Many2many("stock.lot", string="Lots")
    picking_ids = fields.Many2many("stock.picking", string="Transfers", check_company=True)
    partner_id = fields.Many2one("res.partner", "Partner", index="btree_not_null")
    inspection_id = fields.Many2one("med.inspection", "Inspection", readonly=True, index="btree_not_null")
    event_id = fields.Many2one("med.evidence.event", "Evidence", readonly=True)
    containment = fields.Text(help="What was done at once so that nothing worse happens.")
    investigation = fields.Text(help="What was looked at, and what was found.")
    root_cause = fields.Text("Root cause")
    cause_category = fields.Selection(
        [
            ("supplier", "Supplier"),
            ("transport", "Transport"),
            ("storage", "Storage"),
            ("people", "People"),
            ("method", "Method"),
            ("system", "System"),
            ("other", "Other"),
        ],
        "Kind of cause",
    )
    disposition = fields.Selection(
        [
            ("release", "Release"),
            ("return", "Return to the supplier"),
            ("destroy", "Destroy"),
            ("none", "No goods concerned"),
        ]
    )
    disposition_reason = fields.Text("Reason of the disposition")
    action_ids = fields.One2many("med.deviation.action", "deviation_id", "Actions")
    effectiveness = fields.Text("Effectiveness check", help="How it was checked that the actions work, and the result.")
    cancel_reason = fields.Char("Reason of cancelling")
    step_ids = fields.One2many("med.deviation.step", "deviation_id", "Steps", readonly=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Attachments")

    @api.depends("severity")
    def _compute_date_due(self):
        for record in self:
            start = record.create_date or fields.Datetime.now()
            record.date_due = (start + timedelta(days=DUE_DAYS.get(record.severity, 30))).date()

    @api.depends("name", "title")
    def _compute_display_name(self):
        for record in self:
            record.display_name = f"{record.name} {record.title or ''}".strip()

    # Opening ---------------------------------------------------------------------------

    @api.model
    def _open_all(self, vals_list, company):
        """Open deviations for what the system found; the finder need not be of quality."""
        # sudo: whoever finds something reports it
        records = self.sudo().with_company(company).create([{**vals, "company_id": company.id} for vals in vals_list])
        return records.sudo(False)

    @api.model
    def open_from_scan(self, code, title=None):
        """Open a deviation from what a scanner read.

        :param str code: the label as scanned: of goods, or the number of a transfer
        :return: action that shows the new deviation; its lot or its transfer and partner are filled
            in when the label names one
        :raises UserError: an empty scan
        """
        if not (code or "").strip():
            raise UserError(self.env._("Nothing was scanned. Scan the label again."))
        picking = self.env["stock.picking"].search([("name", "=", code.strip())], limit=1)
        if picking:
            what, lots = picking.name, self.env["stock.lot"]
        else:
            read = self.env["med.scan"]._resolve(code)
            lots = read.lot or self.env["stock.lot"]
            product = read.product.default_code or read.product.name
            what = ", ".join(filter(None, [product, lots.name])) or code
        record = self.create(
            {
                "source": "scan",
                "title": title or self.env._("Found by scan: %(what)s", what=what),
                "description": code,
                "lot_ids": [(6, 0, lots.ids)],
                "picking_ids": [(6, 0, picking.ids)],
                "partner_id": picking.partner_id.id,
            }
        )
        return record._action_show()

    def _action_show(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "med.deviation",
            "res_id": self.id,
            "views": [(False, "form")],
        }

    @api.model_create_multi
    def create(self, vals_list):
        by_company = {}
        for vals in vals_list:
            if vals.get("state", "open") != "open":
                raise UserError(self.env._("A deviation begins open."))
            by_company.setdefault(vals.get("company_id") or self.env.company.id, []).append(vals)
        for company_id, group in by_company.items():
            company = self.env["res.company"].browse(company_id)
            for vals, number in zip(group, self._next_numbers(company, len(group)), strict=True):
                vals["name"] = number
        records = super().create(vals_list)
        self.env["med.evidence.event"]._record(
            "deviation.opened",
            [
                {
                    "record": record,
                    "body": {"source": record.source, "severity": record.severity, "lots": record.lot_ids.ids},
                }
                for record in records
            ],
        )
        return records

    def write(self, vals):
        if self.env.context.get("med_step_token") is not STEP_TOKEN:
            if "state" in vals or "name" in vals or "source" in vals:
                raise UserError(self.env._("A deviation goes on step by step. Use its buttons."))
            content = {name for name in vals if not name.startswith(("message_", "activity_"))}
            for record in self:
                frozen = content if record.state in deviation.ENDED else content & DECIDED
                if frozen and record.state not in ("open", "contained", "investigated"):
                    raise UserError(
                        self.env._(
                            "%(deviation)s: this was decided and signed; it cannot change.", deviation=record.name
                        )
                    )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A deviation is a record. Cancel it with a reason."))

    # Steps -----------------------------------------------------------------------------

    def _step(self, step):
        """Take one step of ``lib.deviation``: guarded, stamped, and kept as evidence.

        :raises UserError: not from this state, something is missing, or not this user's to do
        """
        self.check_access("write")
        self.lock_for_update()
        transition = deviation.TRANSITIONS[step]
        states = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            if deviation.target(record.state, step) is None:
                raise UserError(
                    self.env._(
                        "%(deviation)s is “%(state)s”; this step cannot be taken there.",
                        deviation=record.name,
                        state=states[record.state],
                    )
                )
            record._check_needs(transition)
        old = {record.id: record.state for record in self}
        self.with_context(med_step_token=STEP_TOKEN).write({"state": transition.target})
        # sudo: the chain is written here alone
        self.env["med.deviation.step"].sudo().create(
            [
                {
                    "deviation_id": record.id,
                    "step": step,
                    "user_id": self.env.uid,
                    "taken_at": fields.Datetime.now(),
                }
                for record in self
            ]
        )
        self.env["med.evidence.event"]._record(
            "deviation.step",
            [
                {
                    "record": record,
                    "body": {"step": step, "old": old[record.id], "new": transition.target},
                    "reason": record.cancel_reason if step == "cancel" else None,
                }
                for record in self
            ],
        )

    def _check_needs(self, transition):
        missing = [name for name in transition.needs if not self[name] or not str(self[name]).strip()]
        if missing:
            labels = [self._fields[name]._description_string(self.env) for name in missing]
            raise UserError(
                self.env._("%(deviation)s: fill in %(fields)s first.", deviation=self.name, fields=", ".join(labels))
            )

    def action_contain(self):
        """Hold what can be held at once, then stamp."""
        self._step("contain")
        for record in self:
            lots = record.lot_ids.filtered(lambda lot: lot.product_id.med_is_device and lot.med_status == "released")
            lots._med_set_status("on_hold", dict.fromkeys(lots.ids, record.name))

    def action_investigate(self):
        self._step("investigate")

    def action_act(self):
        self._step("act")

    def action_check(self):
        for record in self:
            running = record.action_ids.filtered(lambda a: not a.done_at)
            if running:
                raise UserError(
                    self.env._(
                        "%(deviation)s: these actions are not done: %(actions)s",
                        deviation=record.name,
                        actions=", ".join(running.mapped("name")),
                    )
                )
        self._step("check")

    def action_reopen(self):
        """The actions did not help: look for the cause again."""
        self._step("reopen")

    def action_cancel(self):
        self._step("cancel")

    # Signatures ------------------------------------------------------------------------

    def _signature_meanings(self):
        return {
            "decide": self.env._("I decide what becomes of the goods"),
            "witness": self.env._("I confirm that the goods are to be destroyed"),
            "close": self.env._("The actions work; I close this deviation"),
        }

    def _signature_snapshot(self, meaning):
        # sudo: the signed content is the same whoever reads it
        record = self.sudo()
        content = {
            "deviation": record.name,
            "lots": sorted(record.lot_ids.ids),
            "root_cause": record.root_cause or "",
            "disposition": record.disposition or "",
            "reason": record.disposition_reason or "",
        }
        if meaning == "close":
            content["effectiveness"] = record.effectiveness or ""
            content["actions"] = [[a.id, a.name, a.result or ""] for a in record.action_ids]
        return content

    def _signature_display(self, meaning):
        dispositions = dict(self._fields["disposition"]._description_selection(self.env))
        return {
            self.env._("Deviation"): self.display_name,
            self.env._("Lots"): self.lot_ids.mapped("name"),
            self.env._("Root cause"): self.root_cause or "–",
            self.env._("Disposition"): dispositions.get(self.disposition, "–"),
            self.env._("Reason of the disposition"): self.disposition_reason or "–",
        }

    def _signature_check(self, meaning):
        self.check_access("write")
        is_quality = self.env.user.has_group("med_master_data.group_med_quality")
        is_supervisor = self.env.user.has_group("med_master_data.group_med_supervisor")
        if not is_quality and not (meaning == "witness" and is_supervisor):
            raise UserError(self.env._("Only quality decides on deviations. Ask a quality manager to sign."))
        step = "close" if meaning == "close" else "decide"
        for record in self:
            if deviation.target(record.state, step) is None:
                raise UserError(self.env._("%(deviation)s is not there yet, or past it.", deviation=record.name))
            record._check_needs(deviation.TRANSITIONS[step])
            if step == "close":
                continue
            if meaning == "witness" and record.disposition != "destroy":
                raise UserError(self.env._("Only a destruction needs a second signature."))
            other = record._valid_signatures("witness" if meaning == "decide" else "decide")
            if self.env.user in other.user_id:
                raise UserError(
                    self.env._("Your signature is there already. Somebody else has to sign the destruction as well.")
                )
            if record.disposition == "release":
                lots = record.lot_ids.filtered(lambda lot: lot.product_id.med_is_device)
                others = self.search(
                    [
                        ("id", "not in", self.ids),
                        ("lot_ids", "in", lots.ids),
                        ("state", "in", ("open", "contained", "investigated")),
                    ]
                )
                if others:
                    raise UserError(
                        self.env._(
                            "%(deviations)s: not decided yet for the same lot. Decide there first.",
                            deviations=", ".join(others.mapped("name")),
                        )
                    )
                lots.filtered(lambda lot: lot.med_status != "released").with_context(
                    med_deviation_decides=True
                )._signature_check("release")

    def _signature_applied(self, meaning, signatures):
        if meaning == "close":
            self._step("close")
            self.activity_unlink(["mail.mail_activity_data_todo"])
            return
        for record in self:
            if record.disposition == "destroy" and not (
                record._valid_signatures("decide") and record._valid_signatures("witness")
            ):
                continue  # the first of two
            record._step("decide")
            record._dispose()

    def _dispose(self):
        """Give the lots the status that the disposition means."""
        meaning = {"release": "release", "return": "reject", "destroy": "reject"}.get(self.disposition)
        for lot in self.lot_ids.filtered(lambda lot: lot.product_id.med_is_device):
            # a lot that was never held is held first: the ways of its status are walked, not jumped
            if meaning == "reject" and lot.med_status == "released":
                lot._med_set_status("on_hold", {lot.id: self.name})
            target = meaning and lot_status.target(lot.med_status, meaning)
            if target:
                lot._med_set_status(target, {lot.id: self.name})

    # Time ------------------------------------------------------------------------------

    @api.model
    def _cron_escalate(self):
        """Tell the responsible and the supervisors once of everything that is overdue."""
        today = fields.Date.context_today(self)
        actions = self.env["med.deviation.action"].search([("done_at", "=", False), ("date_due", "<", today)])
        late = self.search(
            [
                ("state", "not in", deviation.ENDED),
                ("escalated_at", "=", False),
                "|",
                ("date_due", "<", today),
                ("id", "in", actions.deviation_id.ids),
            ]
        )
        group = self.env.ref("med_master_data.group_med_supervisor")
        for record in late:
            users = group.all_user_ids.filtered(lambda u, r=record: r.company_id in u.company_ids and not u.share)
            for user in users | record.user_id:
                record.activity_schedule(
                    "mail.mail_activity_data_todo",
                    today,
                    summary=record.with_context(lang=user.lang).env._("Overdue deviation"),
                    user_id=user.id,
                )
        late.with_context(med_step_token=STEP_TOKEN).write({"escalated_at": fields.Datetime.now()})


class MedDeviationStep(models.Model):
    """One step that was taken; written by the step itself and never again."""

    _name = "med.deviation.step"
    _description = "Step of a deviation"
    _order = "id"

    deviation_id = fields.Many2one("med.deviation", required=True, readonly=True, index=True, ondelete="restrict")
    step = fields.Selection(
        [
            ("contain", "Contained"),
            ("investigate", "Investigated"),
            ("decide", "Decided"),
            ("act", "Actions started"),
            ("check", "Effect checked"),
            ("close", "Closed"),
            ("reopen", "Opened again"),
            ("cancel", "Cancelled"),
        ],
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True)
    taken_at = fields.Datetime("At", required=True, readonly=True)


class MedDeviationAction(models.Model):
    """A corrective or preventive action: who, until when, and what came of it (CAPA)."""

    _name = "med.deviation.action"
    _inherit = ["med.evidence.tracked"]
    _description = "Corrective or preventive action"
    _order = "date_due, id"
    _evidence_fields = ("deviation_id", "name", "kind", "user_id", "date_due", "done_at", "result")

    deviation_id = fields.Many2one("med.deviation", "Deviation", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="deviation_id.company_id", store=True)
    name = fields.Char("Action", required=True)
    kind = fields.Selection(
        [("corrective", "Corrective"), ("preventive", "Preventive")], required=True, default="corrective"
    )
    user_id = fields.Many2one("res.users", "Responsible", required=True, default=lambda self: self.env.user)
    date_due = fields.Date("Due", required=True)
    result = fields.Char("Result")
    done_at = fields.Datetime("Done at", readonly=True)
    done_by_id = fields.Many2one("res.users", "Done by", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("done_at", None)
            vals.pop("done_by_id", None)
        actions = super().create(vals_list)
        for action in actions:
            action.deviation_id.activity_schedule(
                "mail.mail_activity_data_todo", action.date_due, summary=action.name, user_id=action.user_id.id
            )
        return actions

    def write(self, vals):
        if self.env.context.get("med_step_token") is not STEP_TOKEN and (
            vals.keys() & {"done_at", "done_by_id"} or any(action.done_at for action in self)
        ):
            raise UserError(self.env._("An action that is done stays as it is."))
        return super().write(vals)

    def action_done(self):
        for action in self:
            if not (action.result or "").strip():
                raise UserError(self.env._("“%(action)s”: enter the result first.", action=action.name))
            if action.user_id != self.env.user and not self.env.user.has_group("med_master_data.group_med_quality"):
                raise UserError(self.env._("Only the responsible or quality says that an action is done."))
        self.with_context(med_step_token=STEP_TOKEN).write(
            {"done_at": fields.Datetime.now(), "done_by_id": self.env.uid}
        )
