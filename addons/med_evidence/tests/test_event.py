import psycopg2
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import EvidenceCase


@tagged("post_install", "-at_install")
class TestEvent(EvidenceCase):
    def _record(self, kind="test.kind", body=None, **entry):
        entry.setdefault("record", self.env.company.partner_id)
        event_id = self.env["med.evidence.event"]._record(kind, [{"body": body or {"a": 1}, **entry}])[0]
        return self.env["med.evidence.event"].browse(event_id)

    def test_an_event_says_who_when_on_what_and_why(self):
        event = self._record(reason="because")
        self.assertEqual(event.user_id, self.env.user)
        self.assertEqual(event.user_name, self.env.user.name)
        self.assertEqual((event.res_model, event.res_id), ("res.partner", self.env.company.partner_id.id))
        self.assertEqual(event.res_name, self.env.company.partner_id.display_name)
        self.assertEqual((event.body, event.reason), ('{"a":1}', "because"))
        self.env.cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        self.assertAlmostEqual(event.recorded_at.timestamp(), self.env.cr.fetchone()[0].timestamp(), delta=60)

    def test_the_printed_name_is_the_one_of_that_moment(self):
        self.env.user.partner_id.name = "Before, not yet flushed"
        first = self._record()
        self.env.user.partner_id.name = "After"
        self.assertEqual((first.user_name, self._record().user_name), ("Before, not yet flushed", "After"))

    def test_rows_that_speak_of_nothing_and_rows_that_speak_of_something(self):
        partner = self.env.company.partner_id
        ids = self.env["med.evidence.event"]._record("test.kind", [{}, {"record": partner, "reason": "r"}])
        events = self.env["med.evidence.event"].browse(ids)
        self.assertEqual(
            [(e.res_model, e.res_id, e.reason) for e in events], [(False, 0, False), ("res.partner", partner.id, "r")]
        )

    def test_the_clock_is_the_databases_whatever_is_inserted(self):
        self.env.cr.execute(
            "INSERT INTO med_evidence_event (recorded_at, user_id, user_name, kind, body)"
            " VALUES ('2001-01-01', 1, 'x', 'test', '{}') RETURNING recorded_at"
        )
        self.assertGreater(self.env.cr.fetchone()[0].year, 2020)

    def test_many_events_are_one_insert(self):
        partner = self.env.company.partner_id
        entries = [{"record": partner, "body": {"n": n}} for n in range(500)]
        self.env["med.evidence.event"]._record("test.kind", entries[:1])
        with self.assertQueryCount(1):
            ids = self.env["med.evidence.event"]._record("test.kind", entries)
        self.assertEqual(len(set(ids)), 500)

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_every_change(self):
        event = self._record()
        for query in (
            "UPDATE med_evidence_event SET body = '{}' WHERE id = %s",
            "DELETE FROM med_evidence_event WHERE id = %s",
            "TRUNCATE med_evidence_event CASCADE",
            "TRUNCATE med_evidence_leaf",
        ):
            with self.subTest(query), self.assertRaises(psycopg2.Error), self.env.cr.savepoint():
                self.env.cr.execute(query, [event.id] if "%s" in query else [])
        self.assertEqual(event.body, '{"a":1}')

    def test_the_orm_refuses_every_change_even_to_the_superuser(self):
        event = self._record().sudo()
        with self.assertRaises(AccessError):
            event.write({"body": "{}"})
        with self.assertRaises(AccessError):
            event.unlink()
        with self.assertRaises(AccessError):
            event.create({"kind": "forged", "body": "{}"})
        with self.assertRaises(AccessError):
            event.with_context(med_evidence_append=True).create({"kind": "forged", "body": "{}"})

    def test_a_refused_attempt_survives_the_rollback(self):
        partner = self.env.company.partner_id
        before = len(self.committed_events("test.refused", partner))
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.env["med.evidence.event"]._record_refused("test.refused", [{"record": partner, "body": {"n": before}}])
            raise ZeroDivisionError
        self.assertEqual(len(self.committed_events("test.refused", partner)), before + 1)

    def test_only_auditors_read_and_only_their_companies(self):
        event = self._record()
        other = self.env["res.company"].create({"name": "Other company"})
        foreign = self._record(record=other)
        plain = self._user("plain", "base.group_user")
        with self.assertRaises(AccessError):
            event.with_user(plain).read(["body"])
        self.assertEqual(event.with_user(self.auditor).body, '{"a":1}')
        foreign_event = self.env["med.evidence.event"].with_company(other)._record("test.kind", [{"body": {}}])
        with self.assertRaises(AccessError):
            self.env["med.evidence.event"].browse(foreign_event).with_user(self.auditor).read(["body"])
        self.assertTrue(foreign)

    def test_words_are_found_inside_chinese_text_and_in_lot_numbers(self):
        event = self._record(body={"lot": "LOT-0815/A", "text": "第一人民医院"}, reason="召回")
        other = self._record(body={"lot": "LOT-0816/A", "nul": "\x00 \ud800"})
        Event = self.env["med.evidence.event"]
        for words in ("lot-0815", "人民医院", "召回 0815", "LOT 081"):
            with self.subTest(words):
                self.assertIn(event, Event.search([("words", "ilike", words)]))
        self.assertNotIn(other, Event.search([("words", "ilike", "lot-0815")]))
        self.assertFalse(Event.search([("words", "ilike", "nobody wrote this")]))

    def test_who_or_what_in_a_span_of_time_is_read_from_an_index_in_order(self):
        """So that years of other events in between cost nothing: no sort, no filter, no walk through what came since."""
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("SET LOCAL enable_bitmapscan = off")
        span = [("recorded_at", ">=", "2026-01-01"), ("recorded_at", "<", "2026-02-01")]
        for domain in (span, [("user_id", "=", 7), *span], [("kind", "=", "lot.status"), *span]):
            with self.subTest(domain):
                query = self.env["med.evidence.event"]._search(
                    domain, limit=80, order=self.env["med.evidence.event"]._order
                )
                rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
                plan = "\n".join(line for (line,) in rows)
                self.assertIn("recorded_at", plan.partition("Index Cond")[2])
                self.assertNotIn("Sort", plan)
                self.assertNotIn("Filter", plan)
            # in a table as small as a test's each index is as good: the next has to take its own
            self.env.cr.execute("DROP INDEX IF EXISTS med_evidence_event_newest_idx")
