from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..lib.rules_registration import FACT
from .common import QualityCase


@tagged("post_install", "-at_install")
class TestRegistration(QualityCase):
    """The device's own certificate, at the door."""

    rules_under_test = (*QualityCase.rules_under_test, "registration_invalid")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()

    def certificate(self, start, end, **values):
        """A certificate of the device, valid from ``start`` to ``end`` days from today."""
        return self.env["med.registration.certificate"].create(
            {
                "number": "国械注准20233130001",
                "device_class": "III",
                "valid_from": self.today + timedelta(days=start),
                "valid_to": self.today + timedelta(days=end),
                "product_tmpl_ids": self.device.product_tmpl_id.ids,
                **values,
            }
        )

    def made(self, days, name="LOT"):
        """A delivery of a lot made so many days from today."""
        return self.make_delivery(self.make_lot(name, med_production_date=self.today + timedelta(days=days)))

    def test_without_a_certificate_it_stays(self):
        self.policy("registration_invalid", "block")
        with self.assertRefused("registration_invalid"):
            self.validate(self.made(-30))

    def test_shipped_as_a_warning_it_leaves_a_note(self):
        picking = self.made(-30)
        self.validate(picking)
        self.assertEqual(picking.state, "done")
        notes = self.events("gate.passed", picking)[0]["notes"]
        self.assertEqual([(n["rule"], n["problem"]) for n in notes], [("registration_invalid", "missing")])

    def test_goods_made_while_it_was_valid_may_still_be_sold(self):
        self.policy("registration_invalid", "block")
        self.certificate(-900, -10)
        picking = self.made(-10)
        self.validate(picking)
        self.assertEqual(picking.state, "done")

    def test_goods_made_the_day_after_stay_until_the_renewal_is_filed(self):
        self.policy("registration_invalid", "block")
        self.certificate(-900, -10)
        picking = self.made(-9)
        with self.assertRefused("registration_invalid") as refusal:
            self.validate(picking)
        self.assertEqual(refusal.exception.findings[0]["problem"], "made_after")
        self.certificate(-9, 900)
        self.validate(picking)
        self.assertEqual(picking.state, "done")

    def test_an_archived_certificate_and_one_of_another_company_do_not_count(self):
        self.policy("registration_invalid", "block")
        other = self.env["res.company"].create({"name": "Other"})
        template = self.device.product_tmpl_id
        own = self.certificate(-900, 900, number="国械注准20233130002", active=False)
        certificate = self.certificate(-900, 900, company_id=other.id)
        self.assertFalse(self._on_file(template, self.env.company))
        self.assertTrue(self._on_file(template, other))
        (own | certificate).write({"active": True})
        self.assertEqual(len(self._on_file(template, self.env.company)[template.id]), 1)

    def test_the_facts_of_many_products_and_of_all_rules_are_one_query(self):
        templates = self.device.product_tmpl_id
        for number in range(5):
            templates |= self._device(f"D{number}").product_tmpl_id
        self.certificate(-900, 900)
        self._on_file(templates, self.env.company)
        with self.assertQueryCount(1):
            self.assertEqual(list(self._on_file(templates, self.env.company)), self.device.product_tmpl_id.ids)

    def _on_file(self, templates, company):
        """{template id: rows of its certificates} as the gate reads them, beside the consignee's licences."""
        Line = self.env["stock.move.line"]
        lines = Line.concat(*(Line.new({"product_id": product.id}) for product in templates.product_variant_id))
        return self.env["med.gate"]._stored_facts(lines, self.hospital, company)[FACT]
