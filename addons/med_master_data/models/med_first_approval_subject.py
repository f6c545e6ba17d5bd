"""Products and partners that need a first approval, and what ends one: a decisive change."""

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..lib import first_approval

PRODUCT_FIELDS = (
    "med_is_device",
    "med_device_class",
    "med_classification_code",
    "med_registrant_id",
    "med_storage_condition_id",
    "med_is_implant",
    "med_is_sterile",
    "med_is_single_use",
)
PARTNER_FIELDS = ("name", "vat", "company_registry", "country_id")
LICENCE_FIELDS = ("partner_id", "kind", "number", "scope_class_1", "scope_class_2", "scope_class_3", "scope_codes")


class MedFirstApprovalSubject(models.AbstractModel):
    _name = "med.first.approval.subject"
    _description = "Record that needs a first approval"

    _med_decisive_fields: tuple[str, ...] = ()

    # By role and company; see lib.first_approval. A gate reads it with the record's other fields.
    med_approved_as = fields.Char("Approved as", readonly=True, copy=False, export_string_translation=False)
    med_first_approval_state = fields.Selection(
        [("none", "Not approved"), ("open", "In approval"), ("approved", "Approved")],
        "First approval",
        compute="_compute_med_first_approval_state",
    )

    @api.depends("med_approved_as")
    @api.depends_context("company")
    def _compute_med_first_approval_state(self):
        link = "product_tmpl_id" if self._name == "product.template" else "partner_id"
        ending = f":{self.env.company.id}"
        groups = (
            self.env["med.first.approval"]
            .sudo()
            ._read_group(  # sudo: only whether there is one
                [
                    (link, "in", self.ids),
                    ("company_id", "=", self.env.company.id),
                    ("state", "in", ("draft", "proposed")),
                ],
                [link],
            )
        )
        under_way = {subject.id for (subject,) in groups}
        for record in self:
            if any(part.endswith(ending) for part in first_approval.unpack(record.med_approved_as)):
                record.med_first_approval_state = "approved"
            else:
                record.med_first_approval_state = "open" if record.id in under_way else "none"

    def _med_is_approved(self, role, company):
        """Whether this one record is approved in that role for that company, now."""
        return first_approval.key(role, company.id) in first_approval.unpack(self.med_approved_as)

    def _med_decisive_values(self):
        """{field: value} of this one record; a change of one of them ends the approval."""
        self.ensure_one()
        values = {}
        for name in self._med_decisive_fields:
            value = self[name]
            if self._fields[name].type == "many2one":
                values[name] = value.display_name or ""
            else:
                values[name] = value if isinstance(value, bool) else (value or "")
        return values

    def _med_spoken(self, name, value):
        """A decisive value for the eyes of a signer."""
        field = self._fields.get(name)
        if field is not None and field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        return "✓" if value is True else value

    def _med_check_flag(self, vals):
        # su: the signature writes it, as no person may
        if "med_approved_as" in vals and not self.env.su:
            raise AccessError(self.env._("A first approval is signed, not written. Open it and sign."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._med_check_flag(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._med_check_flag(vals)
        if not vals.keys() & set(self._med_decisive_fields):
            return super().write(vals)
        approved = self.filtered("med_approved_as").sudo()  # sudo: approvals of all companies end
        before = {record: record._med_decisive_values() for record in approved}
        res = super().write(vals)
        changed = {}
        for record in approved:
            now = record._med_decisive_values()
            names = [name for name in now if now[name] != before[record][name]]
            if names:
                changed[record] = names
        self._med_end_approvals(changed)
        return res

    @api.model
    def _med_end_approvals(self, changed):
        """:param dict changed: {record: names of the decisive fields that changed}"""
        link = "product_tmpl_id" if self._name == "product.template" else "partner_id"
        for record, names in changed.items():
            # sudo: see write
            approvals = (
                self.env["med.first.approval"].sudo().search([(link, "=", record.id), ("state", "=", "approved")])
            )
            labels = ", ".join(record._fields[name]._description_string(self.env) for name in names)
            approvals._end(self.env._("Changed: %s. Propose it again.", labels))


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "med.first.approval.subject"]
    _med_decisive_fields = PRODUCT_FIELDS

    med_first_approval_ids = fields.One2many("med.first.approval", "product_tmpl_id", "First approvals")

    def action_propose_first_approval(self):
        """For the products chosen in a list."""
        return self.env["med.first.approval"]._propose_all(self.filtered("med_is_device"), "product")


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "med.first.approval.subject"]
    _med_decisive_fields = PARTNER_FIELDS

    med_first_approval_ids = fields.One2many("med.first.approval", "partner_id", "First approvals")

    def action_propose_first_approval(self):
        """For the partners chosen in a list, in the role of the context."""
        return self.env["med.first.approval"]._propose_all(self, self.env.context.get("approval_role") or "supplier")


class MedPartnerLicence(models.Model):
    _inherit = "med.partner.licence"

    def write(self, vals):
        names = [name for name in LICENCE_FIELDS if name in vals]
        if not names:
            return super().write(vals)
        before = {licence: ([licence[name] for name in names], licence.partner_id) for licence in self}
        res = super().write(vals)
        for licence, (old, partner) in before.items():
            if [licence[name] for name in names] != old:
                labels = ", ".join(self._fields[name]._description_string(self.env) for name in names)
                # sudo: see MedFirstApproval._end
                approvals = (
                    self.env["med.first.approval"]
                    .sudo()
                    .search([("partner_id", "in", (partner | licence.partner_id).ids), ("state", "=", "approved")])
                )
                approvals._end(self.env._("Licence %(number)s changed: %(what)s.", number=licence.number, what=labels))
        return res
