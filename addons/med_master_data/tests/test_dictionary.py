"""The data dictionary agrees with the code, in both languages, on the screen and as a file."""

import csv
import io

import openpyxl
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.med_master_data.lib import dictionary

from .common import MedMasterDataCase
from .dictionary_case import dictionary_problems


@tagged("post_install", "-at_install")
class TestDictionary(MedMasterDataCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.module.module"].search([("name", "=", "med_master_data")])._update_translations(["zh_CN"])
        cls.env = cls.env(user=cls.picker)

    def test_it_tells_every_regulated_field_and_nothing_else(self):
        self.assertEqual(list(dictionary_problems(self.env, "med_master_data")), [])

    def test_a_field_without_a_term_and_a_term_without_a_field_are_found(self):
        key = ("stock.lot", "med_production_date")
        term = dictionary._TERMS.pop(key)
        try:
            dictionary._TERMS["stock.lot", "med_gone"] = dictionary.Term("stock.lot", "med_gone", "x", "含义")
            problems = list(dictionary_problems(self.env, "med_master_data"))
        finally:
            del dictionary._TERMS["stock.lot", "med_gone"]
            dictionary._TERMS[key] = term
        self.assertEqual([problem.split(":")[0] for problem in problems], [".".join(key), "stock.lot.med_gone"])

    def test_the_screen_speaks_the_readers_language(self):
        terms = self.env["med.data.term"]
        domain = [("model", "=", "product.template"), ("field", "=", "med_device_class")]
        english = terms.search(domain)
        self.assertEqual((english.label, english.owner), ("Device class", "Quality"))
        self.assertIn("Class III", english.format)
        self.env.invalidate_all()  # nobody reads two languages in one request
        chinese = terms.with_context(lang="zh_CN").search(domain)
        self.assertEqual((chinese.label, chinese.owner), ("管理类别", "质量管理"))
        self.assertIn("第三类", chinese.format)
        self.assertEqual(len(terms.search([])), len(dictionary.terms()))
        groups = terms._read_group([], ["model_label"], ["__count"])
        self.assertGreater(dict(groups)["Partner licence"], 5)

    def test_the_tooltip_of_a_field_says_what_the_dictionary_says(self):
        described = self.env["product.template"].fields_get(["med_udi_group"], ["help"])["med_udi_group"]["help"]
        self.assertIn("production day a UDI is due", described)
        self.assertIn("Owner: Quality", described)
        chinese = self.env["product.product"].with_context(lang="zh_CN").fields_get(["med_udi_group"])
        self.assertIn("来源：监管部门公告", chinese["med_udi_group"]["help"])
        view = self.env["med.partner.licence"].get_views([(False, "form")])
        fields = view["models"]["med.partner.licence"]["fields"]
        self.assertIn("Example: Distribution licence", fields["kind"]["help"])
        self.assertNotIn(
            "help", self.env["stock.lot"].fields_get(["med_production_date"], ["string"])["med_production_date"]
        )

    def test_it_is_taken_away_in_both_languages(self):
        rows = list(csv.reader(io.StringIO(self.env["med.data.term"]._export("csv").decode("utf-8-sig"))))
        self.assertEqual(len(rows), len(dictionary.terms()) + 1)
        self.assertEqual(len({len(row) for row in rows}), 1)
        line = next(row for row in rows if "stock.lot.med_production_date" in row)
        self.assertTrue({"Production date", "生产日期", "2026-03-01"} <= set(line))
        sheet = openpyxl.load_workbook(io.BytesIO(self.env["med.data.term"]._export("xlsx"))).active
        self.assertEqual([[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)], rows)


@tagged("post_install", "-at_install")
class TestDictionaryFile(HttpCase):
    def test_a_file_for_who_is_logged_in(self):
        url = "/med/dictionary/data_dictionary.csv"
        self.assertNotIn("text/csv", self.url_open(url).headers["Content-Type"])
        new_test_user(self.env, login="md_reader", password="md_reader", groups="base.group_user")
        self.authenticate("md_reader", "md_reader")
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("text/csv", answer.headers["Content-Type"])
        self.assertIn("text/csv", answer.headers["Content-Type"])
        self.assertIn("data_dictionary.csv", answer.headers["Content-Disposition"])
        self.assertEqual(self.url_open("/med/dictionary/data_dictionary.exe").status_code, 404)
