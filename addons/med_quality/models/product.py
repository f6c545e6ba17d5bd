from odoo import fields, models
from odoo.fields import Domain


class ProductTemplate(models.Model):
    _inherit = "product.template"

    med_min_shelf_life_days = fields.Integer(
        "Minimum remaining shelf life (days)",
        help="What customers get at least who have not agreed on anything else.",
    )

    _med_shelf_life_range = models.Constraint(
        "CHECK (coalesce(med_min_shelf_life_days, 0) >= 0)",
        "The minimum remaining shelf life is a number of days from 0 up.",
    )


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _compute_quantities_dict(self, lot_id, owner_id, package_id, from_date=False, to_date=False):
        """Devices that are not released are on hand but neither free nor forecast.

        Expired ones product_expiry has left out already, by their removal date.
        """
        res = super()._compute_quantities_dict(lot_id, owner_id, package_id, from_date, to_date)
        devices = self.filtered("med_is_device")._origin
        if not devices:
            return res
        domain = Domain(self._get_domain_locations()[0])
        domain &= Domain("product_id", "in", devices.ids)
        domain &= Domain("lot_id.med_status", "!=", "released") & Domain("lot_id", "!=", False)
        for name, value in (("lot_id", lot_id), ("owner_id", owner_id), ("package_id", package_id)):
            if value is not None:
                domain &= Domain(name, "=", value)
        fresh_until = fields.Datetime.to_datetime(to_date) or fields.Date.today()
        domain &= Domain("removal_date", "=", False) | Domain("removal_date", ">", fresh_until)
        held = self.env["stock.quant"]._read_group(domain, ["product_id"], ["quantity:sum", "reserved_quantity:sum"])
        quantities = {product.id: quantity - reserved for product, quantity, reserved in held}
        for product in self:
            quantity = quantities.get(product._origin.id)
            if quantity:
                for name in ("free_qty", "virtual_available"):
                    res[product.id][name] = product.uom_id.round(res[product.id][name] - quantity)
        return res
