"""What may go after its time, who answers for it, and what stays."""

import base64
import io
import json
import zipfile
from datetime import timedelta
from unittest.mock import patch

import psycopg2
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import SignatureRefusedError
from ..files import verify_bundle
from .common_seal import SealCase


@tagged("post_install", "-at_install")
class TestDisposal(SealCase):
    def setUp(self):
        super().setUp()
        self.manager = self._retention_manager()
        self.partner = self.env.company.partner_id
        self.facts = {"markets": ["cn"], "expiry": None, "implant": False}
        self._patch = patch.object(
            type(self.env["med.evidence.event"]),
            "_retention_facts",
            lambda events: dict.fromkeys(events.ids, self.facts),
        )
        self.startPatcher(self._patch)
        # five years and a day, and five years less a week
        self.due = self._old_events(3, days=5 * 366, res_model="res.partner", res_id=self.partner.id)
        self.kept = self._old_events(2, days=5 * 365 - 7, res_model="res.partner", res_id=self.partner.id)
        self.Disposal = self.env["med.evidence.disposal"].with_user(self.manager)

    def _proposed(self):
        return self.Disposal.browse(self.Disposal.action_propose()["res_id"])

    def _disposed(self):
        disposal = self._proposed()
        disposal._sign("dispose", self.credential)
        self.Seal._seal()
        return disposal

    def _present(self, ids):
        return self.env["med.evidence.event"].search([("id", "in", ids)]).ids

    def test_what_is_due_goes_and_leaves_its_hash_and_the_log_verifies(self):
        self.env.cr.execute(
            "SELECT encode(leaf_hash, 'hex') FROM med_evidence_leaf WHERE source = 'event' AND row_id = %s",
            [self.due[0]],
        )
        (leaf,) = self.env.cr.fetchone()
        disposal = self._disposed()
        self.assertEqual((disposal.state, disposal.event_count), ("done", 3))
        self.assertFalse(self._present(self.due))
        self.assertEqual(sorted(self._present(self.kept)), self.kept)
        self.assertEqual(disposal.disposed_ids.mapped("event_id"), self.due)
        self.assertEqual(disposal.disposed_ids[0].leaf_hash, leaf)
        self.assertEqual(self.events("evidence.disposed", disposal)[0]["count"], 3)
        report = self.Seal._verify()
        self.assertEqual(report["findings"], [])
        note = next(note for note in report["notes"] if note["code"] == "disposed")
        self.assertIn("3 events were deleted after their time", self.Seal._finding_sentence(note))

    def test_nothing_goes_before_its_time_whoever_asks(self):
        disposal = self._proposed()
        self.assertEqual([line[0] for line in disposal._lines()], self.due)
        disposal.action_drop()
        # even the owner of the table, with the guard on, deletes only what a disposal names
        for event_id in (self.due[0], self.kept[0]):
            with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error), self.env.cr.savepoint():
                self.env.cr.execute("DELETE FROM med_evidence_event WHERE id = %s", [event_id])

    def test_the_database_does_not_let_go_what_is_named_too_early(self):
        disposal = self._proposed()
        self.env["med.evidence.disposed"]._append_row(
            {
                "disposal_id": disposal.id,
                "event_id": self.kept[0],
                "leaf_hash": "00",
                "kept_until": fields.Date.today() + timedelta(days=1),
                "recorded_at": fields.Datetime.now(),
                "kind": "test.old",
            }
        )
        self.env.flush_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error), self.env.cr.savepoint():
            self.env.cr.execute("DELETE FROM med_evidence_event WHERE id = %s", [self.kept[0]])

    def test_implants_unknown_goods_and_unsigned_rules_keep_for_ever(self):
        for facts in ({"implant": True}, {"markets": []}, {"markets": ["cn", "eu"]}):
            with self.subTest(facts), patch.dict(self.facts, facts), self.assertRaisesRegex(UserError, "No event of"):
                self.Disposal.action_propose()
        self.env.ref("med_evidence.retention_cn").sudo().source = "changed, so the signature is void"
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "No event of"):
            self.Disposal.action_propose()

    def test_where_nobody_knows_the_goods_they_count_as_implants_of_the_companys_market(self):
        self._patch.stop()
        facts = self.env["med.evidence.event"].browse(self.due)._retention_facts()
        self.assertEqual(facts[self.due[0]], {"markets": ["cn"], "expiry": None, "implant": True})
        self.env.company.country_id = self.env.ref("base.de")
        facts = self.env["med.evidence.event"].browse(self.due)._retention_facts()
        self.assertEqual(facts[self.due[0]]["markets"], ["eu"])
        self._patch.start()

    def test_signatures_files_and_the_logs_own_events_stay(self):
        for kind in ("signature.failed", "attachment.added", "evidence.key", "clock.deviation"):
            self._old_events(1, days=5 * 366, kind=kind, body='{"attachment":0}')
        self.assertEqual([line[0] for line in self._proposed()._lines()], self.due)

    def test_a_rule_that_changed_since_stops_the_list(self):
        disposal = self._proposed()
        self.facts = {**self.facts, "expiry": fields.Date.today() + timedelta(days=9)}
        with self.assertRaisesRegex(UserError, "have changed since"):
            disposal._sign("dispose", self.credential)
        self.assertEqual(sorted(self._present(self.due)), self.due)

    def test_without_the_password_nothing_goes(self):
        disposal = self._proposed()
        with self.assertRaises(SignatureRefusedError):
            disposal._sign("dispose", {"type": "password", "password": "wrong"})
        self.assertEqual(sorted(self._present(self.due)), self.due)

    def test_only_evidence_managers_and_nobody_by_hand(self):
        disposal = self._proposed()
        with self.assertRaises(UserError):
            self.Disposal.with_user(self.auditor).action_propose()
        with self.assertRaises(UserError):
            disposal.with_user(self.auditor)._sign("dispose", self.credential)
        with self.assertRaises(AccessError):
            disposal.with_user(self.auditor).action_drop()
        with self.assertRaises(UserError):
            disposal.sudo().proposal = "[]"
        with self.assertRaises(UserError):
            disposal.sudo().unlink()
        disposal._sign("dispose", self.credential)
        with self.assertRaisesRegex(UserError, "is closed"):
            disposal._sign("dispose", self.credential)

    def test_a_line_slipped_in_excuses_nothing(self):
        disposal = self._disposed()
        victim = self.kept[0]
        self._tamper(
            f"INSERT INTO med_evidence_disposed (disposal_id, event_id, leaf_hash, kept_until, recorded_at, kind)"
            f" SELECT {disposal.id}, {victim}, encode(leaf_hash, 'hex'), '2020-01-01', '2019-01-01', 'test.old'"
            f" FROM med_evidence_leaf WHERE source = 'event' AND row_id = {victim}",
            f"DELETE FROM med_evidence_event WHERE id = {victim}",
        )
        self.assertIn("disposal_differs", self._codes())
        self.Seal._seal()
        self.assertIn("disposal_differs", self._codes())

    def test_a_disposal_that_nobody_signed_excuses_nothing(self):
        disposal = self._proposed()
        victim = self.due[0]
        self._tamper(
            f"INSERT INTO med_evidence_disposed (disposal_id, event_id, leaf_hash, kept_until, recorded_at, kind)"
            f" SELECT {disposal.id}, {victim}, encode(leaf_hash, 'hex'), '2020-01-01', '2019-01-01', 'test.old'"
            f" FROM med_evidence_leaf WHERE source = 'event' AND row_id = {victim}",
            f"DELETE FROM med_evidence_event WHERE id = {victim}",
        )
        self.assertLessEqual({"event_missing", "disposal_differs"}, self._codes())

    def test_a_bundle_verifies_and_says_what_was_deleted(self):
        self._disposed()
        wizard = self.env["med.evidence.bundle"].with_user(self.auditor)
        days = {
            "date_from": fields.Date.today() - timedelta(days=2000),
            "date_to": fields.Date.today() + timedelta(days=1),
        }
        wizard = wizard.create(days)
        wizard.action_make()
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(wizard.content))) as archive:
            raw = archive.read("bundle.json")
        verify_bundle.verify(raw)
        payload = json.loads(raw)["payload"]
        leaves = [json.loads(entry["leaf"]) for entry in payload["entries"]]
        self.assertEqual({row["event_id"] for source, row in leaves if source == "disposed"}, set(self.due))
        self.assertTrue(any("3 events of this selection were deleted" in text for text in payload["left_out"]))
