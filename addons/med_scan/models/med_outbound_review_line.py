from odoo import models

from odoo.addons.med_outbound.models.med_outbound_review_scan import COUNT_TOKEN

from ..lib.match import Line


class MedOutboundReviewLine(models.Model):
    """Counted by scanning: the reviewer's line as the app's flows want it."""

    _inherit = "med.outbound.review.line"

    def _med_left(self):
        return max(0, self.expected_quantity - self.counted_quantity)

    def _scan_lot_name(self):
        return self.lot_id.name or None

    def _scan_match(self):
        return Line(
            id=self.id,
            product=self.product_id.id,
            quantity=self.expected_quantity,
            taken=self.counted_quantity,
            lot=self._scan_lot_name(),
        )

    def _scan_take(self, part):
        # a scan, which is how a blind review is counted
        self.with_context(med_count_token=COUNT_TOKEN).counted_quantity += part

    def _scan_judged(self):
        """What leaves; a review says nothing of goods that stay."""
        return self.move_line_id._med_leaving()
