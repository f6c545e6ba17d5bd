"""Direct dispatch is a case of its own: a reason, the note that says so, the acceptance of the same day."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.med_quality.tests.common import QualityCase

RULE = "direct_dispatch_undocumented"


@tagged("post_install", "-at_install")
class TestDirectDispatch(QualityCase):
    rules_under_test = (*QualityCase.rules_under_test, RULE)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls._partner("Maker Ltd")
        cls.lot = cls.make_lot("D1")

    def direct(self, product=None):
        product = product or self.device
        kind = self.env["stock.picking.type"].search(
            [("code", "=", "dropship"), ("company_id", "=", self.env.company.id)], limit=1
        )
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.supplier.id,
                "picking_type_id": kind.id,
                "dest_address_id": self.hospital.id,
                "order_line": [Command.create({"product_id": product.id, "product_qty": 1, "price_unit": 1})],
            }
        )
        order.button_confirm()
        picking = order.picking_ids
        line = picking.move_ids.move_line_ids
        line.lot_id = self.lot if product == self.device else self.make_lot("P1", product=product)
        picking.move_ids.picked = True
        return picking

    def test_it_says_why_or_it_stays(self):
        picking = self.direct()
        self.assertTrue(picking.med_is_direct)
        with self.assertRefused(RULE):
            self.validate(picking)
        picking.med_direct_reason = "emergency"
        self.validate(picking)
        self.assertEqual(picking.state, "done")
        self.assertEqual(self.events("outbound.direct", picking), [{"after": "emergency", "before": None}])
        with self.assertRaises(UserError):
            picking.med_direct_reason = "large"

    def test_plain_goods_and_our_own_deliveries_need_no_reason(self):
        self.validate(self.make_delivery(self.lot))
        plain = self.direct(self.plain)
        self.assertFalse(plain.med_is_direct)
        self.validate(plain)
        self.assertEqual(plain.state, "done")

    def test_the_note_names_who_sends_to_whom_and_why(self):
        picking = self.direct()
        picking.med_direct_reason = "large"
        self.validate(picking)
        note = picking._med_note()
        self.assertEqual((note["sent_by"], note["consignee"]), (self.supplier, self.hospital))
        page = self.env["ir.actions.report"]._render_qweb_html("med_outbound.delivery_note", picking.ids)[0].decode()
        self.assertIn("Direct dispatch", page)
        self.assertIn("Large equipment", page)
        ours = self.make_delivery(self.lot)
        self.validate(ours)
        self.assertIsNone(ours._med_note()["sent_by"])

    def test_quality_is_told_once_when_the_acceptance_is_not_there_the_same_day(self):
        picking = self.direct()
        picking.med_direct_reason = "emergency"
        self.validate(picking)
        cron = self.env["stock.picking"]._cron_direct_acceptance
        cron()
        self.assertFalse(picking.activity_ids, "the day is not over")
        self.env.cr.execute(
            "UPDATE stock_picking SET date_done = %s WHERE id = %s",
            (fields.Datetime.now() - timedelta(days=3), picking.id),
        )
        picking.invalidate_recordset()
        cron()
        self.assertEqual(len(picking.activity_ids), 1)
        self.assertIn("First Hospital", picking.activity_ids.note)
        cron()
        self.assertEqual(len(picking.activity_ids), 1)

    def test_what_was_signed_for_in_time_is_left_alone(self):
        picking = self.direct()
        picking.med_direct_reason = "emergency"
        self.validate(picking)
        picking._med_set_signed_for(fields.Datetime.now() - timedelta(days=3))
        self.env.cr.execute(
            "UPDATE stock_picking SET date_done = %s WHERE id = %s",
            (fields.Datetime.now() - timedelta(days=3), picking.id),
        )
        picking.invalidate_recordset()
        self.env["stock.picking"]._cron_direct_acceptance()
        self.assertFalse(picking.activity_ids)
