from odoo.tests import tagged
from odoo.tools import SQL

from ..lib import merkle
from ..models.med_evidence_seal import LEAF_COLUMNS, leaf_data
from .common import EvidenceCase

TABLES = ("med_evidence_event", "med_evidence_leaf", "med_evidence_seal", "med_evidence_signature")


@tagged("post_install", "-at_install")
class TestSeal(EvidenceCase):
    def setUp(self):
        super().setUp()
        self.Seal = self.env["med.evidence.seal"]
        self.Seal._seal(full=True)
        self._events(5)

    def _events(self, count):
        return self.env["med.evidence.event"]._record("test.seal", [{"body": {"n": n}} for n in range(count)])

    def _tamper(self, *queries):
        """As the table owner with triggers off, and on again."""
        self.env.flush_all()
        for table in TABLES:
            self.env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for query in queries:
            self.env.cr.execute(query)
        for table in TABLES:
            self.env.cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        self.env.invalidate_all()

    def _codes(self):
        return {finding["code"] for finding in self.Seal._verify()["findings"]}

    def test_a_seal_covers_the_whole_log(self):
        before = self.Seal.search([], limit=1)
        seal = self.Seal._seal()
        self.assertEqual(seal.event_count, 5)
        self.assertEqual(seal.tree_size, before.tree_size + 5)
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM med_evidence_event e JOIN med_evidence_leaf l ON l.event_id = e.id ORDER BY l.leaf_index",
                LEAF_COLUMNS,
            )
        )
        leaves = [merkle.leaf_hash(leaf_data(row)) for row in rows]
        self.assertEqual(seal.root_hash, merkle.root_of(leaves).hex())

    def test_nothing_new_makes_no_seal(self):
        self.Seal._seal()
        self.assertFalse(self.Seal._seal())

    def test_an_event_that_commits_late_is_sealed_later(self):
        """A long transaction takes its ids early; a younger event is sealed before it."""
        first, second = self._events(2)
        self._tamper(
            f"CREATE TEMP TABLE late ON COMMIT DROP AS SELECT * FROM med_evidence_event WHERE id = {first}",
            f"DELETE FROM med_evidence_event WHERE id = {first}",
        )
        self.Seal._seal()
        self.env.cr.execute("INSERT INTO med_evidence_event SELECT * FROM late")
        self.assertEqual(self.Seal._seal().event_count, 1)
        self.assertTrue(second)
        self.assertEqual(self.Seal._verify()["findings"], [])

    def test_an_untouched_log_verifies(self):
        self.Seal._seal()
        report = self.Seal._verify()
        self.assertTrue(report["ok"], report)
        self.assertEqual(report["unsealed"], 0)

    def test_every_kind_of_tampering_is_found_and_named(self):
        event_id = self._events(3)[1]
        self.Seal._seal()
        cases = {
            "body": (
                f"UPDATE med_evidence_event SET body = '{{}}' WHERE id = {event_id}",
                "event_changed",
            ),
            "time": (
                f"UPDATE med_evidence_event SET recorded_at = '2020-01-01' WHERE id = {event_id}",
                "event_changed",
            ),
            "author": (
                f"UPDATE med_evidence_event SET user_id = 2, user_name = 'X' WHERE id = {event_id}",
                "event_changed",
            ),
            "kind": (
                f"UPDATE med_evidence_event SET kind = 'y' WHERE id = {event_id}",
                "event_changed",
            ),
            "reason": (
                f"UPDATE med_evidence_event SET reason = 'y' WHERE id = {event_id}",
                "event_changed",
            ),
            "company": (
                f"UPDATE med_evidence_event SET company_id = NULL WHERE id = {event_id}",
                "event_changed",
            ),
            "deletion": (f"DELETE FROM med_evidence_event WHERE id = {event_id}", "event_missing"),
            "leaf": (f"DELETE FROM med_evidence_leaf WHERE event_id = {event_id}", "leaf_missing"),
            "tail": (f"DELETE FROM med_evidence_leaf WHERE event_id >= {event_id}", "events_lost"),
            "seal": (
                "UPDATE med_evidence_seal SET root_hash = 'aa' WHERE id = (SELECT max(id) FROM med_evidence_seal)",
                "root_differs",
            ),
        }
        for name, (query, code) in cases.items():
            with self.subTest(name):
                savepoint = self.env.cr.savepoint()
                self._tamper(query)
                self.assertIn(code, self._codes())
                savepoint.rollback()
                savepoint.close()
                self.env.invalidate_all()
        self.assertEqual(self._codes(), set())

    def test_a_leaf_recomputed_to_fit_a_changed_event_breaks_the_root(self):
        event_id = self._events(3)[1]
        self.Seal._seal()
        self._tamper(f"UPDATE med_evidence_event SET body = '{{}}' WHERE id = {event_id}")
        query = SQL("SELECT %s FROM med_evidence_event e WHERE id = %s", LEAF_COLUMNS, event_id)
        leaf = merkle.leaf_hash(leaf_data(self.env.execute_query(query)[0])).hex()
        self._tamper(f"UPDATE med_evidence_leaf SET leaf_hash = '\\x{leaf}' WHERE event_id = {event_id}")
        self.assertIn("root_differs", self._codes())

    def test_a_guard_that_is_off_is_found(self):
        self.Seal._seal()
        self.env.cr.execute("ALTER TABLE med_evidence_event DISABLE TRIGGER med_evidence_event_refuse_row")
        self.assertIn("guard_off", self._codes())

    def test_the_button_says_it_in_words(self):
        self.Seal._seal()
        action = self.Seal.with_user(self.auditor).action_verify()
        self.assertEqual(action["params"]["type"], "success")
        event_id = self._events(1)[0]
        self.Seal._seal()
        self._tamper(f"UPDATE med_evidence_event SET kind = 'y' WHERE id = {event_id}")
        action = self.Seal.with_user(self.auditor).action_verify()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertIn(str(event_id), action["params"]["message"])
