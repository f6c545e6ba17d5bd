"""Test kit of sealing: a folder of its own for keys and notes, and the forger's tools."""

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from odoo.tools import SQL, config

from .common import EvidenceCase

TABLES = (
    "med_evidence_event",
    "med_evidence_leaf",
    "med_evidence_seal",
    "med_evidence_signature",
    "med_evidence_key",
    "med_evidence_anchor",
    "med_evidence_disposed",
)


class SealCase(EvidenceCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.mkdtemp(prefix="med_evidence_")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        before = config.options.get("med_evidence_dir")
        config._runtime_options["med_evidence_dir"] = folder
        self.addCleanup(config._runtime_options.pop, "med_evidence_dir", before)
        self.Seal = self.env["med.evidence.seal"]
        self.Key = self.env["med.evidence.key"]
        self.folder = Path(folder) / self.env.cr.dbname
        # sealing has a transaction of its own, which in a test is this one
        self.registry_enter_test_mode()
        self.Seal._seal(full=True)

    def _events(self, count, kind="test.seal", **entry):
        return self.env["med.evidence.event"]._record(kind, [{"body": {"n": n}, **entry} for n in range(count)])

    def _old_events(self, count, days=1200, **values):
        """Events of long ago, as if the database's clock had stood there; sealed."""
        columns = {"user_id": 1, "user_name": "x", "company_id": self.env.company.id, "kind": "test.old", "body": "{}"}
        columns |= values
        ids = []
        self.env.cr.execute("ALTER TABLE med_evidence_event DISABLE TRIGGER med_evidence_event_stamp")
        for _n in range(count):
            self.env.cr.execute(
                SQL(
                    "INSERT INTO med_evidence_event (recorded_at, %s)"
                    " VALUES (now() AT TIME ZONE 'UTC' - make_interval(days => %s), %s) RETURNING id",
                    SQL(", ").join(map(SQL.identifier, columns)),
                    days,
                    SQL(", ").join(SQL("%s", value) for value in columns.values()),
                )
            )
            ids.append(self.env.cr.fetchone()[0])
        self.env.cr.execute("ALTER TABLE med_evidence_event ENABLE TRIGGER med_evidence_event_stamp")
        self.Seal._seal(full=True)
        return ids

    def _retention_manager(self):
        """Somebody who answers for retention, in a company in China, and China's two rules signed by him."""
        self.env.company.country_id = self.env.ref("base.cn")
        manager = self._user("retention", "med_evidence.group_med_evidence_manager")
        for name in ("retention_cn", "retention_cn_implants"):
            self.env.ref(f"med_evidence.{name}").with_user(manager)._sign("retention", self.credential)
        return manager

    def _guards(self, state):
        for table in TABLES:
            self.env.cr.execute(SQL("ALTER TABLE %s %s TRIGGER USER", SQL.identifier(table), SQL(state)))

    def _tamper(self, *queries):
        """As the table owner with triggers off, and on again."""
        self.env.flush_all()
        self._guards("DISABLE")
        for query in queries:
            self.env.cr.execute(query)
        self._guards("ENABLE")
        self.env.invalidate_all()

    @contextmanager
    def _undone(self):
        """What happens inside has not happened."""
        self.env.cr.execute("SAVEPOINT forged")
        try:
            yield
        finally:
            self.env.cr.execute("ROLLBACK TO SAVEPOINT forged")
            self.env.invalidate_all(flush=False)

    def _findings(self):
        return self.Seal._verify()["findings"]

    def _codes(self):
        return {finding["code"] for finding in self._findings()}

    def _last(self):
        return self.Seal.search([], limit=1)
