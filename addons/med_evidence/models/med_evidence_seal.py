import json
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib import canonical, merkle
from .med_evidence_append_only import APPEND

_logger = logging.getLogger(__name__)

BATCH = 10_000
LEAF_VERSION = 1
# Any constant: it names the lock that keeps two sealers apart.
SEAL_LOCK = 0x6D65645F7365616C

# The columns a leaf is made of, in the spelling that is hashed. recorded_at is spelled by
# the database so that its microseconds are kept.
LEAF_COLUMNS = SQL(
    """e.id, to_char(e.recorded_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.user_id, e.user_name, e.company_id,
       e.kind, e.res_model, e.res_id, e.res_name, e.body, e.reason"""
)


def leaf_data(row):
    """The bytes of one event that the tree hashes: every column, canonical JSON."""
    return canonical.dumps([LEAF_VERSION, *row]).encode()


class MedEvidenceSeal(models.Model):
    """The signed-off state of the log: its size and Merkle root at one moment.

    Events are sealed some minutes after they were written, so the hot path pays nothing.
    Every seal covers the whole log up to its size; appending costs only the new leaves.
    """

    _name = "med.evidence.seal"
    _inherit = ["med.evidence.append.only"]
    _description = "Evidence seal"
    _order = "tree_size desc"
    _rec_name = "tree_size"

    sealed_at = fields.Datetime("Sealed at", required=True, readonly=True)
    tree_size = fields.Integer("Events in the tree", required=True, readonly=True)
    event_count = fields.Integer("Events added", required=True, readonly=True)
    max_event_id = fields.Integer("Newest event", required=True, readonly=True)
    root_hash = fields.Char("Root (RFC 6962, SHA-256)", required=True, readonly=True)
    frontier = fields.Text("Right edge of the tree", required=True, readonly=True)

    _tree_size_uniq = models.UniqueIndex("(tree_size)", "Two seals cannot cover the same events.")

    def init(self):
        self.env.cr.execute(
            """
            CREATE TABLE IF NOT EXISTS med_evidence_leaf (
                leaf_index bigint PRIMARY KEY,
                event_id bigint NOT NULL UNIQUE,
                leaf_hash bytea NOT NULL
            )
            """
        )
        self._guard_table("med_evidence_leaf")
        super().init()

    # Sealing ---------------------------------------------------------------------------

    @api.model
    def _seal(self, full=False):
        """Seal all events that are committed and not sealed yet.

        :param bool full: look for late events in the whole log instead of only among those
            written since the last seal older than a day
        :return: the new seal, empty when there was nothing to do or another sealer is at work
        """
        (locked,) = self.env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(%s)", SEAL_LOCK))[0]
        if not locked:
            return self.browse()
        last = self.search([], limit=1)
        frontier = last._frontier()
        floor = 0
        if not full:
            day_old = self.search(
                [("sealed_at", "<", fields.Datetime.subtract(fields.Datetime.now(), days=1))],
                limit=1,
            )
            floor = day_old.max_event_id
        max_id, added = last.max_event_id, 0
        while True:
            # anti-join: an event of a long transaction commits after younger ids were sealed
            rows = self.env.execute_query(
                SQL(
                    """SELECT %s FROM med_evidence_event e
                       LEFT JOIN med_evidence_leaf l ON l.event_id = e.id
                       WHERE e.id > %s AND l.event_id IS NULL ORDER BY e.id LIMIT %s""",
                    LEAF_COLUMNS,
                    floor,
                    BATCH,
                )
            )
            if not rows:
                break
            hashes = [merkle.leaf_hash(leaf_data(row)) for row in rows]
            self.env.cr.execute_values(
                "INSERT INTO med_evidence_leaf (leaf_index, event_id, leaf_hash) VALUES %s",
                [
                    (index, row[0], leaf)
                    for index, (row, leaf) in enumerate(zip(rows, hashes, strict=True), frontier.size)
                ],
                page_size=BATCH,
            )
            frontier = frontier.extend(hashes)
            added += len(rows)
            floor = rows[-1][0]
            max_id = max(max_id, floor)
        if not added:
            return self.browse()
        seal = self.with_context(med_evidence_append=APPEND).create(
            {
                "sealed_at": fields.Datetime.now(),
                "tree_size": frontier.size,
                "event_count": added,
                "max_event_id": max_id,
                "root_hash": frontier.root().hex(),
                "frontier": canonical.dumps([root.hex() for root in frontier.roots]),
            }
        )
        _logger.info("evidence sealed: %s new events, %s in the tree", added, frontier.size)
        return self.browse(seal.id)

    def _frontier(self):
        if not self:
            return merkle.Frontier()
        self.ensure_one()
        return merkle.Frontier(self.tree_size, tuple(bytes.fromhex(r) for r in json.loads(self.frontier)))

    @api.model
    def _cron_seal(self):
        self._seal()

    @api.model
    def _cron_verify(self):
        self._seal(full=True)
        report = self._verify()
        if not report["ok"]:
            _logger.error("evidence does not verify: %s", report["findings"])

    # Verification ----------------------------------------------------------------------

    @api.model
    def _verify(self, progress=None):
        """Recompute the whole log and compare it with every leaf and every seal.

        :param progress: called with (checked, total) after each batch
        :return: dict with ``ok``, ``checked``, ``sealed``, ``unsealed``, ``root`` and
            ``findings``, a list of dicts (``code``, ``event_id``, ``leaf_index``), oldest first
        """
        # pending writes must not be mistaken for missing ones
        self.env.flush_all()
        findings = self._verify_guards()
        seals = {seal.tree_size: seal.root_hash for seal in self.search([], order="tree_size")}
        total = self.env.execute_query(SQL("SELECT count(*) FROM med_evidence_leaf"))[0][0]
        frontier, after = merkle.Frontier(), -1
        while True:
            rows = self.env.execute_query(
                SQL(
                    """SELECT l.leaf_index, l.event_id, l.leaf_hash, %s FROM med_evidence_leaf l
                       LEFT JOIN med_evidence_event e ON e.id = l.event_id
                       WHERE l.leaf_index > %s ORDER BY l.leaf_index LIMIT %s""",
                    LEAF_COLUMNS,
                    after,
                    BATCH,
                )
            )
            if not rows:
                break
            for leaf_index, event_id, stored, *event in rows:
                found = {"event_id": event_id, "leaf_index": leaf_index}
                if leaf_index != after + 1:
                    findings.append({"code": "leaf_missing", "event_id": None, "leaf_index": after + 1})
                after = leaf_index
                computed = merkle.leaf_hash(leaf_data(event)) if event[0] is not None else None
                if computed is None:
                    findings.append({"code": "event_missing", **found})
                elif computed != bytes(stored):
                    findings.append({"code": "event_changed", **found})
                frontier = frontier.extend([computed or bytes(stored)])
                expected = seals.pop(frontier.size, None)
                if expected is not None and expected != frontier.root().hex():
                    findings.append({"code": "root_differs", **found})
            if progress:
                progress(frontier.size, total)
        findings += [{"code": "events_lost", "event_id": None, "leaf_index": size - 1} for size in sorted(seals)]
        findings += self._verify_signatures()
        unsealed = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM med_evidence_event e"
                " WHERE NOT EXISTS (SELECT 1 FROM med_evidence_leaf l WHERE l.event_id = e.id)"
            )
        )[0][0]
        return {
            "ok": not findings,
            "checked": frontier.size,
            "sealed": frontier.size,
            "unsealed": unsealed,
            "root": frontier.root().hex(),
            "findings": findings,
        }

    @api.model
    def _verify_guards(self):
        """The triggers that refuse changes must be there and switched on."""
        tables = [
            "med_evidence_event",
            "med_evidence_leaf",
            "med_evidence_seal",
            "med_evidence_signature",
        ]
        rows = self.env.execute_query(
            SQL(
                """SELECT tgrelid::regclass::text FROM pg_trigger
                   WHERE tgname LIKE '%%_refuse_%%' AND tgenabled IN ('O', 'A')
                     AND tgrelid = ANY(%s::regclass[])""",
                tables,
            )
        )
        guarded = [table for (table,) in rows]
        return [
            {"code": "guard_off", "event_id": None, "leaf_index": None, "table": table}
            for table in tables
            if guarded.count(table) != 2
        ]

    @api.model
    def _verify_signatures(self):
        """Each signature row must repeat its event, and each signing event must have its row."""
        rows = self.env.execute_query(
            SQL(
                """SELECT coalesce(s.event_id, e.id)
                   FROM med_evidence_signature s
                   FULL JOIN (SELECT * FROM med_evidence_event WHERE kind = 'signature') e ON e.id = s.event_id
                   WHERE e.id IS NULL OR s.id IS NULL
                      OR s.user_id != e.user_id OR s.user_name != e.user_name
                      OR s.res_model != e.res_model OR s.res_id != e.res_id
                      OR s.reason IS DISTINCT FROM e.reason
                      OR s.signed_at != date_trunc('second', e.recorded_at)
                      OR s.meaning != e.body::json ->> 'meaning'
                      OR s.auth_method != e.body::json ->> 'auth'
                      OR s.snapshot_hash != e.body::json ->> 'snapshot_sha256'
                      OR encode(sha256(convert_to(s.snapshot, 'UTF8')), 'hex') != s.snapshot_hash
                   ORDER BY 1"""
            )
        )
        return [{"code": "signature_differs", "event_id": event_id, "leaf_index": None} for (event_id,) in rows]

    @api.model
    def action_verify(self):
        """The button: verify now and say the result in words."""
        self.check_access("read")
        # sudo: the check reads every event, whatever the reader's companies are
        report = self.sudo()._verify()
        if report["ok"]:
            message = self.env._(
                "%(count)s sealed events verified. Nothing was changed, nothing is missing.",
                count=report["checked"],
            )
        else:
            first = report["findings"][0]
            message = self.env._(
                "The evidence does not verify: %(count)s findings. The first: %(finding)s. Do not use the system"
                " for release until quality and IT have looked at it.",
                count=len(report["findings"]),
                finding=self._finding_sentence(first),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "success" if report["ok"] else "danger",
                "sticky": not report["ok"],
            },
        }

    def _finding_sentence(self, finding):
        sentences = {
            "leaf_missing": self.env._("leaf %(leaf)s is missing from the tree", leaf=finding["leaf_index"]),
            "event_missing": self.env._("event %(event)s was deleted", event=finding["event_id"]),
            "event_changed": self.env._("event %(event)s was changed", event=finding["event_id"]),
            "root_differs": self.env._(
                "the seal after event %(event)s does not fit its events", event=finding["event_id"]
            ),
            "events_lost": self.env._("the newest sealed events are gone (leaf %(leaf)s)", leaf=finding["leaf_index"]),
            "signature_differs": self.env._("the signature of event %(event)s was changed", event=finding["event_id"]),
            "guard_off": self.env._("the database guard of %(table)s is off", table=finding.get("table")),
        }
        return sentences[finding["code"]]

    @api.model
    def action_seal_now(self):
        """Seal what has been written so far; auditors do not wait for the next run."""
        self.check_access("read")
        if not self.env.user.has_group("med_evidence.group_med_auditor"):
            raise UserError(self.env._("Only auditors seal by hand; the system does it every ten minutes."))
        # sudo: seals are written by the system only
        seal = self.sudo()._seal()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("%(count)s events sealed.", count=seal.event_count),
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
