"""Duties of whoever keeps electronic records: show, export, review, keep; and links to sign on."""

import base64
import io
from datetime import date, timedelta
from zipfile import ZipFile

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..lib import retention
from .paper import PaperCase

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestDuties(PaperCase):
    # Export for inspection ---------------------------------------------------------------

    def _export(self, file_format, domain=None):
        domain = domain or [("res_model", "=", "med.test.paper"), ("res_id", "=", self.paper.id)]
        export = (
            self.env["med.evidence.inspection"]
            .with_user(self.auditor)
            .create({"search_domain": str(domain), "reason": "Inspection", "file_format": file_format})
        )
        export.action_export()
        return export, base64.b64decode(export.content)

    def test_the_paper_and_the_sheet_bear_the_same_hash_and_are_evidence_themselves(self):
        self.paper.write({"name": "=HYPERLINK(1)", "weight": 3})
        paper, pdf = self._export("pdf")
        sheet, xlsx = self._export("xlsx")
        self.assertTrue(pdf.startswith(b"%PDF"))
        with ZipFile(io.BytesIO(xlsx)) as book:
            texts = book.read("xl/sharedStrings.xml").decode()
            first = book.read("xl/worksheets/sheet1.xml").decode()
        self.assertIn(sheet.digest, texts)
        self.assertIn("Name: Order 7", texts)
        self.assertNotIn("<f>", first)  # nothing an event says is calculated
        self.assertIn("&amp;P / &amp;N", first)
        self.assertEqual(paper.digest, sheet.digest)
        event = self.env["med.evidence.event"].search([("kind", "=", "evidence.exported")], limit=1)
        self.assertEqual((event.user_id, event.reason), (self.auditor, "Inspection"))
        self.assertIn(sheet.digest, event.body)

    def test_every_page_of_the_pdf_has_its_number(self):
        for number in range(60):
            self.paper.name = f"订单 {number}"
        export, pdf = self._export("pdf")
        pages = pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ")
        self.assertGreater(pages, 1)
        self.assertIn(f"/Count {pages}".encode(), pdf)
        self.assertTrue(export.digest)

    def test_nobody_but_auditors_exports(self):
        with self.assertRaises(AccessError):
            self.env["med.evidence.inspection"].with_user(self.signer).create({"reason": "curious"})

    def test_an_empty_choice_is_said(self):
        with self.assertRaisesRegex(UserError, "no such events"):
            self._export("pdf", [("id", "=", -1)])

    # Access review -----------------------------------------------------------------------

    def test_the_access_list_says_who_may_do_what_and_is_signed(self):
        manager = self._user("manager", "med_evidence.group_med_evidence_manager")
        action = self.env["med.access.review"].with_user(self.auditor).action_take()
        review = self.env["med.access.review"].with_user(self.auditor).browse(action["res_id"])
        rights = {line.user_id: line.rights for line in review.line_ids}
        self.assertIn("Signature policy: create, change", rights[manager])
        self.assertNotIn("Signature policy", rights[self.signer])
        self.assertIn("Test paper: create, change, delete", rights[self.signer])
        review.note = "All as it should be."
        review._sign("access", self.credential)
        self.assertTrue(review.is_signed)
        with self.assertRaises(UserError):
            review.note = "later thoughts"
        action = review.action_print()
        printed = self.env["ir.attachment"].search(
            [("res_model", "=", "med.access.review"), ("res_id", "=", review.id)]
        )
        self.assertTrue(base64.b64decode(printed.datas).startswith(b"%PDF"))
        self.assertIn(str(printed.id), action["url"])

    def test_a_list_that_is_changed_afterwards_voids_its_signature(self):
        action = self.env["med.access.review"].with_user(self.auditor).action_take()
        review = self.env["med.access.review"].with_user(self.auditor).browse(action["res_id"])
        signature = review._sign("access", self.credential)
        review.line_ids[:1].sudo().rights = "nothing at all"
        signature.invalidate_recordset()
        self.assertTrue(signature.is_void)

    def test_only_auditors_take_the_list(self):
        with self.assertRaises(UserError):
            self.env["med.access.review"].with_user(self.signer).action_take()

    # Retention ---------------------------------------------------------------------------

    def test_a_rule_counts_when_it_is_signed_and_no_more_when_it_changes(self):
        manager = self._user("manager", "med_evidence.group_med_evidence_manager")
        rules = self.env["med.evidence.retention"]
        facts = {"recorded": date(2026, 11, 23), "markets": ["cn"], "expiry": date(2027, 6, 30)}
        self.assertEqual(rules._retain_until("signature", **facts), retention.FOREVER)
        rule = self.env.ref("med_evidence.retention_cn")
        with self.assertRaises(UserError):
            rule.with_user(self.auditor)._sign("retention", self.credential)
        rule.with_user(manager)._sign("retention", self.credential)
        self.assertEqual(rules._retain_until("signature", **facts), date(2029, 6, 30))
        # a market without a signed rule keeps for ever
        self.assertEqual(rules._retain_until("signature", **{**facts, "markets": ["cn", "eu"]}), retention.FOREVER)
        rule.years = 1
        self.env.invalidate_all()
        self.assertEqual(rules._retain_until("signature", **facts), retention.FOREVER)

    # Patterns ----------------------------------------------------------------------------

    def test_signatures_faster_than_reading_raise_one_alarm(self):
        for _n in range(6):
            self.paper._sign("approve", self.credential)
        self.env["med.evidence.pattern"].search([]).active = False
        pattern = self.env.ref("med_evidence.pattern_back_to_back")
        self.assertEqual(pattern.kinds_label, "Signature")  # the words of the codes in ``kinds``
        pattern.active = True
        self.env["med.evidence.pattern"]._cron_look()
        self.env["med.evidence.pattern"]._cron_look()
        alarm = self.env["med.evidence.alarm"].search([("user_id", "=", self.signer.id)])
        self.assertEqual(len(alarm), 1)
        self.assertEqual(alarm.event_count, 6)
        self.assertIn(self.auditor, alarm.activity_ids.user_id)
        self.assertEqual(alarm.action_view_events()["domain"], [("id", "in", alarm._events())])
        self.paper._sign("approve", self.credential)
        self.env["med.evidence.pattern"]._cron_look()
        self.assertEqual(alarm.event_count, 7)

    def test_a_series_is_one_act_and_no_alarm(self):
        papers = self.paper.create([{"name": str(n)} for n in range(20)])
        papers._sign("approve", self.credential)
        self.env["med.evidence.pattern"].search([("measure", "!=", "back_to_back")]).active = False
        self.env["med.evidence.pattern"]._cron_look()
        self.assertFalse(self.env["med.evidence.alarm"].search([("user_id", "=", self.signer.id)]))

    # Links -------------------------------------------------------------------------------

    def _link(self):
        address = self.paper._issue_link("witness")
        return self.env["med.evidence.link"]._find(address.rsplit("/", 1)[1])

    def test_a_link_is_signed_once_with_name_and_drawing(self):
        link = self._link()
        shown = self.paper._signature_hash("witness")
        for name, drawing, seen in (("", PIXEL, shown), ("王", "no picture", shown), ("王", PIXEL, "0" * 64)):
            with self.assertRaises(UserError):
                link._sign(name, drawing, seen)
        signature = link._sign("王医生", PIXEL, shown)
        self.assertEqual((signature.signer_name, signature.auth_method), ("王医生", "link"))
        self.assertEqual(signature.drawing.decode(), PIXEL)
        self.assertEqual(self.events("signature", self.paper)[-1]["name"], "王医生")
        self.assertEqual(self.paper.applied, "witness")
        with self.assertRaisesRegex(UserError, "signed already"):
            link._sign("王医生", PIXEL, shown)

    def test_a_new_link_ends_the_one_before_and_every_link_ends(self):
        first, second = self._link(), self._link()
        shown = self.paper._signature_hash("witness")
        with self.assertRaisesRegex(UserError, "expired"):
            first._sign("王", PIXEL, shown)
        self.assertGreater(second.expires_at, fields.Datetime.now() + timedelta(days=29))

    def test_links_are_for_what_the_model_gives_away(self):
        with self.assertRaises(UserError):
            self.paper._issue_link("approve")
        with self.assertRaises(UserError):
            self.env["med.evidence.link"].sudo().create({"res_model": "med.test.paper"})
        self.assertFalse(self.env["med.evidence.link"]._find("guess"))

    def test_who_may_not_read_events_reads_no_link_and_no_alarm(self):
        link = self._link()
        for records in (link, self.env["med.evidence.alarm"], self.env["med.access.review"]):
            with self.assertRaises(AccessError):
                records.with_user(self.signer).browse(records.ids).check_access("read")

    def test_the_manager_sets_policies_and_the_auditor_does_not(self):
        manager = self._user("manager", "med_evidence.group_med_evidence_manager")
        policy = self.env.ref("med_evidence.signature_policy")
        policy.with_user(manager).failures_allowed = 4
        with self.assertRaises(AccessError):
            policy.with_user(self.auditor).failures_allowed = 9
        with self.assertRaises(AccessError):
            policy.with_user(manager).unlink()
        self.env["med.signature.plan"].with_user(manager).create(
            {
                "name": "two",
                "model_id": self.env["ir.model"]._get_id("med.test.paper"),
                "line_ids": [Command.create({"meaning": "approve"})],
            }
        )
