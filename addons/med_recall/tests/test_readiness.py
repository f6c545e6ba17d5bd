from odoo.tests import tagged

from .common import RecallCase


@tagged("post_install", "-at_install")
class TestReadiness(RecallCase):
    def test_seeded_faults_are_found(self):
        """It can fail: a figure that no movement explains, a consignee nobody can write to, and a
        licence that lapsed."""
        good = self.received_lot("READY", 10)
        self.hospital.email = "recall@hospital.example"
        self.deliver(good, 2)
        readiness = self.env["med.recall.readiness"]
        first = readiness._check(good)
        self.assertEqual((first.score, len(first.finding_ids)), (100, 0))
        off = self.received_lot("OFF", 10)
        self.env["stock.quant"]._update_available_quantity(self.device, self.stock, 2, lot_id=off)
        lapsed = self._partner("Lapsed clinic", valid_days=-1)
        self.deliver(off, 1, lapsed)
        second = readiness._check(good | off)
        found = {(one.kind, one.lot_id.name or one.partner_id.name, one.difference) for one in second.finding_ids}
        self.assertEqual(
            found,
            {("balance", "OFF", 2.0), ("contact", "Lapsed clinic", 0.0), ("licence", "Lapsed clinic", 0.0)},
        )
        self.assertLess(second.score, first.score)

    def test_the_nightly_run_touches_no_stock(self):
        lot = self.received_lot("NIGHT", 10)
        self.deliver(lot, 2)
        before = self.env["stock.quant"].search([]).mapped("write_date")
        self.env["med.recall.readiness"]._cron_check()
        latest = self.env["med.recall.readiness"].search([("company_id", "=", self.env.company.id)], limit=1)
        self.assertGreaterEqual(latest.lot_count, 1)
        self.assertEqual(self.env["stock.quant"].search([]).mapped("write_date"), before)
