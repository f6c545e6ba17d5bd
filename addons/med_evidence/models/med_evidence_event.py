import logging
from functools import partial

import psycopg2
from odoo import api, fields, models
from odoo.tools import SQL
from psycopg2 import extensions

from ..lib import canonical

_logger = logging.getLogger(__name__)

# Where a transaction keeps the ids of its events until it is committed.
WRITTEN = "med_evidence_event_written"

# What stamps the time and prints the name; verification compares it, letter by letter.
STAMP_BODY = """
BEGIN
    NEW.recorded_at := clock_timestamp() AT TIME ZONE 'UTC';
    IF NEW.user_name IS NULL THEN
        SELECT p.name INTO NEW.user_name
          FROM res_users u JOIN res_partner p ON p.id = u.partner_id WHERE u.id = NEW.user_id;
    END IF;
    RETURN NEW;
END """

# {index: what it is on}: everything about one record; of one kind, by one user, or all, newest first
# in any span of time
INDEXES = {
    "med_evidence_event_record_idx": "res_model, res_id, id DESC",
    "med_evidence_event_kind_time_idx": "kind, recorded_at DESC, id DESC",
    "med_evidence_event_user_time_idx": "user_id, recorded_at DESC, id DESC",
    "med_evidence_event_newest_idx": "recorded_at DESC, id DESC",
}


def _note(cr, witness, text):
    """Read back what was really committed (an event may have gone with a savepoint) and note it."""
    ids = cr.postcommit.data.pop(WRITTEN, [])
    connection = cr._cnx
    try:
        if connection.info.transaction_status != extensions.TRANSACTION_STATUS_IDLE:
            # Another hook after the commit has begun a transaction: this one must not end it.
            return
        # one statement without a transaction around it: nothing to roll back, nothing left open
        connection.autocommit = True
        try:
            with connection.cursor() as plain:
                query = SQL(
                    "SELECT id, encode(sha256('\\x00'::bytea || convert_to(%s, 'UTF8')), 'hex'),"
                    " to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYYMMDDHH24')"
                    " FROM med_evidence_event e WHERE id = ANY(%s)",
                    text,
                    ids,
                )
                plain.execute(query.code, query.params)
                rows = plain.fetchall()
        finally:
            connection.autocommit = False
        if rows:
            witness.note_events(rows[0][2], [row[:2] for row in rows])
    except (OSError, psycopg2.Error):
        # The events themselves are committed. Verification says that the notes are missing.
        _logger.exception("evidence: events were written but could not be noted in %s", witness.folder)


class MedEvidenceEvent(models.Model):
    """Who did what, when, on which record. Any addon appends; nobody changes.

    The table is made here and not by the ORM: its columns carry no foreign keys, so that
    a refused attempt can be written in a cursor of its own while the record it speaks of
    is still uncommitted, and so that the log outlives what it tells about.
    """

    _name = "med.evidence.event"
    _inherit = ["med.evidence.append.only"]
    _description = "Evidence event"
    _auto = False
    # by time, so that "who, in that month" reads the end of an index and not all that came since
    _order = "recorded_at desc, id desc"
    _rec_name = "kind"

    recorded_at = fields.Datetime("Recorded at", readonly=True, help="Server time (UTC) set by the database.")
    user_id = fields.Many2one("res.users", "User", readonly=True)
    user_name = fields.Char("Printed name", readonly=True, help="The user's name as it was at that moment.")
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    kind = fields.Char("Kind", readonly=True)
    res_model = fields.Char("Record type", readonly=True)
    res_id = fields.Many2oneReference("Record ID", model_field="res_model", readonly=True)
    res_name = fields.Char("Record", readonly=True, help="The record's name as it was at that moment.")
    body = fields.Text("Facts", readonly=True, help="Canonical JSON: what was done, old and new values.")
    reason = fields.Text("Reason", readonly=True)
    is_sealed = fields.Boolean("Sealed", compute="_compute_is_sealed")

    def init(self):
        self.env.cr.execute(
            """
            CREATE TABLE IF NOT EXISTS med_evidence_event (
                id bigserial PRIMARY KEY,
                recorded_at timestamp NOT NULL,
                user_id integer NOT NULL,
                user_name text NOT NULL,
                company_id integer,
                kind varchar NOT NULL,
                res_model varchar,
                res_id integer,
                res_name text,
                body text NOT NULL,
                reason text
            );
            DROP INDEX IF EXISTS med_evidence_event_kind_idx;
            DROP INDEX IF EXISTS med_evidence_event_user_idx;
            DROP INDEX IF EXISTS med_evidence_event_time_idx;
            -- the clock is the database's, whatever the client or the application says
            CREATE OR REPLACE FUNCTION med_evidence_stamp() RETURNS trigger AS $$STAMP_BODY$$ LANGUAGE plpgsql;
            """.replace("STAMP_BODY", STAMP_BODY)
        )
        for name, columns in INDEXES.items():
            self._add_index(name, f"med_evidence_event ({columns})")
        if not self._has_trigger("med_evidence_event", "med_evidence_event_stamp"):
            self.env.cr.execute(
                """
                DROP TRIGGER IF EXISTS med_evidence_event_stamp ON med_evidence_event;
                CREATE TRIGGER med_evidence_event_stamp BEFORE INSERT ON med_evidence_event
                    FOR EACH ROW EXECUTE FUNCTION med_evidence_stamp();
                """
            )
        super().init()

    def _compute_is_sealed(self):
        rows = self.env.execute_query(
            SQL("SELECT row_id FROM med_evidence_leaf WHERE source = 'event' AND row_id = ANY(%s)", list(self.ids))
        )
        sealed = {event_id for (event_id,) in rows}
        for event in self:
            event.is_sealed = event.id in sealed

    @api.model
    def _record(self, kind, entries):
        """Append one event per entry in one INSERT, in the caller's transaction.

        :param str kind: dotted code, e.g. ``lot.status``
        :param list[dict] entries: each with ``record`` (a record or None), ``body``
            (JSON without floats, see ``lib.canonical``) and optionally ``reason``
        :return: ids of the new events, in the order of the entries
        :raises NotCanonicalError: a body that has no single spelling
        """
        if not entries:
            return []
        # what the database reads beside the rows: the printed name
        self.env["res.users"].flush_model(["partner_id"])
        self.env["res.partner"].flush_model(["name"])
        return self._append(self.env.cr, self._rows(kind, entries))

    @api.model
    def _record_refused(self, kind, entries):
        """As ``_record``, for what must survive the rollback of the refused attempt:
        written and committed in a cursor of its own. What the entries say of records is
        read before, in the caller's transaction, where those records exist."""
        # sudo: names are evidence even where the acting user may not read the record
        rows = self._rows(kind, entries, self.env.user.sudo().name)
        if rows:
            with self.env.registry.cursor() as cr:
                self._append(cr, rows)

    def _rows(self, kind, entries, user_name=None):
        """The rows to append; without ``user_name`` the database writes the printed name of the user."""
        user, company = self.env.user, self.env.company
        rows = []
        for entry in entries:
            record = (entry.get("record") or self.browse()).sudo()
            owner = record.company_id if "company_id" in record._fields else self.env["res.company"]
            rows.append(
                (
                    user.id,
                    user_name,
                    owner.id or company.id,
                    kind,
                    record._name if record else None,
                    record.id if record else None,
                    record.display_name if record else None,
                    canonical.dumps(entry.get("body") or {}),
                    entry.get("reason") or None,
                )
            )
        return rows

    def _append(self, cr, rows):
        if not rows:
            return []
        fetched = cr.execute_values(
            """INSERT INTO med_evidence_event
                   (user_id, user_name, company_id, kind, res_model, res_id, res_name, body, reason)
               VALUES %s RETURNING id""",
            rows,
            page_size=1000,
            fetch=True,
        )
        ids = [event_id for (event_id,) in fetched]
        self._witness_after_commit(cr, ids)
        return ids

    # Noting outside of the database ----------------------------------------------------

    def _witness_after_commit(self, cr, ids):
        """Once the transaction is committed, note its events in a file, so that a loss or a
        change before the next seal is found. No lock, one small query, one write per transaction."""
        pending = cr.postcommit.data.setdefault(WRITTEN, [])
        if not pending:
            text = self._leaf_text("e", columns=self._leaf_columns_cached())
            cr.postcommit.add(partial(_note, cr, self.env["med.evidence.seal"]._witness(), text))
        pending.extend(ids)

    def action_open_record(self):
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
