import json
import time
from dataclasses import replace
from datetime import UTC

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib import registry, what_if
from ..lib import rules as base_rules
from .med_gate import BASE_FACTS

# Lines whose facts are read at once, and lines at most: a page that takes minutes is closed.
BATCH = 2000
LIMIT = 20000
RULES = {"shelf_life": "shelf_life_short", "licence": "licence_invalid"}
# What a replay finds out.
RESULTS = {"state", "values_hash", "judged", "total", "stops", "passes", "seconds", "line_ids"}


class MedGateWhatIf(models.Model):
    """What another policy, limit or licence would have done: a replay, read-only, of what left
    and of what is still to leave. Each line is judged as of its own day."""

    _name = "med.gate.what.if"
    _description = "Replay of the gate"
    _order = "id desc"
    _rec_name = "question"

    kind = fields.Selection(
        [
            ("policy", "A policy changes"),
            ("shelf_life", "Everybody gets at least so many days of shelf life"),
            ("licence", "A licence ends earlier"),
        ],
        "What if",
        required=True,
        default="shelf_life",
    )
    question = fields.Char(compute="_compute_question")
    change_id = fields.Many2one("med.gate.policy.change", "Proposal", readonly=True, index="btree_not_null")
    days = fields.Integer("Days", default=90)
    licence_id = fields.Many2one("med.partner.licence", "Licence")
    ends_on = fields.Date("Last day of the licence", default=fields.Date.context_today)
    partner_id = fields.Many2one("res.partner", "Only this customer")
    product_category_id = fields.Many2one("product.category", "Only this product category")
    date_from = fields.Date("History from", default=lambda self: self._default_quarter()[0])
    date_to = fields.Date("to", default=lambda self: self._default_quarter()[1])
    with_open = fields.Boolean("Open orders as well", default=True)
    company_id = fields.Many2one("res.company", "Company", required=True, default=lambda self: self.env.company)
    state = fields.Selection([("draft", "To do"), ("done", "Replayed")], default="draft", readonly=True)
    values_hash = fields.Char(readonly=True)
    judged = fields.Integer("Lines judged", readonly=True)
    total = fields.Integer("Lines found", readonly=True)
    stops = fields.Integer("Would have been refused", readonly=True)
    passes = fields.Integer("Would have passed", readonly=True)
    seconds = fields.Float("Seconds", readonly=True, digits=(8, 1))
    line_ids = fields.One2many("med.gate.what.if.line", "what_if_id", "Lines", readonly=True)

    @api.model
    def _default_quarter(self):
        """The last ninety days: what people mean by the last quarter is long enough either way."""
        today = fields.Date.context_today(self)
        return fields.Date.subtract(today, days=90), today

    @api.depends("kind", "days", "licence_id", "ends_on", "change_id")
    def _compute_question(self):
        for replay in self:
            if replay.kind == "shelf_life":
                question = self.env._("What if everybody got at least %(days)s days?", days=replay.days)
            elif replay.kind == "licence":
                question = self.env._(
                    "What if licence %(number)s ended on %(day)s?",
                    number=replay.licence_id.number or "…",
                    day=replay.ends_on or "…",
                )
            else:
                question = self.env._(
                    "What if the policy “%(rule)s” changed?", rule=replay.change_id.display_name or "…"
                )
            replay.question = question

    def _rule(self):
        return self.change_id.rule if self.kind == "policy" else RULES[self.kind]

    def action_run(self):
        """Replay and show the result."""
        for replay in self:
            replay._check_question()
            replay._run()
        return {
            "type": "ir.actions.act_window",
            "name": self[:1].question,
            "res_model": self._name,
            "res_id": self[:1].id,
            "views": [(False, "form")],
        }

    def _check_question(self):
        if self.kind == "policy" and not self.change_id:
            raise UserError(self.env._("Open the policy, press “Propose a change”, and ask from there."))
        if self.kind == "licence" and not (self.licence_id and self.ends_on):
            raise UserError(self.env._("Choose the licence and its last day."))
        if self.kind == "shelf_life" and self.days <= 0:
            raise UserError(self.env._("Enter a number of days above 0."))
        if self.date_from and self.date_to and self.date_to < self.date_from:
            raise UserError(self.env._("The history ends before it begins. Correct its dates."))

    def _run(self):
        """Judge in batches; what is kept is the lines that would have been decided otherwise."""
        started = time.monotonic()
        # sudo: as the gate, see MedGate._facts; what comes out is shown to quality and supervisors
        done, opened, total = self.sudo()._lines()
        now, then, assume = self._books()
        changes = []
        for is_open, lines in ((False, done), (True, opened)):
            for start in range(0, len(lines), BATCH):
                batch = lines[start : start + BATCH]
                # a batch fetches for itself; with the lines of all batches beside it, it would fetch for them too
                facts = self._past_facts(batch.with_prefetch(batch._ids), is_open)
                changes += [(is_open, change) for change in what_if.replay(facts, now, then, "ship", assume)]
                self.env.invalidate_all()  # the next batch needs the memory
        # sudo: a result is written by the replay alone, see write()
        result = self.sudo()
        result.line_ids.unlink()
        result.env["med.gate.what.if.line"].create([self._line_values(*entry) for entry in changes])
        stops = sum(change.stops for _is_open, change in changes)
        result.write(
            {
                "state": "done",
                "values_hash": self.change_id._values_hash() if self.change_id else False,
                "judged": len(done) + len(opened),
                "total": total,
                "stops": stops,
                "passes": len(changes) - stops,
                "seconds": time.monotonic() - started,
            }
        )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            for name in RESULTS & vals.keys():
                del vals[name]
        return super().create(vals_list)

    def write(self, vals):
        """Another question asks for another replay; and nobody writes a result by hand."""
        if not self.env.su:
            if RESULTS & vals.keys():
                raise UserError(self.env._("A result comes from the replay alone. Press “Replay”."))
            super(MedGateWhatIf, self.sudo()).write({"state": "draft"})  # sudo: as above
        return super().write(vals)

    # Facts of the past ---------------------------------------------------------------------

    def _lines(self):
        """(lines that left, lines that are to leave, how many there are in all)."""
        line_model = self.env["stock.move.line"]
        base = Domain("product_id.med_is_device", "=", True) & Domain("company_id", "=", self.company_id.id)
        base &= Domain("location_dest_id.usage", "=", "customer")
        if self.partner_id:
            base &= Domain("picking_id.partner_id", "child_of", self.partner_id.commercial_partner_id.id)
        if self.product_category_id:
            base &= Domain("product_id.categ_id", "child_of", self.product_category_id.id)
        left = base & Domain("state", "=", "done")
        if self.date_from:
            left &= Domain("date", ">=", fields.Datetime.to_datetime(self.date_from))
        if self.date_to:
            left &= Domain("date", "<", fields.Date.add(self.date_to, days=1))
        done = line_model.search(left, limit=LIMIT, order="id desc")
        total = len(done) if len(done) < LIMIT else line_model.search_count(left)
        opened = line_model
        if self.with_open:
            waiting = base & Domain("state", "not in", ("done", "cancel", "draft")) & Domain("quantity", ">", 0)
            reserved = line_model.search(waiting, limit=LIMIT, order="id desc")
            opened = reserved | self._unreserved(reserved)
            total += len(opened)
        return done, opened, total

    def _unreserved(self, reserved):
        """Lines in mind for what is ordered and has no lot yet."""
        domain = Domain("product_id.med_is_device", "=", True) & Domain("company_id", "=", self.company_id.id)
        domain &= Domain("state", "in", ("waiting", "confirmed")) & Domain("location_dest_id.usage", "=", "customer")
        if self.partner_id:
            domain &= Domain("picking_id.partner_id", "child_of", self.partner_id.commercial_partner_id.id)
        if self.product_category_id:
            domain &= Domain("product_id.categ_id", "child_of", self.product_category_id.id)
        moves = self.env["stock.move"].search(domain, limit=BATCH)
        moves -= reserved.move_id
        no_lot = self.env["stock.lot"]
        return self.env["med.gate"]._lines_in_mind([(move, no_lot) for move in moves])

    def _past_facts(self, lines, is_open):
        """The facts of the lines, each as of the day it left or will leave."""
        gate = self.env["med.gate"].sudo()  # sudo: see _run
        zone, present = gate._zone(self.company_id), fields.Datetime.now()
        rule = self._rule()
        judge = registry.rules()[rule].judge
        if judge.__module__ == base_rules.__name__:
            gate = gate.with_context(med_base_facts=BASE_FACTS)  # what no rule of this replay reads
        book = self.env["med.gate.policy"]._book(self.company_id, fields.Date.context_today(self))
        facts = gate._facts(lines, self.company_id, present.replace(tzinfo=UTC), book, "ship")
        statuses = self._past_statuses(lines) if not is_open else {}
        result = []
        for line, fact in zip(lines, facts, strict=True):
            planned = line.picking_id.scheduled_date or line.move_id.date or present
            moment = max(present, planned) if is_open else line.date
            instant = moment.replace(tzinfo=UTC)
            day = instant.astimezone(zone).date()
            lot = fact.lot
            if lot is not None and not is_open:
                # before any event is known of it, a lot that left was released
                lot = replace(lot, status=statuses.get(line.id, "released"), held_packages=frozenset())
            result.append(replace(fact, now=instant, today=day, delivery_day=day, lot=lot, operator=None))
        return result

    def _past_statuses(self, lines):
        """{line id: the status its lot had when it left}, from the evidence."""
        rows = self.env.execute_query(
            SQL(
                """SELECT line.id, (SELECT event.body FROM med_evidence_event event
                                    WHERE event.kind = 'lot.status' AND event.res_model = 'stock.lot'
                                      AND event.res_id = line.lot_id AND event.recorded_at <= line.date
                                    ORDER BY event.id DESC LIMIT 1)
                   FROM stock_move_line line WHERE line.id = ANY(%s) AND line.lot_id IS NOT NULL""",
                list(lines.ids),
            )
        )
        return {line_id: json.loads(body)["new"] for line_id, body in rows if body}

    def _books(self):
        """(the policies as they are and were, the policies as asked, the facts as asked)."""
        rule, company = self._rule(), self.company_id
        policies = self.env["med.gate.policy"].sudo()  # sudo: see MedGatePolicy._book_cached
        domain = policies._book_domain(company.id, company._med_place()[1], company.med_profile)
        dated = [
            what_if.DatedPolicy(policy._frozen(), policy.date_from, policy.date_to or None)
            for policy in policies.search(domain & Domain("rule", "=", rule))
        ]
        now = what_if.DatedBook(dated)
        if self.kind == "shelf_life":
            return now, now.with_limit(rule, self.days), lambda line: line
        if self.kind == "licence":
            owner = self.licence_id.partner_id.commercial_partner_id
            parties = frozenset(self.env["res.partner"].sudo().search([("id", "child_of", owner.id)]).ids)
            number, last = self.licence_id.number, self.ends_on
            return now, now, lambda line: what_if.with_licence_ending(line, number, parties, last)
        proposed = policies._freeze(self.change_id, 0)
        return now, now.with_changed(proposed, self.change_id.policy_id.id), lambda line: line

    def _line_values(self, is_open, change):
        line, gate = change.line, self.env["med.gate"]
        move_line = line.key if isinstance(line.key, int) else False
        return {
            "what_if_id": self.id,
            "is_open": is_open,
            "outcome": "stops" if change.stops else "passes",
            "picking_id": line.picking_id,
            "move_line_id": move_line,
            "product_id": line.product_id,
            "lot_id": line.lot.id if line.lot else False,
            "partner_id": line.party.id if line.party else False,
            "quantity": float(line.quantity),
            "day": line.today,
            "clause": change.verdict.clause,
            "sentence": gate._sentence(change.verdict),
        }

    def action_open_lines(self):
        """The result as a list to search, group and drill into."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.question,
            "res_model": "med.gate.what.if.line",
            "views": [(False, "list"), (False, "pivot")],
            "domain": [("what_if_id", "=", self.id)],
            "context": {"search_default_stops": 1},
        }


class MedGateWhatIfLine(models.Model):
    _name = "med.gate.what.if.line"
    _description = "Line that would have been decided otherwise"
    _order = "is_open desc, day desc, id"

    what_if_id = fields.Many2one("med.gate.what.if", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="what_if_id.company_id", store=True)
    is_open = fields.Boolean("Still open")
    outcome = fields.Selection([("stops", "Would be refused"), ("passes", "Would pass")], required=True)
    picking_id = fields.Many2one("stock.picking", "Transfer", ondelete="cascade")
    move_line_id = fields.Many2one("stock.move.line", ondelete="set null")
    product_id = fields.Many2one("product.product", "Product")
    lot_id = fields.Many2one("stock.lot", "Lot")
    partner_id = fields.Many2one("res.partner", "Consignee")
    quantity = fields.Float(digits="Product Unit")
    day = fields.Date("Day", help="The day it left, or the day it is planned to leave.")
    clause = fields.Char("Clause")
    sentence = fields.Text("Why")

    def action_open_picking(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "stock.picking",
            "res_id": self.picking_id.id,
            "views": [(False, "form")],
        }
