import base64
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import openpyxl
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..bundle_xlsx import render_xlsx
from ..files import verify_bundle
from .common_seal import SealCase


@tagged("post_install", "-at_install")
class TestBundle(SealCase):
    def setUp(self):
        super().setUp()
        self.event_ids = self._events(3, reason="批号 <b>", record=self.env.company.partner_id)

    def _wizard(self, user=None, **values):
        today = fields.Date.today()
        days = {"date_from": fields.Date.subtract(today, days=1), "date_to": fields.Date.add(today, days=1)}
        return self.env["med.evidence.bundle"].with_user(user or self.auditor).create({**days, **values})

    def _made(self, **values):
        wizard = self._wizard(**values)
        wizard.action_make()
        archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(wizard.content)))
        return wizard, {name: archive.read(name) for name in archive.namelist()}

    def test_a_bundle_holds_everything_of_its_days_and_verifies_with_python_alone(self):
        wizard, files = self._made()
        self.assertLessEqual(
            {"bundle.json", "bundle.html", "bundle.pdf", "bundle.xlsx", "verify_bundle.py", "README.txt"}, files.keys()
        )
        payload = json.loads(files["bundle.json"])["payload"]
        leaves = [json.loads(entry["leaf"]) for entry in payload["entries"]]
        self.assertLessEqual(set(self.event_ids), {row["id"] for source, row in leaves if source == "event"})
        self.assertEqual(wizard.entry_count, len(leaves))
        self.assertEqual(wizard.fingerprint, self.Key.search([], limit=1).fingerprint)
        with tempfile.TemporaryDirectory() as folder:
            for name in ("bundle.json", "verify_bundle.py"):
                Path(folder, name).write_bytes(files[name])
            command = [sys.executable, "-I", "-S", "verify_bundle.py", "bundle.json", "--key", wizard.fingerprint]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(done.stdout.endswith("VERIFIED\n"), done.stdout)
            self.assertIn(payload["left_out"][0], done.stdout)

    def test_page_and_pdf_say_the_same_to_people(self):
        wizard, files = self._made()
        page = files["bundle.html"].decode()
        self.assertIn("批号 &lt;b&gt;", page)
        self.assertIn(wizard.sha256, page)
        self.assertIn(wizard.left_out.split("\n")[0], page)
        self.assertTrue(files["bundle.pdf"].startswith(b"%PDF-"))
        book = openpyxl.load_workbook(io.BytesIO(files["bundle.xlsx"]))
        head, events = book.worksheets[:2]
        self.assertIn(wizard.sha256, [row[1].value for row in head.iter_rows(min_row=3)])
        payload = json.loads(files["bundle.json"])["payload"]
        wanted = [row for row in (json.loads(entry["leaf"]) for entry in payload["entries"]) if row[0] == "event"]
        self.assertEqual(events.max_row - 1, len(wanted), "one row for each event")
        self.assertTrue(any("批号 <b>" in str(cell.value) for row in events.iter_rows() for cell in row))

    def test_what_somebody_wrote_is_no_formula_of_the_workbook(self):
        texts = {
            "title": "=1+1 [x]",
            "head": [["About", "=HYPERLINK(1)"]],
            "columns": ["Facts"],
            "events": [["=cmd|calc"], ["https://example.com"]],
            "signatures": [],
            "files": [],
            "left_out": ["@SUM(A1)"],
            "words": {"events": "Events", "left_out": "Left out"},
        }
        book = openpyxl.load_workbook(io.BytesIO(render_xlsx(texts)))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
        self.assertIn("=cmd|calc", [cell.value for cell in cells])
        self.assertEqual({cell.data_type for cell in cells}, {"s"})

    def test_no_bit_of_a_real_bundle_can_be_flipped(self):
        _wizard, files = self._made()
        raw = bytearray(files["bundle.json"])
        # every 97th byte, another bit each time
        for position in range(0, len(raw), max(1, len(raw) // 150)):
            raw[position] ^= 1 << position % 8
            with self.assertRaises(verify_bundle.NotVerified):
                verify_bundle.verify(bytes(raw))
            raw[position] ^= 1 << position % 8
        verify_bundle.verify(bytes(raw))

    def test_it_says_what_it_leaves_out(self):
        other = self.env["res.company"].create({"name": "Other company"})
        self.env["med.evidence.event"].with_company(other)._record("test.kind", [{"body": {}}])
        wizard, files = self._made()
        payload = json.loads(files["bundle.json"])["payload"]
        self.assertEqual(wizard.left_out, "\n".join(payload["left_out"]))
        self.assertTrue(any(sentence.startswith("1 events of this selection") for sentence in payload["left_out"]))

    def test_making_it_is_evidence(self):
        wizard, _files = self._made()
        (body,) = self.events("evidence.bundle")
        self.assertEqual(body["sha256"], wizard.sha256)

    def test_without_the_key_a_bundle_says_that_it_is_not_signed(self):
        for path in self.folder.glob("key-*.pem"):
            path.unlink()
        _wizard, files = self._made()
        whole = json.loads(files["bundle.json"])
        self.assertIsNone(whole["signature"])
        self.assertIn("THE BUNDLE ITSELF IS NOT SIGNED", " ".join(verify_bundle.verify(files["bundle.json"])))

    def test_clear_words(self):
        with self.assertRaisesRegex(UserError, "Choose the first or the last day"):
            self._wizard(date_from=False, date_to=False).action_make()
        with self.assertRaisesRegex(UserError, "before the first one"):
            self._wizard(date_from="2026-02-01", date_to="2026-01-01").action_make()
        with self.assertRaisesRegex(UserError, "no events of this selection"):
            self._wizard(date_from="1999-01-01", date_to="1999-01-02").action_make()

    def test_only_auditors_make_bundles(self):
        plain = self._user("plain", "base.group_user")
        with self.assertRaises(AccessError):
            self._wizard(user=plain)
