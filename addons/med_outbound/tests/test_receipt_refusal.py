import base64
import hashlib

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

    def returns(self):
        return self.env["stock.picking"].search([("return_id", "=", self.picking.id)])

    def test_a_part_of_a_line_is_refused_and_its_return_waits(self):
        lot = self.make_lot("FIVE")
        self.picking = self.shipped_delivery(lot, self.make_lot("SIX"), quantity=5)
        line, other = self.picking.move_line_ids
        self.token = self.env["med.outbound.receipt"].with_user(self.picker)._issue(self.picking).rsplit("/", 1)[1]
        photo = base64.b64decode(PIXEL)
        self.receipt()._refuse_receipt(
            "Dr. Wang",
            "two torn, one short",
            (),
            {line.id: (2, "damaged"), other.id: (1, "missing")},
            [("a.png", photo)],
        )
        self.assertEqual(
            self.receipt().difference_ids.mapped(lambda row: (row.move_line_id, row.quantity, row.condition)),
            [(line, 2, "damaged"), (other, 1, "missing")],
        )
        deviation = self.opened()
        self.assertIn("2 Damaged", deviation.description)
        files = self.env["ir.attachment"].search([("res_model", "=", "med.deviation"), ("res_id", "=", deviation.id)])
        self.assertEqual(files.mapped("raw"), [photo])
        event = self.events("receipt.refused", self.receipt())[0]
        self.assertEqual(event["lines"], [[line.id, "FIVE", "2", "damaged"], [other.id, "SIX", "1", "missing"]])
        self.assertEqual(event["photos"], [hashlib.sha256(photo).hexdigest()])
        back = self.returns()
        self.assertEqual(back.move_line_ids.mapped(lambda row: (row.lot_id, row.quantity)), [(lot, 2)])
        self.assertEqual(back.location_dest_id, self.warehouse.med_return_location_id)
        self.assertEqual(back.med_return_reason_id.code, "refused")
        back.move_ids.picked = True
        self.validate(back)
        self.assertEqual(back.med_return_decision_ids.mapped("quantity"), [2])

    def test_what_never_came_does_not_come_back(self):
        self.receipt()._refuse_receipt("Wang", "short", (), {self.torn.id: (1, "missing")})
        self.assertFalse(self.returns())
        self.assertTrue(self.opened())

    def test_not_more_than_was_sent_and_no_rubbish(self):
        for differences, photos, words in (
            ({self.torn.id: (2, "damaged")}, (), "1 were sent"),
            ({self.torn.id: (-1, "damaged")}, (), "1 were sent"),
            ({self.torn.id: (1, "hacked")}, (), "list"),
            ({}, [("a.exe", b"MZ")], "no photo"),
            ({}, [("a.png", b"\x89PNG\r\n\x1a\n" + bytes(9 * 2**20))], "no photo"),
            ({}, [(f"{number}.jpg", b"\xff\xd8\xff") for number in range(6)], "at most"),
        ):
            with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
                self.receipt()._refuse_receipt("Wang", "torn", (), differences, photos)
        self.assertFalse(self.receipt().refused_at)
        self.assertFalse(self.opened())
        self.assertFalse(self.returns())

    def test_what_was_reported_stays(self):
        self.receipt()._refuse_receipt("Wang", "torn", self.torn.ids)
        row = self.receipt().difference_ids
        for attempt in (lambda: row.write({"quantity": 0}), row.unlink, lambda: row.copy({"quantity": 9})):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                attempt()

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
        values = {"csrf_token": csrf, "name": "Dr. Wang", "what": "seal broken", f"quantity_{self.torn.id}": "x"}
        answer = self.url_open(url, data=values)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("is no number", answer.text)
        values |= {f"quantity_{self.torn.id}": "7", f"condition_{self.torn.id}": "damaged"}
        answer = self.url_open(url, data=values)
        self.assertEqual(answer.status_code, 422)
        self.assertIn('value="7"', answer.text, "what was typed is kept")
        values[f"quantity_{self.torn.id}"] = "1"
        answer = self.url_open(url, data=values, files={"photo": ("a.png", base64.b64decode(PIXEL), "image/png")})
        self.assertIn("seal broken", answer.text)
        self.assertNotIn("o_med_refusal", answer.text, "once is enough")
        self.assertEqual(self.opened().lot_ids, self.torn.lot_id)
