from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RecallCase


@tagged("post_install", "-at_install")
class TestHold(RecallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lot = cls.received_lot("HELD", 20)
        cls.other = cls.received_lot("OTHER", 20)
        cls.hospital.email = "recall@hospital.example"
        cls.sent = cls.deliver(cls.lot, 6)

    def test_one_signature_freezes_frees_sets_apart_and_traces(self):
        waiting = self.deliver(self.lot, 3, done=False)
        picked = self.deliver(self.lot, 2, self.clinic, done=False)
        picked.move_ids.picked = True
        recall = self.recall(self.lot)
        self.assertEqual(recall.state, "held")
        self.assertEqual(self.lot.med_status, "recalled")
        self.assertFalse(waiting.move_line_ids.filtered(lambda line: line.lot_id == self.lot))
        # T12: picked and packed goods as well
        self.assertFalse(picked.move_line_ids.filtered(lambda line: line.lot_id == self.lot))
        self.assertFalse(any(picked.move_ids.mapped("picked")))
        (transfer,) = recall.picking_ids
        self.assertEqual(sum(transfer.move_line_ids.mapped("quantity")), 14)
        self.assertEqual(transfer.location_dest_id, self.warehouse.med_recall_location_id)
        self.assertEqual(recall.answer_ids.mapped("delivered"), [6])
        self.assertEqual({line.kind for line in recall.trace_ids}, {"received", "here", "delivered"})
        (event,) = self.events("recall.held", recall)
        self.assertEqual(event["lots"], self.lot.ids)
        self.assertEqual(set(event["freed_transfers"]), {waiting.id, picked.id})
        self.assertEqual(self.events("lot.status", self.lot)[-1]["new"], "recalled")

    def test_nothing_of_a_recalled_lot_can_be_reserved_or_shipped_any_more(self):
        self.recall(self.lot)
        picking = self.make_delivery(self.lot, quantity=1)
        with self.assertRefused("lot_not_released"):
            self.validate(picking)
        free = self.env["stock.quant"]._get_available_quantity(self.device, self.stock)
        self.assertEqual(free, 20)  # the other lot's only; the rest is promised to the cage

    def test_a_hold_that_breaks_in_the_middle_holds_nothing(self):
        """Whatever step breaks, not one lot, line or letter of it stays."""
        waiting = self.deliver(self.lot, 3, done=False)
        for step in ("_free_reservations", "_quarantine", "_trace", "_find_consignees"):
            recall = self.recall(self.lot, hold=False)
            with (
                self.subTest(step),
                patch.object(type(recall), step, side_effect=RuntimeError("killed")),
                self.assertRaises(RuntimeError),
                self.env.cr.savepoint(),
            ):
                recall._sign("hold", self.credential)
            self.env.invalidate_all()
            self.assertEqual((recall.state, self.lot.med_status), ("draft", "released"))
            self.assertEqual(sum(waiting.move_line_ids.mapped("quantity")), 3)
            self.assertFalse(recall.consignee_ids)
            self.assertFalse(recall.picking_ids)

    def test_what_is_on_its_way_in_arrives_recalled(self):
        arriving = self.move(self.lot, self.suppliers, self.stock, 4, self.supplier, done=False)
        self.recall(self.lot)
        self.assertEqual(sum(arriving.move_line_ids.mapped("quantity")), 4)

    def test_a_returned_recalled_unit_is_never_offered_again(self):
        """T16"""
        self.recall(self.lot)
        self.take_back(self.sent, 6)
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "partner_id": self.clinic.id,
                "location_id": self.stock.id,
                "location_dest_id": self.customers.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.device.id,
                            "product_uom_qty": 30,
                            "location_id": self.stock.id,
                            "location_dest_id": self.customers.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        self.assertEqual(picking.move_line_ids.lot_id, self.other)

    def test_only_quality_holds_and_only_a_confirmed_scope(self):
        recall = self.recall(self.lot, confirm=False, hold=False)
        with self.assertRaisesRegex(UserError, "confirm"):
            recall._sign("hold", self.credential)
        recall.action_confirm_scope()
        with self.assertRaisesRegex(UserError, "password"):
            recall._sign("hold", {"type": "password", "password": "wrong"})
        with self.assertRaisesRegex(UserError, "Only quality"):
            recall.with_user(self.reviewer)._sign("hold", self.credential)
        with self.assertRaises(AccessError):
            recall.with_user(self.picker).title = "Mine"
        self.assertEqual(self.lot.med_status, "released")

    def test_state_and_scope_cannot_be_set_by_hand(self):
        recall = self.recall(self.lot)
        for values in ({"state": "closed"}, {"held_at": False}, {"lot_ids": [Command.clear()]}, {"is_drill": True}):
            with self.assertRaises(UserError):
                recall.write(values)
        with self.assertRaises(UserError):
            recall.scope_ids.first = "OTHER"
        with self.assertRaises(UserError):
            recall.with_context(med_recall_token="yes").write({"state": "closed"})
        with self.assertRaises(UserError):
            recall.answer_ids.sudo().used = 6
        with self.assertRaises(UserError):
            recall.sudo().unlink()

    def test_the_second_to_hold_finds_it_held(self):
        recall = self.recall(self.lot)
        with self.assertRaisesRegex(UserError, "Held"):
            recall._sign("hold", self.credential)

    def test_a_withdrawn_recall_keeps_its_history_and_its_lots_recalled(self):
        """T27"""
        recall = self.recall(self.lot)
        with self.assertRaisesRegex(UserError, "Only quality"):
            recall.with_user(self.reviewer)._sign("withdraw", self.credential)
        recall._sign("withdraw", self.credential, reason="Wrong maker")
        self.assertEqual((recall.state, self.lot.med_status), ("withdrawn", "recalled"))
        self.assertTrue(recall.trace_ids)
        self.lot.with_user(self.quality)._sign("release", self.credential)
        self.assertEqual(self.lot.med_status, "released")

    def test_scope_by_range_dates_supplier_and_receipt(self):
        lots = self.received_lot("S-101", 2) | self.received_lot("S-102", 2) | self.received_lot("S-110", 2)
        lots[0].with_user(self.quality).med_production_date = "2024-03-01"
        receipt = self.env["stock.move.line"].search([("lot_id", "=", lots[2].id)]).picking_id

        def found(**values):
            recall = self.recall(
                hold=False,
                confirm=False,
                product_ids=[Command.set(self.device.ids)],
                scope_ids=[Command.create(values)],
            )
            return set(recall._scope_lots().mapped("name"))

        self.assertEqual(found(kind="lot_range", first="S-101", last="S-105"), {"S-101", "S-102"})
        self.assertEqual(found(kind="made", day_to="2024-04-30"), {"S-101"})
        self.assertEqual(found(kind="receipt", picking_id=receipt.id), {"S-110"})
        self.assertEqual(found(kind="supplier", partner_id=self.supplier.id), {*lots.mapped("name"), "HELD", "OTHER"})
        self.assertIn("S-102", found(kind="all"))
        with self.assertRaisesRegex(UserError, "spans nothing"):
            found(kind="lot_range", first="S-101", last="T-1")

    def test_scope_by_sterilisation_batch_and_purchase_order(self):
        other = self.env["product.product"].create(
            {
                "name": "Drill bit",
                "is_storable": True,
                "tracking": "lot",
                "use_expiration_date": True,
                "med_is_device": True,
            }
        )
        lots = self.received_lot("ST-A", 2) | self.received_lot("ST-B", 2, product=other) | self.received_lot("ST-C", 2)
        (lots[0] | lots[1]).with_user(self.quality).med_sterilisation_batch = "RUN-7"
        self.env["stock.move.line"].search([("lot_id", "=", lots[2].id)]).picking_id.origin = "P00099"

        def found(products=None, **values):
            products = [Command.set(products.ids)] if products else []
            recall = self.recall(hold=False, confirm=False, product_ids=products, scope_ids=[Command.create(values)])
            return set(recall._scope_lots().mapped("name"))

        # one run, goods of two products
        self.assertEqual(found(kind="sterilisation", first=" RUN-7"), {"ST-A", "ST-B"})
        self.assertEqual(found(self.device, kind="sterilisation", first="RUN-7"), {"ST-A"})
        self.assertEqual(found(kind="purchase", first="P00099"), {"ST-C"})
        self.assertFalse(found(kind="purchase", first="P00100"))
        with self.assertRaisesRegex(UserError, "Enter which one"):
            found(kind="sterilisation", first=" ")

    def test_the_sterilisation_batch_of_a_moved_lot_is_qualitys_and_recorded(self):
        lot = self.received_lot("ST-D", 2)
        with self.assertRaisesRegex(UserError, "ST-D"):
            lot.with_user(self.picker).med_sterilisation_batch = "RUN-8"
        lot.with_user(self.quality).med_sterilisation_batch = "RUN-8"
        self.assertEqual(self.events("lot.dates", lot)[-1]["med_sterilisation_batch"], ["", "RUN-8"])
        self.assertEqual(lot.med_status, "released")

    def test_deadlines_run_from_the_decision_and_warn_before_they_pass(self):
        recall = self.recall(self.lot, decided_at="2026-02-12 02:00:00")
        due = {deadline.kind: str(deadline.due_at) for deadline in recall.deadline_ids}
        # RECALL 16 over Spring Festival with its make-up Saturdays, midnight in Shanghai
        self.assertEqual(due["plan"], "2026-02-26 16:00:00")
        self.assertEqual(due["notify"], "2026-02-13 02:00:00")
        self.assertEqual(recall.deadline_ids.filtered(lambda one: one.kind == "hold").done_at, recall.held_at)
        self.env["med.recall.deadline"]._cron_escalate()
        self.assertEqual(len(recall.activity_ids), 2)
        plan = recall.deadline_ids.filtered(lambda one: one.kind == "plan")
        with self.assertRaisesRegex(UserError, "Only quality"):
            plan.with_user(self.reviewer).action_done()
        plan.with_user(self.quality).action_done()
        self.assertEqual(plan.state, "missed")
        self.env["med.recall.deadline"]._cron_escalate()
        self.assertEqual(len(recall.activity_ids), 2)

    def test_a_drill_finds_everything_and_changes_nothing(self):
        before = (
            self.env["stock.quant"].search([]).mapped(lambda quant: (quant.id, quant.quantity, quant.reserved_quantity))
        )
        mails = self.env["mail.mail"].search_count([])
        recall = self.recall(self.lot, is_drill=True)
        self.assertEqual((recall.state, self.lot.med_status), ("held", "released"))
        self.assertFalse(recall.picking_ids)
        self.assertEqual(recall.consignee_ids.partner_id, self.hospital)
        self.assertIn("Lots in scope: 1", recall.drill_result)
        with self.assertRaisesRegex(UserError, "drill"):
            recall.action_notify()
        after = (
            self.env["stock.quant"].search([]).mapped(lambda quant: (quant.id, quant.quantity, quant.reserved_quantity))
        )
        self.assertEqual((after, self.env["mail.mail"].search_count([])), (before, mails))
