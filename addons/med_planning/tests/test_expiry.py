"""What will expire unsold, what is suggested, and what it saved."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PlanningCase


@tagged("post_install", "-at_install")
class TestExpiry(PlanningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stent = cls._device("Stent", standard_price=50)
        cls.sell(cls.stent, [30] * 12)
        cls.near = cls.make_lot("NEAR", days=60, quantity=100, product=cls.stent)

    def risk(self, lot=None, warehouse=None):
        domain = [("lot_id", "=", (lot or self.near).id), ("warehouse_id", "=", (warehouse or self.warehouse).id)]
        return self.env["med.expiry.risk"].search(domain)

    def test_what_demand_does_not_use_up_is_left_over_with_its_value(self):
        self.forecast_all()
        risk = self.risk()
        # a unit a day for sixty days
        self.assertAlmostEqual(risk.left_over, 40, delta=3)
        self.assertAlmostEqual(risk.value, risk.left_over * 50, delta=1)
        self.assertEqual((risk.expiry_date - self.today()).days, 60)
        self.assertEqual(risk.suggestion, "first")
        self.assertIn("1.", risk.ranked)

    def test_customers_who_ask_for_life_shorten_the_time(self):
        self.hospital.med_min_shelf_life_days = 30
        self.forecast_all()
        risk = self.risk()
        self.assertAlmostEqual(risk.left_over, 70, delta=3)
        self.assertEqual((risk.expiry_date - risk.ship_until).days, 30)
        # of a contact, his company's
        self.hospital.med_min_shelf_life_days = 0
        self.stent.product_tmpl_id.med_min_shelf_life_days = 50
        self.env["med.expiry.risk"]._look_ahead(self.company)
        self.assertAlmostEqual(risk.left_over, 90, delta=3)

    def test_the_table_of_stock_uses_the_forecast_too(self):
        self.forecast_all()
        row = self.env["med.lot.stock"].search([("lot_id", "=", self.near.id)])
        self.assertAlmostEqual(row.daily_use, self.forecast_of(self.stent).daily_quantity, 2)
        self.assertAlmostEqual(row.left_over, 40, delta=3)

    def test_goods_move_to_where_they_are_needed(self):
        south = self.env["stock.warehouse"].create({"name": "South", "code": "SO"})
        self.sell(self.stent, [60] * 12, warehouse=south)
        self.forecast_all()
        risk = self.risk()
        self.assertEqual((risk.suggestion, risk.target_id), ("move", south))
        self.assertIn("South", risk.ranked)
        risk.with_user(self.planner).action_decide()
        self.assertEqual((risk.state, risk.decision, risk.decided_by_id), ("doing", "move", self.planner))
        picking = risk.picking_id
        self.assertEqual((picking.state, picking.location_dest_id), ("draft", south.lot_stock_id))
        self.assertAlmostEqual(picking.move_ids.product_uom_qty, risk.left_over, delta=1)
        self.assertEqual(self.events("expiry.decided", risk)[0]["decision"], "move")
        # it went: what would have been left over is saved
        quants = self.env["stock.quant"]
        quants._update_available_quantity(self.stent, self.stock, -45, lot_id=self.near)
        quants._update_available_quantity(self.stent, south.lot_stock_id, 45, lot_id=self.near)
        self.env["med.expiry.risk"]._look_ahead(self.company)
        self.assertEqual(risk.state, "done")
        self.assertAlmostEqual(risk.saved_value, 40 * 50, delta=150)

    def test_goods_on_their_way_are_stopped(self):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_id": self.suppliers.id,
                "location_dest_id": self.stock.id,
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.stent.id,
                            "product_uom_qty": 25,
                            "location_id": self.suppliers.id,
                            "location_dest_id": self.stock.id,
                        },
                    )
                ],
            }
        )
        picking.action_confirm()
        self.forecast_all()
        self.assertEqual(self.risk().options[0], {"action": "stop", "quantity": 25, "value": 1250})

    def test_a_fresh_lot_may_go_back(self):
        fresh = self.make_lot("FRESH", days=300, quantity=900, product=self.stent)
        self.forecast_all()
        self.assertEqual(self.risk(fresh).suggestion, "return")

    def test_what_sells_by_itself_is_closed_and_what_is_late_is_lost(self):
        self.forecast_all()
        risk = self.risk()
        self.env["stock.quant"]._update_available_quantity(self.stent, self.stock, -100, lot_id=self.near)
        self.env["med.expiry.risk"]._look_ahead(self.company)
        self.assertEqual((risk.state, risk.saved_value), ("gone", 0))
        with self.assertRaisesRegex(UserError, "nothing is left to decide"):
            risk.with_user(self.planner).action_decide()
        late = self.make_lot("LATE", days=20, quantity=100, product=self.stent)
        self.env["med.expiry.risk"]._look_ahead(self.company)
        risk = self.risk(late)
        risk.with_user(self.planner).action_decide_discount()
        risk.ship_until = self.months(1)[0]
        late.expiration_date = self.months(1)[0]
        self.env["med.expiry.risk"]._look_ahead(self.company)
        self.assertEqual((risk.state, risk.decision), ("lost", "discount"))

    def test_stock_without_a_forecast_and_rejected_lots_are_not_guessed_at(self):
        other = self.make_lot("OTHER", days=30, quantity=10)
        bad = self.make_lot("REJECTED", days=30, quantity=500, product=self.stent)
        bad._med_set_status("rejected")
        self.forecast_all()
        self.assertFalse(self.risk(other) | self.risk(bad))

    def test_rights(self):
        self.forecast_all()
        with self.assertRaises(AccessError):
            self.risk().with_user(self.picker).action_decide()
        with self.assertRaises(AccessError):
            self.risk().with_user(self.planner).left_over = 0
