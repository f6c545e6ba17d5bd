"""The dashboard and the picture of a trace: what they add up."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RecallCase


@tagged("post_install", "-at_install")
class TestFigures(RecallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lot = cls.received_lot("FIGURED", 20)
        cls.hospital.email = cls.clinic.email = "recall@example.com"
        cls.delivery = cls.deliver(cls.lot, 4)
        cls.deliver(cls.lot, 3)
        cls.deliver(cls.lot, 2, cls.clinic)
        cls.take_back(cls.delivery, 1)

    def figures(self):
        return {figure["name"]: figure["value"] for figure in self.env["med.recall"].dashboard()["figures"]}

    def row(self, recall):
        self.env["med.recall.figure"].invalidate_model()
        return self.env["med.recall.figure"].browse(recall.id)

    def test_times_run_from_the_decision(self):
        decided = fields.Datetime.now() - timedelta(hours=10)
        recall = self.recall(self.lot, decided_at=decided)
        row = self.row(recall)
        self.assertAlmostEqual(row.hours_to_hold, 10, delta=0.05)
        self.assertAlmostEqual(row.hours_to_scope, 10, delta=0.05)
        # nobody is told yet: empty, which the average leaves out, and not nought
        [[value]] = self.env["med.recall.figure"]._read_group(
            [("id", "=", recall.id)], [], ["hours_to_first_notice:avg"]
        )
        self.assertIsNone(value or None)
        recall.action_notify()
        one, other = recall.consignee_ids
        one._keep({"notified_at": decided + timedelta(hours=2)})
        other._keep({"notified_at": decided + timedelta(hours=6)})
        self.answer(one, used=1)
        one._keep({"answered_at": decided + timedelta(hours=7)})
        row = self.row(recall)
        self.assertEqual((row.hours_to_first_notice, row.hours_to_last_notice, row.hours_to_answer), (2, 6, 5))
        self.assertEqual((row.consignee_count, row.share_reached, row.share_answered), (2, 50, 50))

    def test_the_last_letter_has_no_time_while_one_is_missing(self):
        recall = self.recall(self.lot)
        recall.consignee_ids[0]._keep({"notified_at": fields.Datetime.now()})
        row = self.row(recall)
        self.assertTrue(row.hours_to_first_notice is not False)
        [[value]] = self.env["med.recall.figure"]._read_group(
            [("id", "=", recall.id)], [], ["hours_to_last_notice:avg"]
        )
        self.assertFalse(value)

    def test_a_telephone_call_reaches_as_well(self):
        recall = self.recall(self.lot)
        consignee = recall.consignee_ids[0]
        self.env["med.recall.contact"].create({"consignee_id": consignee.id, "person": "Dr Li", "result": "reached"})
        self.assertEqual(self.row(recall).share_reached, 50)
        self.assertEqual(recall.share_reached, 50)

    def test_drills_and_other_companies_are_not_averaged(self):
        before = self.figures()["hours_to_hold"]
        self.recall(self.lot, is_drill=True, decided_at=fields.Datetime.now() - timedelta(hours=500))
        self.assertEqual(self.figures()["hours_to_hold"], before)
        other = self.env["res.company"].create({"name": "Another distributor"})
        dashboard = self.env["med.recall"].with_company(other).with_context(allowed_company_ids=other.ids).dashboard()
        self.assertEqual((dashboard["open"], dashboard["drills"]), ([], []))

    def test_the_dashboard_shows_the_most_urgent_first(self):
        late = self.recall(self.lot, decided_at=fields.Datetime.now() - timedelta(days=9))
        second = self.received_lot("LATER", 5)
        self.deliver(second, 1)
        later = self.recall(second)
        draft = self.recall(second, hold=False)
        shown = self.env["med.recall"].dashboard()
        ids = [one["id"] for one in shown["open"]]
        self.assertEqual([one for one in ids if one in (late + later + draft).ids], (late + later + draft).ids)
        first = next(one for one in shown["open"] if one["id"] == late.id)
        self.assertLess(first["hours_left"], 0)
        self.assertEqual(first["consignees"], 2)
        self.assertTrue(all(figure["help"] for figure in shown["figures"]))

    def test_accounted_for_follows_answers_and_returns(self):
        recall = self.notified_recall(self.lot)
        self.assertEqual(self.figures()["share_accounted"], 0)
        self.answer(recall.consignee_ids.filtered(lambda one: one.partner_id == self.clinic), used=2)
        # 8 were out when it was held
        self.assertEqual(self.figures()["share_accounted"], 25)

    def test_a_warehouse_worker_reads_and_strangers_do_not(self):
        self.recall(self.lot)
        self.assertTrue(self.env["med.recall"].with_user(self.picker).dashboard()["open"])
        stranger = self.env["res.users"].create({"name": "Stranger", "login": "t_stranger"})
        with self.assertRaises(AccessError):
            self.env["med.recall"].with_user(stranger).dashboard()

    # The picture of the trace ----------------------------------------------------------------

    def test_the_picture_adds_up_to_the_trace(self):
        recall = self.recall(self.lot)
        picture = recall.trace_picture()
        (lot,) = picture["lots"]
        self.assertEqual((lot["id"], lot["name"]), (self.lot.id, "FIGURED"))
        self.assertEqual(lot["sums"], {"received": 20, "here": 12, "delivered": 9, "returned": 1})
        self.assertEqual(lot["sums"]["received"], lot["sums"]["here"] + 9 - 1)
        branches = {(one["kind"], one["name"]): (one["quantity"], one["count"]) for one in lot["branches"]}
        self.assertEqual(branches["received", "Knee Maker Ltd"], (20, 1))
        self.assertEqual(branches["delivered", "First Hospital"], (7, 2))
        self.assertEqual(branches["delivered", "Second Clinic"], (2, 1))
        self.assertEqual(branches["returned", "First Hospital"], (1, 1))
        # where from, is, went, and of those the largest first
        self.assertEqual(
            [one["kind"] for one in lot["branches"]], ["received", "here", "delivered", "delivered", "returned"]
        )
        today = fields.Date.context_today(recall).isoformat()
        days = {(lot_id, kind): (day, quantity) for lot_id, kind, day, quantity, _count in picture["days"]}
        self.assertEqual(days[self.lot.id, "delivered"], (today, 9))

    def test_the_picture_asks_no_query_per_branch(self):
        wide = self.received_lot("WIDE", 20)
        for number in range(12):
            self.deliver(wide, 0.5, self._partner(f"Clinic {number}"))
        counts = []
        self.recall(self.received_lot("FIRST", 1)).trace_picture()  # fills what outlives a request
        for recall in (self.recall(self.lot), self.recall(wide)):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            recall.trace_picture()
            counts.append(self.env.cr.sql_log_count - before)
        few, many = counts
        self.assertLessEqual(many, few)

    def test_a_recall_that_is_not_held_has_no_picture_yet(self):
        picture = self.recall(self.lot, hold=False).trace_picture()
        self.assertEqual((picture["lots"], picture["days"]), ([], []))
