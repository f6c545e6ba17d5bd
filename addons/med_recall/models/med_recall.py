from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_is_zero

from odoo.addons.med_evidence.models.med_evidence_append_only import APPEND

from ..lib import lot_text, states

# What the system writes while a recall goes on; nobody writes it by hand.
SYSTEM_FIELDS = {
    "state",
    "scoped_at",
    "held_at",
    "notified_at",
    "closed_at",
    "lot_ids",
    "drill_seconds",
    "drill_score",
    "drill_before_id",
    "drill_result",
    "hold_seconds",
}


class MedRecall(models.Model):
    """One recall from its scope to its closing signature."""

    _name = "med.recall"
    _inherit = ["mail.thread", "mail.activity.mixin", "med.signable", "med.timeline", "med.evidence.tracked"]
    _description = "Recall"
    _order = "id desc"
    _check_company_auto = True
    _evidence_fields = ("name", "profile_id", "reason", "instruction", "product_ids", "state", "is_drill")

    name = fields.Char("Number", readonly=True, copy=False, default="/", index="trigram")
    title = fields.Char("Subject", required=True)
    company_id = fields.Many2one("res.company", "Company", required=True, default=lambda self: self.env.company)
    user_id = fields.Many2one("res.users", "Responsible", default=lambda self: self.env.user, tracking=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("held", "Held"),
            ("notified", "Notified"),
            ("closed", "Closed"),
            ("withdrawn", "Withdrawn"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    is_drill = fields.Boolean("Drill", help="A mock recall: everything is found and timed, nothing is changed or sent.")
    profile_id = fields.Many2one("med.recall.profile", "Recall class", required=True)
    notice_id = fields.Many2one("med.recall.notice", "Notice", readonly=True, copy=False)
    decided_at = fields.Datetime(
        "Decided at", default=fields.Datetime.now, required=True, help="The clocks of the recall class run from here."
    )
    reason = fields.Text("Reason", help="What is wrong with the goods; it stands in the letter.")
    instruction = fields.Text("What to do", help="What the consignee shall do; it stands in the letter.")
    method = fields.Selection(
        [
            ("take_back", "Take back"),
            ("destroy", "Destroy"),
            ("replace", "Replace"),
            ("repair", "Repair"),
            ("relabel", "Relabel"),
            ("inspect", "Inspect"),
            ("software", "Update software"),
            ("instruct", "Correct the instructions"),
            ("warn", "Warn"),
        ],
        "Method",
        default="take_back",
        required=True,
    )
    product_ids = fields.Many2many("product.product", string="Products")
    scope_ids = fields.One2many("med.recall.scope", "recall_id", "Scope")
    lot_ids = fields.Many2many(
        "stock.lot", "med_recall_stock_lot_rel", "recall_id", "lot_id", "Lots", readonly=True, copy=False
    )
    trace_ids = fields.One2many("med.recall.trace.line", "recall_id", "Trace")
    consignee_ids = fields.One2many("med.recall.consignee", "recall_id", "Consignees")
    answer_ids = fields.One2many("med.recall.answer", "recall_id", "Units at consignees")
    deadline_ids = fields.One2many("med.recall.deadline", "recall_id", "Deadlines")
    check_ids = fields.One2many("med.recall.check", "recall_id", "Effectiveness checks")
    disposal_ids = fields.One2many("med.recall.disposal", "recall_id", "Disposals")
    picking_ids = fields.One2many("stock.picking", "med_recall_id", "Transfers")

    # Times, set by the system
    scoped_at = fields.Datetime("Scope confirmed at", readonly=True, copy=False)
    held_at = fields.Datetime("Held at", readonly=True, copy=False)
    notified_at = fields.Datetime("Last notified at", readonly=True, copy=False)
    closed_at = fields.Datetime("Closed at", readonly=True, copy=False)
    hold_seconds = fields.Float("Hold took (s)", readonly=True, copy=False)
    drill_seconds = fields.Float("Drill took (s)", readonly=True, copy=False)
    drill_result = fields.Text("Result of the drill", readonly=True, copy=False)

    # Figures
    consignee_count = fields.Integer("Consignees told about", compute="_compute_figures")
    waiting_count = fields.Integer("Not notified yet", compute="_compute_figures")
    share_reached = fields.Float(
        "Reached (%)",
        compute="_compute_figures",
        help="Consignees that opened the letter, were spoken to or answered, of all.",
    )
    share_answered = fields.Float("Answered (%)", compute="_compute_figures")
    share_accounted = fields.Float("Accounted for (%)", compute="_compute_figures")
    delivered = fields.Float("Units at consignees when held", compute="_compute_figures", digits="Product Unit")
    unaccounted = fields.Float(compute="_compute_figures", digits="Product Unit")
    next_due_at = fields.Datetime("Next deadline", compute="_compute_next_due")
    hours_left = fields.Float("Hours left", compute="_compute_next_due")
    picking_count = fields.Integer("Transfers of goods", compute="_compute_picking_count")

    _name_uniq = models.UniqueIndex("(name, company_id) WHERE name != '/'")

    # Figures ---------------------------------------------------------------------------

    @api.depends("consignee_ids.state", "answer_ids.unaccounted", "answer_ids.delivered")
    def _compute_figures(self):
        for recall in self:
            consignees, answers = recall.consignee_ids, recall.answer_ids
            total = len(consignees)
            delivered, open_ = sum(answers.mapped("delivered")), sum(answers.mapped("unaccounted"))
            # a letter that left has reached nobody yet
            reached = consignees.filtered(lambda one: one.state in ("seen", "answered"))
            answered = consignees.filtered(lambda one: one.state == "answered")
            recall.consignee_count = total
            recall.waiting_count = len(consignees.filtered(lambda one: not one.notified_at))
            recall.share_reached = 100 * len(reached) / total if total else 0
            recall.share_answered = 100 * len(answered) / total if total else 0
            recall.delivered, recall.unaccounted = delivered, open_
            recall.share_accounted = 100 * (delivered - open_) / delivered if delivered else 0

    @api.depends("deadline_ids.due_at", "deadline_ids.done_at")
    def _compute_next_due(self):
        now = fields.Datetime.now()
        for recall in self:
            due = recall.deadline_ids.filtered(lambda one: not one.done_at).mapped("due_at")
            recall.next_due_at = min(due) if due else False
            recall.hours_left = (min(due) - now).total_seconds() / 3600 if due else 0

    def _compute_picking_count(self):
        counts = dict(
            self.env["stock.picking"]._read_group([("med_recall_id", "in", self.ids)], ["med_recall_id"], ["__count"])
        )
        for recall in self:
            recall.picking_count = counts.get(recall, 0)

    # CRUD ------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.keys() & SYSTEM_FIELDS - {"lot_ids"} or vals.get("lot_ids"):
                self._check_caller()
            if vals.get("name", "/") == "/":
                vals["name"] = self.env["ir.sequence"].next_by_code("med.recall") or "/"
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() & SYSTEM_FIELDS:
            self._check_caller()
        if vals.keys() & {"profile_id", "product_ids", "is_drill", "decided_at", "company_id"} and any(
            recall.state != "draft" for recall in self
        ):
            raise UserError(
                self.env._("What the recall is about was signed with the hold and does not change any more.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A recall is a record and cannot be deleted. Withdraw it; its history stays."))

    def _check_caller(self):
        if self.env.context.get("med_recall_token") is not APPEND:
            raise UserError(self.env._("The state of a recall follows from signatures; it is not set by hand."))

    def _write_state(self, values):
        # sudo: states and times are the system's, whoever's signature brings them about
        self.sudo().with_context(med_recall_token=APPEND).write(values)

    def _go(self, act):
        """The state ``act`` leads to, or a sentence why it leads nowhere."""
        self.ensure_one()
        to = states.target(self.state, act)
        if to is None:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(recall)s is “%(state)s”; from there this leads nowhere. Somebody may have been faster: reload.",
                    recall=self.name,
                    state=labels[self.state],
                )
            )
        return to

    # Scope -----------------------------------------------------------------------------

    def action_confirm_scope(self):
        """A person looked at every line and says they are right."""
        self.ensure_one()
        self._go("hold")
        if not self.scope_ids:
            raise UserError(self.env._("Enter what is recalled first: lots, serials, dates or a supplier."))
        self.scope_ids.is_confirmed = True
        self._write_state({"scoped_at": fields.Datetime.now()})
        self.env["med.evidence.event"]._record(
            "recall.scope", [{"record": self, "body": {"lots": len(self._scope_lots())}}]
        )

    def _scope_lots(self):
        """Every lot in scope, and every lot one of them was built into."""
        self.ensure_one()
        return self.env["med.recall.trace"]._lots(self.scope_ids._lots())

    def action_read_text(self):
        """Propose scope lines from the notice's lot text."""
        self.ensure_one()
        self.notice_id._propose(self)

    # Signatures ------------------------------------------------------------------------

    def _signature_meanings(self):
        return {
            "hold": self.env._("I recall these lots and hold everything at once"),
            "close": self.env._("Every unit is accounted for or explained; I close this recall"),
            "withdraw": self.env._("I withdraw this recall"),
        }

    def _signature_snapshot(self, meaning):
        # sudo: the signed content is the same whoever reads it
        recall = self.sudo()
        snapshot = {
            "recall": recall.name,
            "class": [recall.profile_id.id, recall.profile_id.jurisdiction, recall.profile_id.level or ""],
            "drill": recall.is_drill,
        }
        if meaning == "close":
            answers = recall.answer_ids.sorted("id")
            snapshot["units"] = [answer._snapshot() for answer in answers]
        else:
            lots = recall.lot_ids or recall._scope_lots()
            snapshot["lots"] = [[lot.id, lot.name, lot.product_id.id] for lot in lots.sorted("id")]
        return snapshot

    def _signature_display(self, meaning):
        lots = self.lot_ids or self._scope_lots()
        shown = {
            self.env._("Recall"): f"{self.name} {self.title}",
            self.env._("Recall class"): self.profile_id.name,
            self.env._("Lots"): [f"{lot.product_id.display_name} {lot.name}" for lot in lots[:50]] or "–",
        }
        if meaning == "close":
            shown[self.env._("Accounted for")] = f"{self.share_accounted:.1f} %"
        return shown

    def _signature_check(self, meaning):
        self.ensure_one()
        if not self.env.user.has_group("med_master_data.group_med_quality"):
            raise UserError(
                self.env._("Only quality holds, closes or withdraws a recall. Ask a quality manager to sign.")
            )
        self.check_access("write")
        # two people at once: the second waits here and finds it done
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        self._go(meaning)
        if meaning == "hold":
            self._check_scope()
        elif meaning == "close":
            self._check_closable()

    def _signature_applied(self, meaning, signatures):
        reason = signatures.reason
        if meaning == "hold":
            self._hold(reason)
        elif meaning == "close":
            now = fields.Datetime.now()
            self._write_state({"state": self._go("close"), "closed_at": now})
            self.env["med.recall.link"]._end(self.consignee_ids)
            self.env["med.recall.deadline"]._start(self, "completion", now)
            self.env["med.evidence.event"]._record("recall.closed", [{"record": self, "reason": reason}])
        else:
            # T27: what was done stays on file, and the lots stay recalled until each is released
            self._write_state({"state": self._go("withdraw")})
            self.env["med.recall.link"]._end(self.consignee_ids)
            self.env["med.evidence.event"]._record("recall.withdrawn", [{"record": self, "reason": reason}])

    def _check_scope(self):
        if not self.scope_ids or not all(self.scope_ids.mapped("is_confirmed")):
            raise UserError(
                self.env._(
                    "Every line of the scope needs a person who confirms it. Check the lines, then confirm the scope."
                )
            )
        if not self._scope_lots():
            raise UserError(
                self.env._("Not one of our lots is in this scope. Check lots and products, or withdraw the recall.")
            )

    def _check_closable(self):
        if self.is_drill:
            return
        waiting = self.consignee_ids.filtered(lambda one: one.state == "new")
        if waiting:
            raise UserError(
                self.env._(
                    "%(count)s consignees were never notified, %(name)s among them. Notify them first.",
                    count=len(waiting),
                    name=waiting[0].partner_id.name,
                )
            )
        rounding = self.env["decimal.precision"].precision_get("Product Unit")
        unexplained = self.answer_ids.filtered(
            lambda answer: not float_is_zero(answer.unaccounted, precision_digits=rounding)
        )
        if unexplained:
            lines = [
                self.env._(
                    "• %(consignee)s, lot %(lot)s: %(quantity)s",
                    consignee=answer.partner_id.display_name,
                    lot=answer.lot_id.name,
                    quantity=f"{answer.unaccounted:g}",
                )
                for answer in unexplained[:25]
            ]
            raise UserError(
                self.env._("Units are unaccounted for. Find them or explain them before closing:")
                + "\n"
                + "\n".join(lines)
            )
        repeat = self.check_ids.filtered(lambda check: check.result in ("open", "failed") and not check.repeated_by_id)
        if repeat:
            raise UserError(
                self.env._(
                    "%(count)s effectiveness checks are open or failed and were not repeated. Finish them first.",
                    count=len(repeat),
                )
            )

    # What people press ------------------------------------------------------------------

    def action_notify(self):
        """Write to every consignee that was not written to yet."""
        self.ensure_one()
        self.consignee_ids._notify()

    def action_checks(self):
        self.ensure_one()
        self.env["med.recall.check"]._draw(self)

    def action_returns(self):
        self.ensure_one()
        self.answer_ids._create_returns()

    def action_credit_notes(self):
        """Odoo's own credit notes for what came back on orders that are invoiced."""
        self.ensure_one()
        orders = self.picking_ids.filtered(lambda picking: picking.state == "done").move_ids.sale_line_id.order_id
        orders = orders.filtered(lambda order: order.invoice_status == "to invoice")
        if not orders:
            raise UserError(self.env._("Nothing that came back waits for a credit note. Receive the returns first."))
        moves = orders._create_invoices(final=True)
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", moves.ids)],
            "name": self.env._("Credit notes"),
        }

    def action_open_trace(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("med_recall.med_recall_trace_line_action")
        return {**action, "domain": [("recall_id", "=", self.id)], "context": {"search_default_kind": 1}}

    def action_open_transfers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.action_picking_tree_all")
        return {**action, "domain": [("med_recall_id", "=", self.id)], "context": {}}

    def _med_timeline_records(self):
        return [self, self.consignee_ids, self.lot_ids]

    @api.model
    def _lot_text(self, text):
        return lot_text.parse(text or "")
