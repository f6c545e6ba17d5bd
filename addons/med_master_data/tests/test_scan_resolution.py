from odoo.tests import tagged

from odoo.addons.med_master_data.lib import hibc, keyboard

from .common import GTIN, GTIN_2, GTIN_BOX, MedMasterDataCase

HIBC = "A99912345"
MA = "MA.156.M0.100777.1A00B015"
ICCBBA = "A9999XYZ100T0944"


@tagged("post_install", "-at_install")
class TestScanResolution(MedMasterDataCase):
    """From any label to the goods here: other agencies, several symbols, spoilt by settings."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.device = cls.make_device(di=GTIN)
        cls.serial_device = cls.make_device("Valve", di=GTIN_2, tracking="serial")
        template = cls.device.product_tmpl_id
        for di, agency in ((HIBC, "HIBCC"), (MA, "MA"), (ICCBBA, "ICCBBA")):
            cls.make_identifier(template, di, agency=agency)
        cls.make_identifier(template, GTIN_BOX, level="case", quantity=10)
        cls.lot = cls.make_lot(cls.device, "LOTQ7", expiration_date="2029-02-28 12:00:00")
        cls.Scan = cls.env["med.scan"].with_user(cls.picker)

    def codes(self, result):
        return [problem.code for problem in result.problems]

    def notes(self, result):
        return [note.code for note in result.notes]

    def of(self, result):
        return (result.product, result.lot, result.accepted)

    # Other agencies ----------------------------------------------------

    def test_one_lot_whatever_the_agency_of_the_label(self):
        for code in (
            f"]d201{GTIN}1729022810LOTQ7",
            hibc.build(HIBC, lot="LOTQ7", expiry=self.lot.expiration_date.date()),
            f"{MA}.LLOTQ7.E290228",
            f"https://id.gs1.org/01/{GTIN}/10/LOTQ7?17=290228",
        ):
            with self.subTest(code):
                self.assertEqual(self.of(self.Scan._resolve(code)), (self.device, self.lot, True))

    def test_iccbba_lot(self):
        lot = self.make_lot(self.device, "000000000000XYZ123")
        result = self.Scan._resolve(f"=/{ICCBBA}=,000025&,1000000000000XYZ123")
        self.assertEqual(self.of(result), (self.device, lot, True))

    def test_tag_gives_the_serial(self):
        serial = self.make_lot(self.serial_device, "1234")
        result = self.Scan._resolve("urn:epc:id:sgtin:0721902.064889.1234")
        self.assertEqual(self.of(result), (self.serial_device, serial, True))

    def test_hibc_registered_with_its_check_character(self):
        other = self.make_device("Plate")
        self.make_identifier(other.product_tmpl_id, "H373V68080L3J", agency="HIBCC")
        self.assertEqual(self.Scan._resolve(hibc.build("H373V68080L3", lot="L1")).product, other)

    def test_hibc_variable_quantity_is_on_the_label(self):
        self.make_identifier(self.device.product_tmpl_id, "A99912349", agency="HIBCC", level="case", quantity=1)
        self.assertEqual(self.Scan._resolve(hibc.build("A99912349", lot="LOTQ7", quantity=500)).quantity, 500)

    def test_the_same_text_of_another_agency_is_not_it(self):
        self.make_identifier(self.make_device("Other").product_tmpl_id, "A99977771", agency="MA")
        self.assertEqual(self.codes(self.Scan._resolve(hibc.build("A99977771"))), ["product_unknown"])

    def test_ahm_code_is_found_as_registered(self):
        """No public description of its structure: so only the whole identifier counts."""
        self.make_identifier(self.device.product_tmpl_id, "81234567890123456789", agency="AHM")
        result = self.Scan._resolve("81234567890123456789")
        self.assertEqual((result.product, result.lot_name), (self.device, None))

    # Two symbols -------------------------------------------------------

    def test_two_symbols_in_either_order(self):
        """T8."""
        pair = (f"]C101{GTIN}", "]C11729022810LOTQ7")
        for codes in (pair, pair[::-1]):
            result, pending = self.Scan._collect([], codes[0])
            self.assertTrue(pending)
            result, pending = self.Scan._collect(pending, codes[1])
            self.assertEqual((*self.of(result), pending), (self.device, self.lot, True, []))

    def test_two_hibc_symbols_are_tied_by_their_link(self):
        primary = f"+{HIBC}{hibc.check_character('+' + HIBC)}"
        body = f"+$$3290228LOTQ7{primary[-1]}"
        secondary = body + hibc.check_character(body)
        for codes in ((primary, secondary), (secondary, primary)):
            _result, pending = self.Scan._collect([], codes[0])
            result, pending = self.Scan._collect(pending, codes[1])
            self.assertEqual((*self.of(result), pending), (self.device, self.lot, True, []))
        stranger = "+$$3290228LOTQ7" + ("A" if primary[-1] != "A" else "B")
        result = self.Scan._resolve([primary, stranger + hibc.check_character(stranger)])
        self.assertEqual(self.codes(result), ["hibc_link"])

    def test_another_label_begins_anew(self):
        _result, pending = self.Scan._collect([], f"]C101{GTIN}")
        result, pending = self.Scan._collect(pending, f"]C101{GTIN_2}")
        self.assertEqual((result.product, self.notes(result)), (self.serial_device, ["label_begun_anew"]))
        self.assertEqual(pending, [f"]C101{GTIN_2}"])

    def test_the_same_symbol_twice_waits_on(self):
        _result, pending = self.Scan._collect([], f"]C101{GTIN}")
        _result, pending = self.Scan._collect(pending, f"]C101{GTIN}")
        self.assertEqual(pending, [f"]C101{GTIN}"])

    def test_codes_of_two_systems_are_not_mixed(self):
        result = self.Scan._resolve([f"01{GTIN}", f"+{HIBC}{hibc.check_character('+' + HIBC)}"])
        self.assertEqual(self.codes(result), ["mixed_schemes"])

    # Lost separators ---------------------------------------------------

    def test_lost_separator_is_settled_by_the_one_lot_known(self):
        code = f"01{GTIN}10LOTQ71729022821S-77"
        result = self.Scan._resolve(code)
        self.assertEqual((*self.of(result), self.notes(result)), (self.device, self.lot, True, ["read_as_split"]))
        self.lot.name = "SOMETHING"
        result = self.Scan._resolve(code)
        self.assertEqual((self.codes(result), result.accepted), (["ambiguous"], False))

    def test_glued_date_is_compared_too(self):
        result = self.Scan._resolve(f"01{GTIN}10LOTQ717290331")
        self.assertEqual(self.codes(result), ["expiry_differs"])

    def test_lot_names_that_look_like_elements(self):
        """T9."""
        lot = self.make_lot(self.device, "10D9T")
        self.assertEqual(self.of(self.Scan._resolve(f"01{GTIN}1010D9T")), (self.device, lot, True))
        self.assertEqual(
            self.of(self.Scan._resolve("1010D9T", expected_products=self.device)), (self.device, lot, True)
        )

    # Keyboards ---------------------------------------------------------

    def test_keyboard_settings(self):
        code = f"(01){GTIN}(17)290228(10)LOTQ7"
        for setting in (keyboard.FULL_WIDTH, keyboard.AZERTY, keyboard.QWERTZ):
            with self.subTest(setting):
                result = self.Scan._resolve(keyboard.spoil(code, setting))
                self.assertEqual(self.of(result), (self.device, self.lot, True))
                self.assertEqual(self.notes(result), [f"read_as_{setting}"])
                self.assertIn("LOTQ7", self.Scan._message(result.notes[0]))

    def test_caps_lock_needs_the_lot_that_is_expected(self):
        code = f"01{GTIN}17290228" + "10lotq7"
        result = self.Scan._resolve(code)
        self.assertEqual((bool(result.lot), result.lot_name), (False, "lotq7"))
        result = self.Scan._resolve(code, expected_lots=self.lot)
        self.assertEqual((*self.of(result), self.notes(result)), (self.device, self.lot, True, ["read_as_caps_lock"]))
        own = self.make_lot(self.device, "lotq7")
        self.assertEqual(self.Scan._resolve(code, expected_lots=self.lot | own).lot, own)

    def test_an_unknown_lot_under_a_wrong_keyboard_is_asked_about(self):
        code = keyboard.spoil(f"01{GTIN}10NEWLOT", keyboard.AZERTY)
        result = self.Scan._resolve(code)
        self.assertEqual((self.codes(result), result.accepted), (["keyboard_lot"], False))

    def test_nothing_is_repaired_for_goods_that_are_not_here(self):
        for text in (f"01{GTIN_2}21X1", "0105901234123457", "HELLO"):
            code = keyboard.spoil(text, keyboard.AZERTY)
            result = self.Scan._resolve(code, expected_products=self.device)
            self.assertFalse(result.product)
            self.assertFalse(result.accepted)

    # Packaging ---------------------------------------------------------

    def test_levels_multiply_what_the_label_counts(self):
        result = self.Scan._resolve(f"02{GTIN_BOX}3712\x1d10LOTQ7\x1d00106141411234567897")
        self.assertEqual((result.product, result.quantity), (self.device, 120))

    def test_cost_of_a_label_of_two_symbols(self):
        codes = [f"01{GTIN}", "1729022810LOTQ7"]
        self.Scan._resolve(codes)
        self.env.invalidate_all()
        with self.assertQueryCount(9):
            self.Scan._resolve(codes)
