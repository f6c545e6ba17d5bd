"""A policy changes by signature, after it showed what it would have done."""

import time
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import QualityCase


class WhatIfCase(QualityCase):
    def shipped(self, lot, **values):
        picking = self.make_delivery(lot, **values)
        self.validate(picking)
        self.assertEqual(picking.state, "done")
        return picking

    def propose(self, rule="expired", **values):
        policy = self.env.ref(f"med_quality.med_gate_policy_{rule}")
        context = policy.with_user(self.quality).action_propose()["context"]
        change = self.env["med.gate.policy.change"].with_user(self.quality).with_context(**context)
        return change.create({"note": "the new agreement", **values})

    def what_if(self, **values):
        replay = self.env["med.gate.what.if"].with_user(self.quality).create(values)
        replay.action_run()
        return replay


@tagged("post_install", "-at_install")
class TestPolicyChange(WhatIfCase):
    def test_a_signed_proposal_ends_the_old_policy_and_starts_the_new_one(self):
        old = self.env.ref("med_quality.med_gate_policy_expired")
        lot = self.make_lot("EXPIRED", days=-1)
        change = self.propose(effect="warn")
        with self.assertRaisesRegex(UserError, "See first"):
            change._sign("change", self.credential)
        change.action_what_if()
        self.assertEqual(change.state, "replayed")
        self.assertEqual(old.effect, "block")
        with self.assertRefused("expired"):
            self.validate(self.make_delivery(lot))
        change._sign("change", self.credential, reason="agreed")
        new = change.new_policy_id
        today = fields.Date.context_today(change)
        self.assertEqual((old.date_to, new.date_from), (today - timedelta(days=1), today))
        self.assertEqual((new.effect, new.at_reserve, new.at_receive), ("warn", True, False))
        self.shipped(lot)
        self.assertEqual(self.events("record.created", new)[-1]["new"]["effect"], "warn")
        self.assertTrue(change._valid_signatures("change"))
        with self.assertRaises(UserError):
            change.effect = "off"

    def test_a_replay_of_other_values_does_not_count(self):
        change = self.propose(effect="warn")
        change.action_what_if()
        change.effect = "off"
        self.assertEqual(change.state, "draft")
        with self.assertRaisesRegex(UserError, "See first"):
            change._sign("change", self.credential)

    def test_who_may_not(self):
        change = self.propose(effect="warn")
        change.action_what_if()
        with self.assertRaises(UserError):
            change.with_user(self.reviewer)._sign("change", self.credential)
        with self.assertRaises(AccessError):
            self.env["med.gate.policy.change"].with_user(self.picker).create({"rule": "expired", "effect": "off"})
        late = self.propose(effect="warn", date_from=fields.Date.today() - timedelta(days=3))
        late.action_what_if()
        with self.assertRaisesRegex(UserError, "in the past"):
            late._sign("change", self.credential)

    def test_a_profile_chooses_its_policies(self):
        unlicensed = self._partner("Clinic", valid_days=None)
        lot = self.make_lot("GOOD")
        with self.assertRefused("licence_invalid"):
            self.validate(self.make_delivery(lot, partner=unlicensed))
        self.env.company.med_profile = "eu"
        self.shipped(lot, partner=unlicensed)
        expired = self.make_lot("EXPIRED", days=-1)
        with self.assertRefused("expired") as refusal:
            self.validate(self.make_delivery(expired, partner=unlicensed))
        self.assertIn("MDR", refusal.exception.findings[0]["clause"])

    def test_a_policys_limit_counts_at_reservation_and_at_shipping(self):
        self.policy("shelf_life_short", "block", limit_days=60)
        short, long = self.make_lot("SHORT", days=59), self.make_lot("EXACT", days=60)
        picking = self.make_delivery(quantity=1)
        picking.move_ids = [
            Command.create(
                {
                    "product_id": self.device.id,
                    "product_uom_qty": 20,
                    "location_id": self.stock.id,
                    "location_dest_id": self.customers.id,
                }
            )
        ]
        picking.action_confirm()
        picking.action_assign()
        self.assertEqual(picking.move_line_ids.lot_id, long)
        with self.assertRefused("shelf_life_short"):
            self.validate(self.make_delivery(short))


@tagged("post_install", "-at_install")
class TestWhatIf(WhatIfCase):
    def test_a_longer_shelf_life_would_have_refused_these_lines(self):
        short, long = self.make_lot("SHORT", days=89), self.make_lot("LONG", days=90)
        for lot in short | long:
            self.shipped(lot)
        replay = self.what_if(kind="shelf_life", days=90, with_open=False)
        self.assertEqual((replay.stops, replay.passes), (1, 0))
        line = replay.line_ids
        self.assertEqual((line.lot_id, line.outcome, line.is_open), (short, "stops", False))
        self.assertIn("89", line.sentence)
        self.assertIn("SHORT", line.sentence)
        self.assertEqual(line.action_open_picking()["res_id"], line.picking_id.id)
        # nothing changed
        self.shipped(self.make_lot("SHORTER", days=10))

    def test_a_licence_that_lapses_stops_the_orders_planned_after_it(self):
        licence = self.env["med.partner.licence"].search([("partner_id", "=", self.hospital.id)])
        lot = self.make_lot("GOOD", quantity=20)
        soon, late = self.make_delivery(lot), self.make_delivery(lot)
        late.scheduled_date = fields.Datetime.now() + timedelta(days=40)
        left = self.shipped(lot)
        last = fields.Date.today() + timedelta(days=30)
        replay = self.what_if(kind="licence", licence_id=licence.id, ends_on=last)
        ours = replay.line_ids.filtered(lambda line: line.picking_id in soon | late | left)
        self.assertEqual((ours.picking_id, ours.is_open), (late, True))
        self.assertIn(licence.number, ours.sentence)
        self.assertEqual(licence.valid_to, fields.Date.today() + timedelta(days=365))

    def test_an_order_without_a_lot_yet_counts_as_well(self):
        licence = self.env["med.partner.licence"].search([("partner_id", "=", self.hospital.id)])
        picking = self.make_delivery()
        picking.move_ids = [
            Command.create(
                {
                    "product_id": self.device.id,
                    "product_uom_qty": 3,
                    "location_id": self.stock.id,
                    "location_dest_id": self.customers.id,
                }
            )
        ]
        picking.action_confirm()
        yesterday = fields.Date.today() - timedelta(days=1)
        replay = self.what_if(kind="licence", licence_id=licence.id, ends_on=yesterday)
        self.assertIn(picking, replay.line_ids.picking_id)

    def test_a_lot_is_judged_as_what_it_was_when_it_left(self):
        """A recall of today does not turn last month's shipments into mistakes."""
        lot = self.make_lot("RECALLED-LATER")
        picking = self.shipped(lot)
        lot.with_user(self.quality)._sign("recall", self.credential)
        change = self.propose("lot_not_released", effect="warn")
        change.action_what_if()
        self.assertFalse(change.what_if_id.line_ids.filtered(lambda line: line.picking_id == picking))

    def test_switching_a_rule_off_would_have_let_open_orders_pass(self):
        lot = self.make_lot("HELD", status="on_hold")
        picking = self.make_delivery(lot)
        change = self.propose("lot_not_released", effect="off")
        change.action_what_if()
        line = change.what_if_id.line_ids.filtered(lambda line: line.picking_id == picking)
        self.assertEqual(line.outcome, "passes")

    def test_questions_that_cannot_be_asked(self):
        for values in (
            {"kind": "policy"},
            {"kind": "licence"},
            {"kind": "shelf_life", "days": 0},
            {"kind": "shelf_life", "date_from": "2026-02-02", "date_to": "2026-01-01"},
        ):
            with self.assertRaises(UserError):
                self.what_if(**values)
        with self.assertRaises(AccessError):
            self.env["med.gate.what.if"].with_user(self.picker).create({"kind": "shelf_life"})

    def test_more_lines_cost_no_more_queries(self):
        def cost(count, prefix):
            lots = [self.make_lot(f"{prefix}{n}", days=40) for n in range(count)]
            partner = self._partner(prefix)
            picking = self.make_delivery(*lots, partner=partner)
            self.validate(picking)
            replay = self.env["med.gate.what.if"].create(
                {"kind": "shelf_life", "days": 20, "partner_id": partner.id, "with_open": False}
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            started = time.monotonic()
            replay.action_run()
            self.env.flush_all()
            self.assertLess(time.monotonic() - started, 10)
            return self.env.cr.sql_log_count - before

        cost(2, "warm")
        self.assertLessEqual(cost(60, "b") - cost(6, "a"), 3)
