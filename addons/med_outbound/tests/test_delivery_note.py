"""The delivery note: what the law wants on it, and the link that travels with it."""

import io
import re

from lxml import html
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from .common import OutboundCase
from .test_stage import PIXEL


@tagged("post_install", "-at_install")
class TestDeliveryNote(OutboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.partner_id.write({"street": "1 Seal Road", "phone": "010-1"})
        cls.hospital.write({"street": "2 Ward Street", "phone": "021-2"})
        registrant = cls.env["res.partner"].create({"name": "Registrant Works"})
        cls.env["med.registration.certificate"].create(
            {
                "number": "国械注进20213140001",
                "kind": "registration",
                "holder_id": registrant.id,
                "device_class": "III",
                "country_id": cls.env.ref("base.cn").id,
                "product_tmpl_ids": [(4, cls.device.product_tmpl_id.id)],
            }
        )
        cls.device.med_storage_condition_id = cls.env["med.storage.condition"].search([], limit=1)

    def _html(self, picking):
        content, _kind = self.env["ir.actions.report"]._render_qweb_html("med_outbound.delivery_note", picking.ids)
        return content

    def _text(self, picking):
        return " ".join(html.fromstring(self._html(picking)).text_content().split())

    def _links(self):
        """What the QR codes of all notes rendered from now on say."""
        said = []
        report = type(self.env["ir.actions.report"])
        original = report.barcode

        def barcode(this, kind, value, **options):
            said.append(value)
            return original(this, kind, value, **options)

        self.patch(report, "barcode", barcode)
        return said

    def test_it_says_what_the_law_wants(self):
        lot = self.make_lot("NOTE-LOT", med_production_date="2025-02-03")
        picking = self.shipped_delivery(lot, quantity=3)
        text = self._text(picking)
        for wanted in (
            self.device.name,
            "国械注进20213140001",
            "Registrant Works",
            "NOTE-LOT",
            "02/03/2025",
            lot.expiration_date.strftime("%Y"),
            "3 Units",
            self.env.company.name,
            "1 Seal Road",
            "010-1",
            self.hospital.name,
            "2 Ward Street",
            "021-2",
            picking.name,
            self.device.med_storage_condition_id.name,
            self.reviewer.name,
            "Outbound seal",
        ):
            self.assertIn(wanted, text)
        self.assertEqual(self.events("note.printed", picking), [{"lines": 1}])

    def test_one_row_per_lot_and_package(self):
        first, second = self.make_lot("A-1"), self.make_lot("A-2")
        picking = self.picked_delivery(first, second)
        picking.move_line_ids.filtered(lambda line: line.lot_id == second).result_package_id = self.env[
            "stock.package"
        ].create({"name": "BOX 7"})
        self.review(picking)
        self.validate(picking)
        rows = html.fromstring(self._html(picking)).xpath("//table[hasclass('o_note')]/tbody/tr")
        self.assertEqual([re.findall(r"A-\d|BOX 7", row.text_content()) for row in rows], [["A-1"], ["A-2", "BOX 7"]])

    def test_nothing_is_printed_before_it_left(self):
        picking = self.picked_delivery(self.make_lot("EARLY"))
        with self.assertRaisesRegex(UserError, picking.name):
            self._html(picking)
        self.assertFalse(self.events("note.printed", picking))

    def test_in_chinese_for_a_chinese_consignee(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search([("name", "=", "med_outbound")])._update_translations(["zh_CN"])
        self.hospital.lang = "zh_CN"
        text = self._text(self.shipped_delivery(self.make_lot("ZH")))
        self.assertIn("随货同行单", text)
        self.assertIn("出库印章", text)

    def test_its_code_is_a_link_that_works_beside_the_one_sent_by_mail(self):
        links = self._links()
        picking = self.shipped_delivery(self.make_lot("QR"))
        mailed = self.env["med.outbound.receipt"]._issue(picking)
        self._html(picking)
        receipts = self.env["med.outbound.receipt"]
        for link in (mailed, links[0]):
            self.assertFalse(receipts._find(link.rsplit("/", 1)[1])._refusal())
        receipts._find(links[0].rsplit("/", 1)[1])._sign_receipt("Dr. Wang", PIXEL)
        for link in (mailed, links[0]):
            with self.assertRaisesRegex(UserError, "signed for already"):
                receipts._find(link.rsplit("/", 1)[1])._sign_receipt("Somebody", PIXEL)
        self._html(picking)
        self.assertEqual(len(links), 1, "a signed delivery needs no link")

    def test_the_seal_of_the_company_is_on_it(self):
        picking = self.shipped_delivery(self.make_lot("SEAL"))
        self.assertNotIn(b'Outbound seal"', self._html(picking))
        self.env.company.med_outbound_seal = PIXEL
        self.assertIn(b'alt="Outbound seal"', self._html(picking))

    def test_it_prints_as_pdf(self):
        picking = self.shipped_delivery(*(self.make_lot(f"PDF-{n}") for n in range(3)))
        content, kind = (
            self.env["ir.actions.report"]
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf("med_outbound.delivery_note", picking.ids)
        )
        self.assertEqual((kind, content[:4]), ("pdf", b"%PDF"))
        self.assertEqual(len(PdfFileReader(io.BytesIO(content)).pages), 1)
