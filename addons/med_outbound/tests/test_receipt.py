import json
from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .common import OutboundCase
from .test_stage import PIXEL


@tagged("post_install", "-at_install")
class TestReceipt(OutboundCase):
    def setUp(self):
        super().setUp()
        self.picking = self.shipped_delivery(self.make_lot("GOOD"))
        self.Receipt = self.env["med.outbound.receipt"]

    def _token(self):
        return self.Receipt.with_user(self.picker)._issue(self.picking).rsplit("/", 1)[1]

    def test_the_consignee_signs_once(self):
        receipt = self.Receipt._find(self._token())
        receipt._sign_receipt("  Dr. Wang ", PIXEL, "one box dented")
        self.assertEqual(receipt.signer_name, "Dr. Wang")
        self.assertTrue(self.picking.med_signed_for_at)
        event = self.events("receipt.signed", receipt)[0]
        self.assertEqual((event["name"], event["remark"]), ("Dr. Wang", "one box dented"))
        self.assertEqual(event["content"][0]["lot"], "GOOD")
        with self.assertRaisesRegex(UserError, "already"):
            receipt._sign_receipt("Somebody else", PIXEL)
        self.assertEqual(receipt.signer_name, "Dr. Wang")

    def test_the_token_is_not_kept(self):
        token = self._token()
        receipt = self.Receipt._find(token)
        self.assertNotIn(token, str(receipt.sudo().read()))
        self.assertFalse(self.Receipt._find(token[:-1]))
        self.assertFalse(self.Receipt._find(""))
        self.assertFalse(self.Receipt._find(receipt.sudo().token_hash))

    def test_a_link_ends_after_thirty_days(self):
        receipt = self.Receipt._find(self._token())
        with (
            freeze_time(fields.Datetime.now() + timedelta(days=31)),
            self.assertRaisesRegex(UserError, "expired"),
        ):
            receipt._sign_receipt("Dr. Wang", PIXEL)

    def test_a_new_link_ends_the_old_one(self):
        old = self.Receipt._find(self._token())
        new = self.Receipt._find(self._token())
        with self.assertRaisesRegex(UserError, "expired"):
            old._sign_receipt("Dr. Wang", PIXEL)
        new._sign_receipt("Dr. Wang", PIXEL)

    def test_a_name_and_a_drawing_are_needed(self):
        receipt = self.Receipt._find(self._token())
        for name, signature in (
            ("", PIXEL),
            ("  ", PIXEL),
            ("Wang", ""),
            ("Wang", "!!"),
            ("Wang", "PHNjcmlwdD4="),
        ):
            with self.subTest(name=name, signature=signature), self.assertRaises(UserError):
                receipt._sign_receipt(name, signature)
        self.assertFalse(receipt.signed_at)

    def test_what_is_not_shipped_has_no_link(self):
        picking = self.picked_delivery(self.make_lot("LATER"))
        with self.assertRaises(UserError):
            picking.with_user(self.picker).action_med_receipt_link()

    def test_receipts_are_not_entered_by_hand(self):
        receipt = self.Receipt._find(self._token())
        with self.assertRaises(UserError):
            receipt.sudo().write({"signed_at": fields.Datetime.now()})
        with self.assertRaises(UserError):
            receipt.sudo().with_context(med_receipt_token=True).write({"signed_at": fields.Datetime.now()})
        with self.assertRaises(UserError):
            receipt.sudo().unlink()


@tagged("post_install", "-at_install")
class TestReceiptPage(HttpCase, OutboundCase):
    def test_the_page_needs_no_account_and_signs_once(self):
        picking = self.shipped_delivery(self.make_lot("GOOD"))
        token = self.env["med.outbound.receipt"]._issue(picking).rsplit("/", 1)[1]
        page = self.url_open(f"/med/receipt/{token}")
        self.assertEqual(page.status_code, 200)
        self.assertIn("GOOD", page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")

        def sign(**params):
            body = {"jsonrpc": "2.0", "method": "call", "params": params}
            url = f"/med/receipt/{token}/sign"
            return self.url_open(url, data=json.dumps(body), headers={"Content-Type": "application/json"}).json()[
                "result"
            ]

        self.assertIn("error", sign(name="", signature=PIXEL))
        self.assertIn("redirect_url", sign(name="Dr. Wang", signature=PIXEL))
        self.assertIn("already", sign(name="Dr. Li", signature=PIXEL)["error"])
        self.assertIn("Dr. Wang", self.url_open(f"/med/receipt/{token}").text)

    def test_a_guessed_link_shows_nothing(self):
        page = self.url_open("/med/receipt/guess")
        self.assertEqual(page.status_code, 404)
        self.assertIn("not valid", page.text)
