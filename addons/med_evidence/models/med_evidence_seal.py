import hashlib
import json
import logging
import time
from contextlib import contextmanager
from datetime import datetime, timezone

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib import canonical, merkle

_logger = logging.getLogger(__name__)

BATCH = 1 << 14
# One seal covers at most so many new leaves, so that its transaction stays short.
MAX_LEAVES = 16 * BATCH
# Any constant: it names the lock that keeps two sealers apart.
SEAL_LOCK = 0x6D65645F7365616C
# Clocks further apart than this are recorded.
CLOCK_TOLERANCE = 5
# The columns of a seal that its own signature cannot cover.
UNSIGNED = ("signature",)


class MedEvidenceSeal(models.Model):
    """The signed state of the log: its size and Merkle root at one moment.

    Rows are sealed some minutes after they were written, so the hot path pays nothing. Every
    seal covers the whole log up to its size; appending costs only the new leaves. The signature
    covers every column of the seal and the hash of the seal before.
    """

    _name = "med.evidence.seal"
    _inherit = ["med.evidence.append.only"]
    _description = "Evidence seal"
    _order = "tree_size desc"
    _rec_name = "tree_size"
    # A seal is no leaf: it is signed, and chained to the one before.
    _evidence_sealed = False
    _log_access = False

    sealed_at = fields.Datetime("Sealed at", required=True, readonly=True)
    tree_size = fields.Integer("Entries in the tree", required=True, readonly=True)
    event_count = fields.Integer("Entries added", required=True, readonly=True)
    max_event_id = fields.Integer("Newest event", required=True, readonly=True)
    newest_at = fields.Datetime("Time of the newest event", readonly=True)
    root_hash = fields.Char("Root (RFC 6962, SHA-256)", required=True, readonly=True)
    frontier = fields.Text("Right edge of the tree", required=True, readonly=True)
    log = fields.Char("Log", required=True, readonly=True, help="The identity of this log.")
    previous = fields.Char("Hash of the seal before", readonly=True)
    fingerprint = fields.Char("Signed with the key", readonly=True, help="Empty when the key could not be used.")
    signature = fields.Char("Signature (Ed25519)", readonly=True)

    _tree_size_uniq = models.UniqueIndex("(tree_size)", "Two seals cannot cover the same events.")

    def init(self):
        self.env.cr.execute(
            """
            CREATE TABLE IF NOT EXISTS med_evidence_leaf (
                leaf_index bigint PRIMARY KEY,
                source varchar NOT NULL,
                row_id bigint NOT NULL,
                leaf_hash bytea NOT NULL,
                UNIQUE (row_id, source)
            )
            """
        )
        self._guard_table("med_evidence_leaf")
        super().init()

    @api.model
    def _witness(self):
        return self.env["med.evidence.key"]._witness()

    # Sealing ---------------------------------------------------------------------------

    @api.model
    def _seal(self, full=False):
        """Seal every committed row that is not sealed yet, in a transaction of its own.

        :param bool full: look for late rows in the whole log instead of only among those
            written since the last seal older than a day
        :return: number of rows sealed; 0 as well when another sealer is at work
        """
        self.env.flush_all()
        count = 0
        with self._sealer() as sealer:
            while sealer is not None and (added := sealer._seal_once(full)):
                sealer.env.cr.commit()  # pylint: disable=invalid-commit
                count += added
        return count

    @contextmanager
    def _sealer(self):
        """This model in a cursor of its own that holds the lock; None when another holds it.

        The lock is the session's, and a new transaction begins under it: one that was begun
        before would not see what the sealer before has just committed.
        """
        with self.env.registry.cursor() as cr:
            cr.execute(SQL("SELECT pg_try_advisory_lock(%s)", SEAL_LOCK))
            if not cr.fetchone()[0]:
                yield None
                return
            try:
                cr.commit()  # pylint: disable=invalid-commit
                yield self.with_env(api.Environment(cr, SUPERUSER_ID, {}))
            except BaseException:
                cr.rollback()
                raise
            finally:
                cr.execute(SQL("SELECT pg_advisory_unlock(%s)", SEAL_LOCK))

    def _seal_once(self, full):
        last = self.search([], limit=1)
        private = self._signing_key(last)
        self._record_clock(last)
        frontier, added, newest = self._add_leaves(last, full)
        if not added:
            return 0
        name = self.env["med.evidence.key"].search([], limit=1).fingerprint if private else None
        vals = {
            "sealed_at": fields.Datetime.to_string(fields.Datetime.now()),
            "tree_size": frontier.size,
            "event_count": added,
            "max_event_id": max(last.max_event_id, newest[0]),
            "newest_at": newest[1] and fields.Datetime.to_string(newest[1].replace(microsecond=0)),
            "root_hash": frontier.root().hex(),
            "frontier": canonical.dumps([root.hex() for root in frontier.roots]),
            "log": self.env["med.evidence.key"]._log_id(),
            "previous": last and last._statements()[last.id][1],
            "fingerprint": name,
        }
        self._insert_seal({key: value for key, value in vals.items() if value}, private)
        _logger.info("evidence sealed: %s new rows, %s in the tree", added, frontier.size)
        return added

    def _add_leaves(self, last, full):
        """Hash what has no leaf yet into the tree.

        :return: frontier, number of new leaves, (id, time) of the newest event among them
        """
        frontier, added = last._frontier(), 0
        newest = (0, None)
        for source, model in self._leaf_sources().items():
            text = model._leaf_text("t")
            floor = 0
            if source == "event" and not full:
                day = fields.Datetime.subtract(fields.Datetime.now(), days=1)
                floor = self.search([("sealed_at", "<", day)], limit=1).max_event_id
            while added < MAX_LEAVES:
                # anti-join: a row of a long transaction commits after younger ids were sealed
                rows = self.env.execute_query(
                    SQL(
                        """SELECT t.id, %s FROM %s t
                           LEFT JOIN med_evidence_leaf l ON l.row_id = t.id AND l.source = %s
                           WHERE t.id > %s AND l.row_id IS NULL ORDER BY t.id LIMIT %s""",
                        text,
                        SQL.identifier(model._table),
                        source,
                        floor,
                        min(BATCH, MAX_LEAVES - added),
                    )
                )
                if not rows:
                    break
                hashes = [merkle.leaf_hash(data.encode()) for _row_id, data in rows]
                self.env.cr.execute_values(
                    "INSERT INTO med_evidence_leaf (leaf_index, source, row_id, leaf_hash) VALUES %s",
                    [
                        (index, source, row_id, leaf)
                        for index, ((row_id, _data), leaf) in enumerate(zip(rows, hashes, strict=True), frontier.size)
                    ],
                    page_size=BATCH,
                )
                frontier = frontier.extend(hashes)
                added += len(rows)
                floor = rows[-1][0]
            if source == "event" and added:
                query = SQL("SELECT id, recorded_at FROM med_evidence_event WHERE id = %s", floor)
                newest = self.env.execute_query(query)[0]
        return frontier, added, newest

    def _insert_seal(self, vals, private):
        """Write the row whose every column but the signature is what is signed."""
        (row_id,) = self.env.execute_query(SQL("SELECT nextval(%s)", f"{self._table}_id_seq"))[0]
        row = canonical.dumps({**vals, "id": row_id})
        (statement,) = self.env.execute_query(
            SQL(
                "SELECT %s FROM jsonb_populate_record(NULL::%s, %s::jsonb) s",
                self._leaf_text("s", without=UNSIGNED),
                SQL.identifier(self._table),
                row,
            )
        )[0]
        signature = private.sign(statement.encode()).hex() if private else None
        if signature:
            row = canonical.dumps({**vals, "id": row_id, "signature": signature})
        self.env.cr.execute(
            SQL(
                "INSERT INTO %(table)s SELECT * FROM jsonb_populate_record(NULL::%(table)s, %(row)s::jsonb)",
                table=SQL.identifier(self._table),
                row=row,
            )
        )
        note = {key: vals[key] for key in ("tree_size", "root_hash", "sealed_at")}
        note["hash"] = statement_hash(statement, signature)
        witness = self._witness()
        self.env.cr.postcommit.add(lambda: witness.note_seal(note))

    def _statements(self):
        """{id: (text that is signed, hash of text and signature)} of these seals."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id, signature, %s FROM %s s WHERE id = ANY(%s)",
                self._leaf_text("s", without=UNSIGNED),
                SQL.identifier(self._table),
                self.ids,
            )
        )
        return {row_id: (text, statement_hash(text, signature)) for row_id, signature, text in rows}

    def _frontier(self):
        if not self:
            return merkle.Frontier()
        self.ensure_one()
        return merkle.Frontier(self.tree_size, tuple(bytes.fromhex(r) for r in json.loads(self.frontier)))

    def _signing_key(self, last):
        """The private key; made when there never was one. Without it sealing goes on, because an
        unsigned tree still protects, and the loss is recorded, alarmed and a finding."""
        Key = self.env["med.evidence.key"]
        private, error = Key._private()
        if private is None and error is None:
            try:
                Key._make(self.env._("First key of this log"))
            except OSError as failure:
                _logger.error("evidence: no signing key can be made in %s: %s", Key._folder(), failure)
            private, error = Key._private()
        # recorded once, when it begins: the last seal still had a signature
        if error is not None and last.signature:
            problem = Key._problem_sentence(error)
            self.env["med.evidence.event"]._record("evidence.key_missing", [{"body": {"problem": error.problem}}])
            self.env["med.evidence.verification"]._alarm(
                self.env._("Seals are not signed"),
                self.env._(
                    "Sealing goes on without a signature: %(problem)s. Put the file back from the safe, or make"
                    " a new key under Medical Evidence > Signing keys.",
                    problem=problem,
                ),
            )
            _logger.error("evidence: seals are not signed: %s", error)
        return private

    def _record_clock(self, last):
        """A clock that was set back, or differs between the servers, is evidence of its own."""
        (now,) = self.env.execute_query(SQL("SELECT clock_timestamp() AT TIME ZONE 'UTC'"))[0]
        here = datetime.fromtimestamp(time.time(), timezone.utc).replace(tzinfo=None)
        deviations = []
        ahead = int((here - now).total_seconds())
        if abs(ahead) > CLOCK_TOLERANCE and not self._is_clock_told(now):
            deviations.append({"what": "application", "seconds": ahead})
        if last:
            back = int((max(last.sealed_at, last.newest_at or last.sealed_at) - now).total_seconds())
            if back > CLOCK_TOLERANCE:
                # told once: the next seal carries the time of the clock as it now is
                deviations.append({"what": "set_back", "seconds": back, "tree_size": last.tree_size})
        self.env["med.evidence.event"]._record("clock.deviation", [{"body": body} for body in deviations])

    def _is_clock_told(self, now):
        """Whether the difference between the servers was recorded within a day."""
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT 1 FROM med_evidence_event WHERE kind = 'clock.deviation' AND recorded_at > %s"
                    " AND body::json ->> 'what' = 'application' LIMIT 1",
                    fields.Datetime.subtract(now, days=1),
                )
            )
        )

    @api.model
    def _cron_seal(self):
        self._seal()

    @api.model
    def action_seal_now(self):
        """Seal what has been written so far; auditors do not wait for the next run."""
        self.check_access("read")
        if not self.env.user.has_group("med_evidence.group_med_auditor"):
            raise UserError(self.env._("Only auditors seal by hand; the system does it every ten minutes."))
        # sudo: seals are written by the system only
        count = self.sudo()._seal()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("%(count)s entries sealed.", count=count),
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


def statement_hash(statement, signature):
    """What names one seal for ever: the text that is signed with its signature."""
    return hashlib.sha256(f"{statement}\n{signature or ''}".encode()).hexdigest()
