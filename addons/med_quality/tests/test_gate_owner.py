"""Goods kept for somebody else: his licence is asked for, and his goods stay apart from ours."""

from odoo.tests import tagged

from .common import QualityCase


@tagged("post_install", "-at_install")
class TestGateOwner(QualityCase):
    rules_under_test = (*QualityCase.rules_under_test, "owner_licence_invalid")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls._partner("Principal Ltd", valid_days=None)
        cls.lot = cls.make_lot("O1")
        cls.lot.quant_ids.filtered(lambda q: q.location_id == cls.stock).sudo().owner_id = cls.owner

    def kept(self):
        picking = self.make_delivery(self.lot)
        picking.move_line_ids.owner_id = self.owner
        return picking

    def test_the_owners_licence_is_asked_for(self):
        self.policy("owner_licence_invalid", "block")
        picking = self.kept()
        with self.assertRefused("owner_licence_invalid"):
            self.validate(picking)
        self._licence(self.owner, -1, number="OLD")
        with self.assertRefused("owner_licence_invalid"):
            self.validate(picking)
        self._licence(self.owner, 30, number="NEW")
        self.validate(picking)
        self.assertEqual(picking.state, "done")

    def test_shipped_as_a_warning_and_silent_about_our_own_goods(self):
        picking = self.kept()
        self.validate(picking)
        notes = self.events("gate.passed", picking)[0]["notes"]
        self.assertEqual(
            [(note["rule"], note["partner"]) for note in notes], [("owner_licence_invalid", "Principal Ltd")]
        )
        ours = self.make_delivery(self.make_lot("OURS"))
        self.validate(ours)
        self.assertEqual(self.events("gate.passed", ours)[0]["notes"], [])
