from odoo import api, fields, models, tools
from odoo.fields import Domain


class MedEvidenceDatedPolicy(models.AbstractModel):
    """What policies about evidence share: record type, fields, company, days, active."""

    _name = "med.evidence.dated.policy"
    _inherit = ["med.evidence.tracked"]
    _description = "Dated policy about evidence"

    model_id = fields.Many2one("ir.model", "Record type", required=True, ondelete="cascade")
    model = fields.Char(related="model_id.model", store=True, index=True, export_string_translation=False)
    field_ids = fields.Many2many(
        "ir.model.fields", string="Fields", domain="[('model_id', '=', model_id)]", help="Empty: all of them."
    )
    date_from = fields.Date("Valid from", required=True, default=fields.Date.context_today)
    date_to = fields.Date("Valid to", help="Empty: until further notice.")
    active = fields.Boolean(default=True)

    _evidence_fields = ("model_id", "field_ids", "date_from", "date_to", "active")

    @api.model
    def _today(self):
        """The policies in force today, by the server's date."""
        today = fields.Date.today()
        # sudo: a policy binds everybody; few may read it
        # `active` is named: a context key of a client must not bring archived ones back
        return self.sudo().search(
            Domain("active", "=", True)
            & Domain("date_from", "<=", today)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", today))
        )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()


class MedEvidenceReasonPolicy(models.Model):
    """Where a change takes a reason (Annex 11, 9; 21 CFR 11.10(e))."""

    _name = "med.evidence.reason.policy"
    _inherit = ["med.evidence.dated.policy"]
    _description = "Reason policy"
    _order = "model, id"
    _rec_name = "model_id"

    field_ids = fields.Many2many(
        relation="med_evidence_reason_policy_field_rel",
        help="Changes of these fields take a reason. Empty: of every tracked field.",
    )
    on_delete = fields.Boolean("Deletion too", default=True)

    _evidence_fields = ("model_id", "field_ids", "on_delete", "date_from", "date_to", "active")

    @api.model
    def _asked(self, model):
        """Names of fields whose change takes a reason, and "unlink" when deletion does."""
        return self._all_asked(fields.Date.today()).get(model, frozenset())

    @api.model
    @tools.ormcache("today")
    def _all_asked(self, today):
        asked = {}
        for policy in self._today():
            model = self.env.get(policy.model)
            names = asked.setdefault(policy.model, set())
            names.update(policy.field_ids.mapped("name") or getattr(model, "_evidence_fields", ()))
            if policy.on_delete:
                names.add("unlink")
        return {model: frozenset(names) for model, names in asked.items()}


class MedEvidenceAccessPolicy(models.Model):
    """Which records are so sensitive that looking at them, or taking them out, is on file."""

    _name = "med.evidence.access.policy"
    _inherit = ["med.evidence.dated.policy"]
    _description = "Reading and export policy"
    _order = "model, id"
    _rec_name = "model_id"

    field_ids = fields.Many2many(
        relation="med_evidence_access_policy_field_rel",
        help="Only reading one of these counts. Empty: reading anything but the name.",
    )
    on_read = fields.Boolean("Reading", default=False)
    on_export = fields.Boolean("Export", default=True)

    _evidence_fields = ("model_id", "field_ids", "on_read", "on_export", "date_from", "date_to", "active")

    @api.model
    @tools.ormcache("today")
    def _watched(self, today):
        """{model: (frozenset of field names or None for all, on read, on export)}"""
        watched = {}
        for policy in self._today():
            names, read, export = watched.get(policy.model, (frozenset(), False, False))
            mine = frozenset(policy.field_ids.mapped("name"))
            names = None if names is None or (policy.on_read and not mine) else names | mine
            watched[policy.model] = (names, read or policy.on_read, export or policy.on_export)
        return watched


class Base(models.AbstractModel):
    _inherit = "base"

    def _read_format(self, fnames, load="_classic_read"):
        # every way of reading for a client ends here; the server's own reading (su) is nobody's
        if not self.env.su and self._ids:
            watched = self.env["med.evidence.access.policy"]._watched(fields.Date.today()).get(self._name)
            if watched and watched[1]:
                names = set(fnames) - {"id", "display_name"}
                seen = names if watched[0] is None else names & watched[0]
                if seen:
                    self.env["med.evidence.event"]._record(
                        "record.read",
                        [{"record": record, "body": {"fields": sorted(seen)}} for record in self._origin],
                    )
        return super()._read_format(fnames, load=load)

    def export_data(self, fields_to_export):
        watched = self.env["med.evidence.access.policy"]._watched(fields.Date.today()).get(self._name)
        result = super().export_data(fields_to_export)
        if watched and watched[2]:
            body = {"model": self._name, "count": len(self), "ids": list(self.ids), "fields": list(fields_to_export)}
            self.env["med.evidence.event"]._record("record.exported", [{"record": None, "body": body}])
        return result
