from odoo import api, fields, models

# What a review looks at; when it changes, the review has to be done again.
REVIEWED_FIELDS = {
    "lot_id",
    "lot_name",
    "quantity",
    "product_id",
    "quant_id",
    "location_dest_id",
    "move_id",
    "picking_id",
}


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    med_picked_by_id = fields.Many2one(
        "res.users",
        "Picked by",
        readonly=True,
        copy=False,
        help="Who marked the line as picked; set by the system.",
    )

    @api.depends_context("med_show_lot")
    def _compute_display_name(self):
        super()._compute_display_name()
        if self.env.context.get("med_show_lot"):
            for line in self:
                line.display_name = f"{line.product_id.display_name} – {line.lot_id.name or ''}"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # never a choice: operator names come from the login (GSPI 5.51(3))
            vals["med_picked_by_id"] = self.env.uid if vals.get("picked") else False
        lines = super().create(vals_list)
        lines._med_reopen_reviews()
        return lines

    def write(self, vals):
        if "picked" in vals:
            vals = {**vals, "med_picked_by_id": self.env.uid if vals["picked"] else False}
        elif "med_picked_by_id" in vals:
            vals = {name: value for name, value in vals.items() if name != "med_picked_by_id"}
        reopen = self.picking_id.filtered("med_reviewed_at") if vals.keys() & REVIEWED_FIELDS else None
        res = super().write(vals)
        if vals.get("picked"):
            self.picking_id._med_record_picked(self)
        if reopen:
            self._med_reopen_reviews()
        return res

    def unlink(self):
        if not self:
            return super().unlink()
        pickings = self.picking_id.filtered("med_reviewed_at")
        res = super().unlink()
        if pickings:
            pickings._med_check_review()
        return res

    def _med_reopen_reviews(self):
        self.picking_id.filtered("med_reviewed_at")._med_check_review()
