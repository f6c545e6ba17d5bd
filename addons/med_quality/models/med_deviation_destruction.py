"""What the certificate of destruction says: which goods, how many of them, decided by whom."""

from odoo import models
from odoo.tools import format_date


class MedDeviation(models.Model):
    _inherit = "med.deviation"

    def _is_destruction_decided(self):
        """Both signatures are there and still say what the deviation says."""
        self.ensure_one()
        return bool(
            self.disposition == "destroy" and self._valid_signatures("decide") and self._valid_signatures("witness")
        )

    def _destroyed_rows(self):
        """[(product, lot, expiry, quantity scrapped since the decision, unit)] for the certificate."""
        self.ensure_one()
        decided = self.step_ids.filtered(lambda step: step.step == "decide")[-1:].taken_at
        quantities = {}
        if decided:
            moves = self.env["stock.move.line"].search(
                [
                    ("lot_id", "in", self.lot_ids.ids),
                    ("state", "=", "done"),
                    ("date", ">=", decided),
                    ("location_dest_id.usage", "=", "inventory"),
                    ("move_id.scrap_id", "!=", False),
                    ("company_id", "=", self.company_id.id),
                ]
            )
            for lot, lines in moves.grouped("lot_id").items():
                quantities[lot] = sum(lines.mapped("quantity_product_uom"))
        return [
            (
                lot.product_id.display_name,
                lot.name,
                format_date(self.env, lot.expiration_date) if lot.expiration_date else "",
                f"{quantities.get(lot, 0):g}",
                lot.product_id.uom_id.name,
            )
            for lot in self.lot_ids
        ]
