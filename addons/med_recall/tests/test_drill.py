"""Drills: scored against goals and the drill before, prepared every year, and disturbing nothing."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RecallCase


@tagged("post_install", "-at_install")
class TestDrill(RecallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lot = cls.received_lot("DRILLED", 20)
        cls.hospital.email = cls.clinic.email = "recall@example.com"
        cls.deliver(cls.lot, 4)
        cls.deliver(cls.lot, 2, cls.clinic)

    def steps(self, drill):
        return {step.step: step for step in drill.drill_step_ids}

    def test_a_drill_where_all_is_right_has_full_marks(self):
        drill = self.recall(self.lot, is_drill=True)
        self.assertEqual(drill.drill_score, 100)
        steps = self.steps(drill)
        self.assertEqual(list(steps), ["time", "scope", "trace", "balance", "reach"])
        self.assertEqual((steps["reach"].done, steps["reach"].whole), (2, 2))
        self.assertEqual(set(drill.drill_step_ids.mapped("share")), {100})
        self.assertFalse(drill.drill_before_id)

    def test_what_fails_costs_marks_and_is_named(self):
        self.recall(self.lot, is_drill=True)
        self.clinic.email = False
        self.lot.quant_ids.filtered(lambda quant: quant.location_id == self.stock).sudo().quantity = 13
        decided = fields.Datetime.now() - timedelta(minutes=240)
        drill = self.recall(self.lot, is_drill=True, decided_at=decided)
        steps = self.steps(drill)
        self.assertEqual(steps["reach"].missing, "Second Clinic")
        self.assertEqual(steps["reach"].share, 50)
        self.assertEqual((steps["balance"].share, steps["balance"].missing), (0, "DRILLED"))
        # 240 minutes where 120 are the goal
        self.assertEqual(steps["time"].share, 50)
        self.assertEqual(drill.drill_score, 60)
        self.assertEqual(drill.drill_score_before, 100)

    def test_nobody_writes_marks_by_hand(self):
        drill = self.recall(self.lot, is_drill=True)
        with self.assertRaises(AccessError):
            drill.drill_step_ids[0].with_user(self.quality).done = 9
        with self.assertRaisesRegex(Exception, "."), self.env.cr.savepoint():
            drill.with_user(self.quality).drill_score = 5
        self.assertEqual(drill.drill_score, 100)

    def scheduled(self):
        return self.env["med.recall"].search([("is_drill", "=", True), ("state", "=", "draft")])

    def test_the_drill_of_the_year_is_prepared_once(self):
        recalls = self.env["med.recall"]
        recalls._cron_schedule_drills()
        drill = self.scheduled()
        self.assertEqual(len(drill), 1)
        self.assertEqual(drill.scope_ids.mapped("first"), ["DRILLED"])
        self.assertEqual(self.lot.med_status, "released")
        recalls._cron_schedule_drills()
        self.assertEqual(self.scheduled(), drill)
        # a person confirms and signs it; then a year is quiet
        drill.with_user(self.quality).action_confirm_scope()
        drill.with_user(self.quality)._sign("hold", self.credential)
        self.assertEqual(drill.drill_score, 100)
        recalls._cron_schedule_drills()
        self.assertFalse(self.scheduled())
        drill._write_state({"held_at": fields.Datetime.now() - timedelta(days=370)})
        recalls._cron_schedule_drills()
        self.assertEqual(len(self.scheduled()), 1)

    def test_a_company_may_do_without(self):
        self.env["res.company"].search([]).med_drill_months = 0
        self.env["med.recall"]._cron_schedule_drills()
        self.assertFalse(self.scheduled())
