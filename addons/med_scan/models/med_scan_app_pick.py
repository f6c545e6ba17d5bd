from odoo import api, models
from odoo.fields import Date, Domain
from odoo.tools import float_repr

from odoo.addons.med_evidence.lib import canonical
from odoo.addons.med_master_data.lib import gs1, scan
from odoo.addons.med_master_data.lib.errors import ScanError

from ..lib import commands
from ..lib.match import Read, match

OPEN_STATES = ("confirmed", "assigned")
# Read, but not what is wanted here: the sentence of the app says it with the delivery's name.
SHOWN = 3


class MedScanAppPick(models.AbstractModel):
    """Picking one transfer: any code, in any order, answered by what is reserved."""

    _inherit = "med.scan.app"

    @api.model
    def _step_pick(self, picking, step):
        return self._count_goods(picking, step)

    @api.model
    def _flow_problem(self, picking, flow):
        if flow == "pick" and picking.state not in OPEN_STATES:
            return "delivery_closed", {"delivery": picking.name}
        return super()._flow_problem(picking, flow)

    def _count_goods(self, picking, step):
        """Any flow that counts labels against lines."""
        command = commands.command(step["code"])
        if command == "UNDO":
            return self._undo(picking, step)
        if command:
            return self._still_open(picking, step)
        return self._pick_goods(picking, step, self._flow_lines(picking, step["state"]["flow"]))

    def _still_open(self, picking, step):
        left = self._left(picking, step["state"]["flow"])
        return self._right(picking, step, "still_open" if left else "all_taken", left=left)

    # Goods -----------------------------------------------------------------------------

    def _pick_goods(self, picking, step, lines):
        state, code = step["state"], step["code"].strip()
        lots = {self._lot_name(line): line for line in lines if self._lot_name(line)}
        if code in lots and not self._names_a_product(code):
            return self._pick_by_lot_name(picking, step, lines, code)
        read, pending = self.env["med.scan"]._collect(
            state["pending"], step["code"], expected_products=lines.product_id, expected_lots=lines.lot_id
        )
        if not read.product and not (read.scan and read.scan.di):
            found = self._pick_other(picking, step, lines, read)
            if found:
                return found
        if read.has_problem("not_expected"):
            return self._wrong_goods(picking, step, lines, read, "wrong_item")
        if read.product and read.product.tracking != "none" and not read.lot_name and state["lot"]:
            # the lot's own barcode came first
            return self._take(picking, step, lines, read, state["lot"])
        if pending and read.product:
            return self._ask(
                picking, step, "scan_other_symbol", state={"pending": pending}, product=read.product.display_name
            )
        if read.has_problem("ambiguous") and read.readings:
            choices = [{"code": gs1.to_text(one.elements), "label": gs1.to_text(one.elements)} for one in read.readings]
            return self._ask(picking, step, "choose_reading", choices=choices)
        if pending and read.scan:
            problem = next((p for p in read.problems if p.code != "needs"), read.problems[0])
            answer = self._answer(
                picking, step, "ask", problem.code, self.env["med.message"]._text(problem), pending=pending
            )
            return answer, {}
        if not read.accepted:
            return self._unread(picking, step, read)
        return self._take(picking, step, lines, read, read.lot_name)

    def _lot_name(self, line):
        return line._scan_lot_name()

    def _names_a_product(self, code):
        """Whether the text is a device code that says what it is on. A lot called "10D9T" is not."""
        try:
            return bool(scan.parse(code, self._today()).di)
        except ScanError:
            return False

    @api.model
    def _today(self):
        return Date.context_today(self)

    def _pick_by_lot_name(self, picking, step, lines, name):
        """A barcode that holds nothing but a lot. What it is on, says the other code of the label;
        for goods that are no devices the delivery may say it, when it knows one product only."""
        products = lines.filtered(lambda line: self._lot_name(line) == name).product_id
        pending = step["state"]["pending"]
        if pending:
            read = self.env["med.scan"]._resolve(pending, expected_products=lines.product_id)
            if read.product and not read.lot_name:
                return self._take(picking, step, lines, read, name)
        if len(products) == 1 and not products.med_is_device:
            return self._take(picking, step, lines, None, name, products)
        return self._ask(picking, step, "scan_product_symbol", state={"lot": name}, lot=name)

    def _take(self, picking, step, lines, read, lot_name, product=None):
        """Judge the label against the lines and the gate, then count it."""
        product = product or read.product
        quantity = (read.scan and read.scan.quantity) or read.quantity if read else 1
        found = match(
            [line._scan_match() for line in lines],
            Read(
                product=product.id,
                tracking=product.tracking,
                lot=lot_name,
                quantity=quantity,
                location=step["state"]["location"],
                package=step["state"]["package"],
            ),
        )
        if found.problem:
            return self._wrong_goods(picking, step, lines, read, found.problem, product, lot_name, found)
        by_id = {line.id: line for line in lines}
        takes = [(by_id[line_id], part) for line_id, part in found.takes]
        return self._judge_and_take(
            picking,
            step,
            takes,
            read.notes if read else (),
            "taken" if lot_name else "taken_plain",
            product=product.display_name,
            lot=lot_name or "",
        )

    def _judge_and_take(self, picking, step, takes, notes, sentence, state=None, **params):
        lines = takes[0][0].browse().concat(*(line for line, _part in takes))
        first = lines[:1]
        goods = {"is_goods": True, "product_id": first.product_id.id, "lot_id": first.lot_id.id}
        verdicts = self.env["med.gate"]._judge(lines._scan_judged(), self._checkpoint(step))
        blocking = [verdict for verdict in verdicts if verdict.policy.effect != "warn"]
        if blocking:
            return self._refused(picking, step, blocking, goods)
        total = 0
        for line, part in takes:
            line._scan_take(part)
            total += part
        warnings = [self.env["med.gate"]._sentence(verdict) for verdict in verdicts]
        if not state and not self._waits_at(picking, step["state"]["location"]):
            # nothing is left here: the next goods are elsewhere
            state = {"location": None, "package": None}
        answer, kept = self._right(
            picking,
            step,
            self._in_flow(step, sentence),
            lines,
            notes,
            {
                **goods,
                "quantity": total,
                "changes": [[line.id, float_repr(part, 6)] for line, part in takes],
            },
            state,
            quantity=self._number(total),
            **params,
        )
        if warnings:
            answer["notes"] += warnings
            answer["tone"] = "warning"
        return answer, kept

    def _waits_at(self, picking, location_id):
        if not location_id:
            return True
        return any(line.location_id.id == location_id and line._med_left() for line in picking.move_line_ids)

    @api.model
    def _checkpoint(self, step):
        """At which checkpoint the gate judges the goods of this flow."""
        return "scan"

    @api.model
    def _in_flow(self, step, code):
        """The sentence for ``code`` in this flow."""
        return code

    def _refused(self, picking, step, blocking, goods):
        """The gate says no: told on the phone, and kept as every refusal of the gate."""
        gate = self.env["med.gate"]
        findings = [gate._finding_json(verdict) for verdict in blocking]
        self.env["med.evidence.event"]._record(
            "gate.refused", [{"record": picking, "body": {"checkpoint": self._checkpoint(step), "findings": findings}}]
        )
        message = "\n".join(dict.fromkeys(gate._sentence(verdict) for verdict in blocking))
        answer, kept = self._wrong(picking, step, blocking[0].finding.rule, goods, message)
        return {**answer, "findings": [gate._verdict_json(verdict) for verdict in blocking]}, kept

    # Wrong -----------------------------------------------------------------------------

    def _unread(self, picking, step, read):
        """No goods, and nothing else that is known: the reader's own words."""
        problem = read.problems[0]
        self._record_wrong(picking, step, [one.code for one in read.problems])
        message = "\n".join(self.env["med.message"]._text(one) for one in read.problems)
        kept = {"is_goods": True, "product_id": read.product.id, "lot_id": read.lot.id}
        answer, kept = self._wrong(picking, step, problem.code, kept, message, read.notes)
        return answer, kept

    def _wrong_goods(self, picking, step, lines, read, problem, product=None, lot_name=None, found=None):
        product = product or read.product
        wanted = lines.browse(found.lines) if found else lines.filtered(lambda line: line._med_left())
        facts = {name: self._number(value) for name, value in (found.facts if found else {}).items()}
        self._record_wrong(picking, step, [problem])
        return self._wrong(
            picking,
            step,
            problem,
            {"is_goods": True, "product_id": product.id, "lot_id": read.lot.id if read else False},
            None,
            (),
            self._in_flow(step, problem),
            delivery=picking.name,
            product=product.display_name,
            lot=lot_name or (read and read.lot_name) or "–",
            here=self._here(step, problem),
            wanted=self._wanted(wanted, problem),
            **facts,
        )

    def _here(self, step, problem):
        state = step["state"]
        if problem == "wrong_location":
            return self._place_name(self.env["stock.location"].browse(state["location"]))
        if problem == "wrong_package":
            return self.env["stock.package"].browse(state["package"]).display_name
        return ""

    def _wanted(self, lines, problem):
        """The first few of what would have been right."""
        tell = {
            "wrong_item": lambda line: line.product_id.display_name,
            "wrong_location": self._place,
            "wrong_package": lambda line: line.package_id.display_name or "–",
        }.get(problem, self._lot_name)
        names = list(dict.fromkeys(tell(line) or "–" for line in lines))
        more = f" +{len(names) - SHOWN}" if len(names) > SHOWN else ""
        return ", ".join(names[:SHOWN]) + more if names else "–"

    def _place(self, line):
        return self._place_name(line.location_id)

    def _place_name(self, location):
        """As it is written on the rack: without the path from the warehouse that everybody is in."""
        stock = location.warehouse_id.lot_stock_id.complete_name
        name = location.complete_name or ""
        return name.removeprefix(f"{stock}/") if stock else name

    def _record_wrong(self, picking, step, problems):
        """A wrong scan changes nothing, and counts for the accuracy figure."""
        body = {"code": step["code"], "problems": problems, "entry": step["entry"]}
        self.env["med.evidence.event"]._record("scan.refused", [{"record": picking, "body": body}])

    @api.model
    def _number(self, quantity):
        return canonical.quantity(quantity)

    # Places, packages, badges, other transfers -----------------------------------------

    def _pick_other(self, picking, step, lines, read):
        """What is no label of goods; None when nobody knows it."""
        code = step["code"].strip()
        sscc = read.scan.sscc if read.scan else None
        number = commands.badge(code)
        if number is not None:
            return self._badge(picking, step, number)
        if not code:
            return None  # an empty text is the barcode of every place that has none
        if not sscc and step["state"]["flow"] == "pick":
            location = self.env["stock.location"].search(
                Domain("barcode", "=", code) & Domain("company_id", "in", [False, picking.company_id.id]), limit=1
            )
            if location:
                return self._at_location(picking, step, lines, location)
        names = [sscc, f"00{sscc}", f"(00){sscc}"] if sscc else [code]
        package = step["state"]["flow"] == "pick" and self.env["stock.package"].search(
            Domain("name", "in", names) & Domain("company_id", "in", [False, picking.company_id.id]), limit=1
        )
        if package:
            return self._pick_package(picking, step, lines, package)
        if sscc:
            self._record_wrong(picking, step, ["package_unknown"])
            return self._wrong(
                picking, step, "package_unknown", {"is_goods": True}, package=sscc, delivery=picking.name
            )
        other = self.env["stock.picking"].search(
            Domain("name", "=", code) & Domain("company_id", "=", picking.company_id.id), limit=1
        )
        if other and other != picking:
            return self._wrong(picking, step, "wrong_delivery", delivery=picking.name, scanned=other.name)
        return self._still_open(picking, step) if other else None

    def _badge(self, picking, step, number):
        user = self.env["res.users"].search([("id", "=", number)])
        if not user:
            return self._wrong(picking, step, "badge_unknown")
        if user != self.env.user:
            return self._wrong(picking, step, "wrong_user", badge=user.name, user=self.env.user.name)
        return self._right(picking, step, "badge_right", user=user.name)

    def _at_location(self, picking, step, lines, location):
        waiting = lines.filtered(lambda line: line._med_left())
        if location not in waiting.location_id:
            return self._wrong(
                picking,
                step,
                "location_unknown",
                delivery=picking.name,
                location=self._place_name(location),
                wanted=self._wanted(waiting, "wrong_location"),
            )
        state = {"location": location.id, "package": None}
        return self._right(picking, step, "at_location", (), (), None, state, location=self._place_name(location))

    def _pick_package(self, picking, step, lines, package):
        """A closed package that is reserved as a whole is one scan; of another one, its goods are."""
        inside = lines.filtered(lambda line: line.package_id == package and line._med_left())
        if not inside:
            self._record_wrong(picking, step, ["package_unknown"])
            return self._wrong(
                picking, step, "package_unknown", {"is_goods": True}, package=package.name, delivery=picking.name
            )
        reserved = sum(line.quantity_product_uom for line in inside)
        # sudo: what is in the package decides, also what the picker may not see
        contained = sum(package.sudo().quant_ids.mapped("quantity"))
        if abs(contained - reserved) > 1e-6 or any(line.med_scanned_qty for line in inside):
            state = {"package": package.id}
            return self._ask(picking, step, "package_open", state=state, package=package.name, delivery=picking.name)
        takes = [(line, line.quantity_product_uom) for line in inside]
        return self._judge_and_take(picking, step, takes, (), "taken_package", package=package.name)

    # Undo ------------------------------------------------------------------------------

    def _undo(self, picking, step):
        """Take back the last thing this person scanned on this transfer."""
        events = self.env["med.scan.event"].sudo()  # sudo: his own scans, which he may not search by rule
        undone = events.search([("picking_id", "=", picking.id), ("undoes_id", "!=", 0)]).mapped("undoes_id")
        domain = Domain("picking_id", "=", picking.id) & Domain("user_id", "=", self.env.uid)
        domain &= (
            Domain("flow", "=", step["state"]["flow"])
            & Domain("changes", "!=", False)
            & Domain("id", "not in", undone)
            & Domain("undoes_id", "=", 0)
        )
        if step["undoes"]:
            # what was meant without network; another one is not undone in its place
            domain &= Domain("key", "=", step["undoes"])
        last = events.search(domain, limit=1)
        if not last:
            return self._wrong(picking, step, "undo_nothing")
        lines = {line.id: line for line in self._flow_lines(picking, last.flow)}
        takes = [(lines.get(line_id), float(part)) for line_id, part in last.changes]
        for line, part in takes:
            if line is None or line._scan_match().taken + 1e-6 < part:
                return self._wrong(picking, step, "undo_changed")
        for line, part in takes:
            line._scan_take(-part)
        self.env["med.evidence.event"]._record(
            "scan.undone", [{"record": picking, "body": {"undone": last.key, "code": last.code or ""}}]
        )
        changed = takes[0][0].browse().concat(*(line for line, _part in takes))
        kept = {"undoes_id": last.id, "product_id": last.product_id.id, "lot_id": last.lot_id.id}
        return self._right(
            picking,
            step,
            "undone",
            changed,
            (),
            kept,
            None,
            quantity=self._number(last.quantity),
            product=last.product_id.display_name,
            lot=last.lot_id.name or "–",
        )
