"""A hold takes effect at once and completely, wherever the goods are; or not at all."""

import threading
import time
from contextlib import suppress
from datetime import timedelta

import psycopg2
from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import QualityCase


class HoldCase(QualityCase):
    def hold(self, lot, user=None):
        lot.with_user(user or self.quality)._sign("hold", self.credential, reason="leaking pouch")

    def hold_package(self, lot, package):
        hold = (
            self.env["med.lot.hold"]
            .with_user(self.quality)
            .create({"lot_id": lot.id, "package_id": package.id, "reason": "dented"})
        )
        hold._sign("hold", self.credential)
        return hold

    def order(self, quantity, product=None, destination=None):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "partner_id": self.hospital.id,
                "location_id": self.stock.id,
                "location_dest_id": (destination or self.customers).id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": (product or self.device).id,
                            "product_uom_qty": quantity,
                            "location_id": self.stock.id,
                            "location_dest_id": (destination or self.customers).id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        return picking

    def quants(self, lot):
        return self.env["stock.quant"].search([("lot_id", "=", lot.id), ("location_id.usage", "=", "internal")])


@tagged("post_install", "-at_install")
class TestLotHold(HoldCase):
    def test_a_hold_leaves_reserved_picked_and_packed_work_at_once(self):
        lot, other = self.make_lot("BAD", days=100, quantity=30), self.make_lot("FINE", days=200)
        reserved, picked, packed = self.order(3), self.order(3), self.order(3)
        picked.move_ids.picked = True
        packed.move_ids.picked = True
        packed.action_put_in_pack()
        self.assertTrue(packed.move_line_ids.result_package_id)
        self.hold(lot)
        self.assertFalse((reserved | picked | packed).move_line_ids)
        self.assertEqual(self.quants(lot).mapped("reserved_quantity"), [0])
        for picking in reserved | picked | packed:
            self.assertIn("BAD", picking.activity_ids.note)
            fact = self.events("lot.withdrawn", picking)[-1]
            self.assertEqual(fact["lines"][0]["quantity"], "3")
        self.assertIn("put it aside", packed.activity_ids.note)
        self.assertNotIn("put it aside", reserved.activity_ids.note)
        reserved.action_assign()
        self.assertEqual(reserved.move_line_ids.lot_id, other)

    def test_a_hold_between_two_steps_leaves_the_second(self):
        self.warehouse.delivery_steps = "pick_ship"
        lot = self.make_lot("BAD", days=100)
        reference = self.env["stock.reference"].create({"name": "SO"})
        values = {
            "warehouse_id": self.warehouse,
            "partner_id": self.hospital.id,
            "route_ids": self.warehouse.delivery_route_id,
            "reference_ids": reference,
        }
        procurement = self.env["stock.rule"].Procurement(
            self.device, 5, self.device.uom_id, self.customers, "SO", "SO", self.env.company, values
        )
        self.env["stock.rule"].run([procurement])
        pick = self.env["stock.move"].search([("reference_ids", "=", reference.id)]).picking_id
        pick.move_ids.picked = True
        self.validate(pick)
        ship = pick.move_ids.move_dest_ids.picking_id
        self.assertEqual(ship.move_line_ids.lot_id, lot)
        self.hold(lot)
        self.assertFalse(ship.move_line_ids)
        ship.action_assign()
        self.assertFalse(ship.move_line_ids)

    def test_destroying_returning_and_moving_within_the_house_go_on(self):
        lot = self.make_lot("BAD", days=-3)
        place = self.warehouse.wh_qc_stock_loc_id
        inside = self.make_delivery(lot, quantity=2, destination=place, picking_type=self.warehouse.int_type_id)
        back = self.order(2, destination=self.suppliers)
        self.hold(lot)
        self.assertEqual(inside.move_line_ids.lot_id, lot)
        self.assertEqual(back.move_line_ids.lot_id, lot)
        lot.with_user(self.quality)._sign("reject", self.credential, reason="leaking pouch")
        for picking in inside | back:
            picking.move_ids.picked = True
            self.validate(picking)
            self.assertEqual(picking.state, "done")
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.device.id,
                "lot_id": lot.id,
                "scrap_qty": 2,
                "location_id": self.stock.id,
                "scrap_reason_tag_ids": [Command.create({"name": "expired"})],
            }
        )
        scrap.with_user(self.picker).action_validate()
        self.assertEqual(scrap.state, "done")

    def test_held_stock_is_on_hand_and_not_free(self):
        lot = self.make_lot("BAD", days=100)
        self.make_lot("FINE", days=100)
        self.order(4)
        self.hold(lot)
        self.device.invalidate_recordset()
        self.assertEqual((self.device.qty_available, self.device.free_qty), (20, 10))

    def test_one_package_of_a_lot_is_held_and_the_rest_is_free(self):
        lot = self.make_lot("PART", days=100, quantity=5)
        package = self.env["stock.package"].create({"name": "BOX"})
        self.env["stock.quant"]._update_available_quantity(self.device, self.stock, 7, lot_id=lot, package_id=package)
        picking = self.order(12)
        self.assertEqual(sum(picking.move_line_ids.mapped("quantity")), 12)
        hold = self.hold_package(lot, package)
        self.assertEqual(sum(picking.move_line_ids.mapped("quantity")), 5)
        self.assertFalse(picking.move_line_ids.package_id)
        self.device.invalidate_recordset()
        self.assertEqual((self.device.qty_available, self.device.free_qty), (12, 0))
        picking.action_assign()
        self.assertEqual(sum(picking.move_line_ids.mapped("quantity")), 5)
        # by hand, past the reservation
        line = picking.move_line_ids.copy({"package_id": package.id, "quantity": 1, "move_id": picking.move_ids.id})
        picking.move_ids.picked = True
        with self.assertRefused("lot_not_released") as refusal:
            self.validate(picking)
        self.assertEqual(refusal.exception.findings[0]["problem"], "package_on_hold")
        line.unlink()
        with self.assertRaises(UserError):
            hold.with_user(self.picker)._sign("lift", self.credential)
        hold.with_user(self.quality)._sign("lift", self.credential)
        picking.move_ids.picked = False
        picking.action_assign()
        self.assertEqual(sum(picking.move_line_ids.mapped("quantity")), 12)

    def test_a_package_on_hold_is_not_offered_where_the_policy_only_warns(self):
        """Its goods could not be taken out of it, whatever the policy says."""
        self.policy("lot_not_released", "warn")
        lot = self.make_lot("PART", days=100, quantity=5)
        package = self.env["stock.package"].create({"name": "BOX"})
        self.env["stock.quant"]._update_available_quantity(self.device, self.stock, 7, lot_id=lot, package_id=package)
        self.hold_package(lot, package)
        picking = self.order(12)
        self.assertEqual(sum(picking.move_line_ids.mapped("quantity")), 5)
        self.assertFalse(picking.move_line_ids.package_id)

    def test_goods_on_hold_are_not_taken_out_of_their_package(self):
        lot = self.make_lot("PART", days=100, quantity=0)
        package = self.env["stock.package"].create({"name": "BOX"})
        self.env["stock.quant"]._update_available_quantity(self.device, self.stock, 7, lot_id=lot, package_id=package)
        self.hold_package(lot, package)
        inside = self.order(7, destination=self.warehouse.wh_qc_stock_loc_id)
        inside.move_ids.picked = True
        inside.move_line_ids.result_package_id = False
        with self.assertRaisesRegex(UserError, "move the whole package"):
            self.validate(inside)
        inside.move_line_ids.result_package_id = package
        self.validate(inside)
        self.assertEqual(inside.state, "done")

    def test_a_hold_is_placed_and_lifted_by_signature_only(self):
        lot = self.make_lot("PART", days=100)
        package = self.env["stock.package"].create({"name": "BOX"})
        values = {"lot_id": lot.id, "package_id": package.id, "reason": "x", "held_at": fields.Datetime.now()}
        hold = self.env["med.lot.hold"].with_user(self.quality).create(values)
        self.assertEqual(hold.state, "draft")
        with self.assertRaises(UserError):
            hold.write({"held_at": fields.Datetime.now()})
        with self.assertRaises(UserError):
            hold.with_user(self.picker)._sign("hold", self.credential)

    def test_five_hundred_quants_fifty_deliveries_and_twenty_packages_in_one_act(self):
        lot = self.make_lot("WIDE", days=100, quantity=0)
        shelves = self.env["stock.location"].create(
            [{"name": f"S{n}", "location_id": self.stock.id} for n in range(480)]
        )
        packages = self.env["stock.package"].create([{"name": f"B{n}"} for n in range(20)])
        places = [(shelf, self.env["stock.package"]) for shelf in shelves] + [(self.stock, p) for p in packages]
        self.env["stock.quant"].sudo().create(
            [
                {
                    "product_id": self.device.id,
                    "lot_id": lot.id,
                    "location_id": place.id,
                    "package_id": package.id,
                    "quantity": 2,
                    "in_date": fields.Datetime.now() - timedelta(days=1),
                }
                for place, package in places
            ]
        )
        transit = self.env["stock.location"].create({"name": "On the way", "usage": "transit", "company_id": False})
        self.env["stock.quant"]._update_available_quantity(self.device, transit, 9, lot_id=lot)
        pickings = self.env["stock.picking"].concat(*[self.order(20) for _ in range(50)])
        self.assertEqual(len(pickings.move_line_ids), 500)
        onward = self.env["stock.move"].create(
            {
                "product_id": self.device.id,
                "product_uom_qty": 9,
                "location_id": transit.id,
                "location_dest_id": self.customers.id,
            }
        )
        onward._action_confirm()
        onward._action_assign()
        self.env.flush_all()
        self.env.invalidate_all()
        started = time.monotonic()
        self.hold(lot)
        self.env.flush_all()
        seconds = time.monotonic() - started
        self.assertFalse(pickings.move_line_ids | onward.move_line_ids)
        quants = self.env["stock.quant"].search([("lot_id", "=", lot.id)])
        self.assertEqual((len(quants), sum(quants.mapped("reserved_quantity"))), (501, 0))
        self.assertEqual(len(pickings.activity_ids), 50)
        self.assertEqual(len(self.events("lot.withdrawn", pickings)), 50)
        self.assertTrue(self.events("lot.withdrawn", onward))
        self.assertLess(seconds, 20)


@tagged("post_install", "-at_install")
class TestHoldOnRealConnections(HoldCase):
    """Two real transactions, committed and killed: what no test cursor can show. What they
    leave behind is deleted again, but for the evidence."""

    def setUp(self):
        super().setUp()
        self.real = self.registry._db
        self.made = {}

    def _environment(self, cr):
        from odoo.api import SUPERUSER_ID, Environment

        return Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def _committed_stock(self):
        """A released lot of which a committed delivery has reserved some."""
        with self.real.cursor() as cr:
            env = self._environment(cr)
            warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
            warehouse_stock = warehouse.lot_stock_id
            product = env["product.product"].create(
                {
                    "name": "Killed",
                    "is_storable": True,
                    "tracking": "lot",
                    "use_expiration_date": True,
                    "med_is_device": True,
                    "med_device_class": "I",
                }
            )
            lot = env["stock.lot"].create({"name": "KILLED", "product_id": product.id})
            expiry = fields.Datetime.now() + timedelta(days=300)
            lot.write({"expiration_date": expiry, "removal_date": expiry})
            lot._med_set_status("released")
            env["stock.quant"]._update_available_quantity(product, warehouse_stock, 10, lot_id=lot)
            move = env["stock.move"].create(
                {
                    "product_id": product.id,
                    "product_uom_qty": 4,
                    "location_id": warehouse_stock.id,
                    "location_dest_id": env.ref("stock.stock_location_customers").id,
                    "picking_type_id": warehouse.out_type_id.id,
                }
            )
            move._action_confirm()
            move._action_assign()
            self.made = {"product": product.id, "lot": lot.id, "move": move.id}
        self.addCleanup(self._forget)
        return self.made

    def _forget(self):
        with self.real.cursor() as cr:
            cr.execute("DELETE FROM stock_move_line WHERE product_id = %s", [self.made["product"]])
            cr.execute("DELETE FROM stock_move WHERE product_id = %s", [self.made["product"]])
            cr.execute("DELETE FROM stock_quant WHERE product_id = %s", [self.made["product"]])
            cr.execute("DELETE FROM stock_lot WHERE product_id = %s", [self.made["product"]])
            env = self._environment(cr)
            env["product.product"].browse(self.made["product"]).unlink()

    def _state(self):
        with self.real.cursor() as cr:
            cr.execute(
                """SELECT lot.med_status, (SELECT sum(reserved_quantity) FROM stock_quant WHERE lot_id = lot.id),
                          (SELECT sum(quantity) FROM stock_move_line WHERE lot_id = lot.id),
                          (SELECT count(*) FROM med_evidence_event WHERE res_model = 'stock.lot'
                             AND res_id = lot.id AND kind = 'lot.status')
                   FROM stock_lot lot WHERE lot.id = %s""",
                [self.made["lot"]],
            )
            status, reserved, lines, events = cr.fetchone()
            return status, float(reserved or 0), float(lines or 0), events

    def _hold_in(self, env):
        lot = env["stock.lot"].browse(self.made["lot"])
        lot._med_set_status("on_hold")
        lot._med_leave_open_work("killed")
        env.flush_all()

    @mute_logger("odoo.sql_db")
    def test_a_hold_that_is_killed_changes_nothing(self):
        self._committed_stock()
        before = self._state()
        self.assertEqual(before, ("released", 4.0, 4.0, 1))
        cr = self.real.cursor()
        try:
            self._hold_in(self._environment(cr))
            with self.real.cursor() as killer:
                killer.execute("SELECT pg_terminate_backend(%s)", [cr._cnx.info.backend_pid])
            with self.assertRaises(psycopg2.Error):
                cr.commit()  # pylint: disable=invalid-commit
        finally:
            with suppress(psycopg2.Error):  # the connection is gone, as it should be
                cr.close()
        self.assertEqual(self._state(), before)
        with self.real.cursor() as again:
            self._hold_in(self._environment(again))
        self.assertEqual(self._state(), ("on_hold", 0.0, 0.0, 2))

    @mute_logger("odoo.sql_db")
    def test_a_reservation_during_a_hold_does_not_slip_through(self):
        """It read the lot as released; the hold commits; the reservation must not."""
        self._committed_stock()
        with self.real.cursor() as slow:
            env = self._environment(slow)
            move = env["stock.move"].browse(self.made["move"])
            move.product_uom_qty = 7
            self.assertEqual(move.product_id.med_is_device, True)
            with self.real.cursor() as quick:
                self._hold_in(self._environment(quick))
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                move._action_assign()
                env.flush_all()
            slow.rollback()
        self.assertEqual(self._state()[:3], ("on_hold", 0.0, 0.0))

    @mute_logger("odoo.sql_db")
    def test_concurrent_reservations_never_exceed_the_stock(self):
        self._committed_stock()
        with self.real.cursor() as cr:
            first = self._environment(cr)["stock.move"].browse(self.made["move"])
            ids = []
            for _ in range(4):
                move = first.copy({"product_uom_qty": 4})
                move._action_confirm(merge=False)
                ids.append(move.id)
            self._environment(cr)["stock.move"].browse(ids)._do_unreserve()
        barrier = threading.Barrier(len(ids))

        def reserve(move_id):
            for attempt in range(8):
                try:
                    with self.real.cursor() as cr:
                        env = self._environment(cr)
                        move = env["stock.move"].browse(move_id)
                        move.product_id.fetch(["med_is_device"])  # the snapshot begins here
                        if not attempt:
                            barrier.wait()
                        move._action_assign()
                        env.flush_all()
                    return
                except psycopg2.errors.OperationalError:
                    time.sleep(0.02 * (attempt + 1))

        threads = [threading.Thread(target=reserve, args=(move_id,)) for move_id in ids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        _status, reserved, lines, _events = self._state()
        self.assertEqual((reserved, lines), (10.0, 10.0))
