from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class MedSaleSource(models.Model):
    """So much of an order line comes from this warehouse: what a person confirmed."""

    _name = "med.sale.source"
    _description = "Source of an order line"
    _order = "sale_line_id, id"

    sale_line_id = fields.Many2one("sale.order.line", "Order line", required=True, index=True, ondelete="cascade")
    order_id = fields.Many2one(related="sale_line_id.order_id")
    company_id = fields.Many2one(related="sale_line_id.company_id", store=True)
    product_id = fields.Many2one(related="sale_line_id.product_id")
    uom_id = fields.Many2one(related="sale_line_id.product_uom_id")
    warehouse_id = fields.Many2one("stock.warehouse", "From", required=True, ondelete="restrict")
    via_id = fields.Many2one("stock.warehouse", "Shipped on by", ondelete="restrict")
    quantity = fields.Float(digits="Product Unit", required=True)
    # what has become transfers already; more of the line comes from the order's own warehouse
    launched = fields.Float(digits="Product Unit", readonly=True)
    days = fields.Integer("Days on the way between warehouses", readonly=True)

    _some = models.Constraint("CHECK(quantity > 0)", "A source gives more than nothing.")

    @api.depends("warehouse_id.name", "via_id.name", "quantity")
    def _compute_display_name(self):
        for source in self:
            way = " → ".join(filter(None, (source.warehouse_id.name, source.via_id.name)))
            source.display_name = f"{way}: {source.quantity:g}"

    def write(self, vals):
        # what was confirmed is on the evidence; another choice is another proposal
        if set(vals) - {"launched"}:
            raise UserError(
                self.env._("Where an order is served from is changed by a new proposal: “Where from?” on the order.")
            )
        return super().write(vals)

    def _launch(self, units, uom):
        """Take up to ``units`` of ``uom`` out of these sources.

        :return: list of (source, units of ``uom``), as much as the sources still have to give
        """
        taken = []
        for source in self:
            free = source.uom_id._compute_quantity(source.quantity - source.launched, uom, round=False)
            part = min(units, free)
            if uom.compare(part, 0) > 0:
                taken.append((source, part))
                source.launched += uom._compute_quantity(part, source.uom_id, round=False)
                units -= part
        return taken

    def _procurement_values(self, values):
        """``values`` of the line's procurement as this share says it: who ships, by which route, and not before
        the goods can have come from the other warehouse."""
        self.ensure_one()
        values = {**values, "warehouse_id": self.via_id or self.warehouse_id, "med_source_id": self.id}
        if self.via_id:
            values["route_ids"] = self.via_id._med_route_from(self.warehouse_id, self.days)
            values["date_planned"] = max(values["date_planned"], fields.Datetime.now() + timedelta(days=self.days))
        return values
