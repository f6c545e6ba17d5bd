"""Delivery to departments (科室直发): one order of a hospital, one delivery and one receipt for each of its
departments, invoiced together."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    med_department_id = fields.Many2one(
        "res.partner",
        "Department",
        domain="[('id', 'child_of', parent.partner_id), ('id', '!=', parent.partner_id)]",
        index="btree_not_null",
        ondelete="restrict",
        help="Who gets these goods, signs for them and is asked in a recall. Empty: the delivery address of the order.",
    )

    @api.constrains("med_department_id", "order_id")
    def _check_med_department_id(self):
        for line in self.filtered("med_department_id"):
            if line.med_department_id.commercial_partner_id != line.order_id.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(department)s is no department of %(customer)s. Choose one of the customer's addresses.",
                        department=line.med_department_id.display_name,
                        customer=line.order_id.partner_id.commercial_partner_id.name,
                    )
                )

    def write(self, vals):
        if "med_department_id" in vals:
            for line in self:
                going = line.move_ids.filtered(lambda move: move.state != "cancel")
                if going and line.med_department_id.id != vals["med_department_id"]:
                    raise UserError(
                        self.env._(
                            "%(product)s is on %(delivery)s already. Cancel that delivery first, or have the goods"
                            " returned and order them anew.",
                            product=line.product_id.display_name,
                            delivery=going.picking_id[:1].name or self.env._("a delivery"),
                        )
                    )
        return super().write(vals)

    def _prepare_procurement_values(self):
        values = super()._prepare_procurement_values()
        if self.med_department_id:
            values["partner_id"] = self.med_department_id.id
        return values


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.constrains("partner_id")
    def _check_med_departments(self):
        self.order_line._check_med_department_id()


class StockMove(models.Model):
    _inherit = "stock.move"

    def _med_splits_by_department(self):
        """Whether goods of the same order go to several departments, each on its own transfer."""
        return bool(self.sale_line_id.order_id.order_line.med_department_id)

    def _key_assign_picking(self):
        key = super()._key_assign_picking()
        return (*key, self.partner_id) if self._med_splits_by_department() else key

    def _search_picking_for_assignation_domain(self):
        domain = super()._search_picking_for_assignation_domain()
        if self._med_splits_by_department():
            domain = [*domain, ("partner_id", "=", self.partner_id.id)]
        return domain
