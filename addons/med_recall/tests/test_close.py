from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RecallCase


@tagged("post_install", "-at_install")
class TestClose(RecallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lot = cls.received_lot("COUNTED", 20)
        cls.hospital.email = "recall@hospital.example"
        cls.sent = cls.deliver(cls.lot, 10)

    def _returned(self, recall):
        for picking in recall.picking_ids.filtered(lambda one: one.location_id.usage == "customer"):
            picking.move_ids.picked = True
            picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        recall.answer_ids.invalidate_recordset()
        recall.invalidate_recordset()

    def test_answers_become_returns_that_land_apart_and_the_balance_closes(self):
        recall = self.notified_recall(self.lot)
        consignee = recall.consignee_ids
        self.answer(consignee, in_stock=5, returning=5, used=3, destroyed=1)
        (answer,) = recall.answer_ids
        self.assertEqual((answer.returned, answer.unaccounted), (0, 6))
        recall.action_returns()
        with self.assertRaisesRegex(UserError, "already"):
            recall.action_returns()
        (back,) = recall.picking_ids.filtered(lambda one: one.location_id.usage == "customer")
        self.assertEqual(back.location_dest_id, self.warehouse.med_recall_location_id)
        self.assertEqual(back.move_ids.origin_returned_move_id, self.sent.move_ids)
        self.assertEqual(back.move_line_ids.lot_id, self.lot)
        self._returned(recall)
        self.assertEqual((answer.returned, answer.unaccounted), (5, 1))
        self.assertEqual(self.on_hand(self.lot, self.warehouse.med_recall_location_id), 5)
        with self.assertRaisesRegex(UserError, r"First Hospital.*COUNTED: 1"):
            recall._sign("close", self.credential)
        with self.assertRaisesRegex(UserError, "between 0 and 1"):
            answer._explain(2, "Lost")
        answer._explain(1, "Lost on the ward, report 17")
        self.assertEqual((answer.unaccounted, recall.share_accounted), (0, 100))
        recall._sign("close", self.credential, reason="All found")
        self.assertEqual(recall.state, "closed")
        self.assertEqual(recall.deadline_ids.filtered(lambda one: one.kind == "summary").started_at, recall.closed_at)
        with self.assertRaisesRegex(UserError, "Closed"):
            recall._sign("close", self.credential)
        with self.assertRaisesRegex(UserError, "closed"):
            consignee.sudo()._receive_answer("Dr Li", {})

    def test_a_return_after_signing_shows_the_signature_void(self):
        recall = self.notified_recall(self.lot)
        self.answer(recall.consignee_ids, used=10)
        recall._sign("close", self.credential)
        signature = recall.signature_ids.filtered(lambda one: one.meaning == "close")
        self.assertFalse(signature.is_void)
        self.take_back(self.sent, 1)
        self.env.invalidate_all()
        self.assertTrue(signature.is_void)

    def test_credit_notes_are_odoos_own(self):
        self.device.write({"list_price": 100, "invoice_policy": "delivery"})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.hospital.id,
                "order_line": [Command.create({"product_id": self.device.id, "product_uom_qty": 4, "price_unit": 100})],
            }
        )
        order.action_confirm()
        picking = order.picking_ids
        picking.action_assign()
        picking.move_ids.move_line_ids.unlink()
        picking.move_ids.move_line_ids = [
            Command.create(
                {"product_id": self.device.id, "lot_id": self.lot.id, "quantity": 4, "picking_id": picking.id}
            )
        ]
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True).button_validate()
        order._create_invoices().action_post()
        recall = self.notified_recall(self.lot)
        # the order went to the ward
        on_ward = recall.answer_ids.filtered(lambda line: line.partner_id == self.ward)
        other = recall.answer_ids - on_ward
        recall.consignee_ids.sudo()._receive_answer(
            "Dr Li", {on_ward.id: {"in_stock": 4, "returning": 4}, other.id: {"used": 10}}
        )
        with self.assertRaisesRegex(UserError, "credit note"):
            recall.action_credit_notes()
        recall.action_returns()
        self._returned(recall)
        action = recall.sudo().action_credit_notes()
        note = self.env["account.move"].search(action["domain"])
        self.assertEqual((note.move_type, note.amount_untaxed), ("out_refund", 400))

    def test_disposal_takes_two_people_and_a_certificate(self):
        recall = self.notified_recall(self.lot)
        disposal = (
            self.env["med.recall.disposal"]
            .with_user(self.quality)
            .create({"recall_id": recall.id, "lot_id": self.lot.id, "location_id": self.stock.id, "quantity": 3})
        )
        second = self._user("second", "med_master_data.group_med_quality")
        with self.assertRaisesRegex(UserError, "not what comes next"):
            disposal.with_user(second)._sign("witness", self.credential)
        disposal.certificate = b"UERG"
        disposal._sign("dispose", self.credential)
        with self.assertRaisesRegex(UserError, "Somebody else"):
            disposal._sign("witness", self.credential)
        self.assertEqual(disposal.state, "signed")
        # the goods wait in the cage's transfer; they are free again for their disposal
        recall.picking_ids.action_cancel()
        disposal.with_user(second)._sign("witness", self.credential)
        self.assertEqual((disposal.state, disposal.scrap_id.state), ("done", "done"))
        self.assertEqual(self.on_hand(self.lot), 7)
        balance, figure = self.env["med.recall.trace"]._balances(self.lot)[self.lot.id]
        self.assertEqual((balance.lost, balance.here, figure), (3, 7, 7))

    def test_return_to_the_supplier(self):
        recall = self.notified_recall(self.lot)
        recall.picking_ids.action_cancel()
        disposal = (
            self.env["med.recall.disposal"]
            .with_user(self.quality)
            .create(
                {
                    "recall_id": recall.id,
                    "kind": "supplier",
                    "partner_id": self.supplier.id,
                    "lot_id": self.lot.id,
                    "location_id": self.stock.id,
                    "quantity": 10,
                    "certificate": b"UERG",
                }
            )
        )
        disposal._sign("dispose", self.credential)
        second = self._user("second", "med_master_data.group_med_quality")
        disposal.with_user(second)._sign("witness", self.credential)
        disposal.picking_id.move_ids.picked = True
        disposal.picking_id.with_context(skip_sms=True).button_validate()
        self.assertEqual(disposal.picking_id.state, "done")
        self.assertEqual(self.env["med.recall.trace"]._balances(self.lot)[self.lot.id][0].to_supplier, 10)

    def test_effectiveness_checks_are_drawn_once_and_repeated_when_they_fail(self):
        recall = self.notified_recall(self.lot)
        recall.action_checks()
        with self.assertRaisesRegex(UserError, "already"):
            recall.action_checks()
        (check,) = recall.check_ids
        check.with_user(self.quality).action_finish()
        self.assertEqual(check.result, "failed")
        self.answer(recall.consignee_ids, used=10)
        with self.assertRaisesRegex(UserError, "effectiveness"):
            recall._sign("close", self.credential)
        check.with_user(self.quality).action_repeat()
        again = check.repeated_by_id
        again.write({"knows": True, "stopped": True, "apart": True})
        again.with_user(self.quality).action_finish()
        recall._sign("close", self.credential)
        self.assertEqual((check.result, again.result, recall.state), ("failed", "passed", "closed"))

    def test_the_report_tells_what_is_known(self):
        recall = self.notified_recall(self.lot)
        self.answer(recall.consignee_ids, used=10)
        html, _kind = self.env["ir.actions.report"].sudo()._render_qweb_html("med_recall.report_recall", recall.ids)
        for words in (b"Progress report", b"COUNTED", b"First Hospital", b"Screws may break"):
            self.assertIn(words, html)
