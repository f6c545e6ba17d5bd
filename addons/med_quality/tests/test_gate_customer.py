"""Customers who take nothing older than they have, or few lots: reserved so, and refused otherwise."""

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import QualityCase


@tagged("post_install", "-at_install")
class TestGateCustomer(QualityCase):
    rules_under_test = (*QualityCase.rules_under_test, "older_than_last", "too_many_lots")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ward = cls.env["res.partner"].create({"name": "Ward 3", "parent_id": cls.hospital.id, "type": "delivery"})
        cls.device.categ_id = cls.env["product.category"].create(
            {"name": "First expired first", "removal_strategy_id": cls.env.ref("product_expiry.removal_fefo").id}
        )
        cls.early, cls.middle, cls.late = (
            cls.make_lot(name, days=days, quantity=quantity)
            for name, days, quantity in (("EARLY", 100, 3), ("MIDDLE", 200, 8), ("LATE", 300, 9))
        )

    def deliver(self, lot, partner=None):
        picking = self.make_delivery(lot, partner=partner)
        self.validate(picking)
        self.assertEqual(picking.state, "done")

    def order(self, *quantities, partner=None):
        """A delivery of the device as the order desk makes it; what is reserved is Odoo's choice."""
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "partner_id": (partner or self.hospital).id,
                "location_id": self.stock.id,
                "location_dest_id": self.customers.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.device.id,
                            "product_uom_qty": quantity,
                            "location_id": self.stock.id,
                            "location_dest_id": self.customers.id,
                            # two lines of an order, which Odoo does not join
                            "description_picking": f"Line {number}",
                        }
                    )
                    for number, quantity in enumerate(quantities)
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        return picking

    def reserved(self, picking):
        return [(line.lot_id.name, line.quantity) for line in picking.move_line_ids.sorted("id")]

    # Never older ---------------------------------------------------------------------------

    def test_older_goods_are_refused_where_the_customer_asks(self):
        self.deliver(self.middle)
        self.deliver(self.early)  # nobody asked
        self.hospital.med_no_older_lots = True
        picking = self.make_delivery(self.early)
        with self.assertRefused("older_than_last") as refusal:
            self.validate(picking)
        self.assertIn("EARLY", refusal.exception.args[0])
        self.deliver(self.middle)
        self.deliver(self.late)
        with self.assertRefused("older_than_last"):
            self.validate(self.make_delivery(self.middle))

    def test_the_wish_and_the_deliveries_are_the_companys(self):
        self.hospital.med_no_older_lots = True
        self.deliver(self.middle, partner=self.ward)
        with self.assertRefused("older_than_last"):
            self.validate(self.make_delivery(self.early, partner=self.hospital))
        other = self._partner("Other hospital", med_no_older_lots=True)
        self.deliver(self.early, partner=other)

    def test_older_goods_are_not_reserved(self):
        self.deliver(self.middle)
        self.hospital.med_no_older_lots = True
        self.assertEqual(self.reserved(self.order(9)), [("MIDDLE", 7), ("LATE", 2)])
        self.hospital.med_no_older_lots = False
        self.assertEqual(self.reserved(self.order(2)), [("EARLY", 2)])

    def test_a_signed_override_lets_the_older_lot_go(self):
        self.deliver(self.middle)
        self.hospital.med_no_older_lots = True
        picking = self.make_delivery(self.early)
        override = (
            self.env["med.gate.override"]
            .with_user(self.picker)
            .create(
                {
                    "picking_id": picking.id,
                    "rule": "older_than_last",
                    "lot_id": self.early.id,
                    "quantity": 1,
                    "reason": "The hospital agreed by telephone",
                }
            )
        )
        override.with_user(self.quality)._sign("override", {**self.credential, "reason": "The hospital agreed"})
        self.validate(picking)
        self.assertEqual(picking.state, "done")

    # Few lots ------------------------------------------------------------------------------

    def test_one_lot_where_the_customer_takes_one(self):
        self.assertEqual(self.reserved(self.order(5)), [("EARLY", 3), ("MIDDLE", 2)])
        self.env["stock.picking"].search([("state", "=", "assigned")]).do_unreserve()
        self.hospital.med_max_lots = 1
        self.assertEqual(self.reserved(self.order(3)), [("EARLY", 3)])
        self.assertEqual(self.reserved(self.order(5)), [("MIDDLE", 5)])

    def test_where_no_lot_holds_it_all_the_largest_is_taken_and_the_rest_waits(self):
        self.hospital.med_max_lots = 1
        picking = self.order(12)
        self.assertEqual(self.reserved(picking), [("LATE", 9)])
        self.assertEqual(picking.move_ids.state, "partially_available")
        # asked again it does not take a second lot
        picking.action_assign()
        self.assertEqual(self.reserved(picking), [("LATE", 9)])

    def test_two_lines_of_one_order_share_the_lots(self):
        self.hospital.med_max_lots = 1
        picking = self.order(2, 2)
        self.assertEqual(len(picking.move_ids), 2)
        self.assertEqual(len(picking.move_line_ids.lot_id), 1)
        self.hospital.med_max_lots = 2
        picking = self.order(12)
        self.assertEqual(len(picking.move_line_ids.lot_id), 2)

    def test_more_lots_are_refused_at_the_door(self):
        self.hospital.med_max_lots = 1
        picking = self.make_delivery(self.early, self.middle)
        with self.assertRefused("too_many_lots") as refusal:
            self.validate(picking)
        self.assertIn("2", refusal.exception.args[0])
        self.hospital.med_max_lots = 2
        self.validate(picking)
        self.assertEqual(picking.state, "done")

    def test_what_is_free_for_him_can_be_reserved(self):
        self.hospital.med_max_lots = 2
        move = self.order(1).move_ids
        move.picking_id.do_unreserve()
        free = move._get_available_quantity(self.stock)
        self.assertEqual(free, 17)
        move.product_uom_qty = 100
        move.picking_id.action_assign()
        self.assertEqual(move.quantity, free)

    @mute_logger("odoo.sql_db")
    def test_no_negative_number(self):
        with self.assertRaises(IntegrityError):
            self.hospital.med_max_lots = -1
            self.hospital.flush_recordset()

    # Packs ---------------------------------------------------------------------------------

    def test_packs_stay_whole_while_they_can(self):
        lot = self.make_lot("PACKED", days=50, quantity=4)
        for number in (1, 2):
            package = self.env["stock.package"].create({"name": f"PACK-{number}"})
            self.env["stock.quant"]._update_available_quantity(
                self.device, self.stock, 10, lot_id=lot, package_id=package
            )
        # goods of one date: packs and loose ones came together
        lot.quant_ids.sudo().write({"in_date": lot.quant_ids[:1].in_date})

        def of(quantity):
            return [
                (line.package_id.name or "loose", line.quantity)
                for line in self.order(quantity).move_line_ids.sorted("id")
            ]

        self.assertEqual(of(12), [("PACK-1", 10), ("loose", 2)])
        self.assertEqual(of(2), [("loose", 2)])
        # no loose ones left: the second pack is opened before younger goods are taken
        self.assertEqual(of(3), [("PACK-2", 3)])
