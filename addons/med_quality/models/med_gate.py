import logging
from collections import defaultdict
from datetime import UTC
from decimal import Decimal
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.med_master_data.lib import scope

from ..exceptions import GateRefusedError
from ..lib import registry
from ..lib import rules as _rules  # noqa: F401 - registers the rules
from ..lib.facts import LICENCES, LicenceFacts, LineFacts, LotFacts, PartyFacts, Scope, SideFacts, as_date
from .med_gate_policy_values import CHECKPOINTS

_logger = logging.getLogger(__name__)

# Held by the server only: a context key that a client sends is never this object.
BASE_FACTS = object()

# A movement may name no partner: then there is no company and no licence behind it.
NOBODY = ("", ())

# A message longer than a screen is not read; the evidence holds every finding.
SHOWN_FINDINGS = 25
SHOWN_LOTS = 5


class MedGate(models.AbstractModel):
    """May these goods move? Facts in sets, pure judges, one answer with every reason.

    Called by every door (see the models of stock in this addon) and by whoever wants to know
    beforehand. An addon above joins by registering a rule and by extending ``_fact_queries``
    (what is to be asked of the database), ``_product_facts``, ``_picking_facts`` or ``_way_facts``
    (by what the fact hangs on) and ``_sentences``.
    """

    _name = "med.gate"
    _description = "Gate"

    # Asking ----------------------------------------------------------------------------

    @api.model
    def _judge(self, lines, checkpoint):
        """The verdicts on move lines of regulated devices at ``checkpoint``, all of them."""
        now = fields.Datetime.now().replace(tzinfo=UTC)
        verdicts = []
        for company, company_lines in lines.grouped("company_id").items():
            today = now.astimezone(self._zone(company)).date()
            book = self.env["med.gate.policy"]._book(company, today)
            verdicts += registry.evaluate(self._facts(company_lines, company, now, book, checkpoint), book, checkpoint)
        return verdicts

    @api.model
    def _judge_lots(self, move, lots, checkpoint="reserve"):
        """The verdicts on lots that nobody reserved yet, as if they left with ``move``.

        The same facts and judges as for real lines; the lines exist in memory only.
        """
        return self._judge(self._lines_in_mind([(move, lot) for lot in lots]), checkpoint)

    @api.model
    def _lines_in_mind(self, pairs):
        """Lines of (move, lot) as they would be; an empty lot stands for goods nobody chose yet."""
        # sudo: see _facts
        new = self.env["stock.move.line"].sudo().new
        lines = [
            new(
                {
                    "move_id": move.id,
                    "picking_id": move.picking_id.id,
                    "company_id": move.company_id.id,
                    "product_id": move.product_id.id,
                    "product_uom_id": move.product_id.uom_id.id,
                    "quantity": move.product_qty,
                    "lot_id": lot.id,
                    "location_id": move.location_id.id,
                    # what counts is where the goods end up, at the end of a chain of steps too
                    "location_dest_id": (move.location_final_id or move.location_dest_id).id,
                }
            )
            for move, lot in pairs
        ]
        return self.env["stock.move.line"].sudo().concat(*lines)

    @api.model
    def _asked_rules(self, codes):
        """Those of the rules that judge movements, known or not."""
        known = registry.rules()
        return {code for code in codes if code not in known or known[code].per_line}

    @api.model
    def judge(self, line_ids, checkpoint="ship"):
        """May these move lines pass ``checkpoint`` now? Nothing is moved or recorded.

        :param list line_ids: ids of move lines the caller may read
        :return: a list of verdicts as JSON, empty when every line may pass (see ``_verdict_json``)
        :raises UserError: an unknown checkpoint
        """
        if checkpoint not in CHECKPOINTS:
            raise UserError(
                self.env._(
                    "“%(checkpoint)s” is no checkpoint; there are %(known)s.",
                    checkpoint=checkpoint,
                    known=", ".join(CHECKPOINTS),
                )
            )
        lines = self.env["stock.move.line"].browse(line_ids).exists()
        lines.check_access("read")
        return [self._verdict_json(verdict) for verdict in self._judge(lines._med_devices(), checkpoint)]

    @api.model
    def _enforce(self, lines, checkpoint, is_first=True):
        """Let the lines pass or raise one error that names every finding.

        Warnings and used overrides become evidence with the movement; a refusal becomes
        evidence although the movement is rolled back.

        :param bool is_first: False where the same lines passed already and are only looked at
            again; a passage is recorded once
        :raises GateRefusedError: when at least one finding blocks
        """
        verdicts = self._judge(lines, checkpoint)
        overrides = self.env["med.gate.override"]._match([v for v in verdicts if v.severity == "signature"])
        blocking = [v for v in verdicts if v.blocks and id(v) not in overrides]
        if blocking:
            self._refuse(blocking, checkpoint)
        used = {}
        for verdict in verdicts:
            if id(verdict) in overrides:
                used.setdefault(overrides[id(verdict)], []).append(verdict.line)
        for override, passed in used.items():
            override._use(passed)
        if is_first:
            self._record_passage(lines, checkpoint, verdicts)

    def _record_passage(self, lines, checkpoint, verdicts):
        """One event per picking: what passed, under which warnings and overrides."""
        notes = defaultdict(list)
        for verdict in verdicts:
            notes[verdict.line.picking_id].append(verdict)
        entries = [
            {
                "record": picking or picking_lines[0].move_id,
                "body": {
                    "checkpoint": checkpoint,
                    "line_ids": picking_lines.ids,
                    "notes": self._notes_json(notes[picking.id or None]),
                },
            }
            for picking, picking_lines in lines.grouped("picking_id").items()
        ]
        self.env["med.evidence.event"]._record("gate.passed", entries)

    def _notes_json(self, verdicts):
        """What is said alike of many lines is said once, with the lines and their lots: a warning
        about a product on a delivery of a thousand lots is no megabyte."""
        alike = {}
        for verdict in verdicts:
            line, finding = verdict.line, verdict.finding
            about = (finding.rule, finding.problem, verdict.policy.id, line.product_id, *finding.params.items())
            if about not in alike:
                fact = self._finding_json(verdict)
                del fact["line"], fact["lot"]
                alike[about] = {**fact, "lines": [], "lots": []}
            alike[about]["lines"].append(line.key)
            if line.lot and line.lot.name not in alike[about]["lots"][-1:]:
                alike[about]["lots"].append(line.lot.name)
        return list(alike.values())

    def _refuse(self, verdicts, checkpoint):
        by_picking = {}
        for verdict in verdicts:
            by_picking.setdefault(verdict.line.picking_id, []).append(verdict)
        lines = self.env["stock.move.line"].browse(v.line.key for v in verdicts)
        records = {line.id: line.picking_id or line.move_id for line in lines}
        self.env["med.evidence.event"]._record_refused(
            "gate.refused",
            [
                {
                    "record": records[group[0].line.key],
                    "body": {
                        "checkpoint": checkpoint,
                        "findings": [self._finding_json(v) for v in group],
                    },
                }
                for group in by_picking.values()
            ],
        )
        sentences = list(dict.fromkeys(self._told_sentence(verdict, len(by_picking) > 1) for verdict in verdicts))
        shown = [f"• {sentence}" for sentence in sentences[:SHOWN_FINDINGS]]
        if len(sentences) > SHOWN_FINDINGS:
            shown.append(self.env._("… and %(count)s more.", count=len(sentences) - SHOWN_FINDINGS))
        message = self.env._("These goods may not move yet:\n%(findings)s", findings="\n".join(shown))
        raise GateRefusedError(message, [self._verdict_json(verdict) for verdict in verdicts])

    def _told_sentence(self, verdict, is_batch):
        """The sentence, with the delivery where several are refused at once."""
        sentence = self._sentence(verdict)
        return f"{verdict.line.delivery}: {sentence}" if is_batch and verdict.line.delivery else sentence

    @api.model
    def _guard(self, rule, record, action, companies=None):
        """Refuse a way of writing that a door rule forbids, unless its policy is off.

        :param record: what would have been changed; its companies decide on the policy
        :param str action: short code of what was tried, for the evidence
        :param companies: where the record's own are not the ones that count
        """
        companies = companies or (record.company_id if "company_id" in record._fields else None) or self.env.company
        now = fields.Datetime.now().replace(tzinfo=UTC)
        policies = []
        for company in companies:
            book = self.env["med.gate.policy"]._book(company, now.astimezone(self._zone(company)).date())
            policies.append(book.find(rule, Scope(company.id), "ship"))
        # over several companies the strictest counts
        policy = max(filter(None, policies), key=lambda policy: policy.effect != "warn", default=None)
        if policy is None:
            return
        body = {
            "rule": rule,
            "action": action,
            "policy": policy.id,
            "findings": [{"rule": rule, "problem": action}],
        }
        if policy.effect == "warn":
            self.env["med.evidence.event"]._record("gate.warned", [{"record": record[:1], "body": body}])
            return
        self.env["med.evidence.event"]._record_refused("gate.refused", [{"record": record[:1], "body": body}])
        # sudo: the name in the message must not fail on a record the user may not read
        sentence = self._door_sentence(rule, record[:1].sudo().display_name)
        raise GateRefusedError(sentence, [self._door_json(rule, action, policy, sentence)])

    # Facts -----------------------------------------------------------------------------

    @api.model
    def _zone(self, company):
        """The time zone that decides which day it is for ``company``."""
        # context_get remembers the user's time zone; reading it from the user would be a query
        return ZoneInfo(company._med_place()[0] or self.env["res.users"].context_get().get("tz") or "UTC")

    @api.model
    def _scope(self, book, company, picking_type, product, party):
        """What policies may be limited to; read only as far as some policy asks for it."""
        categories, tags = (), frozenset()
        if book.uses_product_categories:
            categories = tuple(int(i) for i in (product.categ_id.parent_path or "").split("/") if i)
        if book.uses_partner_categories:
            tags = frozenset((party | party.commercial_partner_id).category_id.ids)
        return Scope(company.id, picking_type.id or None, categories, tags, company._med_place()[1])

    def _facts(self, lines, company, now, book, checkpoint):
        """Frozen facts of the lines of one company, read in sets."""
        # sudo: the gate sees what the user may not, and tells him only the verdict
        lines = lines.sudo()
        zone = self._zone(company)
        today = now.astimezone(zone).date()
        named_lots = self._lots_by_name(lines)
        held = self.env["med.lot.hold"]._held_packages()
        way_of = {line: self._way(line) for line in lines}
        ways = {}
        for line, way in way_of.items():
            ways.setdefault(way, line)
        parties = {way: self._party(line, checkpoint)._origin for way, line in ways.items()}
        suppliers = (lines.lot_id | self.env["stock.lot"].concat(*named_lots.values())).med_supplier_id
        own = company.sudo().partner_id
        licensed = self.env["res.partner"].concat(*parties.values(), own, suppliers, lines.owner_id)
        stored = self._stored_facts(lines, licensed, company)
        licences = self._licences(stored)
        # a replay of one of the rules of this addon spares the facts of those above
        above = not self._is_base_only()
        of_product = self._product_facts(lines.product_id, stored) if above else {}
        of_picking = self._picking_facts(lines.picking_id, stored) if above else {}
        sides, scopes = {}, {}

        def side(partner, product):
            """The licences of ``partner`` for a device like ``product``, computed once."""
            template = product.product_tmpl_id
            asked = (partner.id, template.med_device_class, template.med_classification_code)
            if asked not in sides:
                name, on_file = licences.get(partner.id, NOBODY)
                sides[asked] = SideFacts(name, bool(on_file), self._covering_licences(*asked[1:], on_file))
            return sides[asked]

        def scope(picking_type, product, party):
            asked = (picking_type.id, product.product_tmpl_id.categ_id.id, party.id)
            if asked not in scopes:
                scopes[asked] = self._scope(book, company, picking_type, product, party)
            return scopes[asked]

        def facts_of_way(line, party):
            """What all lines of one way share."""
            product, picking, move = line.product_id, line.picking_id, line.move_id
            template = product.product_tmpl_id  # where the fields are: the variant's are computed from it
            planned = picking.scheduled_date or move.date
            days, percent = party._med_shelf_life_demand(product) if party else (template.med_min_shelf_life_days, 0)
            return {
                "scope": scope(move.picking_type_id, product, party),
                "product_id": product.id,
                "product_name": self._product_name(product),
                "device_class": template.med_device_class or None,
                "is_tracked": template.tracking != "none",
                "has_expiry": template.use_expiration_date,
                "origin": line.location_id.usage,
                "destination": self._destination(line),
                "picking_id": picking.id or None,
                "party": self._party_facts(party, licences) if party else None,
                "covering": side(party, product).covering,
                "own": side(own, product),
                "now": now,
                "today": today,
                "delivery_day": max(today, planned.replace(tzinfo=UTC).astimezone(zone).date()) if planned else today,
                "min_days": days,
                "min_percent": Decimal(str(percent)),
                "owner": side(line.owner_id, product) if line.owner_id else None,
                "operator": operator,
                "delivery": picking.name or "",
                "extra": {
                    **of_product.get(product.id, {}),
                    **of_picking.get(picking.id, {}),
                    **(self._way_facts(line, party, stored, zone) if above else {}),
                },
            }

        operator = self._operator(company, checkpoint)
        shared = {way: facts_of_way(line, parties[way]) for way, line in ways.items()}
        lots = {}
        result = []
        for line, way in way_of.items():
            lot = line.lot_id or named_lots.get((line.product_id.id, line.lot_name))
            if lot and lot.id not in lots:
                supplier = lot.med_supplier_id
                source = side(supplier, lot.product_id) if supplier else None
                lots[lot.id] = (self._lot_facts(lot, zone, held), source)
            lot_facts, source = lots[lot.id] if lot else (None, None)
            result.append(
                LineFacts(
                    key=line.id,
                    quantity=Decimal(str(line.quantity_product_uom)),
                    lot=lot_facts,
                    source=source,
                    package_id=line.package_id.id or None,
                    **shared[way],
                )
            )
        return result

    def _way(self, line):
        """What decides all facts of a line but its lot, quantity and package. A delivery of a
        thousand serials has one, and it is read once."""
        return (
            line.move_id.id,
            line.picking_id.id,
            line.product_id.id,
            line.location_id.id,
            line.location_dest_id.id,
            line.owner_id.id,
        )

    @api.model
    def _fact_queries(self, lines, parties, company):
        """{name: SELECT of a key and a JSON array of rows}, to be extended with super().

        Flush what a query reads. Written in SQL and without access rights, because the gate
        sees what the user may not; archived records and other companies are left out in words,
        since a context key of a client (``active_test``) must not let them in.
        """
        return {}

    def _product_facts(self, products, stored):
        """{product id: {name: fact}} of addons and rules above; extend with super(), read in sets.

        :param dict stored: what the database answered, see ``_fact_queries``
        """
        return {}

    def _picking_facts(self, pickings, stored):
        """{transfer id: {name: fact}}, as ``_product_facts``."""
        return {}

    def _way_facts(self, line, party, stored, zone):
        """{name: fact} of the lines that go the way of ``line`` (see ``_way``) to ``party``."""
        return {}

    @api.model
    def _add_facts(self, facts, name, values):
        """``facts`` with the fact ``name``, for each id that ``values`` has one for."""
        for record_id, value in values.items():
            facts.setdefault(record_id, {})[name] = value
        return facts

    def _product_name(self, product):
        """Code and name. Not the display name: that asks for the variant's attributes, a query
        for each movement that mostly nobody needs to read about."""
        name = product.product_tmpl_id.name
        return f"[{product.default_code}] {name}" if product.default_code else name

    def _lots_by_name(self, lines):
        """Lots that a line names in text only; Odoo looks them up or creates them when done."""
        typed = lines.filtered(lambda line: line.lot_name and not line.lot_id)
        if not typed:
            return {}
        lots = (
            self.env["stock.lot"]
            .sudo()
            .search(  # sudo: see _facts
                [
                    ("product_id", "in", typed.product_id.ids),
                    ("name", "in", typed.mapped("lot_name")),
                ]
            )
        )
        return {(lot.product_id.id, lot.name): lot for lot in lots}

    def _lot_facts(self, lot, zone, held):
        expiry = lot.expiration_date and lot.expiration_date.replace(tzinfo=UTC)
        return LotFacts(
            id=lot.id,
            name=lot.name,
            status=lot.med_status,
            expiry=expiry or None,
            expiry_day=expiry.astimezone(zone).date() if expiry else None,
            production_day=lot.med_production_date or None,
            received_day=lot.med_received_on or None,
            held_packages=held.get(lot.id, frozenset()),
        )

    def _party(self, line, checkpoint):
        """Whom the goods go to or, at receipt, come from."""
        move, picking = line.move_id, line.picking_id
        if line.location_id.usage == "supplier" and line.location_dest_id.usage == "customer":
            # shipped by the supplier: the transfer names him, its moves the consignee
            consignee = move.partner_id or move._med_consignee()
            if checkpoint != "receive" and consignee:
                return consignee
        return picking.partner_id or move.partner_id or move._med_consignee()

    def _licences(self, stored):
        """{partner id: (name of the company he belongs to, its licences on file)}"""
        return {
            partner_id: (
                name,
                [
                    (LicenceFacts(number, as_date(first), as_date(last)), scope.of(is_1, is_2, is_3, codes))
                    for number, first, last, is_1, is_2, is_3, codes in rows
                ],
            )
            for partner_id, (name, rows) in stored[LICENCES].items()
        }

    def _party_facts(self, party, licences):
        name, on_file = licences.get(party.id, NOBODY)
        return PartyFacts(id=party.id, name=name, has_licence=bool(on_file))

    def _covering_licences(self, device_class, classification_code, licences):
        return tuple(facts for facts, of in licences if scope.covers(*of, device_class, classification_code))

    def _destination(self, line):
        destination = line.location_dest_id
        if destination.usage == "transit" and destination.company_id == line.company_id:
            return "internal"  # our own goods between our own warehouses
        return destination.usage

    # Words -----------------------------------------------------------------------------

    def _finding_json(self, verdict):
        line, finding = verdict.line, verdict.finding
        return {
            "rule": finding.rule,
            "problem": finding.problem,
            "clause": verdict.clause,
            "effect": verdict.policy.effect,
            "policy": verdict.policy.id,
            "line": line.key,
            "product": line.product_name,
            "lot": line.lot.name if line.lot else None,
            **finding.params,
        }

    def _verdict_json(self, verdict):
        """A verdict as data for clients: what is wrong, by which article, what helps and who can
        do it. Codes are stable; names and sentences are in the user's language."""
        line, remedy = verdict.line, verdict.remedy
        roles = self._role_labels()
        return {
            **self._finding_json(verdict),
            "line": line.key if isinstance(line.key, int) else None,
            "rule_name": self._rule_labels().get(verdict.finding.rule, verdict.finding.rule),
            "severity": verdict.severity,
            "picking": line.picking_id,
            "delivery": line.delivery or None,
            "lot_id": line.lot.id if line.lot else None,
            "quantity": str(line.quantity),
            "facts": dict(verdict.finding.params),
            "message": self._sentence(verdict),
            "remedy": {
                "code": remedy.code,
                "text": self._remedy_texts().get(remedy.code, self._remedy_texts()["ask_quality"]),
                "role": remedy.role,
                "role_name": roles[remedy.role],
            },
            "override_role": verdict.policy.override_role if verdict.severity == "signature" else None,
            "override_role_name": roles[verdict.policy.override_role] if verdict.severity == "signature" else None,
        }

    def _door_json(self, rule, action, policy, sentence):
        """The same for a refused way of writing."""
        return {
            "rule": rule,
            "rule_name": self._rule_labels().get(rule, rule),
            "problem": action,
            "clause": policy.source or registry.rules()[rule].clause,
            "effect": policy.effect,
            "severity": "stop",
            "policy": policy.id,
            "facts": {},
            "message": sentence,
            "remedy": {
                "code": "correct_by_movement",
                "text": self._remedy_texts()["correct_by_movement"],
                "role": "supervisor",
                "role_name": self._role_labels()["supervisor"],
            },
        }

    @api.model
    def _role_labels(self):
        return {
            "picker": self.env._("Picker"),
            "reviewer": self.env._("Reviewer"),
            "supervisor": self.env._("Warehouse supervisor"),
            "quality": self.env._("Quality"),
            "sales": self.env._("Order desk"),
            "administrator": self.env._("Administrator"),
        }

    @api.model
    def _remedy_texts(self):
        """{code of a remedy: what to do}; an addon above adds its own."""
        return {
            "ask_quality": self.env._("Tell quality; until it is settled the goods stay."),
            "scan_lot": self.env._("Scan the label, or register the lot first."),
            "take_other_lot": self.env._("Take another lot; move this one to rejected goods."),
            "take_other_package": self.env._("Take the goods from another package."),
            "take_younger_lot": self.env._("Take a lot that lives longer, or agree with the customer."),
            "quarantine_goods": self.env._("Put the goods into quarantine and take another lot."),
            "enter_expiry": self.env._("Enter the expiry date from the label."),
            "enter_production_day": self.env._("Enter the production date from the label."),
            "release_lot": self.env._("Inspect the lot and release it by signature."),
            "decide_hold": self.env._("Release or reject the lot by signature, or take another one."),
            "name_partner": self.env._("Enter the partner on the transfer."),
            "file_licence": self.env._("File a valid licence that covers the goods."),
            "complete_dossier": self.env._("Complete the product's dossier."),
            "make_delivery": self.env._("Make a delivery order and have it reviewed."),
            "correct_by_movement": self.env._("Correct it by a movement: a return, a transfer or a count."),
        }

    @api.model
    def _rule_labels(self):
        return {
            "lot_missing": self.env._("Lot or serial number missing"),
            "expired": self.env._("Expired"),
            "lot_not_released": self.env._("Lot not released"),
            "shelf_life_short": self.env._("Too little remaining shelf life"),
            "licence_invalid": self.env._("Partner's licence"),
            "no_picking": self.env._("Movement without a delivery"),
            "history_edit": self.env._("Change of a finished transfer"),
            "state_write": self.env._("Transfer set to done by hand"),
            "quant_write": self.env._("Stock changed without a movement"),
            "lot_identity": self.env._("Change of a lot's identity"),
        }

    def _sentence(self, verdict):
        """What is wrong, on which lot, and what to do, in the user's language."""
        line, finding = verdict.line, verdict.finding
        params = {
            "product": line.product_name,
            "lot": line.lot.name if line.lot else "–",
            "party": line.party.name if line.party else "–",
            **finding.params,
        }
        sentence = self._said_of(finding.rule, finding.problem, params)
        if verdict.policy.effect == "override":
            sentence += " " + self.env._(
                "%(role)s can allow this one movement by signature.",
                role=self._role_labels()[verdict.policy.override_role],
            )
        return sentence

    def _said_of(self, rule, problem, params):
        return self._sentences(params).get((rule, problem)) or self.env._(
            "%(product)s, lot %(lot)s: “%(rule)s” could not be judged, so the goods stay. Tell quality.",
            rule=self._rule_labels().get(rule, rule),
            product=params["product"],
            lot=params["lot"],
        )

    @api.model
    def _sentence_of_fact(self, fact):
        """The sentence of a finding as the evidence keeps it, in the reader's language."""
        lots = [fact["lot"]] if fact.get("lot") else fact.get("lots") or ["–"]
        more = f" … ({len(lots)})" if len(lots) > SHOWN_LOTS else ""
        params = {"party": self.env._("the customer"), **fact, "lot": ", ".join(lots[:SHOWN_LOTS]) + more}
        return self._said_of(fact["rule"], fact.get("problem"), {"product": "–", **params})

    @api.model
    def _checkpoint_labels(self):
        return {
            "reserve": self.env._("Reservation"),
            "scan": self.env._("Scan"),
            "review": self.env._("Review"),
            "ship": self.env._("Shipping"),
            "receive": self.env._("Receipt"),
            "return": self.env._("Return"),
        }

    def _sentences(self, params):
        """{(rule, problem): sentence}; an addon above adds its own."""
        _ = self.env._
        blank = {
            "expiry": "",
            "remaining": "",
            "required": "",
            "percent": "",
            "number": "",
            "valid_to": "",
        }
        p = {**blank, "device_class": "", **params}
        not_released = {
            "quarantine": _(
                "%(product)s, lot %(lot)s is in quarantine. Have quality inspect and release it.",
                **p,
            ),
            "on_hold": _(
                "%(product)s, lot %(lot)s is on hold. Ask quality to decide on it, or take another lot.",
                **p,
            ),
            "package_on_hold": _(
                "%(product)s, lot %(lot)s: this package is on hold. Take the goods from another package, or ask quality.",
                **p,
            ),
            "rejected": _(
                "%(product)s, lot %(lot)s is rejected. Return it to the supplier or have it destroyed.",
                **p,
            ),
            "recalled": _(
                "%(product)s, lot %(lot)s is recalled. Put it into quarantine; it must not leave.",
                **p,
            ),
        }
        return {
            ("lot_missing", "missing"): _(
                "%(product)s has no lot or serial number. Scan the label, or register and release the lot first.",
                **p,
            ),
            ("expired", "past"): _(
                "%(product)s, lot %(lot)s expired on %(expiry)s. Take another lot; move this one to rejected goods.",
                **p,
            ),
            ("expired", "unknown"): _(
                "%(product)s, lot %(lot)s has no expiry date. Have quality enter it from the label.",
                **p,
            ),
            **{("lot_not_released", status): sentence for status, sentence in not_released.items()},
            ("shelf_life_short", "short"): _(
                "%(product)s, lot %(lot)s has %(remaining)s days left on delivery; %(party)s wants %(required)s."
                " Take a younger lot or agree with the customer.",
                **p,
            ),
            ("shelf_life_short", "no_expiry"): _(
                "%(product)s, lot %(lot)s has no expiry date, so its remaining life for %(party)s is unknown."
                " Have quality enter it.",
                **p,
            ),
            ("shelf_life_short", "no_production_day"): _(
                "%(party)s wants %(percent)s %% of the total shelf life, and lot %(lot)s of %(product)s has no"
                " production date. Have quality enter it from the label.",
                **p,
            ),
            ("licence_invalid", "no_party"): _(
                "%(product)s: nobody is named to deliver to or receive from. Enter the partner on the transfer.",
                **p,
            ),
            ("licence_invalid", "class_unknown"): _(
                "%(product)s has no device class, so nobody can tell which licence it needs."
                " Have quality complete its dossier.",
                **p,
            ),
            ("licence_invalid", "missing"): _(
                "%(party)s has no licence on file, and %(product)s is a class %(device_class)s device."
                " Have quality file the licence first.",
                **p,
            ),
            ("licence_invalid", "expired"): _(
                "Licence %(number)s of %(party)s expired on %(valid_to)s. Have quality file the renewed one.",
                **p,
            ),
            ("licence_invalid", "not_yet"): _(
                "Licence %(number)s of %(party)s is not in force today. Have quality check its dates.",
                **p,
            ),
            ("licence_invalid", "out_of_scope"): _(
                "No licence of %(party)s covers %(product)s (class %(device_class)s). Have quality check the scope.",
                **p,
            ),
            ("no_picking", "bare_move"): _(
                "%(product)s, lot %(lot)s would leave without a delivery. Make a delivery order and have it reviewed.",
                **p,
            ),
        }

    def _door_sentence(self, rule, name):
        return {
            "history_edit": self.env._(
                "“%(name)s” is finished and its record stays as it is. Correct it with a return or an adjustment.",
                name=name,
            ),
            "state_write": self.env._(
                "“%(name)s” cannot be set to done by hand. Validate the transfer, so that the goods are checked.",
                name=name,
            ),
            "quant_write": self.env._(
                "The stock of “%(name)s” changes by transfers and counts only. Use an inventory adjustment.",
                name=name,
            ),
            "lot_identity": self.env._(
                "Lot “%(name)s” has moved already; its name, product and dates stay as they are. Ask quality.",
                name=name,
            ),
        }[rule]
