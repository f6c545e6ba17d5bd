"""The printed records say what the law lists."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .inspection_common import InspectionCase

# GSP 65, the acceptance record, as the field matrix of the project's law notes has it.
ACCEPTANCE = {
    "name": "Knee implant",
    "specification": "KN-7",
    "quantity": "1000 Units",
    "certificate": "国械注准20233140123",
    "registrant": "Registrant Ltd",
    "contract_maker": "Contract Maker Ltd",
    "production_licence": "SC-2020-1",
    "lot": "GSP-65",
    "production": "01/02/2026",
    "udi": "06901234567892",
    "partner": "Knee Maker",
    "conclusion": "Passed",
    "accepted": "1000 Units",
    "inspector": "Quality",
}


@tagged("post_install", "-at_install")
class TestInspectionRecord(InspectionCase):
    def setUp(self):
        super().setUp()
        registrant, maker = (self._partner(f"{name} Ltd", None) for name in ("Registrant", "Contract Maker"))
        self._licence(maker, kind="production", number="SC-2020-1", classes=())
        self.device.default_code = "KN-7"
        self.env["med.product.identifier"].create(
            {
                "product_tmpl_id": self.device.product_tmpl_id.id,
                "di": "06901234567892",
                "agency": "GS1",
                "level": "unit",
            }
        )
        self.env["med.registration.certificate"].create(
            {
                "number": "国械注准20233140123",
                "kind": "registration",
                "holder_id": registrant.id,
                "med_contract_maker_id": maker.id,
                "product_tmpl_ids": [Command.set(self.device.product_tmpl_id.ids)],
            }
        )

    def printed(self, inspection):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "med_quality.report_med_inspection", inspection.ids
        )
        return html.decode()

    def test_the_acceptance_record_has_every_field_of_the_law(self):
        lot = self.make_lot("GSP-65", status="quarantine", med_production_date="2026-01-02")
        inspection = self.inspect(lot)
        self.finish(inspection)
        rows = {key: text for key, _label, text in inspection._record_rows()}
        self.assertEqual({key: rows[key] for key in ACCEPTANCE}, ACCEPTANCE)
        for key in ("expiry", "inspected", "sample", "purchased", "arrived", "measures"):
            self.assertIn(key, rows)
        self.assertTrue(rows["expiry"] and rows["inspected"])
        page = self.printed(inspection)
        for text in filter(None, rows.values()):
            self.assertIn(text, page)

    def test_what_did_not_conform_and_what_was_done_is_told(self):
        inspection = self.inspect(self.make_lot("BAD", status="quarantine"))
        self.finish(inspection, good=False)
        rows = {key: text for key, _label, text in inspection._record_rows()}
        self.assertIn("Torn, set aside", rows["measures"])
        self.assertIn(inspection.deviation_ids.name, rows["measures"])
        self.assertEqual(rows["accepted"], "0 Units")

    def test_the_day_is_that_of_the_company(self):
        """Half past four in the afternoon of London's winter is tomorrow in Shanghai."""
        lot = self.make_lot("ZONE", status="quarantine")
        lot.with_user(self.quality).expiration_date = "2031-01-31 16:30:00"
        inspection = self.inspect(lot)
        rows = {key: text for key, _label, text in inspection._record_rows()}
        self.assertEqual(rows["expiry"], "02/01/2031")

    def test_the_maintenance_record_names_the_place(self):
        self.plan.write({"on_periodic": True, "interval_days": 30})
        lot = self.make_lot("OLD")
        self.env["stock.quant"].search([("lot_id", "=", lot.id)]).in_date = fields.Datetime.now() - timedelta(days=31)
        self.env["med.inspection"]._cron_periodic()
        inspection = self.env["med.inspection"].search([("lot_id", "=", lot.id)])
        rows = {key: text for key, _label, text in inspection._record_rows()}
        self.assertEqual(rows["place"], self.stock.complete_name)
        self.assertNotIn("partner", rows)
        self.assertIn("Maintenance record", self.printed(inspection))
