from odoo import api, fields, models

from ..lib.match import Line

# Held by the server only: a context key that a client sends is never this object.
SCANNED = object()
# When one of these changes, what was scanned was another thing.
IDENTITY = {"lot_id", "product_id", "quant_id", "location_id", "package_id"}


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    med_scanned_qty = fields.Float(
        "Scanned",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="What was scanned of the reserved quantity; the line is picked when all of it is.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self._med_is_scan():
                vals.pop("med_scanned_qty", None)
        return super().create(vals_list)

    def write(self, vals):
        if not self._med_is_scan():
            if "med_scanned_qty" in vals:
                vals = {name: value for name, value in vals.items() if name != "med_scanned_qty"}
            if vals.keys() & IDENTITY and any(line.med_scanned_qty for line in self):
                vals = {**vals, "med_scanned_qty": 0}
        return super().write(vals)

    def _med_is_scan(self):
        return self.env.context.get("med_scanned") is SCANNED

    def _med_left(self):
        """What is still to be scanned, in the line's unit."""
        return 0 if self.picked else max(0, self.quantity - self.med_scanned_qty)

    def _med_take(self, quantity):
        """Count ``quantity`` more (or fewer) as scanned; a line that is complete is picked."""
        scanned = (self.quantity if self.picked else self.med_scanned_qty) + quantity
        is_picked = self.product_uom_id.compare(scanned, self.quantity) >= 0
        vals = {"med_scanned_qty": max(0, self.product_uom_id.round(scanned))}
        if is_picked != self.picked:
            vals["picked"] = is_picked
        self.with_context(med_scanned=SCANNED).write(vals)

    # As the app's flows want it (see med.outbound.review.line too), in the product's unit ----

    def _scan_lot_name(self):
        return self.lot_id.name or self.lot_name or None

    def _scan_match(self):
        ratio = 1
        if self.product_uom_id != self.product_id.uom_id and self.quantity:
            ratio = self.quantity_product_uom / self.quantity
        return Line(
            id=self.id,
            product=self.product_id.id,
            quantity=self.quantity * ratio,
            taken=(self.quantity if self.picked else self.med_scanned_qty) * ratio,
            lot=self._scan_lot_name(),
            location=self.location_id.id,
            package=self.package_id.id or None,
        )

    def _scan_take(self, part):
        self._med_take(self.product_id.uom_id._compute_quantity(part, self.product_uom_id, round=False))

    def _scan_judged(self):
        """The move lines that the gate judges for these."""
        return self._med_devices()

    def _med_settle_scans(self):
        """Divide the lines that are scanned in part: what was scanned is picked, the rest is not."""
        for line in self:
            scanned = line.med_scanned_qty
            if line.picked or line.product_uom_id.compare(scanned, 0) <= 0:
                continue
            rest = line.quantity - scanned
            line = line.with_context(med_scanned=SCANNED)
            line.write({"quantity": scanned, "picked": True})
            line.copy({"quantity": rest, "picked": False, "med_scanned_qty": 0})
