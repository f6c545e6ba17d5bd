from odoo import api, fields, models

from ..lib import scope

# What allows to trade in devices; the others say who somebody is or how he transports.
TRADE_KINDS = ("production", "distribution", "distribution_filing", "medical_institution", "other")


class MedPartnerLicence(models.Model):
    """A licence of a supplier, customer or of oneself, with its period and business scope."""

    _name = "med.partner.licence"
    _inherit = ["med.validity", "med.evidence.tracked", "mail.thread"]
    _description = "Partner licence"
    _order = "partner_id, kind, valid_to, id"
    _rec_name = "number"
    _check_company_auto = True
    _evidence_fields = (
        "partner_id",
        "kind",
        "number",
        "valid_from",
        "valid_to",
        "scope_class_1",
        "scope_class_2",
        "scope_class_3",
        "scope_codes",
        "active",
    )

    partner_id = fields.Many2one("res.partner", "Licensee", required=True, index=True, ondelete="restrict")
    kind = fields.Selection(
        [
            ("business", "Business licence"),
            ("production", "Production licence"),
            ("distribution", "Distribution licence"),
            ("distribution_filing", "Distribution filing certificate"),
            ("medical_institution", "Medical institution practising licence"),
            ("transport", "Road transport licence"),
            ("quality_agreement", "Quality agreement"),
            ("other", "Other"),
        ],
        required=True,
        tracking=True,
    )
    number = fields.Char(required=True, tracking=True)
    valid_from = fields.Date(tracking=True)
    valid_to = fields.Date(tracking=True, index="btree_not_null")
    scope_class_1 = fields.Boolean("Class I")
    scope_class_2 = fields.Boolean("Class II")
    scope_class_3 = fields.Boolean("Class III")
    scope_codes = fields.Text(
        "Classification codes",
        help="Codes of the classification catalogue, separated by commas, e.g. 14, 13-04, 6840. "
        "A code covers its subdivisions. Empty: every code.",
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Scans")
    company_id = fields.Many2one("res.company", help="Empty: for all companies.", index="btree_not_null")
    active = fields.Boolean(default=True)

    _number_uniq = models.UniqueIndex(
        "(partner_id, kind, number, COALESCE(valid_from, '0001-01-01'), COALESCE(company_id, 0)) WHERE active",
        "This licence of this partner exists already.",
    )

    @api.depends("number", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for licence in self:
            licence.display_name = f"{kinds.get(licence.kind, '')} {licence.number or ''}".strip()

    def _scope(self):
        """(classes, codes) of this one licence, as ``lib.scope`` wants them."""
        self.ensure_one()
        return scope.of(self.scope_class_1, self.scope_class_2, self.scope_class_3, self.scope_codes)

    def _covers(self, device_class, classification_code):
        """True when one of these licences covers the class and code."""
        return any(scope.covers(*licence._scope(), device_class, classification_code) for licence in self)
