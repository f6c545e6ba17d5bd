from odoo import api, models

from ..lib import canonical


def _told(values):
    """The values that say something: a new record is mostly empty fields."""
    return {name: value for name, value in values.items() if value not in (None, [], "0", 0, False)}


class MedEvidenceTracked(models.AbstractModel):
    """Inherit and name the fields: their creation, change and deletion become events.

    Values are written as they are stored (ids with names for relations), so that an
    event can be read long after the record it points to has changed again.
    """

    _name = "med.evidence.tracked"
    _description = "Records whose changes are evidence"

    _evidence_fields: tuple[str, ...] = ()

    def _evidence_value(self, name):
        """The value of field ``name`` of this one record as canonical JSON."""
        field, value = self._fields[name], self[name]
        if field.relational:
            # sudo: old and new values are evidence whatever the acting user may read
            return [[record.id, record.display_name] for record in value.sudo()]
        if field.type in ("float", "monetary"):
            return canonical.quantity(value)
        if field.type == "binary":
            return canonical.digest(value.decode()) if value else None
        if not value and field.type not in ("boolean", "integer"):
            return None
        return value if isinstance(value, bool | int) else field.convert_to_export(value, self) and str(value)

    def _evidence_values(self):
        return {record.id: {name: record._evidence_value(name) for name in self._evidence_fields} for record in self}

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        values = records._evidence_values()
        records.env["med.evidence.event"]._record(
            "record.created",
            [
                {"record": record, "body": {"new": _told(values[record.id])}}
                for record in records
                if record._evidence_is_relevant(values[record.id])
            ],
        )
        return records

    def write(self, vals):
        if not set(self._evidence_fields) & vals.keys():
            return super().write(vals)
        before = self._evidence_values()
        res = super().write(vals)
        after = self._evidence_values()
        entries = []
        for record in self:
            old, new = before[record.id], after[record.id]
            changed = [name for name in self._evidence_fields if old[name] != new[name]]
            if changed:
                body = {
                    "old": {name: old[name] for name in changed},
                    "new": {name: new[name] for name in changed},
                }
                entries.append(
                    {
                        "record": record,
                        "body": body,
                        "reason": self.env.context.get("evidence_reason"),
                    }
                )
        self.env["med.evidence.event"]._record("record.changed", entries)
        return res

    def unlink(self):
        values = self._evidence_values()
        self.env["med.evidence.event"]._record(
            "record.deleted",
            [
                {"record": record, "body": {"old": values[record.id]}}
                for record in self
                if record._evidence_is_relevant(values[record.id])
            ],
        )
        return super().unlink()

    def _evidence_is_relevant(self, values):
        """Whether creation or deletion of this record is worth an event: it is, unless
        every tracked field is empty (a plain product on a shared model, say)."""
        return bool(_told(values))
