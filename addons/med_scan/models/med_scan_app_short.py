from odoo import api, models

from odoo.addons.med_evidence.lib import canonical

from .stock_move_line import SCANNED

REASONS = ("nothing_at_all", "fewer", "damaged")


class MedScanAppShort(models.AbstractModel):
    """Less is there than was reserved: what was scanned goes on, the rest is given back, with a reason."""

    _inherit = "med.scan.app"

    @api.model
    def _step_pick(self, picking, step):
        if self._command(step["code"]) == "SHORT":
            return self._short(picking, step)
        return super()._step_pick(picking, step)

    def _short(self, picking, step):
        line = picking.move_line_ids.filtered(lambda one: one.id == step["line"] and one._med_left())
        if not line or step["why"] not in REASONS:
            return self._wrong(picking, step, "short_nothing")
        missing = line._med_left()
        reason = self._say(f"short_{step['why']}")
        product, lot = line.product_id, line.lot_id
        self.env["med.evidence.event"]._record(
            "scan.short",
            [
                {
                    "record": picking,
                    "body": {
                        "product": product.display_name,
                        "lot": [lot.id, lot.name or ""],
                        "location": line.location_id.complete_name,
                        "missing": canonical.quantity(missing),
                        "taken": canonical.quantity(line.med_scanned_qty),
                    },
                    "reason": reason,
                }
            ],
        )
        facts = {"quantity": self._number(missing), "product": product.display_name, "lot": lot.name or "–"}
        kept = {"product_id": product.id, "lot_id": lot.id, "reason": reason, "quantity": 0}
        # what stays is what was scanned; the reservation of the rest is given back by Odoo itself
        if line.med_scanned_qty:
            line.with_context(med_scanned=SCANNED).write({"quantity": line.med_scanned_qty, "picked": True})
            return self._right(picking, step, "short_taken", line, (), kept, **facts)
        gone = {"id": line.id, "quantity": 0, "taken": 0, "picked": True}
        line.unlink()
        answer, kept = self._right(picking, step, "short_taken", (), (), kept, **facts)
        answer["changed"].append(gone)
        return answer, kept
