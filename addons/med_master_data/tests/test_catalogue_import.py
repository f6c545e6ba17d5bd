import base64
import json
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..lib import gtin
from .common import GTIN, GTIN_2, GTIN_BOX, MedMasterDataCase

GTIN_3 = "05901234123457"


def counts(report):
    return [report["created"], report["updated"], report["unchanged"], len(report["refused"])]


@tagged("post_install", "-at_install")
class TestCatalogueImport(MedMasterDataCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Catalogue = cls.env["med.catalogue"].with_user(cls.quality)

    def device(self, di=GTIN):
        return self.env["product.template"].search([("med_primary_di", "=", di)])

    def test_a_device_with_everything(self):
        line = self.line(
            temp=[2, 8],
            sterile=True,
            implant=True,
            track="serial",
            code="13-06",
            packs=[[GTIN_BOX, GTIN, 10]],
            **{"class": "III"},
        )
        self.assertEqual(counts(self.Catalogue._import_lines([line])), [1, 0, 0, 0])
        device = self.device()
        self.assertEqual(device.med_storage_condition_id, self.env.ref("med_master_data.storage_2_8"))
        self.assertRecordValues(
            device,
            [
                {
                    "name": "Stent",
                    "tracking": "serial",
                    "use_expiration_date": True,
                    "is_storable": True,
                    "med_is_device": True,
                    "med_is_sterile": True,
                    "med_is_implant": True,
                    "med_device_class": "III",
                    "med_classification_code": "13-06",
                    "categ_id": self.env.ref("med_master_data.product_category_device").id,
                }
            ],
        )
        self.assertEqual(device.med_registrant_id.name, "Maker")
        self.assertRecordValues(
            device.med_identifier_ids,
            [
                {
                    "di": GTIN,
                    "level": "unit",
                    "quantity": 1,
                    "product_id": device.product_variant_id.id,
                },
                {
                    "di": GTIN_BOX,
                    "level": "inner",
                    "quantity": 10,
                    "product_id": device.product_variant_id.id,
                },
            ],
        )

    def test_again_changes_nothing(self):
        lines = [
            self.line(temp=[2, 8], packs=[[GTIN_BOX, GTIN, 10]]),
            self.line(GTIN_2, no_expiry=True),
        ]
        self.Catalogue._import_lines(lines)
        self.env.invalidate_all()
        self.assertEqual(counts(self.Catalogue._import_lines(lines)), [0, 0, 2, 0])
        self.assertEqual(len(self.device()), 1)

    def test_changes_are_written_and_own_entries_kept(self):
        self.Catalogue._import_lines([self.line(temp=[2, 8])])
        self.device().write({"med_device_class": "III", "med_is_implant": True})
        report = self.Catalogue._import_lines([self.line(name="New name", packs=[[GTIN_BOX, GTIN, 10]])])
        self.assertEqual(counts(report), [0, 1, 0, 0])
        device = self.device()
        self.assertEqual((device.name, len(device.med_identifier_ids)), ("New name", 2))
        self.assertEqual((device.med_device_class, device.med_is_implant), ("III", True))
        self.assertEqual(device.med_storage_condition_id, self.env.ref("med_master_data.storage_2_8"))

    def test_package_quantity_is_corrected(self):
        self.Catalogue._import_lines([self.line(packs=[[GTIN_BOX, GTIN, 10]])])
        self.assertEqual(
            counts(self.Catalogue._import_lines([self.line(packs=[[GTIN_BOX, GTIN, 12]])])),
            [0, 1, 0, 0],
        )
        self.assertEqual(self.device().med_identifier_ids.filtered(lambda i: i.di == GTIN_BOX).quantity, 12)

    def test_every_refusal_names_line_and_reason(self):
        lines = [
            self.line(),
            "",
            "{broken",
            self.line("06901234567893"),
            self.line(),
            self.line(GTIN_2, name=""),
        ]
        report = self.Catalogue._import_lines(lines)
        self.assertEqual(counts(report), [1, 0, 0, 4])
        self.assertEqual(
            [(entry["line"], entry["code"]) for entry in report["refused"]],
            [(3, "line_json"), (4, "check_digit"), (5, "di_repeated"), (6, "name_missing")],
        )
        self.assertIn("06901234567893", report["refused"][1]["reason"])
        self.assertIn("line 1", report["refused"][2]["reason"])

    def test_an_identifier_of_another_device_is_left_out(self):
        """Whether it comes before or after, in this file or on record."""
        lines = [self.line(packs=[[GTIN_BOX, GTIN, 10], [GTIN_3, GTIN, 5]]), self.line(GTIN_3)]
        for _round in range(2):
            report = self.Catalogue._import_lines(lines)
            self.assertEqual([(w["line"], w["code"]) for w in report["warnings"]], [(1, "di_other_device")])
        self.assertEqual(counts(report), [0, 0, 2, 0])
        self.assertEqual(self.device().med_identifier_ids.mapped("di"), [GTIN, GTIN_BOX])

    def test_a_primary_identifier_that_is_a_package_elsewhere_is_refused(self):
        self.Catalogue._import_lines([self.line(packs=[[GTIN_BOX, GTIN, 10]])])
        report = self.Catalogue._import_lines([self.line(GTIN_BOX, name="Box")])
        self.assertEqual([entry["code"] for entry in report["refused"]], ["di_taken"])

    def test_one_product_that_refuses_does_not_stop_the_others(self):
        self.Catalogue._import_lines([self.line(), self.line(GTIN_2)])
        Product = self.env.registry["product.template"]
        write = Product.write

        def refusing(products, vals):
            write(products, vals)
            if vals.get("tracking") == "serial":
                raise UserError("in use")  # pylint: disable=translation-required  # as Odoo does for some products with stock
            return True

        with patch.object(Product, "write", refusing):
            report = self.Catalogue._import_lines(
                [self.line(name="Half", track="serial"), self.line(GTIN_2, name="Changed")]
            )
        self.assertEqual([entry["code"] for entry in report["refused"]], ["write_refused"])
        self.assertIn("in use", report["refused"][0]["reason"])
        self.assertEqual(counts(report), [0, 1, 0, 1])
        self.assertEqual((self.device().name, self.device().tracking), ("Stent", "lot"))
        self.assertEqual(self.device(GTIN_2).name, "Changed")

    def test_dry_run_writes_nothing(self):
        before = len(self.events("catalogue.imported"))
        report = self.Catalogue._import_lines([self.line()], apply=False)
        self.assertEqual(counts(report), [1, 0, 0, 0])
        self.assertFalse(self.device())
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Maker")]))
        self.assertEqual(len(self.events("catalogue.imported")), before)

    def test_import_is_evidence(self):
        self.Catalogue._import_lines([self.line(), "x"])
        event = self.events("catalogue.imported")[0]
        body = json.loads(event.body)
        self.assertEqual((body["created"], body["refused"], len(body["sha256"])), (1, 1, 64))
        self.assertEqual(event.user_id, self.quality)

    def test_archived_device_is_updated_not_doubled(self):
        self.Catalogue._import_lines([self.line()])
        self.device().active = False
        self.assertEqual(counts(self.Catalogue._import_lines([self.line(name="Again")])), [0, 1, 0, 0])

    def test_only_quality_imports(self):
        for user in (self.picker, self.supervisor, self.auditor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["med.catalogue"].with_user(user)._import_lines([self.line()])

    def test_queries_do_not_grow_per_known_line(self):
        dis = [f"0690123{number:06d}" for number in range(60)]
        lines = [self.line(body + str(gtin.check_digit(body))) for body in dis]
        self.Catalogue._import_lines(lines)
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        self.Catalogue._import_lines(lines[:5])
        few = self.env.cr.sql_log_count - start
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        self.assertEqual(self.Catalogue._import_lines(lines)["unchanged"], 60)
        self.assertLessEqual(self.env.cr.sql_log_count - start, few + 2)

    def test_wizard(self):
        content = "\n".join([self.line(), self.line("06901234567893")])
        form = Form(self.env["med.catalogue.import"].with_user(self.quality))
        form.file = base64.b64encode(content.encode())
        wizard = form.save()
        wizard.action_check()
        self.assertEqual((wizard.state, wizard.created, wizard.refused), ("checked", 1, 1))
        self.assertFalse(self.device())
        wizard.action_import()
        self.assertEqual((wizard.state, wizard.created), ("done", 1))
        self.assertTrue(self.device())
        self.assertRecordValues(wizard.line_ids, [{"line": 2, "kind": "refused", "di": "06901234567893"}])
        self.assertIn("check digit", wizard.line_ids.reason)

    def test_wizard_refuses_another_encoding(self):
        wizard = (
            self.env["med.catalogue.import"]
            .with_user(self.quality)
            .create({"file": base64.b64encode("名".encode("gbk")), "filename": "a.jsonl"})
        )
        with self.assertRaisesRegex(UserError, r"a\.jsonl"):
            wizard.action_check()

    def test_shipped_demo_catalogue_is_without_fault(self):
        report = self.Catalogue._import_file("med_master_data/demo/demo_catalogue.jsonl")
        self.assertEqual((report["refused"], report["warnings"]), ([], []))
        self.assertGreaterEqual(report["created"] + report["unchanged"] + report["updated"], 60)
