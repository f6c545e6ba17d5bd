"""Picking by the app: what is taken, what is refused and in which words, and that nothing is done twice."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.med_master_data.lib import gs1

from .common import CASE_GTIN, GTIN, OTHER_GTIN, ScanCase


@tagged("post_install", "-at_install")
class TestPick(ScanCase):
    def setUp(self):
        super().setUp()
        self.picking = self.delivery(self.lot)
        self.line = self.picking.move_line_ids

    # Right -----------------------------------------------------------------------------

    def test_a_right_label_picks_the_line(self):
        answer = self.phone(self.picking, self.label(self.lot))
        self.assertEqual((answer["ok"], answer["tone"], answer["left"]), (True, "right", 0))
        self.assertEqual(answer["changed"], [{"id": self.line.id, "quantity": 1, "taken": 1, "picked": True}])
        self.assertTrue(self.line.picked)
        self.assertEqual(self.line.med_picked_by_id, self.picker)
        event = self.picking.med_scan_event_ids
        self.assertEqual((event.user_id, event.lot_id, event.quantity), (self.picker, self.lot, 1))

    def test_pieces_are_counted_and_a_case_counts_as_many(self):
        picking = self.delivery(self.lot, quantity=7)
        line = picking.move_line_ids
        for taken in (1, 2):
            answer = self.phone(picking, self.label(self.lot))
            self.assertEqual((answer["changed"][0]["taken"], answer["changed"][0]["picked"]), (taken, False))
        answer = self.phone(picking, self.label(self.lot, CASE_GTIN))
        self.assertEqual((answer["changed"][0]["taken"], line.picked, line.quantity), (7, True, 7))

    def test_a_case_that_holds_more_than_is_wanted_stays_closed(self):
        picking = self.delivery(self.lot, quantity=3)
        self.assertWrong(self.phone(picking, self.label(self.lot, CASE_GTIN)), "more_than_ordered", "5", "3")

    def test_a_label_over_two_symbols_in_either_order(self):
        product = gs1.build([("01", GTIN)])
        item = gs1.build([("17", self.lot.expiration_date.strftime("%y%m%d")), ("10", "LOT-A")])
        hip = self.make_lot("LOT-A", product=self.hip, location=self.shelf_a)
        for first, second in ((product, item), (item, product)):
            with self.subTest(first=first):
                picking = self.delivery(self.lot, hip)
                answer = self.phone(picking, first)
                self.assertEqual(answer["tone"], "ask")
                self.assertFalse(any(picking.move_line_ids.mapped("med_scanned_qty")))
                answer = self.phone(picking, second, state=answer["state"])
                self.assertTrue(answer["ok"], answer["message"])
                self.assertEqual(answer["state"]["pending"], [])

    def test_a_lots_own_barcode_needs_the_products_code(self):
        """T9: "10D9T" is a lot and no element string."""
        lot = self.make_lot("10D9T", location=self.shelf_a)
        picking = self.delivery(lot)
        answer = self.phone(picking, "10D9T")
        self.assertEqual((answer["tone"], answer["problem"]), ("ask", "scan_product_symbol"))
        answer = self.phone(picking, gs1.build([("01", GTIN)]), state=answer["state"])
        self.assertTrue(answer["ok"], answer["message"])
        # and the other way round
        picking = self.delivery(lot)
        answer = self.phone(picking, gs1.build([("01", GTIN)]))
        self.assertEqual(answer["problem"], "scan_other_symbol")
        self.assertTrue(self.phone(picking, "10D9T", state=answer["state"])["ok"])

    def test_the_same_lot_name_on_two_products_never_crosses(self):
        """T10"""
        hip = self.make_lot("LOT-A", product=self.hip, location=self.shelf_a)
        picking = self.delivery(self.lot, hip)
        lines = {line.product_id: line for line in picking.move_line_ids}
        answer = self.phone(picking, "LOT-A")
        self.assertEqual(answer["tone"], "ask")
        self.assertTrue(self.phone(picking, self.label(hip, OTHER_GTIN))["ok"])
        self.assertEqual([lines[self.device].picked, lines[self.hip].picked], [False, True])

    def test_goods_without_device_code_are_picked_by_their_barcode(self):
        tape = self.env["product.product"].create({"name": "Tape", "is_storable": True, "barcode": "TAPE-1"})
        self.env["stock.quant"]._update_available_quantity(tape, self.shelf_a, 5)
        picking = self.make_delivery()
        self.env["stock.move"].create(
            {
                "product_id": tape.id,
                "product_uom_qty": 2,
                "picking_id": picking.id,
                "location_id": self.stock.id,
                "location_dest_id": self.customers.id,
            }
        )
        picking.action_confirm()
        picking.action_assign()
        self.assertEqual([self.phone(picking, "TAPE-1")["ok"] for _i in range(2)], [True, True])
        self.assertWrong(self.phone(picking, "TAPE-1"), "taken_already", "Tape")

    def test_a_closed_package_is_one_scan_and_an_open_one_is_not(self):
        package = self.env["stock.package"].create({"name": "340123450000000017"})
        lot = self.make_lot("PACKED", quantity=0)
        self.env["stock.quant"]._update_available_quantity(self.device, self.shelf_a, 4, lot_id=lot, package_id=package)
        sscc = gs1.build([("00", package.name)])
        whole = self.delivery(lot, quantity=3)
        whole.move_line_ids.package_id = package
        answer = self.phone(whole, sscc)
        self.assertEqual((answer["tone"], answer["problem"]), ("ask", "package_open"))
        self.assertTrue(self.phone(whole, self.label(lot), state=answer["state"])["ok"])
        whole.do_unreserve()
        whole.action_cancel()
        whole = self.delivery(lot, quantity=4)
        whole.move_line_ids.package_id = package
        self.assertTrue(self.phone(whole, sscc)["ok"])
        self.assertTrue(whole.move_line_ids.picked)
        self.assertWrong(self.phone(self.picking, sscc), "package_unknown", package.name)

    # Wrong -----------------------------------------------------------------------------

    def test_wrong_goods_change_nothing_and_say_what_to_do(self):
        """T5, T11"""
        hip = self.make_lot("HIP-1", product=self.hip)
        unknown = gs1.build([("01", GTIN), ("17", "300101"), ("10", "NEVER-SEEN")])
        for code, problem, *parts in (
            (self.label(hip, OTHER_GTIN), "wrong_item", "Hip implant", "Knee implant", self.picking.name),
            (self.label(self.other), "wrong_lot", "LOT-A", "LOT-B"),
            (unknown, "wrong_lot", "NEVER-SEEN"),
            (gs1.build([("01", GTIN), ("17", "300101"), ("10", "LOT-A")]), "expiry_differs"),
            ("nonsense", "unknown_scheme"),
            ("", "empty"),
            (gs1.build([("01", "09506000117843"), ("10", "X")]), "product_unknown"),
            ("x" * 5000, "scan_too_long"),
        ):
            with self.subTest(problem):
                self.assertWrong(self.phone(self.picking, code), problem, *parts)
        self.assertFalse(self.line.picked)
        self.assertEqual(len(self.picking.move_line_ids), 1)
        events = self.picking.med_scan_event_ids
        self.assertEqual(events.mapped("is_right"), [False] * len(events))
        self.assertIn("wrong_lot", [body["problems"][0] for body in self.events("scan.refused", self.picking)])

    def test_no_more_than_was_ordered_and_no_serial_twice(self):
        self.phone(self.picking, self.label(self.lot))
        self.assertWrong(self.phone(self.picking, self.label(self.lot)), "taken_already", "LOT-A")
        implant = self._device("Serial implant", tracking="serial")
        self.env["med.product.identifier"].create(
            {"product_tmpl_id": implant.product_tmpl_id.id, "di": "09506000117843", "agency": "GS1"}
        )
        one, two = (self.make_lot(name, product=implant, quantity=1, location=self.shelf_a) for name in ("S1", "S2"))
        picking = self.delivery(one, two)
        code = gs1.build([("01", "09506000117843"), ("21", "S1")])
        self.assertTrue(self.phone(picking, code)["ok"])
        self.assertWrong(self.phone(picking, code), "serial_twice", "S1")
        self.assertEqual(picking.move_line_ids.filtered("picked").lot_id, one)

    def test_a_label_without_separator_asks_and_never_guesses(self):
        """T7: the date may be the end of the lot."""
        glued = f"01{GTIN}10LOT-A17{self.lot.expiration_date:%y%m%d}"
        answer = self.phone(self.picking, glued)
        self.assertTrue(answer["ok"], answer["message"])  # the lot is on record: one reading is left
        self.assertTrue(answer["notes"])
        picking = self.delivery(self.lot)
        answer = self.phone(picking, f"01{GTIN}10NOBODY17300101")
        self.assertEqual((answer["tone"], answer["problem"]), ("ask", "choose_reading"))
        self.assertEqual(len(answer["choices"]), 2)
        self.assertFalse(picking.move_line_ids.picked)
        chosen = self.phone(picking, answer["choices"][0]["code"], state=answer["state"])
        self.assertWrong(chosen, "wrong_lot")

    def test_the_gate_judges_at_the_scan(self):
        self.lot._med_set_status("on_hold")
        answer = self.phone(self.picking, self.label(self.lot))
        self.assertWrong(answer, "lot_not_released", "LOT-A")
        self.assertEqual(answer["findings"][0]["rule"], "lot_not_released")
        self.assertTrue(self.events("gate.refused", self.picking))
        self.lot._med_set_status("released")
        self.lot._med_set_status("recalled")
        self.assertWrong(self.phone(self.picking, self.label(self.lot)), "lot_not_released")
        expired = self.make_lot("OLD", days=-3, location=self.shelf_a)
        picking = self.delivery(expired)
        self.assertWrong(self.phone(picking, self.label(expired)), "expired", "OLD")
        self.assertFalse(picking.move_line_ids.picked)

    def test_the_wrong_place_and_the_wrong_package(self):
        answer = self.phone(self.picking, "SHELF-A")
        self.assertEqual((answer["ok"], answer["state"]["location"]), (True, self.shelf_a.id))
        self.assertWrong(self.phone(self.picking, "SHELF-B"), "location_unknown", "B", "A")
        at_b = {"location": self.shelf_b.id}
        self.assertWrong(self.phone(self.picking, self.label(self.lot), state=at_b), "wrong_location", "A", "B")
        package = self.env["stock.package"].create({"name": "PACK-1"})
        self.assertWrong(
            self.phone(self.picking, self.label(self.lot), state={"package": package.id}), "wrong_package", "PACK-1"
        )
        self.assertTrue(self.phone(self.picking, self.label(self.lot), state=answer["state"])["ok"])

    def test_other_transfers_badges_and_commands(self):
        other = self.delivery(self.other)
        self.assertWrong(self.phone(self.picking, other.name), "wrong_delivery", other.name, self.picking.name)
        self.assertTrue(self.phone(self.picking, f"MED:USER:{self.picker.id}")["ok"])
        self.assertWrong(self.phone(self.picking, f"MED:USER:{self.reviewer.id}"), "wrong_user", "Reviewer", "Picker")
        self.assertWrong(self.phone(self.picking, "MED:USER:999999999"), "badge_unknown")
        self.assertIn("1", self.phone(self.picking, "MED:DONE")["message"])

    def test_typing_needs_a_reason(self):
        self.assertWrong(self.phone(self.picking, self.label(self.lot), entry="manual"), "manual_reason")
        answer = self.phone(self.picking, self.label(self.lot), entry="manual", reason="Label torn")
        self.assertTrue(answer["ok"])
        events = self.env["med.scan.event"].search([("picking_id", "=", self.picking.id)])
        self.assertEqual(events.mapped("reason"), ["Label torn", False])

    def test_a_transfer_that_is_closed_or_not_ours(self):
        self.picking.action_cancel()
        self.assertWrong(self.phone(self.picking, self.label(self.lot)), "delivery_closed", self.picking.name)
        company = self.env["res.company"].create({"name": "Another company"})
        stranger = self._user(
            "stranger", "med_master_data.group_med_picker", company_id=company.id, company_ids=[(6, 0, company.ids)]
        )
        picking = self.delivery(self.lot)
        answer = self.phone(picking, self.label(self.lot), user=stranger)
        self.assertWrong(answer, "delivery_gone")
        self.assertNotIn(picking.name, answer["message"])
        self.assertEqual(answer["left"], 0)
        self.assertFalse(picking.move_line_ids.picked)
        self.assertEqual(self.env["med.scan.app"].with_user(stranger).load(picking.id)["problem"], "delivery_gone")
        self.assertNotIn(picking.id, [one["id"] for one in self.env["med.scan.app"].with_user(stranger).deliveries()])

    def test_only_people_of_the_warehouse_scan(self):
        clerk = self._user("clerk", "base.group_user")
        with self.assertRaises(AccessError):
            self.phone(self.picking, self.label(self.lot), user=clerk)
        self.assertFalse(self.line.picked)

    # Once ------------------------------------------------------------------------------

    def test_the_same_key_does_nothing_twice(self):
        picking = self.delivery(self.lot, quantity=3)
        first = self.phone(picking, self.label(self.lot), key="key-of-this-step")
        again = self.phone(picking, self.label(self.lot), key="key-of-this-step")
        self.assertEqual({**first, "again": True}, again)
        self.assertEqual(picking.move_line_ids.med_scanned_qty, 1)
        self.assertEqual(len(picking.med_scan_event_ids), 1)
        with self.assertRaises(AccessError):  # the same key for another thing
            self.phone(picking, "SHELF-A", key="key-of-this-step")
        with self.assertRaises(AccessError):
            self.phone(picking, self.label(self.lot), key="key-of-this-step", user=self.reviewer)
        with self.assertRaises(ValueError):
            self.phone(picking, self.label(self.lot), key="short")

    def test_scans_are_written_once(self):
        self.phone(self.picking, self.label(self.lot))
        event = self.picking.med_scan_event_ids
        for act in (
            lambda: event.sudo().write({"is_right": False}),
            lambda: event.sudo().unlink(),
            lambda: event.sudo().copy({"key": "another-key"}),
        ):
            with self.assertRaises(AccessError):
                act()

    # Undo ------------------------------------------------------------------------------

    def test_undo_takes_back_one_step_at_a_time(self):
        picking = self.delivery(self.lot, quantity=6)
        self.phone(picking, self.label(self.lot))
        self.phone(picking, self.label(self.lot, CASE_GTIN))
        line = picking.move_line_ids
        self.assertTrue(line.picked)
        answer = self.phone(picking, "MED:UNDO")
        self.assertEqual((answer["ok"], line.picked, line.med_scanned_qty), (True, False, 1))
        self.assertIn("5", answer["message"])
        self.phone(picking, "med:undo")
        self.assertEqual(line.med_scanned_qty, 0)
        self.assertWrong(self.phone(picking, "MED:UNDO"), "undo_nothing")
        self.assertEqual(len(self.events("scan.undone", picking)), 2)

    def test_undo_of_one_step_never_undoes_another(self):
        picking = self.delivery(self.lot, quantity=3)
        self.phone(picking, self.label(self.lot), key="the-first-step")
        self.assertWrong(self.phone(picking, self.label(self.other), key="refused-step"), "wrong_lot")
        answer = self.phone(picking, "MED:UNDO", about={"undoes": "refused-step"})
        self.assertWrong(answer, "undo_nothing")
        self.assertEqual(picking.move_line_ids.med_scanned_qty, 1)
        self.assertTrue(self.phone(picking, "MED:UNDO", about={"undoes": "the-first-step"})["ok"])

    def test_what_the_phone_refused_without_network_is_counted_and_never_taken(self):
        answer = self.phone(self.picking, self.label(self.lot), about={"judged": "wrong_lot"})
        self.assertWrong(answer, "wrong_lot")
        self.assertFalse(self.line.picked)
        self.assertEqual(self.events("scan.refused", self.picking)[-1]["problems"], ["wrong_lot"])

    def test_undo_is_ones_own(self):
        self.phone(self.picking, self.label(self.lot))
        self.assertWrong(self.phone(self.picking, "MED:UNDO", user=self.reviewer), "undo_nothing")
        self.assertTrue(self.line.picked)
        self.line.picked = False
        self.line.med_scanned_qty = 0
        self.line.lot_id = self.other
        self.assertWrong(self.phone(self.picking, "MED:UNDO"), "undo_changed")

    # What is left in part ----------------------------------------------------------------

    def test_of_a_line_scanned_in_part_only_that_part_leaves(self):
        picking = self.delivery(self.lot, quantity=5)
        for _i in range(2):
            self.phone(picking, self.label(self.lot))
        before = self.on_hand(self.lot, self.shelf_a)
        self.gate_off("review_missing")
        self.validate(picking)
        self.assertEqual(picking.state, "done")
        self.assertEqual(self.on_hand(self.lot, self.shelf_a), before - 2)
        backorder = self.env["stock.picking"].search([("backorder_id", "=", picking.id)])
        self.assertEqual(sum(backorder.move_ids.mapped("product_uom_qty")), 3)

    def test_nobody_writes_what_was_scanned(self):
        self.line.with_user(self.picker).write({"med_scanned_qty": 1})
        self.assertEqual(self.line.med_scanned_qty, 0)
        picking = self.delivery(self.lot, quantity=5)
        self.phone(picking, self.label(self.lot))
        picking.move_line_ids.lot_id = self.other
        self.assertEqual(picking.move_line_ids.med_scanned_qty, 0)

    # What the phone takes along ----------------------------------------------------------

    def test_the_phone_takes_along_what_a_scan_is_judged_by(self):
        held = self.make_lot("HELD", location=self.shelf_b)
        picking = self.delivery(self.lot, held)
        held._med_set_status("on_hold")
        app = self.env["med.scan.app"].with_user(self.picker)
        data = app.load(picking.id)
        self.assertEqual(
            {(line["lot"], line["place_code"]) for line in data["lines"]},
            {("LOT-A", "SHELF-A"), ("HELD", "SHELF-A")},
        )
        line = picking.move_line_ids.filtered(lambda one: one.lot_id == held)
        self.assertEqual(list(data["verdicts"]), [line.id])
        self.assertIn("HELD", data["verdicts"][line.id][0])
        dis = {one["di"]: one["quantity"] for one in data["products"][self.device.id]["identifiers"]}
        self.assertEqual(dis, {GTIN: 1, CASE_GTIN: 5})
        begun = app.start("phone-1", {"queue": 3, "refused": 1})
        self.assertIn(picking.id, [one["id"] for one in begun["deliveries"]])
        self.assertIn("wrong_lot", begun["sentences"])
        device = self.env["med.scan.device"].search([("uuid", "=", "phone-1")])
        self.assertEqual((device.user_id, device.queue, device.state), (self.picker, 3, "waiting"))
        with patch.object(type(self.env.cr), "now", lambda cr: device.last_contact + timedelta(hours=1)):
            device.invalidate_recordset(["state"])
            device._compute_state()
        self.assertEqual(device.refused, 1)

    # Cost --------------------------------------------------------------------------------

    def test_no_query_per_line(self):
        counts = []
        for lines in (2, 2, 30):
            lots = [self.make_lot(f"N{lines}-{i}-{len(counts)}", location=self.shelf_a) for i in range(lines)]
            picking = self.delivery(*lots)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            answer = self.phone(picking, self.label(lots[-1]))
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertTrue(answer["ok"], answer["message"])
        self.assertLessEqual(counts[2], counts[1] + 1, counts)
        self.assertLess(counts[1], 60)

    def test_the_catalogue_has_what_the_phone_says(self):
        sentences = self.env["med.message"]._sentences()
        for code in ("wrong_item", "taken", "app_online"):
            self.assertIn(code, sentences)
