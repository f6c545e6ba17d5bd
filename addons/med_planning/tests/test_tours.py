"""What a planner does, in a real browser."""

from odoo.tests import HttpCase, tagged

from .common import PlanningCase


@tagged("post_install", "-at_install")
class TestTours(PlanningCase, HttpCase):
    browser_size = "1366x768"

    def test_forecast(self):
        self.sell(self.device, [4, 6, 5, 4, 5, 6, 4, 90, 5, 6, 4, 5])
        self.forecast_all()
        self.start_tour("/odoo/med-forecasts", "med_planning_forecast", login="t_planner")
        one = self.forecast_of(self.device)
        self.assertEqual(one.override_ids.mapped("reason"), ["A ward opens"])
        self.assertEqual(one.correction_ids.mapped("kind"), ["one_off"])
