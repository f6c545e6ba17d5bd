"""What to order, from stock, forecast and supplier; and nothing without a person."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PlanningCase


@tagged("post_install", "-at_install")
class TestProposal(PlanningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gate_off()
        cls.vendor = cls._partner("Maker")
        cls.stent = cls._device(
            "Stent",
            standard_price=50,
            seller_ids=[Command.create({"partner_id": cls.vendor.id, "delay": 10, "price": 5})],
            route_ids=[Command.link(cls.env.ref("purchase_stock.route_warehouse0_buy").id)],
        )
        cls.sell(cls.stent, [30] * 12)
        cls.lot = cls.make_lot("HERE", days=700, quantity=20, product=cls.stent)

    def open(self, product=None, **domain):
        terms = [("product_id", "=", (product or self.stent).id), ("state", "=", "open")]
        return self.env["med.replenish.proposal"].search(terms + [(name, "=", value) for name, value in domain.items()])

    def receive(self, days, ordered=10, received=None, product=None):
        """An order confirmed a month ago and received after so many days."""
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": (product or self.device).id, "product_qty": ordered, "price_unit": 1})
                ],
            }
        )
        order.button_confirm()
        move = order.picking_ids.move_ids
        begun = fields.Datetime.now() - timedelta(days=60)
        self.env.flush_all()
        self.env.cr.execute("UPDATE purchase_order SET date_approve = %s WHERE id = %s", [begun, order.id])
        self.env.cr.execute(
            "UPDATE purchase_order_line SET date_planned = %s, qty_received = %s WHERE order_id = %s",
            [begun + timedelta(days=10), ordered if received is None else received, order.id],
        )
        self.env.cr.execute(
            "UPDATE stock_move SET state = 'done', date = %s WHERE id = %s", [begun + timedelta(days=days), move.id]
        )
        self.env.invalidate_all()
        return order

    def test_an_order_is_suggested_with_its_reason_and_ordered_by_a_person_only(self):
        orders = self.env["purchase.order"].search_count([])
        self.forecast_all()
        one = self.open()
        # a unit a day: ten days of lead time, the day until the next look, and thirty days an order lasts
        self.assertEqual((one.kind, one.supplier_id, one.on_hand), ("order", self.vendor, 20))
        self.assertAlmostEqual(one.reorder_point - one.safety_stock, 11, delta=1)
        self.assertAlmostEqual(one.order_up_to, one.reorder_point + 30, delta=2)
        self.assertGreater(one.safety_stock, 0)
        self.assertIn("10", one.why)
        self.assertEqual((one.expected_on - one.order_by).days, 10)
        self.assertEqual(self.env["purchase.order"].search_count([]), orders)
        one.with_user(self.planner).action_order()
        self.assertEqual((one.state, one.decided_by_id, one.purchase_id.state), ("done", self.planner, "draft"))
        self.assertEqual(one.purchase_id.order_line.product_qty, one.quantity)
        rule = self.stent.orderpoint_ids
        self.assertEqual((rule.trigger, rule.product_min_qty), ("manual", round(one.reorder_point)))
        self.assertEqual(self.events("planning.decided", one)[0]["decision"], "done")
        with self.assertRaisesRegex(UserError, "decided already"):
            one.with_user(self.planner).action_order()

    def test_with_enough_in_store_nothing_is_suggested(self):
        self.make_lot("MORE", days=700, quantity=400, product=self.stent)
        self.forecast_all()
        self.assertFalse(self.open())

    def test_what_is_on_its_way_counts_and_what_is_overdue_too(self):
        self.forecast_all()
        before = self.open().quantity
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_id": self.suppliers.id,
                "location_dest_id": self.stock.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.stent.id,
                            "product_uom_qty": 6,
                            "location_id": self.suppliers.id,
                            "location_dest_id": self.stock.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        late = self.make_delivery(self.lot, quantity=5)
        late.move_ids.date = fields.Datetime.now() - timedelta(days=3)
        self.env["med.replenish.proposal"]._propose(self.company)
        one = self.open()
        self.assertEqual((one.incoming, one.overdue), (6, 5))
        self.assertLessEqual(one.quantity, before)

    def test_what_will_expire_unsold_is_no_stock(self):
        self.make_lot("NEAR", days=20, quantity=400, product=self.stent)
        self.forecast_all()
        self.assertLess(self.open().on_hand, 45)

    def test_short_lived_goods_are_ordered_in_small_lots(self):
        self.stent.product_tmpl_id.write({"use_expiration_date": True, "expiration_time": 25})
        self.hospital.med_min_shelf_life_days = 15
        self.forecast_all()
        one = self.open()
        # ten days on the way and ten to sell it
        self.assertTrue(one.is_capped)
        self.assertLess(one.order_up_to, 22)
        self.assertEqual(one.life_days, 25)

    def test_the_measured_lead_time_counts_and_not_the_promised_one(self):
        self.forecast_all()
        promised = self.open()
        self.assertEqual((promised.lead_days, promised.lead_receipts), (10, 0))
        for days in (20, 30, 40):
            self.receive(days)
        self.env["med.replenish.proposal"]._propose(self.company)
        one = self.open()
        self.assertEqual((one.lead_days, one.lead_spread, one.lead_receipts), (30, 10, 3))
        figure = self.env["med.supplier.figure"].search([("supplier_id", "=", self.vendor.id)])
        self.assertEqual((figure.receipts, figure.lead_days, figure.lead_spread), (3, 30, 10))
        self.assertEqual((figure.late_share, figure.fill_share), (100, 100))

    def test_fill_rate_and_rejected_lots_of_a_supplier(self):
        self.receive(8, ordered=10, received=6)
        good, bad = self.make_lot("GOOD"), self.make_lot("BAD")
        (good | bad).med_supplier_id = self.vendor
        bad._med_set_status("rejected")
        figure = self.env["med.supplier.figure"].search([("supplier_id", "=", self.vendor.id)])
        self.assertEqual((figure.late_share, figure.fill_share), (0, 60))
        self.assertEqual((figure.lots, figure.rejected_share), (2, 50))

    def test_what_lies_idle_elsewhere_is_moved_before_more_is_ordered(self):
        south = self.env["stock.warehouse"].create({"name": "South", "code": "SO"})
        self.sell(self.stent, [1] * 12, warehouse=south)
        self.make_lot("IDLE", days=900, quantity=25, product=self.stent, location=south.lot_stock_id)
        self.forecast_all()
        move = self.open(kind="transfer", warehouse_id=self.warehouse.id)
        self.assertEqual(move.source_id, south)
        self.assertIn("South", move.why)
        self.assertGreater(move.quantity, 10)
        move.with_user(self.planner).action_order()
        self.assertEqual((move.picking_id.state, move.picking_id.location_id), ("draft", south.lot_stock_id))

    def test_limits_go_on_the_rule_and_nothing_is_ordered(self):
        self.forecast_all()
        orders = self.env["purchase.order"].search_count([])
        self.open().with_user(self.planner).action_set_limits()
        self.assertEqual(self.stent.orderpoint_ids.product_max_qty, round(self.open().order_up_to))
        self.assertEqual(self.env["purchase.order"].search_count([]), orders)

    def test_what_is_refused_or_not_needed_any_more_is_closed(self):
        self.forecast_all()
        one = self.open()
        one.with_user(self.planner).action_refuse()
        self.assertEqual(one.state, "refused")
        self.env["med.replenish.proposal"]._propose(self.company)
        again = self.open()
        self.make_lot("MORE", days=700, quantity=400, product=self.stent)
        self.env["med.replenish.proposal"]._propose(self.company)
        self.assertEqual(again.state, "gone")

    def test_rights(self):
        self.forecast_all()
        one = self.open()
        self.assertTrue(one.with_user(self.picker).why)
        for action in ("action_order", "action_refuse", "action_set_limits"):
            with self.assertRaises(AccessError):
                getattr(one.with_user(self.picker), action)()
        with self.assertRaises(AccessError):
            one.with_user(self.planner).quantity = 1
