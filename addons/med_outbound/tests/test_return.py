"""Returns: into quarantine, of the delivery that brought them, and out by a signed decision only."""

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import OutboundCase

RULES = ("return_unquarantined", "return_without_delivery", "quarantine_undecided")


@tagged("post_install", "-at_install")
class TestReturn(OutboundCase):
    rules_under_test = (*OutboundCase.rules_under_test, *RULES)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lot = cls.make_lot("RT-1", quantity=10)
        cls.reason = cls.env.ref("med_outbound.med_return_reason_ordered_too_much")

    def setUp(self):
        super().setUp()
        self.delivery = self.shipped_delivery(self.lot, quantity=5)

    def make_return(self, delivery=None, quantity=2, lot=None):
        """The return of a delivery as its button makes it, counted and not yet validated."""
        delivery = delivery or self.delivery
        context = {"active_id": delivery.id, "active_ids": delivery.ids, "active_model": "stock.picking"}
        wizard = self.env["stock.return.picking"].with_user(self.picker).with_context(**context).create({})
        wizard.product_return_moves.quantity = quantity
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_line_ids.unlink()
        for move in back.move_ids:
            move.move_line_ids = [
                Command.create(
                    {
                        "picking_id": back.id,
                        "product_id": move.product_id.id,
                        "lot_id": (lot or self.lot).id,
                        "quantity": quantity,
                        "location_id": move.location_id.id,
                        "location_dest_id": move.location_dest_id.id,
                        "picked": True,
                    }
                )
            ]
        return back

    def came_back(self, **values):
        back = self.make_return(**values)
        self.validate(back)
        self.assertEqual(back.state, "done")
        return back.med_return_decision_ids

    def decide(self, decision, meaning="restock", **values):
        decision = decision.with_user(self.quality)
        decision.write({"reason_id": self.reason.id, "condition": "unopened", **values})
        decision._sign(meaning, self.credential)

    # In ----------------------------------------------------------------------------------

    def test_return_lands_in_quarantine_and_waits_for_quality(self):
        decision = self.came_back()
        place = self.warehouse.med_return_location_id
        self.assertTrue(place.med_is_quarantine)
        self.assertEqual(self.on_hand(self.lot, place), 2)
        self.assertEqual(self.on_hand(self.lot), 5)
        self.assertRecordValues(
            decision,
            [
                {
                    "state": "open",
                    "lot_id": self.lot.id,
                    "quantity": 2,
                    "delivery_id": self.delivery.id,
                    "partner_id": self.hospital.id,
                    "location_id": place.id,
                }
            ],
        )
        self.assertEqual(self.lot.med_status, "released", "the lot is what it was; these units wait")

    def test_what_lies_in_quarantine_is_not_promised_to_anybody(self):
        self.came_back()
        order = self.make_delivery()
        order.move_ids = [
            Command.create(
                {
                    "product_id": self.device.id,
                    "product_uom_qty": 7,
                    "location_id": self.stock.id,
                    "location_dest_id": self.customers.id,
                }
            )
        ]
        order.action_confirm()
        order.action_assign()
        self.assertEqual(sum(order.move_line_ids.mapped("quantity")), 5)

    def test_onto_the_shelf_is_refused(self):
        back = self.make_return()
        back.move_ids.location_dest_id = self.stock
        back.move_line_ids.location_dest_id = self.stock
        with self.assertRefused("return_unquarantined") as caught:
            self.validate(back)
        self.assertIn(self.warehouse.med_return_location_id.complete_name, caught.exception.args[0])

    def test_a_line_alone_on_the_shelf_is_refused(self):
        """The line's own place counts, not the transfer's."""
        back = self.make_return()
        back.move_line_ids.location_dest_id = self.stock
        with self.assertRefused("return_unquarantined"):
            self.validate(back)

    def test_more_than_delivered_is_refused(self):
        with self.assertRefused("return_without_delivery"):
            self.validate(self.make_return(quantity=6))

    def test_in_two_steps_no_more_than_delivered(self):
        self.came_back(quantity=3)
        with self.assertRefused("return_without_delivery"):
            self.validate(self.make_return(quantity=3))

    def test_another_lot_than_delivered_is_refused(self):
        other = self.make_lot("RT-2", quantity=0)
        with self.assertRefused("return_without_delivery") as caught:
            self.validate(self.make_return(lot=other))
        self.assertIn(self.delivery.name, caught.exception.args[0])

    def test_without_a_delivery_only_by_override(self):
        place = self.warehouse._med_return_place()
        back = self.make_delivery(picking_type=self.warehouse.in_type_id, destination=place)
        back.location_id = self.customers
        back.move_ids = [
            Command.create(
                {
                    "product_id": self.device.id,
                    "product_uom_qty": 1,
                    "location_id": self.customers.id,
                    "location_dest_id": place.id,
                    "move_line_ids": [
                        Command.create(
                            {
                                **self._line(self.lot, 1, place, back),
                                "location_id": self.customers.id,
                                "picked": True,
                            }
                        )
                    ],
                }
            )
        ]
        back.action_confirm()
        with self.assertRefused("return_without_delivery"):
            self.validate(back)
        override = (
            self.env["med.gate.override"]
            .with_user(self.picker)
            .create(
                {
                    "picking_id": back.id,
                    "lot_id": self.lot.id,
                    "rule": "return_without_delivery",
                    "quantity": 1,
                    "reason": "Delivered before this system was there",
                }
            )
        )
        override.with_user(self.quality)._sign(
            "override", self.credential, reason="Delivered before this system was there"
        )
        self.validate(back)
        self.assertEqual(back.state, "done")
        self.assertEqual(len(back.med_return_decision_ids), 1)

    def test_what_is_no_device_returns_as_in_plain_odoo(self):
        tape = self.make_lot("T-1", product=self.plain)
        delivery = self.make_delivery(tape, quantity=3)
        self.validate(delivery)
        back = self.make_return(delivery, quantity=1, lot=tape)
        self.validate(back)
        self.assertEqual(self.on_hand(tape), 8)
        self.assertFalse(back.med_return_decision_ids)

    # Out ---------------------------------------------------------------------------------

    def test_restocked_by_signature(self):
        decision = self.came_back()
        self.decide(decision)
        self.assertEqual(decision.state, "restocked")
        self.assertEqual(decision.decided_by_id, self.quality)
        transfer = decision.move_ids.picking_id
        transfer.move_ids.picked = True
        self.validate(transfer)
        self.assertEqual(transfer.state, "done")
        self.assertEqual(self.on_hand(self.lot), 7)
        self.assertEqual(self.on_hand(self.lot, self.warehouse.med_return_location_id), 0)

    def test_a_transfer_in_two_parts(self):
        decision = self.came_back(quantity=3)
        self.decide(decision)
        transfer = decision.move_ids.picking_id
        transfer.move_line_ids.quantity = 1
        transfer.move_ids.picked = True
        transfer.with_user(self.picker).with_context(
            skip_sms=True, cancel_backorder=False, skip_backorder=True, picking_ids_not_to_backorder=[]
        ).button_validate()
        rest = transfer.backorder_ids
        self.assertTrue(rest)
        rest.action_assign()
        rest.move_ids.picked = True
        self.validate(rest)
        self.assertEqual(self.on_hand(self.lot), 8)

    def _move_out(self, quantity=2, destination=None, **values):
        """A transfer out of the returns area that somebody makes by hand."""
        place, target = self.warehouse.med_return_location_id, destination or self.stock
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.int_type_id.id,
                "location_id": place.id,
                "location_dest_id": target.id,
                "partner_id": self.hospital.id,
            }
        )
        picking.move_ids = [
            Command.create(
                {
                    "product_id": self.device.id,
                    "product_uom_qty": quantity,
                    "location_id": place.id,
                    "location_dest_id": target.id,
                    "move_line_ids": [
                        Command.create(
                            {**self._line(self.lot, quantity, target, picking), "location_id": place.id, "picked": True}
                        )
                    ],
                    **values,
                }
            )
        ]
        picking.action_confirm()
        return picking

    def test_out_of_quarantine_without_decision_is_refused(self):
        self.came_back()
        with self.assertRefused("quarantine_undecided"):
            self.validate(self._move_out())

    def test_straight_to_another_consignee_is_refused(self):
        self.came_back()
        picking = self._move_out(destination=self.customers)
        self.gate_off("review_missing")
        with self.assertRefused("quarantine_undecided"):
            self.validate(picking)

    def test_naming_a_decision_moves_no_more_than_it_says(self):
        decision = self.came_back(quantity=3)
        self.decide(decision, decide_quantity=1)
        self.assertEqual(decision.quantity, 1)
        rest = self.env["med.return.decision"].search([("state", "=", "open"), ("lot_id", "=", self.lot.id)])
        self.assertEqual(rest.quantity, 2, "the rest stays to be decided")
        forged = self._move_out(quantity=2, med_return_decision_id=decision.id)
        with self.assertRefused("quarantine_undecided"):
            self.validate(forged)

    def test_an_open_decision_lets_nothing_out(self):
        decision = self.came_back()
        with self.assertRefused("quarantine_undecided"):
            self.validate(self._move_out(med_return_decision_id=decision.id))

    def test_back_to_the_supplier_and_out_of_the_books_are_free(self):
        self.came_back()
        picking = self._move_out(destination=self.suppliers)
        self.validate(picking)
        self.assertEqual(picking.state, "done")

    def test_rejected_opens_a_deviation_and_stays(self):
        decision = self.came_back()
        self.decide(decision, "reject", condition="opened")
        self.assertEqual(decision.state, "rejected")
        self.assertEqual(decision.deviation_id.source, "return")
        self.assertEqual(decision.deviation_id.lot_ids, self.lot)
        self.assertFalse(decision.move_ids)
        with self.assertRefused("quarantine_undecided"):
            self.validate(self._move_out(med_return_decision_id=decision.id))

    # Deciding ------------------------------------------------------------------------------

    def test_what_may_not_go_back_to_stock(self):
        decision = self.came_back()
        for values, words in (
            ({"condition": "opened"}, "unopened"),
            ({"reason_id": False}, "why"),
            ({"condition": False}, "condition"),
        ):
            with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
                self.decide(decision, **values)
        self.lot._med_set_status("on_hold")
        with self.assertRaisesRegex(UserError, "released"), self.env.cr.savepoint():
            self.decide(decision)
        self.lot._med_set_status("released")
        decision.condition = "unopened"
        with (
            freeze_time(self.lot.expiration_date),
            self.assertRaisesRegex(UserError, "expired"),
            self.env.cr.savepoint(),
        ):
            decision._check_restock()
        self.assertEqual(decision.state, "open")

    def test_cold_goods_need_proof_of_how_they_were_kept(self):
        self.device.med_storage_condition_id = self.env["med.storage.condition"]._find_or_create([(2.0, 8.0)])[2.0, 8.0]
        decision = self.came_back()
        self.assertTrue(decision.is_cold)
        with self.assertRaisesRegex(UserError, "temperature record"), self.env.cr.savepoint():
            self.decide(decision, storage_proof="In the ward's refrigerator")
        record = self.env["ir.attachment"].with_user(self.quality).create({"name": "curve.csv", "raw": b"t,C\n"})
        self.decide(decision, storage_proof="In the ward's refrigerator", attachment_ids=[Command.set(record.ids)])
        self.assertEqual(decision.state, "restocked")

    def test_an_unfinished_inspection_comes_first(self):
        self.env["med.inspection.plan"].create(
            {
                "name": "Returns",
                "on_receipt": False,
                "on_return": True,
                "check_ids": [Command.create({"name": "Looks"})],
            }
        )
        decision = self.came_back()
        self.assertEqual(decision.inspection_ids.mapped("state"), ["open"])
        with self.assertRaisesRegex(UserError, "inspection"):
            self.decide(decision)

    def test_only_quality_decides_and_nobody_writes_what_happened(self):
        decision = self.came_back()
        with self.assertRaises(UserError):
            decision.with_user(self.picker)._sign("restock", self.credential)
        for values in ({"state": "restocked"}, {"quantity": 1}, {"lot_id": False}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                decision.with_user(self.quality).write(values)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.env["med.return.decision"].with_user(self.quality).create([{"quantity": 1}])
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            decision.with_user(self.quality).unlink()
        self.decide(decision)
        with self.assertRaisesRegex(UserError, "signed"):
            decision.with_user(self.quality).note = "later"

    def test_goods_that_came_into_quarantine_another_way(self):
        place = self.warehouse._med_return_place()
        self.env["stock.quant"]._update_available_quantity(self.device, place, 4, lot_id=self.lot)
        quants = self.env["stock.quant"].search([("location_id", "=", place.id)])
        action = quants.with_user(self.quality).action_med_decide()
        decision = self.env["med.return.decision"].search(action["domain"])
        self.assertEqual(decision.quantity, 4)
        with self.assertRaisesRegex(UserError, "Nothing here waits"):
            quants.with_user(self.quality).action_med_decide()

    # Places --------------------------------------------------------------------------------

    def test_a_quarantine_lies_beside_the_shelves(self):
        with self.assertRaisesRegex(ValidationError, "beside"):
            self.env["stock.location"].create(
                {"name": "Corner", "location_id": self.stock.id, "usage": "internal", "med_is_quarantine": True}
            )

    def test_a_quarantine_with_goods_stays_one(self):
        self.came_back()
        with self.assertRaisesRegex(UserError, self.device.name):
            self.warehouse.med_return_location_id.med_is_quarantine = False

    def test_ten_lots_back_cost_no_query_per_lot(self):
        def back(count):
            lots = [self.make_lot(f"Q{count}-{n}", quantity=5) for n in range(count)]
            delivery = self.shipped_delivery(*lots, quantity=2)
            returned = self.make_return(delivery, quantity=1, lot=lots[0])
            for move, lot in zip(returned.move_ids, lots, strict=True):
                move.move_line_ids.lot_id = lot
            self.env.flush_all()
            self.env.invalidate_all()
            lines = returned.move_line_ids
            before = self.env.cr.sql_log_count
            self.env["med.gate"]._judge(lines, "return")
            return self.env.cr.sql_log_count - before

        back(1)
        self.assertLessEqual(back(12) - back(3), 6)

    def test_the_record_on_a_screen(self):
        decision = self.came_back()
        with Form(decision.with_user(self.quality)) as form:
            form.reason_id = self.reason
            form.condition = "unopened"
        self.assertEqual(decision.reason_id, self.reason)
