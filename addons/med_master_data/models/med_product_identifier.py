from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib import catalogue
from ..lib.errors import ScanError


class MedProductIdentifier(models.Model):
    """A device identifier (UDI-DI) of a product at one packaging level.

    One product has many: each package of it has its own, other agencies add theirs. Looking one
    up is the first thing every scan does, so (agency, di) is a unique index.
    """

    _name = "med.product.identifier"
    _inherit = ["med.evidence.tracked"]
    _description = "Device identifier (DI)"
    _order = "product_tmpl_id, quantity, id"
    _rec_name = "di"
    _check_company_auto = True
    _evidence_fields = ("di", "agency", "level", "quantity", "product_id", "valid_from", "valid_to")

    di = fields.Char("DI", required=True, help="GS1 identifiers are stored with 14 digits.")
    agency = fields.Selection(
        [
            ("GS1", "GS1"),
            ("HIBCC", "HIBCC"),
            ("ICCBBA", "ICCBBA"),
            ("MA", "MA (IDcode)"),
            ("AHM", "AHM (Ali Health)"),
        ],
        string="Issuing agency",
        required=True,
        default="GS1",
    )
    level = fields.Selection(
        [
            ("use", "Unit of use"),
            ("unit", "Sales unit"),
            ("inner", "Inner package"),
            ("case", "Case"),
            ("pallet", "Pallet"),
        ],
        string="Packaging level",
        required=True,
        default="unit",
    )
    quantity = fields.Integer(
        default=1,
        required=True,
        aggregator=None,
        help="How many sales units one scan of this identifier means.",
    )
    product_tmpl_id = fields.Many2one("product.template", "Device", required=True, index=True, ondelete="cascade")
    product_id = fields.Many2one(
        "product.product",
        "Variant",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        ondelete="cascade",
        domain="[('product_tmpl_id', '=', product_tmpl_id)]",
        help="Each variant (size, model) of a device has identifiers of its own.",
    )
    # precompute: the unique index must see the company already when the row is inserted
    company_id = fields.Many2one(related="product_tmpl_id.company_id", store=True, precompute=True)
    valid_from = fields.Date()
    valid_to = fields.Date(help="Last day on which this identifier is used. Empty: not limited.")

    _di_uniq = models.UniqueIndex(
        "(di, agency, COALESCE(company_id, 0))",
        "This identifier already belongs to another device. It must be unique.",
    )
    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The quantity of a packaging level must be above zero."
    )

    @api.depends("product_tmpl_id")
    def _compute_product_id(self):
        for identifier in self:
            variants = identifier.product_tmpl_id.product_variant_ids
            if identifier.product_id not in variants:
                identifier.product_id = variants if len(variants) == 1 else False

    @api.constrains("product_id", "product_tmpl_id")
    def _check_product_id(self):
        for identifier in self:
            if identifier.product_id.product_tmpl_id not in (
                identifier.product_tmpl_id,
                self.env["product.template"],
            ):
                raise ValidationError(
                    self.env._(
                        "Identifier %(di)s: %(variant)s is not a variant of %(device)s. Choose one of its variants.",
                        di=identifier.di,
                        variant=identifier.product_id.display_name,
                        device=identifier.product_tmpl_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._normalised(vals, vals.get("agency") or "GS1") for vals in vals_list])

    def write(self, vals):
        if "di" not in vals and "agency" not in vals:
            return super().write(vals)
        for identifier in self:
            changed = {"di": identifier.di, **vals}
            super(MedProductIdentifier, identifier).write(
                self._normalised(changed, vals.get("agency") or identifier.agency)
            )
        return True

    @api.model
    def _normalised(self, vals, agency):
        """``vals`` with the stored form of the identifier; refuses one that cannot be right."""
        try:
            return {**vals, "di": catalogue.check_identifier(vals.get("di") or "", agency)}
        except ScanError as error:
            raise ValidationError(self.env["med.message"]._text(error.problem)) from None

    def _primary(self):
        """The identifier a device is known by: of the sales unit, GS1 before others, first come."""
        units = self.filtered(lambda identifier: identifier.level == "unit")
        return units.sorted(lambda identifier: (identifier.agency != "GS1", identifier.id or 0))[:1]
