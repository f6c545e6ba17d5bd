"""The authority's forms: filled from the records, completed by a person, kept as they were sent."""

import base64
import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..lib import forms
from .common import RecallCase


@tagged("post_install", "-at_install")
class TestReport(RecallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lot = cls.received_lot("REPORTED", 20)
        cls.hospital.email = cls.clinic.email = "recall@example.com"
        cls.hospital.country_id = cls.env.ref("base.cn")
        cls.deliver(cls.lot, 6)
        cls.deliver(cls.lot, 4, cls.clinic)

    def made(self, recall):
        return self.env["med.recall.report"].with_user(self.quality).browse(recall.action_make_report()["res_id"])

    def answers(self, report):
        return {line.code: line.value or "" for line in report.line_ids}

    def fill(self, report):
        for line in report.line_ids.filtered(lambda one: not one.value):
            line.value = "none"

    def test_the_first_report_is_filled_from_the_records(self):
        recall = self.recall(self.lot, instruction="Put apart and send back")
        report = self.made(recall)
        self.assertEqual((report.stage, report.state), ("initial", "draft"))
        self.assertEqual(report.line_ids.mapped("code"), [item.code for item in forms.form("cn", "initial")])
        answers = self.answers(report)
        self.assertEqual(answers["sold"], "10")
        self.assertEqual(answers["reason"], "Screws may break")
        self.assertIn("REPORTED", answers["lots"])
        self.assertIn("Put apart", answers["action"])
        self.assertEqual(answers["regions"], self.hospital.country_id.name)
        self.assertEqual(answers["reporter"], self.quality.name)
        # what only a person knows is open, and counted
        self.assertFalse(answers["intended_use"] or answers["made"])
        self.assertGreaterEqual(report.missing_count, 2)

    def test_what_is_sent_is_kept_and_meets_the_deadline(self):
        recall = self.recall(self.lot)
        report = self.made(recall)
        with self.assertRaisesRegex(UserError, "no answer yet"):
            report.action_send()
        self.fill(report)
        report.action_send()
        self.assertEqual((report.state, report.sent_by_id), ("sent", self.quality))
        self.assertEqual(recall.deadline_ids.filtered(lambda one: one.kind == "plan").state, "kept")
        (event,) = self.events("recall.reported", recall)
        self.assertEqual(event["stage"], "initial")
        with self.assertRaisesRegex(UserError, "stays as it was"):
            report.line_ids[0].value = "Another product"
        with self.assertRaisesRegex(UserError, "sent already"):
            report.action_send()
        with self.assertRaisesRegex(UserError, "stays on file"):
            report.unlink()

    def test_progress_counts_what_came_in_meanwhile(self):
        recall = self.notified_recall(self.lot)
        report = self.made(recall)
        self.assertEqual(report.stage, "progress")
        self.assertIn("2 of 2", self.answers(report)["notified"])
        self.assertIn("0 of 2", self.answers(report)["answered"])
        report.line_ids.filtered(lambda line: line.code == "next_steps").value = "We call the clinic"
        silent = report.line_ids.filtered(lambda line: line.code == "silent")
        silent.value = "The clinic moved"
        one = recall.consignee_ids.filtered(lambda consignee: consignee.partner_id == self.clinic)
        self.answer(one, used=3, destroyed=1)
        report.action_refill()
        answers = self.answers(report)
        self.assertIn("1 of 2", answers["answered"])
        self.assertIn("used 3", answers["returned"])
        self.assertEqual(answers["unaccounted"], "6")
        # what a person wrote stays
        self.assertEqual((answers["next_steps"], answers["silent"]), ("We call the clinic", "The clinic moved"))

    def test_every_form_has_a_question_and_a_fact_for_every_item(self):
        recall = self.recall(self.lot)
        facts, labels = recall._report_facts("en_US"), recall._report_labels()
        for (jurisdiction, stage), items in forms.FORMS.items():
            codes = [item.code for item in items]
            self.assertEqual(len(codes), len(set(codes)), (jurisdiction, stage))
            self.assertLessEqual(set(codes), set(labels), (jurisdiction, stage))
            self.assertLessEqual({item.fact for item in items if item.fact}, set(facts), (jurisdiction, stage))
        jurisdictions = dict(self.env["med.recall.profile"]._fields["jurisdiction"].selection)
        self.assertEqual(set(forms.FORMS), {(one, stage) for one in jurisdictions for stage in forms.STAGES})
        asked = {item.code for items in forms.FORMS.values() for item in items}
        self.assertEqual(asked, set(labels))

    def test_the_chinese_authority_reads_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search([("name", "=", "med_recall")])._update_translations(["zh_CN"])
        report = self.made(self.recall(self.lot))
        self.assertEqual(report.lang, "zh_CN")
        labels = dict(report.line_ids.mapped(lambda line: (line.code, line.label)))
        self.assertEqual(labels["reason"], "召回原因")
        american = self.recall(self.received_lot("US", 1), profile_id=self.env.ref("med_recall.profile_us_1").id)
        self.assertEqual(self.made(american).line_ids[0].label, "Report number")

    def test_the_data_says_what_the_paper_says(self):
        report = self.made(self.recall(self.lot))
        data = json.loads(base64.b64decode(report.data))
        self.assertEqual({item["code"]: item["answer"] for item in data["items"]}, self.answers(report))
        self.assertTrue(report.data_name.endswith(".json") and "/" not in report.data_name)
        html = self.env["ir.actions.report"]._render_qweb_html("med_recall.report_authority", report.ids)[0].decode()
        for line in report.line_ids:
            self.assertIn(line.label, html)
        self.assertIn("Screws may break", html)

    def test_who_reports_and_when(self):
        draft = self.recall(self.lot, hold=False)
        with self.assertRaisesRegex(UserError, "Hold the recall"):
            draft.action_make_report()
        with self.assertRaisesRegex(UserError, "drill"):
            self.recall(self.lot, is_drill=True).action_make_report()
        recall = self.recall(self.lot)
        with self.assertRaises(AccessError):
            recall.with_user(self.picker).action_make_report()
        report = self.made(recall)
        self.fill(report)
        with self.assertRaises(UserError):
            report.with_user(self.picker).action_send()
        with self.assertRaises(AccessError):
            report.with_user(self.picker).line_ids[0].value = "x"
        with self.assertRaisesRegex(UserError, "by their button"):
            report.state = "sent"
