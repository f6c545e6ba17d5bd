"""At the order desk: how much of a line may leave now, why not the rest, and when it can."""

from odoo import api, fields, models
from odoo.tools import float_repr, format_date

# What keeps goods back is told by the rule that keeps back most of them; three such are read, not thirty.
SHOWN_RULES = 3


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    med_may_leave = fields.Float(
        "May leave now",
        digits="Product Unit",
        compute="_compute_med_supply",
        help="Units that are reserved for this line or free, in lots that the gate lets go to this customer.",
    )
    med_supply_state = fields.Selection(
        [("all", "Can be shipped"), ("part", "In part"), ("none", "Not yet")], "Supply", compute="_compute_med_supply"
    )
    med_supply_date = fields.Datetime(
        "Expected",
        compute="_compute_med_supply",
        help="When what is missing comes in by open receipts, after what others wait for already.",
    )
    med_supply_text = fields.Char("Why not", compute="_compute_med_supply")

    @api.depends("product_id", "product_uom_qty", "qty_delivered", "order_id.partner_shipping_id", "move_ids.state")
    def _compute_med_supply(self):
        asked = self.filtered(
            lambda line: line.product_id.med_is_device and line.state != "cancel" and line._med_open_units() > 0
        )
        (self - asked).update(
            {"med_may_leave": 0, "med_supply_state": False, "med_supply_date": False, "med_supply_text": False}
        )
        if not asked:
            return
        for line, found in zip(asked, asked.sudo()._med_supply(), strict=True):  # sudo: see med_explain_lots
            line.update(found)

    def _med_open_units(self):
        """Units of the product that are still to leave."""
        return self.product_uom_id._compute_quantity(self.product_uom_qty - self.qty_delivered, self.product_id.uom_id)

    def _med_supply(self):
        """The values of the four fields for each line; the queries do not grow with the lines."""
        # an order being entered has no id yet, and asks for goods all the same
        moves = [line._med_move_in_mind() for line in self]
        # read together: of each move alone, its lines and lots would be queries of their own
        held = self._med_open_deliveries().move_line_ids
        held.mapped("quantity_product_uom")
        held.lot_id.mapped("med_status")
        free, on_hand = self._med_free_by_lot(moves)
        blocked = self._med_blocked(moves, on_hand)
        arriving = self._med_arriving(moves)
        waiting = self._med_waiting(moves)
        result = []
        for line, move in zip(self, moves, strict=True):
            product, wanted = line.product_id, line._med_open_units()
            reserved = {lot: units for lot, units in line._med_reserved().items() if not blocked.get((move, lot))}
            left, reasons = wanted - sum(reserved.values()), {}
            may = min(wanted, sum(reserved.values()))
            for lot in on_hand.get((product, move.location_id), ()):
                units = free.get((product, move.location_id, lot), 0)
                rules = blocked.get((move, lot))
                if rules:
                    for rule in rules:
                        reasons[rule] = reasons.get(rule, 0) + units
                elif left > 0:
                    taken = min(left, units)
                    # the next line of the same order finds what this one leaves
                    free[product, move.location_id, lot] = units - taken
                    left -= taken
                    may += taken
            date = line._med_expected(move, left, arriving, waiting) if left > 1e-9 else False
            result.append(
                {
                    "med_may_leave": product.uom_id._compute_quantity(may, line.product_uom_id),
                    "med_supply_state": "all" if left <= 1e-9 else "part" if may > 0 else "none",
                    "med_supply_date": date,
                    "med_supply_text": line._med_supply_words(left, reasons, date) if left > 1e-9 else False,
                }
            )
        return result

    def _med_reserved(self):
        """{lot: units} on all deliveries of this line that are still to leave, of several warehouses too."""
        units = {}
        for row in self._med_open_deliveries().move_line_ids:
            units[row.lot_id] = units.get(row.lot_id, 0) + row.quantity_product_uom
        return units

    def _med_free_by_lot(self, moves):
        """({(product, place, lot): free units}, {(product, place): lots, the first to expire first})"""
        free, lots = {}, {}
        by_place = {}
        for move in moves:
            by_place.setdefault(move.location_id._origin or move.location_id, set()).add(move.product_id.id)
        for place, product_ids in by_place.items():
            rows = self.env["stock.quant"]._read_group(
                [
                    ("product_id", "in", list(product_ids)),
                    ("location_id", "child_of", place.id),
                    ("lot_id", "!=", False),
                    ("quantity", ">", 0),
                ],
                ["product_id", "lot_id"],
                ["quantity:sum", "reserved_quantity:sum"],
            )
            for product, lot, quantity, reserved in rows:
                free[product, place, lot] = max(0, quantity - reserved)
                lots.setdefault((product, place), []).append(lot)
        for found in lots.values():
            found.sort(key=lambda lot: (lot.expiration_date or fields.Datetime.now().max, lot.id))
        return free, lots

    def _med_blocked(self, moves, on_hand):
        """{(move, lot): rules that keep the lot from leaving with it}, judged for all lines at once."""
        gate = self.env["med.gate"]
        pairs = []
        for line, move in zip(self, moves, strict=True):
            lots = list(on_hand.get((move.product_id, move.location_id), ()))
            lots += [lot for lot in line._med_open_deliveries().move_line_ids.lot_id if lot not in lots]
            pairs += [(move, lot) for lot in lots]
        if not pairs:
            return {}
        lines = gate._lines_in_mind(pairs)
        place_of = dict(zip((line.id for line in lines), pairs, strict=True))
        blocked = {}
        for checkpoint in ("reserve", "ship"):
            for verdict in gate._judge(lines, checkpoint):
                # what follows from the delivery (its review, say) is not about a lot
                if (
                    verdict.blocks
                    and verdict.line.lot is not None
                    and verdict.finding.rule
                    not in (
                        "no_picking",
                        "review_missing",
                    )
                ):
                    blocked.setdefault(place_of[verdict.line.key], {})[verdict.finding.rule] = True
        return blocked

    def _med_arriving(self, moves):
        """{(product, warehouse): [(date, units)]} of open receipts, the next one first."""
        return self._med_open_moves(
            moves,
            [("location_id.usage", "=", "supplier"), ("location_dest_id.usage", "!=", "customer")],
            lambda move: move.location_dest_id.warehouse_id,
        )

    def _med_waiting(self, moves):
        """The same of what others wait for and nothing is reserved for."""
        mine = self._med_open_deliveries().ids
        return self._med_open_moves(
            moves,
            [
                ("location_id.usage", "=", "internal"),
                ("location_dest_id.usage", "=", "customer"),
                ("id", "not in", mine),
                ("state", "!=", "assigned"),
            ],
            lambda move: move.location_id.warehouse_id,
        )

    def _med_open_moves(self, moves, domain, warehouse_of):
        products = {move.product_id.id for move in moves}
        found = self.env["stock.move"].search(
            [
                ("product_id", "in", list(products)),
                ("state", "in", ("waiting", "confirmed", "partially_available", "assigned")),
                *domain,
            ],
            order="date, id",
        )
        rows = {}
        for move in found:
            done = move.quantity if move.location_id.usage == "internal" else 0
            units = move.product_qty - move.product_uom._compute_quantity(done, move.product_id.uom_id)
            if units > 0:
                rows.setdefault((move.product_id, warehouse_of(move)), []).append((move.date, units))
        return rows

    def _med_expected(self, move, missing, arriving, waiting):
        """When open receipts bring what is missing, counted after what is wanted earlier; False when none does."""
        key = (move.product_id, move.location_id.warehouse_id)
        date = move._origin.date if move._origin else fields.Datetime.now()
        need = missing + sum(units for when, units in waiting.get(key, ()) if when <= date)
        for when, units in arriving.get(key, ()):
            need -= units
            if need <= 1e-9:
                return max(when, fields.Datetime.now())
        return False

    def _med_supply_words(self, missing, reasons, date):
        """What is missing, what keeps it back, and when more comes."""
        unit = self.product_id.uom_id

        def number(units):
            digits = self.env["decimal.precision"].precision_get("Product Unit")
            text = float_repr(units, digits)
            return text.rstrip("0").rstrip(".") if "." in text else text

        labels = self.env["med.gate"]._rule_labels()
        most = sorted(
            ((units, rule) for rule, units in reasons.items() if units > 0), key=lambda row: (-row[0], row[1])
        )
        words = [self.env._("%(units)s %(unit)s missing", units=number(missing), unit=unit.name)]
        words += [f"{labels.get(rule, rule)}: {number(units)}" for units, rule in most[:SHOWN_RULES]]
        if date:
            words.append(self.env._("expected on %(day)s", day=format_date(self.env, date)))
        else:
            words.append(self.env._("nothing is ordered that would bring it"))
        return "; ".join(words)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    med_supply_summary = fields.Char("Supply of devices", compute="_compute_med_supply_summary")

    @api.depends("order_line.med_supply_state", "order_line.med_supply_date")
    def _compute_med_supply_summary(self):
        for order in self:
            lines = order.order_line.filtered("med_supply_state")
            short = lines.filtered(lambda line: line.med_supply_state != "all")
            if not lines:
                order.med_supply_summary = False
            elif not short:
                order.med_supply_summary = order.env._("Everything can be shipped.")
            elif all(short.mapped("med_supply_date")):
                order.med_supply_summary = order.env._(
                    "%(short)s of %(lines)s lines wait; complete on %(day)s.",
                    short=len(short),
                    lines=len(lines),
                    day=format_date(order.env, max(short.mapped("med_supply_date"))),
                )
            else:
                order.med_supply_summary = order.env._(
                    "%(short)s of %(lines)s lines wait, and not everything is ordered.",
                    short=len(short),
                    lines=len(lines),
                )
