from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .common import OutboundCase
from .test_stage import PIXEL


class RefusalCase(OutboundCase):
    def setUp(self):
        super().setUp()
        self.picking = self.shipped_delivery(self.make_lot("GOOD"), self.make_lot("TORN"))
        self.torn = self.picking.move_line_ids.filtered(lambda line: line.lot_id.name == "TORN")
        self.token = self.env["med.outbound.receipt"].with_user(self.picker)._issue(self.picking).rsplit("/", 1)[1]

    def receipt(self):
        # as the visitor: without an account
        visitor = self.env.ref("base.public_user")
        return self.env["med.outbound.receipt"].with_user(visitor)._find(self.token)

    def opened(self):
        return self.env["med.deviation"].search([("picking_ids", "in", self.picking.ids)])


@tagged("post_install", "-at_install")
class TestRefusal(RefusalCase):
    def test_refused_goods_open_a_deviation_and_tell_quality(self):
        self.receipt()._refuse_receipt(" Dr. Wang ", "seal broken", self.torn.ids)
        deviation = self.opened()
        self.assertEqual((deviation.source, deviation.state, deviation.severity), ("receipt", "open", "major"))
        self.assertEqual((deviation.lot_ids, deviation.partner_id), (self.torn.lot_id, self.picking.partner_id))
        self.assertIn("Dr. Wang: seal broken", deviation.description)
        self.assertIn(self.quality, deviation.activity_ids.user_id)
        self.assertEqual(deviation.user_id, self.picking.user_id, "the visitor is responsible for nothing")
        event = self.events("receipt.refused", self.receipt())[0]
        self.assertEqual((event["name"], event["what"], event["lines"][0][1]), ("Dr. Wang", "seal broken", "TORN"))

    def test_it_is_reported_once_and_the_rest_can_be_signed_for(self):
        self.receipt()._refuse_receipt("Dr. Wang", "too late")
        self.assertFalse(self.opened().lot_ids)
        with self.assertRaisesRegex(UserError, "already"):
            self.receipt()._refuse_receipt("Dr. Wang", "too late")
        self.receipt()._sign_receipt("Dr. Wang", PIXEL)
        self.assertTrue(self.picking.med_signed_for_at)
        self.assertEqual(len(self.opened()), 1)

    def test_what_cannot_be_reported(self):
        for name, what in (("", "torn"), ("Wang", " "), (None, None)):
            with self.subTest(name=name, what=what), self.assertRaisesRegex(UserError, "Enter your name"):
                self.receipt()._refuse_receipt(name, what)
        other = self.shipped_delivery(self.make_lot("OTHER"))
        self.receipt()._refuse_receipt("Wang", "torn", other.move_line_ids.ids)
        self.assertFalse(self.opened().lot_ids, "lines of another delivery are none of his")
        signed = self.env["med.outbound.receipt"]._find(
            self.env["med.outbound.receipt"]._issue(other).rsplit("/", 1)[1]
        )
        signed._sign_receipt("Li", PIXEL)
        with self.assertRaisesRegex(UserError, "signed for already"):
            signed._refuse_receipt("Li", "torn")


@tagged("post_install", "-at_install")
class TestRefusalPage(RefusalCase, HttpCase):
    def test_the_page_reports_without_an_account(self):
        page = self.url_open(f"/med/receipt/{self.token}").text
        csrf = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
        url = f"/med/receipt/{self.token}/refuse"
        answer = self.url_open(url, data={"csrf_token": csrf, "name": "Dr. Wang", "what": " "})
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Enter your name and what is wrong", answer.text)
        values = {"csrf_token": csrf, "name": "Dr. Wang", "what": "seal broken", "line": self.torn.ids}
        answer = self.url_open(url, data=values)
        self.assertIn("seal broken", answer.text)
        self.assertNotIn("o_med_refusal", answer.text, "once is enough")
        self.assertEqual(self.opened().lot_ids, self.torn.lot_id)
