from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from .common import RecallCase


@tagged("post_install", "-at_install")
class TestAnswer(RecallCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lot = cls.received_lot("ASKED", 20)
        cls.hospital.email = "recall@hospital.example"
        cls.clinic.email = "recall@clinic.example"
        cls.deliver(cls.lot, 6)
        cls.deliver(cls.lot, 2, cls.ward)
        cls.deliver(cls.lot, 4, cls.clinic)

    def _letter(self, consignee):
        return consignee.sudo().mail_ids.sorted("id")[-1]

    def _link(self, consignee):
        return self._letter(consignee).body_html.split('href="')[1].split('"')[0].split("/med/recall/")[1]

    def _consignee(self, recall, partner):
        return recall.consignee_ids.filtered(lambda one: one.partner_id == partner)

    def test_each_consignee_gets_one_letter_with_exactly_his_units(self):
        recall = self.notified_recall(self.lot)
        hospital, clinic = (self._consignee(recall, partner) for partner in (self.hospital, self.clinic))
        self.assertEqual((hospital | clinic), recall.consignee_ids)
        # one company, one letter, one line per place
        self.assertEqual(sorted(hospital.answer_ids.mapped("delivered")), [2, 6])
        letter = self._letter(hospital).body_html
        self.assertIn("Ward 7", letter)
        self.assertNotIn("Second Clinic", letter)
        recall.action_notify()
        recall.action_notify()
        self.assertEqual([len(one.sudo().mail_ids) for one in recall.consignee_ids], [1, 1])
        self.assertEqual(recall.deadline_ids.filtered(lambda one: one.kind == "notify").state, "kept")

    def test_the_recall_contact_is_told_in_his_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search([("name", "=", "med_recall")])._update_translations(["zh_CN"])
        contact = self.env["res.partner"].create(
            {
                "name": "Quality office",
                "parent_id": self.hospital.id,
                "email": "qa@hospital.example",
                "lang": "zh_CN",
                "med_is_recall_contact": True,
            }
        )
        recall = self.notified_recall(self.lot)
        hospital = self._consignee(recall, self.hospital)
        self.assertEqual(hospital.contact_id, contact)
        letter = self._letter(hospital)
        self.assertIn("qa@hospital.example", letter.email_to)
        self.assertIn("召回", letter.subject)
        self.assertIn("批号", letter.body_html)
        page = self.url_open(f"/med/recall/{self._link(hospital)}").text
        self.assertIn("发送答复", page)

    def test_a_consignee_without_an_address_stays_to_be_told(self):
        self.clinic.email = False
        recall = self.notified_recall(self.lot)
        clinic = self._consignee(recall, self.clinic)
        self.assertEqual(clinic.state, "new")
        with self.assertRaisesRegex(UserError, "Second Clinic"):
            recall.action_notify()
        self.env["med.recall.contact"].with_user(self.quality).create({"consignee_id": clinic.id, "result": "reached"})
        self.assertEqual(clinic.state, "seen")
        self.assertEqual(clinic.contact_ids.user_id, self.quality)

    def test_a_mail_server_that_is_down_loses_no_letter(self):
        recall = self.notified_recall(self.lot)
        letters = recall.consignee_ids.sudo().mail_ids
        with patch.object(IrMail_Server, "_connect__", side_effect=OSError("down")):
            letters.send()
        self.assertEqual(set(letters.mapped("state")), {"exception"})
        recall.invalidate_recordset()
        recall.consignee_ids.invalidate_recordset()
        self.assertEqual(set(recall.consignee_ids.mapped("state")), {"failed"})
        self.assertEqual(recall.share_reached, 0)
        letters.mark_outgoing()
        recall.consignee_ids.invalidate_recordset()
        self.assertEqual(set(recall.consignee_ids.mapped("state")), {"sent"})

    def test_a_consignee_answers_on_his_page_without_an_account(self):
        recall = self.notified_recall(self.lot)
        clinic = self._consignee(recall, self.clinic)
        token = self._link(clinic)
        page = self.url_open(f"/med/recall/{token}")
        self.assertEqual(page.status_code, 200)
        self.assertIn("ASKED", page.text)
        self.assertNotIn("First Hospital", page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        (line,) = clinic.answer_ids
        form = {
            "csrf_token": self._csrf(page.text),
            "name": "Dr Li",
            f"in_stock_{line.id}": "2",
            f"used_{line.id}": "2",
            f"returning_{line.id}": "2",
        }
        self.url_open(f"/med/recall/{token}/answer", data=form)
        self.env.invalidate_all()
        self.assertEqual((clinic.state, clinic.answered_by), ("answered", "Dr Li"))
        self.assertEqual((line.used, line.returning, line.unaccounted), (2, 2, 2))
        # sent twice counts once
        self.url_open(f"/med/recall/{token}/answer", data=form)
        self.env.invalidate_all()
        self.assertEqual(line.used, 2)
        # more than he got is refused with a sentence, and what he typed stays on the page
        refused = self.url_open(f"/med/recall/{token}/answer", data={**form, f"used_{line.id}": "9"})
        self.assertIn("4 were delivered", refused.text)
        self.assertIn('value="9"', refused.text)
        nonsense = self.url_open(f"/med/recall/{token}/answer", data={**form, f"used_{line.id}": "two"})
        self.assertIn("is not a number", nonsense.text)
        self.env.invalidate_all()
        self.assertEqual(line.used, 2)

    def _csrf(self, text):
        return text.split('name="csrf_token" value="')[1].split('"')[0]

    def test_a_guessed_expired_or_closed_link_answers_nothing(self):
        recall = self.notified_recall(self.lot)
        clinic = self._consignee(recall, self.clinic)
        token = self._link(clinic)
        self.assertEqual(self.url_open("/med/recall/" + "A" * 43).status_code, 404)
        stored = self.env["med.recall.link"].sudo().search([]).mapped("token_hash")
        self.assertNotIn(token, stored)
        self.assertEqual(self.url_open(f"/med/recall/{stored[0]}").status_code, 404)
        csrf = self._csrf(self.url_open(f"/med/recall/{token}").text)
        self.env["med.recall.link"]._end(clinic)
        (line,) = clinic.answer_ids
        data = {"csrf_token": csrf, "name": "Dr Li", f"used_{line.id}": "4"}
        refused = self.url_open(f"/med/recall/{token}/answer", data=data)
        self.assertIn("expired", refused.text)
        self.env.invalidate_all()
        self.assertEqual((clinic.answered_at, line.used), (False, 0))
        # another consignee's line cannot be reached through one's own link
        other = self._link(self._consignee(recall, self.hospital))
        self.url_open(f"/med/recall/{other}/answer", data=data)
        self.env.invalidate_all()
        self.assertEqual(line.used, 0)

    def test_reminders_go_by_plan_to_those_who_did_not_answer(self):
        recall = self.notified_recall(self.lot)
        hospital, clinic = (self._consignee(recall, partner) for partner in (self.hospital, self.clinic))
        self.answer(clinic, used=4)
        for day in range(1, 7):
            with patch.object(fields.Datetime, "now", return_value=recall.notified_at + timedelta(days=day, hours=1)):
                self.env["med.recall.consignee"]._cron_remind()
                self.env["med.recall.consignee"]._cron_remind()
        self.assertEqual((len(hospital.sudo().mail_ids), len(clinic.sudo().mail_ids)), (4, 1))
        # and then somebody telephones, once
        self.assertEqual(len(recall.activity_ids.filtered(lambda one: "telephone" in (one.summary or ""))), 1)
