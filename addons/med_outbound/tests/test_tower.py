"""The control tower: what is open, late and blocked, what comes next, and that it learns of changes."""

import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..models.med_outbound_tower import CHANGED
from .common import OutboundCase


class TowerCase(OutboundCase):
    def tower(self, user=None, **asked):
        """Only of this test's transfers: the database may hold others."""
        return self.env["stock.picking"].with_user(user or self.picker).med_tower(partner_id=self.hospital.id, **asked)

    def row(self, picking, **asked):
        return next((row for row in self.tower(**asked)["rows"] if row["id"] == picking.id), None)

    def counts(self, key="count", **asked):
        return {stage["code"]: stage[key] for stage in self.tower(**asked)["stages"] if stage[key]}


@tagged("post_install", "-at_install")
class TestTower(TowerCase):
    def test_every_open_outbound_is_counted_by_stage(self):
        before = self.counts()
        picked = self.picked_delivery(self.make_lot("A"))
        reviewed = self.picked_delivery(self.make_lot("B"))
        self.review(reviewed)
        shipped = self.shipped_delivery(self.make_lot("C"))
        after = self.counts()
        gained = {code: after.get(code, 0) - before.get(code, 0) for code in after}
        self.assertEqual({code: n for code, n in gained.items() if n}, {"picked": 1, "reviewed": 1, "shipped": 1})
        steps = {picking: self.row(picking)["next"] for picking in (picked, reviewed, shipped)}
        self.assertEqual(
            steps,
            {picked: "action_med_review", reviewed: "button_validate", shipped: "action_med_receipt_link"},
        )
        self.assertEqual(self.row(picked)["customer"], self.hospital.display_name)

    def test_what_was_shipped_long_ago_is_not_open_for_ever(self):
        shipped = self.shipped_delivery(self.make_lot("OLD"))
        self.assertTrue(self.row(shipped))
        self.env.cr.execute(
            "UPDATE stock_picking SET date_done = date_done - interval '31 days' WHERE id = %s", [shipped.id]
        )
        shipped.invalidate_recordset()
        self.assertIsNone(self.row(shipped))

    def test_late_is_what_was_promised_and_has_not_left(self):
        late = self.picked_delivery(self.make_lot("L"))
        late.scheduled_date = fields.Datetime.now() - timedelta(hours=5)
        late.move_ids.date_deadline = late.scheduled_date
        shipped = self.shipped_delivery(self.make_lot("S"))
        shipped.date_deadline = fields.Datetime.now() - timedelta(hours=5)
        row = self.row(late)
        self.assertAlmostEqual(row["hours_left"], -5, delta=0.1)
        self.assertEqual(self.counts("late"), {"picked": 1})
        rows = [one["id"] for one in self.tower(late=True)["rows"]]
        self.assertEqual(rows, late.ids)

    def test_what_blocks_is_told_and_looked_at_instead_of_tried(self):
        lot = self.make_lot("HELD")
        picking = self.picked_delivery(lot)
        self.assertFalse(self.row(picking)["reasons"])
        lot._med_set_status("on_hold")
        row = self.row(picking)
        self.assertTrue(any("HELD" in reason for reason in row["reasons"]), row)
        self.assertEqual(row["next"], "action_med_check")
        answer = picking.with_user(self.picker).action_med_tower_next()
        self.assertIn("HELD", answer["params"]["message"])
        self.assertNotEqual(picking.state, "done")

    def test_missing_goods_are_told_and_reserved_by_one_click(self):
        lot = self.make_lot("SCARCE", quantity=2)
        picking = self.make_delivery(lot, quantity=2)
        picking.move_ids.picked = False
        picking.do_unreserve()
        row = self.row(picking)
        self.assertEqual((row["stage"], row["next"]), ("received", "action_assign"))
        self.assertIn("1 of 1 lines lack goods", row["reasons"][0])
        self.assertFalse(picking.with_user(self.picker).action_med_tower_next())
        self.assertEqual(picking.state, "assigned")
        self.assertFalse(self.row(picking)["reasons"])

    def test_the_next_step_passes_the_same_gate(self):
        picking = self.picked_delivery(self.make_lot("STEP"))
        action = picking.with_user(self.reviewer).action_med_tower_next()
        self.assertEqual(action["res_model"], "med.outbound.review")
        self.review(picking)
        picking.with_user(self.picker).with_context(skip_sms=True).action_med_tower_next()
        self.assertEqual(picking.state, "done")

    def test_filters(self):
        picking = self.picked_delivery(self.make_lot("F"))
        cold = self.env["med.storage.condition"].search([], limit=1)
        other = self.env["med.storage.condition"].search([], limit=1, offset=1)
        self.device.product_tmpl_id.med_storage_condition_id = cold
        warehouse = picking.picking_type_id.warehouse_id
        second = self.env["stock.warehouse"].create({"name": "Tower warehouse", "code": "TW"})
        for asked, seen in (
            ({"condition_id": cold.id}, True),
            ({"condition_id": other.id}, False),
            ({"warehouse_id": warehouse.id}, True),
            ({"warehouse_id": second.id}, False),
            ({"stage": "picked"}, True),
            ({"stage": "reviewed"}, False),
        ):
            with self.subTest(asked):
                self.assertEqual(bool(self.row(picking, **asked)), seen)
        self.assertIn([second.id, second.display_name], self.tower()["choices"]["warehouse_id"])

    def test_another_companys_outbounds_are_not_seen(self):
        picking = self.picked_delivery(self.make_lot("OURS"))
        other = self.env["res.company"].create({"name": "Another distributor"})
        self.picker.company_ids |= other
        towers = self.env["stock.picking"].with_user(self.picker)
        seen = towers.with_context(allowed_company_ids=other.ids).med_tower()
        self.assertNotIn(picking.id, [row["id"] for row in seen["rows"]])
        self.assertEqual(sum(stage["count"] for stage in seen["stages"]), 0)
        stranger = self.env["res.users"].create({"name": "Stranger", "login": "t_stranger"})
        with self.assertRaises(AccessError):
            self.env["stock.picking"].with_user(stranger).med_tower()

    def test_rows_cost_no_query_each(self):
        pickings = [self.picked_delivery(self.make_lot(f"Q{n}")) for n in range(2)]
        self.tower()

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.tower(stage="picked")
            return self.env.cr.sql_log_count - before

        few = queries()
        pickings += [self.picked_delivery(self.make_lot(f"Q{n}")) for n in range(2, 8)]
        self.assertLessEqual(queries(), few)

    def test_a_stage_that_changes_is_told_once_with_the_commit(self):
        picking = self.make_delivery(self.make_lot("BUS"))
        self.env.flush_all()
        hooks = self.env.cr.precommit.data
        hooks.pop(CHANGED, None)
        hooks["bus.bus.values"] = []
        picking.move_ids.picked = False
        self.env.flush_all()
        picking.move_ids.picked = True
        self.env.flush_all()
        told = [json.loads(one["message"]) for one in hooks["bus.bus.values"]]
        told = [one["payload"] for one in told if one["type"] == CHANGED]
        self.assertEqual(told, [{"company_id": picking.company_id.id}])
        # what changes no stage is not told
        hooks.pop(CHANGED, None)
        hooks["bus.bus.values"] = []
        picking.note = "Call before"
        self.env.flush_all()
        self.assertFalse([one for one in hooks["bus.bus.values"] if CHANGED in one["message"]])


@tagged("post_install", "-at_install")
class TestTowerTour(TowerCase, HttpCase):
    browser_size = "1366x768"

    def test_tower(self):
        lot = self.make_lot("TOWER")
        held = self.picked_delivery(lot, partner=self.hospital)
        lot._med_set_status("on_hold")
        good = self.picked_delivery(self.make_lot("GOOD"))
        self.review(good)
        (held | good).scheduled_date = fields.Datetime.now() - timedelta(days=900)
        self.start_tour("/odoo/action-med_outbound.med_outbound_tower_action", "med_outbound_tower", login="t_picker")
        self.assertEqual((good.state, held.state), ("done", "assigned"))
