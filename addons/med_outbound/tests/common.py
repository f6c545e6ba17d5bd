"""Test kit: deliveries that are picked by one person and reviewed by another."""

from odoo.addons.med_quality.tests.common import QualityCase


class OutboundCase(QualityCase):
    rules_under_test = (*QualityCase.rules_under_test, "review_missing")

    def picked_delivery(self, *lots, user=None, **values):
        """A delivery that the picker (or ``user``) marked as picked."""
        picking = self.make_delivery(*lots, **values)
        picking.move_ids.picked = False
        picking.move_ids.with_user(user or self.picker).picked = True
        return picking

    def review(self, picking, user=None, counted=True, sign=True):
        """The review of ``picking`` by the reviewer (or ``user``), counted and signed."""
        user = user or self.reviewer
        action = picking.with_user(user).action_med_review()
        review = self.env["med.outbound.review"].with_user(user).browse(action["res_id"])
        if counted:
            review.action_count_as_expected()
        if sign:
            review._sign("review", self.credential)
        return review

    def shipped_delivery(self, *lots, **values):
        picking = self.picked_delivery(*lots, **values)
        self.review(picking)
        self.validate(picking)
        self.assertEqual(picking.state, "done")
        return picking
