from odoo import SUPERUSER_ID, api, fields, models

from ..exceptions import ReasonRequiredError
from ..lib import canonical

# In the cursor's data for precommit: {(model, id): {field: value before}} of computed fields that
# changed since the last event about their record. Odoo tells it before a savepoint begins and
# drops it when one is rolled back.
PENDING = "med_evidence.tracked"


def _told(values):
    """The values that say something: a new record is mostly empty fields."""
    return {name: value for name, value in values.items() if value not in (None, [], "0", 0, False)}


class MedEvidenceTracked(models.AbstractModel):
    """Inherit and name the fields: their creation, change and deletion become events.

    Values are written as they are stored (ids with names for relations), so that an
    event can be read long after the record it points to has changed again. A stored computed
    field is tracked too, whatever made it change: with the write that did, or, when that was a
    write on another record, in one batch before the transaction commits.
    """

    _name = "med.evidence.tracked"
    _description = "Records whose changes are evidence"

    _evidence_fields: tuple[str, ...] = ()

    # Not kept here: the reason goes into the event. A client, an import or another program
    # gives it with the values that it explains.
    evidence_reason = fields.Char("Reason for the change", store=False, copy=False)

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
        reasons = [vals.pop("evidence_reason", None) for vals in vals_list]
        records = super().create(vals_list)
        values = records._evidence_values()
        records._evidence_forget_pending()
        records.env["med.evidence.event"]._record(
            "record.created",
            [
                {
                    "record": record,
                    "body": {"new": _told(values[record.id])},
                    "reason": reason or self.env.context.get("evidence_reason"),
                }
                for record, reason in zip(records, reasons, strict=True)
                if record._evidence_is_relevant(values[record.id])
            ],
        )
        return records

    def write(self, vals):
        reason = vals.get("evidence_reason") or self.env.context.get("evidence_reason")
        if "evidence_reason" in vals:
            vals = {name: value for name, value in vals.items() if name != "evidence_reason"}
        written = set(self._evidence_fields) & vals.keys()
        if not written:
            return super().write(vals) if vals else True
        # lines inside the form are written with the same reason
        explained = self.with_context(evidence_reason=reason) if reason else self
        before = self._evidence_values()
        res = super(MedEvidenceTracked, explained).write(vals)
        after = self._evidence_values()
        self._evidence_forget_pending()
        entries, unexplained = [], set()
        for record in self:
            old, new = before[record.id], after[record.id]
            changed = [name for name in self._evidence_fields if old[name] != new[name]]
            if changed:
                unexplained |= written.intersection(changed)
                entries.append(
                    {
                        "record": record,
                        "body": {
                            "old": {name: old[name] for name in changed},
                            "new": {name: new[name] for name in changed},
                        },
                        "reason": reason,
                    }
                )
        if not reason:
            self._evidence_check_reason(unexplained)
        self.env["med.evidence.event"]._record("record.changed", entries)
        return res

    def unlink(self):
        reason = self.env.context.get("evidence_reason")
        if not reason and self:
            self._evidence_check_reason({"unlink"})
        values = self._evidence_values()
        self.env["med.evidence.event"]._record(
            "record.deleted",
            [
                {"record": record, "body": {"old": values[record.id]}, "reason": reason}
                for record in self
                if record._evidence_is_relevant(values[record.id])
            ],
        )
        return super().unlink()

    def _evidence_is_relevant(self, values):
        """Whether creation or deletion of this record is worth an event: it is, unless
        every tracked field is empty (a plain product on a shared model, say)."""
        return bool(_told(values))

    def _evidence_check_reason(self, names):
        """Refuse an unexplained change where a policy asks why (Annex 11, 9). The server's own
        work is exempt: it has no mouth; what it does is explained by its code."""
        if not names or self.env.uid == SUPERUSER_ID:
            return
        asked = names & self.env["med.evidence.reason.policy"]._asked(self._name)
        if asked:
            labels = self.fields_get(list(asked - {"unlink"}), ["string"])
            raise ReasonRequiredError(
                self.env._(
                    "Say why %(what)s changes on %(records)s: the policy asks for a reason. In an import or a program,"
                    " give it as “evidence_reason”.",
                    what=", ".join(sorted(label["string"] for label in labels.values())) or self.env._("the record"),
                    records=", ".join(self[:5].mapped("display_name")),
                )
            )

    # Computed fields -------------------------------------------------------------------------

    def _compute_field_value(self, field):
        names = [
            other.name
            for other in self.pool.field_computed.get(field, ())
            if other.store and other.name in self._evidence_fields
        ]
        real = self.filtered(lambda record: isinstance(record.id, int)) if names else self.browse()
        before = {record.id: {name: record._evidence_value(name) for name in names} for record in real}
        super()._compute_field_value(field)
        if before:
            precommit = self.env.cr.precommit
            if PENDING not in precommit.data:
                precommit.data[PENDING] = {}
                precommit.add(self.env["med.evidence.tracked"]._evidence_tell_pending)
            pending = precommit.data[PENDING]
            for record_id, values in before.items():
                kept = pending.setdefault((self._name, record_id), {})
                for name, value in values.items():
                    kept.setdefault(name, value)

    def _evidence_forget_pending(self):
        pending = self.env.cr.precommit.data.get(PENDING, {})
        for record_id in self._ids:
            pending.pop((self._name, record_id), None)

    @api.model
    def _evidence_tell_pending(self):
        """One event per record whose computed fields changed by a write on other records."""
        pending = self.env.cr.precommit.data.pop(PENDING, {})
        entries = []
        by_model = {}
        for (model, record_id), old in pending.items():
            by_model.setdefault(model, {})[record_id] = old
        for model, olds in by_model.items():
            # a rolled back savepoint may have taken the record with it
            for record in self.env[model].browse(olds).exists():
                old = olds[record.id]
                new = {name: record._evidence_value(name) for name in old}
                changed = [name for name in old if old[name] != new[name]]
                if changed:
                    body = {
                        "old": {name: old[name] for name in changed},
                        "new": {name: new[name] for name in changed},
                        "computed": True,
                    }
                    entries.append({"record": record, "body": body})
        self.env["med.evidence.event"]._record("record.changed", entries)

    def action_view_evidence(self):
        """Everything on file about these records (a button for forms of tracked records)."""
        return self.env["med.evidence.event"]._action_about(self._name, self.ids)
