"""What quality does in the browser, step by step."""

from odoo.tests import HttpCase, tagged

from .common import QualityCase


@tagged("post_install", "-at_install")
class TestTours(QualityCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.quality.group_ids |= self.env.ref("stock.group_stock_user")

    def _tour(self, record, tour, action=None):
        url = f"/odoo/{action}" if action else f"/odoo/{record._name}/{record.id}"
        self.start_tour(url, tour, login=self.quality.login)

    def test_release_and_hold_by_signature(self):
        lot = self.make_lot("TOUR-LOT", status="quarantine")
        self._tour(lot, "med_quality_release_and_hold")
        self.assertEqual(lot.med_status, "on_hold")
        self.assertEqual(lot.signature_ids.mapped("meaning"), ["hold", "release"])

    def test_what_if(self):
        picking = self.make_delivery(self.make_lot("TOUR-LOT"))
        self.validate(picking)
        self._tour(None, "med_quality_what_if", "action-med_quality.med_gate_what_if_action")

    def test_a_policy_is_changed_after_its_replay(self):
        policy = self.env.ref("med_quality.med_gate_policy_shelf_life_short")
        self._tour(policy, "med_quality_policy_change")
        new = self.env["med.gate.policy"].search([("rule", "=", "shelf_life_short"), ("limit_days", "=", 45)])
        self.assertEqual(len(new), 1)

    def test_a_refusal_explains_itself(self):
        picking = self.make_delivery(self.make_lot("TOUR-LOT", days=-1))
        self._tour(picking, "med_quality_refused")
        self.assertEqual(picking.state, "assigned")
