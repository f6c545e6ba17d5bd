from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import GTIN, MedMasterDataCase


@tagged("post_install", "-at_install")
class TestProductDevice(MedMasterDataCase):
    def test_a_device_is_traceable(self):
        for values, remedy in (
            ({"type": "service", "is_storable": False, "tracking": "none"}, "Goods"),
            ({"is_storable": False, "tracking": "none"}, "Track Inventory"),
            ({"tracking": "none"}, "By Lots"),
            ({"use_expiration_date": False}, "Expiration Date"),
        ):
            with self.subTest(values), self.assertRaisesRegex(ValidationError, f"Gauze.*{remedy}"):
                self.make_device("Gauze", **values)

    def test_a_device_stays_traceable(self):
        device = self.make_device("Gauze")
        with self.assertRaisesRegex(ValidationError, "Gauze"):
            device.product_tmpl_id.tracking = "none"
        with self.assertRaisesRegex(ValidationError, "Gauze"):
            device.product_tmpl_id.use_expiration_date = False

    def test_a_device_without_expiration_date_says_so(self):
        device = self.make_device("Scalpel handle", use_expiration_date=False, med_no_expiry=True)
        self.assertTrue(device.med_is_device)
        with self.assertRaises(ValidationError):
            device.product_tmpl_id.med_no_expiry = False

    def test_a_plain_product_is_left_alone(self):
        product = self.env["product.template"].create({"name": "Pen", "type": "service"})
        self.assertFalse(product.med_is_device)
        self.assertFalse(self.events("record.created", product))
        product.write({"name": "Pencil"})
        self.assertFalse(self.events("record.changed", product))

    def test_the_form_proposes_what_the_rule_asks_for(self):
        with Form(self.env["product.template"].with_user(self.quality)) as form:
            form.name = "Stent"
            form.med_is_device = True
        device = form.record
        self.assertEqual((device.is_storable, device.tracking, device.use_expiration_date), (True, "lot", True))

    def test_only_quality_changes_a_dossier(self):
        """M7: everyone else reads."""
        template = self.make_device(di=GTIN).product_tmpl_id
        manager = self.supervisor
        manager.group_ids += self.env.ref("product.group_product_manager")
        for values in (
            {"med_is_device": False},
            {"med_device_class": "I"},
            {"med_registrant_id": self.env.company.partner_id.id},
            {"med_identifier_ids": [(0, 0, {"di": "96385074"})]},
        ):
            with self.subTest(values), self.assertRaisesRegex(AccessError, "Only quality"):
                template.with_user(manager).write(values)
        with self.assertRaisesRegex(AccessError, "Only quality"):
            template.product_variant_id.with_user(manager).write({"med_is_implant": True})
        with self.assertRaisesRegex(AccessError, "Only quality"):
            self.env["product.template"].with_user(manager).create({"name": "x", "med_is_device": True})
        template.with_user(manager).write({"name": "Renamed"})
        template.with_user(self.quality).write({"med_device_class": "III"})
        self.assertEqual(template.med_device_class, "III")

    def test_a_product_manager_creates_plain_products_from_the_form(self):
        """What a form sends for untouched dossier fields is no dossier."""
        manager = self.supervisor
        manager.group_ids += self.env.ref("product.group_product_manager")
        with Form(self.env["product.template"].with_user(manager)) as form:
            form.name = "Pen"
        self.assertFalse(form.record.med_is_device)
        values = {
            "name": "x",
            "med_is_device": False,
            "med_registration_ids": [(6, 0, [])],
            "med_identifier_ids": [],
        }
        self.assertTrue(self.env["product.template"].with_user(manager).create(values))

    def test_changes_are_evidence(self):
        template = self.make_device().product_tmpl_id
        template.med_device_class = "III"
        event = self.events("record.changed", template)
        self.assertIn("med_device_class", event.body)
        self.assertIn("III", event.body)

    def test_production_date_of_a_lot(self):
        lot = self.make_lot(self.make_device(), "L1", med_production_date="2026-01-02")
        self.assertEqual(str(lot.med_production_date), "2026-01-02")

    def test_reading_the_flag_costs_no_extra_query(self):
        """The gate asks every move: the flag comes with the product's own prefetch."""
        devices = self.env["product.product"].concat(*(self.make_device(f"D{n}") for n in range(20)))
        devices.invalidate_recordset()
        devices.product_tmpl_id.invalidate_recordset()
        with self.assertQueryCount(2):  # product, template
            self.assertTrue(all(device.med_is_device for device in devices))
