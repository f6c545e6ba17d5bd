"""The order desk sees at once what may leave, why not the rest, and when it comes."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import Form, tagged

from .common import OutboundCase


@tagged("post_install", "-at_install")
class TestSupply(OutboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user("seller", "sales_team.group_sale_salesman_all_leads")
        cls.other = cls._device("Hip implant")

    def sale(self, *rows, confirm=True, partner=None):
        order = self.env["sale.order"].create(
            {
                "partner_id": (partner or self.hospital).id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                    for product, quantity in rows
                ],
            }
        )
        if confirm:
            order.action_confirm()
        return order.with_user(self.seller)

    def receipt(self, quantity, days, product=None):
        """An open receipt, as a purchase order makes one."""
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_id": self.suppliers.id,
                "location_dest_id": self.stock.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": (product or self.device).id,
                            "product_uom_qty": quantity,
                            "location_id": self.suppliers.id,
                            "location_dest_id": self.stock.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.move_ids.date = fields.Datetime.now() + timedelta(days=days)
        return picking

    def states(self, order):
        return order.order_line.mapped(lambda line: (line.med_supply_state, line.med_may_leave))

    def test_before_and_after_confirmation(self):
        self.make_lot("GOOD", quantity=5)
        for confirm in (False, True):
            order = self.sale((self.device, 3), confirm=confirm)
            self.assertEqual(self.states(order), [("all", 3)])
            self.assertFalse(order.order_line.med_supply_text)
            self.assertIn("Everything", order.med_supply_summary)

    def test_in_part_and_why_not(self):
        self.make_lot("GOOD", quantity=2)
        self.make_lot("HELD", quantity=4, status="on_hold")
        line = self.sale((self.device, 5)).order_line
        self.assertEqual((line.med_supply_state, line.med_may_leave), ("part", 2))
        self.assertIn("3 Units missing", line.med_supply_text)
        self.assertIn(f"{self.env['med.gate']._rule_labels()['lot_not_released']}: 4", line.med_supply_text)
        self.assertIn("nothing is ordered", line.med_supply_text)
        self.assertIn("1 of 1", line.order_id.med_supply_summary)

    def test_the_customers_shelf_life_counts(self):
        strict = self._partner("Strict", med_min_shelf_life_days=300)
        self.make_lot("SHORT", days=100, quantity=5)
        self.assertEqual(self.states(self.sale((self.device, 1))), [("all", 1)])
        line = self.sale((self.device, 1), partner=strict).order_line
        self.assertEqual((line.med_supply_state, line.med_may_leave), ("none", 0))
        self.assertIn(self.env["med.gate"]._rule_labels()["shelf_life_short"], line.med_supply_text)

    def test_what_is_on_its_way_in(self):
        near, far = self.receipt(2, 3), self.receipt(10, 9)
        order = self.sale((self.device, 2))
        self.assertEqual(order.order_line.med_supply_date, near.move_ids.date)
        second = self.sale((self.device, 4))
        self.assertEqual(
            second.order_line.med_supply_date, far.move_ids.date, "what the first order waits for is not promised twice"
        )
        third = self.sale((self.device, 40))
        self.assertFalse(third.order_line.med_supply_date)
        self.assertIn("expected on", order.order_line.med_supply_text)
        self.assertIn("complete on", order.med_supply_summary)
        self.assertIn("not everything is ordered", third.med_supply_summary)

    def test_two_lines_do_not_count_the_same_goods(self):
        self.make_lot("GOOD", quantity=5)
        order = self.sale((self.device, 4), (self.device, 4), confirm=False)
        self.assertEqual(self.states(order), [("all", 4), ("part", 1)])

    def test_what_is_no_device_or_gone_says_nothing(self):
        order = self.sale((self.plain, 2))
        self.assertEqual(self.states(order), [(False, 0)])
        self.assertFalse(order.med_supply_summary)

    def test_while_it_is_entered(self):
        self.make_lot("GOOD", quantity=2)
        with Form(self.env["sale.order"].with_user(self.seller)) as form:
            form.partner_id = self.hospital
            with form.order_line.new() as line:
                line.product_id = self.device
                line.product_uom_qty = 3
                self.assertEqual(line.med_supply_state, "part")

    def test_ten_lines_cost_no_query_per_line(self):
        products = [self._device(f"P{number}") for number in range(12)]
        for product in products:
            self.make_lot(f"L-{product.id}", product=product, quantity=3)

        def cost(some):
            order = self.sale(*((product, 5) for product in some))
            self.env.flush_all()
            self.env.invalidate_all()
            order.order_line.mapped("qty_delivered")
            before = self.env.cr.sql_log_count
            order.order_line.mapped("med_supply_text")
            return self.env.cr.sql_log_count - before

        cost(products[:1])
        few = cost(products[:2])
        self.assertLessEqual(cost(products) - few, 6)
