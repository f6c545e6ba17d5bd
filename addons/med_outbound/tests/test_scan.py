from odoo.tests import tagged

from odoo.addons.med_master_data.lib import gs1

from .common import OutboundCase

GTIN = "09506000134352"
OTHER_GTIN = "09506000134369"


@tagged("post_install", "-at_install")
class TestScan(OutboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for product, di in ((cls.device, GTIN), (cls._device("Hip implant"), OTHER_GTIN)):
            cls.env["med.product.identifier"].create(
                {
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "di": di,
                    "agency": "GS1",
                    "level": "unit",
                }
            )
        cls.lot = cls.make_lot("LOT-A")
        cls.other = cls.make_lot("LOT-B")

    def setUp(self):
        super().setUp()
        self.picking = self.make_delivery(self.lot)
        self.picking.move_ids.picked = False

    def _label(self, lot, gtin=GTIN):
        expiry = lot.expiration_date.strftime("%y%m%d")
        return gs1.build([("01", gtin), ("17", expiry), ("10", lot.name)])

    def _scan(self, code):
        return self.picking.with_user(self.picker).med_scan(code)

    def test_the_right_label_picks_the_line(self):
        answer = self._scan(self._label(self.lot))
        self.assertEqual((answer["lot"], answer["left"]), ("LOT-A", 0))
        self.assertTrue(self.picking.move_line_ids.picked)
        self.assertEqual(self.picking.move_line_ids.med_picked_by_id, self.picker)

    def test_the_wrong_lot_is_refused_and_recorded(self):
        with self.assertRefused("scan") as refusal:
            self._scan(self._label(self.other))
        for part in ("LOT-A", "LOT-B"):
            self.assertIn(part, refusal.exception.args[0])
        self.assertFalse(self.picking.move_line_ids.picked)
        self.assertEqual(self.committed_events("scan.refused", self.picking)[-1]["problems"], ["wrong_lot"])

    def test_a_label_of_other_goods_is_refused(self):
        for code in (
            self._label(self.lot, OTHER_GTIN),
            "nonsense",
            "",
            self._label(self.lot, "09506000117843"),
        ):
            with self.subTest(code), self.assertRefused("scan"):
                self._scan(code)

    def test_a_label_whose_date_is_not_the_records_is_refused(self):
        code = gs1.build([("01", GTIN), ("17", "300101"), ("10", "LOT-A")])
        with self.assertRefused("scan"):
            self._scan(code)

    def test_a_second_scan_of_the_same_lot_adds_nothing(self):
        self._scan(self._label(self.lot))
        with self.assertRefused("scan"):
            self._scan(self._label(self.lot))

    def test_a_lot_held_after_reservation_is_refused_at_the_scan(self):
        self.lot._med_set_status("on_hold")
        with self.assertRefused("lot_not_released"):
            self._scan(self._label(self.lot))
