import re

from odoo.tests import TransactionCase, tagged

from odoo.addons.med_master_data.lib.errors import Problem


@tagged("post_install", "-at_install")
class TestTranslation(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.module.module"].search([("name", "=", "med_master_data")])._update_translations(["zh_CN"])
        cls.zh = cls.env(context={"lang": "zh_CN"})

    def test_every_sentence_is_chinese(self):
        """A picker in China reads Chinese, with every value in its place."""
        english, chinese = self.env["med.message"]._sentences(), self.zh["med.message"]._sentences()
        for code, sentence in chinese.items():
            if not re.search("[a-z]", re.sub(r"%\(\w+\)s", "", english[code])):
                continue  # values and signs only, the same in every language
            with self.subTest(code):
                self.assertNotEqual(sentence, english[code])
                self.assertRegex(sentence, "[\u4e00-\u9fff]")

    def test_legal_terms(self):
        problem = Problem("check_digit", {"value": "06901234567893", "expected": "2"})
        self.assertIn("校验码", self.zh["med.message"]._text(problem))
        labels = self.zh["med.partner.licence"].fields_get(["kind"])["kind"]["selection"]
        self.assertEqual(dict(labels)["distribution"], "经营许可证")
        self.assertEqual(
            self.zh["product.template"].fields_get(["med_primary_di"])["med_primary_di"]["string"],
            "主产品标识 (DI)",
        )
        self.assertEqual(
            self.zh.ref("med_master_data.storage_2_8").name,
            "冷藏,2 °C 至 8 °C".replace(",", "\uff0c"),
        )
