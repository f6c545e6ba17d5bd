"""Reserved lots change places: who may, why, and never past the gate."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import OutboundCase


@tagged("post_install", "-at_install")
class TestLotExchange(OutboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supervisor = cls._user("supervisor", "med_master_data.group_med_supervisor")
        cls.early, cls.late = cls.make_lot("EARLY", days=200, quantity=4), cls.make_lot("LATE", days=400, quantity=4)

    def reserved(self, quantity, **values):
        """A delivery reserved by Odoo, nothing picked."""
        picking = self.make_delivery(**values)
        picking.move_ids = [
            Command.create(
                {
                    "product_id": self.device.id,
                    "product_uom_qty": quantity,
                    "location_id": self.stock.id,
                    "location_dest_id": self.customers.id,
                }
            )
        ]
        picking.action_confirm()
        picking.action_assign()
        return picking

    def exchange(self, line, lot, reason="The hospital asked for it", user=None):
        return line.with_user(user or self.supervisor).med_exchange_lot(lot.id, reason)

    def lots(self, picking):
        return {line.lot_id.name: line.quantity for line in picking.move_line_ids}

    def reserved_of(self, lot):
        return sum(self.env["stock.quant"].search([("lot_id", "=", lot.id)]).mapped("reserved_quantity"))

    def test_for_a_free_lot(self):
        picking = self.reserved(3)
        self.assertEqual(self.lots(picking), {"EARLY": 3})
        self.assertEqual(self.exchange(picking.move_line_ids, self.late), [picking.id])
        self.assertEqual(self.lots(picking), {"LATE": 3})
        self.assertEqual((self.reserved_of(self.early), self.reserved_of(self.late)), (0, 3))
        self.assertEqual(picking.state, "assigned")
        event = self.env["med.evidence.event"].search(
            [("kind", "=", "outbound.lot_exchanged")], order="id desc", limit=1
        )
        self.assertEqual(
            (event.res_id, event.reason, event.user_id), (picking.id, "The hospital asked for it", self.supervisor)
        )
        self.assertEqual(self.events("outbound.lot_exchanged", picking)[-1]["to"], [self.late.id, "LATE"])

    def test_two_deliveries_change_lots(self):
        first, second = self.reserved(4), self.reserved(4)
        self.assertEqual(self.exchange(first.move_line_ids, self.late), [first.id, second.id])
        self.assertEqual((self.lots(first), self.lots(second)), ({"LATE": 4}, {"EARLY": 4}))
        self.assertEqual((first.state, second.state), ("assigned", "assigned"))
        self.assertTrue(self.events("outbound.lot_exchanged", second))

    def test_a_part_of_a_larger_line(self):
        first, second = self.reserved(4), self.reserved(4)
        second.move_line_ids.unlink()
        second.do_unreserve()
        self.assertFalse(second.move_line_ids)
        third = self.reserved(1)
        second.action_assign()
        self.assertEqual((self.lots(third), self.lots(second)), ({"LATE": 1}, {"LATE": 3}))
        first.do_unreserve()
        fourth = self.reserved(2)
        self.assertEqual(self.lots(fourth), {"EARLY": 2})
        self.exchange(fourth.move_line_ids, self.late)
        self.assertEqual((self.lots(fourth), self.lots(second)), ({"LATE": 2}, {"LATE": 1, "EARLY": 2}))
        self.assertEqual((self.reserved_of(self.early), self.reserved_of(self.late)), (2, 4))

    def test_a_lot_that_may_not_leave_is_refused_and_nothing_changes(self):
        picking = self.reserved(2)
        held = self.make_lot("HELD", status="on_hold", quantity=5)
        with self.assertRefused("lot_not_released"):
            self.exchange(picking.move_line_ids, held)
        self.assertEqual(self.lots(picking), {"EARLY": 2})
        self.assertEqual(self.reserved_of(held), 0)

    def test_nor_does_the_other_delivery_get_what_it_may_not(self):
        strict = self._partner("Strict Hospital", med_min_shelf_life_days=300)
        first, second = self.reserved(4), self.reserved(4, partner=strict)
        self.assertEqual(self.lots(second), {"LATE": 4})
        with self.assertRefused("shelf_life_short"):
            self.exchange(first.move_line_ids, self.late)
        self.assertEqual((self.lots(first), self.lots(second)), ({"EARLY": 4}, {"LATE": 4}))

    def test_who_and_why(self):
        line = self.reserved(1).move_line_ids
        with self.assertRaisesRegex(UserError, "supervisor"):
            self.exchange(line, self.late, user=self.picker)
        for reason in (None, "", "  "):
            with self.assertRaisesRegex(UserError, "why"):
                self.exchange(line, self.late, reason)
        with self.assertRaises(AccessError):
            self.env["med.lot.exchange"].with_user(self.picker).create({})

    def test_what_cannot_be_exchanged(self):
        picking = self.reserved(2)
        line = picking.move_line_ids
        other = self.make_lot("TAPE", product=self.plain)
        for lot, words in ((line.lot_id, "another lot"), (other, "another lot")):
            with self.assertRaisesRegex(UserError, words):
                self.exchange(line, lot)
        small = self.make_lot("SMALL", quantity=1)
        with self.assertRaisesRegex(UserError, "SMALL"), self.env.cr.savepoint():
            self.exchange(line, small)
        self.assertEqual(self.lots(picking), {"EARLY": 2})
        line.picked = True
        with self.assertRaisesRegex(UserError, "picked"):
            self.exchange(line, self.late)

    def test_by_the_dialog(self):
        picking = self.reserved(2)
        action = picking.with_user(self.supervisor).action_med_exchange()
        with Form(self.env["med.lot.exchange"].with_user(self.supervisor).with_context(**action["context"])) as form:
            form.lot_id = self.late
            form.reason = "Asked for"
        form.record.action_exchange()
        self.assertEqual(self.lots(picking), {"LATE": 2})
