from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

# Only code that holds this very object may insert through the ORM: a client can
# send any JSON in a context, but never this object.
APPEND = object()


class MedEvidenceAppendOnly(models.AbstractModel):
    """Rows that are written once. The ORM refuses changes with a sentence; the
    database refuses them whoever asks (triggers, made in ``init``)."""

    _name = "med.evidence.append.only"
    _description = "Append-only records"
    _log_access = False

    def init(self):
        if not self._abstract:
            self._guard_table(self._table)

    def _guard_table(self, table):
        """Make ``table`` refuse UPDATE, DELETE and TRUNCATE."""
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION med_evidence_refuse() RETURNS trigger AS $$
            BEGIN
                RAISE EXCEPTION '% on % is refused: evidence is append-only', TG_OP, TG_TABLE_NAME
                    USING ERRCODE = 'insufficient_privilege';
            END $$ LANGUAGE plpgsql
            """
        )
        for name, when in (("row", "UPDATE OR DELETE"), ("all", "TRUNCATE")):
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
