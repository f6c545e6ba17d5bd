"""Seals under an outsider's time stamp: the authority is OpenSSL's, real, on this machine."""

import base64
import io
import json
import zipfile

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..files import verify_bundle
from .authority import Authority
from .common_seal import SealCase


@tagged("post_install", "-at_install")
class TestAnchor(SealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stamper, cls.other = Authority(), Authority("Other authority")
        cls.addClassCleanup(cls.stamper.stop)
        cls.addClassCleanup(cls.other.stop)

    def setUp(self):
        super().setUp()
        self.Anchor = self.env["med.evidence.anchor"]
        self.authority = self.env["med.evidence.authority"].create(
            {"name": "Test authority", "url": self.stamper.url, "certificates": self.stamper.certificates}
        )
        self.stamper.answer = None
        self._events(2)
        self.Seal._seal()

    def _anchor(self):
        self.Anchor._cron_anchor()
        return self.Anchor.search([], limit=1)

    def test_the_newest_seal_is_anchored_once_and_openssl_agrees(self):
        anchor, seal = self._anchor(), self._last()
        self.assertEqual(anchor.tree_size, seal.tree_size)
        self.assertEqual(anchor.seal_hash, seal._statements()[seal.id][1])
        self.assertTrue(self.stamper.verified(bytes.fromhex(anchor.token), anchor.seal_hash))
        self.assertFalse(self.stamper.verified(bytes.fromhex(anchor.token), "0" * 64))
        self.assertEqual(self.authority.state, "good")
        self.assertEqual(self._findings(), [])
        # its own leaf is no news, or it would anchor for ever
        self.Seal._seal()
        self.assertEqual(self._anchor(), anchor)
        self._events(1)
        self.Seal._seal()
        self.assertNotEqual(self._anchor(), anchor)
        self.assertEqual(self._findings(), [])

    def test_an_authority_that_fails_blocks_nothing_is_shown_and_tried_again(self):
        for answer, words in (
            ((503, b""), "cannot be reached"),
            ((200, b"<html>hello</html>"), "no time stamp"),
            ((200, self.stamper.stamp(b"no request")), "refused"),
        ):
            with self.subTest(words):
                self.stamper.answer = answer
                self.assertFalse(self._anchor())
                self.assertEqual(self.authority.state, "failed")
                self.assertIn(words, self.authority.problem)
        self.assertEqual(len(self.events("anchor.failed")), 1, "told when it begins, not every hour")
        self.assertTrue(self.env["mail.activity"].search([("summary", "=", "Seals are not anchored")]))
        self.assertGreater(self.Seal._seal(), 0)
        self.assertEqual(self._findings(), [])
        self.stamper.answer = None
        self.assertTrue(self._anchor())
        self.assertEqual((self.authority.state, self.authority.problem), ("good", False))

    def test_a_time_stamp_of_somebody_else_or_over_something_else_is_not_taken(self):
        self.authority.url = self.other.url
        self.assertFalse(self._anchor())
        self.assertIn("does not fit the certificates", self.authority.problem)
        self.authority.url = self.stamper.url
        old = bytes.fromhex(self._anchor().token)
        self._events(1)
        self.Seal._seal()
        self.stamper.answer = (200, old)
        self.assertFalse(self.Anchor._anchor(self.authority))
        self.assertEqual(self.authority.state, "failed")

    def test_a_token_swapped_or_edited_is_found_before_its_seal_and_after(self):
        first = self._anchor()
        self._events(1)
        self.Seal._seal()
        second = self._anchor()
        self.assertNotEqual(first, second)
        token = second.token
        flipped = token[:-2] + f"{int(token[-2:], 16) ^ 1:02x}"
        queries = {
            "swapped": f"UPDATE med_evidence_anchor a SET token = o.token FROM med_evidence_anchor o"
            f" WHERE (a.id, o.id) IN (({first.id}, {second.id}), ({second.id}, {first.id}))",
            "edited": f"UPDATE med_evidence_anchor SET token = '{flipped}' WHERE id = {second.id}",
            "re-dated": "UPDATE med_evidence_anchor SET stamped_at = stamped_at - interval '1 day'",
            "moved": f"UPDATE med_evidence_anchor SET tree_size = {first.tree_size} WHERE id = {second.id}",
            "nonsense": f"UPDATE med_evidence_anchor SET token = 'x' WHERE id = {second.id}",
        }
        for name, query in queries.items():
            with self.subTest(name), self._undone():
                self._tamper(query)
                self.assertIn("anchor_differs", self._codes())
        self.Seal._seal()
        self.assertEqual(self._findings(), [])
        for name, query in queries.items():
            with self.subTest(f"{name}, sealed"), self._undone():
                self._tamper(query)
                self.assertLessEqual({"anchor_differs", "row_changed"}, self._codes())

    def test_a_log_rebuilt_with_the_key_does_not_fit_the_time_stamp(self):
        """Somebody with database, key and notes makes everything anew, alike: the outsider disagrees."""
        anchor = self._anchor()
        seal = self._last()
        self._tamper(f"UPDATE med_evidence_seal SET sealed_at = sealed_at + interval '1 second' WHERE id = {seal.id}")
        statement = seal._statements()[seal.id][0]
        private, _error = self.Key._private()
        signature = private.sign(statement.encode()).hex()
        self._tamper(f"UPDATE med_evidence_seal SET signature = '{signature}' WHERE id = {seal.id}")
        found = [finding for finding in self._findings() if finding["code"] == "anchor_differs"]
        self.assertEqual([finding["row_id"] for finding in found], [anchor.id])
        self.assertIn("time stamp", self.Seal._finding_sentence(found[0]))

    def test_without_the_authoritys_certificate_its_time_stamps_are_not_believed(self):
        self._anchor()
        self.authority.active = False
        self.assertEqual(self._findings(), [])
        self.authority.certificates = self.other.certificates
        self.assertEqual(self._codes(), {"anchor_differs"})

    def test_a_bundle_carries_the_time_stamp_and_python_alone_reads_it(self):
        anchor = self._anchor()
        self._events(1)
        self.Seal._seal()
        today = fields.Date.today()
        wizard = self.env["med.evidence.bundle"].with_user(self.auditor)
        wizard = wizard.create(
            {"date_from": fields.Date.subtract(today, days=1), "date_to": fields.Date.add(today, days=1)}
        )
        wizard.action_make()
        archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(wizard.content)))
        raw = archive.read("bundle.json")
        self.assertIn("Test authority saw the first", " ".join(verify_bundle.verify(raw)))
        token = archive.read(f"anchors/{anchor.seal_hash}.tsr")
        self.assertTrue(self.stamper.verified(token, anchor.seal_hash))
        self.assertEqual(verify_bundle.stamped(token)[1], anchor.stamped_at.isoformat())
        payload = json.loads(raw)["payload"]
        bundle = verify_bundle.Bundle(raw)
        wrong = [
            {"token": self.other.stamp((self.stamper.folder / "query.tsq").read_bytes()).hex(), "stamped_at": "x"},
            {"seal_hash": "0" * 64},
            {"stamped_at": "2020-01-01T00:00:00"},
            {"tree_size": 1},
        ]
        for change in wrong:
            with self.subTest(change.keys()):
                bundle.payload["anchors"] = [{**payload["anchors"][0], **change}]
                with self.assertRaises(verify_bundle.NotVerified):
                    bundle.check_anchors()

    def test_clear_words_about_what_is_entered(self):
        with self.assertRaisesRegex(ValidationError, "BEGIN CERTIFICATE"):
            self.authority.certificates = "hello"
        with self.assertRaisesRegex(ValidationError, "root certificate"):
            self.authority.certificates = (self.stamper.folder / "tsa.pem").read_text()
        with self.assertRaisesRegex(ValidationError, "http"):
            self.authority.url = "ftp://x"

    def test_only_evidence_managers_enter_authorities_and_nobody_an_anchor(self):
        with self.assertRaises(AccessError):
            self.authority.with_user(self.auditor).url = "http://127.0.0.1/"
        with self.assertRaises(AccessError):
            self.authority.with_user(self.auditor).action_anchor()
        with self.assertRaises(AccessError):
            self.Anchor.create({"tree_size": 1})
        anchor = self._anchor()
        with self.assertRaises(AccessError):
            anchor.token = "00"
