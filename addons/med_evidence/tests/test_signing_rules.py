"""Who may sign, in which order, how often one may be wrong: the rules around a signature."""

import json

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..exceptions import SignatureRefusedError
from .common import PASSWORD
from .paper import PaperCase


@tagged("post_install", "-at_install")
class TestSigningRules(PaperCase):
    def setUp(self):
        super().setUp()
        # what survives a rollback is written in a cursor of its own; here it sees the test's users
        self.registry_enter_test_mode()
        self.wrong = {"type": "password", "password": "wrong"}

    def _plan(self, *meanings, **values):
        return self.env["med.signature.plan"].create(
            {
                "name": "plan",
                "model_id": self.env["ir.model"]._get_id("med.test.paper"),
                "line_ids": [
                    Command.create({"sequence": n, "meaning": meaning, **values}) for n, meaning in enumerate(meanings)
                ],
            }
        )

    def refused(self, sentence, records, meaning="approve", credential=None, **options):
        """The attempt fails with this sentence. No savepoint as in assertRaises: it would take
        away what the attempt wrote to stay."""
        try:
            records._sign(meaning, credential or self.credential, **options)
        except SignatureRefusedError as error:
            self.assertRegex(str(error), sentence)
        else:
            self.fail("it was signed")

    def _fail(self, times):
        for _n in range(times):
            self.refused("password is not right", self.paper, credential=self.wrong)

    # Content ---------------------------------------------------------------------------

    def test_content_that_changed_after_it_was_shown_is_not_signed(self):
        action = self.paper.with_context(sign_meaning="approve").action_sign()
        wizard = self.env["med.evidence.sign"].with_user(self.signer).with_context(**action["context"]).create({})
        self.paper.sudo().name = "Order 8"
        with self.assertRaisesRegex(SignatureRefusedError, "no longer what was shown"):
            wizard.with_context(password=PASSWORD).action_sign()
        self.assertFalse(self.paper.signature_ids)

    def test_every_record_of_a_series_was_shown(self):
        other = self.paper.copy({"name": "Order 9"})
        shown = {self.paper.id: self.paper._signature_hash("approve")}
        self.refused("no longer what was shown", (self.paper | other), shown=shown)

    def test_a_series_is_one_act_with_a_signature_bound_to_each_record(self):
        papers = self.env["med.test.paper"].with_user(self.signer).create([{"name": str(n)} for n in range(30)])
        action = papers.with_context(sign_meaning="approve").action_sign()
        wizard = self.env["med.evidence.sign"].with_user(self.signer).with_context(**action["context"]).create({})
        for paper in papers:
            self.assertIn(paper._signature_hash("approve"), wizard.content)
        wizard.with_context(password=PASSWORD).action_sign()
        bodies = self.events("signature", papers)
        self.assertEqual(len({body["act"] for body in bodies}), 1)
        self.assertEqual({body["records_in_act"] for body in bodies}, {30})
        self.assertEqual(
            {body["snapshot_sha256"] for body in bodies}, {paper._signature_hash("approve") for paper in papers}
        )
        for paper in papers:
            self.assertEqual(paper.signature_ids.mapped("res_id"), paper.ids)

    def test_a_series_of_fifty_takes_no_more_queries_than_one_of_five(self):
        self.paper._sign("approve", self.credential)
        costs = []
        for count in (5, 50):
            papers = self.env["med.test.paper"].with_user(self.signer).create([{"name": str(n)} for n in range(count)])
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            papers._sign("approve", self.credential)
            self.env.flush_all()
            costs.append(self.cr.sql_log_count - start)
        self.assertLessEqual(costs[1], costs[0])

    def test_the_void_signature_shows_what_changed(self):
        signature = self.paper._sign("approve", self.credential)
        self.assertNotIn("Now", signature.content)
        self.paper.name = "Order 8"
        signature.invalidate_recordset()
        self.assertTrue(signature.is_void)
        self.assertIn("Order 7", signature.content)
        self.assertIn("Order 8", signature.content)

    # Failures --------------------------------------------------------------------------

    def test_after_five_failures_even_the_right_password_signs_nothing(self):
        self._fail(4)
        self.paper._sign("approve", self.credential)  # four are forgiven by a good one
        self._fail(5)
        self.refused("locked until", self.paper)
        self.assertEqual(self.events("signature.locked", self.signer)[0]["failures"], 5)
        causes = [body["cause"] for body in self.events("signature.failed", self.paper)]
        self.assertEqual(causes, ["password"] * 9 + ["locked"])

    def test_a_failed_series_is_one_failure_on_every_record(self):
        papers = self.env["med.test.paper"].with_user(self.signer).create([{"name": str(n)} for n in range(6)])
        self.refused("password is not right", papers, credential=self.wrong)
        events = self.env["med.evidence.event"].search(
            [("kind", "=", "signature.failed"), ("user_id", "=", self.signer.id)]
        )
        self.assertEqual(sorted(events.mapped("res_id")), sorted(papers.ids))
        papers._sign("approve", self.credential)

    def test_a_lock_alarms_the_auditors_and_ends_by_another_persons_hand(self):
        manager = self._user("manager", "med_evidence.group_med_evidence_manager")
        self._fail(5)
        alarm = self.env["med.evidence.alarm"].search([("user_id", "=", self.signer.id)])
        self.assertTrue(alarm.is_lockout)
        self.assertIn(self.auditor, alarm.activity_ids.user_id)
        self.assertNotIn(self.signer, alarm.activity_ids.user_id)
        with self.assertRaises(UserError):
            alarm.with_user(self.auditor).action_unlock()
        alarm.with_user(manager).action_unlock()
        self.assertTrue(self.paper._sign("approve", self.credential))

    def test_a_lock_ends_by_itself(self):
        self.env["med.signature.policy"].search([]).write({"lock_minutes": 1, "window_minutes": 1})
        self._fail(5)
        self.env.cr.execute("ALTER TABLE med_evidence_event DISABLE TRIGGER USER")
        self.env.cr.execute(
            "UPDATE med_evidence_event SET recorded_at = recorded_at - interval '61 seconds' WHERE user_id = %s",
            [self.signer.id],
        )
        self.env.cr.execute("ALTER TABLE med_evidence_event ENABLE TRIGGER USER")
        self.assertTrue(self.paper._sign("approve", self.credential))

    def test_a_blank_counts_for_nothing(self):
        for _n in range(7):
            self.refused("Enter your own password", self.paper, credential={"type": "password", "password": ""})
        self.assertFalse(self.events("signature.failed", self.paper))
        self.assertTrue(self.paper._sign("approve", self.credential))

    def test_another_persons_name_and_password_sign_nothing(self):
        other = self._user("other", "base.group_user")
        self.refused(
            "not your user name",
            self.paper,
            credential={"type": "password", "login": other.login, "password": PASSWORD},
        )
        self.assertEqual(self.events("signature.failed", self.paper)[0]["cause"], "login")

    def test_the_superusers_attempt_is_on_file(self):
        self.refused("for somebody else", self.paper.sudo())
        self.assertEqual(self.events("signature.failed", self.paper)[0]["cause"], "superuser")

    def test_an_archived_user_signs_nothing(self):
        self.signer.active = False
        self.refused("for somebody else", self.paper)

    def test_the_policy_of_the_company_goes_first_and_its_change_is_evidence(self):
        policy = self.env["med.signature.policy"].create({"company_id": self.env.company.id, "failures_allowed": 1})
        self._fail(1)
        self.refused("locked until", self.paper)
        policy.failures_allowed = 2
        self.assertEqual(
            self.events("record.changed", policy), [{"old": {"failures_allowed": 1}, "new": {"failures_allowed": 2}}]
        )

    # Order and duties ------------------------------------------------------------------

    def test_signatures_come_in_the_order_of_the_plan(self):
        self._plan("witness", "approve")
        self.refused("first comes", self.paper)
        self.assertEqual(self.events("signature.refused", self.paper), [{"cause": "order", "meaning": "approve"}])
        self.paper._sign("witness", self.credential)
        self.assertTrue(self.paper._sign("approve", self.credential))
        self.assertIn("✓", self.paper.signature_steps)

    def test_a_void_signature_does_not_open_the_next_step(self):
        self._plan("witness", "approve")
        self.paper._sign("witness", self.credential)
        self.paper.name = "Order 8"
        self.env.invalidate_all()
        self.refused("first comes", self.paper)

    def test_a_step_belongs_to_its_group(self):
        group = self.env["res.groups"].create({"name": "approvers"})
        self._plan("approve", group_id=group.id)
        self.refused("approvers", self.paper)
        self.signer.group_ids = [Command.link(group.id)]
        self.assertTrue(self.paper._sign("approve", self.credential))

    def test_who_witnessed_does_not_approve_either_way_round(self):
        self.env["med.signature.duty"].create(
            {
                "model_id": self.env["ir.model"]._get_id("med.test.paper"),
                "first_meaning": "witness",
                "second_meaning": "approve",
            }
        )
        for first, second in (("witness", "approve"), ("approve", "witness")):
            paper = self.paper.copy({"name": first})
            paper._sign(first, self.credential)
            self.refused("takes a second person", paper, second)
            self.assertEqual(self.events("signature.refused", paper)[0]["cause"], "duty")
            other = self._user(f"second_{first}", "base.group_user")
            self.assertTrue(paper.with_user(other)._sign(second, self.credential))

    def test_a_plan_holds_on_its_days_only(self):
        plan = self._plan("witness", "approve")
        plan.date_to = "2020-01-01"
        self.assertTrue(self.paper._sign("approve", self.credential))

    def test_a_plan_with_a_meaning_nobody_gives_is_refused(self):
        with self.assertRaises(ValidationError):
            self._plan("bless")

    # Alarms ----------------------------------------------------------------------------

    def test_an_alarm_closes_by_a_signed_note_of_somebody_else(self):
        self._fail(5)
        alarm = self.env["med.evidence.alarm"].search([("user_id", "=", self.signer.id)])
        mine = alarm.with_user(self.auditor)
        with self.assertRaisesRegex(UserError, "Write down"):
            mine._sign("reviewed", self.credential)
        mine.note = "It was he: a new keyboard."
        mine._sign("reviewed", self.credential)
        self.assertEqual((alarm.state, alarm.reviewed_by_id), ("reviewed", self.auditor))
        self.assertEqual(json.loads(alarm.signature_ids.snapshot)["note"], "It was he: a new keyboard.")
        with self.assertRaises(UserError):
            mine.note = "something else"
        with self.assertRaises(UserError):
            mine.write({"state": "open"})
        with self.assertRaises(UserError):
            alarm.unlink()
