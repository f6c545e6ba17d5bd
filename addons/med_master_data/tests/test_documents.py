from datetime import date, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import MedMasterDataCase

TODAY = date(2026, 6, 15)


@tagged("post_install", "-at_install")
@freeze_time(TODAY.isoformat())
class TestDocuments(MedMasterDataCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Hospital", "is_company": True})

    def certificate(self, number="国械注准20233140123", **values):
        return self.env["med.registration.certificate"].create({"number": number, **values})

    def licence(self, **values):
        return self.env["med.partner.licence"].create(
            {"partner_id": self.partner.id, "kind": "distribution", "number": "N1", **values}
        )

    def test_state_on_the_days_that_matter(self):
        """The last day is still valid; ninety days ahead it is said."""
        for offset, state in (
            (-1, "expired"),
            (0, "expiring"),
            (90, "expiring"),
            (91, "valid"),
            (None, "valid"),
        ):
            day = None if offset is None else TODAY + timedelta(days=offset)
            licence = self.licence(number=f"N{offset}", valid_to=day)
            with self.subTest(offset):
                self.assertEqual(licence.state, state)
                self.assertEqual(licence._is_valid_on(TODAY), state != "expired")
        self.assertEqual(self.licence(number="F", valid_from=TODAY + timedelta(days=1)).state, "future")
        self.assertEqual(self.licence(number="G", valid_from=TODAY).state, "valid")

    def test_search_agrees_with_the_state(self):
        Licence = self.env["med.partner.licence"]
        offsets = (-400, -1, 0, 1, 89, 90, 91, 400, None)
        made = Licence
        for start in (*offsets,):
            for end in offsets:
                if start is None or end is None or start <= end:
                    made |= self.licence(
                        number=f"{start}/{end}",
                        valid_from=start is not None and TODAY + timedelta(days=start),
                        valid_to=end is not None and TODAY + timedelta(days=end),
                    )
        for state in ("future", "valid", "expiring", "expired"):
            found = Licence.search([("id", "in", made.ids), ("state", "=", state)])
            self.assertEqual(found, made.filtered(lambda one, s=state: one.state == s))
            self.assertTrue(found)
        both = Licence.search([("id", "in", made.ids), ("state", "in", ("expired", "expiring"))])
        self.assertEqual(both, made.filtered(lambda one: one.state in ("expired", "expiring")))
        self.assertEqual(
            Licence.search([("id", "in", made.ids), ("state", "!=", "expired")]),
            made.filtered(lambda one: one.state != "expired"),
        )

    def test_period_must_be_in_order(self):
        with self.assertRaisesRegex(ValidationError, "N1"):
            self.licence(valid_from=TODAY, valid_to=TODAY - timedelta(days=1))

    def test_licence_scope(self):
        licence = self.licence(scope_class_3=True, scope_codes="14、13-04")
        self.assertTrue(licence._covers("III", "14-01"))
        self.assertFalse(licence._covers("III", "13-05"))
        self.assertFalse(licence._covers("II", "14-01"))
        wide = self.licence(number="N2", scope_class_2=True)
        self.assertTrue((licence | wide)._covers("II", "99"))

    def test_chinese_numbers_are_checked(self):
        for number, code in (
            ("国械注准20233140123", False),
            ("国械注准2023314012", "number_length"),
            ("沪械注准20213140123", "number_authority_class"),
            ("国食药监械(准)字2014第3210001号", "number_old"),
            ("国械备20180567号", "number_kind_differs"),
        ):
            certificate = self.certificate(number)
            with self.subTest(number):
                self.assertEqual(certificate.number_code, code)
                self.assertEqual(bool(certificate.number_note), bool(code))
                if code:
                    self.assertIn(number[:6], certificate.number_note)
        doubtful = self.env["med.registration.certificate"].search([("number_code", "!=", False)])
        self.assertIn("number_old", doubtful.mapped("number_code"))

    def test_class_of_the_number_and_of_the_certificate(self):
        certificate = self.certificate(device_class="II")
        self.assertEqual(certificate.number_code, "number_class_differs")
        certificate.device_class = "III"
        self.assertFalse(certificate.number_code)

    def test_other_jurisdictions_have_other_numbers(self):
        self.assertFalse(self.certificate("K123456", country_id=self.env.ref("base.us").id, kind="fda").number_code)

    def test_a_renewal_keeps_its_number(self):
        self.certificate(valid_from="2021-01-01", valid_to="2025-12-31")
        self.certificate(valid_from="2026-01-01", valid_to="2030-12-31")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.certificate(valid_from="2026-01-01")

    def test_products_see_their_certificates(self):
        device = self.make_device()
        certificate = self.certificate(product_tmpl_ids=[(6, 0, device.product_tmpl_id.ids)])
        self.assertEqual(device.med_registration_ids, certificate)

    def test_partner_shows_licences(self):
        licence = self.licence()
        self.assertEqual(self.partner.med_licence_ids, licence)

    def test_evidence(self):
        licence = self.licence(valid_to=TODAY)
        licence.valid_to = TODAY + timedelta(days=365)
        self.assertIn("valid_to", self.events("record.changed", licence).body)
        certificate = self.certificate()
        certificate.number = "国械注准20233140124"
        self.assertIn("20233140124", self.events("record.changed", certificate).body)
