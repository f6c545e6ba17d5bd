from odoo.tests import tagged

from .common import GTIN, GTIN_2, GTIN_BOX, MedMasterDataCase

GS = "\x1d"


@tagged("post_install", "-at_install")
class TestScan(MedMasterDataCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.device = cls.make_device(di=GTIN)
        cls.other = cls.make_device("Valve", di=GTIN_2, tracking="serial")
        cls.make_identifier(cls.device.product_tmpl_id, GTIN_BOX, level="case", quantity=10)
        cls.Scan = cls.env["med.scan"].with_user(cls.picker)

    def codes(self, result):
        return [problem.code for problem in result.problems]

    def test_udi_gives_product_and_lot(self):
        lot = self.make_lot(self.device, "L7", expiration_date="2028-03-31 12:00:00")
        result = self.Scan._resolve(f"]d201{GTIN}1728033110L7")
        self.assertTrue(result.accepted)
        self.assertEqual(
            (result.product, result.lot, result.level, result.quantity),
            (self.device, lot, "unit", 1),
        )

    def test_case_code_means_ten(self):
        result = self.Scan._resolve(f"01{GTIN_BOX}10L7")
        self.assertEqual((result.product, result.level, result.quantity), (self.device, "case", 10))

    def test_logistic_unit_counts_its_contents(self):
        result = self.Scan._resolve(f"0010614141123456789702{GTIN_BOX}3712{GS}10L7")
        self.assertEqual((result.product, result.quantity, result.lot_name), (self.device, 120, "L7"))

    def test_serial_product_is_found_by_serial(self):
        serial = self.make_lot(self.other, "SN1")
        result = self.Scan._resolve(f"01{GTIN_2}10L7{GS}21SN1")
        self.assertEqual((result.product, result.lot, result.lot_name), (self.other, serial, "SN1"))
        self.assertEqual(self.codes(self.Scan._resolve(f"01{GTIN_2}10L7")), ["serial_missing"])
        self.assertEqual(self.codes(self.Scan._resolve(f"01{GTIN}21S1")), ["lot_missing"])

    def test_same_lot_name_on_two_products_never_crosses(self):
        """T10."""
        third = self.make_device("Third", di="05901234123457")
        own, foreign = self.make_lot(self.device, "SAME"), self.make_lot(third, "SAME")
        self.assertEqual(self.Scan._resolve(f"01{GTIN}10SAME").lot, own)
        self.assertEqual(self.Scan._resolve("010590123412345710SAME").lot, foreign)
        self.assertFalse(self.Scan._resolve(f"01{GTIN_2}10SAME").lot)
        both = self.device | third
        result = self.Scan._resolve("10SAME", expected_products=both)
        self.assertFalse(result.product)
        self.assertIn("lot_matches_several", self.codes(result))

    def test_unknown_lot_is_no_record_but_a_name(self):
        result = self.Scan._resolve(f"01{GTIN}10NEW")
        self.assertEqual((result.lot_name, bool(result.lot), result.accepted), ("NEW", False, True))

    def test_lot_names_are_case_sensitive(self):
        self.make_lot(self.device, "ab1")
        self.assertFalse(self.Scan._resolve(f"01{GTIN}10AB1").lot)

    def test_unknown_product(self):
        result = self.Scan._resolve("0105901234123457")
        self.assertEqual(self.codes(result), ["product_unknown"])
        self.assertIn("05901234123457", self.Scan._message(result.problems[0]))

    def test_product_barcode_is_the_second_way(self):
        plain = self.env["product.product"].create({"name": "Gloves", "barcode": "5901234123457"})
        self.assertEqual(self.Scan._resolve("0105901234123457").product, plain)
        self.assertEqual(self.Scan._resolve("5901234123457").product, plain)
        plain.barcode = "SHELF-1"
        self.assertEqual(self.Scan._resolve("SHELF-1").product, plain)

    def test_not_expected(self):
        result = self.Scan._resolve(f"01{GTIN}10L1", expected_products=self.other)
        self.assertEqual(self.codes(result), ["not_expected"])
        self.assertIn("Valve", self.Scan._message(result.problems[0]))
        self.assertTrue(self.Scan._resolve(f"01{GTIN}10L1", expected_products=self.device | self.other).accepted)

    def test_second_barcode_alone(self):
        """UDI over two symbols: the expectation says which product the lot is of."""
        lot = self.make_lot(self.device, "L7")
        self.assertIn("no_product_key", self.codes(self.Scan._resolve("1728033110L7")))
        result = self.Scan._resolve("1728033110L7", expected_products=self.device)
        self.assertEqual((result.product, result.lot), (self.device, lot))
        self.assertNotIn("needs", self.codes(result))

    def test_two_symbols_together(self):
        result = self.Scan._resolve([f"]C101{GTIN}", "]C11728033110L9"])
        self.assertEqual((result.product, result.lot_name, result.accepted), (self.device, "L9", True))

    def test_swallowed_separator_is_asked_about(self):
        """T7, and a lot on record settles it."""
        code = f"01{GTIN}10LOT121SER9"
        self.assertEqual(self.codes(self.Scan._resolve(code)), ["ambiguous"])
        self.make_lot(self.device, "LOT121SER9")
        self.assertTrue(self.Scan._resolve(code).accepted)
        short = self.make_lot(self.device, "LOT1")
        result = self.Scan._resolve(code)
        self.assertEqual(self.codes(result), ["ambiguous"])
        self.assertEqual({read.lot for read in result.readings}, {"LOT1", "LOT121SER9"})
        # Two lots are known: the one that is expected here decides, and it is told.
        result = self.Scan._resolve(code, expected_lots=short)
        self.assertEqual((result.lot, result.accepted), (short, True))
        self.assertIn("(10)LOT1(21)SER9", self.Scan._message(result.notes[0]))

    def test_label_and_record_must_agree_on_the_expiry(self):
        self.make_lot(self.device, "L7", expiration_date="2028-03-31 12:00:00")
        result = self.Scan._resolve(f"01{GTIN}1728043010L7")
        self.assertEqual(self.codes(result), ["expiry_differs"])
        self.assertIn("2028-04-30", self.Scan._message(result.problems[0]))

    def test_identifier_out_of_its_period(self):
        identifier = self.device.med_identifier_ids.filtered(lambda i: i.di == GTIN)
        identifier.valid_to = "2020-01-01"
        self.assertEqual(self.codes(self.Scan._resolve(f"01{GTIN}")), ["identifier_expired"])
        identifier.write({"valid_to": False, "valid_from": "2999-01-01"})
        self.assertEqual(self.codes(self.Scan._resolve(f"01{GTIN}")), ["identifier_not_yet"])

    def test_unit_of_use_is_not_a_sales_unit(self):
        self.make_identifier(self.device.product_tmpl_id, "05901234123457", level="use")
        self.assertEqual(self.codes(self.Scan._resolve("0105901234123457")), ["unit_of_use"])

    def test_bad_input_is_an_answer_not_an_error(self):
        for code, expected in (
            ("", "empty"),
            ("0106901234567893", "check_digit"),
            ("+A99912345", "hibc_check"),
            ("[)>\x1e06\x1d9N111234568408", "scheme_unsupported"),
            (f"01{GTIN}17271301", "bad_date"),
            ([f"01{GTIN}10A", "10B"], "repeated"),
        ):
            with self.subTest(code):
                result = self.Scan._resolve(code)
                self.assertEqual(self.codes(result), [expected])
                self.assertTrue(self.Scan._message(result.problems[0]))

    def test_another_companys_lot_is_not_seen(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.make_lot(self.device, "L7", company_id=company.id)
        self.assertFalse(self.Scan._resolve(f"01{GTIN}10L7").lot)

    def test_own_companys_dossier_goes_first(self):
        mine = self.make_device("Mine", company_id=self.env.company.id)
        self.make_identifier(mine.product_tmpl_id, GTIN)
        self.assertEqual(self.Scan._resolve(f"01{GTIN}").product, mine)

    def test_cost_does_not_grow(self):
        """Nine queries (three of ours, the rest rights and prefetch), however much there is."""
        for number in range(30):
            self.make_lot(self.device, f"N{number}", expiration_date="2028-03-31 12:00:00")
        self.Scan._resolve(f"01{GTIN}1728033110N3")
        self.env.invalidate_all()
        with self.assertQueryCount(9):
            self.Scan._resolve(f"01{GTIN}1728033110N3")
