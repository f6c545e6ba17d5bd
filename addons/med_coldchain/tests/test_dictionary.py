from odoo.tests import TransactionCase, tagged

from odoo.addons.med_master_data.tests.dictionary_case import dictionary_problems


@tagged("post_install", "-at_install")
class TestDictionary(TransactionCase):
    def test_it_tells_every_regulated_field_and_nothing_else(self):
        self.assertEqual(list(dictionary_problems(self.env, "med_coldchain")), [])
