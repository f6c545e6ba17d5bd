from odoo import api, fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    # The template's would be that of any variant; each variant has its own.
    med_primary_di = fields.Char("Primary DI", compute="_compute_med_primary_di", search="_search_med_primary_di")

    @api.depends("product_tmpl_id.med_identifier_ids.di", "product_tmpl_id.med_identifier_ids.product_id")
    def _compute_med_primary_di(self):
        for product in self:
            own = product.med_identifier_ids.filtered(lambda identifier, own=product: identifier.product_id == own)
            product.med_primary_di = own._primary().di

    def _search_med_primary_di(self, operator, value):
        if operator not in ("in", "like", "ilike", "=like", "=ilike"):
            return NotImplemented
        identifiers = self.env["med.product.identifier"]._search([("level", "=", "unit"), ("di", operator, value)])
        return [("id", "in", identifiers.subselect("product_id"))]
