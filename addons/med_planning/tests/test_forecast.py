"""Forecasts from done movements: what counts as demand, what is kept, who may do what."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..lib import periods
from ..models import med_forecast_run
from ..models.med_planning_demo import load
from .common import PlanningCase

YEAR = [12, 14, 11, 13, 12, 10, 13, 12, 11, 14, 12, 13]


@tagged("post_install", "-at_install")
class TestForecast(PlanningCase):
    def test_demand_of_a_device_is_forecast_with_its_interval_and_the_reason(self):
        self.sell(self.device, YEAR * 2)
        run = self.forecast_all()
        one = self.forecast_of(self.device)
        self.assertEqual((run.state, run.product_count, run.done_count, run.series_count), ("done", 1, 1, 1))
        self.assertEqual(one.pattern, "smooth")
        self.assertAlmostEqual(one.next_quantity, 12.2, delta=1.5)
        self.assertLess(one.next_low, one.next_quantity)
        self.assertGreater(one.next_high, one.next_quantity)
        self.assertEqual(one.as_of, self.month)
        self.assertEqual(len(one.chart["ahead"]), 24 + 12)
        self.assertEqual(one.chart["sold"][:24], YEAR * 2)
        self.assertIn("12 points", one.why)
        self.assertTrue(one.mix)
        self.assertEqual(self.events("forecast.run", run)[0]["series"], 1)

    def test_what_leaves_this_month_is_not_looked_at(self):
        self.sell(self.device, YEAR * 2)
        load(self.env, [self.row(self.device, self.month, 5000)])
        self.forecast_all()
        self.assertLess(self.forecast_of(self.device).next_quantity, 20)

    def test_plain_goods_are_not_forecast_unless_asked_for(self):
        self.sell(self.plain, YEAR)
        self.forecast_all()
        self.assertFalse(self.forecast_of(self.plain))
        self.company.med_forecast_all = True
        self.forecast_all()
        self.assertTrue(self.forecast_of(self.plain))

    def test_returns_count_against_the_sale_and_recalled_goods_do_not(self):
        bad = self.make_lot("BAD", quantity=0)
        self.sell(self.device, [10] * 10)
        last = self.months(1)[0]
        load(
            self.env,
            [
                self.row(self.device, last, 4, back=True),
                self.row(self.device, last, 30, back=True, lot=bad),
            ],
        )
        bad._med_set_status("recalled")
        self.env.flush_all()
        self.forecast_all()
        data = self.forecast_of(self.device).data
        self.assertEqual(data["cleaned"], [10] * 9 + [6])
        self.assertEqual({row[0] for row in data["adjustments"]}, {"recall", "return"})

    def test_an_empty_shelf_is_no_lack_of_demand(self):
        bare = self._device("Bare")
        self.sell(bare, [10] * 9 + [0, 0])
        # ninety came before the first sale; the shelf was empty when the ninety were gone
        first = self.months(11)[0]
        at = datetime.combine(first, datetime.min.time())
        load(
            self.env,
            [(bare, None, self.suppliers.id, self.stock.id, None, 90, at)],
        )
        self.forecast_all()
        one = self.forecast_of(bare)
        self.assertEqual([row[0] for row in one.data["adjustments"]], ["stock_out", "stock_out"])
        self.assertAlmostEqual(one.next_quantity, 10, delta=0.5)

    def test_transfers_between_warehouses_are_no_demand_and_each_warehouse_has_its_own(self):
        second = self.env["stock.warehouse"].create({"name": "South", "code": "SO"})
        self.sell(self.device, [5] * 12)
        self.sell(self.device, [2] * 12, warehouse=second)
        at = datetime.combine(self.months(3)[0], datetime.min.time())
        load(self.env, [(self.device, None, self.stock.id, second.lot_stock_id.id, None, 400, at)])
        self.forecast_all()
        self.assertAlmostEqual(self.forecast_of(self.device).next_quantity, 5)
        self.assertAlmostEqual(self.forecast_of(self.device, second).next_quantity, 2)

    def test_a_class_of_consignees_has_a_forecast_of_its_own(self):
        clinic = self._partner("Clinic")
        tag = self.env["res.partner.category"].create({"name": "Clinics", "med_is_consignee_class": True})
        clinic.category_id = tag
        self.sell(self.device, [8] * 12)
        self.sell(
            self.device, [3] * 12, partner=self.env["res.partner"].create({"name": "Ward", "parent_id": clinic.id})
        )
        self.forecast_all()
        self.assertAlmostEqual(self.forecast_of(self.device).next_quantity, 11)
        self.assertAlmostEqual(self.forecast_of(self.device, class_id=tag.id).next_quantity, 3)

    def test_days_are_those_of_the_company(self):
        """Half past midnight on the first, in Shanghai, is the evening before in UTC."""
        self.company.partner_id.tz = "Asia/Shanghai"
        last = self.months(1)[0]
        eve = datetime.combine(last, datetime.min.time()) - timedelta(hours=7, minutes=30)
        stock, customers = self.stock.id, self.customers.id
        load(self.env, [(self.device, None, stock, customers, self.hospital.id, 7, eve)])
        self.forecast_all()
        data = self.forecast_of(self.device).data
        self.assertEqual((data["start"], data["sold"]), (str(last), [7]))

    def test_a_run_again_renews_and_what_is_not_sold_any_more_leaves(self):
        self.sell(self.device, [4] * 12)
        other = self._device("Stent")
        self.sell(other, [1] * 12)
        self.forecast_all()
        one, gone = self.forecast_of(self.device), self.forecast_of(other)
        other.active = False
        self.sell(self.device, [40] * 12)
        self.forecast_all()
        self.assertEqual(self.forecast_of(self.device), one)
        self.assertAlmostEqual(one.next_quantity, 44)
        self.assertFalse(gone.active)

    # Jobs ------------------------------------------------------------------------------------

    def test_a_run_goes_on_batch_by_batch_and_hears_a_cancel(self):
        for number in range(3):
            self.sell(self._device(f"Device {number}"), [3] * 12)
        action = self.env["med.forecast.run"].with_user(self.planner).action_start()
        run = self.env["med.forecast.run"].browse(action["res_id"])
        run._work(limit=2)
        self.assertEqual((run.state, run.done_count), ("running", 2))
        self.assertAlmostEqual(run.progress, 200 / 3)
        run.with_user(self.planner).action_cancel()
        self.env["med.forecast.run"]._cron_run()
        self.assertEqual((run.state, run.done_count), ("cancelled", 2))
        with self.assertRaisesRegex(UserError, "ended already"):
            run.action_cancel()

    def test_one_run_at_a_time(self):
        self.env["med.forecast.run"].action_start()
        with self.assertRaisesRegex(UserError, "Wait for it"):
            self.env["med.forecast.run"].action_start()

    def test_a_failed_run_says_so_and_does_not_stop_others(self):
        self.sell(self.device, [4] * 12)
        run = self.env["med.forecast.run"].create({"company_id": self.company.id})
        runs = type(self.env["med.forecast.run"])
        with (
            patch.object(runs, "_forecast", side_effect=ValueError("broken series")),
            self.assertLogs(med_forecast_run.__name__, "ERROR"),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("med_planning.ir_cron_forecast").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((run.state, run.problem), ("failed", "broken series"))

    def test_the_schedule_makes_what_is_due_and_no_more(self):
        runs = self.env["med.forecast.run"]
        runs.search([]).state = "done"
        self.env["res.company"].search([("id", "!=", self.company.id)]).med_forecast_days = 0
        runs._cron_schedule()
        runs._cron_schedule()
        self.assertEqual(runs.search_count([("state", "=", "queued")]), 1)
        runs.search([("state", "=", "queued")]).state = "done"
        runs._cron_schedule()
        self.assertFalse(runs.search_count([("state", "=", "queued")]))

    def test_more_products_take_no_more_queries(self):
        counts = []
        for number in (3, 12, 30):
            for index in range(number):
                self.sell(self._device(f"Device {number} {index}"), [3, 0, 2] * 4)
            self.env.flush_all()
            self.env.invalidate_all()
            run = self.env["med.forecast.run"].create({"company_id": self.company.id})
            before = self.env.cr.sql_log_count
            run._work()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + 2, counts)

    # Planners ----------------------------------------------------------------------------------

    def test_an_override_counts_has_a_reason_and_is_compared_afterwards(self):
        self.sell(self.device, [10] * 12)
        self.forecast_all()
        one = self.forecast_of(self.device)
        context = one.with_user(self.planner).action_override()["context"]
        override = (
            self.env["med.forecast.override"]
            .with_user(self.planner)
            .with_context(**context)
            .create({"quantity": 20, "reason": "A ward opens"})
        )
        self.assertEqual(one._ahead()[:4], [20, 20, 20, 10])
        self.assertEqual(one._forecast().over(3)[0], 60)
        self.assertTrue(one.chart["overridden"])
        self.assertTrue(self.env["med.forecast"].search([("is_overridden", "=", True)]) & one)
        with self.assertRaises(ValidationError):
            override.reason = " "
        # as if it had been said three months ago: ten came, as the methods had said
        override.write({"date_from": self.months(3)[0], "date_to": self.months(1)[0]})
        override.told = {"as_of": str(self.months(3)[0]), "mean": [10, 10, 10]}
        self.forecast_all()
        self.assertEqual((override.periods_over, override.actual, override.planner_error), (3, 10, 10))
        self.assertEqual((override.model_error, override.nearer), (0, "model"))

    def test_a_cleaning_is_taken_back_with_a_reason(self):
        sold = [4, 6, 5, 4, 5, 6, 4, 90, 5, 6, 4, 5]
        self.sell(self.device, sold)
        self.forecast_all()
        one = self.forecast_of(self.device)
        self.assertEqual([row[0] for row in one.data["adjustments"]], ["one_off"])
        (told,) = one.chart["adjustments"]
        self.env["med.forecast.correction"].with_user(self.planner).create(
            {"forecast_id": one.id, "kind": "one_off", "period": told["period"], "reason": "They order so each year"}
        )
        self.assertTrue(one.chart["adjustments"][0]["waits"])
        self.forecast_all()
        self.assertEqual(one.data["cleaned"], sold)
        self.env["med.forecast.correction"].create(
            {"forecast_id": one.id, "kind": "manual", "period": self.months(1)[0], "quantity": 9, "reason": "Late"}
        )
        self.forecast_all()
        self.assertEqual(one.data["cleaned"], [*sold[:-1], 9])

    def test_rights(self):
        self.sell(self.device, [4] * 12)
        self.forecast_all()
        one = self.forecast_of(self.device)
        self.assertTrue(one.with_user(self.picker).why)
        with self.assertRaises(AccessError):
            self.env["med.forecast.run"].with_user(self.picker).action_start()
        with self.assertRaises(AccessError):
            one.with_user(self.planner).next_quantity = 1
        with self.assertRaises(AccessError):
            self.env["med.forecast.override"].with_user(self.picker).create(
                {
                    "forecast_id": one.id,
                    "date_from": one.as_of,
                    "date_to": periods.add(one.as_of, 1, "month"),
                    "quantity": 1,
                    "reason": "Mine",
                }
            )
