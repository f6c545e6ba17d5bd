from odoo.tests import tagged
from odoo.tools import SQL

from ..lib import merkle
from .common_seal import SealCase


@tagged("post_install", "-at_install")
class TestSeal(SealCase):
    def test_a_seal_covers_the_whole_log(self):
        before = self._last()
        self._events(5)
        self.assertEqual(self.Seal._seal(), 5)
        seal = self._last()
        self.assertEqual(seal.event_count, 5)
        self.assertEqual(seal.tree_size, before.tree_size + 5)
        event = self.env["med.evidence.event"]
        rows = []
        for source, model in event._leaf_sources().items():
            text = model._leaf_text("t")
            query = "SELECT l.leaf_index, %s FROM %s t JOIN med_evidence_leaf l ON l.row_id = t.id AND l.source = %s"
            rows += self.env.execute_query(SQL(query, text, SQL.identifier(model._table), source))
        leaves = [merkle.leaf_hash(text.encode()) for _index, text in sorted(rows)]
        self.assertEqual(seal.root_hash, merkle.root_of(leaves).hex())

    def test_a_leaf_says_every_column_by_name(self):
        event = self.env["med.evidence.event"].browse(self._events(1, reason='试 "1"\n')[0])
        query = SQL("SELECT %s FROM med_evidence_event e WHERE id = %s", event._leaf_text("e"), event.id)
        text = self.env.execute_query(query)[0][0]
        # the database spells no zeros at the end of a fraction of a second
        at = event.recorded_at.isoformat().rstrip("0")
        self.assertTrue(text.startswith('["event",{"body":"{\\"n\\":0}","company_id":'), text)
        self.assertIn(f'"recorded_at":"{at}', text)
        self.assertIn('"reason":"试 \\"1\\"\\n"', text)
        self.assertNotIn("res_model", text)

    def test_nothing_new_makes_no_seal(self):
        self.assertEqual(self.Seal._seal(), 0)

    def test_an_event_that_commits_late_is_sealed_later(self):
        """A long transaction takes its ids early; a younger event is sealed before it."""
        first, _second = self._events(2)
        self._tamper(
            f"CREATE TEMP TABLE late ON COMMIT DROP AS SELECT * FROM med_evidence_event WHERE id = {first}",
            f"DELETE FROM med_evidence_event WHERE id = {first}",
        )
        self.Seal._seal()
        self.env.cr.execute("INSERT INTO med_evidence_event SELECT * FROM late")
        self.assertEqual(self.Seal._seal(), 1)
        self.assertEqual(self._findings(), [])

    def test_an_untouched_log_verifies(self):
        self._events(3)
        report = self.Seal._verify()
        self.assertTrue(report["ok"], report)
        self.assertEqual(report["unsealed"], 3)
        self.Seal._seal()
        progress = []
        report = self.Seal._verify(lambda checked, total: progress.append((checked, total)))
        self.assertTrue(report["ok"], report)
        self.assertEqual(report["unsealed"], 0)
        self.assertEqual(progress[-1], (report["checked"], report["checked"]))

    def test_a_seal_is_signed_by_the_key_and_chained_to_the_one_before(self):
        before = self._last()
        self._events(1)
        self.Seal._seal()
        seal = self._last()
        self.assertEqual(seal.fingerprint, self.Key.search([], limit=1).fingerprint)
        self.assertEqual(len(seal.signature), 128)
        self.assertEqual(seal.previous, before._statements()[before.id][1])
