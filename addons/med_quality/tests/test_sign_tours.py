"""What quality signs, in a real browser: from the first click to the signature."""

from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .inspection_common import InspectionCase


class SigningCase(InspectionCase, HttpCase):
    def _tour(self, tour, action, record=None, login="t_quality"):
        path = f"/odoo/action-med_quality.{action}" + (f"/{record.id}" if record else "")
        self.start_tour(path, tour, login=login)
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestSigningTours(SigningCase):
    def test_a_lot_is_released_and_held_by_signature(self):
        lot = self.make_lot("TOUR-LOT", status="quarantine")
        self._tour("med_quality_release_and_hold", "med_lot_action", lot)
        self.assertEqual(lot.med_status, "on_hold")
        self.assertEqual(lot.signature_ids.mapped("meaning"), ["hold", "release"])

    def test_a_policy_is_proposed_replayed_and_signed(self):
        self.validate(self.make_delivery(self.make_lot("TOUR-LOT")))
        policy = self.policy("shelf_life_short", "block", at_ship=True)
        self._tour("med_quality_policy_change", "med_gate_policy_action", policy)
        change = self.env["med.gate.policy.change"].search([("policy_id", "=", policy.id)])
        self.assertEqual((change.stops, change.new_policy_id.limit_days), (1, 500))
        self.assertEqual(change.signature_ids.user_id, self.quality)

    def test_a_deviation_runs_from_the_scan_to_its_closing(self):
        lot = self.make_lot("SHELF")
        self.env["med.product.identifier"].create(
            {
                "product_tmpl_id": self.device.product_tmpl_id.id,
                "di": "06901234567892",
                "agency": "GS1",
                "level": "unit",
            }
        )
        self._tour("med_quality_deviation", "med_deviation_action")
        record = self.env["med.deviation"].search([("lot_ids", "=", lot.id)])
        self.assertEqual((record.source, record.state, lot.med_status), ("scan", "closed", "released"))
        self.assertEqual(sorted(record.signature_ids.mapped("meaning")), ["close", "decide"])
        self.assertEqual(record.action_ids.mapped("result"), ["Covered"])


@tagged("post_install", "-at_install")
class TestTabletTour(SigningCase):
    browser_size = "1024x768"
    touch_enabled = True

    def test_a_receipt_is_inspected_on_a_tablet_and_released(self):
        lot = self.make_lot("TABLET", status="quarantine")
        inspection = self.inspect(lot)
        self._tour("med_quality_inspection_tablet", "med_inspection_action", inspection)
        self.assertEqual((inspection.state, lot.med_status), ("passed", "released"))
        self.assertEqual(inspection.signature_ids.user_id, self.quality)
        self.assertLess(fields.Datetime.now() - inspection.inspected_at, timedelta(minutes=5))
