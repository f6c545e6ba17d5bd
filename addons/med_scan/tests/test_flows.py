"""The other flows of the app: review by counter-scan, what is missing, and what is this."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.med_master_data.lib import epc, gs1

from .common import CASE_GTIN, GTIN, ScanCase


@tagged("post_install", "-at_install")
class TestReview(ScanCase):
    def setUp(self):
        super().setUp()
        self.picking = self.delivery(self.lot, quantity=6)
        self.state = {"flow": "review"}

    def pick(self):
        for gtin in (GTIN, CASE_GTIN):
            self.assertTrue(self.phone(self.picking, self.label(self.lot, gtin))["ok"])

    def count(self, code, user=None):
        return self.phone(self.picking, code, user=user or self.reviewer, state=self.state)

    def test_the_reviewer_scans_what_was_picked(self):
        self.pick()
        app = self.env["med.scan.app"].with_user(self.reviewer)
        self.assertIn(("review", self.picking.id), [(one["flow"], one["id"]) for one in app.deliveries()])
        data = app.load(self.picking.id, "review")
        self.assertEqual([(line["quantity"], line["taken"]) for line in data["lines"]], [(6, 0)])
        self.assertWrong(self.count(self.label(self.other)), "wrong_lot", "LOT-A")
        answer = self.count(self.label(self.lot))
        self.assertEqual((answer["ok"], answer["changed"][0]["taken"]), (True, 1))
        answer = self.count(self.label(self.lot, CASE_GTIN))
        self.assertEqual((answer["left"], answer["screen"]), (0, "complete"))
        self.assertWrong(self.count(self.label(self.lot)), "taken_already", "one more")
        review = self.picking.med_review_ids
        self.assertEqual((len(review), review.id, review.line_ids.counted_quantity), (1, data["review"], 6))
        review.with_user(self.reviewer)._sign("review", self.credential)
        self.assertTrue(self.picking.med_reviewed_at)
        self.assertWrong(self.count(self.label(self.lot)), "review_done")

    def test_a_blind_review_is_counted_by_the_app(self):
        self.env.company.med_blind_review = True
        self.test_the_reviewer_scans_what_was_picked()
        self.assertTrue(self.picking.med_review_ids.is_blind)

    def test_a_step_of_a_blind_review_is_undone(self):
        self.env.company.med_blind_review = True
        self.test_an_undo_is_of_the_review()

    def test_an_undo_is_of_the_review(self):
        self.pick()
        self.count(self.label(self.lot))
        self.assertTrue(self.count("MED:UNDO")["ok"])
        self.assertEqual(self.picking.med_review_ids.line_ids.counted_quantity, 0)
        self.assertTrue(self.picking.move_line_ids.picked)
        self.assertWrong(self.count("MED:UNDO"), "undo_nothing")

    def test_who_may_review_what(self):
        self.assertWrong(self.count(self.label(self.lot)), "review_too_early", self.picking.name)
        self.pick()
        self.assertWrong(self.count(self.label(self.lot), user=self.picker), "review_not_yours")
        both = self._user("both", "med_master_data.group_med_picker,med_master_data.group_med_reviewer")
        own = self.delivery(self.other)
        self.assertTrue(self.phone(own, self.label(self.other), user=both)["ok"])
        answer = self.phone(own, self.label(self.other), user=both, state=self.state)
        self.assertWrong(answer, "review_own", own.name)
        self.assertFalse(own.med_review_ids)

    def test_the_gate_judges_at_the_review(self):
        self.pick()
        self.count(self.label(self.lot))
        self.env["med.gate.policy"].search([("rule", "=", "lot_not_released")]).at_review = True
        self.lot._med_set_status("on_hold")
        if self.picking.move_line_ids:  # a hold may take the goods off the delivery itself
            self.assertFalse(self.count(self.label(self.lot))["ok"])


@tagged("post_install", "-at_install")
class TestMissing(ScanCase):
    def short(self, picking, why="fewer", line=None):
        line = line or picking.move_line_ids[:1]
        return self.phone(picking, "MED:SHORT", about={"line": line.id, "why": why})

    def test_what_is_missing_is_given_back_and_the_rest_goes_on(self):
        picking = self.delivery(self.lot, quantity=5)
        for _i in range(2):
            self.phone(picking, self.label(self.lot))
        answer = self.short(picking)
        line = picking.move_line_ids
        self.assertEqual((answer["ok"], answer["left"]), (True, 0))
        self.assertEqual((line.quantity, line.picked), (2, True))
        self.assertIn("3", answer["message"])
        quant = self.env["stock.quant"].search([("lot_id", "=", self.lot.id), ("location_id", "=", self.shelf_a.id)])
        self.assertEqual(quant.reserved_quantity, 2)
        (event,) = self.events("scan.short", picking)
        self.assertEqual((event["missing"], event["taken"]), ("3", "2"))
        self.assertWrong(self.short(picking), "short_nothing")

    def test_a_line_of_which_nothing_is_there_goes(self):
        picking = self.delivery(self.lot, self.other)
        line = picking.move_line_ids[0]
        answer = self.short(picking, "nothing_at_all", line)
        self.assertEqual(answer["changed"], [{"id": line.id, "quantity": 0, "taken": 0, "picked": True}])
        self.assertEqual(picking.move_line_ids.lot_id, self.other)
        self.assertEqual(picking.med_scan_event_ids.reason, "Nothing there")

    def test_a_reason_is_needed(self):
        picking = self.delivery(self.lot)
        self.assertWrong(self.short(picking, "because"), "short_nothing")
        self.assertEqual(len(picking.move_line_ids), 1)


@tagged("post_install", "-at_install")
class TestLook(ScanCase):
    def look(self, code, state=None):
        return self.env["med.scan.app"].with_user(self.picker).look(code, state)

    def test_what_is_this_and_may_it_go(self):
        answer = self.look(self.label(self.lot))
        self.assertEqual((answer["ok"], answer["tone"]), (True, "right"))
        self.assertIn("LOT-A", answer["message"])
        self.assertTrue(any(note.startswith("A: 10") for note in answer["notes"]), answer["notes"])

    def test_what_keeps_it_here(self):
        self.lot._med_set_status("on_hold")
        expired = self.make_lot("OLD", days=-2)
        for lot, word in ((self.lot, "hold"), (expired, "Expired")):
            answer = self.look(self.label(lot))
            self.assertEqual((answer["ok"], answer["tone"]), (False, "wrong"))
            self.assertTrue(any(word in note for note in answer["notes"]), answer["notes"])

    def test_both_symbols_and_nonsense(self):
        answer = self.look(gs1.build([("01", GTIN)]))
        self.assertEqual(answer["tone"], "ask")
        item = gs1.build([("17", f"{self.lot.expiration_date:%y%m%d}"), ("10", "LOT-A")])
        self.assertTrue(self.look(item, answer["pending"])["ok"])
        self.assertEqual(self.look("nonsense")["tone"], "wrong")
        answer = self.look(gs1.build([("01", GTIN), ("10", "UNKNOWN")]))
        self.assertIn("not known", answer["message"])


@tagged("post_install", "-at_install")
class TestSwap(ScanCase):
    def setUp(self):
        super().setUp()
        self.picking = self.delivery(self.lot, quantity=2)
        self.line = self.picking.move_line_ids

    def scan(self, lot):
        return self.phone(self.picking, self.label(lot))

    def test_another_lot_that_may_go_is_offered_and_taken_with_one_tap(self):
        self.other.expiration_date = self.lot.expiration_date
        self.other._med_set_status("released")
        answer = self.scan(self.other)
        self.assertWrong(answer, "wrong_lot", "LOT-A", "LOT-B")
        self.assertEqual(answer["screen"], "choose")
        self.assertEqual(self.line.lot_id, self.lot)
        answer = self.phone(self.picking, answer["choices"][0]["code"])
        self.assertEqual((answer["ok"], self.line.lot_id, self.line.med_scanned_qty), (True, self.other, 1))
        reserved = {lot: self.env["stock.quant"].search([("lot_id", "=", lot.id)]) for lot in (self.lot, self.other)}
        self.assertEqual([sum(reserved[lot].mapped("reserved_quantity")) for lot in (self.lot, self.other)], [0, 2])
        (event,) = self.events("scan.swapped", self.picking)
        self.assertEqual((event["before"][1], event["after"][1]), ("LOT-A", "LOT-B"))
        # the lot that was given back is the wrong one now, and a line that is begun keeps its lot
        self.assertEqual(self.scan(self.lot)["choices"], [])

    def test_what_is_not_offered(self):
        younger = self.make_lot("YOUNG", days=900, location=self.shelf_a)
        elsewhere = self.make_lot("ELSEWHERE", days=300, location=self.shelf_b)
        few = self.make_lot("FEW", days=300, location=self.shelf_a, quantity=1)
        held = self.make_lot("HELD", days=300, location=self.shelf_a, status="quarantine")
        for lot in (younger, elsewhere, few, held):
            with self.subTest(lot.name):
                answer = self.scan(lot)
                self.assertWrong(answer, "wrong_lot", lot.name)
                self.assertEqual(answer["choices"], [])
                code = "MED:SWAP " + self.label(lot)
                self.assertWrong(self.phone(self.picking, code), "swap_gone")
        self.assertEqual(self.line.lot_id, self.lot)


@tagged("post_install", "-at_install")
class TestRfid(ScanCase):
    def test_many_tags_at_once(self):
        implant = self._device("Tagged implant", tracking="serial")
        gtin = "09506000117843"
        self.env["med.product.identifier"].create(
            {"product_tmpl_id": implant.product_tmpl_id.id, "di": gtin, "agency": "GS1"}
        )
        names = ("4001", "4002", "4003")
        lots = [self.make_lot(name, product=implant, quantity=1, location=self.shelf_a) for name in names]
        picking = self.delivery(*lots)
        tags = [epc.to_hex(epc.from_elements([("01", gtin), ("21", name)], 7)) for name in (*names[:2], "9999")]
        app = self.env["med.scan.app"].with_user(self.picker)
        answer = app.rfid(picking.id, [*tags, tags[0], "3000"], "reading-1")
        self.assertEqual((answer["taken"], answer["left"]), (2, 1))
        self.assertEqual([wrong["epc"] for wrong in answer["wrong"]], [tags[2], "3000"])
        self.assertIn("9999", answer["wrong"][0]["message"])
        self.assertEqual(app.rfid(picking.id, list(reversed(tags)), "reading-1")["taken"], 2)
        self.assertEqual(len(picking.move_line_ids.filtered("picked")), 2)
        self.assertEqual(set(picking.med_scan_event_ids.mapped("entry")), {"rfid"})
        for nonsense in ("3034", [1], ["x"] * 501):
            with self.assertRaises(ValidationError):
                app.rfid(picking.id, nonsense, "reading-2")
