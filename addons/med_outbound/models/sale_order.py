from odoo import fields, models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "med.timeline"]

    med_stage_summary = fields.Char("Outbound", compute="_compute_med_stage_summary")

    def _compute_med_stage_summary(self):
        labels = dict(self.env["stock.picking"]._selection_med_stage())
        for order in self:
            stages = order._med_pickings().filtered("med_stage").sorted("id").mapped("med_stage")
            order.med_stage_summary = ", ".join(dict.fromkeys(labels[stage] for stage in stages)) or False

    def _med_pickings(self):
        """The order's transfers, searched and not read from the order: a form that shows this
        would otherwise leave them in the cache in the order of their making, not in Odoo's."""
        return self.env["stock.picking"].search([("sale_id", "in", self.ids)])

    def action_confirm(self):
        res = super().action_confirm()
        self.env["med.evidence.event"]._record(
            "order.confirmed",
            [
                {"record": order, "body": {"lines": len(order.order_line)}}
                for order in self
                if any(line.product_id.med_is_device for line in order.order_line)
            ],
        )
        return res

    def _med_timeline_records(self):
        return [
            self,
            *(record for picking in self._med_pickings() for record in picking._med_timeline_records()[:3]),
        ]
