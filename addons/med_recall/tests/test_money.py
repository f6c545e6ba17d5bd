"""Credit notes, claims, replacements and the cost of a recall: Odoo's own documents."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RecallCase


@tagged("post_install", "-at_install")
class TestMoney(RecallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.device.write({"list_price": 100, "invoice_policy": "delivery", "standard_price": 40})
        cls.lot = cls.received_lot("COSTLY", 20)
        cls.hospital.email = cls.clinic.email = "recall@example.com"
        cls.deliver(cls.lot, 6)
        cls.deliver(cls.lot, 4, cls.clinic)

    def settled(self):
        """A recall whose hospital destroyed 2, used 1 and sent 3 back; the clinic used all."""
        recall = self.notified_recall(self.lot)
        for consignee in recall.consignee_ids:
            if consignee.partner_id == self.clinic:
                self.answer(consignee, used=4)
            else:
                self.answer(consignee, in_stock=3, returning=3, destroyed=2, used=1)
        recall.action_returns()
        for picking in recall.picking_ids.filtered(lambda one: one.location_id.usage == "customer"):
            picking.move_ids.picked = True
            picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        recall.answer_ids.invalidate_recordset()
        return recall

    def test_what_is_lost_is_claimed_once_at_the_price_it_was_bought_for(self):
        recall = self.settled()
        recall.action_prepare_claims()
        claim = recall.claim_ids
        # 10 never left, 3 came back, 2 were destroyed; what was used is no loss of goods
        self.assertEqual((claim.lot_id, claim.quantity, claim.price, claim.amount), (self.lot, 15, 40, 600))
        self.assertEqual(claim.partner_id, self.supplier)
        claim.price = 38
        recall.action_claim()
        note = recall.sudo().move_ids
        self.assertEqual((note.move_type, note.state, note.partner_id), ("in_refund", "draft", self.supplier))
        self.assertEqual((note.amount_untaxed, note.invoice_origin), (15 * 38, recall.name))
        self.assertEqual(note.invoice_line_ids.analytic_distribution, {str(recall.sudo().analytic_account_id.id): 100})
        with self.assertRaisesRegex(UserError, "nothing to claim"):
            recall.action_prepare_claims()
        with self.assertRaisesRegex(UserError, "claimed already"):
            claim.quantity = 99
        with self.assertRaisesRegex(UserError, "claimed already"):
            claim.unlink()
        self.assertEqual(len(self.events("recall.claimed", recall)), 1)

    def test_preparing_again_makes_open_lines_anew(self):
        recall = self.settled()
        recall.action_prepare_claims()
        recall.claim_ids.quantity = 1
        recall.action_prepare_claims()
        self.assertEqual(recall.claim_ids.mapped("quantity"), [15])
        recall.claim_ids.quantity = 5
        recall.action_claim()
        recall.action_prepare_claims()
        # the rest of what is lost
        self.assertEqual(sorted(recall.claim_ids.mapped("quantity")), [5, 10])

    def test_the_price_of_the_purchase_counts(self):
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.supplier.id,
                "order_line": [
                    Command.create({"product_id": self.device.id, "product_qty": 5, "price_unit": 33, "discount": 10})
                ],
            }
        )
        order.button_confirm()
        bought = self.make_lot("BOUGHT", quantity=0)
        order.picking_ids.move_ids.move_line_ids.unlink()
        order.picking_ids.move_ids.move_line_ids = [
            Command.create(
                {
                    "product_id": self.device.id,
                    "lot_id": bought.id,
                    "quantity": 5,
                    "picking_id": order.picking_ids.id,
                }
            )
        ]
        order.picking_ids.move_ids.picked = True
        order.picking_ids.with_context(skip_sms=True).button_validate()
        self.assertAlmostEqual(self.env["med.recall.claim"]._bought_at(bought), 29.7)
        self.assertEqual(self.env["med.recall.claim"]._bought_at(self.lot), 40)

    def test_nobody_is_claimed_from_without_a_name(self):
        recall = self.settled()
        recall.action_prepare_claims()
        recall.claim_ids.partner_id = False
        with self.assertRaisesRegex(UserError, "COSTLY"):
            recall.action_claim()
        self.assertFalse(recall.sudo().move_ids)

    def test_replacements_are_free_and_ordered_once(self):
        recall = self.settled()
        recall.action_replacements()
        order = recall.sudo().replacement_ids
        self.assertEqual((order.partner_id, order.state, order.origin), (self.hospital, "draft", recall.name))
        self.assertEqual((order.order_line.product_uom_qty, order.order_line.discount), (5, 100))
        self.assertEqual(order.amount_total, 0)
        with self.assertRaisesRegex(UserError, "without a replacement"):
            recall.action_replacements()
        order._action_cancel()
        recall.invalidate_recordset()
        recall.action_replacements()
        self.assertEqual(len(recall.sudo().replacement_ids), 2)

    def test_the_account_tells_the_cost(self):
        recall = self.settled()
        account = recall.sudo().analytic_account_id
        self.assertIn(recall.name, account.name)
        self.env["account.analytic.line"].create(
            [
                {"name": "Freight", "amount": -120, account.plan_id._column_name(): account.id},
                {"name": "Claim", "amount": 50, account.plan_id._column_name(): account.id},
            ]
        )
        recall.invalidate_recordset()
        account.invalidate_recordset()
        self.assertEqual(recall.cost, 70)
        lines = self.env["account.analytic.line"].search(recall.action_open_cost()["domain"])
        self.assertEqual(sorted(lines.mapped("amount")), [-120, 50])

    def test_a_drill_costs_nothing(self):
        drill = self.recall(self.lot, is_drill=True)
        self.assertFalse(drill.sudo().analytic_account_id)
        for act in ("action_prepare_claims", "action_claim", "action_replacements"):
            with self.assertRaisesRegex(UserError, "drill"):
                getattr(drill, act)()

    def test_before_the_letters_nothing_is_settled(self):
        recall = self.recall(self.lot)
        with self.assertRaisesRegex(UserError, "Notify"):
            recall.action_prepare_claims()

    def test_a_picker_claims_nothing(self):
        recall = self.settled()
        with self.assertRaises(AccessError):
            recall.with_user(self.picker).action_prepare_claims()
        recall.action_prepare_claims()
        with self.assertRaises(AccessError):
            recall.with_user(self.picker).action_claim()
        with self.assertRaises(AccessError):
            recall.with_user(self.picker).action_replacements()
        self.assertFalse(recall.sudo().move_ids | recall.sudo().replacement_ids.mapped("invoice_ids"))
