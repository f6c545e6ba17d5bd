from odoo import fields, models
from odoo.tools import format_date

from odoo.addons.med_quality.lib.registry import Verdict

# A dialog with more lots than that is not read; the best ones and the reasons come first.
SHOWN_LOTS = 60


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    med_is_device = fields.Boolean(related="product_id.med_is_device", string="Regulated device")

    def med_explain_lots(self):
        """Every lot on the shelf with why it may not leave for this line, and what would help.

        The judges are the gate's own, asked at reservation and at shipping.

        :return: JSON: the line, how much may leave, and one entry per lot with its verdicts
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: the order desk sees why, without being allowed to read lots and policies
        line = self.sudo()
        move = line._med_move_in_mind()
        quants = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "=", line.product_id.id),
                    ("location_id", "child_of", move.location_id.id),
                    ("lot_id", "!=", False),
                    ("quantity", ">", 0),
                ],
                ["lot_id"],
                ["quantity:sum", "reserved_quantity:sum"],
            )
        )
        stock = {lot: (quantity, reserved) for lot, quantity, reserved in quants}
        lots = sorted(stock, key=lambda lot: (lot.expiration_date or fields.Datetime.now().max, lot.id))
        verdicts = line._med_lot_verdicts(move, self.env["stock.lot"].sudo().concat(*lots))
        held = self.env["med.lot.hold"]._held_packages()
        result = []
        for lot in lots:
            found = verdicts.get(lot.id, [])
            blocking = [verdict for verdict in found if verdict.blocks]
            quantity, reserved = stock[lot]
            result.append(
                {
                    "id": lot.id,
                    "name": lot.name,
                    "status": dict(lot._fields["med_status"]._description_selection(self.env))[lot.med_status],
                    "expiry": format_date(self.env, lot.expiration_date) if lot.expiration_date else "–",
                    "on_hand": quantity,
                    "free": max(0, quantity - reserved) if not blocking else 0,
                    "reserved": reserved,
                    "held_packages": len(held.get(lot.id, ())),
                    "eligible": not blocking,
                    "verdicts": [self.env["med.gate"]._verdict_json(verdict) for verdict in found],
                }
            )
        result.sort(key=lambda entry: entry["eligible"])
        return {
            "product": line.product_id.display_name,
            "unit": line.product_id.uom_id.name,
            "customer": line.order_id.partner_shipping_id.display_name,
            "wanted": line.product_uom_qty,
            "eligible": sum(entry["free"] for entry in result),
            "picking_id": move.picking_id.id,
            "delivery": move.picking_id.name or None,
            "lots": result[:SHOWN_LOTS],
            "more": max(0, len(result) - SHOWN_LOTS),
        }

    def _med_open_deliveries(self):
        """Moves of these lines that are still to leave, each step of them."""
        return self.move_ids._origin.filtered(
            lambda move: move.state not in ("done", "cancel") and move._med_final_usage() == "customer"
        )

    def _med_move_in_mind(self):
        """The line's delivery that is still to leave; before the order is confirmed, one in mind."""
        moves = self._med_open_deliveries()
        if moves:
            return moves.sorted(lambda move: move.location_dest_id.usage != "customer")[:1]
        order = self.order_id
        warehouse = order.warehouse_id
        return self.env["stock.move"].new(
            {
                "product_id": self.product_id.id,
                "product_uom": self.product_uom_id.id,
                "product_uom_qty": self.product_uom_qty,
                "company_id": order.company_id.id,
                "partner_id": order.partner_shipping_id.id,
                "picking_type_id": warehouse.out_type_id.id,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": order.partner_shipping_id.property_stock_customer.id,
                "date": order.expected_date or fields.Datetime.now(),
            }
        )

    def _med_lot_verdicts(self, move, lots) -> dict[int, list[Verdict]]:
        """{lot id: what the gate has against it}, at reservation and what will follow at shipping."""
        gate = self.env["med.gate"].sudo()  # sudo: as the gate, see MedGate._facts
        found: dict[int, dict[str, Verdict]] = {}
        for checkpoint in ("reserve", "ship"):
            for verdict in gate._judge_lots(move, lots, checkpoint):
                # what follows from the delivery (its review, say) is not about a lot
                if verdict.line.lot is not None and verdict.finding.rule not in ("no_picking", "review_missing"):
                    found.setdefault(verdict.line.lot.id, {}).setdefault(verdict.finding.rule, verdict)
        return {lot_id: list(by_rule.values()) for lot_id, by_rule in found.items()}
