from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import GTIN, GTIN_BOX, MedMasterDataCase


@tagged("post_install", "-at_install")
class TestProductIdentifier(MedMasterDataCase):
    def test_gs1_is_stored_with_14_digits(self):
        device = self.make_device()
        identifier = self.make_identifier(device.product_tmpl_id, "5901234123457")
        self.assertEqual(identifier.di, "05901234123457")
        identifier.write({"di": "96385074"})
        self.assertEqual(identifier.di, "00000096385074")

    def test_wrong_check_digit_is_refused_by_name(self):
        device = self.make_device()
        with self.assertRaisesRegex(ValidationError, "06901234567893"):
            self.make_identifier(device.product_tmpl_id, "06901234567893")
        identifier = self.make_identifier(device.product_tmpl_id, GTIN)
        with self.assertRaisesRegex(ValidationError, "check digit"):
            identifier.di = "06901234567893"

    def test_other_agencies_are_not_judged_by_gs1_rules(self):
        device = self.make_device()
        identifier = self.make_identifier(device.product_tmpl_id, "M4400190Z1", agency="HIBCC")
        self.assertEqual(identifier.di, "M4400190Z1")
        with self.assertRaises(ValidationError):
            identifier.agency = "GS1"

    def test_one_identifier_one_device(self):
        self.make_device(di=GTIN)
        other = self.make_device("Other")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.make_identifier(other.product_tmpl_id, GTIN)

    def test_the_same_text_of_two_agencies_is_two_identifiers(self):
        device = self.make_device(di=GTIN)
        self.make_identifier(device.product_tmpl_id, GTIN, agency="HIBCC")
        self.assertEqual(len(device.med_identifier_ids), 2)

    def test_two_companies_may_each_have_it(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.make_device(di=GTIN, company_id=self.env.company.id)
        second = self.make_device(company_id=company.id)
        self.make_identifier(second.product_tmpl_id, GTIN)
        self.assertEqual(second.med_primary_di, GTIN)

    def test_quantity_is_positive(self):
        device = self.make_device()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.make_identifier(device.product_tmpl_id, GTIN_BOX, level="case", quantity=0)

    def test_primary_is_the_sales_unit_gs1_first(self):
        device = self.make_device()
        template = device.product_tmpl_id
        self.make_identifier(template, "M4400190Z1", agency="HIBCC")
        self.assertEqual(template.med_primary_di, "M4400190Z1")
        self.make_identifier(template, GTIN_BOX, level="case", quantity=10)
        self.make_identifier(template, GTIN)
        self.assertEqual(template.med_primary_di, GTIN)
        self.assertEqual(device.med_primary_di, GTIN)
        self.assertEqual(self.env["product.product"].search([("med_primary_di", "=", GTIN)]), device)
        template.med_identifier_ids.filtered(lambda i: i.agency == "GS1" and i.level == "unit").unlink()
        self.assertEqual(template.med_primary_di, "M4400190Z1")

    def test_variants_have_their_own(self):
        attribute = self.env["product.attribute"].create(
            {"name": "Size", "value_ids": [(0, 0, {"name": "S"}), (0, 0, {"name": "L"})]}
        )
        template = self.make_device(
            attribute_line_ids=[
                (
                    0,
                    0,
                    {"attribute_id": attribute.id, "value_ids": [(6, 0, attribute.value_ids.ids)]},
                )
            ]
        ).product_tmpl_id
        small, large = template.product_variant_ids
        identifier = self.make_identifier(template, GTIN, product_id=large.id)
        self.assertEqual((small.med_primary_di, large.med_primary_di), (False, GTIN))
        stranger = self.make_device("Other")
        with self.assertRaisesRegex(ValidationError, "variant"):
            identifier.product_id = stranger

    def test_evidence(self):
        device = self.make_device(di=GTIN)
        self.assertTrue(self.events("record.created", device.med_identifier_ids))
        device.med_identifier_ids.quantity = 5
        self.assertIn("quantity", self.events("record.changed", device.med_identifier_ids).body)
