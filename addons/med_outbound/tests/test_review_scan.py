"""The second count: by scanner, blind where the company wants it; defects with photo to quality."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.med_master_data.lib import gs1

from .common import OutboundCase

GTIN = "09506000134352"


class ReviewScanCase(OutboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["med.product.identifier"].create(
            {"product_tmpl_id": cls.device.product_tmpl_id.id, "di": GTIN, "agency": "GS1", "level": "unit"}
        )
        cls.env.company.med_blind_review = True
        cls.lot, cls.other = cls.make_lot("BLIND-A"), cls.make_lot("BLIND-B")
        cls.stranger = cls.make_lot("BLIND-C")

    def setUp(self):
        super().setUp()
        self.picking = self.picked_delivery(self.lot, self.other, quantity=2)
        self.record = self.review(self.picking, counted=False, sign=False)

    def label(self, lot):
        return gs1.build([("01", GTIN), ("17", lot.expiration_date.strftime("%y%m%d")), ("10", lot.name)])

    def count(self, lot, times):
        for _time in range(times):
            answer = self.record.scan(self.label(lot))
        return answer


@tagged("post_install", "-at_install")
class TestReviewScan(ReviewScanCase):
    def test_it_begins_at_nothing_and_counts_what_is_scanned(self):
        self.assertEqual(self.record.line_ids.mapped("counted_quantity"), [0, 0])
        answer = self.count(self.lot, 2)
        self.assertEqual((answer["lot"], answer["counted"]), ("BLIND-A", 2))
        self.count(self.other, 2)
        self.record._sign("review", self.credential)
        self.validate(self.picking)
        self.assertEqual(self.picking.state, "done")

    def test_one_unit_short_is_not_signed_and_not_told(self):
        self.count(self.lot, 2)
        self.count(self.other, 1)
        with self.assertRaises(UserError) as caught:
            self.record._sign("review", self.credential)
        self.assertIn("BLIND-B", caught.exception.args[0])
        self.assertNotIn("BLIND-A", caught.exception.args[0])
        self.assertNotIn("2", caught.exception.args[0], "a blind count is told no number")

    def test_a_lot_never_scanned_is_missing(self):
        self.count(self.lot, 2)
        with self.assertRaisesRegex(UserError, "BLIND-B"):
            self.record._sign("review", self.credential)

    def test_what_is_not_of_the_delivery_is_refused_and_recorded(self):
        with self.assertRefused("scan"):
            self.record.scan(self.label(self.stranger))
        with self.assertRefused("scan"):
            self.record.scan("no label")
        self.assertEqual(self.record.line_ids.mapped("counted_quantity"), [0, 0])

    def test_nothing_is_counted_by_hand(self):
        self.count(self.lot, 1)
        line = self.record.line_ids.filtered(lambda one: one.lot_id == self.lot)
        values = {"review_id": self.record.id, "product_id": self.device.id, "lot_id": self.other.id}
        for attempt in (
            self.record.action_count_as_expected,
            lambda: line.write({"counted_quantity": 2}),
            lambda: line.with_context(med_count_token=True).write({"counted_quantity": 2}),
            lambda: line.create({**values, "counted_quantity": 2}),
            lambda: self.record.write({"is_blind": False}),
        ):
            with self.assertRaisesRegex(UserError, "blind"), self.env.cr.savepoint():
                attempt()
        self.assertEqual(line.counted_quantity, 1)
        self.record.action_count_again()
        self.assertEqual(line.counted_quantity, 0)

    def test_a_serial_counts_once(self):
        serial_device = self._device("Pacemaker", tracking="serial")
        gtin = "09506000134369"
        self.env["med.product.identifier"].create(
            {"product_tmpl_id": serial_device.product_tmpl_id.id, "di": gtin, "agency": "GS1", "level": "unit"}
        )
        serial = self.make_lot("SN-1", product=serial_device, quantity=1)
        record = self.review(self.picked_delivery(serial), counted=False, sign=False)
        expiry = serial.expiration_date.strftime("%y%m%d")
        code = gs1.build([("01", gtin), ("17", expiry), ("21", "SN-1")])
        record.scan(code)
        with self.assertRefused("scan"):
            record.scan(code)
        record._sign("review", self.credential)

    def test_scanning_counts_an_open_review_too(self):
        self.env.company.med_blind_review = False
        record = self.review(self.picked_delivery(self.stranger, quantity=3), counted=False, sign=False)
        self.assertEqual(record.line_ids.expected_quantity, 3)
        record.scan(self.label(self.stranger))
        self.assertEqual(record.line_ids.counted_quantity, 1)

    def test_pickers_do_not_count(self):
        with self.assertRaises(UserError):
            self.record.with_user(self.picker).scan(self.label(self.lot))

    # Defects -------------------------------------------------------------------------------

    def test_a_defect_with_its_photo_goes_to_quality(self):
        self.count(self.lot, 2)
        line = self.record.line_ids.filtered(lambda one: one.lot_id == self.lot)
        line.defect = "label"
        self.assertTrue(self.record.has_unreported_defect)
        with self.assertRaisesRegex(UserError, "photo"), self.env.cr.savepoint():
            self.record.action_report_defects()
        photo = self.env["ir.attachment"].with_user(self.reviewer).create({"name": "label.png", "raw": b"png"})
        line.photo_ids = [Command.set(photo.ids)]
        self.record.action_report_defects()
        deviation = line.deviation_id
        self.assertEqual(
            (deviation.source, deviation.lot_ids, deviation.picking_ids), ("review", self.lot, self.picking)
        )
        self.assertIn("Label off", deviation.description)
        copied = self.env["ir.attachment"].search([("res_model", "=", "med.deviation"), ("res_id", "=", deviation.id)])
        self.assertEqual(copied.checksum, photo.checksum)
        with self.assertRaisesRegex(UserError, "not reported"), self.env.cr.savepoint():
            self.record.action_report_defects()
        self.count(self.other, 2)
        with self.assertRaisesRegex(UserError, "must not leave"):
            self.record._sign("review", self.credential)


@tagged("post_install", "-at_install")
class TestReviewScanTour(ReviewScanCase, HttpCase):
    def test_the_reviewer_scans_a_delivery(self):
        self.start_tour(
            f"/odoo/action-med_outbound.med_outbound_review_action/{self.record.id}",
            "med_outbound_blind_review",
            login=self.reviewer.login,
        )
        self.record.invalidate_recordset()
        self.assertEqual({line.lot_id: line.counted_quantity for line in self.record.line_ids}[self.lot], 2)
