"""Files in: every error named, all or nothing, the same file again changes nothing."""

import base64
import csv
import io
import json

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from openpyxl import Workbook, load_workbook

from ..lib import import_kinds
from .common import GTIN, GTIN_BOX, MedMasterDataCase, MedMasterDataMixin


class ImportMixin(MedMasterDataMixin):
    def make_import(self, kind, text, source="own", user=None, **values):
        content = text if isinstance(text, bytes) else text.encode()
        source = self.env.ref(f"med_master_data.med_import_source_{source}") if isinstance(source, str) else source
        values = {
            "kind": kind,
            "source_id": source.id,
            "filename": f"{kind}.csv",
            "file": base64.b64encode(content),
            **values,
        }
        return self.env["med.import"].with_user(user or self.quality).create(values)

    def run_import(self, kind, text, **values):
        one = self.make_import(kind, text, **values)
        one.action_import()
        return one

    def assertImported(self, one, created=0, updated=0, unchanged=0):
        self.assertEqual(one.error_ids.mapped("message"), [])
        self.assertEqual(one.state, "done")
        self.assertEqual((one.created_count, one.updated_count, one.unchanged_count), (created, updated, unchanged))

    def errors(self, one):
        return [(error.row, error.column or "", error.value or "") for error in one.error_ids]


class TestImport(ImportMixin, MedMasterDataCase):
    PRODUCTS = (
        "key,code,name,device,device class,di,storage from (°C),storage to (°C),cost\n"
        f"1,IMP-1,Stent,yes,III,{GTIN},2,8,10.50\n"
        "2,IMP-2,Tape,no,,,,,0.20\n"
    )

    def product(self, code):
        return self.env["product.template"].search([("default_code", "=", code)])

    def test_products(self):
        one = self.run_import("product", self.PRODUCTS)
        self.assertImported(one, created=2)
        stent, tape = self.product("IMP-1"), self.product("IMP-2")
        self.assertTrue(stent.med_is_device and stent.use_expiration_date)
        self.assertEqual((stent.tracking, stent.med_device_class, stent.med_primary_di), ("lot", "III", GTIN))
        self.assertEqual(stent.med_storage_condition_id._limits(), (2.0, 8.0))
        self.assertEqual((tape.med_is_device, tape.tracking, tape.standard_price), (False, "none", 0.2))
        costs = one.total_ids.filtered(lambda total: total.measure == "cost")
        self.assertEqual((costs.in_file, costs.in_odoo, costs.difference), (10.7, 10.7, 0))

    def test_same_file_again_changes_nothing(self):
        self.run_import("product", self.PRODUCTS)
        before = self.product("IMP-1").write_date
        self.assertImported(self.run_import("product", self.PRODUCTS), unchanged=2)
        self.assertEqual(self.product("IMP-1").write_date, before)

    def test_key_survives_a_new_code(self):
        self.run_import("product", self.PRODUCTS)
        stent = self.product("IMP-1")
        self.assertImported(self.run_import("product", "key,code,name\n1,IMP-9,Stent 2\n"), updated=1)
        self.assertEqual((stent.default_code, stent.name), ("IMP-9", "Stent 2"))

    def test_dry_run_writes_nothing(self):
        one = self.make_import("product", self.PRODUCTS)
        one.action_check()
        self.assertEqual((one.state, one.created_count), ("checked", 2))
        self.assertFalse(self.product("IMP-1"))
        self.assertFalse(self.env["med.import.key"].search([("key", "in", ("1", "2"))]))

    def test_one_wrong_row_refuses_the_file_and_every_error_is_named(self):
        one = self.run_import(
            "product",
            "code,name,di,cost,device class\n"
            "A-1,Right,,1,I\n"
            "A-2,,,2,\n"
            "A-3,Spreadsheet,6.90123E+12,x,IV\n"
            "A-1,Twice,,,\n"
            "A-4,Zeros,0614141,,\n",
        )
        self.assertEqual(one.state, "refused")
        self.assertEqual(
            self.errors(one),
            [
                (3, "name", ""),
                (4, "di", "6.90123E+12"),
                (4, "cost", "x"),
                (4, "device class", "IV"),
                (5, "", "A-1"),
                (6, "di", "0614141"),
            ],
        )
        self.assertFalse(self.product("A-1"))
        self.assertTrue(all(error.message.endswith(".") for error in one.error_ids))

    def test_what_odoo_refuses_becomes_the_error_of_its_row(self):
        """A device must be tracked: known to a constraint of the product only."""
        one = self.run_import(
            "product", "code,name,device,tracking\nB-1,Right,yes,lot\nB-2,Wrong,yes,none\nB-3,Right,no,\n"
        )
        self.assertEqual(self.errors(one), [(3, "", "B-2")])
        self.assertIn("traceable", one.error_ids.message)
        self.assertFalse(self.product("B-1") | self.product("B-3"))

    def test_xlsx(self):
        book = Workbook()
        sheet = book.active
        sheet.append(["Product code", "Name", "Primary DI", "Cost"])
        sheet.append(["X-1", "Stent", int(GTIN), 12.5])
        sheet.append(["X-2", "Stent", 6.90123456789e13 * 1000, 1])
        handle = io.BytesIO()
        book.save(handle)
        one = self.run_import("product", handle.getvalue())
        self.assertEqual([row for row, _column, _value in self.errors(one)], [3])
        book.active.delete_rows(3)
        handle = io.BytesIO()
        book.save(handle)
        self.assertImported(self.run_import("product", handle.getvalue()), created=1)
        self.assertEqual(self.product("X-1").med_primary_di, GTIN)

    def test_gbk_chinese_headers(self):
        text = "产品编码;产品名称;医疗器械;管理类别\nZ-1;冠状动脉支架;是;三类\n"
        self.assertImported(self.run_import("product", text.encode("gbk")), created=1)
        self.assertEqual(self.product("Z-1").name, "冠状动脉支架")

    def test_unknown_headers_are_mapped_once_per_source(self):
        source = self.env["med.import.source"].create({"name": "Old system"})
        text = "Artikel,Bezeichnung,Farbe\nM-1,Stent,rot\n"
        one = self.run_import("product", text, source=source)
        self.assertEqual(one.state, "refused")
        targets = {"Artikel": "product.code", "Bezeichnung": "product.name"}
        for mapping in source.mapping_ids:
            mapping.target = targets.get(mapping.header)
        second = self.run_import("product", text, source=source)
        self.assertImported(second, created=1)
        self.assertEqual(second.ignored_headers, "Farbe")
        self.assertImported(self.run_import("product", text, source=source), unchanged=1)

    def test_partners_licences_certificates_packaging(self):
        self.run_import("product", self.PRODUCTS)
        partners = "code,name,country,city\nP-1,First Hospital,CN,Suzhou\nP-2,Maker,DE,\n"
        self.assertImported(self.run_import("partner", partners), created=2)
        licences = (
            "partner code,kind,number,valid from,valid to,class II,class III,codes\n"
            "P-1,distribution,LIC-1,2024-01-01,2028-12-31,yes,yes,\"13, 14\"\n"
        )
        self.assertImported(self.run_import("licence", licences), created=1)
        self.assertImported(self.run_import("licence", licences), unchanged=1)
        certificates = (
            "number,kind,product,holder,device class\n"
            "国械注准20193030166,registration,IMP-1,P-2,III\n国械注准20193030166,registration,IMP-2,P-2,III\n"
        )
        self.assertImported(self.run_import("certificate", certificates), created=1, updated=1)
        self.assertImported(self.run_import("certificate", certificates), unchanged=2)
        certificate = self.env["med.registration.certificate"].search([("number", "=", "国械注准20193030166")])
        self.assertEqual(len(certificate.product_tmpl_ids), 2)
        packs = f"product,di,level,quantity\nIMP-1,{GTIN_BOX},箱,10\n"
        self.assertImported(self.run_import("identifier", packs), created=1)
        self.assertImported(self.run_import("identifier", packs), unchanged=1)
        self.assertImported(self.run_import("identifier", packs.replace("10", "12")), updated=1)

    LOTS = "product,lot,expiry,production date\nIMP-1,L1,2030-06-30,2025-06-30\n1,L2,2030-12-31,\n"

    def test_lots(self):
        self.env.company.partner_id.tz = "Asia/Shanghai"
        self.run_import("product", self.PRODUCTS)
        self.assertImported(self.run_import("lot", self.LOTS), created=2)
        self.assertImported(self.run_import("lot", self.LOTS), unchanged=2)
        lot = self.env["stock.lot"].search([("name", "=", "L1"), ("product_id.default_code", "=", "IMP-1")])
        self.assertEqual(lot.expiration_date, fields.Datetime.to_datetime("2030-06-30 15:59:59"))
        self.assertEqual(
            self.errors(self.run_import("lot", "product,lot\nIMP-2,L1\nnone,L1\n")),
            [(2, "product", "IMP-2"), (3, "product", "none")],
        )

    STOCK = "product,lot,quantity,expiry\nIMP-1,L1,40,\nIMP-1,L3,2,2031-01-31\nIMP-2,,500,\n"

    def on_hand(self, code):
        quants = self.env["stock.quant"].search(
            [("product_id.default_code", "=", code), ("location_id.usage", "=", "internal")]
        )
        return sum(quants.mapped("quantity"))

    def test_opening_stock_is_counted_in_once(self):
        self.run_import("product", self.PRODUCTS)
        self.run_import("lot", self.LOTS)
        one = self.run_import("stock", self.STOCK)
        self.assertImported(one, created=3)
        self.assertEqual((self.on_hand("IMP-1"), self.on_hand("IMP-2")), (42, 500))
        moves = self.env["stock.move"].search([("product_id.default_code", "in", ("IMP-1", "IMP-2"))])
        self.assertTrue(all(move.is_inventory and move.state == "done" for move in moves))
        totals = {total.measure: (total.in_file, total.in_odoo) for total in one.total_ids}
        self.assertEqual(totals["quantity"], (542, 542))
        self.assertEqual(totals["value"], (541, 541))
        self.assertImported(self.run_import("stock", self.STOCK), unchanged=3)
        self.assertEqual(self.on_hand("IMP-1"), 42)

    def test_opening_stock_that_changed_is_refused(self):
        self.run_import("product", self.PRODUCTS)
        self.run_import("stock", self.STOCK)
        one = self.run_import("stock", self.STOCK.replace("500", "499"))
        self.assertEqual(self.errors(one), [(4, "quantity", "499")])
        self.assertEqual(self.on_hand("IMP-2"), 500)

    def test_opening_stock_errors(self):
        self.run_import("product", self.PRODUCTS)
        one = self.run_import("stock", "product,lot,quantity,location\nIMP-1,,1,\nIMP-2,L1,1,\nIMP-2,,-1,\nIMP-2,,1,Nowhere\n")
        self.assertEqual(
            [(row, column) for row, column, _value in self.errors(one)],
            [(2, "lot"), (3, "lot"), (4, "quantity"), (5, "location")],
        )

    def test_ledger(self):
        self.run_import("product", self.PRODUCTS)
        ledger = (
            "key,product,date,action,quantity\n"
            "a,IMP-2,2025-01-01,set,100\nb,IMP-2,2025-01-05,out,30\nc,IMP-2,2025-02-01,in,5\nd,IMP-2,2025-03-01,set,70\n"
        )
        self.assertImported(self.run_import("movement", ledger), created=4)
        self.assertImported(self.run_import("movement", ledger), unchanged=4)
        self.assertEqual(self.on_hand("IMP-2"), 70)
        dates = self.env["stock.move"].search([("product_id.default_code", "=", "IMP-2")]).mapped("date")
        self.assertEqual(sorted({day.year for day in dates}), [2025])
        product = self.product("IMP-2").product_variant_id
        for day, balance in (("2025-01-03", 100), ("2025-01-20", 70), ("2025-02-20", 75)):
            self.assertEqual(product.with_context(to_date=day).qty_available, balance)

    def test_evidence(self):
        one = self.run_import("product", self.PRODUCTS)
        event = self.events("import.done", one)
        body = json.loads(event.body) if isinstance(event.body, str) else event.body
        self.assertEqual((body["rows"], body["sha256"]), (2, one.sha256))

    def test_batches_cost_the_same_queries_per_row(self):
        """No query per row: a hundred rows more cost writes in sets only."""

        def count(first, size):
            rows = "".join(f"Q-{n},Thing {n},{n}\n" for n in range(first, first + size))
            one = self.make_import("product", "code,name,cost\n" + rows)
            self.env.flush_all()
            start = self.env.cr.sql_log_count
            one.action_check()
            return self.env.cr.sql_log_count - start

        count(0, 2)
        small, large = count(100, 10), count(1000, 210)
        # one per product is Odoo's own: it looks for the sequence of lots each time
        self.assertLess(large - small, 220, "200 rows more must not cost a query each")

    def test_only_quality_imports(self):
        with self.assertRaises(AccessError):
            self.make_import("product", self.PRODUCTS, user=self.picker)
        one = self.make_import("product", self.PRODUCTS)
        with self.assertRaises(AccessError):
            one.with_user(self.auditor).action_import()

    def test_what_was_imported_stays(self):
        one = self.run_import("product", self.PRODUCTS)
        for work in (one.unlink, one.action_import, lambda: one.write({"kind": "lot"})):
            with self.assertRaises(UserError):
                work()

    def test_a_large_file_waits_for_the_job(self):
        rows = "".join(f"W-{n},{'Long name ' * 12}{n}\n" for n in range(2600))
        one = self.make_import("product", "code,name\n" + rows)
        one.action_check()
        self.assertEqual(one.state, "queued")
        one.write({"file": base64.b64encode(b"code,name\nW-1,Short\n")})
        with self.enter_registry_test_mode():
            self.env.ref("med_master_data.ir_cron_import").method_direct_trigger()
        self.assertEqual((one.state, one.created_count, one.user_id), ("checked", 1, self.quality))

    def test_real_headers_of_openboxes(self):
        text = "Id,Active,ProductCode,Name,UnitCost\n,TRUE,QX039,Morphine,0.25\n"
        self.assertImported(self.run_import("product", text, source="openboxes"), created=1)
        self.product("QX039").write({"tracking": "lot", "use_expiration_date": True})
        stock = (
            "Product code,Product name,Lot number,Expiration date,Bin location,OB QOH,Physical QOH,Comment\n"
            "QX039,Morphine,37627,01/02/2035,,,100000,\n"
        )
        self.assertImported(self.run_import("stock", stock, source="openboxes"), created=1)
        lot = self.env["stock.lot"].search([("name", "=", "37627"), ("product_id.default_code", "=", "QX039")])
        self.assertEqual(lot.expiration_date.month, 1)

    def test_templates_can_be_imported_as_they_are(self):
        """The headers of a template are known, in both languages, and its example is right."""
        self.env["res.lang"]._activate_lang("zh_CN")
        for lang in ("en_US", "zh_CN"):
            for code, kind in import_kinds.kinds().items():
                model = self.env["med.import"].with_context(lang=lang)
                sheet = load_workbook(io.BytesIO(model._template(code, "xlsx"))).worksheets[0]
                headers = [cell.value for cell in sheet[1]]
                found = import_kinds.match_headers(kind, headers)
                self.assertEqual(list(found.values()), [column.name for column in kind.columns])
                for column, cell in zip(kind.columns, sheet[2], strict=True):
                    value = import_kinds.read_cell(column, cell.value, self.env["med.import.source"]._format())
                    self.assertEqual(value is None, not column.example)

    def test_error_file(self):
        one = self.run_import("product", 'code,name,cost\nE-1,Stent,"=1+1"\n')
        rows = list(csv.reader(io.StringIO(one._error_file().decode("utf-8-sig"))))
        self.assertEqual(rows[1][:3], ["2", "cost", "'=1+1"])


@tagged("post_install", "-at_install")
class TestImportFiles(ImportMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_people()

    def test_downloads(self):
        one = self.make_import("product", "code,name\nE-1,\n")
        one.action_check()
        self.authenticate(self.quality.login, self.quality.login)
        response = self.url_open("/med/import/template/stock.xlsx")
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.content.startswith(b"PK"))
        self.assertEqual(self.url_open("/med/import/template/nonsense.csv").status_code, 404)
        self.assertIn(b"2,name", self.url_open(f"/med/import/{one.id}/errors.csv").content)

    def test_errors_of_another_company_are_not_given(self):
        company = self.env["res.company"].create({"name": "Other"})
        one = self.make_import("product", "code,name\nE-1,\n", user=self.env.user, company_id=company.id)
        one.action_check()
        self.authenticate(self.quality.login, self.quality.login)
        self.assertEqual(self.url_open(f"/med/import/{one.id}/errors.csv").status_code, 404)
