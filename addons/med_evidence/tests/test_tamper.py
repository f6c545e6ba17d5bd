"""Whatever the owner of the tables does with the triggers off is found, and named."""

import json
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from ..files import keys
from ..files.witness import Witness
from ..lib import merkle
from ..models.med_evidence_seal import statement_hash
from .authority import Authority
from .common_seal import TABLES, SealCase

# For each kind of column a value that differs from the stored one.
OTHER = {
    "int4": "coalesce({0}, 0) + 1000003",
    "int8": "coalesce({0}, 0) + 1000003",
    "text": "coalesce({0}, '') || 'x'",
    "varchar": "coalesce({0}, '') || 'x'",
    "timestamp": "coalesce({0}, '2020-01-01') + interval '1 second'",
    "bytea": "set_byte(coalesce({0}, '\\x01'::bytea), 0, get_byte(coalesce({0}, '\\x00'::bytea), 0) # 1)",
    "bool": "NOT coalesce({0}, false)",
    "jsonb": "coalesce({0}, '{{}}') || '{{\"x\": 1}}'",
    "json": "'{{\"x\": 1}}'",
    "numeric": "coalesce({0}, 0) + 1",
    "float8": "coalesce({0}, 0) + 1",
    "date": "coalesce({0}, '2020-01-01') + 1",
}


@tagged("post_install", "-at_install")
class TestTamper(SealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stamper = Authority()
        cls.addClassCleanup(cls.stamper.stop)

    def setUp(self):
        super().setUp()
        self.event_id = self._events(3, reason="because", record=self.env.company.partner_id)[1]
        self._signature()
        self.Key._rotate("test")
        self.Seal._seal()
        self._more_rows()
        self._events(2)
        self.Seal._seal()
        self.assertEqual(self._findings(), [])

    def _signature(self):
        """A signature row as signing writes it, without a signable model in this addon."""
        snapshot = "{}"
        (event_id,) = self.env["med.evidence.event"]._record(
            "signature",
            [
                {
                    "record": self.env.company.partner_id,
                    "reason": "because",
                    "body": {
                        "meaning": "approved",
                        "auth": "password",
                        "snapshot_sha256": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
                    },
                }
            ],
        )
        event = self.env["med.evidence.event"].browse(event_id)
        self.env["med.evidence.signature"]._append_signature(
            {
                "event_id": event_id,
                "user_id": event.user_id.id,
                "user_name": event.user_name,
                "signed_at": event.recorded_at.replace(microsecond=0),
                "meaning": "approved",
                "reason": event.reason,
                "auth_method": "password",
                "res_model": event.res_model,
                "res_id": event.res_id,
                "res_name": event.res_name,
                "company_id": event.company_id.id,
                "snapshot": snapshot,
                "snapshot_hash": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
            }
        )

    def _more_rows(self):
        """Rows of the tables that other features fill, so that none is tested empty."""
        self.env["med.evidence.authority"].create(
            {"name": "Test authority", "url": self.stamper.url, "certificates": self.stamper.certificates}
        )
        self.env["med.evidence.anchor"]._cron_anchor()
        # three events go after their time: what stays of them is guarded like the rest
        self._old_events(3, days=4000)
        manager = self._retention_manager()
        facts = {"markets": ["cn"], "expiry": None, "implant": False}
        with patch.object(
            type(self.env["med.evidence.event"]), "_retention_facts", lambda events: dict.fromkeys(events.ids, facts)
        ):
            Disposal = self.env["med.evidence.disposal"].with_user(manager)
            Disposal.action_propose()  # another list, to which a line could be moved
            action = Disposal.action_propose()
            disposal = Disposal.browse(action["res_id"])
            disposal._sign("dispose", self.credential)

    def _tables(self):
        tables = {"med_evidence_leaf", "med_evidence_seal"}
        return sorted(tables | {model._table for model in self.env["med.evidence.event"]._leaf_sources().values()})

    def _columns(self, table):
        """Every column with its type and the table it points to, asked of the database."""
        self.env.cr.execute(
            """SELECT a.attname, t.typname, c.confrelid::regclass::text
               FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
               LEFT JOIN pg_constraint c ON c.conrelid = a.attrelid AND c.contype = 'f' AND c.conkey = ARRAY[a.attnum]
               WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum""",
            [table],
        )
        return self.env.cr.fetchall()

    def _change(self, column, kind, target):
        if target:
            # a foreign key lets only existing rows in
            return f"(SELECT o.id FROM {target} o WHERE o.id IS DISTINCT FROM {column} ORDER BY o.id LIMIT 1)"
        return OTHER[kind].format(column)

    def test_the_list_of_tables_is_complete(self):
        self.assertLessEqual(set(self._tables()), {*TABLES})
        for table in self._tables():
            with self.subTest(table):
                self.env.cr.execute(f"SELECT count(*) FROM {table}")
                self.assertGreater(self.env.cr.fetchone()[0], 0, "a table without rows tests nothing")

    def test_any_column_of_any_row_of_any_table(self):
        """Over the columns as the database has them, so that a new one cannot be forgotten; of the
        oldest, the newest and a row between."""
        for table in self._tables():
            order = "leaf_index" if table == "med_evidence_leaf" else "id"
            self.env.cr.execute(f"SELECT ctid::text FROM {table} ORDER BY {order}")
            rows = [row for (row,) in self.env.cr.fetchall()]
            for row in {rows[0], rows[len(rows) // 2], rows[-1]}:
                for column, kind, target in self._columns(table):
                    with self.subTest(f"{table}.{column} of {row}"), self._undone():
                        value = self._change(f"{table}.{column}", kind, target)
                        where = f"ctid = '{row}' AND {table}.{column} IS DISTINCT FROM {value}"
                        self._tamper(f"UPDATE {table} SET {column} = {value} WHERE {where}")
                        self.assertNotEqual(self._findings(), [])

    def test_the_first_bad_event_is_named(self):
        with self._undone():
            self._tamper(f"UPDATE med_evidence_event SET body = '{{}}' WHERE id = {self.event_id}")
            first = self._findings()[0]
            self.assertEqual((first["code"], first["event_id"]), ("event_changed", self.event_id))
        with self._undone():
            self._tamper(f"DELETE FROM med_evidence_event WHERE id = {self.event_id}")
            first = self._findings()[0]
            self.assertEqual((first["code"], first["event_id"]), ("event_missing", self.event_id))

    def test_other_kinds(self):
        event, seal = self.event_id, self._last().id
        size = self._last().tree_size
        swap = (
            "UPDATE med_evidence_event e SET body = o.body, reason = o.reason, kind = o.kind FROM med_evidence_event o"
            f" WHERE (e.id, o.id) IN (({event}, {event + 2}), ({event + 2}, {event}))"
        )
        cases = {
            "deleted leaf": (f"DELETE FROM med_evidence_leaf WHERE row_id = {event}", "leaf_missing"),
            "deleted tail of leaves": (f"DELETE FROM med_evidence_leaf WHERE leaf_index >= {size - 2}", "events_lost"),
            "deleted seal": (f"DELETE FROM med_evidence_seal WHERE id = {seal}", "seal_missing"),
            "deleted first seal": (
                "DELETE FROM med_evidence_seal WHERE id = (SELECT min(id) FROM med_evidence_seal)",
                "seal_chain",
            ),
            "signature taken off": (
                f"UPDATE med_evidence_seal SET signature = NULL, fingerprint = NULL WHERE id = {seal}",
                "seal_unsigned",
            ),
            "swapped events": (swap, "event_changed"),
            "re-dated": (
                f"UPDATE med_evidence_event SET recorded_at = recorded_at - interval '1 day' WHERE id = {event}",
                "event_changed",
            ),
            "inserted leaf": (
                f"INSERT INTO med_evidence_leaf VALUES ({size}, 'event', 999999999, '\\x00')",
                "seal_missing",
            ),
            "deleted signature": ("DELETE FROM med_evidence_signature", "row_missing"),
            "deleted key": ("DELETE FROM med_evidence_key", "seal_changed"),
            "inserted signature": (
                "INSERT INTO med_evidence_signature (event_id, user_id, user_name, signed_at, meaning, auth_method,"
                " res_model, res_id, snapshot, snapshot_hash) SELECT event_id, user_id, user_name, signed_at, meaning,"
                " auth_method, 'x', 7, snapshot, snapshot_hash FROM med_evidence_signature",
                "signature_differs",
            ),
        }
        for name, (query, code) in cases.items():
            with self.subTest(name), self._undone():
                self._tamper(query)
                self.assertIn(code, self._codes())
        self.assertEqual(self._findings(), [])

    def test_an_event_inserted_by_hand_keeps_the_databases_time(self):
        """Whoever inserts with the stamp off can pre-date; the time then runs against the numbers,
        and the seal shows when it came. With the stamp on he cannot."""
        self.env.cr.execute(
            "INSERT INTO med_evidence_event (recorded_at, user_id, user_name, kind, body)"
            " VALUES ('2001-01-01', 1, 'x', 'test', '{}') RETURNING recorded_at > '2020-01-01'"
        )
        self.assertTrue(self.env.cr.fetchone()[0])

    def test_a_leaf_recomputed_to_fit_a_changed_event_breaks_the_root(self):
        self._tamper(f"UPDATE med_evidence_event SET body = '{{}}' WHERE id = {self.event_id}")
        self._refit_leaf()
        self.assertIn("root_differs", self._codes())

    def _refit_leaf(self):
        text = self.env["med.evidence.event"]._leaf_text("e")
        rows = self.env.execute_query(SQL("SELECT %s FROM med_evidence_event e WHERE id = %s", text, self.event_id))
        leaf = merkle.leaf_hash(rows[0][0].encode()).hex()
        self._tamper(
            f"UPDATE med_evidence_leaf SET leaf_hash = '\\x{leaf}' WHERE source = 'event' AND row_id = {self.event_id}"
        )

    def test_a_rebuilt_tree_without_the_key_fits_no_signature(self):
        """The forger rebuilds event, leaf, roots and chain alike: he lacks the private key."""
        self._tamper(f"UPDATE med_evidence_event SET body = '{{}}' WHERE id = {self.event_id}")
        self._refit_leaf()
        self._rebuild_seals()
        codes = self._codes()
        self.assertEqual(codes, {"seal_changed", "anchor_differs"})

    def test_a_rebuilt_tree_without_signatures_differs_from_what_was_noted(self):
        seals = self.Seal.search([], order="tree_size")
        witness = self.Seal._witness()
        for seal in seals:
            note = {"tree_size": seal.tree_size, "hash": seal._statements()[seal.id][1], "sealed_at": "x"}
            witness.note_seal(note)
        self.assertEqual(self._codes(), set())
        self._tamper("UPDATE med_evidence_seal SET signature = NULL, fingerprint = NULL")
        self._rebuild_seals()
        self.assertEqual(self._codes(), {"seal_unsigned", "seal_replaced", "anchor_differs"})

    def _rebuild_seals(self):
        self.env.cr.execute("SELECT leaf_hash FROM med_evidence_leaf ORDER BY leaf_index")
        leaves = [bytes(leaf) for (leaf,) in self.env.cr.fetchall()]
        before = None
        for seal in self.Seal.search([], order="tree_size"):
            frontier = merkle.Frontier().extend(leaves[: seal.tree_size])
            edge = json.dumps([root.hex() for root in frontier.roots], separators=(",", ":"))
            previous = f"'{before}'" if before else "NULL"
            self._tamper(
                f"UPDATE med_evidence_seal SET root_hash = '{frontier.root().hex()}', frontier = '{edge}',"
                f" previous = {previous} WHERE id = {seal.id}"
            )
            text, _hash = seal._statements()[seal.id]
            before = statement_hash(text, seal.signature)

    def test_an_old_backup_in_place_of_the_database(self):
        """Everything fits together in the backup; what was noted outside of it does not."""
        witness = self.Seal._witness()
        with self._undone():
            self._events(2)
            self.Seal._seal()
            seal = self._last()
            size = seal.tree_size
            witness.note_seal({"tree_size": size, "hash": seal._statements()[seal.id][1], "sealed_at": "T"})
            self.assertEqual(self._findings(), [])
        finding = self._findings()[0]
        self.assertEqual((finding["code"], finding["leaf_index"]), ("rolled_back", size - 1))

    def test_the_newest_events_lost_or_changed_before_their_seal(self):
        lost, changed, kept = self._events(3)
        rows = self.env.execute_query(
            SQL(
                "SELECT id, encode(sha256('\\x00'::bytea || convert_to(%s, 'UTF8')), 'hex')"
                " FROM med_evidence_event e WHERE id >= %s",
                self.env["med.evidence.event"]._leaf_text("e"),
                lost,
            )
        )
        self.Seal._witness().note_events("2026010100", rows)
        self.assertEqual(self._findings(), [])
        self._tamper(
            f"DELETE FROM med_evidence_event WHERE id = {lost}",
            f"UPDATE med_evidence_event SET reason = 'x' WHERE id = {changed}",
        )
        found = {(finding["code"], finding["event_id"]) for finding in self._findings()}
        self.assertEqual(found, {("event_lost", lost), ("event_changed", changed)})
        # and a seal made over it hides nothing
        self.Seal._seal()
        found = {(finding["code"], finding["event_id"]) for finding in self._findings()}
        self.assertEqual(found, {("event_lost", lost), ("event_changed", changed)})
        self.assertTrue(kept)

    def test_notes_are_kept_until_their_events_are_sealed_and_verified(self):
        self._events(1)
        rows = self.env.execute_query(
            SQL(
                "SELECT id, encode(sha256('\\x00'::bytea || convert_to(%s, 'UTF8')), 'hex')"
                " FROM med_evidence_event e ORDER BY id DESC LIMIT 1",
                self.env["med.evidence.event"]._leaf_text("e"),
            )
        )
        witness = self.Seal._witness()
        witness.note_events("2026010100", rows)
        self.Seal._verify()
        self.assertEqual(len(witness.event_files()), 1)
        self.Seal._seal()
        self.Seal._verify()
        self.assertEqual(witness.event_files(), [])

    def test_a_guard_that_is_off_or_hollow_is_found(self):
        body = "BEGIN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END"
        for query in (
            "ALTER TABLE med_evidence_event DISABLE TRIGGER med_evidence_event_refuse_row",
            "DROP TRIGGER med_evidence_leaf_refuse_all ON med_evidence_leaf",
            "ALTER TABLE med_evidence_event DISABLE TRIGGER med_evidence_event_stamp",
            f"CREATE OR REPLACE FUNCTION med_evidence_refuse() RETURNS trigger AS $${body}$$ LANGUAGE plpgsql",
        ):
            with self.subTest(query), self._undone():
                self.env.cr.execute(query)
                self.assertIn("guard_off", self._codes())

    def test_another_log_under_this_name_is_found(self):
        self.env["ir.config_parameter"].sudo().set_param("med_evidence.log", "another")
        self.assertIn("seal_changed", self._codes())

    def test_every_finding_has_a_sentence(self):
        codes = [
            "leaf_missing event_missing event_changed event_lost row_missing row_changed root_differs events_lost",
            "seal_missing seal_changed seal_chain seal_replaced seal_unsigned rolled_back signature_differs",
            "key_differs guard_off clock_back anchor_differs",
        ]
        for code in " ".join(codes).split():
            sentence = self.Seal._finding_sentence({"code": code, "event_id": 4711, "leaf_index": 4711})
            self.assertIn(" ", sentence, code)

    def test_the_key_of_another_installation_signs_nothing_here(self):
        foreign = keys.create(self.folder / "foreign")
        seal = self._last()
        text, _hash = seal._statements()[seal.id]
        signature = foreign.sign(text.encode()).hex()
        self._tamper(f"UPDATE med_evidence_seal SET signature = '{signature}' WHERE id = {seal.id}")
        self.assertIn("seal_changed", self._codes())
        self.assertIsInstance(self.Seal._witness(), Witness)
