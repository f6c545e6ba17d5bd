from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .inspection_common import InspectionCase

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestInspection(InspectionCase):
    def test_the_sample_is_that_of_the_standard(self):
        inspection = self.inspect(self.make_lot("ISO", status="quarantine"))
        self.assertRecordValues(
            inspection,
            [{"code_letter": "J", "sample_size": 80, "accept_number": 2, "reject_number": 3, "severity": "normal"}],
        )

    def test_a_signature_on_the_result_releases_the_lot(self):
        lot = self.make_lot("GOOD", status="quarantine")
        inspection = self.inspect(lot)
        signature = self.finish(inspection)
        self.assertEqual((inspection.state, lot.med_status), ("passed", "released"))
        self.assertEqual(inspection.inspector_id, self.quality)
        self.assertEqual(inspection.accepted_quantity, 1000)
        self.assertFalse(signature.is_void)
        self.assertEqual(self.events("lot.status", lot)[-1], {"old": "quarantine", "new": "released"})

    def test_a_failed_one_holds_and_opens_a_deviation(self):
        lot = self.make_lot("BAD")
        inspection = self.inspect(lot)
        self.finish(inspection, good=False)
        self.assertEqual((inspection.state, lot.med_status), ("failed", "on_hold"))
        self.assertEqual(inspection.deviation_ids.lot_ids, lot)
        with self.assertRaises(UserError):
            lot.with_user(self.quality)._sign("release", self.credential)

    def test_nothing_is_signed_against_its_checks(self):
        inspection = self.inspect(self.make_lot("EARLY", status="quarantine"))
        with self.assertRaises(UserError):
            inspection._sign("pass", self.credential)
        self.answer(inspection, good=False)
        with self.assertRaises(UserError):
            inspection._sign("pass", self.credential)

    def test_defects_up_to_the_acceptance_number_pass(self):
        inspection = self.inspect(self.make_lot("AC", status="quarantine"))
        self.answer(inspection)
        for defects, verdict in ((2, "pass"), (3, "fail")):
            inspection.check_ids[0].write({"result": "fail", "defects": defects})
            self.assertEqual(inspection.verdict, verdict)

    def test_a_value_in_another_unit_is_converted(self):
        inspection = self.inspect(self.make_lot("UNIT"))
        length = inspection.check_ids[1]
        length.instrument_id = self.instrument
        for value, unit, result in (
            (0.11, self.metre, "pass"),
            (0.1, self.metre, "pass"),
            (11, self.metre, "fail"),
            (11, self.cm, "pass"),
            (12.000001, self.cm, "fail"),
        ):
            length.write({"value": value, "value_uom_id": unit.id})
            self.assertEqual(length.result, result, f"{value} {unit.name}")
        with self.assertRaises(UserError):
            length.write({"value": 11, "value_uom_id": self.env.ref("uom.product_uom_kgm").id})

    def test_an_instrument_counts_until_the_last_day_of_its_calibration(self):
        inspection = self.inspect(self.make_lot("CALIBRATION"))
        length = inspection.check_ids[1]
        with self.assertRaises(UserError):
            length.write({"value": 11})
        with self.assertRaises(UserError):
            length.write({"value": 11, "instrument_id": self._instrument("CAL-OLD", -2).id})
        length.write({"value": 11, "instrument_id": self._instrument("CAL-TODAY", 1).id})
        self.assertEqual(length.result, "pass")

    def test_a_photo_is_asked_for_and_part_of_what_is_signed(self):
        self.plan.check_ids[0].needs_photo = True
        inspection = self.inspect(self.make_lot("PHOTO", status="quarantine"))
        self.answer(inspection)
        with self.assertRaises(UserError):
            inspection._sign("pass", self.credential)
        inspection.check_ids[0].photo = PIXEL
        inspection.attachment_ids = [Command.create({"name": "coa.pdf", "raw": b"certificate"})]
        signature = inspection._sign("pass", self.credential)
        inspection.attachment_ids.sudo().raw = b"another certificate"
        signature.invalidate_recordset()
        self.assertTrue(signature.is_void)

    def test_what_has_ended_stays(self):
        inspection = self.inspect(self.make_lot("ENDED", status="quarantine"))
        self.finish(inspection)
        for record, vals in (
            (inspection, {"measures": "later"}),
            (inspection.check_ids[0], {"result": "fail"}),
            (inspection.check_ids[0], {"note": "later"}),
        ):
            with self.assertRaises(UserError):
                record.write(vals)

    def test_no_write_ends_an_inspection_or_changes_its_sample(self):
        inspection = self.inspect(self.make_lot("DOOR", status="quarantine"))
        for vals in ({"state": "passed"}, {"sample_size": 1}, {"reject_number": 99}):
            for user in (self.quality, self.env.user):
                with self.assertRaises(UserError):
                    inspection.with_user(user).with_context(med_inspection_token=True).write(vals)
        with self.assertRaises(UserError):
            inspection.check_ids[1].write({"high": 99})
        with self.assertRaises(UserError):
            inspection.check_ids[1].write({"result": "pass"})
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            inspection.check_ids[0].with_user(self.picker).write({"result": "pass"})

    def test_only_quality_signs(self):
        inspection = self.inspect(self.make_lot("ROLE", status="quarantine"))
        self.answer(inspection)
        with self.assertRaises(UserError):
            inspection.with_user(self.reviewer)._sign("pass", self.credential)

    def test_failures_tighten_the_next_lots_of_that_supplier_only(self):
        for number in range(2):
            self.finish(self.inspect(self.make_lot(f"T{number}", status="quarantine")), good=False)
        tightened = self.inspect(self.make_lot("T2"))
        self.assertRecordValues(tightened, [{"severity": "tightened", "accept_number": 1}])
        other = self.inspect(self.make_lot("OTHER"), partner=self._partner("Other Maker"))
        self.assertEqual(other.severity, "normal")

    def test_skipping_is_earned_lot_by_lot(self):
        self.plan.write({"skip_after": 2, "skip_one_in": 2})
        states = []
        for number in range(4):
            inspection = self.inspect(self.make_lot(f"SKIP{number}", status="quarantine"))
            states.append(inspection.state)
            if inspection.state == "open":
                self.finish(inspection)
        self.assertEqual(states, ["open", "open", "skipped", "open"])

    def test_the_most_particular_plan_wins(self):
        self._plan(name="Of the supplier", partner_id=self.supplier.id)
        mine = self._plan(name="Of the product", product_id=self.device.id)
        self.assertEqual(self.inspect(self.make_lot("WHICH")).plan_id, mine)

    def test_results_of_a_laboratory_count_once(self):
        inspection = self.inspect(self.make_lot("LIMS"))
        look, length = inspection.check_ids
        results = [
            {"check": look.id, "result": "pass"},
            {"check": length.id, "value": 0.11, "uom": self.metre.name, "instrument": "CAL-1"},
        ]
        self.assertEqual(inspection.record_results("m-1", results), "pass")
        events = len(self.events("inspection.check", inspection))
        self.assertEqual(inspection.record_results("m-1", results), "pass")
        self.assertEqual(len(self.events("inspection.check", inspection)), events)
        with self.assertRaises(UserError):
            inspection.record_results("m-1", [{"check": look.id, "result": "fail"}])
        with self.assertRaises(UserError):
            inspection.record_results("m-2", [{"check": -1, "result": "fail"}])

    def test_another_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        inspection = self.inspect(self.make_lot("OURS"))
        stranger = self._user(
            "stranger", "med_master_data.group_med_quality", company_id=other.id, company_ids=[Command.set(other.ids)]
        )
        self.assertFalse(self.env["med.inspection"].with_user(stranger).search([("id", "=", inspection.id)]))

    def test_the_record_prints_in_both_languages(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["med_quality"], ["zh_CN"])
        inspection = self.inspect(self.make_lot("PRINT", status="quarantine"))
        self.finish(inspection)
        for language, words in (("en_US", "Acceptance record"), ("zh_CN", "验收记录")):
            html, _kind = (
                self.env["ir.actions.report"]
                .with_context(lang=language)
                ._render_qweb_html("med_quality.report_med_inspection", inspection.ids)
            )
            self.assertIn(words, html.decode())
            self.assertIn("PRINT", html.decode())


@tagged("post_install", "-at_install")
class TestInspectionOpening(InspectionCase):
    def receive(self, count, product=None):
        product = product or self.device
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "partner_id": self.supplier.id,
                "location_id": self.suppliers.id,
                "location_dest_id": self.stock.id,
            }
        )
        lots = self.env["stock.lot"].create(
            [{"name": f"IN-{picking.id}-{number}", "product_id": product.id} for number in range(count)]
        )
        self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": count,
                "picking_id": picking.id,
                "location_id": self.suppliers.id,
                "location_dest_id": self.stock.id,
                "move_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "lot_id": lot.id,
                            "quantity": 1,
                            "picking_id": picking.id,
                            "location_id": self.suppliers.id,
                            "location_dest_id": self.stock.id,
                        }
                    )
                    for lot in lots
                ],
            }
        )
        picking.action_confirm()
        picking.move_ids.picked = True
        return picking

    def opened(self, picking):
        return self.env["med.inspection"].search([("picking_id", "=", picking.id)])

    def test_a_receipt_opens_an_inspection_per_lot(self):
        picking = self.receive(3)
        self.validate(picking)
        self.assertEqual(picking.state, "done")
        self.assertEqual(len(self.opened(picking)), 3)
        self.assertEqual(set(self.opened(picking).mapped("trigger")), {"receipt"})

    def test_ordinary_goods_open_none(self):
        picking = self.receive(2, product=self.plain)
        self.validate(picking)
        self.assertFalse(self.opened(picking))

    def _queries(self, count):
        picking = self.receive(count)
        rows = [
            {"lot": line.lot_id, "quantity": 1, "picking": picking, "partner": self.supplier}
            for line in picking.move_line_ids
        ]
        self.env.flush_all()
        before = self.cr.sql_log_count
        self.env["med.inspection"]._open("receipt", rows, self.env.company)
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_queries_do_not_grow_with_the_lines(self):
        self._queries(1)
        few, many = self._queries(5), self._queries(100)
        self.assertLessEqual(many, few + 2, f"{few} queries for 5 lots, {many} for 100")

    def _age(self, lot, days):
        self.env["stock.quant"].search([("lot_id", "=", lot.id)]).in_date = fields.Datetime.now() - timedelta(days=days)

    def test_periodic_inspection_loses_none_and_doubles_none(self):
        self.plan.write({"on_periodic": True, "interval_days": 30})
        old, young = self.make_lot("OLD"), self.make_lot("YOUNG")
        self._age(old, 37)  # due for a week: the cron slept
        self._age(young, 29)
        inspections = self.env["med.inspection"]
        for _night in range(3):
            inspections._cron_periodic()
        found = inspections.search([("trigger", "=", "periodic"), ("lot_id", "in", (old + young).ids)])
        self.assertEqual(found.lot_id, old)
        self.finish(found.with_user(self.quality))
        inspections._cron_periodic()
        self.assertEqual(inspections.search_count([("lot_id", "=", old.id)]), 1)

    def test_periodic_inspection_by_class_expiry_and_zone(self):
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.stock.id})
        self.plan.write(
            {
                "on_periodic": True,
                "interval_days": 1,
                "device_class": "III",
                "expiry_within_days": 90,
                "location_id": shelf.id,
            }
        )
        due = self.make_lot("DUE", days=60, location=shelf)
        self.make_lot("LONG", days=200, location=shelf)
        self.make_lot("ELSEWHERE", days=60)
        self.make_lot("CLASS-II", days=60, location=shelf, product=self._device("Bandage", med_device_class="II"))
        self.env["stock.quant"].search([("location_id", "child_of", self.stock.id)]).in_date = "2020-01-01"
        self.env["med.inspection"]._cron_periodic()
        found = self.env["med.inspection"].search([("trigger", "=", "periodic"), ("plan_id", "=", self.plan.id)])
        self.assertEqual(found.lot_id, due)

    def test_on_demand_the_open_one_is_shown_again(self):
        lot = self.make_lot("DEMAND").with_user(self.quality)
        first, again = lot.action_med_inspect(), lot.action_med_inspect()
        self.assertEqual(first["res_id"], again["res_id"])
        self.plan.active = False
        with self.assertRaises(UserError):
            self.make_lot("NO-PLAN").with_user(self.quality).action_med_inspect()

    def test_the_tablet_goes_from_check_to_check(self):
        inspection = self.inspect(self.make_lot("TABLET"))
        look, length = inspection.check_ids
        self.assertEqual(inspection.action_inspect()["res_id"], look.id)
        self.assertEqual(look.action_pass()["res_id"], length.id)
        length.write({"value": 11, "instrument_id": self.instrument.id})
        self.assertEqual(length.action_measured()["res_model"], "med.inspection")

    def test_goods_that_come_back_are_inspected(self):
        """A return by Odoo's own wizard, of goods that left through the gate."""
        self.plan.on_return = True
        lot = self.make_lot("BACK", quantity=5)
        picking = self.make_delivery(lot, quantity=2)
        self.validate(picking)
        wizard = self.env["stock.return.picking"].with_context(active_id=picking.id, active_model="stock.picking")
        wizard = wizard.create({})
        wizard.product_return_moves.quantity = 2
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        self.validate(back)
        inspection = self.opened(back)
        self.assertRecordValues(
            inspection, [{"trigger": "return", "lot_id": lot.id, "quantity": 2, "partner_id": self.hospital.id}]
        )
        self.answer(inspection, good=False)
        inspection.with_user(self.quality)._sign("fail", self.credential)
        self.assertEqual((lot.med_status, inspection.deviation_ids.source), ("on_hold", "inspection"))

    def test_a_thousand_lines_cost_a_receipt_what_ten_cost(self):
        def extra(count):
            """Queries that inspections add to receiving so many lots."""
            totals = []
            for active in (True, False):
                self.plan.active = active
                picking = self.receive(count)
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                picking._med_open_inspections()
                self.env.flush_all()
                totals.append(self.cr.sql_log_count - before)
            return totals[0] - totals[1]

        extra(2)
        few, many = extra(10), extra(1000)
        # no query per line: Odoo writes rows a hundred at a time, here inspections, their checks and evidence
        self.assertLessEqual(many, few + 6 * 1000 / 100, f"{few} queries for 10 lines, {many} for 1,000")
