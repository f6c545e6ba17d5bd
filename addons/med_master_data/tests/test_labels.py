import zxingcpp
from odoo.exceptions import UserError
from odoo.tests import tagged
from PIL import Image

from .common import GTIN, MedMasterDataCase


def read_back(symbol, scale=3):
    """What an independent decoder sees in the printed modules: AIM identifier and text."""
    rows = symbol.rows(scale)
    picture = Image.frombytes("L", (len(rows[0]), len(rows)), b"".join(rows))
    (found,) = zxingcpp.read_barcodes(picture)
    return found.symbology_identifier + found.bytes.decode()


@tagged("post_install", "-at_install")
class TestLabels(MedMasterDataCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.device = cls.make_device("支架 <Stent> & co", di=GTIN)
        cls.lot = cls.make_lot(
            cls.device, "LOT<1>&", expiration_date="2029-02-28 12:00:00", med_production_date="2026-03-01"
        )
        cls.Scan = cls.env["med.scan"].with_user(cls.picker)

    def report(self, name, records):
        report = self.env["ir.actions.report"].with_user(self.picker)
        return report.with_context(force_report_rendering=False)._render(f"med_master_data.{name}", records.ids)

    def test_the_printed_data_matrix_is_the_lot(self):
        scanned = read_back(self.lot._med_udi_symbol())
        self.assertEqual(scanned[:3], "]d2")
        result = self.Scan._resolve(scanned)
        self.assertEqual((result.product, result.lot, result.accepted), (self.device, self.lot, True))

    def test_the_printed_bars_are_the_lot(self):
        """A UDI of more than 48 characters goes over two symbols, which together are one label."""
        self.lot.name = "LOT-OF-TWENTY-CHARS/"
        scanned = [read_back(symbol) for symbol in self.lot._med_udi_bars()]
        self.assertEqual([code[:3] for code in scanned], ["]C1", "]C1"])
        for codes in (scanned, scanned[::-1]):
            result = self.Scan._resolve(codes)
            self.assertEqual((result.product, result.lot, result.accepted), (self.device, self.lot, True))

    def test_bars_are_never_wider_than_the_label(self):
        for name in ("L", "LOT-8901", "LOT-OF-TWENTY-CHARS/"):
            self.lot.name = name
            bars = self.lot._med_udi_bars()
            self.assertEqual([element for symbol in bars for element in symbol.elements], self.lot._med_udi_elements())
            for symbol in bars:
                module = self.lot._med_bar_mm(symbol)
                self.assertLessEqual(symbol.width * module, 66.0)
                self.assertGreaterEqual(module, 0.17)
            # what the label of 40 mm has room for: the name, and each symbol with its text
            self.assertLessEqual(6 + sum(symbol.height * 0.25 + 3.5 for symbol in bars), 38)

    def test_an_identifier_of_the_template_counts_for_its_variant(self):
        """Entered together with a new device, it knows no variant yet."""
        self.device.med_identifier_ids.product_id = False
        self.assertEqual(self.lot._med_udi_elements()[0], ("01", GTIN))

    def test_serial_is_printed_as_serial(self):
        valve = self.make_device("Valve", di="00721902648892", tracking="serial")
        serial = self.make_lot(valve, "SN-1")
        self.assertEqual(self.Scan._resolve(read_back(serial._med_udi_symbol())).lot, serial)

    def test_reports_show_symbol_and_text(self):
        html, _kind = self.report("report_udi_label", self.lot)
        text = html.decode()
        self.assertIn("data:image/svg+xml;base64,", text)
        for line in ("(01)06901234567892", "(11)260301", "(17)290228", "(10)LOT&lt;1&gt;&amp;", "支架 &lt;Stent&gt;"):
            self.assertIn(line, text)
        html, _kind = self.report("report_udi_bars", self.lot)
        self.assertIn("(10)LOT&lt;1&gt;&amp;", html.decode())

    def test_zpl_has_fnc1_first_and_no_command_from_data(self):
        self.device.name = "Stent^XZ~JA"
        text = self.report("report_udi_zpl", self.lot)[0].decode()
        self.assertIn("|10106901234567892112603011729022810LOT<1>&^FS", text)
        self.assertEqual(text.count("^XZ"), 1)
        self.assertNotIn("~", text)

    def test_package_label(self):
        package = self.env["stock.package"].create({"name": "106141411234567897"})
        (symbol,) = package._med_sscc_bars()
        self.assertEqual(read_back(symbol), "]C100106141411234567897")
        self.assertIn("(00)106141411234567897", self.report("report_sscc_label", package)[0].decode())
        package.name = "PACK0000001"
        with self.assertRaisesRegex(UserError, "PACK0000001"):
            package._med_sscc_bars()

    def test_what_gs1_cannot_hold_is_refused_by_name(self):
        for name in ("批号1", "A" * 21, "A B"):
            self.lot.name = name
            with self.assertRaisesRegex(UserError, name):
                self.lot._med_udi_symbol()

    def test_no_identifier_no_label(self):
        lot = self.make_lot(self.make_device("Bare"), "L1")
        with self.assertRaisesRegex(UserError, "Bare"):
            lot._med_udi_symbol()
        self.device.med_identifier_ids.valid_to = "2020-01-01"
        with self.assertRaisesRegex(UserError, "valid GS1 identifier"):
            self.lot._med_udi_symbol()
