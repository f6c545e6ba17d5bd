"""Changes of places: from what was really picked, among goods that are kept alike, moved by a person."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_route import RouteCase


@tagged("post_install", "-at_install")
class TestSlotting(RouteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supervisor = cls._user("supervisor", "med_master_data.group_med_supervisor")
        # apart from whatever lies on the map of this database
        cls.often, cls.seldom = cls._device("Often picked"), cls._device("Seldom picked")
        cls.near = cls.make_lot("NEAR", product=cls.seldom, location=cls.bins["A1"], quantity=20)
        cls.far = cls.make_lot("FAR", product=cls.often, location=cls.bins["B3"], quantity=20)
        for name in ("A2", "A3", "B1", "B2"):
            cls.make_lot(f"L-{name}", product=cls._device(f"Other {name}"), location=cls.bins[name], quantity=5)

    def ship(self, lot, place, times=1):
        self.gate_off()
        for _time in range(times):
            picking = self.make_delivery(lot)
            picking.move_line_ids.location_id = place
            self.validate(picking)
            self.assertEqual(picking.state, "done")

    def look(self):
        self.warehouse.with_user(self.supervisor).action_med_slotting()
        return self.env["med.slot.proposal"].search([("warehouse_id", "=", self.warehouse.id)])

    def test_what_is_picked_most_comes_nearest(self):
        self.ship(self.far, self.bins["B3"], 5)
        self.ship(self.near, self.bins["A1"])
        first = self.look()[0]
        self.assertEqual((first.product_id, first.location_id), (self.often, self.bins["B3"]))
        self.assertEqual((first.location_dest_id, first.other_product_id), (self.bins["A1"], self.seldom))
        self.assertGreater(first.saved_metres, 50)
        self.assertGreater(first.saved_percent, 30)
        self.assertEqual(first.deliveries, 6)
        first.with_user(self.supervisor).action_move()
        transfer = first.picking_id
        transfer.move_ids.picked = True
        self.validate(transfer)
        self.assertEqual(transfer.state, "done")
        self.assertEqual(self.on_hand(self.far, self.bins["A1"]), 15)
        self.assertEqual(self.on_hand(self.near, self.bins["B3"]), 19)
        with self.assertRaisesRegex(UserError, "already"):
            first.with_user(self.supervisor).action_move()
        self.assertNotIn(first.product_id, (self.look() - first).product_id, "it lies well now")

    def test_goods_that_are_kept_otherwise_do_not_change_places(self):
        cold = self.env["med.storage.condition"]._find_or_create([(2.0, 8.0)])[2.0, 8.0]
        self.often.med_storage_condition_id = cold
        self.ship(self.far, self.bins["B3"], 5)
        self.assertNotIn(self.often, self.look().product_id)

    def test_a_free_place_of_the_same_zone(self):
        self.bins["A0"] = self.env["stock.location"].create(
            {"name": "A0", "location_id": self.stock.id, "med_on_map": True, "med_x": 1, "med_y": 1}
        )
        self.ship(self.far, self.bins["B3"], 5)
        first = self.look()[0]
        self.assertEqual((first.location_dest_id, first.other_product_id.ids), (self.bins["A0"], []))

    def test_reserved_goods_are_not_moved(self):
        self.ship(self.far, self.bins["B3"], 5)
        first = self.look()[0]
        waiting = self.make_delivery(self.far)
        waiting.move_line_ids.location_id = self.bins["B3"]
        with self.assertRaisesRegex(UserError, "reserved"):
            first.with_user(self.supervisor).action_move()
        self.assertFalse(first.picking_id)

    def test_nothing_to_compare_and_no_right(self):
        self.env["stock.location"].search([("med_on_map", "=", True)]).med_on_map = False
        with self.assertRaisesRegex(UserError, "nothing to compare"):
            self.warehouse.with_user(self.supervisor).action_med_slotting()
        with self.assertRaises(AccessError):
            self.warehouse.with_user(self.picker).action_med_slotting()
