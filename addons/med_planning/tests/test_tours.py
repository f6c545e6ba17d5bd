"""What a planner, quality and a picker do, in a real browser."""

from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import PlanningCase


@tagged("post_install", "-at_install")
class TestTours(PlanningCase, HttpCase):
    browser_size = "1366x768"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gate_off()
        cls.vendor = cls._partner("Maker")
        cls.stent = cls._device(
            "Stent",
            standard_price=50,
            seller_ids=[Command.create({"partner_id": cls.vendor.id, "delay": 10, "price": 5})],
            route_ids=[Command.link(cls.env.ref("purchase_stock.route_warehouse0_buy").id)],
        )
        cls.sell(cls.stent, [30] * 12)
        cls.near = cls.make_lot("NEAR", days=20, quantity=60, product=cls.stent)
        cls.sell(cls.device, [4, 6, 5, 4, 5, 6, 4, 90, 5, 6, 4, 5])
        cls.forecast_all()
        cls.buyer = cls._user("buyer", "med_master_data.group_med_purchasing,purchase.group_purchase_user")

    def test_forecast(self):
        self.start_tour("/odoo/med-forecasts", "med_planning_forecast", login="t_planner")
        one = self.forecast_of(self.device)
        self.assertEqual(one.override_ids.mapped("reason"), ["A ward opens"])
        self.assertEqual(one.correction_ids.mapped("kind"), ["one_off"])

    def test_order(self):
        self.start_tour("/odoo/med-what-to-order", "med_planning_order", login="t_buyer")
        order = self.env["purchase.order"].search([("partner_id", "=", self.vendor.id)])
        self.assertEqual(order.state, "draft")

    def test_expiry(self):
        self.start_tour("/odoo/med-expiry-ahead", "med_planning_expiry", login="t_planner")
        risk = self.env["med.expiry.risk"].search([("lot_id", "=", self.near.id)])
        self.assertEqual((risk.state, risk.decision), ("doing", "first"))

    def test_review(self):
        self.start_tour("/odoo/med-periodic-reviews", "med_planning_review", login="t_quality")
        review = self.env["med.periodic.review"].search([], limit=1)
        self.assertTrue(review.is_signed)
        self.assertEqual(review.finding_ids.mapped("name"), ["New pickers guess"])

    def test_feedback(self):
        self.start_tour("/odoo/control-tower", "med_planning_feedback", login="t_picker")
        self.assertEqual(self.env["med.floor.feedback"].search([]).mapped("user_id"), self.picker)
