"""Partners are told of a release: a letter in their language and the same as EPCIS."""

import base64
import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import QualityCase


@tagged("post_install", "-at_install")
class TestReleaseMessage(QualityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.module.module"].search([("name", "=", "med_quality")])._update_translations(["zh_CN"])
        cls.env["med.product.identifier"].create(
            {"product_tmpl_id": cls.device.product_tmpl_id.id, "agency": "GS1", "di": "06901234567892"}
        )
        cls.partner = cls.env["res.partner"].create(
            {"name": "Partner", "email": "qa@partner.example", "med_release_messages": True, "lang": "zh_CN"}
        )
        cls.lot = cls.make_lot("R-1", status="quarantine")

    def setUp(self):
        super().setUp()
        self.lot.with_user(self.quality)._sign("release", self.credential)

    def message(self, lots=None, user=None, **values):
        model = self.env["med.lot.release.message"].with_user(user or self.quality)
        lots = lots or self.lot
        return model.with_context(active_model="stock.lot", active_ids=lots.ids).create(values)

    def mails(self):
        return self.env["mail.mail"].search([("email_to", "ilike", "qa@partner.example")])

    def test_the_letter_and_the_file_say_what_was_released(self):
        message = self.message(note="Stored at 5 °C")
        self.assertEqual(message.partner_ids & self.partner, self.partner)
        message.partner_ids = self.partner
        message.action_send()
        mail = self.mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.state, "outgoing")
        for part in ("R-1", "06901234567892", "Stored at 5 °C", "放行"):
            self.assertIn(part, mail.body_html)
        document = json.loads(base64.b64decode(mail.attachment_ids.datas))
        [event] = document["epcisBody"]["eventList"]
        self.assertEqual(event["disposition"], "sellable_not_accessible")
        self.assertEqual(event["quantityList"], [{"epcClass": "https://id.gs1.org/01/06901234567892/10/R-1"}])
        self.assertEqual(event["eventTimeZoneOffset"], "+08:00")
        told = self.events("lot.release_told", self.lot)[-1]
        self.assertEqual(told["partners"], [[self.partner.id, "Partner"]])
        self.assertEqual(told["events"], [event["eventID"]])

    def test_the_same_release_told_twice_is_the_same_event(self):
        ids = set()
        for _turn in range(2):
            message = self.message(partner_ids=self.partner.ids)
            message.action_send()
            ids.update(self.events("lot.release_told", self.lot)[-1]["events"])
        self.assertEqual(len(ids), 1)

    def test_without_a_gtin_the_letter_alone_tells(self):
        device = self._device("Nameless")
        lot = self.make_lot("N-1", product=device, status="quarantine")
        lot.with_user(self.quality)._sign("release", self.credential)
        self.message(lot, partner_ids=self.partner.ids).action_send()
        self.assertFalse(self.mails().attachment_ids)

    def test_only_what_was_released_by_signature_is_told(self):
        waiting = self.make_lot("W-1", status="quarantine")
        for lots in (waiting, self.lot | waiting):
            with self.assertRaisesRegex(UserError, "W-1"):
                self.message(lots, partner_ids=self.partner.ids).action_send()
        self.assertFalse(self.mails())
        self.lot.with_user(self.quality)._sign("hold", {**self.credential, "reason": "Doubt"})
        with self.assertRaisesRegex(UserError, "R-1"):
            self.message(partner_ids=self.partner.ids).action_send()

    def test_nobody_without_an_address_and_nobody_but_quality(self):
        self.partner.email = False
        with self.assertRaisesRegex(UserError, "Partner"):
            self.message(partner_ids=self.partner.ids).action_send()
        with self.assertRaises(AccessError):
            self.message(user=self.picker, partner_ids=self.partner.ids)
