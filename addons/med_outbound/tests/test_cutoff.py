"""Deliveries for the same pick-up are picked together, and no wave reaches over two companies."""

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import OutboundCase

at = fields.Datetime.to_datetime


@tagged("post_install", "-at_install")
class TestCutoff(OutboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": "Express",
                "product_id": cls.env["product.product"].create({"name": "Freight", "type": "service"}).id,
                "med_cutoff": 16.5,
            }
        )
        cls.lot = cls.make_lot("CUT", quantity=50)
        cls.type = cls.warehouse.out_type_id
        cls.type.write({"auto_batch": True, "batch_group_by_med_cutoff": True, "batch_auto_confirm": True})

    def delivery(self, when, carrier=True):
        picking = self.make_delivery(scheduled_date=when, carrier_id=self.carrier.id if carrier else False)
        picking.move_ids = [
            Command.create(
                {
                    "product_id": self.device.id,
                    "product_uom_qty": 1,
                    "location_id": self.stock.id,
                    "location_dest_id": self.customers.id,
                    "date": when,
                }
            )
        ]
        picking.action_confirm()
        picking.scheduled_date = when
        picking.action_assign()
        return picking

    def test_the_first_pick_up_at_or_after_the_scheduled_date(self):
        # by the clock in Shanghai: Monday 16:30 is 8:30 UTC
        for when, found in (
            (at("2027-03-01 08:00:00"), at("2027-03-01 08:30:00")),
            (at("2027-03-01 08:30:00"), at("2027-03-01 08:30:00")),
            (at("2027-03-01 08:31:00"), at("2027-03-02 08:30:00")),
            (at("2027-03-05 09:00:00"), at("2027-03-08 08:30:00")),
        ):
            self.assertEqual(self.delivery(when).med_cutoff_at, found)
        self.carrier.med_weekend_pickup = True
        self.assertEqual(self.delivery(at("2027-03-05 09:00:00")).med_cutoff_at, at("2027-03-06 08:30:00"))
        self.assertFalse(self.delivery(at("2027-03-01 00:00:00"), carrier=False).med_cutoff_at)

    def test_the_same_pick_up_is_one_batch(self):
        morning, noon = self.delivery(at("2027-03-01 01:00:00")), self.delivery(at("2027-03-01 04:00:00"))
        evening = self.delivery(at("2027-03-01 09:00:00"))
        free = self.delivery(at("2027-03-01 01:00:00"), carrier=False)
        self.assertTrue(morning.batch_id)
        self.assertEqual(morning.batch_id, noon.batch_id)
        self.assertEqual(len(morning.batch_id | evening.batch_id | free.batch_id), 3)
        self.assertIn("2027-03-01 16:30", morning.batch_id.description)

    def test_an_hour_of_the_day(self):
        for hour in (-1, 24, 99):
            with self.assertRaisesRegex(ValidationError, "Express"), self.env.cr.savepoint():
                self.carrier.med_cutoff = hour

    def test_a_wave_over_two_companies_is_refused_and_changes_nothing(self):
        other = self.env["res.company"].create({"name": "Other company"})
        house = self.env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        theirs = self.env["stock.picking"].create(
            {
                "picking_type_id": house.out_type_id.id,
                "location_id": house.lot_stock_id.id,
                "location_dest_id": self.customers.id,
                "company_id": other.id,
            }
        )
        self.type.auto_batch = False
        ours = self.delivery(at("2027-03-01 00:00:00"))
        with self.assertRaisesRegex(UserError, theirs.name), self.env.cr.savepoint():
            self.env["stock.picking.batch"].create(
                {"company_id": self.env.company.id, "picking_ids": [Command.set((ours | theirs).ids)]}
            )
        self.assertFalse((ours | theirs).batch_id)
