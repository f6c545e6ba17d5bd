"""The nightly proof: what left and what the gate knows of it are the same."""

from datetime import UTC, timedelta

from odoo import fields
from odoo.tests import tagged

from ..models.med_gate_proof import MedGateProof
from .common import QualityCase


@tagged("post_install", "-at_install")
class TestProof(QualityCase):
    def _prove(self):
        proof = self.env["med.gate.proof"]
        # what others shipped in this database today is not this test's matter
        ours = self.env["stock.move.line"].search([("product_id", "=", self.device.id), ("state", "=", "done")])
        self.patch(type(proof), "_lines", lambda self, company, day: ours)
        self.patch(type(proof), "_problems", type(self)._own_problems)
        return proof._prove(self.env.company, fields.Date.today())

    _own_problems = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._own_problems = MedGateProof._problems

    def test_every_line_that_left_matches_one_verdict(self):
        picking = self.make_delivery(self.make_lot("A"), self.make_lot("B"))
        self.validate(picking)
        proof = self._prove()
        self.assertEqual((proof.lines, proof.unmatched, proof.state), (2, 0, "matched"))
        self.assertEqual(self.events("gate.proof", proof)[0]["lines"], 2)
        self.assertFalse(proof.activity_ids)

    def test_a_line_that_came_another_way_alarms(self):
        picking = self.make_delivery(self.make_lot("A"))
        self.validate(picking)
        line = picking.move_line_ids
        # straight into the database, as no door allows
        self.env.flush_all()
        self.env.cr.execute(
            """INSERT INTO stock_move_line (move_id, picking_id, product_id, product_uom_id, lot_id, quantity,
                   quantity_product_uom, location_id, location_dest_id, company_id, state, date)
               SELECT move_id, picking_id, product_id, product_uom_id, lot_id, 1, 1, location_id, location_dest_id,
                   company_id, 'done', date FROM stock_move_line WHERE id = %s""",
            [line.id],
        )
        proof = self._prove()
        self.assertEqual((proof.lines, proof.unmatched, proof.state), (2, 1, "alarm"))
        self.assertEqual(proof.line_ids.problem, "verdict_missing")
        self.assertNotEqual(proof.line_ids.move_line_id, line)
        self.assertIn(self.quality, proof.activity_ids.user_id)
        self.assertEqual(self.events("gate.unmatched", proof)[0]["lines"][0][1], "verdict_missing")

    def test_a_rule_that_no_policy_mentions_is_told(self):
        self.gate_off("expired")
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.env["med.gate.policy"].create({"rule": "expired", "effect": "block", "company_id": elsewhere.id})
        self.assertIn("Expired", self._prove().uncovered_rules)

    def test_the_days_that_were_missed_are_proven_too(self):
        proofs = self.env["med.gate.proof"]
        proofs.search([]).unlink()
        company = self.env.company
        zone = self.env["med.gate"]._zone(company)
        today = fields.Datetime.now().replace(tzinfo=UTC).astimezone(zone).date()
        proofs.create({"day": today - timedelta(days=4), "company_id": company.id})
        proofs._cron_prove()
        days = proofs.search([("company_id", "=", company.id)]).mapped("day")
        self.assertEqual(days, [today - timedelta(days=n) for n in (1, 2, 3, 4)])
        proofs._cron_prove()
        self.assertEqual(len(proofs.search([("company_id", "=", company.id)])), 4)
