"""On the order line: which lots may leave, and why not the others."""

from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import OutboundCase


class LotChoiceCase(OutboundCase):
    def sale(self, quantity=5, confirm=False):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.hospital.id,
                "order_line": [Command.create({"product_id": self.device.id, "product_uom_qty": quantity})],
            }
        )
        if confirm:
            order.action_confirm()
        return order


@tagged("post_install", "-at_install")
class TestLotChoice(LotChoiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user("seller", "sales_team.group_sale_salesman_all_leads")

    def _answer(self, line):
        return line.with_user(self.seller).med_explain_lots()

    def test_every_excluded_lot_says_why_not_and_what_helps(self):
        self.hospital.med_min_shelf_life_days = 60
        for name, days, status in (
            ("EXPIRED", -5, "released"),
            ("HELD", 300, "on_hold"),
            ("SHORT", 30, "released"),
            ("GOOD", 300, "released"),
        ):
            self.make_lot(name, days=days, status=status)
        for confirm in (False, True):
            order = self.sale(confirm=confirm)
            answer = self._answer(order.order_line)
            lots = {lot["name"]: lot for lot in answer["lots"]}
            problems = {
                name: {(verdict["rule"], verdict["problem"]) for verdict in lot["verdicts"]}
                for name, lot in lots.items()
            }
            self.assertEqual(
                problems,
                {
                    "EXPIRED": {("expired", "past"), ("shelf_life_short", "short")},
                    "HELD": {("lot_not_released", "on_hold")},
                    "SHORT": {("shelf_life_short", "short")},
                    "GOOD": set(),
                },
            )
            self.assertEqual([lot["eligible"] for lot in answer["lots"]], [False, False, False, True])
            verdict = lots["HELD"]["verdicts"][0]
            self.assertTrue(verdict["clause"] and verdict["remedy"]["text"] and verdict["remedy"]["role_name"])
            if confirm:
                self.assertEqual(order.order_line.move_ids.move_line_ids.lot_id.mapped("name"), ["GOOD"])
                self.assertEqual(answer["delivery"], order.picking_ids.name)

    def test_a_customer_without_a_licence_is_told_before_the_order_is_confirmed(self):
        self.make_lot("GOOD")
        licence = self.env["med.partner.licence"].search([("partner_id", "=", self.hospital.id)])
        licence.write({"valid_from": "2019-01-01", "valid_to": "2020-01-01"})
        (lot,) = self._answer(self.sale().order_line)["lots"]
        self.assertEqual([verdict["problem"] for verdict in lot["verdicts"]], ["expired"])
        self.assertEqual(lot["verdicts"][0]["remedy"]["role"], "quality")

    def test_what_it_says_may_leave_is_what_is_reserved(self):
        for name, days, status in (("A", 10, "released"), ("B", 90, "quarantine"), ("C", 90, "released")):
            self.make_lot(name, days=days, status=status)
        order = self.sale(quantity=100)
        eligible = self._answer(order.order_line)["eligible"]
        order.action_confirm()
        self.assertEqual(sum(order.order_line.move_ids.move_line_ids.mapped("quantity")), eligible)


@tagged("post_install", "-at_install")
class TestProofOfReviews(OutboundCase):
    def _problems(self, picking):
        proof = self.env["med.gate.proof"]
        lines = picking.move_line_ids
        return set(proof._problems(lines, self.env.company).values())

    def test_a_shipment_matches_its_review_and_its_signature(self):
        self.assertFalse(self._problems(self.shipped_delivery(self.make_lot("A"), self.make_lot("B"))))

    def test_a_shipment_that_nobody_reviewed_is_found(self):
        self.gate_off("review_missing")
        picking = self.make_delivery(self.make_lot("A"))
        self.validate(picking)
        self.assertFalse(self._problems(picking), "where no policy asks for a review, none is missing")
        self.policy("review_missing", "block")
        self.assertEqual(self._problems(picking), {"review_missing"})

    def test_a_shipment_that_is_not_what_was_signed_is_found(self):
        picking = self.shipped_delivery(self.make_lot("A"))
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_move_line SET quantity = 7, quantity_product_uom = 7 WHERE picking_id = %s", [picking.id])
        self.env.invalidate_all()
        self.assertEqual(self._problems(picking), {"signature_void"})


@tagged("post_install", "-at_install")
class TestLotChoiceTour(LotChoiceCase, HttpCase):
    def test_why_not_on_the_order_line(self):
        self.make_lot("HELD", status="on_hold")
        self.make_lot("GOOD")
        seller = self._user("seller", "sales_team.group_sale_manager")
        order = self.sale()
        order.user_id = seller
        self.start_tour(f"/odoo/sale.order/{order.id}", "med_outbound_lot_choice", login=seller.login)
