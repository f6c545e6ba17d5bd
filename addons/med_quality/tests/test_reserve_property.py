"""Whatever is on the shelf, ordered and decided: what is offered may leave, and what may is offered."""

from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from odoo import Command, fields
from odoo.tests import tagged

from ..lib.lot_status import STATES
from .common import QualityCase

EFFECTS = ("block", "override", "warn", "off")
MAIN_RULES = ("expired", "lot_not_released", "shelf_life_short")

lots = st.lists(
    st.fixed_dictionaries(
        {
            # days to expiry, close to today and to the demands below
            "days": st.sampled_from((-30, -1, 0, 1, 10, 29, 30, 31, 60, 400)),
            "status": st.sampled_from((*STATES, "released", "released")),
            "quantity": st.integers(1, 6),
            "produced": st.sampled_from((None, 10, 100, 400)),
            "shelf": st.integers(0, 2),
            "packed": st.sampled_from((None, None, "free", "held")),
            "removal": st.sampled_from((0, 0, 20)),
        }
    ),
    min_size=1,
    max_size=6,
)
orders = st.lists(
    st.fixed_dictionaries({"quantity": st.integers(1, 12), "planned": st.sampled_from((-20, -1, 0, 3, 30))}),
    min_size=1,
    max_size=3,
)
demands = st.fixed_dictionaries(
    {
        "med_min_shelf_life_days": st.sampled_from((0, 30)),
        "med_min_shelf_life_percent": st.sampled_from((0, 25, 50)),
        "med_max_lots": st.sampled_from((0, 0, 1, 2)),
        "med_no_older_lots": st.booleans(),
    }
)
policies = st.fixed_dictionaries({rule: st.sampled_from(EFFECTS) for rule in MAIN_RULES})
strategies = st.sampled_from(("removal_fifo", "removal_lifo", "removal_closest", None))
zones = st.sampled_from(("Asia/Shanghai", "Pacific/Honolulu", "Europe/Berlin", "UTC"))

QUICK = settings(
    max_examples=12,
    deadline=None,
    database=None,
    # a failing example is told as it was found: making it smaller would take minutes here
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


@tagged("post_install", "-at_install")
class TestReserveProperty(QualityCase):
    rules_under_test = (*QualityCase.rules_under_test, "older_than_last", "too_many_lots")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shelves = cls.stock | cls.env["stock.location"].create(
            [{"name": f"Shelf {n}", "location_id": cls.stock.id} for n in (1, 2)]
        )
        cls.removal_fefo = cls.env.ref("product_expiry.removal_fefo")
        cls.count = 0

    def _world(self, stock, zone, strategy=None, device=True):
        """A product with these lots on the shelves."""
        type(self).count += 1
        self.env.company.partner_id.tz = zone
        product = self._device(f"Random {self.count}", med_is_device=device)
        category = self.env["product.category"].create(
            {
                "name": f"Random {self.count}",
                "removal_strategy_id": (self.env.ref(f"stock.{strategy}") if strategy else self.removal_fefo).id,
            }
        )
        product.categ_id = category
        now, today = fields.Datetime.now(), fields.Date.today()
        for number, entry in enumerate(stock):
            lot = self.env["stock.lot"].create({"name": f"L{number}", "product_id": product.id})
            expiry = now + timedelta(days=entry["days"])
            lot.write(
                {
                    "expiration_date": expiry,
                    "removal_date": expiry - timedelta(days=entry["removal"]),
                    "med_production_date": entry["produced"] and today - timedelta(days=entry["produced"]),
                }
            )
            if device and entry["status"] != "quarantine":
                lot._med_set_status(entry["status"])
            package = self.env["stock.package"]
            if entry["packed"]:
                package = package.create({"name": f"P{self.count}-{number}"})
            self.env["stock.quant"]._update_available_quantity(
                product,
                self.shelves[entry["shelf"]],
                entry["quantity"],
                lot_id=lot,
                package_id=package,
                in_date=now - timedelta(days=number % 3),
            )
            if entry["packed"] == "held" and device:
                hold = self.env["med.lot.hold"].create({"lot_id": lot.id, "package_id": package.id, "reason": "x"})
                hold.with_user(self.quality)._sign("hold", self.credential)
        return product

    def _order(self, product, quantity, planned=0, destination=None):
        date = fields.Datetime.now() + timedelta(days=planned)
        destination = destination or self.customers
        return self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "partner_id": self.hospital.id,
                "location_id": self.stock.id,
                "location_dest_id": destination.id,
                "scheduled_date": date,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "location_id": self.stock.id,
                            "location_dest_id": destination.id,
                            "date": date,
                        }
                    )
                ],
            }
        )

    def _assert_stock_is_whole(self, product):
        """No more reserved than there is, and the lines agree with the quants."""
        self.env.flush_all()
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id.usage", "=", "internal")]
        )
        for quant in quants:
            self.assertGreaterEqual(quant.quantity, 0)
            self.assertLessEqual(quant.reserved_quantity, quant.quantity)
        lines = self.env["stock.move.line"].search(
            [("product_id", "=", product.id), ("state", "not in", ("done", "cancel"))]
        )
        self.assertEqual(sum(lines.mapped("quantity")), sum(quants.mapped("reserved_quantity")))

    def _end(self, point):
        """Forget the example: a savepoint of its own keeps the examples apart."""
        self.env.cr.execute(f"ROLLBACK TO SAVEPOINT {point}")
        self.env.transaction.clear()
        self.env.registry.clear_cache()

    def _in_savepoint(self, function):
        self.env.flush_all()
        self.env.cr.execute("SAVEPOINT example")
        try:
            function()
        finally:
            self.env.cr.precommit.data.clear()
            self._end("example")

    def test_what_is_reserved_the_gate_lets_pass(self):
        @QUICK
        @given(stock=lots, wanted=orders, demand=demands, effects=policies, zone=zones, strategy=strategies)
        def run(stock, wanted, demand, effects, zone, strategy):
            self._in_savepoint(lambda: check(stock, wanted, demand, effects, zone, strategy))

        def check(stock, wanted, demand, effects, zone, strategy):
            for rule, effect in effects.items():
                self.policy(rule, effect)
            self.hospital.write(demand)
            product = self._world(stock, zone, strategy)
            for order in wanted:
                picking = self._order(product, **order)
                picking.action_confirm()
                picking.action_assign()
                self._assert_stock_is_whole(product)
                lines = picking.move_line_ids
                verdicts = [v for v in self.env["med.gate"]._judge(lines, "ship") if v.blocks]
                self.assertEqual([], [(v.finding, v.line.lot) for v in verdicts])
                # and it really leaves
                if lines:
                    picking.move_ids.picked = True
                    self.validate(picking)
                    self.assertEqual(picking.state, "done")

        run()

    def test_what_is_free_can_be_reserved_and_nothing_else(self):
        @QUICK
        @given(stock=lots, effects=policies, zone=zones, strategy=strategies)
        def run(stock, effects, zone, strategy):
            self._in_savepoint(lambda: check(stock, effects, zone, strategy))

        def check(stock, effects, zone, strategy):
            # without expiry's policy Odoo's own removal dates count, which no setting changes
            for rule, effect in {**effects, "expired": "block"}.items():
                self.policy(rule, effect)
            product = self._world(stock, zone, strategy)
            product.invalidate_recordset()
            free, on_hand = product.free_qty, product.qty_available
            self.assertEqual(on_hand, sum(entry["quantity"] for entry in stock))
            picking = self._order(product, 1000)
            picking.action_confirm()
            picking.action_assign()
            self.assertEqual(sum(picking.move_line_ids.mapped("quantity")), free)
            product.invalidate_recordset()
            self.assertEqual(product.free_qty, 0)

        run()

    def test_the_order_of_removal_is_odoos_own(self):
        """Where every lot may leave, a device is reserved exactly as the same goods that are none;
        but for packs, which ours keeps whole and Odoo does not."""

        @QUICK
        @given(stock=lots, wanted=orders, strategy=strategies)
        def run(stock, wanted, strategy):
            good = [{**entry, "days": entry["days"] + 500, "status": "released", "packed": None} for entry in stock]
            self._in_savepoint(lambda: check(good, wanted, strategy))

        def check(stock, wanted, strategy):
            taken = []
            for device in (True, False):
                product = self._world(stock, "UTC", strategy, device=device)
                reserved = []
                for order in wanted:
                    picking = self._order(product, **{**order, "planned": 0})
                    picking.action_confirm()
                    picking.action_assign()
                    reserved.append([(line.lot_id.name, line.quantity) for line in picking.move_line_ids.sorted("id")])
                taken.append(reserved)
            self.assertEqual(*taken)

        run()

    def test_stock_that_is_owed_is_reckoned_as_odoo_does(self):
        """A negative quant of a lot takes from what the lot has elsewhere."""
        product = self._world(
            [
                {"days": 400, "status": "released", "quantity": 5, "produced": None, "shelf": 0, "packed": None}
                | {"removal": 0}
            ],
            "UTC",
        )
        lot = self.env["stock.lot"].search([("product_id", "=", product.id)])
        self.env["stock.quant"]._update_available_quantity(product, self.shelves[1], -2, lot_id=lot)
        picking = self._order(product, 9)
        picking.action_confirm()
        picking.action_assign()
        self.assertEqual(sum(picking.move_line_ids.mapped("quantity")), 3)

    def test_reserving_one_of_many_lots_reads_few(self):
        stock = [
            {"days": 100 + n, "status": "released", "quantity": 1, "produced": None, "shelf": 0, "packed": None}
            | {"removal": 0}
            for n in range(120)
        ]
        product = self._world(stock, "UTC")
        picking = self._order(product, 1)
        picking.action_confirm()
        picking.do_unreserve()
        self.env.flush_all()
        self.env.invalidate_all()
        picking.action_assign()
        read = self.env.cache._get_field_cache(self.env["stock.quant"], self.env["stock.quant"]._fields["quantity"])
        self.assertLess(len(read), 40)
