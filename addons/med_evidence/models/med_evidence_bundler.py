import hashlib
import io
import json
import zipfile

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import file_open

from ..bundle_pdf import render_pdf
from ..bundle_xlsx import render_xlsx
from ..files import verify_bundle
from ..lib import canonical, merkle

# More make a file nobody reads; the sentence says how to narrow it.
MAX_ENTRIES = 50_000
LEAVES_AT_ONCE = 1 << 16


class MedEvidenceBundler(models.AbstractModel):
    """Makes a bundle: events and signatures with their proofs, in a form that is checked without us.

    It is given a domain of events and what to say about it, and knows nothing of lots or deliveries.
    """

    _name = "med.evidence.bundler"
    _description = "Maker of evidence bundles"

    @api.model
    def _bundle(self, domain, facts, with_files=False):
        """Seal, then collect what the domain selects and the user may read.

        :param Domain domain: of ``med.evidence.event``
        :param dict facts: what the bundle says of itself: ``title`` and ``selection``, a list of
            [label, value] in the reader's language
        :return: (dict of the payload, bytes of the bundle, {sha256: bytes} of the attached files)
        :raises UserError: nothing selected, too much selected, or nothing sealed
        """
        events = self.env["med.evidence.event"].search(domain, order="id", limit=MAX_ENTRIES + 1)
        disposed = self._disposed_of(domain)
        if not events and not disposed:
            raise UserError(self.env._("There are no events of this selection. Choose another one, or other days."))
        if len(events) + len(disposed) > MAX_ENTRIES:
            raise UserError(
                self.env._("This selection has more than %(max)s events. Choose fewer days.", max=MAX_ENTRIES)
            )
        seal = self._seal_over(events)
        entries, unsealed = self._entries(events, seal, disposed)
        earlier = self._earlier_seals(seal)
        builder = self._proofs(seal, [entry["index"] for entry in entries], [s["size"] for s in earlier])
        for entry in entries:
            entry["proof"] = [step.hex() for step in builder.inclusion(entry["index"])]
        for other in earlier:
            other["proof"] = [step.hex() for step in builder.consistency(other.pop("size"))]
        attachments, files = self._attachments(events, with_files)
        # sudo: public halves of keys, and the private one that signs what this user may read
        Key = self.env["med.evidence.key"].sudo()
        private, _error = Key._private()
        newest = Key.search([], limit=1)
        payload = {
            "format": verify_bundle.FORMAT,
            **facts,
            "log": Key._log_id(),
            "made_at": self.env.execute_query(
                SQL("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
            )[0][0],
            "made_by": self.env.user.name,
            "seal": self._seal_facts(seal),
            "earlier_seals": earlier,
            "anchors": self._anchor_facts(seal),
            "keys": {key.fingerprint: key.public_key for key in Key.search([])},
            "signed_with": newest.fingerprint if private else None,
            "entries": entries,
            "attachments": attachments,
            "left_out": [
                *self._left_out_disposed(disposed),
                *self._left_out(domain, events, entries, unsealed, seal, attachments, with_files),
            ],
        }
        sha256 = hashlib.sha256(canonical.dumps(payload).encode()).hexdigest()
        message = f"{verify_bundle.FORMAT}\n{sha256}".encode()
        signature = private.sign(message).hex() if private else None
        raw = canonical.dumps({"payload": payload, "sha256": sha256, "signature": signature}).encode()
        # What is handed to an auditor must verify: checked by the very file that travels with it.
        verify_bundle.verify(raw)
        return payload, raw, files

    def _seal_over(self, events):
        """The newest seal, in a state in which it covers everything committed."""
        # sudo: seals are read by auditors only, bundles may be made by others above
        seal = self.env["med.evidence.seal"].sudo().search([], limit=1)
        if not seal:
            raise UserError(self.env._("Nothing is sealed yet. Seal first: Medical Evidence > Seals > Seal now."))
        return seal

    def _seal_facts(self, seal):
        return {"statement": seal._statements()[seal.id][0], "signature": seal.signature or None}

    def _earlier_seals(self, seal):
        """Seals that others have seen: with a consistency proof each shows that the log only grew."""
        # of an anchored one an outsider knows as well
        witnessed = seal.browse()
        anchor = self._anchor_of(seal)
        if anchor and anchor.tree_size < seal.tree_size:
            witnessed = seal.search([("tree_size", "=", anchor.tree_size)])
        first = seal.search([("tree_size", "<", seal.tree_size)], order="tree_size", limit=1)
        return [
            {**self._seal_facts(other), "size": other.tree_size} for other in (first | witnessed).sorted("tree_size")
        ]

    def _anchor_of(self, seal):
        """The newest time stamp over this seal or one before it."""
        # sudo: see _seal_over
        anchors = self.env["med.evidence.anchor"].sudo()
        return anchors.search([("tree_size", "<=", seal.tree_size)], order="tree_size desc, id desc", limit=1)

    def _anchor_facts(self, seal):
        names = ("tree_size", "seal_hash", "authority", "url", "token")
        return [
            {**{name: anchor[name] for name in names}, "stamped_at": anchor.stamped_at.isoformat()}
            for anchor in self._anchor_of(seal)
        ]

    def _entries(self, events, seal, disposed):
        """The leaves of the events, of their signatures, of all keys, and of what stays of events
        that were disposed of, with the signatures under their disposal.

        :return: (list of dicts with ``index`` and ``leaf``, number of selected events without a leaf yet)
        """
        # sudo: signatures of events the user may read; their leaves hold nothing more than these
        signatures = (
            self.env["med.evidence.signature"]
            .sudo()
            .search(
                Domain("event_id", "in", events.ids)
                | Domain("res_model", "=", "med.evidence.disposal") & Domain("res_id", "in", disposed.disposal_id.ids)
            )
        )
        keys = self.env["med.evidence.key"].sudo().search([])
        entries = []
        for source, records in (("event", events), ("signature", signatures), ("key", keys), ("disposed", disposed)):
            entries += [
                {"index": index, "leaf": text}
                for index, text in self.env.execute_query(
                    SQL(
                        """SELECT l.leaf_index, %s FROM %s t
                           JOIN med_evidence_leaf l ON l.row_id = t.id AND l.source = %s
                           WHERE t.id = ANY(%s) AND l.leaf_index < %s ORDER BY l.leaf_index""",
                        records._leaf_text("t"),
                        SQL.identifier(records._table),
                        source,
                        records.ids,
                        seal.tree_size,
                    )
                )
            ]
        sealed = sum(entry["leaf"].startswith('["event",') for entry in entries)
        if not sealed and not disposed:
            raise UserError(
                self.env._("The selected events are not sealed yet. Seal first: Medical Evidence > Seals > Seal now.")
            )
        return sorted(entries, key=lambda entry: entry["index"]), len(events) - sealed

    def _proofs(self, seal, indexes, sizes):
        """All proofs from one pass over the leaves of the sealed tree."""
        builder = merkle.ProofBuilder(seal.tree_size)
        for index in indexes:
            builder.want_inclusion(index)
        for size in sizes:
            builder.want_consistency(size)
        for start in range(0, seal.tree_size, LEAVES_AT_ONCE):
            rows = self.env.execute_query(
                SQL(
                    "SELECT leaf_hash FROM med_evidence_leaf WHERE leaf_index >= %s AND leaf_index < %s"
                    " ORDER BY leaf_index",
                    start,
                    min(start + LEAVES_AT_ONCE, seal.tree_size),
                )
            )
            builder.feed([bytes(leaf) for (leaf,) in rows])
        return builder

    def _attachments(self, events, with_files):
        facts, files = self.env["med.evidence.seal"]._newest_files(events), {}
        if with_files:
            wanted = {fact["attachment"]: fact["sha256"] for fact in facts}
            for attachment in self.env["ir.attachment"].search([("id", "in", list(wanted))]):
                raw = attachment.raw or b""
                if hashlib.sha256(raw).hexdigest() == wanted[attachment.id]:
                    files[wanted[attachment.id]] = raw
        names = ("name", "mimetype", "size", "sha256", "event_id")
        return [
            {**{name: fact.get(name) for name in names}, "enclosed": fact["sha256"] in files} for fact in facts
        ], files

    def _disposed_of(self, domain):
        """What stays of the events of this selection that were disposed of."""
        Disposed = self.env["med.evidence.disposed"]
        if any(condition.field_expr not in Disposed._fields for condition in Domain(domain).iter_conditions()):
            return Disposed  # it asks for what does not stay
        return Disposed.search(domain, limit=MAX_ENTRIES + 1)

    def _left_out_disposed(self, disposed):
        if not disposed:
            return []
        return [
            self.env._(
                "%(count)s events of this selection were deleted after their time (%(disposals)s). Their numbers and"
                " hashes are here, and the signature by which they went; what they said is not.",
                count=len(disposed),
                # sudo: its name and day are told to whoever may see what stays
                disposals=", ".join(disposed.disposal_id.sudo().mapped("name")),
            )
        ]

    def _left_out(self, domain, events, entries, unsealed, seal, attachments, with_files):
        """What a reader must not believe to be here."""
        _ = self.env._
        sentences = [
            _(
                "The log has %(all)s entries at this seal; %(shown)s of them are shown, the others are present only"
                " as hashes.",
                all=seal.tree_size,
                shown=len(entries),
            )
        ]
        # sudo: how many there are is told, what they say is not
        hidden = self.env["med.evidence.event"].sudo().search_count(domain) - len(events)
        if hidden > 0:
            sentences.append(
                _(
                    "%(count)s events of this selection belong to companies that %(user)s may not read.",
                    count=hidden,
                    user=self.env.user.name,
                )
            )
        if unsealed:
            sentences.append(
                _("%(count)s events of this selection are not sealed yet and are not here.", count=unsealed)
            )
        absent = [a["name"] for a in attachments if not a["enclosed"]]
        if absent:
            sentences.append(
                _(
                    "Of %(count)s attached files only name and SHA-256 are here: %(names)s",
                    count=len(absent),
                    names=", ".join(absent[:20]),
                )
            )
        sentences.append(
            _(
                "The records themselves are not here, only what was recorded about them; nor files that were attached"
                " before their model recorded files."
            )
        )
        if not self._anchor_of(seal):
            sentences.append(
                _("No time-stamp authority has seen these seals: only our own clock says when they were made.")
            )
        sentences.append(_("Whether an event should have been recorded and was not cannot be shown by any proof."))
        return sentences

    # Packing ---------------------------------------------------------------------------

    @api.model
    def _pack(self, payload, raw, files):
        """A ZIP: the bundle, a page, a PDF and a workbook for people, the verifier, and enclosed files."""
        page = self._page(payload, raw)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("bundle.json", raw)
            archive.writestr("bundle.html", page)
            archive.writestr("bundle.pdf", self._pdf(payload, raw))
            archive.writestr("bundle.xlsx", render_xlsx(self._readable(payload, raw)))
            with file_open("med_evidence/files/verify_bundle.py", "rb") as verifier:
                archive.writestr("verify_bundle.py", verifier.read())
            archive.writestr("README.txt", self._readme(payload))
            for anchor in payload["anchors"]:
                archive.writestr(f"anchors/{anchor['seal_hash']}.tsr", bytes.fromhex(anchor["token"]))
            for digest, content in files.items():
                archive.writestr(f"files/{digest}", content)
        return out.getvalue()

    def _readme(self, payload):
        return self.env._(
            "To verify this bundle on any computer with Python 3.9 or later:\n\n"
            "    python3 verify_bundle.py bundle.json --files files --key FINGERPRINT\n\n"
            "FINGERPRINT is the one of the signing key that you have from elsewhere, not from this bundle.\n"
            "The bundle names: %(key)s\n\nbundle.json is the evidence. bundle.html, bundle.pdf and bundle.xlsx show the same"
            " for reading; only bundle.json is signed.\n",
            key=payload["signed_with"] or self.env._("no key"),
        )

    def _readable(self, payload, raw):
        """The bundle for people: head, table rows, signatures, files; one list for page and PDF."""
        leaves = [json.loads(entry["leaf"]) for entry in payload["entries"]]
        statement = json.loads(payload["seal"]["statement"])[1]
        _ = self.env._
        events = [row for source, row in leaves if source == "event"]
        kinds = (
            dict(self.env["med.evidence.event"]._fields["kind"]._description_selection(self.env))
            if (self.env["med.evidence.event"]._fields["kind"].type == "selection")
            else {}
        )
        return {
            "title": payload["title"],
            "head": [
                *payload["selection"],
                [_("Made at (UTC)"), payload["made_at"]],
                [_("Made by"), payload["made_by"]],
                [_("Entries"), str(len(payload["entries"]))],
                [_("Entries in the log at the seal"), str(statement["tree_size"])],
                [_("Sealed at (UTC)"), statement["sealed_at"]],
                [_("Root (RFC 6962, SHA-256)"), statement["root_hash"]],
                [_("Signing key"), payload["signed_with"] or _("none: not signed")],
                *(
                    [
                        _("Time stamp (RFC 3161, UTC)"),
                        _(
                            "%(time)s, %(authority)s, over the first %(size)s entries",
                            time=anchor["stamped_at"].replace("T", " "),
                            authority=anchor["authority"],
                            size=anchor["tree_size"],
                        ),
                    ]
                    for anchor in payload["anchors"]
                ),
                [_("SHA-256 of bundle.json"), hashlib.sha256(raw).hexdigest()],
            ],
            "columns": [_("Event"), _("Time (UTC)"), _("User"), _("Kind"), _("Record"), _("Facts"), _("Reason")],
            "events": [
                [
                    str(row["id"]),
                    row["recorded_at"][:19].replace("T", " "),
                    row["user_name"],
                    kinds.get(row["kind"], row["kind"]),
                    row.get("res_name") or "",
                    self._facts_text(row["body"]),
                    row.get("reason") or "",
                ]
                for row in events
            ],
            "signatures": [
                [
                    str(row["event_id"]),
                    row["signed_at"].replace("T", " "),
                    row["user_name"],
                    row["meaning"],
                    row.get("res_name") or "",
                    row["snapshot"],
                    row.get("reason") or "",
                ]
                for source, row in leaves
                if source == "signature"
            ],
            "signature_columns": [
                _("Event"),
                _("Time (UTC)"),
                _("Signer"),
                _("Meaning"),
                _("Record"),
                _("Signed content"),
                _("Reason"),
            ],
            "files": [[fact["name"], str(fact["size"]), fact["sha256"]] for fact in payload["attachments"]],
            "file_columns": [_("File"), _("Bytes"), "SHA-256"],
            "left_out": payload["left_out"],
            "words": {
                "events": _("Events"),
                "signatures": _("Electronic signatures"),
                "files": _("Attached files"),
                "left_out": _("What this bundle does not show"),
                "page": _("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
                "shown": _("For reading. What counts is bundle.json, which verify_bundle.py verifies."),
            },
        }

    @api.model
    def _facts_text(self, body):
        """The canonical JSON of a body as readable text: ``name: value; name: value``."""
        facts = json.loads(body)
        if not isinstance(facts, dict):
            return body
        return "; ".join(
            f"{name}: {value if isinstance(value, str | int) else json.dumps(value, ensure_ascii=False)}"
            for name, value in facts.items()
        )

    def _page(self, payload, raw):
        html = self.env["ir.qweb"]._render(
            "med_evidence.bundle_page",
            {"bundle": self._readable(payload, raw), "language": (self.env.lang or "en_US").replace("_", "-")},
        )
        return f"<!DOCTYPE html>\n{html}"

    def _pdf(self, payload, raw):
        return render_pdf(self._readable(payload, raw), is_chinese=(self.env.lang or "").startswith("zh"))

    @api.model
    def _record_made(self, facts, raw, payload):
        """Handing out evidence is evidence."""
        self.env["med.evidence.event"]._record(
            "evidence.bundle",
            [
                {
                    "body": {
                        "title": facts["title"],
                        "selection": facts["selection"],
                        "entries": len(payload["entries"]),
                        "sha256": hashlib.sha256(raw).hexdigest(),
                    }
                }
            ],
        )

    @api.model
    def _domain_of_records(self, recordsets):
        """Events about any of these records (recordsets of any models)."""
        return Domain.OR(
            Domain("res_model", "=", records._name) & Domain("res_id", "in", records.ids)
            for records in recordsets
            if records
        )
