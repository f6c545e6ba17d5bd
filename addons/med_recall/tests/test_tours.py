"""What quality and a consignee do in a recall, in a real browser."""

from odoo.tests import HttpCase, tagged

from .common import RecallCase


@tagged("post_install", "-at_install")
class TestTours(RecallCase, HttpCase):
    browser_size = "1366x768"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lot = cls.received_lot("TOURED", 20)
        cls.hospital.email = "recall@hospital.example"
        cls.deliver(cls.lot, 6)

    def test_hold_and_trace(self):
        recall = self.recall(self.lot, hold=False)
        self.start_tour(
            "/odoo/action-med_recall.med_recall_dashboard_action", "med_recall_hold_and_trace", login="t_quality"
        )
        self.assertEqual((recall.state, self.lot.med_status), ("held", "recalled"))

    def test_dashboard(self):
        self.recall(self.lot, is_drill=True)
        self.recall(self.lot)
        self.env["med.recall.readiness"]._cron_check()
        self.start_tour(
            "/odoo/action-med_recall.med_recall_dashboard_action", "med_recall_dashboard", login="t_quality"
        )


@tagged("post_install", "-at_install")
class TestPhone(RecallCase, HttpCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_consignee_answers(self):
        lot = self.received_lot("PHONED", 20)
        self.hospital.email = "recall@hospital.example"
        self.deliver(lot, 6)
        recall = self.notified_recall(lot)
        letter = recall.consignee_ids.sudo().mail_ids.body_html
        link = "/med/recall/" + letter.split('href="')[1].split('"')[0].split("/med/recall/")[1]
        self.start_tour(link, "med_recall_answer")
        recall.invalidate_recordset()
        (answer,) = recall.answer_ids
        self.assertEqual((answer.used, answer.in_stock, answer.returning), (2, 4, 4))
        self.assertEqual(recall.consignee_ids.answered_by, "Dr Li")
