from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from .inspection_common import InspectionCase


@tagged("post_install", "-at_install")
class TestInspectionTours(HttpCase, InspectionCase):
    browser_size = "768x1024"  # a tablet, upright

    def test_inspection_on_a_tablet_from_receipt_to_release(self):
        lot = self.make_lot("TABLET", status="quarantine")
        inspection = self.inspect(lot)
        self.start_tour(
            f"/odoo/action-med_quality.med_inspection_action/{inspection.id}",
            "med_inspection_tablet",
            login=self.quality.login,
        )
        self.assertEqual((inspection.state, lot.med_status), ("passed", "released"))

    def test_deviation_from_scan_to_closing(self):
        lot = self.make_lot("SHELF")
        deviations = self.env["med.deviation"].with_user(self.quality)
        record = deviations.browse(deviations.open_from_scan("no label")["res_id"])
        record.write(
            {
                "lot_ids": [Command.set(lot.ids)],
                "disposition": "release",
                "action_ids": [
                    Command.create(
                        {
                            "name": "Cover pallets",
                            "date_due": fields.Date.today() + timedelta(days=7),
                            "user_id": self.quality.id,
                            "result": "Covered",
                        }
                    )
                ],
            }
        )
        self.start_tour(
            f"/odoo/action-med_quality.med_deviation_action/{record.id}", "med_deviation_way", login=self.quality.login
        )
        self.assertEqual((record.state, lot.med_status), ("closed", "released"))
        self.assertEqual(len(record.signature_ids), 2)
