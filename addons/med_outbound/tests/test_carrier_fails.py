"""A carrier that fails at the moment of shipping: said clearly, and nothing has left."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OutboundCase


@tagged("post_install", "-at_install")
class TestCarrierFails(OutboundCase):
    def test_nothing_leaves_and_the_next_try_does(self):
        freight = self.env["product.product"].create({"name": "Freight", "type": "service"})
        carrier = self.env["delivery.carrier"].create(
            {"name": "Express", "product_id": freight.id, "integration_level": "rate_and_ship"}
        )
        lot = self.make_lot("CARRY", quantity=5)
        delivery = self.picked_delivery(lot, quantity=2, carrier_id=carrier.id)
        self.review(delivery)
        # no carrier's service exists here, so its answer is the one thing that is made up
        broken = patch.object(
            type(carrier), "send_shipping", side_effect=UserError("Express does not answer. Try again later.")
        )
        with broken, self.assertRaisesRegex(UserError, "does not answer"), self.env.cr.savepoint():
            self.validate(delivery)
        self.env.invalidate_all()
        self.assertEqual(delivery.state, "assigned")
        self.assertEqual((delivery.med_stage, self.on_hand(lot)), ("reviewed", 5))
        self.assertFalse(self.events("gate.passed", delivery), "what did not leave did not pass")
        self.validate(delivery)
        self.assertEqual((delivery.state, delivery.med_stage, self.on_hand(lot)), ("done", "shipped", 3))
