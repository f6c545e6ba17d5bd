"""Whose qualification ended is stopped, wherever he comes in; who has none, where the house asks for it."""

from datetime import timedelta
from itertools import count

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import QualityCase

NUMBERS = count(1)


@tagged("post_install", "-at_install")
class TestGateOperator(QualityCase):
    rules_under_test = (*QualityCase.rules_under_test, "operator_not_qualified")

    def qualify(self, user, role, first=-300, last=65, **values):
        today = fields.Date.today()
        return (
            self.env["med.qualification"]
            .with_user(self.quality)
            .create(
                {
                    "user_id": user.id,
                    "role": role,
                    "proof": "Exam 7",
                    "valid_from": today + timedelta(days=first),
                    "valid_to": today + timedelta(days=last),
                    **values,
                }
            )
        )

    def ship(self, user):
        picking = self.make_delivery(self.make_lot(f"L{next(NUMBERS)}"))
        self.validate(picking.with_user(user))
        return picking

    def test_who_was_never_examined_works_until_the_house_asks(self):
        self.assertEqual(self.ship(self.picker).state, "done")
        self.env.company.med_qualification_duty = True
        with self.assertRefused("operator_not_qualified"):
            self.ship(self.picker)
        self.qualify(self.picker, "shipper")
        self.assertEqual(self.ship(self.picker).state, "done")

    def test_a_qualification_that_ended_stops_the_work(self):
        self.qualify(self.picker, "shipper", last=-2)
        with self.assertRefused("operator_not_qualified") as refused:
            self.ship(self.picker)
        self.assertIn(self.picker.name, str(refused.exception))
        self.qualify(self.picker, "shipper", first=-1)
        self.assertEqual(self.ship(self.picker).state, "done")

    def test_another_role_and_another_company_count_apart(self):
        other = self.env["res.company"].create({"name": "Second House"})
        self.env.company.med_qualification_duty = True
        self.qualify(self.picker, "reviewer")
        self.env["med.qualification"].create(
            {"user_id": self.picker.id, "role": "shipper", "proof": "X", "company_id": other.id}
        )
        with self.assertRefused("operator_not_qualified"):
            self.ship(self.picker)

    def test_an_archived_one_stays_away_whatever_a_client_says(self):
        self.env.company.med_qualification_duty = True
        self.qualify(self.picker, "shipper").active = False
        self.env.registry.clear_cache()
        picking = self.make_delivery(self.make_lot(f"L{next(NUMBERS)}"))
        with self.assertRefused("operator_not_qualified"):
            self.validate(picking.with_user(self.picker).with_context(active_test=False))

    def test_a_scan_and_a_receipt_ask_for_their_own_role(self):
        self.env.company.med_qualification_duty = True
        picking = self.make_delivery(self.make_lot(f"L{next(NUMBERS)}"))
        gate = self.env["med.gate"].with_user(self.picker)
        lines = picking.move_line_ids.with_user(self.picker)
        for checkpoint, role in (("scan", "picker"), ("review", "reviewer"), ("receive", "receiver")):
            with self.subTest(checkpoint):
                found = [
                    v.finding for v in gate._judge(lines, checkpoint) if v.finding.rule == "operator_not_qualified"
                ]
                self.assertEqual([finding.params["role"] for finding in found], [role])
                self.qualify(self.picker, role)
                rules = {verdict.finding.rule for verdict in gate._judge(lines, checkpoint)}
                self.assertNotIn("operator_not_qualified", rules)

    def test_it_costs_no_query_once_it_is_known(self):
        self.qualify(self.picker, "shipper")
        gate = self.env["med.gate"].with_user(self.picker)
        company = self.env.company
        gate._operator(company, "ship")
        with self.assertQueryCount(0):
            self.assertEqual(len(gate._operator(company, "ship").periods), 1)

    def test_plain_goods_ask_nobody(self):
        self.env.company.med_qualification_duty = True
        lot = self.make_lot("P1", product=self.plain)
        picking = self.make_delivery(lot)
        self.validate(picking.with_user(self.picker))
        self.assertEqual(picking.state, "done")

    def test_nobody_files_his_own(self):
        with self.assertRaises(UserError):
            self.qualify(self.quality, "shipper")
        foreign = self.qualify(self.picker, "shipper")
        with self.assertRaises(UserError):
            foreign.user_id = self.quality
        with self.assertRaises(AccessError):
            foreign.with_user(self.reviewer).valid_to = fields.Date.today()

    def test_a_change_is_evidence_and_the_end_is_reminded(self):
        qualification = self.qualify(self.picker, "shipper", last=10)
        qualification.valid_to = fields.Date.today() + timedelta(days=20)
        changed = [body for body in self.events("record.changed", qualification) if "valid_to" in str(body)]
        self.assertTrue(changed)
        self.env["med.expiry.reminder"]._cron_remind()
        self.assertTrue(qualification.sudo().activity_ids)

    def test_the_status_is_said_in_the_language_of_who_reads(self):
        qualification = self.qualify(self.picker, "shipper", last=-2)
        self.env["res.lang"]._activate_lang("zh_CN")
        said = dict(
            self.env["med.qualification"].with_context(lang="zh_CN").fields_get(["state"])["state"]["selection"]
        )
        self.assertEqual(said[qualification.state], "已过期")
