from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import QualityCase


@tagged("post_install", "-at_install")
class TestReservation(QualityCase):
    """What is offered is what the gate lets pass, first expired first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.device.categ_id.removal_strategy_id = cls.env.ref("product_expiry.removal_fefo")

    def _order(self, quantity, days=0, picking_type=None, destination=None, partner=None):
        """A delivery in need of stock, planned in ``days`` days."""
        picking_type = picking_type or self.warehouse.out_type_id
        destination = destination or self.customers
        planned = fields.Datetime.now() + timedelta(days=days)
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "partner_id": (partner or self.hospital).id,
                "location_id": self.stock.id,
                "location_dest_id": destination.id,
                "scheduled_date": planned,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.device.id,
                            "product_uom_qty": quantity,
                            "location_id": self.stock.id,
                            "location_dest_id": destination.id,
                            "date": planned,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        return picking

    def _reserved(self, picking):
        return {line.lot_id.name: line.quantity for line in picking.move_line_ids}

    def test_fefo_among_released_unexpired_lots(self):
        for name, days, status in (
            ("EXPIRED", -5, "released"),
            ("HELD", 10, "on_hold"),
            ("QUARANTINED", 15, "quarantine"),
            ("FIRST", 20, "released"),
            ("SECOND", 40, "released"),
        ):
            self.make_lot(name, days=days, status=status)
        self.assertEqual(self._reserved(self._order(15)), {"FIRST": 10, "SECOND": 5})

    def test_an_overdue_delivery_reserves_no_lot_that_expired_meanwhile(self):
        """Plain Odoo compares with the planned day and offers the expired lot first."""
        self.make_lot("EXPIRED", days=-5)
        self.make_lot("GOOD", days=50)
        self.assertEqual(self._reserved(self._order(10, days=-20)), {"GOOD": 10})

    def test_a_planned_delivery_reserves_no_lot_that_will_have_expired(self):
        self.make_lot("TOO-EARLY", days=10)
        self.make_lot("GOOD", days=50)
        self.assertEqual(self._reserved(self._order(10, days=20)), {"GOOD": 10})

    def test_the_customers_shelf_life_at_its_very_day(self):
        self.hospital.med_min_shelf_life_days = 30
        self.make_lot("ONE-DAY-SHORT", days=29)
        self.make_lot("EXACT", days=30)
        picking = self._order(20)
        self.assertEqual(self._reserved(picking), {"EXACT": 10})
        picking.move_ids.picked = True
        self.validate(picking)
        self.assertEqual(picking.state, "done")

    def test_a_share_of_the_shelf_life_needs_the_production_day(self):
        self.hospital.med_min_shelf_life_percent = 50
        today = fields.Date.today()
        self.make_lot("UNKNOWN", days=200)
        self.make_lot("OLD", days=90, med_production_date=today - timedelta(days=100))
        self.make_lot("YOUNG", days=110, med_production_date=today - timedelta(days=90))
        self.assertEqual(self._reserved(self._order(30)), {"YOUNG": 10})

    def test_goods_on_their_way_out_of_our_care_are_found(self):
        """Destruction, supplier return and quarantine take what nobody may buy."""
        self.make_lot("EXPIRED", days=-5)
        shelf = self.env["stock.location"].create(
            {"name": "Rejected", "location_id": self.warehouse.view_location_id.id}
        )
        inside = self._order(4, picking_type=self.warehouse.int_type_id, destination=shelf, days=-9)
        back = self._order(4, destination=self.suppliers, days=-9)
        self.assertEqual(self._reserved(inside), {"EXPIRED": 4})
        self.assertEqual(self._reserved(back), {"EXPIRED": 4})

    def test_pick_and_ship_takes_no_lot_that_was_held_in_between(self):
        self.warehouse.delivery_steps = "pick_ship"
        lot, other = self.make_lot("FIRST", days=50), self.make_lot("SECOND", days=90)
        route = self.warehouse.delivery_route_id
        reference = self.env["stock.reference"].create({"name": "SO"})
        self.env["stock.rule"].run(
            [
                self.env["stock.rule"].Procurement(
                    self.device,
                    5,
                    self.device.uom_id,
                    self.customers,
                    "SO",
                    "SO",
                    self.env.company,
                    {
                        "warehouse_id": self.warehouse,
                        "partner_id": self.hospital.id,
                        "route_ids": route,
                        "reference_ids": reference,
                    },
                )
            ]
        )
        pick = self.env["stock.move"].search([("reference_ids", "=", reference.id)]).picking_id
        self.assertEqual(self._reserved(pick), {"FIRST": 5})
        pick.move_ids.picked = True
        self.validate(pick)
        ship = pick.move_ids.move_dest_ids.picking_id
        self.assertEqual(ship.picking_type_id, self.warehouse.out_type_id)
        self.assertEqual(self._reserved(ship), {"FIRST": 5})
        ship.do_unreserve()
        lot._med_set_status("on_hold")
        ship.action_assign()
        self.assertEqual(self._reserved(ship), {})
        self.assertTrue(other)

    def test_the_pick_step_already_obeys_the_customers_demand(self):
        self.warehouse.delivery_steps = "pick_ship"
        self.hospital.med_min_shelf_life_days = 60
        self.make_lot("SHORT", days=30)
        self.make_lot("LONG", days=90)
        reference = self.env["stock.reference"].create({"name": "SO"})
        self.env["stock.rule"].run(
            [
                self.env["stock.rule"].Procurement(
                    self.device,
                    5,
                    self.device.uom_id,
                    self.customers,
                    "SO",
                    "SO",
                    self.env.company,
                    {
                        "warehouse_id": self.warehouse,
                        "partner_id": self.hospital.id,
                        "route_ids": self.warehouse.delivery_route_id,
                        "reference_ids": reference,
                    },
                )
            ]
        )
        moves = self.env["stock.move"].search([("reference_ids", "=", reference.id)])
        self.assertEqual(self._reserved(moves.picking_id.filtered("move_line_ids")), {"LONG": 5})

    def test_free_quantity_is_what_can_be_reserved(self):
        for name, days, status in (
            ("EXPIRED", -5, "released"),
            ("EXPIRED-HELD", -5, "on_hold"),
            ("HELD", 10, "on_hold"),
            ("REJECTED", 10, "rejected"),
            ("FREE", 20, "released"),
        ):
            self.make_lot(name, days=days, status=status)
        self.device.invalidate_recordset()
        self.assertEqual(self.device.qty_available, 50)
        self.assertEqual(self.device.free_qty, 10)
        self.assertEqual(self.device.virtual_available, 10)
        self.assertEqual(sum(self._reserved(self._order(50)).values()), 10)

    def test_held_stock_keeps_its_quants_exact(self):
        """Reservations of a lot that is held afterwards can be undone, scrapped and counted."""
        lot = self.make_lot("LATER-HELD", days=50)
        picking = self._order(6)
        lot._med_set_status("on_hold")
        picking.do_unreserve()
        quants = self.env["stock.quant"].search([("lot_id", "=", lot.id)])
        self.assertEqual([(quant.quantity, quant.reserved_quantity) for quant in quants], [(10, 0)])

    def test_plain_products_reserve_as_in_plain_odoo(self):
        lot = self.make_lot("P", days=-5, product=self.plain)
        self.plain.categ_id.removal_strategy_id = False
        planned = fields.Datetime.now() - timedelta(days=20)
        move = self.env["stock.move"].create(
            {
                "product_id": self.plain.id,
                "product_uom_qty": 3,
                "location_id": self.stock.id,
                "location_dest_id": self.customers.id,
                "date": planned,
            }
        )
        move._action_confirm()
        move._action_assign()
        self.assertEqual(move.move_line_ids.lot_id, lot)
