from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.med_evidence.lib import canonical

# What a line says of a finished movement.
HISTORY_FIELDS = {
    "quantity",
    "quantity_product_uom",
    "state",
    "lot_id",
    "lot_name",
    "quant_id",
    "location_id",
    "location_dest_id",
    "package_id",
    "result_package_id",
    "package_history_id",
    "owner_id",
    "product_id",
    "product_uom_id",
    "move_id",
    "picking_id",
    "date",
    "company_id",
}
PASSED = "med_quality.passed_line_ids"


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    # First door: every regular flow ends here -------------------------------------------

    def _action_done(self):
        devices = self._med_devices()
        if not devices:
            return super()._action_done()
        leaving = devices._med_leaving()
        if leaving:
            self.env["med.gate"]._enforce(leaving, "ship")
        # what the supplier sends straight to the customer is bought as well
        arriving = devices.filtered(lambda line: line.location_id.usage == "supplier")
        if arriving:
            self.env["med.gate"]._enforce(arriving, "receive")
        # Odoo creates the lots of lines that name them in text inside this call; such a lot
        # was known to nobody before, so it is judged again as what it has become.
        typed = leaving.filtered(lambda line: line.lot_name and not line.lot_id)
        devices._med_check_held_packages()
        self._med_passed().update(devices.ids)
        res = super()._action_done()
        arriving._med_note_supplier()
        if typed.exists():
            self.env["med.gate"]._enforce(typed.exists(), "ship", is_first=False)
        return res

    def _med_check_held_packages(self):
        """Goods on hold in a package stay in it: out of it nobody could tell them from the rest.
        Destroying and returning them needs no package any more."""
        held = self.env["med.lot.hold"]._held_packages()
        for line in self if held else ():
            if (
                line.package_id.id in held.get(line.lot_id.id, ())
                and line.result_package_id != line.package_id
                and line.location_dest_id.usage not in ("inventory", "supplier")
            ):
                raise UserError(
                    self.env._(
                        "%(package)s with lot %(lot)s is on hold: move the whole package, or have quality lift the hold.",
                        package=line.package_id.name,
                        lot=line.lot_id.name,
                    )
                )

    def _med_devices(self):
        """The lines that move regulated devices at all."""
        return self.filtered(lambda line: line.product_id.med_is_device and line.quantity > 0)

    def _med_leaving(self):
        """The lines that take goods out of our keeping, judged by the line's own locations:
        the picking and the move may say something else.

        Whatever reaches a consignee counts, from the shop floor or another consignee too: on
        paper it is a delivery.
        """

        def leaves(line):
            origin, destination = line.location_id.usage, self.env["med.gate"]._destination(line)
            return destination == "customer" or (
                destination in ("production", "transit") and origin not in ("customer", "production")
            )

        return self.filtered(leaves)

    def _med_leaves_in_the_end(self):
        """Whether this line is a step on the way out of our keeping."""
        final = self.move_id.location_final_id or self.location_dest_id
        if final.usage == "transit":
            return final.company_id != self.company_id
        return final.usage in ("customer", "production") or self.location_dest_id.usage in ("customer", "production")

    def _med_withdrawn_fact(self):
        """What a hold takes off a transfer, for the evidence."""
        return {
            "lot": [self.lot_id.id, self.lot_id.name],
            "quantity": canonical.quantity(self.quantity_product_uom),
            "package": self.package_id.name or None,
            "packed": self.result_package_id.name or None,
            "location": self.location_id.complete_name,
            "picked": self.picked,
        }

    def _med_passed(self):
        """Ids of the lines that went through the gate in this transaction. Kept beside the
        cursor: nothing a client sends reaches it, and the end of the transaction empties it."""
        return self.env.cr.precommit.data.setdefault(PASSED, set())

    # Second door: lines of finished transfers --------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        done = lines._med_finished().filtered(lambda line: line.id not in line._med_passed())
        if done:
            self.env["med.gate"]._guard("history_edit", done.picking_id or done.move_id, "line_added", done.company_id)
        return lines

    def _med_finished(self):
        """The devices' lines of finished moves. The line's own state is a copy that a client
        can write, so the move's counts as well."""
        return self.filtered(
            lambda line: (line.state == "done" or line.move_id.state == "done") and line.product_id.med_is_device
        )

    def write(self, vals):
        names = vals.keys() & HISTORY_FIELDS
        if names:
            done = self._med_finished().filtered(lambda line: line._med_rewrites(names, vals))
            if done:
                self.env["med.gate"]._guard(
                    "history_edit",
                    done.picking_id or done.move_id,
                    ",".join(sorted(names)),
                    done.company_id,
                )
        if vals.get("state") == "done":
            forced = self.filtered(lambda line: line.product_id.med_is_device and line.move_id.state != "done")
            if forced:
                self.env["med.gate"]._guard(
                    "state_write",
                    forced.picking_id or forced.move_id,
                    "line_done",
                    forced.company_id,
                )
        return super().write(vals)

    def _med_rewrites(self, names, vals):
        """Whether these values change what the finished line says. Odoo itself dates lines
        while it finishes them, and re-dates counts."""
        if "date" in names and self.id not in self._med_passed() and not self.is_inventory:
            return True
        return any(
            self[name]
            != self._fields[name].convert_to_record(self._fields[name].convert_to_cache(vals[name], self), self)
            for name in names
            if name in self._fields and name != "date"
        )
