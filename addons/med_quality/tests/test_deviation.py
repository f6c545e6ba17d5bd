from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..lib import deviation
from .common import QualityCase

FILLED = {
    "containment": "Set aside",
    "investigation": "Opened three cartons",
    "root_cause": "Wet pallet",
    "disposition": "release",
    "disposition_reason": "Inner packs dry",
    "effectiveness": "Next two receipts dry",
    "cancel_reason": "Opened twice",
}


@tagged("post_install", "-at_install")
class TestDeviation(QualityCase):
    def make(self, state="open", **values):
        record = self.env["med.deviation"].create({"title": "Wet carton", **values})
        if state != "open":
            self._put(record, state)
        return record.with_user(self.quality)

    def _put(self, record, state):
        self.env.flush_all()
        self.env.cr.execute("UPDATE med_deviation SET state = %s WHERE id = %s", [state, record.id])
        record.invalidate_recordset()

    def _act(self, record):
        record.action_ids = [
            Command.create(
                {
                    "name": "Cover pallets",
                    "date_due": fields.Date.today() + timedelta(days=7),
                    "user_id": self.quality.id,
                }
            )
        ]

    def test_every_pair_of_state_and_step(self):
        for state in deviation.STATES:
            for step in deviation.TRANSITIONS:
                record = self.make(**FILLED)
                self._act(record)
                self._put(record, state)
                with self.subTest(state=state, step=step):
                    target = deviation.target(state, step)
                    if target is None:
                        with self.assertRaises(UserError):
                            record._step(step)
                        self.assertEqual(record.state, state)
                    else:
                        record._step(step)
                        self.assertEqual(record.state, target)
                        self.assertEqual(record.step_ids[-1].user_id, self.quality)
                        self.assertEqual(self.events("deviation.step", record)[-1]["new"], target)

    def test_a_step_names_what_is_missing(self):
        for step, transition in deviation.TRANSITIONS.items():
            for missing in transition.needs:
                record = self.make(**{k: v for k, v in FILLED.items() if k != missing})
                if missing != "action_ids":
                    self._act(record)
                self._put(record, transition.sources[0])
                with self.subTest(step=step, missing=missing), self.assertRaises(UserError):
                    record._step(step)

    def test_no_write_changes_the_state(self):
        record = self.make()
        for user in (self.quality, self.env.user):
            with self.assertRaises(UserError):
                record.with_user(user).with_context(med_step_token=True).write({"state": "closed"})
        with self.assertRaises(UserError):
            self.env["med.deviation"].create({"title": "Born closed", "state": "closed"})

    def test_from_report_to_closing(self):
        lot = self.make_lot("WAY")
        record = self.make(lot_ids=[Command.set(lot.ids)], **FILLED)
        record.action_contain()
        self.assertEqual(lot.med_status, "on_hold")
        record.action_investigate()
        with self.assertRaises(UserError):
            lot.with_user(self.quality)._sign("release", self.credential)
        record._sign("decide", self.credential)
        self.assertEqual((record.state, lot.med_status), ("decided", "released"))
        self._act(record)
        record.action_act()
        with self.assertRaises(UserError):
            record.action_check()
        with self.assertRaises(UserError):
            record.action_ids.action_done()
        record.action_ids.result = "Covered"
        record.action_ids.action_done()
        record.action_check()
        signature = record._sign("close", self.credential)
        self.assertEqual(record.state, "closed")
        self.assertFalse(signature.is_void)
        self.assertEqual(record.step_ids.mapped("step"), ["contain", "investigate", "decide", "act", "check", "close"])
        for vals in ({"title": "Other"}, {"root_cause": "Other"}, {"severity": "minor"}):
            with self.assertRaises(UserError):
                record.write(vals)

    def test_destruction_takes_two_people(self):
        lot = self.make_lot("DESTROY")
        record = self.make(lot_ids=[Command.set(lot.ids)], **{**FILLED, "disposition": "destroy"})
        record.action_contain()
        record.action_investigate()
        record._sign("decide", self.credential)
        self.assertEqual((record.state, lot.med_status), ("investigated", "on_hold"))
        with self.assertRaises(UserError):
            record._sign("witness", self.credential)
        supervisor = self._user("supervisor", "med_master_data.group_med_supervisor")
        record.with_user(supervisor)._sign("witness", self.credential)
        self.assertEqual((record.state, lot.med_status), ("decided", "rejected"))
        scrap = self.env["stock.scrap"].create(
            {"product_id": self.device.id, "lot_id": lot.id, "scrap_qty": 7, "location_id": self.stock.id}
        )
        scrap.with_user(self.picker).action_validate()
        self.assertEqual(scrap.state, "done")
        page = self.certificate(record)
        for said in ("DESTROY", "7 Units", "Quality", "Supervisor"):
            self.assertIn(said, page)
        self.assertNotIn("Not valid", page)

    def certificate(self, record):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html("med_quality.report_med_destruction", record.ids)
        return " ".join(html.decode().split())

    def test_a_first_signature_on_other_content_does_not_count(self):
        record = self.make(**{**FILLED, "disposition": "destroy"})
        self._put(record, "investigated")
        record._sign("decide", self.credential)
        record.disposition_reason = "Something else"
        supervisor = self._user("supervisor2", "med_master_data.group_med_supervisor")
        record.with_user(supervisor)._sign("witness", self.credential)
        self.assertEqual(record.state, "investigated")
        self.assertIn("Not valid", self.certificate(record))

    def test_only_quality_decides(self):
        record = self.make("investigated", **FILLED)
        supervisor = self._user("supervisor3", "med_master_data.group_med_supervisor")
        for user in (supervisor, self.reviewer):
            with self.subTest(user.login), self.assertRaises(UserError):
                record.with_user(user)._sign("decide", self.credential)
        self.assertEqual(record.state, "investigated")

    def test_not_effective_goes_back_to_the_cause(self):
        record = self.make("checked", **FILLED)
        record.action_reopen()
        self.assertEqual(record.state, "contained")
        record.root_cause = "Leaking roof"

    def test_a_picker_reports_by_a_scan(self):
        lot = self.make_lot("SCAN")
        self.env["med.product.identifier"].search([]).flush_recordset()
        action = self.env["med.deviation"].with_user(self.picker).open_from_scan("(10)SCAN")
        record = self.env["med.deviation"].browse(action["res_id"])
        self.assertEqual((record.source, record.state), ("scan", "open"))
        self.assertEqual(record.description, "(10)SCAN")
        self.assertTrue(lot)
        with self.assertRaises(UserError):
            self.env["med.deviation"].open_from_scan(" ")

    def test_a_refused_gate_opens_one(self):
        picking = self.make_delivery(self.make_lot("HELD", status="on_hold"))
        lot = picking.move_line_ids.lot_id
        findings = [{"rule": "lot_not_released", "lot": "HELD"}]
        [event_id] = self.env["med.evidence.event"]._record(
            "gate.refused", [{"record": picking, "body": {"findings": findings}}]
        )
        event = self.env["med.evidence.event"].browse(event_id)
        first, again = event.action_med_open_deviation(), event.action_med_open_deviation()
        record = self.env["med.deviation"].browse(first["res_id"])
        self.assertEqual(first["res_id"], again["res_id"])
        self.assertRecordValues(
            record, [{"source": "gate", "lot_ids": lot.ids, "picking_ids": picking.ids, "partner_id": self.hospital.id}]
        )

    def test_the_delivery_opens_one_with_its_last_refusal(self):
        lot = self.make_lot("STOPPED", status="on_hold")
        picking = self.make_delivery(lot)
        findings = [{"rule": "lot_not_released", "lot": "STOPPED"}]
        self.env["med.evidence.event"]._record("gate.refused", [{"record": picking, "body": {"findings": findings}}])
        action = picking.with_user(self.picker).action_med_open_deviation()
        record = self.env["med.deviation"].browse(action["res_id"])
        self.assertRecordValues(record, [{"source": "gate", "lot_ids": lot.ids, "create_uid": self.picker.id}])
        quiet = self.make_delivery(self.make_lot("QUIET"))
        action = quiet.with_user(self.picker).action_med_open_deviation()
        self.assertEqual(self.env["med.deviation"].browse(action["res_id"]).source, "manual")

    def _count(self, lot, quantity):
        quants = self.env["stock.quant"].search([("lot_id", "in", lot.ids), ("location_id", "=", self.stock.id)])
        quants = quants.with_context(inventory_mode=True)
        quants.inventory_quantity = quantity
        quants.action_apply_inventory()
        return self.env["med.deviation"].search([("source", "=", "count"), ("lot_ids", "in", lot.ids)])

    def test_a_count_that_differs_opens_one_for_all_its_lines(self):
        lots = self.make_lot("COUNT-1") + self.make_lot("COUNT-2")
        found = self._count(lots, 8)
        self.assertEqual(len(found), 1)
        self.assertEqual(found.lot_ids, lots)

    def test_a_count_within_tolerance_or_of_ordinary_goods_opens_none(self):
        self.env.company.med_count_tolerance = 2
        self.assertFalse(self._count(self.make_lot("CLOSE"), 8))
        self.assertTrue(self._count(self.make_lot("FAR"), 7))
        self.assertFalse(self._count(self.make_lot("TAPE", product=self.plain), 1))

    def test_numbers_are_of_the_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        numbers = [self.env["med.deviation"].create({"title": "x", "company_id": other.id}).name for _ in range(2)]
        self.assertTrue(numbers[0].startswith("DEV"))
        self.assertTrue(numbers[0].endswith("00001") and numbers[1].endswith("00002"), numbers)

    def test_what_is_overdue_is_told_once(self):
        supervisor = self._user("supervisor4", "med_master_data.group_med_supervisor")
        record = self.make(date_due=fields.Date.today() - timedelta(days=1))
        for _night in range(2):
            self.env["med.deviation"]._cron_escalate()
        mine = record.sudo().activity_ids.filtered(lambda a: a.user_id == supervisor)
        self.assertEqual(len(mine), 1)
        self.assertTrue(record.escalated_at)

    def test_the_goods_of_two_deviations_wait_for_both(self):
        lot = self.make_lot("TWICE", status="on_hold")
        first = self.make("investigated", lot_ids=[Command.set(lot.ids)], **FILLED)
        second = self.make(lot_ids=[Command.set(lot.ids)], **FILLED)
        with self.assertRaises(UserError):
            first._sign("decide", self.credential)
        second.action_cancel()
        first._sign("decide", self.credential)
        self.assertEqual(lot.med_status, "released")
