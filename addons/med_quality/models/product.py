from datetime import UTC

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.facts import Scope


class ProductTemplate(models.Model):
    _inherit = "product.template"

    med_min_shelf_life_days = fields.Integer(
        "Minimum remaining shelf life (days)",
        help="What customers get at least who have not agreed on anything else.",
    )

    med_near_expiry_days = fields.Integer("Near expiry from (days)", help="Empty: as for the company.", prefetch="med")
    med_urgent_expiry_days = fields.Integer("Urgent from (days)", help="Empty: as for the company.", prefetch="med")

    _med_expiry_levels = models.Constraint(
        "CHECK (coalesce(med_near_expiry_days, 0) >= 0 AND coalesce(med_urgent_expiry_days, 0) >= 0)",
        "The days from which expiry is near or urgent are numbers from 0 up.",
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
        for name, value in (("lot_id", lot_id), ("owner_id", owner_id), ("package_id", package_id)):
            if value is not None:
                domain &= Domain(name, "=", value)
        # product_expiry leaves out what was to be removed before the day began
        counted_until = fields.Datetime.to_datetime(to_date) or fields.Date.today()
        domain &= Domain("removal_date", "=", False) | Domain("removal_date", ">", counted_until)
        domain &= devices._med_not_reservable(fields.Datetime.to_datetime(to_date) or fields.Datetime.now())
        # sudo: an order desk sees what is free without being allowed to read lots; the places above
        # are those of the companies it works for
        held = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(domain, ["product_id"], ["quantity:sum", "reserved_quantity:sum"])
        )
        quantities = {product.id: quantity - reserved for product, quantity, reserved in held}
        for product in self:
            quantity = quantities.get(product._origin.id)
            if quantity:
                for name in ("free_qty", "virtual_available"):
                    res[product.id][name] = product.uom_id.round(res[product.id][name] - quantity)
        return res

    @api.model
    def _med_not_reservable(self, when):
        """The quants that no delivery would reserve, by the policies of the company: what is
        shown as free has to be what can be had."""
        company = self.env.company
        gate = self.env["med.gate"]
        today = fields.Datetime.now().replace(tzinfo=UTC).astimezone(gate._zone(company)).date()
        book = self.env["med.gate.policy"]._book(company, today)
        scope = Scope(company.id, country_id=company._med_place()[1])
        blocking = {policy.rule for policy in book.choose(scope, "reserve") if policy.effect in ("block", "override")}
        domain = Domain("lot_id", "=", False) & Domain("product_id.tracking", "!=", "none")
        if "lot_not_released" in blocking:
            domain |= Domain("lot_id.med_status", "!=", "released") & Domain("lot_id", "!=", False)
        # whatever the policies say, goods do not leave a package on hold
        for lot, packages in self.env["med.lot.hold"]._held_packages().items():
            domain |= Domain("lot_id", "=", lot) & Domain("package_id", "in", list(packages))
        if "expired" in blocking:
            past = Domain("removal_date", "<=", when) | Domain("expiration_date", "<=", when)
            past |= Domain("expiration_date", "=", False)
            domain |= Domain("product_id.use_expiration_date", "=", True) & past & Domain("lot_id", "!=", False)
        return domain
