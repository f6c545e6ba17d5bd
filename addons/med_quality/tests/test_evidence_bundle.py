import base64
import io
import json
import shutil
import tempfile
import zipfile

from odoo.tests import tagged
from odoo.tools import config

from odoo.addons.med_evidence.files import verify_bundle

from .common import QualityCase


@tagged("post_install", "-at_install")
class TestEvidenceBundle(QualityCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.mkdtemp(prefix="med_evidence_")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        config._runtime_options["med_evidence_dir"] = folder
        self.addCleanup(config._runtime_options.pop, "med_evidence_dir", None)
        self.registry_enter_test_mode()
        self.lot = self.env["stock.lot"].create({"name": "B-17", "product_id": self.device.id})
        self.file = self.env["ir.attachment"].create(
            {"name": "certificate.txt", "raw": b"analysis", "res_model": "stock.lot", "res_id": self.lot.id}
        )
        self.other = self.env["stock.lot"].create({"name": "C-18", "product_id": self.device.id})
        self.env["med.evidence.event"]._record(
            "test.lot", [{"record": lot, "body": {}} for lot in self.lot + self.other]
        )

    def test_everything_about_a_lot_with_its_files(self):
        wizard = self.env["med.evidence.bundle"].create({"subject": "lot", "lot_id": self.lot.id})
        wizard.action_make()
        archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(wizard.content)))
        raw = archive.read("bundle.json")
        verify_bundle.verify(raw)
        payload = json.loads(raw)["payload"]
        events = [row for source, row in (json.loads(e["leaf"]) for e in payload["entries"]) if source == "event"]
        lots = {row["res_id"] for row in events if row.get("res_model") == "stock.lot"}
        self.assertEqual(lots, {self.lot.id})
        (attachment,) = payload["attachments"]
        self.assertEqual(archive.read(f"files/{attachment['sha256']}"), b"analysis")

    def test_a_file_that_is_exchanged_renamed_or_gone_is_found(self):
        Seal = self.env["med.evidence.seal"]
        Seal._seal()
        self.assertEqual(Seal._verify()["findings"], [])
        for query, code in (
            ("UPDATE ir_attachment SET store_fname = NULL, db_datas = 'other' WHERE id = %s", "file_changed"),
            ("UPDATE ir_attachment SET name = 'x' WHERE id = %s", "file_moved"),
            ("UPDATE ir_attachment SET res_id = res_id + 1 WHERE id = %s", "file_moved"),
            ("DELETE FROM ir_attachment WHERE id = %s", "file_missing"),
        ):
            with self.subTest(query):
                self.env.cr.execute("SAVEPOINT forged")
                self.env.cr.execute(query, [self.file.id])
                self.env.invalidate_all()
                self.assertIn(code, {finding["code"] for finding in Seal._verify()["findings"]})
                self.env.cr.execute("ROLLBACK TO SAVEPOINT forged")
                self.env.invalidate_all()
        # replaced and deleted by the rules it is an event, and no finding
        self.file.raw = b"corrected"
        self.assertEqual(self.events("attachment.changed", self.lot)[0]["before"]["size"], 8)
        self.assertEqual(Seal._verify()["findings"], [])
        self.file.unlink()
        self.assertEqual(len(self.events("attachment.removed", self.lot)), 1)
        self.assertEqual(Seal._verify()["findings"], [])

    def test_quality_is_alarmed(self):
        run = self.env["med.evidence.verification"]
        run._alarm("Seals are not signed", "why")
        run._alarm("Seals are not signed", "why")
        told = self.env["mail.activity"].search([("res_model", "=", run._name), ("user_id", "=", self.quality.id)])
        self.assertEqual(len(told), 1)
