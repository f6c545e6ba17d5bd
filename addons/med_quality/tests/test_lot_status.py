from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..lib import lot_status
from .common import QualityCase

MEANINGS = ("release", "reject", "hold", "recall")


@tagged("post_install", "-at_install")
class TestLotStatus(QualityCase):
    def test_a_new_lot_starts_in_quarantine_whatever_is_asked_for(self):
        lot = self.env["stock.lot"].with_user(self.picker).create({"name": "NEW", "product_id": self.device.id})
        self.assertEqual(lot.med_status, "quarantine")
        with self.assertRaises(UserError):
            self.env["stock.lot"].create({"name": "BORN", "product_id": self.device.id, "med_status": "released"})

    def test_every_pair_of_states_is_reached_by_its_signature_or_not_at_all(self):
        for start in lot_status.STATES:
            for meaning in MEANINGS:
                lot = self.make_lot(f"{start}-{meaning}", quantity=0, status=start).with_user(self.quality)
                target = lot_status.target(start, meaning)
                with self.subTest(start=start, meaning=meaning):
                    if target is None:
                        with self.assertRaises(UserError):
                            lot._signature_check(meaning)
                    else:
                        lot._signature_check(meaning)
                        lot._signature_applied(meaning, self.env["med.evidence.signature"])
                        self.assertEqual(lot.med_status, target)

    def test_a_signature_releases_and_is_evidence(self):
        lot = self.make_lot("TO-RELEASE", status="quarantine").with_user(self.quality)
        signature = lot._sign("release", self.credential, reason="inspected 5 of 10")
        self.assertEqual(lot.med_status, "released")
        self.assertFalse(signature.is_void)
        self.assertEqual(self.events("lot.status", lot), [{"old": "quarantine", "new": "released"}])

    def test_no_write_changes_the_status(self):
        lot = self.make_lot("WRITE", status="quarantine")
        for user in (self.picker, self.quality, self.env.user):
            with self.subTest(user.login), self.assertRaises(UserError):
                lot.with_user(user).with_context(med_status_token=True).write({"med_status": "released"})
        self.assertEqual(lot.med_status, "quarantine")

    def test_only_quality_releases(self):
        lot = self.make_lot("ROLE", status="quarantine")
        for user in (self.picker, self.reviewer):
            with self.subTest(user.login), self.assertRaises(UserError):
                lot.with_user(user)._sign("release", self.credential)
        self.assertEqual(lot.med_status, "quarantine")

    def test_a_supervisor_may_stop_a_lot_but_not_let_it_go(self):
        supervisor = self._user("supervisor", "med_master_data.group_med_supervisor")
        lot = self.make_lot("STOP").with_user(supervisor)
        lot._sign("hold", self.credential, reason="wet carton")
        self.assertEqual(lot.med_status, "on_hold")
        with self.assertRaises(UserError):
            lot._sign("release", self.credential)

    def test_what_expired_or_has_no_date_is_not_released(self):
        expired = self.make_lot("OLD", days=-1, status="quarantine").with_user(self.quality)
        undated = self.make_lot("UNDATED", status="quarantine").with_user(self.quality)
        undated.expiration_date = False
        for lot in (expired, undated):
            with self.subTest(lot.name), self.assertRaises(UserError):
                lot._sign("release", self.credential)

    def test_a_corrected_date_voids_the_release(self):
        lot = self.make_lot("CORRECTED", status="quarantine").with_user(self.quality)
        signature = lot._sign("release", self.credential)
        removal = lot.removal_date
        lot.write({"expiration_date": lot.expiration_date - timedelta(days=30)})
        self.assertEqual(lot.med_status, "quarantine")
        signature.invalidate_recordset()
        self.assertTrue(signature.is_void)
        self.assertEqual(lot.removal_date, removal - timedelta(days=30))

    def test_an_unmoved_lot_may_be_renamed_and_a_moved_one_not(self):
        lot = self.make_lot("TYPO", quantity=0, status="quarantine")
        lot.with_user(self.picker).write({"name": "TYPED RIGHT"})
        self.validate(self.make_delivery(self.make_lot("SHIPPED")))
        shipped = self.env["stock.lot"].search([("name", "=", "SHIPPED")])
        with self.assertRefused("lot_identity"):
            shipped.with_user(self.picker).write({"name": "OTHER"})
        shipped.with_user(self.picker).write({"name": "SHIPPED", "note": "same name is no change"})

    def test_lots_of_plain_products_have_no_status_to_sign(self):
        lot = self.make_lot("PLAIN", product=self.plain)
        with self.assertRaises(UserError):
            lot.with_user(self.quality)._sign("release", self.credential)
        lot.with_user(self.picker).write({"name": "RENAMED", "expiration_date": fields.Datetime.now()})
