from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    # The label's condition comes with the device master; the profile follows it unless quality chose another.
    med_storage_profile_id = fields.Many2one(
        "med.storage.profile",
        "Storage profile",
        compute="_compute_med_storage_profile_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
        prefetch="med",
        help="Temperatures, delays and stability budget by which the goods are watched. "
        "Follows the storage condition on the label.",
    )

    @api.depends("med_storage_condition_id.med_profile_id")
    def _compute_med_storage_profile_id(self):
        for product in self:
            product.med_storage_profile_id = product.med_storage_condition_id.med_profile_id
