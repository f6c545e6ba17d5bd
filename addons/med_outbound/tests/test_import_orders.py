"""Open orders and past deliveries come in as what Odoo knows: sale orders and finished moves."""

import base64

from odoo import fields
from odoo.tests import tagged

from .common import OutboundCase


@tagged("post_install", "-at_install")
class TestImportOrders(OutboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quality.group_ids += cls.env.ref("sales_team.group_sale_salesman_all_leads")
        cls.device.default_code = "KNEE"
        cls.plain.write({"default_code": "TAPE", "tracking": "none"})
        cls.hospital.ref = "H-1"

    def run_import(self, kind, text, user=None):
        one = self.env["med.import"].with_user(user or self.quality).create(
            {"kind": kind, "filename": f"{kind}.csv", "file": base64.b64encode(text.encode())}
        )
        one.action_import()
        return one

    ORDERS = (
        "order number,line,customer,order date,customer's reference,product,open quantity,unit price\n"
        "A1,1,H-1,2026-01-05,PO-1,KNEE,2,100\nA1,2,H-1,2026-01-05,PO-1,TAPE,5,1.5\nA2,1,H-1,2026-01-06,,TAPE,1,\n"
    )

    def orders(self):
        return self.env["sale.order"].search([("origin", "like", ": A")], order="origin")

    def test_open_orders(self):
        one = self.run_import("order", self.ORDERS)
        self.assertEqual((one.error_ids.mapped("message"), one.state, one.created_count), ([], "done", 3))
        first, second = self.orders()
        self.assertEqual((first.state, len(first.order_line), first.client_order_ref), ("sale", 2, "PO-1"))
        self.assertEqual(fields.Datetime.to_string(first.date_order)[:10], "2026-01-05")
        self.assertEqual(first.order_line.mapped("price_unit"), [100, 1.5])
        self.assertTrue(first.picking_ids and second.picking_ids)
        totals = {total.measure: (total.in_file, total.in_odoo) for total in one.total_ids}
        self.assertEqual((totals["quantity"], totals["amount"]), ((8, 8), (207.5, 207.5)))
        again = self.run_import("order", self.ORDERS)
        self.assertEqual((again.state, again.created_count, again.unchanged_count), ("done", 0, 3))
        self.assertEqual(len(self.orders()), 2)

    def test_a_changed_order_is_refused(self):
        self.run_import("order", self.ORDERS)
        one = self.run_import("order", self.ORDERS.replace("TAPE,5", "TAPE,6"))
        self.assertEqual([(error.row, error.column) for error in one.error_ids], [(3, "open quantity")])

    def test_rows_of_one_order_agree(self):
        self.env["res.partner"].create({"name": "Other", "ref": "H-2"})
        one = self.run_import("order", self.ORDERS.replace("A1,2,H-1", "A1,2,H-2"))
        self.assertEqual([error.row for error in one.error_ids], [3])
        self.assertFalse(self.orders())

    HISTORY = (
        "delivery number,line,customer,delivery date,product,lot,expiration date,quantity\n"
        "D1,1,H-1,2024-05-05,KNEE,OLD-1,2024-12-31,2\nD1,2,H-1,2024-05-05,TAPE,,,5\n"
    )

    def test_delivery_history_is_traceable_and_moves_no_stock(self):
        before = self.plain.qty_available
        one = self.run_import("delivery", self.HISTORY)
        self.assertEqual((one.error_ids.mapped("message"), one.state, one.created_count), ([], "done", 2))
        lines = self.env["stock.move.line"].search([("lot_id.name", "=", "OLD-1")])
        self.assertEqual((lines.picking_id.partner_id, lines.state, lines.quantity), (self.hospital, "done", 2))
        self.assertEqual(lines.date.year, 2024)
        self.assertEqual(lines.location_dest_id, self.customers)
        self.assertEqual(self.plain.qty_available, before)
        self.assertEqual(lines.lot_id.product_qty, 0)
        again = self.run_import("delivery", self.HISTORY)
        self.assertEqual((again.state, again.created_count, again.unchanged_count), ("done", 0, 2))

    def test_the_history_opens_no_door(self):
        """After the import the operation type judges like any other, and nobody sees it."""
        self.run_import("delivery", self.HISTORY)
        history = self.env["stock.picking.type"].with_context(active_test=False).search([("sequence_code", "=", "HIST")])
        self.assertFalse(history.active)
        self.assertFalse(self.env["med.gate.policy"].search([("picking_type_id", "in", history.ids)]))
        lot = self.make_lot("BAD", days=-1)
        picking = self.picked_delivery(lot, picking_type=history)
        with self.assertRefused("expired", "review_missing"):
            self.validate(picking)
