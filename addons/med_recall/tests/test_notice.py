import json
from io import BytesIO

import openpyxl
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RecallCase

OPENFDA = {
    "recall_number": "Z-0001-2026",
    "recalling_firm": "Knee Maker Ltd",
    "product_description": "Knee implant, catalog KN-4711",
    "code_info": "Lot # W-101, W-103",
    "classification": "Class II",
    "report_date": "20260613",
}


@tagged("post_install", "-at_install")
class TestNotice(RecallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.device.default_code = "KN-4711"
        cls.lot = cls.received_lot("W-101", 5)
        cls.deliver(cls.lot, 5)
        cls.notices = cls.env["med.recall.notice"].with_user(cls.quality)

    def _import(self, *records, name="recalls.json"):
        return self.notices._import_file(name, json.dumps({"results": list(records)}).encode())

    def test_a_notice_of_something_we_delivered_opens_a_draft_recall(self):
        (notice,) = self._import(OPENFDA)["created"]
        self.assertEqual((notice.state, notice.lot_ids), ("ours", self.lot))
        recall = notice.recall_ids
        self.assertEqual(recall.state, "draft")
        self.assertEqual(recall.scope_ids.mapped("first"), ["W-101", "W-103"])
        self.assertFalse(any(recall.scope_ids.mapped("is_confirmed")))
        self.assertEqual(recall.product_ids, self.device)
        self.assertEqual(recall.profile_id.level, "II")
        # nothing is held by itself
        self.assertEqual(self.lot.med_status, "released")

    def test_the_same_notice_comes_once(self):
        self._import(OPENFDA)
        again = self._import(OPENFDA, OPENFDA)
        self.assertEqual((len(again["created"]), again["known"]), (0, 1))
        self.assertEqual(self.env["med.recall"].search_count([("notice_id.number", "=", "Z-0001-2026")]), 1)

    def test_what_we_never_had_opens_nothing(self):
        (notice,) = self._import({**OPENFDA, "code_info": "Lot # NEVER-1", "product_description": "Pear juice"})[
            "created"
        ]
        self.assertEqual((notice.state, len(notice.recall_ids)), ("not_ours", 0))

    def test_a_lot_number_alone_is_a_hint_that_a_person_decides(self):
        (notice,) = self._import({**OPENFDA, "product_description": "Something else"})["created"]
        self.assertEqual((notice.state, len(notice.recall_ids)), ("possible", 0))
        notice.action_open_recall()
        self.assertEqual(notice.recall_ids.scope_ids.mapped("first"), ["W-101", "W-103"])

    def test_a_text_that_cannot_be_read_whole_says_what_it_did_not_understand(self):
        (notice,) = self._import({**OPENFDA, "code_info": "Lots of the blue kind, KN-4711"})["created"]
        self.assertIn("blue", notice.unread)

    def test_tables(self):
        book = openpyxl.Workbook()
        book.active.append(["Number", "Product", "Lots"])
        book.active.append(["X-1", "KN-4711", "W-101"])
        data = BytesIO()
        book.save(data)
        (from_xlsx,) = self.notices._import_file("notices.xlsx", data.getvalue())["created"]
        self.assertEqual(from_xlsx.state, "ours")
        text = "编号,产品,批号\nX-2,KN-4711,W-101\n".encode("gb18030")
        (from_csv,) = self.notices._import_file("notices.csv", text)["created"]
        self.assertEqual(from_csv.number, "X-2")

    def test_a_file_that_cannot_be_read_says_why(self):
        for name, data, words in (
            ("a.xlsx", b"PK", "no XLSX"),
            ("a.json", b"{oops", "Line 1"),
            ("a.json", b"[1]", "no list"),
            ("a.csv", b"colour\nred\n", "colour"),
            ("a.csv", b"reason,company,url\nhttp://x.org/1,F,2013\n", "Move the headings"),
            ("a.csv", b"\xff\xff\xff", "neither UTF-8"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self.notices._import_file(name, data)
        result = self._import({"colour": "red"}, OPENFDA)
        self.assertEqual((len(result["created"]), result["refused"][0][0]), (1, 1))
