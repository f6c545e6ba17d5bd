"""The walk of transfers: order, metres, cold goods, obstacles, and what is said when it cannot be."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from odoo.addons.med_outbound.tests.common import OutboundCase


class RouteCase(OutboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bins = {}
        # two aisles of three bins, ten metres apart, a rack between them
        for name, x, y in (("A1", 2, 2), ("A2", 2, 8), ("A3", 2, 14), ("B1", 12, 2), ("B2", 12, 8), ("B3", 12, 14)):
            cls.bins[name] = cls.env["stock.location"].create(
                {
                    "name": name,
                    "location_id": cls.warehouse.lot_stock_id.id,
                    "med_on_map": True,
                    "med_x": x,
                    "med_y": y,
                }
            )
        cls.warehouse.write(
            {
                "med_rack_ids": [
                    Command.create({"name": "Rack", "x": 4, "y": 1, "width": 6, "depth": 20}),
                ]
            }
        )

    def delivery(self, *names, products=None):
        """A reserved delivery of one unit from each of these bins."""
        count = self.env["stock.lot"].search_count([])
        lots = [
            self.make_lot(f"{name}-LOT{count}", location=self.bins[name], product=(products or {}).get(name))
            for name in names
        ]
        picking = self.make_delivery(*lots)
        for line, name in zip(picking.move_line_ids, names, strict=True):
            line.location_id = self.bins[name]
        return picking

    def stops(self, route):
        return [stop["location"].split("/")[-1] for stop in route["stops"]]


@tagged("post_install", "-at_install")
class TestRoute(RouteCase):
    def test_stops_stand_in_the_order_of_the_shortest_walk(self):
        picking = self.delivery("A1", "A3", "B1", "B3", "B2", "A2")
        route = picking.with_user(self.picker).med_route()
        # up one aisle, round the far end of the rack or back, never through it
        self.assertEqual(self.stops(route)[:3], ["A1", "A2", "A3"])
        self.assertEqual(sorted(self.stops(route)), ["A1", "A2", "A3", "B1", "B2", "B3"])
        numbers = {line.location_id.name: line.med_stop for line in picking.move_line_ids}
        self.assertEqual([name for name, _n in sorted(numbers.items(), key=lambda item: item[1])], self.stops(route))
        self.assertGreater(route["metres"], 40)
        self.assertGreaterEqual(route["saved"], 0)

    def test_nobody_walks_through_a_rack(self):
        picking = self.delivery("A2", "B2")
        through = picking.med_route()
        self.warehouse.med_rack_ids.unlink()
        straight = picking.med_route()
        self.assertGreater(through["metres"], straight["metres"] + 5)
        # the way bends at the corners of the rack
        self.assertIn([4.0, 1.0], through["path"])
        self.assertEqual(len(straight["path"]), 4)

    def test_cold_goods_are_picked_last_where_asked(self):
        cold = self.env["med.storage.condition"]._find_or_create([(2.0, 8.0)])[2.0, 8.0]
        reagent = self._device("Reagent", med_storage_condition_id=cold.id)
        picking = self.delivery("A1", "A2", "B2", products={"A1": reagent})
        self.assertEqual(self.stops(picking.med_route())[0], "A1")
        picking.picking_type_id.med_walk = "cold_last"
        route = picking.med_route()
        self.assertEqual(self.stops(route)[-1], "A1")
        self.assertEqual([stop["cold"] for stop in route["stops"]], [False, False, True])

    def test_several_transfers_are_one_walk(self):
        pickings = self.delivery("A1") | self.delivery("B1")
        self.assertEqual(self.stops(pickings.med_route()), ["A1", "B1"])
        pickings.picking_type_id = pickings[0].picking_type_id
        batch = self.env["stock.picking.batch"].create({"picking_ids": [Command.set(pickings.ids)]})
        self.assertEqual(batch.action_med_route()["params"]["picking_ids"], pickings.ids)

    def test_places_without_coordinates_come_last_and_are_named(self):
        self.bins["A1"].med_on_map = False
        route = self.delivery("A1", "A2").med_route()
        self.assertEqual(self.stops(route), ["A2", "A1"])
        self.assertEqual([name.split("/")[-1] for name in route["unplaced"]], ["A1"])

    def test_what_cannot_be_walked_says_why(self):
        picking = self.delivery("A1")
        self.bins["A1"].med_x = 6
        with self.assertRaisesRegex(UserError, "inside of an obstacle"):
            picking.med_route()
        self.bins["A1"].med_x = 2
        picking.move_ids.picked = False
        empty = self.make_delivery(self.make_lot("E"))
        empty.move_ids.picked = False
        empty.do_unreserve()
        with self.assertRaisesRegex(UserError, "reserved yet"):
            empty.med_route()
        second = self.env["stock.warehouse"].create({"name": "Route warehouse", "code": "RW"})
        other = empty.copy({"picking_type_id": second.out_type_id.id})
        with self.assertRaisesRegex(UserError, "in 2"):
            (picking | other).med_route()
        self.env.cr.execute("UPDATE stock_picking SET state = 'done' WHERE id = %s", [empty.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "are done"):
            empty.action_med_route()

    def test_an_obstacle_has_a_size(self):
        with self.assertRaisesRegex(ValidationError, "more than nought"):
            self.warehouse.med_rack_ids.width = 0

    def test_rights(self):
        picking = self.delivery("A1")
        with self.assertRaises(AccessError):
            self.warehouse.med_rack_ids.with_user(self.picker).name = "Mine"
        auditor = self._user("route_auditor", "med_evidence.group_med_auditor")
        with self.assertRaises(AccessError):
            picking.with_user(auditor).med_route()

    def test_a_long_walk_takes_few_queries(self):
        few = self.delivery("A1")
        many = self.delivery("A1", "A2", "A3", "B1", "B2", "B3")
        counts = []
        for picking in (few, few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            picking.med_route()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + 1)


@tagged("post_install", "-at_install")
class TestMap(RouteCase, HttpCase):
    browser_size = "1366x768"

    def test_map(self):
        picking = self.delivery("A1", "A2", "B1")
        picking.move_ids.picked = False
        self.start_tour(
            f"/odoo/action-med_outbound.med_outbound_action/{picking.id}", "med_route_map", login="t_picker"
        )
        self.assertEqual(sorted(picking.move_line_ids.mapped("med_stop")), [1, 2, 3])
