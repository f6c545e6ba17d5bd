"""Near-expiry levels, stock by status, and what will not be sold before it expires."""

from hypothesis import given
from hypothesis import strategies as st
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.med_lot_stock import USE_DAYS
from .common import QualityCase
from .test_reserve_property import QUICK


def left_over(lots, daily):
    """[(days, quantity)] in the order of expiry, sold day by day -> what is left of each."""
    rest = [quantity for _days, quantity in lots]
    done = 0
    for index, (days, _quantity) in enumerate(lots):
        # sold from this lot between the end of the one before and its own
        open_demand = max(0, days) * daily - done
        sold = min(rest[index], max(0, open_demand))
        rest[index] -= sold
        done += sold
    return rest


@tagged("post_install", "-at_install")
class TestLotStock(QualityCase):
    def rows(self, product=None, **context):
        found = (
            self.env["med.lot.stock"].with_context(**context).search([("product_id", "=", (product or self.device).id)])
        )
        return {row.lot_id.name: row for row in found}

    def use(self, quantity, days_ago=1, product=None):
        """So much left for the hospital, one delivery."""
        lot = self.make_lot(f"GONE-{quantity}-{days_ago}", quantity=quantity, product=product)
        picking = self.make_delivery(lot, quantity=quantity)
        self.validate(picking)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_move_line SET date = date - interval '1 day' * %s WHERE picking_id = %s",
            [days_ago, picking.id],
        )
        picking.move_line_ids.invalidate_recordset()

    def test_two_levels_at_their_boundaries(self):
        self.env.company.med_near_expiry_days, self.env.company.med_urgent_expiry_days = 60, 20
        days = {"PAST": -1, "U": 20, "N1": 21, "N": 60, "FRESH": 61}
        lots = {name: self.make_lot(name, days=number) for name, number in days.items()}
        wanted = {"PAST": "expired", "U": "urgent", "N1": "near", "N": "near", "FRESH": "fresh"}
        self.assertEqual({name: row.level for name, row in self.rows().items()}, wanted)
        self.assertEqual({name: lot.med_expiry_level for name, lot in lots.items()}, wanted)
        # the product's own days go before the company's
        self.device.product_tmpl_id.write({"med_near_expiry_days": 61, "med_urgent_expiry_days": 60})
        self.env.invalidate_all()
        wanted.update(N1="urgent", N="urgent", FRESH="near")
        self.assertEqual({name: row.level for name, row in self.rows().items()}, wanted)
        self.assertEqual({name: lot.med_expiry_level for name, lot in lots.items()}, wanted)
        lots["FRESH"].expiration_date = False
        self.env.invalidate_all()
        self.assertEqual(self.rows()["FRESH"].level, "undated")
        self.assertEqual(lots["FRESH"].med_expiry_level, "undated")

    def test_quantity_value_and_proposal(self):
        self.device.standard_price = 7
        self.make_lot("SOON", days=30, quantity=10)
        self.make_lot("LATER", days=60, quantity=10)
        self.make_lot("HELD", days=500, quantity=4, status="on_hold")
        self.make_lot("BAD", days=500, quantity=2, status="rejected")
        self.use(18)  # 0.2 a day
        rows = self.rows()
        self.assertAlmostEqual(rows["SOON"].daily_use, 18 / USE_DAYS)
        # six are sold until the first expires, six more until the second does
        self.assertAlmostEqual(rows["SOON"].left_over, 4)
        self.assertAlmostEqual(rows["LATER"].left_over, 4)
        self.assertAlmostEqual(rows["LATER"].left_over_value, 28)
        self.assertEqual(rows["HELD"].left_over, 4)
        self.assertEqual(
            {name: row.proposal for name, row in rows.items()},
            {"SOON": "sell_first", "LATER": "sell_first", "HELD": "decide", "BAD": "dispose"},
        )

    def test_old_sales_do_not_count_and_what_came_back_is_taken_off(self):
        self.make_lot("SOON", days=30, quantity=10)
        self.use(9, days_ago=USE_DAYS + 2)
        self.assertEqual(self.rows()["SOON"].daily_use, 0)
        self.assertEqual(self.rows()["SOON"].left_over, 10)

    def test_stock_by_status_is_the_stock(self):
        for status in ("quarantine", "released", "on_hold", "rejected", "recalled"):
            self.make_lot(status.upper(), status=status, quantity=3)
        groups = self.env["med.lot.stock"]._read_group(
            [("product_id", "=", self.device.id)], ["status"], ["quantity:sum"]
        )
        self.assertEqual(
            dict(groups), dict.fromkeys(("quarantine", "released", "on_hold", "rejected", "recalled"), 3.0)
        )
        # plain goods are not listed
        self.plain.write({"tracking": "lot"})
        self.make_lot("TAPE", product=self.plain)
        self.assertFalse(self.rows(self.plain))

    def test_who_may_look(self):
        self.make_lot("L")
        self.assertTrue(self.env["med.lot.stock"].with_user(self.picker).search([]))
        stranger = self._user("stranger", "base.group_user")
        with self.assertRaises(AccessError):
            self.env["med.lot.stock"].with_user(stranger).search([])
        other = self.env["res.company"].create({"name": "Other"})
        self.picker.write({"company_ids": [(4, other.id)]})
        seen = self.env["med.lot.stock"].with_user(self.picker).with_company(other)
        self.assertFalse(seen.with_context(allowed_company_ids=other.ids).search([]))

    def test_what_is_left_over_is_what_a_day_by_day_count_leaves(self):
        @QUICK
        @given(
            lots=st.lists(st.tuples(st.integers(1, 200), st.integers(1, 30)), min_size=1, max_size=6),
            used=st.sampled_from((0, 9, 45, 90)),
        )
        def run(lots, used):
            self.env.flush_all()
            self.env.cr.execute("SAVEPOINT left_over")
            try:
                product = self._device(f"Left {self.env.cr.now()}")
                if used:
                    self.use(used, product=product)
                lots = sorted(lots)
                for number, (days, quantity) in enumerate(lots):
                    self.make_lot(f"L{number}", days=days, quantity=quantity, product=product)
                rows = self.rows(product)
                today = self.today()
                days = [(rows[f"L{n}"].expiry_date - today).days for n in range(len(lots))]
                wanted = left_over(list(zip(days, [q for _d, q in lots], strict=True)), used / USE_DAYS)
                for number, rest in enumerate(wanted):
                    self.assertAlmostEqual(rows[f"L{number}"].left_over, rest, places=2)
            finally:
                self.env.cr.execute("ROLLBACK TO SAVEPOINT left_over")
                self.env.cr.precommit.data.clear()
                self.env.transaction.clear()

        run()

    def test_a_page_of_the_list_is_read_in_two_queries(self):
        self.make_lot("ONE")
        with self.assertQueryCount(2):
            self.env["med.lot.stock"].search([], limit=80).mapped("left_over")
