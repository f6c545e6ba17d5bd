from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command

from .med_udi_duty import GROUPS

QUALITY_GROUP = "med_master_data.group_med_quality"


def _says_something(value):
    """False for what a form sends for an untouched field: nothing, or no command that adds."""
    if not isinstance(value, list | tuple):
        return bool(value)
    return any(
        not isinstance(command, list | tuple)
        or command[0] in (Command.CREATE, Command.UPDATE, Command.LINK)
        or (command[0] == Command.SET and command[2])
        for command in value
    )


class ProductTemplate(models.Model):
    """The device dossier of a product. A product that is no device is left alone entirely."""

    _name = "product.template"
    _inherit = ["product.template", "med.evidence.tracked"]
    _evidence_fields = (
        "med_is_device",
        "med_device_class",
        "med_classification_code",
        "med_is_implant",
        "med_is_sterile",
        "med_is_single_use",
        "med_no_expiry",
        "med_storage_condition_id",
        "med_registrant_id",
        "med_registration_ids",
        "med_udi_group",
    )

    med_is_device = fields.Boolean(
        "Regulated device",
        help="Its lots are tracked and every movement is checked against the rules for devices.",
    )
    med_device_class = fields.Selection([("I", "Class I"), ("II", "Class II"), ("III", "Class III")], "Device class")
    med_classification_code = fields.Char(
        "Classification code", help="Code of the classification catalogue, e.g. 14-01 or 6840."
    )
    med_is_implant = fields.Boolean("Implantable", prefetch="med")
    med_is_sterile = fields.Boolean("Sterile", prefetch="med")
    med_is_single_use = fields.Boolean("Single use", prefetch="med")
    med_no_expiry = fields.Boolean(
        "No expiration date",
        help="The maker states no expiration date, as for reusable instruments and equipment.",
        prefetch="med",
    )
    med_udi_group = fields.Selection(
        GROUPS, "UDI group", help="Decides with the class from which production day the device carries a UDI."
    )
    med_storage_condition_id = fields.Many2one(
        "med.storage.condition", "Storage condition", index="btree_not_null", ondelete="restrict", prefetch="med"
    )
    med_identifier_ids = fields.One2many("med.product.identifier", "product_tmpl_id", "Device identifiers")
    med_primary_di = fields.Char("Primary DI", compute="_compute_med_primary_di", store=True, index="btree_not_null")
    med_registration_ids = fields.Many2many(
        "med.registration.certificate",
        "med_certificate_product_rel",
        "product_tmpl_id",
        "certificate_id",
        "Registration certificates",
        check_company=True,
    )
    med_registrant_id = fields.Many2one(
        "res.partner",
        "Registrant",
        index="btree_not_null",
        ondelete="restrict",
        help="Registrant or filer of the device; for imports the foreign maker.",
        prefetch="med",
    )
    med_can_edit_dossier = fields.Boolean(
        "May edit the dossier", export_string_translation=False, compute="_compute_med_can_edit_dossier"
    )

    @api.depends("med_identifier_ids.di", "med_identifier_ids.level", "med_identifier_ids.agency")
    def _compute_med_primary_di(self):
        for template in self:
            template.med_primary_di = template.med_identifier_ids._primary().di

    @api.depends_context("uid")
    def _compute_med_can_edit_dossier(self):
        self.med_can_edit_dossier = self.env.user.has_group(QUALITY_GROUP)

    @api.onchange("med_is_device", "med_no_expiry")
    def _onchange_med_is_device(self):
        """Propose what the constraint will ask for."""
        if self.med_is_device:
            self.type = "consu"
            self.is_storable = True
            if self.tracking not in ("lot", "serial"):
                self.tracking = "lot"
            self.use_expiration_date = not self.med_no_expiry

    @api.constrains("med_is_device", "med_no_expiry", "type", "is_storable", "tracking", "use_expiration_date")
    def _check_med_is_device(self):
        for template in self.filtered("med_is_device"):
            if template.type != "consu" or not template.is_storable:
                raise ValidationError(
                    self.env._(
                        "%(product)s is a regulated device, so its stock must be tracked. "
                        "Set the product type to Goods and tick Track Inventory.",
                        product=template.display_name,
                    )
                )
            if template.tracking not in ("lot", "serial"):
                raise ValidationError(
                    self.env._(
                        "%(product)s is a regulated device and must be traceable. "
                        "Set Track Inventory to By Lots or By Unique Serial Number.",
                        product=template.display_name,
                    )
                )
            if not template.use_expiration_date and not template.med_no_expiry:
                raise ValidationError(
                    self.env._(
                        "%(product)s is a regulated device, so its lots need an "
                        "expiration date. Tick Expiration Date, "
                        "or tick No expiration date in the device dossier if the maker "
                        "states none.",
                        product=template.display_name,
                    )
                )

    # Only quality confirms or changes basic quality data (GSPI 5.51 pt 3). Guarded here and not by
    # field groups, because everybody must be able to read the dossier.

    @api.model
    def _med_dossier_fields(self):
        """Fields of the device dossier; an addon that adds one adds its name."""
        return {*self._evidence_fields, "med_identifier_ids"}

    def _check_med_dossier_access(self, names):
        # su: installation, migration and code that has checked the person already
        if not names or self.env.su or self.env.user.has_group(QUALITY_GROUP):
            return
        labels = [self._fields[name]._description_string(self.env) for name in sorted(names)]
        raise AccessError(
            self.env._(
                "Only quality staff may change the device dossier (%(fields)s). Ask a colleague of the group Quality.",
                fields=", ".join(labels),
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        guarded = self._med_dossier_fields()
        self._check_med_dossier_access(
            {name for vals in vals_list for name in guarded & vals.keys() if _says_something(vals[name])}
        )
        return super().create(vals_list)

    def write(self, vals):
        self._check_med_dossier_access(self._med_dossier_fields() & vals.keys())
        return super().write(vals)
