"""The receipt link by mail."""

import re

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OutboundCase


@tagged("post_install", "-at_install")
class TestReceiptMail(OutboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hospital.email = "store@hospital.example.com"
        cls.lot = cls.make_lot("GOOD", quantity=20)

    def letters(self):
        return self.env["mail.mail"].search([("email_to", "=", "store@hospital.example.com")])

    def receipt(self, letter):
        token = re.search(r"/med/receipt/([\w-]+)", letter.body_html)[1]
        return self.env["med.outbound.receipt"]._find(token)

    def test_it_goes_out_with_the_goods_where_the_company_wants_it(self):
        self.shipped_delivery(self.lot)
        self.assertFalse(self.letters())
        self.env.company.med_mail_receipt = True
        picking = self.shipped_delivery(self.lot)
        letter = self.letters()
        self.assertEqual(self.receipt(letter).picking_id, picking)
        self.assertIsNone(self.receipt(letter)._refusal())
        self.assertTrue(letter.auto_delete)
        self.assertIn(picking.name, letter.subject)

    def test_no_colleague_reads_the_link(self):
        self.env.company.med_mail_receipt = True
        picking = self.shipped_delivery(self.lot)
        self.assertFalse(picking.message_ids.filtered(lambda message: "/med/receipt/" in (message.body or "")))
        self.assertFalse(self.letters().with_user(self.picker).has_access("read"))

    def test_by_button_earlier_links_end(self):
        picking = self.shipped_delivery(self.lot)
        picking.with_user(self.picker).action_med_mail_receipt()
        first = self.receipt(self.letters())
        answer = picking.with_user(self.picker).action_med_mail_receipt()
        self.assertIn("store@hospital.example.com", answer["params"]["message"])
        self.assertIn("expired", first._refusal())
        newest = self.letters().sorted("id")[-1]
        self.assertIsNone(self.receipt(newest)._refusal())

    def test_in_the_language_of_the_consignee(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.hospital.lang = "zh_CN"
        picking = self.shipped_delivery(self.lot)
        picking.action_med_mail_receipt()
        self.assertIn("签收", self.letters().subject)

    def test_without_an_address(self):
        self.hospital.email = False
        self.env.company.med_mail_receipt = True
        picking = self.shipped_delivery(self.lot)
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            picking.action_med_mail_receipt()
        self.assertFalse(self.env["med.outbound.receipt"].search([("picking_id", "=", picking.id)]))

    def test_not_before_it_left_and_not_for_other_goods(self):
        self.env.company.med_mail_receipt = True
        picking = self.picked_delivery(self.lot)
        with self.assertRaisesRegex(UserError, "not been shipped"):
            picking.action_med_mail_receipt()
        self.assertFalse(self.letters())
