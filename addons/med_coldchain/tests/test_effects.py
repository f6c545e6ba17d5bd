from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.med_outbound.tests.common import OutboundCase

from ..lib.readings import Reading, to_seconds

RULES = ("temperature_excursion", "storage_unsuitable", "cold_transport_incomplete")


class ColdGoodsCase(OutboundCase):
    """Released lots of a device of 2 to 8 degrees in a watched cold room."""

    rules_under_test = (*OutboundCase.rules_under_test, *RULES)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls.env.ref("med_coldchain.profile_2_8")
        cls.device.product_tmpl_id.med_storage_profile_id = cls.profile
        cls.hardy = cls._device("Bone screw", med_storage_profile_id=cls.env.ref("med_coldchain.profile_max_25").id)
        equipment = cls.env["maintenance.equipment"]
        common = {"company_id": cls.env.company.id, "med_profile_id": cls.profile.id}
        cls.room = equipment.create({"name": "Room", "med_kind": "room", "location_id": cls.stock.id, **common})
        cls.box = equipment.create({"name": "Box", "med_kind": "box", **common})
        cls.logger = equipment.create({"name": "Logger", "med_kind": "logger", **common})
        for tool, kind in ((cls.room, "calibration"), (cls.room, "verification"), (cls.box, "verification")):
            cls.qualify(tool, kind)
        cls.qualify(cls.logger, "calibration")
        sensor = cls.env["med.temperature.sensor"]
        cls.sensor = sensor.create({"name": "Door", "serial": "T-1", "equipment_id": cls.room.id})
        cls.probe = sensor.create({"name": "Probe", "serial": "T-2", "equipment_id": cls.logger.id})
        cls.alarmed = new_test_user(cls.env, "cold_alarmed", groups="med_master_data.group_med_supervisor")
        cls.env.company.med_alarm_user_ids = cls.alarmed | cls.quality
        cls.lot = cls.make_lot("COLD-1")
        cls.hardy_lot = cls.make_lot("HARDY-1", product=cls.hardy)
        cls.now = to_seconds(fields.Datetime.now())

    @classmethod
    def qualify(cls, equipment, kind, **values):
        today = fields.Date.today()
        return cls.env["med.equipment.qualification"].create(
            {
                "equipment_id": equipment.id,
                "kind": kind,
                "done_on": today - timedelta(days=30),
                "valid_to": today + timedelta(days=30),
                **values,
            }
        )

    def warm(self, *celsius, sensor=None, ago=3600, step=300):
        """Readings every five minutes, the first one ``ago`` seconds before now."""
        rows = [Reading(self.now - ago + i * step, round(1000 * c)) for i, c in enumerate(celsius)]
        self.env["med.temperature.reading"]._ingest({sensor or self.sensor: rows}, self.now)
        return self.env["med.temperature.excursion"].search([("sensor_id", "=", (sensor or self.sensor).id)])


@tagged("post_install", "-at_install")
class TestEffects(ColdGoodsCase):
    def test_an_excursion_holds_the_lots_that_do_not_bear_it_and_tells_people(self):
        open_delivery = self.make_delivery(self.lot)
        excursion = self.warm(5, 9, 9, 9, 9)
        self.assertEqual((self.lot.med_status, self.hardy_lot.med_status), ("on_hold", "released"))
        self.assertEqual(excursion.lot_ids, self.lot | self.hardy_lot)
        self.assertEqual(excursion.harmed_lot_ids, self.lot)
        self.assertFalse(open_delivery.move_line_ids, "it was taken off the open delivery")
        self.assertEqual(excursion.activity_ids.user_id, self.alarmed | self.quality)
        deviation = excursion.deviation_id
        self.assertEqual((deviation.source, deviation.lot_ids, deviation.severity), ("temperature", self.lot, "major"))
        kinds = self.env["med.evidence.event"].search([("res_model", "=", excursion._name)]).mapped("kind")
        self.assertIn("excursion.held", kinds)

    def test_a_company_may_decide_by_hand(self):
        self.env.company.med_excursion_hold = False
        excursion = self.warm(5, 9, 9, 9, 9)
        self.assertEqual((self.lot.med_status, excursion.harmed_lot_ids), ("released", self.lot))

    def test_when_it_grows_worse_more_lots_are_held(self):
        excursion = self.warm(5, 9, 9, 9, 9)
        self.warm(30, ago=2000)
        self.assertEqual(self.hardy_lot.med_status, "on_hold")
        self.assertEqual(excursion.harmed_lot_ids, self.lot | self.hardy_lot)
        self.assertEqual(len(excursion.deviation_id), 1)
        self.assertEqual(excursion.deviation_id.lot_ids, self.lot | self.hardy_lot)

    def test_silence_holds_nothing(self):
        self.warm(5, 5, ago=90_000)
        self.env["med.temperature.excursion"]._cron_watch()
        excursion = self.env["med.temperature.excursion"].search([("sensor_id", "=", self.sensor.id)])
        self.assertEqual((excursion.kind, bool(excursion.raised_at)), ("gap", True))
        self.assertEqual(self.lot.med_status, "released")

    def test_only_what_was_there_is_concerned(self):
        elsewhere = self.env["stock.location"].create(
            {"name": "Other", "usage": "internal", "location_id": self.warehouse.view_location_id.id}
        )
        away = self.make_lot("AWAY", location=elsewhere)
        excursion = self.warm(5, 9, 9, 9, 9)
        self.assertNotIn(away, excursion.lot_ids)
        # what left while it lasted was there
        start, end = fields.Datetime.now() - timedelta(hours=1), fields.Datetime.now() + timedelta(hours=1)
        self.gate_off()
        self.hardy_lot._med_set_status("released")
        picking = self.make_delivery(self.hardy_lot, quantity=10)
        self.validate(picking)
        self.assertIn(self.hardy_lot, self.room._med_lots_there(start, end))
        self.assertNotIn(self.hardy_lot, self.room._med_lots_there(end, end))
        # what came later was not
        before = fields.Datetime.now() - timedelta(hours=2)
        late = self.make_lot("LATE", quantity=0)
        move = self.env["stock.move"].create(
            {
                "product_id": self.device.id,
                "product_uom_qty": 1,
                "location_id": self.suppliers.id,
                "location_dest_id": self.stock.id,
            }
        )
        move._action_confirm()
        move.move_line_ids.write({"lot_id": late.id, "quantity": 1})
        move.picked = True
        move._action_done()
        self.assertNotIn(late, self.room._med_lots_there(before, before + timedelta(hours=1)))
        self.assertIn(late, self.room._med_lots_there(before, end))

    def test_what_nobody_acknowledges_is_escalated_once(self):
        company = self.env.company
        company.write({"med_alarm_escalate_minutes": 10, "med_alarm_escalate_user_id": self.reviewer.id})
        excursion = self.warm(5, 9, 9, 9, 9)
        self.env["med.temperature.excursion"]._escalate(company)
        self.assertFalse(excursion.escalated_at)
        self.env.cr.execute(
            "UPDATE med_temperature_excursion SET raised_at = raised_at - interval '11 minutes' WHERE id = %s",
            [excursion.id],
        )
        excursion.invalidate_recordset()
        for _i in range(2):
            self.env["med.temperature.excursion"]._escalate(company)
        self.assertEqual(len(excursion.activity_ids.filtered(lambda a: a.user_id == self.reviewer)), 1)

    def test_alarms_reach_the_bus(self):
        before = self.env["bus.bus"].sudo().search([], order="id desc", limit=1).id
        self.warm(5, 9, 9, 9, 9)
        self.env.cr.precommit.run()
        sent = self.env["bus.bus"].sudo().search([("id", ">", before), ("message", "like", "med_coldchain.alarm")])
        self.assertEqual(len(sent), 2)

    def test_quality_assesses_by_signature_and_the_manufacturers_answer(self):
        excursion = self.warm(5, 9, 9, 9, 9, 5)
        self.assertEqual(excursion.state, "ended")
        mine = excursion.with_user(self.quality)
        with self.assertRaisesRegex(UserError, "choose what becomes"):
            mine._sign("assess", self.credential)
        mine.write({"disposition": "use", "disposition_reason": "Stability data"})
        with self.assertRaisesRegex(UserError, "manufacturer's answer"):
            mine._sign("assess", self.credential)
        mine.answer_ids = [Command.create({"name": "answer.pdf", "raw": b"fine", "res_model": excursion._name})]
        with self.assertRaisesRegex(UserError, "Only quality"):
            excursion.with_user(self.alarmed)._sign("assess", self.credential)
        mine._sign("assess", self.credential)
        self.assertEqual(excursion.state, "assessed")
        with self.assertRaisesRegex(UserError, "cannot change"):
            mine.disposition = "reject"


@tagged("post_install", "-at_install")
class TestColdGate(ColdGoodsCase):
    def setUp(self):
        super().setUp()
        self.gate_off("review_missing")

    def test_goods_that_were_out_of_range_do_not_leave(self):
        delivery = self.make_delivery(self.lot)
        self.env.company.med_excursion_hold = False
        self.warm(5, 9, 9, 9, 9)
        with self.assertRefused("temperature_excursion") as refused:
            self.validate(delivery)
        self.assertIn("Room is out of range now", refused.exception.args[0])
        self.warm(5, ago=1800)
        with self.assertRefused("temperature_excursion") as refused:
            self.validate(delivery)
        self.assertIn("quality has not assessed it", refused.exception.args[0])
        excursion = self.env["med.temperature.excursion"].search([("sensor_id", "=", self.sensor.id)])
        mine = excursion.with_user(self.quality)
        mine.write({"disposition": "none", "disposition_reason": "Air only"})
        mine._sign("assess", self.credential)
        self.validate(delivery)
        self.assertEqual(delivery.state, "done")

    def test_goods_without_a_profile_ask_for_nothing(self):
        self.env.company.med_cold_duty = True
        plain = self.make_lot("PLAIN", product=self._device("Drill"))
        self.warm(5, 9, 9, 9, 9)
        delivery = self.make_delivery(plain)
        self.validate(delivery)
        self.assertEqual(delivery.state, "done")

    def test_cold_goods_leave_with_a_box_a_logger_and_a_temperature(self):
        self.env.company.med_cold_duty = True
        delivery = self.make_delivery(self.lot)
        self.assertTrue(delivery.med_is_cold)
        with self.assertRefused("cold_transport_incomplete") as refused:
            self.validate(delivery)
        self.assertIn("no vehicle and no box", refused.exception.args[0])
        action = delivery.with_user(self.picker).action_med_cold_transport()
        way = self.env["med.cold.transport"].browse(action["res_id"]).with_user(self.picker)
        way.box_id = self.box
        with self.assertRefused("cold_transport_incomplete") as refused:
            self.validate(delivery)
        self.assertIn("no logger", refused.exception.args[0])
        way.logger_id = self.logger
        way.write({"departure_at": fields.Datetime.now(), "has_departure": True, "departure_temp": 9})
        with self.assertRefused("cold_transport_incomplete") as refused:
            self.validate(delivery)
        self.assertIn("9.0 °C", refused.exception.args[0])
        way.departure_temp = 5
        self.box.med_qualification_ids.write({"valid_to": fields.Date.today() - timedelta(days=2)})
        with self.assertRefused("cold_transport_incomplete") as refused:
            self.validate(delivery)
        self.assertIn("Box is missing or has ended", refused.exception.args[0])
        self.box.med_qualification_ids.write({"valid_to": fields.Date.today() + timedelta(days=2)})
        self.validate(delivery)
        self.assertEqual(delivery.state, "done")

    def test_cold_goods_lie_only_where_it_is_cold(self):
        warm_place = self.env["stock.location"].create(
            {"name": "Shelf", "usage": "internal", "location_id": self.warehouse.view_location_id.id}
        )
        shelf = self.env["maintenance.equipment"].create(
            {
                "name": "Hall",
                "med_kind": "room",
                "location_id": warm_place.id,
                "company_id": self.env.company.id,
                "med_profile_id": self.env.ref("med_coldchain.profile_15_25").id,
            }
        )
        move = self.make_delivery(
            self.lot, picking_type=self.warehouse.int_type_id, destination=warm_place, partner=self.env["res.partner"]
        )
        with self.assertRefused("storage_unsuitable") as refused:
            self.validate(move)
        self.assertIn("Hall is kept at another temperature", refused.exception.args[0])
        shelf.med_profile_id = self.profile
        self.validate(move)
        self.assertEqual(move.state, "done")

    def test_facts_cost_no_query_of_their_own(self):
        lots = [self.make_lot(f"Q-{i}") for i in range(20)]
        one, many = self.make_delivery(self.lot), self.make_delivery(*lots)
        counts = []
        for delivery in (one, one, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["med.gate"].judge(delivery.move_line_ids.ids, "ship")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install")
class TestTransport(ColdGoodsCase):
    def travel(self, *celsius, ago=3600):
        """A delivery that left an hour ago with the logger, which measured this every five minutes."""
        self.gate_off("review_missing")
        delivery = self.make_delivery(self.lot)
        way = self.env["med.cold.transport"].create(
            {
                "picking_id": delivery.id,
                "box_id": self.box.id,
                "logger_id": self.logger.id,
                "has_departure": True,
                "departure_temp": 5,
                "departure_at": fields.Datetime.now() - timedelta(seconds=ago),
            }
        )
        self.validate(delivery)
        self.warm(*celsius, sensor=self.probe, ago=ago)
        return way.with_user(self.picker)

    def test_a_complete_course_is_accepted_by_signature(self):
        way = self.travel(*[5] * 12)
        with self.assertRaisesRegex(UserError, "when it arrived"):
            way._sign("accept", self.credential)
        way.write({"arrival_at": fields.Datetime.now(), "has_arrival": True, "arrival_temp": 6})
        self.assertEqual((way.is_complete, way.unknown_minutes, way.lowest, way.highest), (True, 0, 5, 5))
        self.assertAlmostEqual(way.mkt, 5, 2)
        way._sign("accept", self.credential)
        self.assertEqual(way.state, "accepted")
        with self.assertRaisesRegex(UserError, "cannot change"):
            way.arrival_temp = 5

    def test_missing_data_are_not_accepted_in_silence(self):
        way = self.travel()
        way.write({"arrival_at": fields.Datetime.now(), "has_arrival": True, "arrival_temp": 6})
        self.assertEqual((way.is_complete, way.unknown_minutes), (False, 60))
        with self.assertRaisesRegex(UserError, "60 minutes without a reading"):
            way._sign("accept", self.credential)
        way.remark = "Logger lost; ten minutes by foot"
        way._sign("accept", self.credential)
        self.assertEqual(way.state, "accepted")

    def test_out_of_range_on_the_road_is_refused_or_assessed_first(self):
        way = self.travel(5, 5, *[12] * 8, 6, 5)
        way.write({"arrival_at": fields.Datetime.now(), "has_arrival": True, "arrival_temp": 6})
        self.assertEqual(way.excursion_ids.mapped("kind"), ["high"])
        with self.assertRaisesRegex(UserError, "assesses the excursion first"):
            way._sign("accept", self.credential)
        with self.assertRaisesRegex(UserError, "why it is refused"):
            way._sign("refuse", self.credential)
        way.remark = "Twelve degrees for forty minutes"
        way._sign("refuse", self.credential)
        self.assertEqual((way.state, way.deviation_id.lot_ids), ("refused", self.lot))

    def test_nobody_accepts_without_signing(self):
        way = self.travel(5, 5)
        with self.assertRaisesRegex(UserError, "by signature only"):
            way.state = "accepted"
        with self.assertRaisesRegex(UserError, "it is kept"):
            way.sudo().unlink()
