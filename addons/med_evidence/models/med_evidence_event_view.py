import json

from odoo import api, fields, models
from odoo.tools import SQL, format_date, format_datetime

SUMMARY = 160


class MedEvidenceEvent(models.Model):
    """Events for the eyes: kinds, fields and values in the reader's language. What is stored,
    hashed and sealed stays the canonical text in ``body``."""

    _inherit = "med.evidence.event"

    kind = fields.Selection(selection="_selection_kind")
    model_label = fields.Char("Kind of record", compute="_compute_model_label")
    summary = fields.Char("What happened", compute="_compute_facts")
    facts = fields.Html("Facts in words", compute="_compute_facts", sanitize=False)

    # Words -----------------------------------------------------------------------------------

    @api.model
    def _kind_labels(self):
        """{kind: translated label}; every addon adds those it records."""
        _ = self.env._
        return {
            "record.created": _("Created"),
            "record.changed": _("Changed"),
            "record.deleted": _("Deleted"),
            "record.read": _("Read"),
            "record.exported": _("Exported"),
            "signature": _("Signature"),
            "signature.failed": _("Signature failed"),
            "signature.refused": _("Signature refused"),
            "signature.locked": _("Signer locked out"),
            "signature.unlocked": _("Signer unlocked"),
            "evidence.exported": _("Evidence exported"),
            "evidence.disposed": _("Disposed of after its time"),
            "link.issued": _("Link to sign issued"),
            "anchor.failed": _("Time-stamp authority failed"),
            "attachment.added": _("File attached"),
            "attachment.changed": _("Attached file changed"),
            "attachment.removed": _("Attached file removed"),
            "clock.deviation": _("Clock deviates"),
            "evidence.bundle": _("Evidence bundle made"),
            "evidence.key": _("Signing key made"),
            "evidence.key_missing": _("Signing key missing"),
            "evidence.restored": _("Older state restored"),
            "evidence.verified": _("Evidence verified"),
            "evidence.failed": _("Evidence does not verify"),
        }

    @api.model
    def _selection_kind(self):
        labels = self._kind_labels()
        # a kind that no addon named is shown by its code; one probe of the index per kind
        used = self.env.execute_query(
            SQL(
                """WITH RECURSIVE kinds AS (
                       (SELECT kind FROM med_evidence_event ORDER BY kind LIMIT 1)
                       UNION ALL
                       SELECT (SELECT e.kind FROM med_evidence_event e WHERE e.kind > k.kind ORDER BY e.kind LIMIT 1)
                       FROM kinds k WHERE k.kind IS NOT NULL)
                   SELECT kind FROM kinds WHERE kind IS NOT NULL"""
            )
        )
        labels = {**{kind: kind.replace("_", " ") for (kind,) in used}, **labels}
        return sorted(labels.items(), key=lambda pair: pair[1])

    @api.model
    def _fact_labels(self):
        """{key in a body: translated label}; every addon adds those it writes."""
        _ = self.env._
        return {
            "meaning": _("Meaning"),
            "auth": _("Identified by"),
            "snapshot_sha256": _("SHA-256 of the signed content"),
            "act": _("Signing act"),
            "records_in_act": _("Records in this act"),
            "cause": _("Cause"),
            "attempt": _("Attempt"),
            "counts": _("Counts towards the lock"),
            "remote": _("Address"),
            "failures": _("Failures"),
            "fields": _("Fields"),
            "computed": _("Computed by the system"),
            "model": _("Record type"),
            "ids": _("Record numbers"),
            "count": _("Count"),
            "name": _("Name"),
            "alarm": _("Alarm"),
            "old": _("Before"),
            "new": _("After"),
            "lines": _("Lines"),
            "line_ids": _("Lines"),
            "quantity": _("Quantity"),
            "reason": _("Reason"),
            "person": _("Person"),
            "kind": _("Kind"),
            "state": _("Status"),
            "sha256": _("SHA-256"),
        }

    @api.model
    def _fact_fields(self):
        """{(kind, key in its body): (model, field)}: the value is one of a selection, and is shown
        by its label. Every addon adds those it writes."""
        return {}

    @api.model
    def _fact_value(self, key, value):
        """One value of a body as text in the reader's language."""
        _ = self.env._
        causes = {
            "password": _("Wrong password"),
            "login": _("Another user's name"),
            "totp": _("Wrong or used one-time code"),
            "passkey": _("Passkey not accepted"),
            "locked": _("Locked out"),
            "superuser": _("In the name of the system"),
            "switched_user": _("In the name of another user"),
            "inactive": _("User is archived"),
            "order": _("Not in turn"),
            "group": _("Not in the group that signs"),
            "duty": _("Signed the other part already"),
        }
        if key == "cause":
            return causes.get(value, value)
        if value is True or value is False:
            return _("Yes") if value else _("No")
        if value in (None, "", []):
            return "–"
        if isinstance(value, dict):
            labels = self._fact_labels()
            return "; ".join(
                f"{labels.get(k, k.replace('_', ' '))}: {self._fact_value(k, v)}" for k, v in value.items()
            )
        if isinstance(value, list):
            if len(value) == 2 and isinstance(value[0], int) and isinstance(value[1], str):
                return value[1]  # a record: its number and name
            return ", ".join(self._fact_value(None, part) for part in value)
        return str(value)

    def _field_value(self, field, value):
        """The evidence of one field (see ``med.evidence.tracked``) as the form would show it."""
        if value in (None, "", []):
            return "–"
        if field is None:
            return self._fact_value(None, value)
        if field.relational and isinstance(value, list):
            return ", ".join(str(pair[1]) if isinstance(pair, list) and len(pair) > 1 else str(pair) for pair in value)
        if field.type == "boolean":
            return self.env._("Yes") if value and value != "False" else self.env._("No")
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "datetime":
            return format_datetime(self.env, fields.Datetime.to_datetime(value), dt_format="medium")
        if field.type == "selection":
            # convert_to_export wrote the label of the recording language or the code
            return dict(field._description_selection(self.env)).get(value, str(value))
        return str(value)

    @api.depends("res_model")
    def _compute_model_label(self):
        names = {name: self.env["ir.model"]._get(name).name for name in set(self.mapped("res_model")) if name}
        for event in self:
            event.model_label = names.get(event.res_model) or event.res_model

    @api.depends("body", "kind", "res_model")
    @api.depends_context("lang", "tz")
    def _compute_facts(self):
        labels = self._fact_labels()
        for event in self:
            body = json.loads(event.body or "{}")
            changes = event._change_rows(body)
            rows = [
                (labels.get(key, key.replace("_", " ")), event._said(key, value))
                for key, value in body.items()
                if key not in ("old", "new") or not changes
            ]
            event.facts = self.env["ir.qweb"]._render(
                "med_evidence.event_facts", {"changes": changes, "rows": rows, "kind": event.kind}
            )
            told = [f"{label}: {old} → {new}" if old != "–" else f"{label}: {new}" for label, old, new in changes]
            text = "; ".join(told or [f"{label}: {value}" for label, value in event._in_short(rows, body)])
            event.summary = text if len(text) <= SUMMARY else text[: SUMMARY - 1] + "…"

    def _selection_label(self, key, value):
        """The label of a value of a selection, by the kind of this event; None where it is none."""
        model, name = self._fact_fields().get((self.kind, key), (None, None))
        if model is None or model not in self.env:
            return None
        return dict(self.env[model]._fields[name]._description_selection(self.env)).get(value)

    def _said(self, key, value):
        label = self._selection_label(key, value) if isinstance(value, str) else None
        if label is not None:
            return label
        model = self.env.get(self.res_model) if self.res_model else None
        if key == "meaning" and model is not None and hasattr(model, "_signature_meanings"):
            return model._signature_meanings().get(value, value)
        if key == "fields" and model is not None:
            names = model.fields_get(value, ["string"])
            return ", ".join(names.get(name, {}).get("string", name) for name in value)
        return self._fact_value(key, value)

    def _in_short(self, rows, body):
        """What the list shows of a body without old and new: no fingerprints, no identifiers."""
        dull = {"snapshot_sha256", "act", "attempt", "records_in_act", "passkey", "auth", "counts", "model", "ids"}
        dull |= {"line_ids", "sha256"}
        return [row for row, key in zip(rows, body, strict=True) if key not in dull]

    def _change_rows(self, body):
        """[(label, old, new)] when the body tells old and new values of fields."""
        old, new = body.get("old"), body.get("new")
        if (self.kind, "new") in self._fact_fields() and isinstance(new, str):
            model, name = self._fact_fields()[self.kind, "new"]
            string = self.env[model].fields_get([name], ["string"]).get(name, {}).get("string", name)
            return [(string, self._said("old", old) if old else "–", self._said("new", new))]
        if not isinstance(old or {}, dict) or not isinstance(new or {}, dict) or not (old or new):
            return []
        old, new = old or {}, new or {}
        model = self.env.get(self.res_model) if self.res_model else None
        strings = model.fields_get(sorted({*old, *new}), ["string"]) if model is not None else {}
        rows = []
        for name in {**old, **new}:
            field = model._fields.get(name) if model is not None else None
            rows.append(
                (
                    strings.get(name, {}).get("string", name),
                    self._field_value(field, old.get(name)),
                    self._field_value(field, new.get(name)),
                )
            )
        return rows

    # Ways to the events ------------------------------------------------------------------------

    @api.model
    def action_about(self, res_model, res_ids):
        """Open everything on file about these records (button of the forms' cog menu)."""
        return self._action_about(res_model, res_ids)

    @api.model
    def _action_about(self, res_model, res_ids):
        action = self.env["ir.actions.act_window"]._for_xml_id("med_evidence.med_evidence_event_action")
        return {
            **action,
            "domain": [("res_model", "=", res_model), ("res_id", "in", list(res_ids))],
            "context": {},
        }
