"""What comes back from a consignee goes into quarantine, and out of it by a signed decision only."""

from decimal import Decimal

from odoo import api, models

from odoo.addons.med_quality.lib.registry import Finding, rule
from odoo.addons.med_quality.lib.remedies import Remedy, register

from ..lib import returns
from ..lib.returns import ReturnFacts

FACT = "return"
# Where goods that were not decided on may go: back to who made them, or out of the books.
FREE_WAYS = ("supplier", "inventory", "view")


def _lot(line):
    return line.lot.name if line.lot else ""


def _comes_back(line):
    return line.origin == "customer" and line.destination in ("internal", "transit")


@rule("return_unquarantined", "GSP 106, 40; GSPI 9.106")
def return_unquarantined(line):
    """Returned goods are kept apart until they are inspected, whatever the status of their lot."""
    facts = line.extra.get(FACT) or ReturnFacts()
    if not _comes_back(line) or facts.to_quarantine:
        return None
    return Finding("return_unquarantined", "shelf", {"place": facts.place})


@rule("return_without_delivery", "GSP 107")
def return_without_delivery(line):
    """A return names the delivery it returns, and brings no other lot and no more than that did."""
    if not _comes_back(line):
        return None
    facts = line.extra.get(FACT) or ReturnFacts()
    problem = returns.origin_problem(facts, _lot(line))
    return problem and Finding("return_without_delivery", problem, {"delivery": facts.delivery})


@rule("quarantine_undecided", "GSP 106, 107; GDP 6.3")
def quarantine_undecided(line):
    """Out of the returns area only what quality decided, by signature, to put back on the shelf."""
    facts = line.extra.get(FACT)
    if facts is None or not facts.from_quarantine or facts.to_quarantine or line.destination in FREE_WAYS:
        return None
    problem = returns.decision_problem(facts, _lot(line))
    return problem and Finding("quarantine_undecided", problem)


register("return_unquarantined", {"shelf": Remedy("take_to_returns", "picker")})
register(
    "return_without_delivery",
    {
        "no_delivery": Remedy("return_the_delivery", "picker"),
        "other_lot": Remedy("return_the_delivery", "picker"),
        "more": Remedy("count_return", "picker"),
    },
)
register(
    "quarantine_undecided",
    {"undecided": Remedy("decide_return", "quality"), "more": Remedy("decide_return", "quality")},
)


class MedGate(models.AbstractModel):
    _inherit = "med.gate"

    def _way_facts(self, line, party, stored, zone):
        facts = super()._way_facts(line, party, stored, zone)
        source, target = line.location_id, line.location_dest_id
        if source.usage != "customer" and not source.med_is_quarantine:
            return facts
        return {**facts, FACT: self._return_facts(line, source, target)}

    def _return_facts(self, line, source, target):
        move, picking = line.move_id, line.picking_id
        origin, decision = move.origin_returned_move_id, move.med_return_decision_id
        warehouse = picking.picking_type_id.warehouse_id or target.warehouse_id
        is_decided = decision.state == "restocked" and decision.location_id == source
        return ReturnFacts(
            from_quarantine=source.med_is_quarantine,
            to_quarantine=target._med_takes_returns(),
            place=warehouse.med_return_location_id.complete_name or self.env._("the returns area"),
            # a movement that was never finished delivered nothing
            delivery=(origin.picking_id.name or origin.reference or "") if origin.state == "done" else "",
            delivered=self._units_by_lot(origin),
            returned=self._units_by_lot(
                origin.returned_move_ids, lambda m: m.state == "done" or m == move or m.picking_id == picking
            ),
            decided={decision.lot_id.name or "": Decimal(str(decision.quantity))} if is_decided else {},
            leaving=self._units_by_lot(decision.move_ids, lambda m: m.state != "cancel"),
        )

    @api.model
    def _units_by_lot(self, moves, counts=lambda move: True):
        units = {}
        for move in moves:  # one by one: of a filtered set, each would ask for its lines alone
            for line in move.move_line_ids if counts(move) else ():
                lot = line.lot_id.name or line.lot_name or ""
                units[lot] = units.get(lot, Decimal(0)) + Decimal(str(line.quantity_product_uom))
        return units

    @api.model
    def _rule_labels(self):
        return {
            **super()._rule_labels(),
            "return_unquarantined": self.env._("Return outside of quarantine"),
            "return_without_delivery": self.env._("Return without its delivery"),
            "quarantine_undecided": self.env._("Quarantined goods without decision"),
        }

    @api.model
    def _remedy_texts(self):
        return {
            **super()._remedy_texts(),
            "take_to_returns": self.env._("Take the goods to the returns area."),
            "return_the_delivery": self.env._("Open the delivery that brought the goods and make its return."),
            "count_return": self.env._("Count again, and return no more than was delivered."),
            "decide_return": self.env._("Have quality inspect the goods and sign what becomes of them."),
        }

    def _sentences(self, params):
        p = {"place": "–", "delivery": "–", "lot": "–", **params}
        sentences = {
            ("return_unquarantined", "shelf"): self.env._(
                "%(product)s, lot %(lot)s, comes back from a consignee and must not go to the shelf. Receive it in"
                " %(place)s; quality inspects it there.",
                **p,
            ),
            ("return_without_delivery", "no_delivery"): self.env._(
                "%(product)s, lot %(lot)s: this return names no delivery. Open the delivery that brought the goods and"
                " press “Return”.",
                **p,
            ),
            ("return_without_delivery", "other_lot"): self.env._(
                "%(product)s, lot %(lot)s, was not on %(delivery)s. Find the delivery that brought this lot and return"
                " that one, or report a deviation.",
                **p,
            ),
            ("return_without_delivery", "more"): self.env._(
                "%(product)s, lot %(lot)s: more would come back than %(delivery)s brought. Count again and correct the"
                " quantity.",
                **p,
            ),
            ("quarantine_undecided", "undecided"): self.env._(
                "%(product)s, lot %(lot)s, lies in quarantine and nobody decided on it yet. Have quality inspect it and"
                " sign the decision; that makes its transfer.",
                **p,
            ),
            ("quarantine_undecided", "more"): self.env._(
                "%(product)s, lot %(lot)s: more would leave the quarantine than quality allowed by its signature. Correct the quantity"
                " of the transfer.",
                **p,
            ),
        }
        return {**super()._sentences(params), **sentences}


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _action_done(self):
        lines = self._med_devices()._med_under_return_rules()
        if not lines:
            return super()._action_done()
        self.env["med.gate"]._enforce(lines, "return")
        res = super()._action_done()
        self.env["med.return.decision"]._open(lines.exists().filtered(lambda line: line._med_is_to_be_decided()))
        return res

    def _med_under_return_rules(self):
        """What comes back from a consignee, and what leaves a returns area."""
        return self.filtered(
            lambda line: (
                (line.location_id.usage == "customer" and line.location_dest_id.usage != "customer")
                or (line.location_id.med_is_quarantine and not line.location_dest_id.med_is_quarantine)
            )
        )

    def _med_is_to_be_decided(self):
        """Whether quality has to say what becomes of these goods."""
        return self.location_id.usage == "customer" and self.location_dest_id.med_is_quarantine
