from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OutboundCase


@tagged("post_install", "-at_install")
class TestReview(OutboundCase):
    def setUp(self):
        super().setUp()
        self.lot = self.make_lot("GOOD")

    def test_a_reviewed_delivery_leaves(self):
        picking = self.picked_delivery(self.lot, quantity=2)
        review = self.review(picking)
        self.assertEqual((review.state, review.reviewer_id), ("signed", self.reviewer))
        self.validate(picking)
        self.assertEqual(picking.state, "done")

    def test_nothing_leaves_without_review(self):
        picking = self.picked_delivery(self.lot)
        with self.assertRefused("review_missing") as refusal:
            self.validate(picking)
        self.assertEqual(refusal.exception.findings[0]["problem"], "missing")

    def test_a_review_that_is_not_signed_is_none(self):
        picking = self.picked_delivery(self.lot)
        self.review(picking, sign=False)
        with self.assertRefused("review_missing") as refusal:
            self.validate(picking)
        self.assertEqual(refusal.exception.findings[0]["problem"], "open")

    def test_who_picked_does_not_review(self):
        picking = self.picked_delivery(self.lot, user=self.reviewer)
        with self.assertRaisesRegex(UserError, "yourself"):
            self.review(picking)
        self.assertFalse(picking.med_reviewed_at)

    def test_who_reviewed_and_then_picks_again_is_refused_at_the_door(self):
        """The signature was right; what happened afterwards is not."""
        picking = self.picked_delivery(self.lot)
        self.review(picking)
        picking.move_line_ids.with_user(self.reviewer).picked = True
        with self.assertRefused("review_missing") as refusal:
            self.validate(picking)
        self.assertEqual(refusal.exception.findings[0]["problem"], "self_review")

    def test_the_picker_is_the_login_and_no_choice(self):
        picking = self.picked_delivery(self.lot)
        line = picking.move_line_ids
        self.assertEqual(line.med_picked_by_id, self.picker)
        line.with_user(self.reviewer).write({"med_picked_by_id": self.reviewer.id})
        self.assertEqual(line.med_picked_by_id, self.picker)
        self.assertEqual(self.events("outbound.picked", picking)[-1], {"lines": 1})

    def test_pickers_cannot_review(self):
        other = self._user("picker2", "med_master_data.group_med_picker")
        picking = self.picked_delivery(self.lot)
        with self.assertRaises(UserError):
            self.review(picking, user=other)

    def test_an_unpicked_delivery_cannot_be_reviewed(self):
        picking = self.picked_delivery(self.lot)
        picking.move_line_ids.picked = False
        with self.assertRaisesRegex(UserError, "picked"):
            self.review(picking)

    def test_a_lot_swapped_after_the_review_voids_it(self):
        other = self.make_lot("OTHER")
        picking = self.picked_delivery(self.lot)
        review = self.review(picking)
        self.assertEqual(picking.med_stage, "reviewed")
        picking.move_line_ids.with_user(self.picker).lot_id = other
        review.invalidate_recordset()
        self.assertEqual(review.state, "void")
        self.assertEqual(picking.med_stage, "picked")
        with self.assertRefused("review_missing") as refusal:
            self.validate(picking)
        self.assertEqual(refusal.exception.findings[0]["problem"], "void")
        self.review(picking)
        self.validate(picking)
        self.assertEqual(picking.state, "done")

    def test_a_line_added_after_the_review_voids_it(self):
        picking = self.picked_delivery(self.lot)
        review = self.review(picking)
        self.env["stock.move.line"].create(
            {
                **self._line(self.make_lot("ADDED"), 1, self.customers, picking),
                "move_id": picking.move_ids.id,
            }
        )
        review.invalidate_recordset()
        self.assertEqual(review.state, "void")

    def test_a_wrong_count_is_not_signed(self):
        picking = self.picked_delivery(self.lot, quantity=3)
        review = self.review(picking, sign=False)
        review.line_ids.counted_quantity = 2
        with self.assertRaisesRegex(UserError, "3"):
            review._sign("review", self.credential)

    def test_a_defect_stops_the_line(self):
        picking = self.picked_delivery(self.lot)
        review = self.review(picking, sign=False)
        for defect in ("package", "label", "expired", "other"):
            review.line_ids.defect = defect
            with self.subTest(defect), self.assertRaisesRegex(UserError, "GOOD"):
                review._sign("review", self.credential)

    def test_the_gate_runs_at_the_review(self):
        """What may not leave is not signed for either."""
        picking = self.picked_delivery(self.lot)
        self.lot._med_set_status("on_hold")
        with self.assertRefused("lot_not_released"):
            self.review(picking)
        self.assertFalse(picking.med_reviewed_at)

    def test_a_signed_review_stays_as_it_is(self):
        picking = self.picked_delivery(self.lot)
        review = self.review(picking)
        for attempt in (
            lambda: review.line_ids.write({"counted_quantity": 0}),
            lambda: review.write({"line_ids": []}),
            lambda: review.sudo().unlink(),
            lambda: review.line_ids.unlink(),
            lambda: review.write({"reviewer_id": self.picker.id}),
        ):
            with self.subTest(), self.assertRaises(UserError):
                attempt()

    def test_nobody_is_entered_as_reviewer(self):
        picking = self.picked_delivery(self.lot)
        review = (
            self.env["med.outbound.review"]
            .with_user(self.reviewer)
            .create(
                {
                    "picking_id": picking.id,
                    "reviewer_id": self.reviewer.id,
                    "signed_at": "2026-01-01",
                }
            )
        )
        self.assertFalse(review.reviewer_id or review.signed_at)
        with self.assertRaises(UserError):
            picking.with_user(self.reviewer).write({"med_reviewed_at": "2026-01-01"})
        with self.assertRefused("review_missing"):
            self.validate(picking)

    def test_plain_goods_need_no_review(self):
        lot = self.make_lot("PLAIN", product=self.plain)
        picking = self.make_delivery(lot)
        self.validate(picking)
        self.assertEqual(picking.state, "done")
