"""Rules of data quality: found, scored, mended in place, and told before go-live."""

from odoo import fields
from odoo.exceptions import AccessError, ValidationError

from .common import GTIN, MedMasterDataCase


class TestDataQuality(MedMasterDataCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["med.data.rule"]
        cls.device = cls.make_device("Stent").product_tmpl_id

    def rule(self, name):
        return self.env.ref(f"med_master_data.med_data_rule_{name}")

    def issue(self, name, record=None):
        record = self.device if record is None else record
        return self.env["med.data.issue"].search(
            [("rule_id", "=", self.rule(name).id), ("res_id", "=", record.id), ("is_solved", "=", False)]
        )

    def test_a_new_device_is_judged_at_once(self):
        self.assertTrue(self.issue("class") and self.issue("di") and self.issue("storage"))
        self.assertFalse(self.issue("certificate"), "asked for class II and III only")
        self.assertTrue(self.device.med_data_blocked)
        before = self.device.med_data_score
        self.device.med_device_class = "III"
        self.assertFalse(self.issue("class"))
        self.assertTrue(self.issue("certificate"))
        self.assertFalse(self.device.med_data_blocked)
        self.assertGreater(self.device.med_data_score, before)

    def test_everything_filled_is_a_hundred(self):
        partner = self.env["res.partner"].create({"name": "Maker"})
        certificate = self.env["med.registration.certificate"].create({"number": "国械注准20193030166"})
        self.make_identifier(self.device, GTIN)
        self.device.write(
            {
                "med_device_class": "III",
                "med_classification_code": "13-07-01",
                "med_registrant_id": partner.id,
                "default_code": "S-1",
                "med_storage_condition_id": self.env["med.storage.condition"].search([], limit=1).id,
            }
        )
        self.assertTrue(self.issue("certificate"))
        certificate.product_tmpl_ids = self.device
        self.assertEqual(self.device.med_data_score, 100)
        self.device.med_identifier_ids.unlink()
        self.assertLess(self.device.med_data_score, 100)

    def test_a_plain_product_has_no_score_and_costs_nothing(self):
        with self.assertQueryCount(0):
            self.rules._refresh_records(self.env["product.template"])
        plain = self.env["product.template"].create({"name": "Tape", "is_storable": True})
        self.assertFalse(plain.med_data_score or plain.med_data_blocked)
        self.device.write({"med_is_device": False})
        self.rules._cron_refresh()
        self.assertFalse(self.device.med_data_score or self.device.med_data_blocked)

    def test_pattern(self):
        self.device.med_classification_code = "14-1"
        self.assertTrue(self.issue("code_form"))
        for right in ("14", "14-01", "14-01-02", "6840"):
            self.device.med_classification_code = right
            self.assertFalse(self.issue("code_form"), right)

    def test_same_gtin_on_two_products_in_any_form(self):
        self.make_identifier(self.device, GTIN)
        other = self.make_device("Other").product_tmpl_id
        other.barcode = GTIN[1:]
        self.rules._cron_refresh()
        self.assertTrue(self.issue("gtin") and self.issue("gtin", other))
        self.assertTrue(other.med_data_blocked)
        other.barcode = False
        self.rules._cron_refresh()
        self.assertFalse(self.issue("gtin") or self.issue("gtin", other))

    def test_lots_that_look_alike(self):
        product = self.device.product_variant_id
        one, two = self.make_lot(product, "LO1-24A"), self.make_lot(product, "L0I 24a")
        elsewhere = self.make_lot(self.make_device("Other"), "LO124A")
        third = self.make_lot(product, "LO1-24B")
        self.rules._cron_refresh()
        self.assertTrue(self.issue("lot_lookalike", one) and self.issue("lot_lookalike", two))
        self.assertFalse(self.issue("lot_lookalike", elsewhere) or self.issue("lot_lookalike", third))

    def test_mended_in_the_workbench(self):
        issue = self.issue("class").with_user(self.quality)
        self.assertEqual(issue.cell, "class")
        issue.value_class = "II"
        self.assertEqual(self.device.med_device_class, "II")
        self.assertTrue(issue.is_solved)
        self.assertTrue(self.events("record.changed", self.device))
        self.issue("di").with_user(self.quality).value_di = GTIN
        self.assertEqual(self.device.med_primary_di, GTIN)
        lot = self.make_lot(self.device.product_variant_id, "L1")
        lot.expiration_date = False
        self.rules._cron_refresh()
        issue = self.issue("lot_expiry", lot).with_user(self.quality)
        issue.value_date = fields.Date.to_date("2030-06-30")
        self.assertEqual(fields.Datetime.context_timestamp(self.env["med.import"], lot.expiration_date).year, 2030)
        self.assertTrue(issue.is_solved)

    def test_workbench_opens_no_back_door(self):
        issue = self.issue("class")
        with self.assertRaises(AccessError):
            issue.with_user(self.picker).write({"value_class": "II"})
        with self.assertRaises(ValidationError):
            self.issue("di").with_user(self.quality).value_di = "123"

    def test_area_score_and_threshold(self):
        area = self.env.ref("med_master_data.med_data_area_regulation")
        self.rules._cron_refresh()
        self.assertFalse(area.is_ready)
        self.assertGreater(area.failed_count, 0)
        self.env["product.template"].search([("med_is_device", "=", True)]).med_is_device = False
        self.rules._cron_refresh()
        self.assertEqual((area.score, area.failed_count, area.is_ready), (100, 0, True))

    def test_readiness_report(self):
        self.rules._cron_refresh()
        areas = self.env["med.data.area"].search([])
        html, _kind = self.env["ir.actions.report"]._render_qweb_html("med_master_data.report_readiness", areas.ids)
        for text in (b"Device class is given", b"Not ready", b"Threshold"):
            self.assertIn(text, html)

    def test_a_rule_that_cannot_be_checked_is_refused(self):
        area = self.env["med.data.area"].search([], limit=1)
        for values in (
            {"field_name": "no_such_field"},
            {"field_name": "default_code", "check_kind": "match", "pattern": "("},
            {"field_name": "default_code", "domain": "[('nothing', '=', 1)]"},
            {"field_name": "med_device_class", "check_kind": "unique"},
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.rules.create({"name": "Rule", "area_id": area.id, **values})

    def test_unique(self):
        area = self.env["med.data.area"].search([], limit=1)
        rule = self.rules.create(
            {"name": "Code once", "area_id": area.id, "field_name": "default_code", "check_kind": "unique"}
        )
        pair = self.make_device("A", default_code="X") + self.make_device("B", default_code="X")
        rule._refresh()
        found = self.env["med.data.issue"].search([("rule_id", "=", rule.id), ("is_solved", "=", False)])
        self.assertLessEqual(set(pair.product_tmpl_id.ids), set(found.product_tmpl_id.ids))

    def test_ten_thousand_cost_what_ten_cost(self):
        """The number of statements does not depend on the number of products."""

        def count(size):
            products = self.env["product.template"].create(
                [
                    {"name": f"D{n}", "is_storable": True, "tracking": "lot", "use_expiration_date": True, "med_is_device": True}
                    for n in range(size)
                ]
            )
            self.env.flush_all()
            start = self.env.cr.sql_log_count
            self.rules._refresh_records(products)
            return self.env.cr.sql_log_count - start

        count(1)
        self.assertEqual(count(2), count(300))
