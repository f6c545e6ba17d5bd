import random

from odoo import Command
from odoo.tests import tagged

from .common import RecallCase


@tagged("post_install", "-at_install")
class TestTrace(RecallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trace = cls.env["med.recall.trace"]
        cls.lot = cls.received_lot("TRACED", 20)

    def _out(self, lots):
        return [(row.way, row.partner_id, float(row.quantity)) for row in self.trace._forward(lots)]

    def test_every_delivery_and_return_is_told_with_its_consignee(self):
        first = self.deliver(self.lot, 8)
        self.deliver(self.lot, 3, self.clinic)
        # the driver's company brings it back; it was the hospital's all the same
        self.take_back(first, 2, partner=self.clinic)
        self.assertEqual(
            self._out(self.lot),
            [(1, self.hospital.id, 8), (1, self.clinic.id, 3), (-1, self.hospital.id, 2)],
        )
        balance, figure = self.trace._balances(self.lot)[self.lot.id]
        self.assertTrue(balance.closes)
        self.assertEqual((balance.received, balance.here, figure), (20, 11, 11))
        self.assertEqual({k: float(v) for k, v in balance.consignees.items()}, {self.hospital.id: 6, self.clinic.id: 3})

    def test_what_came_back_and_went_out_again_is_followed_to_its_last_consignee(self):
        first = self.deliver(self.lot, 8)
        self.take_back(first, 8)
        self.deliver(self.lot, 8, self.clinic)
        consignees = self.trace._balances(self.lot)[self.lot.id][0].consignees
        self.assertEqual((consignees[self.hospital.id], consignees[self.clinic.id]), (0, 8))

    def test_where_it_came_from_names_supplier_receipt_and_purchase(self):
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.supplier.id,
                "order_line": [Command.create({"product_id": self.device.id, "product_qty": 4, "price_unit": 1})],
            }
        )
        purchase.button_confirm()
        receipt = purchase.picking_ids
        receipt.move_ids.move_line_ids.write({"lot_id": self.lot.id, "quantity": 4})
        receipt.move_ids.picked = True
        receipt.button_validate()
        rows = self.trace._backward(self.lot)
        self.assertEqual([float(row.quantity) for row in rows], [20, 4])
        self.assertEqual((rows[1].purchase_id, rows[1].picking_id), (purchase.id, receipt.id))
        self.assertEqual({row.partner_id for row in rows}, {self.supplier.id})
        self.assertEqual({row.origin for row in rows}, {"supplier"})

    def test_on_hand_tells_shelf_and_package(self):
        package = self.env["stock.package"].create({"name": "BOX-1"})
        picking = self.move(self.lot, self.stock, self.second.lot_stock_id, 5, done=False)
        picking.move_line_ids.result_package_id = package
        picking.move_ids.picked = True
        picking.button_validate()
        rows = {(row.location_id, row.package_id): row.quantity for row in self.trace._on_hand(self.lot)}
        self.assertEqual(rows, {(self.stock.id, None): 15, (self.second.lot_stock_id.id, package.id): 5})

    def test_a_lot_that_was_built_in_is_found_in_what_was_made_of_it_at_any_depth(self):
        made, set_ = self._device("Knee set"), self._device("Knee set with screws")
        middle, last = self._made(made, self.lot, "MADE"), None
        last = self._made(set_, middle, "SET")
        self.deliver(last, 1, self.clinic)
        rows = self.trace._forward(self.lot)
        self.assertEqual(
            [(row.root_id, row.lot_id, row.partner_id) for row in rows], [(self.lot.id, last.id, self.clinic.id)]
        )
        self.assertEqual(self.trace._lots(self.lot), self.lot | middle | last)
        # and back: the set's supplier is the supplier of what is inside
        suppliers = {row.partner_id for row in self.trace._backward(last) if row.origin == "supplier"}
        self.assertEqual(suppliers, {self.supplier.id})
        self.assertEqual(self.trace._balances(self.lot)[self.lot.id][0].consumed, 1)

    def _made(self, product, component, name):
        """A real manufacturing order that puts one of ``component`` into one ``product``."""
        if "mrp.production" not in self.env:
            self.skipTest("mrp is not installed here")
        lot = self.make_lot(name, quantity=0, product=product)
        order = self.env["mrp.production"].create(
            {
                "product_id": product.id,
                "product_qty": 1,
                "move_raw_ids": [Command.create({"product_id": component.product_id.id, "product_uom_qty": 1})],
            }
        )
        order.action_confirm()
        order.lot_producing_ids = lot
        order.qty_producing = 1
        raw = order.move_raw_ids
        raw.move_line_ids.unlink()
        raw.move_line_ids = [
            Command.create({"product_id": component.product_id.id, "lot_id": component.id, "quantity": 1})
        ]
        raw.picked = True
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        return lot

    def test_the_answer_does_not_depend_on_the_order_of_the_question(self):
        """Odoo's own answer did (odoo PR 94320)."""
        lots = self.lot
        for number in range(4):
            lot = self.received_lot(f"L{number}", 5)
            self.deliver(lot, number + 1, self.clinic if number % 2 else self.hospital)
            lots |= lot
        expected, balance = self.trace._forward(lots), self.trace._balances(lots)
        for _round in range(20):
            shuffled = list(lots.ids)
            random.shuffle(shuffled)
            again = lots.browse(shuffled)
            self.assertEqual(self.trace._forward(again), expected)
            self.assertEqual(self.trace._balances(again), balance)

    def test_only_the_companies_of_the_user_are_told(self):
        other = self.env["res.company"].create({"name": "Sister company"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        sister = self.env(context=dict(self.env.context, allowed_company_ids=[other.id]))
        shared = sister["stock.lot"].create({"name": "SHARED", "product_id": self.device.id, "company_id": False})
        shared._med_set_status("released")
        for company_warehouse in (self.warehouse, warehouse):
            picking = (
                self.env["stock.picking"]
                .with_company(company_warehouse.company_id)
                .create(
                    {
                        "picking_type_id": company_warehouse.in_type_id.id,
                        "partner_id": self.supplier.id,
                        "location_id": self.suppliers.id,
                        "location_dest_id": company_warehouse.lot_stock_id.id,
                        "move_ids": [
                            Command.create(
                                {
                                    "product_id": self.device.id,
                                    "product_uom_qty": 2,
                                    "location_id": self.suppliers.id,
                                    "location_dest_id": company_warehouse.lot_stock_id.id,
                                    "move_line_ids": [
                                        Command.create(
                                            {
                                                "product_id": self.device.id,
                                                "lot_id": shared.id,
                                                "quantity": 2,
                                                "location_id": self.suppliers.id,
                                                "location_dest_id": company_warehouse.lot_stock_id.id,
                                            }
                                        )
                                    ],
                                }
                            )
                        ],
                    }
                )
            )
            picking.action_confirm()
            picking.move_ids.picked = True
            picking.button_validate()
        seen = self.trace.with_user(self.quality)
        self.assertEqual([row.company_id for row in seen._backward(shared)], [self.env.company.id])
        self.assertEqual(seen._balances(shared)[shared.id][1], 2)
        self.quality.company_ids |= other
        self.assertEqual({row.company_id for row in seen._backward(shared)}, {self.env.company.id, other.id})
        self.assertEqual(seen._balances(shared)[shared.id][1], 4)

    def test_a_trace_costs_as_many_queries_for_many_lots_as_for_one(self):
        lots = self.lot | self.received_lot("SECOND", 5) | self.received_lot("THIRD", 5)
        for lot in lots:
            self.deliver(lot, 1)
        self.env.flush_all()
        trace = self.trace.with_user(self.quality)
        trace._companies()
        for some in (self.lot, lots):
            with self.assertQueryCount(2):
                trace._forward(some)
            with self.assertQueryCount(2):
                trace._backward(some)
            with self.assertQueryCount(2):
                trace._balances(some)
