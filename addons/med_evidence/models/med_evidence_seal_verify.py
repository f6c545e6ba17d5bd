import base64
import hashlib
import json
import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..files import keys
from ..lib import canonical, merkle
from .med_evidence_append_only import REFUSE_BODY
from .med_evidence_event import STAMP_BODY
from .med_evidence_seal import BATCH, UNSIGNED, statement_hash

# So many findings are told one by one; all are counted.
TOLD = 1000
SEALS_AT_ONCE = 500


class Findings:
    """The first findings and the number of all, whatever a forger left behind."""

    def __init__(self):
        self.told = []
        self.count = 0
        self._seen = set()

    def add(self, code, *, event_id=None, leaf_index=None, **more):
        # a file of notes and a leaf may say the same of one event
        key = (code, event_id, leaf_index if event_id is None else None, more.get("source"), more.get("detail"))
        if key in self._seen:
            return
        self.count += 1
        if len(self.told) < TOLD:
            self._seen.add(key)
            self.told.append({"code": code, "event_id": event_id, "leaf_index": leaf_index, **more})


class MedEvidenceSealVerify(models.Model):
    _inherit = "med.evidence.seal"

    file = fields.Binary("Seal as a file", compute="_compute_file")

    def _compute_file(self):
        for seal in self:
            seal.file = base64.b64encode(seal._seal_file().encode())

    @api.model
    def _verify(self, progress=None):
        """Recompute the whole log and compare it with every leaf, every seal, and what was noted
        outside of the database. Memory does not grow with the log.

        :param progress: called with (checked, total) after each batch
        :return: dict with ``ok``, ``checked``, ``sealed``, ``unsealed``, ``root``, ``count`` (of
            findings), ``findings``, a list of dicts (``code``, ``event_id``, ``leaf_index`` and
            what the code needs), and ``notes`` of the same form, which are no tampering
        """
        # pending writes must not be mistaken for missing ones
        self.env.flush_all()
        findings, notes = Findings(), Findings()
        self._verify_guards(findings)
        publics, of_keys = self.env["med.evidence.key"]._verify_keys()
        for finding in of_keys:
            findings.add(**finding)
        frontier = self._verify_tree(publics, findings, notes, progress or (lambda checked, total: None))
        self._verify_signatures(findings)
        unsealed = self._verify_unsealed(findings)
        self._verify_witness(findings)
        self._verify_more(findings, notes)
        return {
            "ok": not findings.count,
            "checked": frontier.size,
            "sealed": frontier.size,
            "unsealed": unsealed,
            "root": frontier.root().hex(),
            "count": findings.count,
            "findings": findings.told,
            "notes": notes.told,
        }

    def _verify_more(self, findings, notes):
        """For other files and addons: compare what else is on record with its evidence."""

    @api.model
    def action_verify(self):
        """The button on the list of seals."""
        return self.env["med.evidence.verification"].action_start()

    @api.model
    def _cron_verify(self):
        """Scheduled actions of installations before 19.0.1.1.0 call it here."""
        self.env["med.evidence.verification"]._cron_verify()

    # The tree --------------------------------------------------------------------------

    def _verify_tree(self, publics, findings, notes, progress):
        """Every leaf from its row, every root from its leaves, every seal from its roots."""
        total, last = self.env.execute_query(SQL("SELECT count(*), max(leaf_index) FROM med_evidence_leaf"))[0]
        frontier, chain, seals = merkle.Frontier(), None, self._seals_in_order()
        seal = next(seals, None)
        query = self._leaf_query()
        while frontier.size <= (-1 if last is None else last):
            stop = frontier.size + BATCH
            if seal is not None:
                stop = min(stop, max(seal["tree_size"], frontier.size + 1))
            frontier = frontier.extend(self._leaves(query, frontier.size, min(stop, last + 1), findings))
            while seal is not None and seal["tree_size"] <= frontier.size:
                self._verify_seal(seal, chain, frontier, publics, findings, notes)
                chain, seal = seal, next(seals, None)
            if frontier.size % BATCH == 0 or frontier.size > last:
                progress(frontier.size, total)
        while seal is not None:
            findings.add("events_lost", leaf_index=seal["tree_size"] - 1)
            chain, seal = seal, next(seals, None)
        sealed = chain["tree_size"] if chain else 0
        if frontier.size > sealed:
            # seals are gone, or somebody added leaves by hand
            findings.add("seal_missing", leaf_index=sealed)
        if chain and not chain["signature"]:
            findings.add("seal_unsigned", leaf_index=chain["tree_size"] - 1)
        return frontier

    def _leaf_query(self):
        """SQL of stored hash and text of the row, for the leaves from one number up to another."""
        joins, cases = [], []
        for position, (source, model) in enumerate(self._leaf_sources().items()):
            alias = f"t{position}"
            joins.append(
                SQL(
                    "LEFT JOIN %s %s ON l.source = %s AND %s = l.row_id",
                    SQL.identifier(model._table),
                    SQL.identifier(alias),
                    source,
                    SQL.identifier(alias, "id"),
                )
            )
            present = SQL("%s IS NOT NULL", SQL.identifier(alias, "id"))
            cases.append(SQL("WHEN l.source = %s AND %s THEN %s", source, present, model._leaf_text(alias)))
        return lambda start, stop: SQL(
            "SELECT l.leaf_index, l.leaf_hash, CASE %s END, l.source, l.row_id FROM med_evidence_leaf l %s"
            " WHERE l.leaf_index >= %s AND l.leaf_index < %s ORDER BY l.leaf_index",
            SQL(" ").join(cases),
            SQL(" ").join(joins),
            start,
            stop,
        )

    def _leaves(self, query, start, stop, findings):
        """The recomputed hashes of the leaves from ``start`` to ``stop``."""
        self.env.cr.execute(query(start, stop))
        rows = self.env.cr.fetchall()
        sha256 = hashlib.sha256
        if len(rows) == stop - start:
            try:
                hashes = [sha256(b"\x00" + row[2].encode()).digest() for row in rows]
            except AttributeError:
                hashes = []  # a row is gone
            if b"".join(hashes) == b"".join([row[1] for row in rows]):
                return hashes
        # something is wrong: look at them one by one
        by_index = {row[0]: row[1:] for row in rows}
        gone = self._disposed([row[4] for row in rows if row[2] is None and row[3] == "event"])
        hashes = []
        for index in range(start, stop):
            if index not in by_index:
                findings.add("leaf_missing", leaf_index=index)
                hashes.append(merkle.EMPTY_ROOT)
                continue
            stored, text, source, row_id = by_index[index]
            computed = merkle.leaf_hash(text.encode()) if text is not None else None
            where = {"leaf_index": index, "event_id": row_id if source == "event" else None}
            if source != "event":
                where |= {"source": source, "row_id": row_id}
            kind = "event" if source == "event" else "row"
            if computed is None:
                if source != "event" or row_id not in gone:
                    findings.add(f"{kind}_missing", **where)
            elif computed != bytes(stored):
                findings.add(f"{kind}_changed", **where)
            hashes.append(computed or bytes(stored))
        return hashes

    def _disposed(self, event_ids):
        """Which of these events were deleted by a signed rule of retention: their leaves stay."""
        return set()

    # Seals -----------------------------------------------------------------------------

    def _seals_in_order(self):
        """Every seal as a dict of its columns, with ``statement`` and ``hash``, smallest tree first."""
        columns = self._leaf_columns()
        after = (-1, -1)
        while True:
            self.env.cr.execute(
                SQL(
                    "SELECT %s, %s AS statement FROM med_evidence_seal s WHERE (tree_size, id) > %s"
                    " ORDER BY tree_size, id LIMIT %s",
                    SQL(", ").join(SQL.identifier("s", name) for name in columns),
                    self._leaf_text("s", without=UNSIGNED, columns=columns),
                    after,
                    SEALS_AT_ONCE,
                )
            )
            rows = self.env.cr.dictfetchall()
            for row in rows:
                row["hash"] = statement_hash(row["statement"], row["signature"])
                yield row
            if len(rows) < SEALS_AT_ONCE:
                return
            after = (rows[-1]["tree_size"], rows[-1]["id"])

    def _verify_seal(self, seal, before, frontier, publics, findings, notes):
        """One seal against the leaves up to it, the seal before, and its own signature."""
        where = {"leaf_index": seal["tree_size"] - 1, "seal_id": seal["id"]}
        edge = [root.hex() for root in frontier.roots]
        if seal["tree_size"] != frontier.size or seal["root_hash"] != frontier.root().hex():
            findings.add("root_differs", **where)
        elif (
            seal["frontier"] != str(edge).replace("'", '"').replace(" ", "")
            or seal["event_count"] != seal["tree_size"] - (before["tree_size"] if before else 0)
            or seal["log"] != self.env["med.evidence.key"]._log_id()
        ):
            findings.add("seal_changed", **where)
        if (seal["previous"] or None) != (before["hash"] if before else None):
            findings.add("seal_chain", **where)
        if seal["fingerprint"] or seal["signature"]:
            public = publics.get(seal["fingerprint"], b"")
            signature = seal["signature"] or ""
            is_hex = re.fullmatch(r"[0-9a-f]{128}", signature) is not None
            if not is_hex or not keys.is_signed(public, bytes.fromhex(signature), seal["statement"].encode()):
                findings.add("seal_changed", **where)
        if before and seal["sealed_at"] < before["sealed_at"]:
            notes.add("clock_back", **where)

    # What is not in the tree -----------------------------------------------------------

    def _verify_guards(self, findings):
        """The triggers that refuse changes must be there, switched on, and call what they should."""
        tables = ["med_evidence_leaf", "med_evidence_seal"]
        tables += [model._table for model in self._leaf_sources().values()]
        rows = self.env.execute_query(
            SQL(
                """SELECT t.tgrelid::regclass::text FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                   WHERE t.tgname LIKE '%%_refuse_%%' AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL
                     AND p.proname = 'med_evidence_refuse' AND p.prosrc = %s
                     AND t.tgrelid = ANY(%s::regclass[])""",
                REFUSE_BODY,
                tables,
            )
        )
        guarded = [table for (table,) in rows]
        for table in tables:
            if guarded.count(table) != 2:
                findings.add("guard_off", table=table, detail=table)
        stamp = self.env.execute_query(
            SQL(
                """SELECT 1 FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                   WHERE t.tgname = 'med_evidence_event_stamp' AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL
                     AND p.prosrc = %s AND t.tgrelid = 'med_evidence_event'::regclass""",
                STAMP_BODY,
            )
        )
        if not stamp:
            findings.add("guard_off", table="med_evidence_event", detail="stamp")

    def _verify_signatures(self, findings):
        """Each signature row must repeat its event, and each signing event must have its row; so
        a signature is protected before its first seal as well."""
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
                   ORDER BY 1 LIMIT %s""",
                TOLD,
            )
        )
        disposed = self._disposed([event_id for (event_id,) in rows])
        for (event_id,) in rows:
            if event_id not in disposed:
                findings.add("signature_differs", event_id=event_id)

    def _verify_unsealed(self, findings):
        """Events that wait for their seal; not one may be older than the log's newest seal by days."""
        return self.env.execute_query(
            SQL(
                "SELECT count(*) FROM med_evidence_event e WHERE NOT EXISTS"
                " (SELECT 1 FROM med_evidence_leaf l WHERE l.row_id = e.id AND l.source = 'event')"
            )
        )[0][0]

    # What was noted outside of the database --------------------------------------------

    def _verify_witness(self, findings):
        witness = self._witness()
        self._verify_noted_seals(witness, findings)
        current = self.env.execute_query(
            SQL("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC' - interval '2 hours', 'YYYYMMDDHH24')")
        )[0][0]
        for path in witness.event_files():
            good, chunk = True, []
            for entry in witness.events(path):
                chunk.append(entry)
                if len(chunk) == BATCH:
                    good &= self._verify_noted_events(chunk, findings)
                    chunk = []
            good &= self._verify_noted_events(chunk, findings)
            # Everything in it is sealed as it was noted, and nobody writes into it any more.
            if good and path.stem.rpartition("-")[2] < current:
                path.unlink(missing_ok=True)

    def _verify_noted_events(self, entries, findings):
        """Whether all of these are in the database as they were noted, and sealed."""
        if not entries:
            return True
        text = self._leaf_sources()["event"]._leaf_text("e")
        rows = self.env.execute_query(
            SQL(
                """SELECT e.id, encode(sha256('\\x00'::bytea || convert_to(%s, 'UTF8')), 'hex'), l.row_id IS NOT NULL
                   FROM med_evidence_event e
                   LEFT JOIN med_evidence_leaf l ON l.row_id = e.id AND l.source = 'event'
                   WHERE e.id = ANY(%s)""",
                text,
                [event_id for event_id, _digest in entries],
            )
        )
        present = {row_id: (digest, sealed) for row_id, digest, sealed in rows}
        missing = [event_id for event_id, _digest in entries if event_id not in present]
        disposed = self._disposed(missing)
        for event_id in missing:
            if event_id not in disposed:
                findings.add("event_lost", event_id=event_id)
        changed = [event_id for event_id, digest in entries if present.get(event_id, (digest,))[0] != digest]
        for event_id in changed:
            findings.add("event_changed", event_id=event_id)
        return not changed and disposed.issuperset(missing) and all(sealed for _digest, sealed in present.values())

    def _verify_noted_seals(self, witness, findings):
        """Every seal that was ever noted must still be there, the very same."""
        chunk = []
        for note in witness.seals():
            chunk.append(note)
            if len(chunk) == SEALS_AT_ONCE:
                self._compare_noted_seals(chunk, findings)
                chunk = []
        self._compare_noted_seals(chunk, findings)

    def _compare_noted_seals(self, notes, findings):
        sizes = [note.get("tree_size") for note in notes]
        seals = self.search([("tree_size", "in", sizes)])
        hashes = {seal.tree_size: pair[1] for seal in seals for pair in [seal._statements()[seal.id]]}
        for note in notes:
            size = note.get("tree_size")
            if size not in hashes:
                findings.add("rolled_back", leaf_index=size - 1, detail=note.get("sealed_at"))
            elif hashes[size] != note.get("hash"):
                findings.add("seal_replaced", leaf_index=size - 1)

    # What was kept elsewhere -----------------------------------------------------------

    def _seal_file(self):
        """This seal for keeping elsewhere: what is signed, its signature and the public key, as JSON."""
        self.ensure_one()
        key = self.env["med.evidence.key"].search([("fingerprint", "=", self.fingerprint)], limit=1)
        return canonical.dumps(
            {
                "format": "med-evidence-seal/2",
                "statement": self._statements()[self.id][0],
                "signature": self.signature or None,
                "public_key": key.public_key or None,
            }
        )

    def action_download(self):
        """Download the seal, to be kept where nobody who can change the database can change it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/med.evidence.seal/{self.id}/file/seal-{self.tree_size}.json?download=true",
            "target": "download",
        }

    def _verify_kept_seal(self, text):
        """Findings about a seal that was kept elsewhere: the log must still begin with its tree."""
        kept = json.loads(json.loads(text)["statement"])[1]
        frontier = merkle.Frontier()
        while frontier.size < kept["tree_size"]:
            rows = self.env.execute_query(
                SQL(
                    "SELECT leaf_hash FROM med_evidence_leaf WHERE leaf_index >= %s AND leaf_index < %s"
                    " ORDER BY leaf_index",
                    frontier.size,
                    min(kept["tree_size"], frontier.size + BATCH),
                )
            )
            if not rows:
                return [{"code": "rolled_back", "leaf_index": frontier.size, "detail": kept["sealed_at"]}]
            frontier = frontier.extend([bytes(leaf) for (leaf,) in rows])
        if frontier.root().hex() != kept["root_hash"]:
            return [{"code": "seal_replaced", "leaf_index": kept["tree_size"] - 1}]
        return []

    @api.model
    def _accept_restore(self, reason):
        """After a backup was restored on purpose: what is gone becomes evidence, and the notes
        outside of the database begin anew (the old ones are kept under another name).

        :raises UserError: without a reason
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why an older state of the database was restored."))
        witness, findings = self._witness(), Findings()
        self._verify_witness(findings)
        lost = [finding for finding in findings.told if finding["code"] in ("rolled_back", "event_lost")]
        (stamp,) = self.env.execute_query(SQL("SELECT to_char(clock_timestamp(), 'YYYYMMDDHH24MISS')"))[0]
        self.env["med.evidence.event"]._record(
            "evidence.restored", [{"reason": reason.strip(), "body": {"lost": lost, "count": len(lost)}}]
        )
        self.env.cr.postcommit.add(lambda: witness.set_aside(f"before-{stamp}"))

    # In words --------------------------------------------------------------------------

    def _finding_sentence(self, finding):
        _ = self.env._
        event, leaf, detail = finding.get("event_id"), finding.get("leaf_index"), finding.get("detail")
        row = {"table": finding.get("source"), "row": finding.get("row_id")}
        sentences = {
            "leaf_missing": _("leaf %(leaf)s is missing from the tree", leaf=leaf),
            "event_missing": _("event %(event)s was deleted", event=event),
            "event_changed": _("event %(event)s was changed", event=event),
            "event_lost": _("event %(event)s was written and is gone, before or after its seal", event=event),
            "row_missing": _("row %(row)s of “%(table)s” was deleted", **row),
            "row_changed": _("row %(row)s of “%(table)s” was changed", **row),
            "root_differs": _("the seal that ends with leaf %(leaf)s does not fit its events", leaf=leaf),
            "events_lost": _("the newest sealed events are gone (leaf %(leaf)s)", leaf=leaf),
            "seal_missing": _("there are leaves that no seal covers (from leaf %(leaf)s)", leaf=leaf),
            "seal_changed": _("the seal that ends with leaf %(leaf)s was changed", leaf=leaf),
            "seal_chain": _("the seal before the one that ends with leaf %(leaf)s was changed or deleted", leaf=leaf),
            "seal_replaced": _("the seal that ends with leaf %(leaf)s is not the one that was made", leaf=leaf),
            "seal_unsigned": _("the newest seal has no signature: the signing key cannot be used", leaf=leaf),
            "rolled_back": _(
                "a seal of %(time)s is gone: an older state of the database was put in its place", time=detail
            ),
            "signature_differs": _("the signature of event %(event)s was changed", event=event),
            "key_differs": _("the signing key %(key)s was changed", key=(detail or "")[:16]),
            "guard_off": _("the database guard of %(table)s is off", table=finding.get("table")),
            "clock_back": _("the clock was set back before the seal that ends with leaf %(leaf)s", leaf=leaf),
        }
        return sentences.get(finding["code"]) or self._finding_sentence_more(finding)

    def _finding_sentence_more(self, finding):
        """The sentence of a finding of ``_verify_more``."""
        return finding["code"]
