"""One order from several warehouses: proposed, confirmed, shipped and seen as one outbound."""

import json
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.med_outbound.tests.common import OutboundCase


@tagged("post_install", "-at_install")
class TestSourcing(OutboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north = cls.warehouse
        cls.south, cls.west = cls.env["stock.warehouse"].create(
            [{"name": "South", "code": "SOU"}, {"name": "West", "code": "WES"}]
        )
        cls.supervisor = cls._user("supervisor", "med_master_data.group_med_supervisor")
        cls.seller = cls._user("seller", "sales_team.group_sale_salesman_all_leads")

    def lanes(self, *rows):
        """(from, to or None for consignees, days, cost)"""
        self.env["med.supply.lane"].create(
            [
                {"from_id": start.id, "to_id": end and end.id, "days": days, "cost": cost}
                for start, end, days, cost in rows
            ]
        )

    def sale(self, *rows, confirm=True, partner=None, **values):
        order = self.env["sale.order"].create(
            {
                "partner_id": (partner or self.hospital).id,
                "warehouse_id": self.north.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                    for product, quantity in rows
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    def proposal(self, order, user=None):
        order = order.with_user(user or self.seller)
        return self.env["med.sourcing"].with_user(user or self.seller).browse(order.action_med_sourcing()["res_id"])

    def shares(self, option):
        return {(share.warehouse_id.name, share.via_id.name): share.quantity for share in option.share_ids.sudo()}

    def deliveries(self, order):
        return (order.picking_ids - order._med_transfers()).filtered(lambda one: one.state != "cancel")

    def ship(self, picking):
        picking.action_assign()
        picking.move_ids.with_user(self.picker).picked = True
        if picking.location_dest_id.usage == "customer":
            self.review(picking)
        self.validate(picking)
        self.assertEqual(picking.state, "done")

    # What is proposed ------------------------------------------------------------------

    def test_missing_goods_come_from_the_other_warehouse(self):
        self.make_lot("HERE", quantity=3)
        self.make_lot("THERE", quantity=20, location=self.south.lot_stock_id)
        self.lanes((self.south, None, 2, 90), (self.south, self.north, 1, 20))
        found = self.proposal(self.sale((self.device, 10))).option_ids
        self.assertEqual(self.shares(found[0]), {(self.north.name, False): 3, ("South", self.north.name): 7})
        self.assertEqual((found[0].cost, found[0].days, found[0].missing), (20, 1, 0))
        self.assertIn("everything", found[0].reason)
        self.assertIn("one transfer", found[0].reason)
        self.assertIn("7 × ", found[0].ways)

    def test_the_customers_shelf_life_on_the_day_of_arrival(self):
        strict = self._partner("Strict", med_min_shelf_life_days=98)
        self.make_lot("THERE", days=100, quantity=20, location=self.south.lot_stock_id)
        self.lanes((self.south, None, 1, 5))
        order = self.sale((self.device, 4), partner=strict, confirm=False)
        self.assertEqual(self.shares(self.proposal(order).option_ids[0]), {("South", False): 4})
        self.env["med.supply.lane"].search([("from_id", "=", self.south.id)]).days = 9
        proposal = self.proposal(order)
        self.assertFalse(proposal.option_ids, "after nine days on the way it is too old for them")
        self.assertEqual(proposal.stock_ids.mapped(lambda row: (row.on_hand, row.may_leave)), [(20, 0)])

    def test_held_lots_are_no_stock(self):
        self.make_lot("HELD", quantity=20, status="on_hold", location=self.south.lot_stock_id)
        self.lanes((self.south, None, 1, 5))
        proposal = self.proposal(self.sale((self.device, 4)))
        self.assertFalse(proposal.option_ids)
        self.assertEqual(proposal.stock_ids.why, self.env["med.gate"]._rule_labels()["lot_not_released"])

    def test_a_promise_counts(self):
        for place in (self.south, self.west):
            self.make_lot(place.name, quantity=20, location=place.lot_stock_id)
        self.lanes((self.south, None, 8, 5), (self.west, None, 1, 50))
        values = {"commitment_date": fields.Datetime.now() + timedelta(days=3)}
        best, other = self.proposal(self.sale((self.device, 4), **values)).option_ids
        self.assertEqual(self.shares(best), {("West", False): 4})
        self.assertTrue(other.is_late)
        self.assertIn("too late", other.reason)

    def test_what_is_reserved_for_this_order_is_free_for_it(self):
        self.make_lot("HERE", quantity=5)
        order = self.sale((self.device, 5))
        order.picking_ids.action_assign()
        self.assertEqual(self.shares(self.proposal(order).option_ids[0]), {(self.north.name, False): 5})

    def test_two_lines_do_not_count_the_same_goods(self):
        self.make_lot("THERE", quantity=5, location=self.south.lot_stock_id)
        self.lanes((self.south, None, 1, 5))
        best = self.proposal(self.sale((self.device, 4), (self.device, 4))).option_ids[0]
        self.assertEqual((sum(best.share_ids.sudo().mapped("quantity")), best.missing), (5, 3))

    def test_plain_goods_travel_along(self):
        self.make_lot("THERE", quantity=5, location=self.south.lot_stock_id)
        self.plain.is_storable = True
        self.env["stock.quant"]._update_available_quantity(self.plain, self.south.lot_stock_id, 3)
        self.lanes((self.south, None, 1, 5))
        best = self.proposal(self.sale((self.device, 4), (self.plain, 3))).option_ids[0]
        self.assertEqual(best.share_ids.sudo().mapped("quantity"), [4, 3])
        self.assertEqual(best.missing, 0)

    def test_a_missing_lane_is_said(self):
        self.make_lot("THERE", quantity=20, location=self.south.lot_stock_id)
        proposal = self.proposal(self.sale((self.device, 4)))
        self.assertFalse(proposal.option_ids)
        self.assertIn("South", proposal.note)

    def test_queries_do_not_grow_with_the_lines(self):
        products = [self._device(f"P{number}") for number in range(12)]
        for product in products:
            self.make_lot(f"L{product.id}", product=product, quantity=5, location=self.south.lot_stock_id)
        self.lanes((self.south, None, 1, 5))
        counts = []
        for number in (2, 12):
            order = self.sale(*[(product, 1) for product in products[:number]], confirm=False)
            self.proposal(order)  # warm
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["med.sourcing"].with_user(self.seller)._propose(order.with_user(self.seller))
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 10, counts)

    # What is confirmed -----------------------------------------------------------------

    def test_shipped_on_by_the_orders_warehouse(self):
        """A transfer made for the order, one delivery, and what arrives is the order's."""
        self.make_lot("HERE", quantity=3)
        strict = self._partner("Strict", med_min_shelf_life_days=98)
        self.make_lot("SHORT", days=60, quantity=20, location=self.south.lot_stock_id)
        good = self.make_lot("THERE", days=300, quantity=20, location=self.south.lot_stock_id)
        self.lanes((self.south, self.north, 2, 20))
        order = self.sale((self.device, 10), partner=strict)
        self.proposal(order).option_ids[0].action_confirm()
        delivery = self.deliveries(order)
        self.assertEqual(len(delivery), 1)
        self.assertEqual(sorted(delivery.move_ids.mapped("product_uom_qty")), [3, 7])
        transfers = order._med_transfers()
        out = transfers.filtered(lambda one: one.picking_type_id == self.south.out_type_id)
        into = transfers - out
        self.assertEqual(into.picking_type_id, self.north.in_type_id)
        self.assertEqual(out.move_ids.product_uom_qty, 7)
        order.invalidate_recordset()
        self.assertEqual(order.order_line.med_supply_date, into.move_ids.date, "not waited for from a supplier")
        self.assertEqual((into.scheduled_date - out.scheduled_date).days, 2)
        out.action_assign()
        self.assertEqual(out.move_line_ids.lot_id, good, "the lot that the consignee may have, not the first to expire")
        self.ship(out)
        self.ship(into)
        self.ship(delivery)
        self.assertEqual(order.order_line.qty_delivered, 10)
        self.assertEqual({line.lot_id.name: line.quantity for line in delivery.move_line_ids}, {"HERE": 3, "THERE": 7})
        self.assertIn(f"{self.north.name}, South → {self.north.name}", order.med_source_summary)

    def test_each_ships_itself(self):
        self.make_lot("HERE", quantity=3)
        self.make_lot("THERE", quantity=7, location=self.south.lot_stock_id)
        self.lanes((self.south, None, 2, 20))
        order = self.sale((self.device, 10))
        self.proposal(order).option_ids[0].action_confirm()
        deliveries = self.deliveries(order)
        self.assertEqual(
            {one.picking_type_id.warehouse_id: one.move_ids.product_uom_qty for one in deliveries},
            {self.north: 3, self.south: 7},
        )
        for delivery in deliveries:
            self.ship(delivery)
        self.assertEqual(order.order_line.qty_delivered, 10)
        self.assertEqual(order.order_line.med_supply_state, False, "nothing is left to leave")

    def test_the_order_says_what_may_leave_from_all_of_them(self):
        self.make_lot("HERE", quantity=3)
        self.make_lot("THERE", quantity=8, location=self.south.lot_stock_id)
        self.lanes((self.south, None, 2, 20))
        order = self.sale((self.device, 10))
        self.assertEqual(order.order_line.med_may_leave, 3)
        self.proposal(order).option_ids[0].action_confirm()
        self.deliveries(order).action_assign()
        order.invalidate_recordset()
        self.assertEqual((order.order_line.med_supply_state, order.order_line.med_may_leave), ("all", 10))

    def test_on_a_quotation_it_waits_for_the_confirmation(self):
        self.make_lot("THERE", quantity=20, location=self.south.lot_stock_id)
        self.lanes((self.south, None, 2, 20))
        order = self.sale((self.device, 4), confirm=False)
        self.proposal(order).option_ids[0].action_confirm()
        self.assertFalse(order.picking_ids)
        order.action_confirm()
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.south)

    def test_more_of_a_line_comes_from_its_own_warehouse(self):
        self.make_lot("THERE", quantity=20, location=self.south.lot_stock_id)
        self.lanes((self.south, self.north, 2, 20))
        order = self.sale((self.device, 4))
        self.proposal(order).option_ids[0].action_confirm()
        order.order_line.product_uom_qty = 6
        moves = self.deliveries(order).move_ids
        self.assertEqual(sorted(moves.mapped("product_uom_qty")), [2, 4])
        self.assertEqual(moves.med_source_id, order.order_line.med_source_ids)

    def test_decided_again_while_nothing_is_picked(self):
        self.make_lot("HERE", quantity=10)
        self.make_lot("THERE", quantity=10, location=self.south.lot_stock_id)
        self.lanes((self.south, self.north, 1, 5))
        order = self.sale((self.device, 10))
        found = self.proposal(order).option_ids
        self.assertEqual(self.shares(found[0]), {(self.north.name, False): 10})
        by_south = found.filtered(lambda option: ("South", self.north.name) in self.shares(option))
        self.assertFalse(by_south, "nobody would take what costs more and brings no more")
        self.env["stock.quant"]._update_available_quantity(
            self.device, self.stock, -10, lot_id=self.env["stock.lot"].search([("name", "=", "HERE")])
        )
        self.proposal(order).option_ids[0].action_confirm()
        self.make_lot("AGAIN", quantity=10)
        self.proposal(order).option_ids[0].action_confirm()
        self.assertEqual(set(order._med_transfers().mapped("state")), {"cancel"})
        self.assertEqual(self.deliveries(order).move_ids.mapped("product_uom_qty"), [10])

    def test_not_when_goods_are_picked(self):
        self.make_lot("HERE", quantity=10)
        order = self.sale((self.device, 10))
        proposal = self.proposal(order)
        order.picking_ids.action_assign()
        order.picking_ids.move_ids.with_user(self.picker).picked = True
        with self.assertRaisesRegex(UserError, "picked or on their way"):
            self.proposal(order)
        with self.assertRaisesRegex(UserError, "picked or on their way"):
            proposal.option_ids[0].action_confirm()
        self.assertEqual(order.picking_ids.mapped("state"), ["assigned"])

    def test_not_when_somebody_took_the_goods(self):
        lot = self.make_lot("THERE", quantity=4, location=self.south.lot_stock_id)
        self.lanes((self.south, None, 2, 20))
        order = self.sale((self.device, 4))
        proposal = self.proposal(order)
        self.env["stock.quant"]._update_available_quantity(self.device, self.south.lot_stock_id, -1, lot_id=lot)
        with self.assertRaisesRegex(UserError, "any more"):
            proposal.option_ids[0].action_confirm()
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.north)

    def test_a_cancelled_order_cancels_its_transfers(self):
        self.make_lot("THERE", quantity=4, location=self.south.lot_stock_id)
        self.lanes((self.south, self.north, 2, 20))
        order = self.sale((self.device, 4))
        self.proposal(order).option_ids[0].action_confirm()
        transfers = order._med_transfers()
        self.assertEqual(len(transfers), 2)
        order._action_cancel()
        self.assertEqual(set(transfers.mapped("state")), {"cancel"})
        self.assertFalse(order.order_line.med_source_ids)

    def test_more_steps(self):
        """Pick and ship in both warehouses: the transfer is picked, brought out and in, and delivered."""
        self.south.delivery_steps = "pick_ship"
        self.make_lot("THERE", quantity=4, location=self.south.lot_stock_id)
        self.lanes((self.south, self.north, 2, 20))
        first = self.sale((self.device, 1))
        self.proposal(first).option_ids[0].action_confirm()
        self.north.delivery_steps = "pick_ship"
        order = self.sale((self.device, 3))
        self.proposal(order).option_ids[0].action_confirm()
        for _step in range(8):
            for picking in order._med_all_moves().picking_id.filtered(lambda one: one.state == "assigned"):
                self.ship(picking)
        self.assertEqual(order.order_line.qty_delivered, 3)

    # Who, and what stays of it --------------------------------------------------------

    def test_who_decides(self):
        self.make_lot("THERE", quantity=4, location=self.south.lot_stock_id)
        self.lanes((self.south, None, 2, 20))
        order = self.sale((self.device, 4))
        with self.assertRaises(AccessError):
            self.proposal(order, self.picker)
        self.proposal(order, self.supervisor).option_ids[0].action_confirm()
        self.assertEqual(order.order_line.med_source_ids.warehouse_id, self.south)

    def test_no_client_writes_a_proposal_or_a_source(self):
        self.make_lot("THERE", quantity=4, location=self.south.lot_stock_id)
        self.lanes((self.south, None, 2, 20))
        order = self.sale((self.device, 4))
        option = self.proposal(order).option_ids[0]
        option.action_confirm()
        source = order.order_line.med_source_ids
        with self.assertRaises(AccessError):
            option.share_ids.write({"quantity": 40})
        with self.assertRaises(AccessError):
            source.with_user(self.seller).write({"launched": 0})
        with self.assertRaises(AccessError):
            self.env["med.sourcing"].with_user(self.seller).create({"order_id": order.id})
        with self.assertRaisesRegex(UserError, "new proposal"):
            source.quantity = 9

    def test_one_warehouse_has_no_button(self):
        self.assertTrue(self.sale((self.device, 1)).med_can_source)
        (self.south | self.west).active = False
        self.assertFalse(self.sale((self.device, 1)).med_can_source)

    def test_nothing_to_serve(self):
        order = self.sale((self.device, 1), confirm=False)
        order.order_line.unlink()
        with self.assertRaisesRegex(UserError, "no goods"):
            self.proposal(order)

    def test_the_decision_and_all_transfers_are_on_the_timeline(self):
        self.make_lot("THERE", quantity=4, location=self.south.lot_stock_id)
        self.lanes((self.south, self.north, 2, 20))
        order = self.sale((self.device, 4))
        self.proposal(order).option_ids[0].action_confirm()
        event = self.env["med.evidence.event"].search([("kind", "=", "order.sourced"), ("res_id", "=", order.id)])
        body = json.loads(event.body)
        self.assertEqual((body["cost"], body["ready_in_days"]), ("20.00", 2))
        self.assertEqual(event.user_name, self.seller.name)
        out = order._med_transfers().filtered(lambda one: one.picking_type_id == self.south.out_type_id)
        self.ship(out)
        order.invalidate_recordset()
        self.assertIn("South", order.med_timeline)
        self.assertIn(out, order._med_timeline_records()[-1])
