"""What runs out when a supplier fails or demand doubles; asking changes nothing."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PlanningCase


@tagged("post_install", "-at_install")
class TestWhatIf(PlanningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gate_off()
        cls.maker, cls.other_maker = cls._partner("Maker"), cls._partner("Other maker")
        cls.south = cls.env["stock.warehouse"].create({"name": "South", "code": "SOU"})
        cls.stent, cls.reagent = (
            cls._device(name, seller_ids=[Command.create({"partner_id": maker.id, "delay": 10, "price": 5})])
            for name, maker in (("Stent", cls.maker), ("Reagent", cls.other_maker))
        )
        # a unit a day, and stock for about twenty days
        for product in (cls.stent, cls.reagent):
            cls.sell(product, [30] * 12)
            cls.make_lot(f"HERE {product.name}", days=700, quantity=20, product=product)
        cls.forecast_all()

    def ask(self, user=None, **values):
        one = self.env["med.planning.what.if"].with_user(user or self.planner).create(values)
        one.action_ask()
        return one.line_ids

    def line_of(self, lines, product, warehouse=None):
        return lines.filtered(
            lambda line: line.product_id == product and line.warehouse_id == (warehouse or self.warehouse)
        )

    def test_a_supplier_fails(self):
        lines = self.ask(supplier_id=self.maker.id, weeks=4)
        row = self.line_of(lines, self.stent)
        # four weeks and ten days without goods, stock for twenty
        self.assertAlmostEqual((row.runs_out_on - self.today()).days, 20, delta=2)
        self.assertAlmostEqual(row.missing, 18, delta=4)
        self.assertAlmostEqual((row.until - self.today()).days, 38, delta=3)
        self.assertFalse(self.line_of(lines, self.reagent), "another supplier's goods come")

    def test_what_is_on_its_way_from_him_comes_later(self):
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_id": self.suppliers.id,
                "location_dest_id": self.stock.id,
                "partner_id": self.maker.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.stent.id,
                            "product_uom_qty": 100,
                            "location_id": self.suppliers.id,
                            "location_dest_id": self.stock.id,
                        }
                    )
                ],
            }
        )
        receipt.action_confirm()
        receipt.move_ids.date = fields.Datetime.now() + timedelta(days=5)
        row = self.line_of(self.ask(supplier_id=self.maker.id, weeks=4), self.stent)
        self.assertAlmostEqual((row.runs_out_on - self.today()).days, 20, delta=2)
        self.assertFalse(row.runs_out_anyway_on, "with the receipt it would not run out")
        self.assertAlmostEqual(row.missing, 13, delta=4, msg="it comes after 33 days")

    def test_demand_doubles(self):
        lines = self.ask(kind="demand", factor=2, weeks=4, product_ids=[Command.set(self.stent.ids)])
        row = self.line_of(lines, self.stent)
        self.assertAlmostEqual((row.runs_out_on - self.today()).days, 10, delta=2)
        self.assertAlmostEqual(row.daily_quantity, 2, delta=0.2)
        self.assertEqual(lines.product_id, self.stent)

    def test_another_warehouse_could_help(self):
        self.sell(self.stent, [1] * 12, warehouse=self.south)
        self.make_lot("THERE", days=700, quantity=200, product=self.stent, location=self.south.lot_stock_id)
        self.forecast_all()
        row = self.line_of(self.ask(supplier_id=self.maker.id, weeks=4), self.stent)
        self.assertIn("South", row.transfer)
        self.assertLess(row.to_find, 1)

    def test_nothing_runs_out(self):
        self.make_lot("MORE", days=900, quantity=900, product=self.stent)
        self.assertFalse(self.line_of(self.ask(supplier_id=self.maker.id, weeks=4), self.stent))

    def test_asking_changes_nothing(self):
        counted = ("purchase.order", "stock.picking", "med.replenish.proposal")
        before = [self.env[model].search_count([]) for model in counted]
        self.ask(kind="demand", factor=5)
        self.assertEqual([self.env[model].search_count([]) for model in counted], before)

    def test_what_cannot_be_asked(self):
        with self.assertRaisesRegex(UserError, "Choose the supplier"):
            self.ask(kind="supplier")
        with self.assertRaises(AccessError):
            self.ask(user=self.picker, supplier_id=self.maker.id)
        asked = self.env["med.planning.what.if"].with_user(self.planner).create({"supplier_id": self.maker.id})
        asked.action_ask()
        with self.assertRaises(AccessError):
            asked.line_ids.write({"missing": 0})
