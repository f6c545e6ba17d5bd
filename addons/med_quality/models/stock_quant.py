from odoo import api, models

KEY_FIELDS = {
    "quantity",
    "reserved_quantity",
    "product_id",
    "location_id",
    "lot_id",
    "package_id",
    "owner_id",
    "in_date",
    "company_id",
}


class StockQuant(models.Model):
    _inherit = "stock.quant"

    # Fourth door: stock changes by movements and counts, not by writing figures ------------

    @api.model_create_multi
    def create(self, vals_list):
        # Counting ("inventory mode", a word any client can say) creates quants without figures
        # of their own; the count is applied by a movement.
        written = not self._is_inventory_mode() or any(
            vals.get("quantity") or vals.get("reserved_quantity") for vals in vals_list
        )
        quants = super().create(vals_list)
        if written and not self.env.su:
            quants._med_guard("created")
        return quants

    def write(self, vals):
        names = vals.keys() & KEY_FIELDS
        if names and not self.env.su:
            self._med_guard(",".join(sorted(names)))
        return super().write(vals)

    def unlink(self):
        if not self.env.su and not self._is_inventory_mode():
            self._med_guard("deleted")
        return super().unlink()

    def _med_guard(self, action):
        devices = self.filtered("product_id.med_is_device")
        if devices:
            self.env["med.gate"]._guard("quant_write", devices.product_id[:1], action, devices.company_id)
