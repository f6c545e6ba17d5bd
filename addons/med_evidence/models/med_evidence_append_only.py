from odoo import api, models, tools
from odoo.exceptions import AccessError
from odoo.tools import SQL
from odoo.tools.sql import index_exists

# Only code that holds this very object may insert through the ORM: a client can
# send any JSON in a context, but never this object.
APPEND = object()

# What every refusing trigger runs; verification compares it, letter by letter.
# The one way out: an event after its time, named by a disposal that somebody signed.
REFUSE_BODY = """
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'med_evidence_event' THEN
        IF EXISTS (SELECT 1 FROM med_evidence_disposed d
                   WHERE d.event_id = OLD.id AND d.kept_until <= (clock_timestamp() AT TIME ZONE 'UTC')::date) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '% on % is refused: evidence is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END """


class MedEvidenceAppendOnly(models.AbstractModel):
    """Rows that are written once. The ORM refuses changes with a sentence; the
    database refuses them whoever asks (triggers, made in ``init``)."""

    _name = "med.evidence.append.only"
    _description = "Append-only records"
    _log_access = False

    # Every row becomes a leaf of the tree, with all its columns, unless a model says no.
    _evidence_sealed = True

    def init(self):
        if not self._abstract:
            self._guard_table(self._table)

    def _guard_table(self, table):
        """Make ``table`` refuse UPDATE, DELETE and TRUNCATE."""
        self.env.cr.execute(
            SQL("CREATE OR REPLACE FUNCTION med_evidence_refuse() RETURNS trigger AS %s LANGUAGE plpgsql", REFUSE_BODY)
        )
        for name, when in (("row", "UPDATE OR DELETE"), ("all", "TRUNCATE")):
            if self._has_trigger(table, f"{table}_refuse_{name}"):
                continue
            trigger = SQL.identifier(f"{table}_refuse_{name}")
            self.env.cr.execute(
                SQL(
                    "DROP TRIGGER IF EXISTS %(trigger)s ON %(table)s; "
                    "CREATE TRIGGER %(trigger)s BEFORE %(when)s ON %(table)s "
                    "FOR EACH %(each)s EXECUTE FUNCTION med_evidence_refuse()",
                    trigger=trigger,
                    table=SQL.identifier(table),
                    when=SQL(when),
                    each=SQL("ROW" if name == "row" else "STATEMENT"),
                )
            )

    def _add_index(self, name, on):
        """Make an index that is not there. ``IF NOT EXISTS`` would lock the table to find out, and
        keep it locked as long as a trigger does, see ``_has_trigger``."""
        if not index_exists(self.env.cr, name):
            self.env.cr.execute(SQL("CREATE INDEX %s ON %s", SQL.identifier(name), SQL(on)))

    def _has_trigger(self, table, name):
        """Whether it is there and on. Then it is left alone: each addon above that says more about a
        model runs ``init`` again, and a trigger that is made anew locks the table until that addon
        is installed, also for the cursors of their own in which signing counts failures."""
        query = SQL(
            "SELECT 1 FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s AND tgenabled IN ('O', 'A')",
            table,
            name,
        )
        return bool(self.env.execute_query(query))

    @api.model
    def _append_row(self, vals):
        """Insert one row; only code of the addons comes here, since the key to it cannot be sent."""
        # handed back without the key, or whoever gets it could append more
        return self.browse(self.with_context(med_evidence_append=APPEND).create(vals).ids)

    # Leaves ----------------------------------------------------------------------------

    @api.model
    def _leaf_source(self):
        """The short name under which rows of this table are leaves."""
        return self._table.removeprefix("med_evidence_")

    @api.model
    def _leaf_sources(self):
        """{source: model} of everything that is sealed, in the order in which it is sealed."""
        names = sorted(name for name, model in self.env.registry.items() if self._is_sealed_model(model))
        # events first: they are what everybody looks for
        names.sort(key=lambda name: name != "med.evidence.event")
        return {self.env[name]._leaf_source(): self.env[name] for name in names}

    @staticmethod
    def _is_sealed_model(model):
        return getattr(model, "_evidence_sealed", False) and not model._abstract

    @api.model
    def _leaf_columns(self):
        """Every column the table has in the database, by name. Asked of the database itself, so
        that a column somebody adds later is sealed without anybody thinking of it."""
        rows = self.env.execute_query(
            SQL(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
                ' AND NOT attisdropped ORDER BY attname COLLATE "C"',
                self._table,
            )
        )
        return tuple(name for (name,) in rows)

    @tools.ormcache()
    def _leaf_columns_cached(self):
        """``_leaf_columns`` for the hot path: a column added behind Odoo's back shows later."""
        return self._leaf_columns()

    @api.model
    def _leaf_text(self, alias, without=(), columns=None):
        """SQL of the text of a row that is hashed: ``["source",{"column":value,...}]``, columns by
        name, without blanks, without those that are NULL. So a column that a later version adds
        leaves the old leaves as they are.

        :param str alias: of the table in the query around it
        """
        pairs = [
            SQL("%s, %s", name, SQL.identifier(alias, name))
            for name in columns or self._leaf_columns()
            if name not in without
        ]
        return SQL(
            "(%s || json_strip_nulls(json_build_object(%s))::text || ']')",
            f'["{self._leaf_source()}",',
            SQL(", ").join(pairs),
        )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("med_evidence_append") is not APPEND:
            raise AccessError(self.env._("Evidence is written by the system only; it cannot be entered or imported."))
        return super().create(vals_list)

    # pylint: disable=method-required-super,no-raise-unlink
    # that there is no way on is the point
    def write(self, vals):
        raise AccessError(self.env._("Evidence cannot be changed. Record a new event that corrects the old one."))

    def unlink(self):
        raise AccessError(self.env._("Evidence cannot be deleted."))
