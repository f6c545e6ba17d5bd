"""Late outbounds: who is told, once, who is told next, and when it is over."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import OutboundCase


@tagged("post_install", "-at_install")
class TestAlert(OutboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.write(
            {
                "med_late_hours": 4,
                "med_unsigned_days": 7,
                "med_escalate_hours": 24,
                "med_late_user_id": cls.quality.id,
            }
        )

    def late_delivery(self, name="LATE", hours=6):
        picking = self.picked_delivery(self.make_lot(name))
        picking.user_id = self.picker
        picking.scheduled_date = fields.Datetime.now() - timedelta(hours=hours)
        return picking

    def alerts(self, picking):
        return picking.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref("med_outbound.activity_late")
        )

    def run_cron(self):
        self.env.flush_all()
        self.env["stock.picking"]._cron_late_outbounds()
        self.env.invalidate_all()

    def test_its_responsible_is_told_once(self):
        late, soon = self.late_delivery(), self.late_delivery("SOON", hours=2)
        self.run_cron()
        self.run_cron()
        alert = self.alerts(late)
        self.assertEqual((len(alert), alert.user_id), (1, self.picker))
        self.assertIn("First Hospital", alert.note)
        self.assertFalse(self.alerts(soon))
        self.assertEqual(len(self.events("outbound.late", late)), 1)

    def test_without_a_responsible_it_is_the_warehouses(self):
        late = self.late_delivery()
        late.user_id = False
        self.run_cron()
        self.assertEqual(self.alerts(late).user_id, self.quality)

    def test_what_lies_goes_to_the_next_once(self):
        late = self.late_delivery()
        self.run_cron()
        self.env.cr.execute(
            "UPDATE mail_activity SET create_date = create_date - interval '25 hours' WHERE id = %s",
            [self.alerts(late).id],
        )
        self.run_cron()
        self.run_cron()
        alert = self.alerts(late)
        self.assertEqual((len(alert), alert.user_id), (1, self.quality))
        self.assertEqual(len(self.events("outbound.escalated", late)), 1)

    def test_what_left_needs_nobody_any_more(self):
        late = self.late_delivery()
        self.run_cron()
        self.assertTrue(self.alerts(late))
        self.review(late)
        self.validate(late)
        self.run_cron()
        self.assertFalse(self.alerts(late))

    def test_a_missing_signature_is_told(self):
        shipped = self.shipped_delivery(self.make_lot("UNSIGNED"))
        shipped.user_id = self.picker
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_picking SET date_done = date_done - interval '8 days' WHERE id = %s", [shipped.id]
        )
        self.env.invalidate_all()
        self.run_cron()
        self.assertEqual(self.alerts(shipped).summary, "Not signed for")

    def test_zero_tells_nobody_and_other_goods_are_nobodys_alarm(self):
        late = self.late_delivery()
        self.company.med_late_hours = 0
        self.run_cron()
        self.assertFalse(self.alerts(late))
        self.company.med_late_hours = 4
        self.device.product_tmpl_id.med_is_device = False
        self.run_cron()
        self.assertFalse(self.alerts(late))
