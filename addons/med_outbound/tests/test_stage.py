from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OutboundCase


@tagged("post_install", "-at_install")
class TestStage(OutboundCase):
    def _order(self, quantity=2):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.hospital.id,
                "order_line": [Command.create({"product_id": self.device.id, "product_uom_qty": quantity})],
            }
        )
        order.action_confirm()
        return order

    def test_the_stage_follows_the_facts_from_order_to_closing(self):
        order = self._order()
        picking = order.picking_ids
        self.assertEqual(picking.med_stage, "received")
        self.make_lot("GOOD")
        picking.action_assign()
        self.assertEqual(picking.med_stage, "prepared")
        picking.move_ids.with_user(self.picker).picked = True
        self.assertEqual(picking.med_stage, "picked")
        self.review(picking)
        self.assertEqual(picking.med_stage, "reviewed")
        self.validate(picking)
        self.assertEqual(picking.med_stage, "shipped")
        self.assertEqual(order.med_stage_summary, "Shipped")
        url = self.env["med.outbound.receipt"].with_user(self.picker)._issue(picking)
        self.env["med.outbound.receipt"]._find(url.rsplit("/", 1)[1])._sign_receipt("Dr. Wang", PIXEL)
        self.assertEqual(picking.med_stage, "signed_for")
        order._create_invoices().action_post()
        self.assertEqual(picking.med_stage, "closed")

    def test_nobody_sets_the_stage(self):
        picking = self.picked_delivery(self.make_lot("GOOD"))
        with self.assertRaises(UserError):
            picking.write({"med_stage": "shipped"})

    def test_a_cancelled_delivery_says_so(self):
        picking = self._order().picking_ids
        picking.action_cancel()
        self.assertEqual(picking.med_stage, "cancelled")

    def test_receipts_have_no_outbound_stage(self):
        picking = self.make_delivery(
            self.make_lot("GOOD"), destination=self.stock, picking_type=self.warehouse.int_type_id
        )
        self.assertFalse(picking.med_stage)

    def test_the_timeline_tells_order_refusal_review_and_shipping(self):
        self.make_lot("GOOD")
        order = self._order()
        picking = order.picking_ids
        picking.move_ids.with_user(self.picker).picked = True
        self.review(picking)
        self.validate(picking)
        whats = [entry["what"] for entry in order._med_timeline_entries()]
        self.assertEqual(whats[0], "Order confirmed")
        self.assertIn("Picked", whats)
        self.assertIn("Signed: I reviewed this delivery and it may leave", whats)
        self.assertEqual(whats[-1], "Left through the gate (1 lines)")
        self.assertIn("Order confirmed", picking.with_user(self.picker).med_timeline)

    def test_a_refusal_shows_in_the_timeline(self):
        picking = self.picked_delivery(self.make_lot("GOOD"))
        self.env["med.evidence.event"]._record(
            "gate.refused",
            [{"record": picking, "body": {"findings": [{"rule": "expired", "problem": "past"}]}}],
        )
        entry = picking._med_timeline_entries()[-1]
        self.assertEqual((entry["what"], entry["refused"]), ("Refused: Expired", True))


PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
