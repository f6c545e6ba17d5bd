from odoo.tests import tagged

from .common import OutboundCase


@tagged("post_install", "-at_install")
class TestEvidenceSearch(OutboundCase):
    def test_events_are_found_by_the_consignee(self):
        picking = self.picked_delivery(self.make_lot("GOOD"))
        review = self.review(picking)
        Event = self.env["med.evidence.event"].with_user(self.auditor)
        about = Event.search([("res_model", "=", "stock.picking"), ("res_id", "=", picking.id)])
        about |= Event.search([("res_model", "=", review._name), ("res_id", "=", review.id)])
        self.assertTrue(about)
        partner = picking.partner_id
        for domain in (
            [("consignee_id", "=", partner.id)],
            [("consignee_id", "child_of", partner.id)],
            [("consignee_id", "ilike", partner.name)],
        ):
            with self.subTest(domain):
                self.assertLessEqual(about, Event.search(domain))
        stranger = self.env["res.partner"].create({"name": "Nobody's hospital"})
        self.assertFalse(about & Event.search([("consignee_id", "=", stranger.id)]))
        self.assertFalse(Event.search([("consignee_id", "ilike", "no such name at all")]))
        event = about.filtered(lambda event: event.res_model == "stock.picking")[:1]
        self.assertEqual(event.consignee_id, partner)
