from odoo import api, fields, models

from ..lib import scope


class MedAuthorisedPerson(models.Model):
    """Who may act for a partner, for which goods, where and how long (授权书)."""

    _name = "med.authorised.person"
    _inherit = ["med.validity", "med.evidence.tracked"]
    _description = "Authorised person"
    _order = "partner_id, valid_to, id"
    _evidence_fields = (
        "partner_id",
        "name",
        "role",
        "region",
        "scope_classes",
        "scope_codes",
        "valid_from",
        "valid_to",
        "active",
    )

    partner_id = fields.Many2one("res.partner", "For", required=True, index=True, ondelete="restrict")
    name = fields.Char(required=True)
    role = fields.Selection(
        [("sales", "Sells for the partner"), ("buyer", "Buys for the partner"), ("receiver", "Receives goods")],
        "Acts as",
        required=True,
        default="sales",
    )
    identity_number = fields.Char("Identity number", groups="med_master_data.group_med_quality")
    region = fields.Char(help="Where the authorisation holds. Empty: everywhere.")
    scope_classes = fields.Selection(
        [("all", "All classes"), ("1_2", "Classes I and II"), ("1", "Class I")], "Classes", default="all", required=True
    )
    scope_codes = fields.Char("Classification codes", help="Separated by commas. Empty: every code.")
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Scans", help="Authorisation letter, copy of the identity card."
    )
    company_id = fields.Many2one("res.company", help="Empty: for all companies.", index="btree_not_null")
    active = fields.Boolean(default=True)

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for person in self:
            person.display_name = f"{person.name} ({person.partner_id.name})" if person.partner_id else person.name

    def _covers(self, device_class, classification_code):
        """True when one of these persons may act for such goods."""
        classes = {"all": ("I", "II", "III"), "1_2": ("I", "II"), "1": ("I",)}
        return any(
            scope.covers(
                classes[person.scope_classes],
                scope.parse_codes(person.scope_codes or ""),
                device_class,
                classification_code,
            )
            for person in self
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    med_authorised_person_ids = fields.One2many("med.authorised.person", "partner_id", "Authorised persons")
