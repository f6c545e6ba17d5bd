"""Lines and cold-chain boxes expected per day and zone, against capacity."""

from datetime import datetime, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.med_planning_demo import load
from .common import PlanningCase


@tagged("post_install", "-at_install")
class TestWorkload(PlanningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gate_off()
        cls.cold_room, cls.shelves = cls.env["stock.location"].create(
            [{"name": name, "location_id": cls.stock.id, "usage": "internal"} for name in ("Cold room", "Shelves")]
        )
        cls.bin = cls.env["stock.location"].create({"name": "B1", "location_id": cls.cold_room.id})
        fridge = cls.env["med.storage.condition"]._find_or_create({(2.0, 8.0)})[2.0, 8.0]
        cls.reagent = cls._device("Reagent", med_storage_condition_id=fridge.id)
        cls.stent = cls._device("Stent")
        today = cls.today()
        # on the last eight Mondays: ten units of reagent a line, five units of stents
        monday = today - timedelta(days=today.weekday() + 7)
        rows = []
        for week in range(8):
            at = datetime.combine(monday - timedelta(days=7 * week), datetime.min.time()).replace(hour=4)
            for product, place, units in ((cls.reagent, cls.bin, 10), (cls.stent, cls.shelves, 5)):
                rows.append((product, None, place.id, cls.customers.id, cls.hospital.id, units, at))
        load(cls.env, rows)
        for product in (cls.reagent, cls.stent):
            cls.sell(product, [30] * 12)

    def rows(self, zone):
        return self.env["med.workload"].search([("zone_id", "=", zone.id)])

    def order(self, product, days, lines=1):
        """So many open deliveries of a line each."""
        pickings = self.env["stock.picking"].create(
            [
                {
                    "picking_type_id": self.warehouse.out_type_id.id,
                    "location_id": self.stock.id,
                    "location_dest_id": self.customers.id,
                    "partner_id": self.hospital.id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_qty": 1,
                                "location_id": self.stock.id,
                                "location_dest_id": self.customers.id,
                            }
                        )
                    ],
                }
                for _number in range(lines)
            ]
        )
        pickings.action_confirm()
        pickings.move_ids.date = fields.Datetime.now() + timedelta(days=days)
        return pickings

    def test_demand_becomes_lines_of_the_zone_on_its_weekdays(self):
        self.forecast_all()
        rows = self.rows(self.shelves)
        busy = rows.filtered(lambda row: row.forecast_lines > 0.01)
        self.assertTrue(busy)
        shares = {row.day.weekday(): row.forecast_lines for row in rows}
        self.assertEqual(max(shares, key=shares.get), 0, "goods leave on Mondays")
        self.assertFalse(rows.mapped("boxes") and any(rows.mapped("boxes")), "stents need no cold box")
        self.assertTrue(any(self.rows(self.cold_room).mapped("boxes")), "the bin is part of the cold room")

    def test_ordered_lines_count_and_late_ones_count_today(self):
        moves = self.order(self.stent, -3, lines=2).move_ids | self.order(self.stent, 2).move_ids
        self.order(self.stent, 300)
        self.env["med.workload"]._renew(self.company)
        found = {(row.day - self.today()).days: row.ordered_lines for row in self.rows(self.shelves)}
        self.assertEqual(found, {0: 2, 2: 1})
        self.assertEqual(len(moves), 3)

    def test_what_is_ordered_is_part_of_the_demand(self):
        self.forecast_all()
        before = self.rows(self.shelves).filtered(lambda row: row.day.weekday() == 0)[:1]
        day, lines = before.day, before.forecast_lines
        pickings = self.order(self.stent, 0, lines=20)
        pickings.move_ids.date = datetime.combine(day, datetime.min.time()).replace(hour=4)
        self.env["med.workload"]._renew(self.company)
        row = self.rows(self.shelves).filtered(lambda one: one.day == day)
        self.assertEqual((row.ordered_lines, row.lines), (20, 20))
        self.assertAlmostEqual(row.forecast_lines, lines, places=1)

    def test_capacity(self):
        self.order(self.reagent, 0, lines=4)
        self.env["med.workload"]._renew(self.company)
        row = self.rows(self.cold_room)
        self.assertEqual((row.state, row.load), ("unknown", 0))
        for capacity, state in ((5, "free"), (4, "tight"), (3, "over")):
            self.cold_room.med_line_capacity = capacity
            self.assertEqual(row.state, state)
        self.cold_room.write({"med_line_capacity": 100, "med_box_capacity": 1})
        self.assertEqual((row.boxes, row.state), (4, "over"), "one cold line in a box so far, as each delivery had one")

    def test_two_companies(self):
        self.order(self.stent, 1)
        self.env["med.workload"]._renew(self.company)
        rows = self.rows(self.shelves)
        other = self.env["res.company"].create({"name": "Other"})
        self.env["med.workload"]._renew(other)
        self.assertEqual(self.rows(self.shelves), rows)
        self.picker.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        seen = self.env["med.workload"].with_user(self.picker).with_company(other).search([])
        self.assertFalse(seen & rows)

    def test_who_may(self):
        self.order(self.stent, 1)
        self.env["med.workload"].with_user(self.picker).action_refresh()
        row = self.rows(self.shelves).with_user(self.picker)
        self.assertEqual(row.ordered_lines, 1)
        with self.assertRaises(AccessError):
            row.lines = 3
        with self.assertRaises(AccessError):
            self.env["med.workload"].with_user(self._user("nobody", "base.group_user")).action_refresh()

    def test_queries_do_not_grow_with_the_days_or_goods(self):
        self.forecast_all()
        # forecasts, habits, orders, what there was, and one statement for each hundred new rows or so
        with self.assertQueryCount(40):
            self.env["med.workload"]._renew(self.company)
