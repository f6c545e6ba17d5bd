from odoo.tests import Form, HttpCase, tagged

from .common import GTIN, MedMasterDataCase, MedMasterDataMixin


@tagged("post_install", "-at_install")
class TestCodeQuestion(MedMasterDataCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.device = cls.make_device("Stent", di=GTIN)
        cls.lot = cls.make_lot(cls.device, "LOTQ7", expiration_date="2029-02-28 12:00:00")

    def ask(self, code, **values):
        question = Form(self.env["med.code.question"].with_user(self.picker))
        question.code = code
        for name, value in values.items():
            question[name] = value
        return question

    def test_understood(self):
        question = self.ask(f"(01){GTIN}(10)LOTQ7(17)290228")
        self.assertTrue(question.accepted)
        self.assertEqual((question.product_id, question.lot_id, question.quantity), (self.device, self.lot, 1))
        self.assertIn("USE BY or EXPIRY", question.answer)

    def test_two_lines_are_one_label_and_gs_may_be_written(self):
        self.assertEqual(self.ask(f"10LOTQ7\n]C101{GTIN}").lot_id, self.lot)
        self.assertEqual(self.ask(f"01{GTIN}10LOTQ7<GS>21S").lot_id, self.lot)
        self.assertEqual(self.ask(f"01{GTIN}10LOTQ7#21S", separators="#").lot_id, self.lot)

    def test_what_is_wrong_is_said(self):
        question = self.ask("0106901234567893")
        self.assertFalse(question.accepted)
        self.assertIn("06901234567893", question.answer)
        question = self.ask(f"01{GTIN}10NEW1172803312155")
        self.assertIn("(10)\N{NO-BREAK SPACE}NEW1 (17)", question.answer)

    def test_text_of_a_code_is_never_markup(self):
        question = self.ask("<img src=x onerror=alert(1)>")
        self.assertNotIn("<img", question.answer)
        self.assertNotIn("<b>", self.ask("=/<b>x</b>").answer)

    def test_empty(self):
        self.assertFalse(self.ask(" ").answer)


@tagged("post_install", "-at_install")
class TestCodeQuestionTour(MedMasterDataMixin, HttpCase):
    def test_a_picker_asks_what_a_code_is(self):
        self._setup_people()
        device = self.make_device("Tour stent", di=GTIN)
        self.make_lot(device, "TOURLOT")
        self.start_tour("/odoo/what-is-this-code", "med_code_question", login="md_picker")
