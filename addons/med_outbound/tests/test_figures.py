"""The figures of outbounds: each against goods that really left, and its records behind it."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import OutboundCase


class FigureCase(OutboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supervisor = cls._user("supervisor", "med_master_data.group_med_supervisor")
        cls.env["stock.picking"].search([("state", "=", "done"), ("date_done", ">=", "2020-01-01")]).flush_recordset()
        cls.device.standard_price = 10
        cls.lots = [cls.make_lot("FG-A", quantity=20), cls.make_lot("FG-B", quantity=20)]
        # apart from whatever else left this database in the last months
        cls.house = cls.env["stock.warehouse"].create({"name": "Figures", "code": "FIG"})
        for lot in cls.lots:
            cls.env["stock.quant"]._update_available_quantity(cls.device, cls.house.lot_stock_id, 20, lot_id=lot)

    def leave(self, *lots, quantity=2, deadline=None, **values):
        """A delivery that left the house for the figures."""
        picking = self.make_delivery(
            picking_type=self.house.out_type_id, location_id=self.house.lot_stock_id.id, **values
        )
        for lot in lots:
            line = self._line(lot, quantity, self.customers, picking)
            picking.move_ids = [
                Command.create(
                    {
                        "product_id": lot.product_id.id,
                        "product_uom_qty": quantity,
                        "location_id": self.house.lot_stock_id.id,
                        "location_dest_id": self.customers.id,
                        "move_line_ids": [Command.create({**line, "location_id": self.house.lot_stock_id.id})],
                    }
                )
            ]
        picking.action_confirm()
        picking.move_ids.with_user(self.picker).picked = True
        self.review(picking)
        if deadline is not None:
            picking.move_ids.date_deadline = fields.Datetime.now() + timedelta(hours=deadline)
        self.validate(picking)
        self.assertEqual(picking.state, "done")
        return picking

    def figure(self, picking):
        self.env.flush_all()
        return self.env["med.outbound.figure"].search([("picking_id", "=", picking.id)])

    def dashboard(self, **kwargs):
        self.env.flush_all()
        data = (
            self.env["med.outbound.figure"].with_user(self.supervisor).dashboard(warehouse_id=self.house.id, **kwargs)
        )
        return data, {tile["name"]: tile for tile in data["tiles"]}


@tagged("post_install", "-at_install")
class TestFigures(FigureCase):
    def test_a_good_delivery(self):
        picking = self.leave(*self.lots, deadline=1)
        self.assertRecordValues(
            self.figure(picking),
            [
                {
                    "share_error_free": 100,
                    "share_on_time": 100,
                    "share_in_full": 100,
                    "share_otif": 100,
                    "share_lots_good": 100,
                    "lines": 2,
                    "units": 4,
                    "units_returned": 0,
                    "warehouse_id": self.house.id,
                }
            ],
        )

    def test_late_and_without_deadline(self):
        late, free = self.leave(self.lots[0], deadline=-1), self.leave(self.lots[1])
        self.assertEqual(self.figure(late).share_on_time, 0)
        _data, tiles = self.dashboard()
        self.assertEqual(tiles["share_on_time"]["value"], 0, "who has no deadline is not counted as late or as on time")
        found = self.env["med.outbound.figure"].search(tiles["share_on_time"]["domain"])
        self.assertEqual(found.picking_id, late)
        self.assertFalse(self.figure(free).share_on_time)

    def test_a_back_order_is_not_in_full(self):
        picking = self.leave(self.lots[0])
        picking.copy({"backorder_id": picking.id, "move_ids": False})
        self.assertEqual(self.figure(picking).share_in_full, 0)

    def test_hours_of_each_stage(self):
        picking = self.leave(self.lots[0])
        now = picking.date_done
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_picking SET create_date = %s, med_reviewed_at = %s, med_signed_for_at = %s WHERE id = %s",
            [now - timedelta(hours=6), now - timedelta(hours=1), now + timedelta(hours=3), picking.id],
        )
        self.env.invalidate_all()
        figure = self.figure(picking)
        self.assertAlmostEqual(figure.hours_order_to_ship, 6, 3)
        self.assertAlmostEqual(figure.hours_to_ship, 1, 3)
        self.assertAlmostEqual(figure.hours_to_sign, 3, 3)
        self.assertAlmostEqual(figure.hours_to_pick + figure.hours_to_review, 5, 1)

    def test_wrong_scans_and_refusals(self):
        picking = self.leave(self.lots[0])
        record = self.env["med.evidence.event"]._record
        record("scan.refused", [{"record": picking, "body": {"code": "x"}}] * 3)
        record("gate.refused", [{"record": picking, "body": {"findings": [{"rule": "expired"}, {"rule": "expired"}]}}])
        self.assertRecordValues(self.figure(picking), [{"wrong_scans": 3, "refusals": 1}])
        data, tiles = self.dashboard()
        self.assertEqual(tiles["picking_accuracy"]["value"], 25)
        self.assertGreaterEqual({row["rule"]: row["count"] for row in data["rules"]}["expired"], 2)

    def test_returns(self):
        picking = self.leave(self.lots[0], quantity=4)
        place = self.house._med_return_place()
        self.env["med.return.decision"]._open_rows(
            [
                {
                    "company_id": self.env.company.id,
                    "delivery_id": picking.id,
                    "product_id": self.device.id,
                    "lot_id": self.lots[0].id,
                    "location_id": place.id,
                    "quantity": 1,
                    "reason_id": self.env.ref("med_outbound.med_return_reason_wrong_goods").id,
                }
            ]
        )
        self.assertRecordValues(self.figure(picking), [{"units_returned": 1, "return_cost": 10, "share_error_free": 0}])
        _data, tiles = self.dashboard()
        self.assertEqual((tiles["return_rate"]["value"], tiles["return_cost"]["value"]), (25, 10))

    def test_turnover_and_shelf(self):
        self.leave(self.lots[0], quantity=4)
        data, tiles = self.dashboard(days=30)
        # 36 units of 10 lie here, 4 left in 30 days
        self.assertAlmostEqual(tiles["turnover_days"]["value"], 36 / 4 * 30)
        self.assertEqual(sum(bar["units"] for bar in data["shelf"]), 36)
        self.assertEqual(data["shelf"][-1], {"from": 365, "to": None, "units": 36, "value": 360})

    def test_dock_to_release(self):
        lot = self.make_lot("FG-DOCK", status="quarantine")
        lot.sudo().med_received_on = fields.Date.today() - timedelta(days=3)
        lot._med_set_status("released")
        self.env.flush_all()
        self.assertIsNotNone(
            self.env["med.outbound.figure"]._dock_to_release(fields.Datetime.now() - timedelta(days=1))
        )

    def test_nothing_left_yet(self):
        _data, tiles = self.dashboard()
        self.assertFalse(_data["deliveries"])
        for name in ("share_otif", "picking_accuracy", "return_rate", "turnover_days"):
            self.assertIn(tiles[name]["value"], (None, False), name)
        self.assertTrue(all(tile["help"] for tile in tiles.values()))

    def test_spans_and_rights(self):
        for days in (0, -1, 5000, "90"):
            with self.assertRaises(UserError):
                self.dashboard(days=days)
        with self.assertRaises(AccessError):
            self.env["med.outbound.figure"].with_user(self.picker).dashboard()

    def test_of_another_company_nothing_is_shown(self):
        picking = self.leave(self.lots[0])
        other = self.env["res.company"].create({"name": "Other"})
        self.supervisor.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        figures = self.env["med.outbound.figure"].with_user(self.supervisor).with_company(other)
        self.assertFalse(figures.search([("picking_id", "=", picking.id)]))


@tagged("post_install", "-at_install")
class TestFigureTour(FigureCase, HttpCase):
    def test_the_dashboard_and_the_records_behind(self):
        self.leave(self.lots[0], deadline=-1)
        self.start_tour("/odoo/outbound-dashboard", "med_outbound_dashboard", login=self.supervisor.login)
