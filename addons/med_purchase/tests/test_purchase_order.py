"""Certificates on three sides when devices are bought."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.med_quality.tests.common import QualityCase


@tagged("post_install", "-at_install")
class TestPurchaseOrder(QualityCase):
    rules_under_test = (
        "licence_invalid",
        "own_licence_invalid",
        "supplier_licence_invalid",
        "product_not_approved",
        "partner_not_approved",
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maker = cls._partner("Maker", valid_days=-1)
        cls.company_licence = cls._licence(cls.env.company.partner_id, classes=(2,))

    def order(self, product=None):
        product = product or self.device
        return self.env["purchase.order"].create(
            {
                "partner_id": self.maker.id,
                "order_line": [Command.create({"product_id": product.id, "product_qty": 2, "price_unit": 5})],
            }
        )

    def rules(self, order):
        found = order._med_order_verdicts().values()
        return {(v.finding.rule, v.finding.problem) for verdicts in found for v in verdicts}

    def test_what_stands_against_it_is_shown_at_order(self):
        order = self.order()
        self.assertEqual(
            self.rules(order),
            {
                ("licence_invalid", "expired"),
                ("own_licence_invalid", "out_of_scope"),
                ("product_not_approved", "missing"),
                ("partner_not_approved", "supplier"),
            },
        )
        self.assertIn("Maker", order.med_findings)
        self.assertIn("Our own licence", order.order_line.med_finding)

    def test_settled_certificates_are_quiet(self):
        self._licence(self.maker, number="NEW")
        self.company_licence.scope_class_3 = True
        self.gate_off("product_not_approved", "partner_not_approved")
        order = self.order()
        self.assertFalse(order.med_findings)
        order.button_confirm()
        self.assertFalse(order.activity_ids.filtered("automated"))

    def test_confirming_gives_quality_one_to_do_and_is_evidence(self):
        self.env.company.med_quality_user_id = self.quality
        order = self.order()
        order.button_confirm()
        order.button_approve()
        self.assertEqual(order.activity_ids.user_id, self.quality)
        self.assertEqual(len(order.activity_ids), 1)
        (event,) = self.events("order.findings", order)
        self.assertIn("own_licence_invalid", {finding["rule"] for finding in event["findings"]})

    def test_plain_goods_are_left_alone(self):
        order = self.order(self.plain)
        with self.assertQueryCount(2):  # lines and products, which the form reads anyway
            self.assertFalse(order.med_findings)
        self.assertFalse(order.order_line.med_finding)

    def test_many_lines_are_judged_in_sets(self):
        products = self.device
        for number in range(8):
            products |= self._device(f"D{number}")
        small, large = self.order(products[0]), self.order(products[0])
        large.order_line = [
            Command.create({"product_id": product.id, "product_qty": 1, "price_unit": 5}) for product in products[1:]
        ]
        counts = []
        for order in (small, small, large):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            order._med_order_verdicts()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + 1)

    def test_the_lot_keeps_who_delivered_it_and_the_gate_asks_at_outbound(self):
        self.gate_off("licence_invalid", "own_licence_invalid", "product_not_approved", "partner_not_approved")
        order = self.order()
        order.button_confirm()
        receipt = order.picking_ids
        receipt.move_ids.move_line_ids.unlink()
        receipt.move_ids.move_line_ids = [
            Command.create(
                {
                    "product_id": self.device.id,
                    "lot_name": "BOUGHT",
                    "quantity": 2,
                    "location_id": receipt.location_id.id,
                    "location_dest_id": self.stock.id,
                    "picking_id": receipt.id,
                }
            )
        ]
        receipt.move_ids.picked = True
        self.validate(receipt)
        lot = self.env["stock.lot"].search([("name", "=", "BOUGHT"), ("product_id", "=", self.device.id)])
        self.assertEqual(lot.med_supplier_id, self.maker)
        self.assertTrue(lot.med_received_on)
        lot._med_set_status("released")
        delivery = self.make_delivery(lot)
        (verdict,) = self.env["med.gate"]._judge(delivery.move_line_ids, "ship")
        self.assertEqual((verdict.finding.rule, verdict.finding.problem), ("supplier_licence_invalid", "expired"))
        self.maker.med_licence_ids.valid_to = fields.Date.today() + timedelta(days=1)
        self.assertFalse(self.env["med.gate"]._judge(delivery.move_line_ids, "ship"))
