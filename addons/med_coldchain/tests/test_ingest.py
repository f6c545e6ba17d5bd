import json
import random
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from ..lib import judgement
from ..lib.judgement import State
from ..lib.readings import to_instant, to_seconds
from .common import ColdCase


@tagged("post_install", "-at_install")
class TestIngest(ColdCase):
    def test_an_excursion_opens_goes_on_and_ends(self):
        self.assertEqual(self.send(self.course(5, 9, 9, 9))["accepted"], 4)
        self.assertEqual(self.excursions(), [], "ten minutes are shorter than the delay")
        self.send(self.course(9.5, 9, start=1200))
        self.assertEqual(self.excursions(), [("high", 300, False, "open")])
        excursion = self.env["med.temperature.excursion"].search([("sensor_id", "=", self.sensor.id)])
        self.assertEqual(self.since(excursion.alarm_at), 1200)
        self.assertTrue(excursion.raised_at)
        self.send(self.course(6, 5, start=1800))
        self.assertEqual(self.excursions(), [("high", 300, 1800, "ended")])
        self.assertEqual((excursion.minutes, excursion.extreme, excursion.terms["high"]), (25, 9.5, 8000))
        kinds = self.env["med.evidence.event"].search([("res_model", "=", excursion._name)]).mapped("kind")
        self.assertEqual(sorted(kinds), ["excursion.ended", "excursion.opened"])

    def test_what_comes_twice_counts_once(self):
        rows = self.course(5, 5.1, 5.2)
        self.send(rows)
        answer = self.send(rows + self.course(5.3, start=900))
        self.assertEqual(answer, {"accepted": 1, "duplicates": 3, "conflicts": 0, "refused": []})
        self.assertEqual(self.stored(), self.course(5, 5.1, 5.2, 5.3))
        answer = self.send(self.course(7, 7, start=900) * 2)
        self.assertEqual((answer["accepted"], answer["duplicates"], answer["conflicts"]), (1, 2, 1))
        self.assertEqual(self.stored()[-2].milli, 5300, "the first one stays")

    def test_late_readings_change_what_was_judged(self):
        self.send(self.course(5, 9, start=0, step=1800) + self.course(9, 5, start=3600, step=1800))
        self.assertEqual(self.excursions(), [("high", 1800, 5400, "ended")])
        # the logger of the same sensor shows that it was in range in between
        self.send(self.course(5, start=2400))
        self.send(self.course(5, start=4200))
        self.assertEqual(self.excursions(), [("high", 1800, 5400, "withdrawn"), ("high", 3600, 5400, "withdrawn")])
        kinds = self.env["med.evidence.event"].search([("res_model", "=", "med.temperature.excursion")]).mapped("kind")
        self.assertIn("excursion.withdrawn", kinds)

    def test_any_order_gives_the_judgement_of_the_whole_series(self):
        rng = random.Random(9)
        for round_ in range(4):
            sensor = self.sensor.copy({"serial": f"R-{round_}"})
            at, whole = 0, []
            for _i in range(150):
                at += rng.choice([60, 300, 300, 300, 900, 4000, 30_000])
                whole += self.course(rng.choice([5, 5, 5, 9, 9, 9, 1, -1, None]), start=at - 4 * 86_400 * 30)
            arriving = whole + rng.sample(whole, 20)
            rng.shuffle(arriving)
            while arriving:
                size = rng.randint(1, 60)
                self.send(arriving[:size], sensor)
                arriving = arriving[size:]
            self.assertEqual(self.stored(sensor), whole)
            judged = judgement.fold(State(), whole, self.profile._terms())
            wanted = [
                (s.kind, s.start, s.end, s.seconds // 60, s.unknown // 60) for s in (*judged.closed, *judged.open)
            ]
            found = self.env["med.temperature.excursion"].search(
                [("sensor_id", "=", sensor.id), ("state", "!=", "withdrawn")]
            )
            self.assertEqual(
                sorted(
                    (e.kind, to_seconds(e.start), (e.end and to_seconds(e.end)) or None, e.minutes, e.unknown_minutes)
                    for e in found
                ),
                sorted(wanted, key=lambda row: row[:2]),
            )
            self.assertEqual(sensor._states()[sensor.id].dump(), judged.state.dump())

    def test_a_new_month_gets_its_partition(self):
        before = self.base - 40 * 86_400
        self.send([(before, 5000), (self.base, 5000)])
        self.env.cr.execute(
            "SELECT count(DISTINCT tableoid) FROM med_temperature_reading WHERE sensor_id = %s", [self.sensor.id]
        )
        self.assertEqual(self.env.cr.fetchone()[0], 2)

    def test_the_cost_does_not_grow_with_history(self):
        self.send(self.course(*[5] * 2000))
        self.env.flush_all()
        with self.assertQueryCount(8):
            self.send(self.course(5, start=2000 * 300))
        with self.assertQueryCount(8):
            self.send(self.course(*[5] * 500, start=2001 * 300, step=60))

    def test_silence_is_an_excursion_that_the_next_reading_ends(self):
        self.send(self.course(5, 5))
        watch = self.env["med.temperature.excursion"]._cron_watch
        watch()
        self.assertEqual(self.excursions(), [("gap", 300, False, "open")])
        watch()
        self.assertEqual(len(self.excursions()), 1)
        self.assertEqual(self.sensor.status, "silent")
        self.send(self.course(4, start=90_000))
        self.assertEqual(self.excursions(), [("gap", 300, 90_000, "ended")])

    def test_late_readings_before_a_silence_do_not_end_it(self):
        self.send(self.course(5, 5))
        self.env["med.temperature.excursion"]._cron_watch()
        self.send(self.course(6, start=100))
        self.assertEqual(self.excursions(), [("gap", 300, False, "open")])

    def test_the_excursion_of_a_replaced_sensor_can_be_ended_with_its_gap(self):
        self.send(self.course(5, *[9] * 6))
        excursion = self.env["med.temperature.excursion"].search([("sensor_id", "=", self.sensor.id)])
        excursion = excursion.with_user(self.quality)
        excursion.comment = "Sensor replaced by S-2"
        with self.assertRaisesRegex(UserError, "Archive the sensor first"):
            excursion.action_close_without_sensor()
        self.sensor.active = False
        excursion.action_close_without_sensor()
        self.assertEqual(excursion.state, "ended")
        self.assertGreater(excursion.unknown_minutes, 24 * 60)

    def test_only_who_may_acknowledges_and_says_what_was_done(self):
        self.send(self.course(5, *[9] * 6))
        excursion = self.env["med.temperature.excursion"].search([("sensor_id", "=", self.sensor.id)])
        with self.assertRaisesRegex(UserError, "Only quality or a supervisor"):
            excursion.with_user(self.picker).action_acknowledge()
        self.assertFalse(excursion.acknowledged_at)
        with self.assertRaisesRegex(UserError, "what was done at once"):
            excursion.with_user(self.quality).action_acknowledge()
        excursion.with_user(self.quality).comment = "Moved to room 2"
        excursion.with_user(self.quality).action_acknowledge()
        self.assertEqual(excursion.acknowledged_by, self.quality)

    def test_nobody_writes_what_readings_show(self):
        self.send(self.course(5, *[9] * 6))
        excursion = self.env["med.temperature.excursion"].search([("sensor_id", "=", self.sensor.id)])
        for values in ({"end": fields.Datetime.now()}, {"state": "assessed"}, {"extreme": 5}, {"lot_ids": [(5,)]}):
            with self.assertRaisesRegex(UserError, "not changed by hand"):
                excursion.write(values)
        with self.assertRaisesRegex(UserError, "by hand"):
            excursion.copy()
        with self.assertRaisesRegex(UserError, "kept"):
            excursion.unlink()
        with self.assertRaisesRegex(UserError, "stays with its readings"):
            self.sensor.unlink()

    def test_a_curve_keeps_its_extremes_however_few_points_it_has(self):
        values = [5 + (i % 7) / 10 for i in range(3000)]
        values[1234] = 7.9
        self.send(self.course(*values, step=60))
        for span, points in ((3000 * 60, 100), (3000 * 60, 10), (3000 * 60, 10_000)):
            curve = self.readings._curve(self.sensor, self.base, self.base + span, points)
            self.assertEqual(max(row[2] for row in curve), 7.9)
            self.assertLessEqual(len(curve), points + 2)
        raw = self.readings._curve(self.sensor, self.base, self.base + 30 * 86_400, 100)
        self.readings._sum_up(self.sensor)
        summed = self.readings._curve(self.sensor, self.base, self.base + 30 * 86_400, 100)
        self.assertEqual(
            (min(row[1] for row in raw), max(row[2] for row in raw)),
            (min(row[1] for row in summed), max(row[2] for row in summed)),
        )
        # what comes late is in the hours as well
        self.send(self.course(1.5, start=1234 * 60 + 30))
        self.readings._sum_up(self.sensor)
        summed = self.readings._curve(self.sensor, self.base, self.base + 30 * 86_400, 100)
        self.assertEqual(min(row[1] for row in summed), 1.5)

    def test_a_profile_makes_terms(self):
        terms = self.profile._terms()
        self.assertEqual((terms.low, terms.high, terms.high_delay, terms.freeze, terms.gap), (2000, 8000, 900, 0, 3600))
        ready = self.env.ref("med_coldchain.profile_2_8")
        self.assertTrue(ready._holds(ready))
        self.assertFalse(ready._holds(self.env.ref("med_coldchain.profile_15_25")))
        self.assertTrue(self.env.ref("med_coldchain.profile_max_25")._holds(ready))

    def test_the_profile_follows_the_label(self):
        condition = self.env.ref("med_master_data.storage_2_8")
        product = self.env["product.template"].create({"name": "Kit", "med_storage_condition_id": condition.id})
        self.assertEqual(product.med_storage_profile_id, self.env.ref("med_coldchain.profile_2_8"))

    def test_an_expired_or_unseasonal_qualification_does_not_count(self):
        day = fields.Date.to_date("2026-07-01")
        self.assertEqual(self.room._med_unqualified(day), ["calibration", "verification"])
        qualification = self.env["med.equipment.qualification"]
        common = {"equipment_id": self.room.id, "done_on": "2026-01-01", "valid_to": "2026-12-31"}
        qualification.create(
            [{**common, "kind": "calibration"}, {**common, "kind": "verification", "season": "winter"}]
        )
        self.assertEqual(self.room._med_unqualified(day), ["verification"])
        qualification.create({**common, "kind": "verification", "season": "summer"})
        self.assertEqual(self.room._med_unqualified(day), [])
        self.assertEqual(self.room._med_unqualified(day + timedelta(days=365)), ["calibration", "verification"])


@tagged("post_install", "-at_install")
class TestHttp(HttpCase, ColdCase):
    def post(self, body, key=None):
        headers = {"Authorization": f"Bearer {key or self.key}", "Content-Type": "application/json"}
        data = body if isinstance(body, str) else json.dumps(body)
        response = self.url_open("/med_coldchain/readings", data=data, headers=headers)
        return response.status_code, response.json()

    def setUp(self):
        super().setUp()
        self.key = self.device._make_key()

    def test_a_device_sends_and_is_answered(self):
        rows = [[self.base + i * 60, 5.1] for i in range(10)] + [[self.base + 600, None], [self.base + 660, -127]]
        status, answer = self.post({"readings": {"S-1": rows}})
        self.assertEqual((status, answer), (200, {"accepted": 12, "duplicates": 0, "conflicts": 0, "refused": []}))
        status, answer = self.post({"readings": {"S-1/1": rows}})
        self.assertEqual((answer["accepted"], answer["duplicates"]), (0, 12))
        self.assertEqual([row.milli for row in self.stored()][-3:], [5100, None, None])

    def test_what_is_refused_is_named_and_the_rest_is_stored(self):
        other = self.sensor.copy({"serial": "S-2", "device_id": False})
        future = to_seconds(fields.Datetime.now()) + 3600
        status, answer = self.post(
            {"readings": {"S-1": [[self.base, 5], [future, 5], [5, 5], [self.base + 60, 900]], "S-2": [[self.base, 5]]}}
        )
        self.assertEqual((status, answer["accepted"]), (200, 1))
        self.assertEqual(
            sorted(row["code"] for row in answer["refused"]),
            ["sensor_unknown", "temperature_range", "time_future", "time_past"],
        )
        self.assertEqual(self.stored(other), [])

    def test_nobody_without_a_key_sends_anything(self):
        body = {"readings": {"S-1": [[self.base, 5]]}}
        self.assertEqual(self.post(body, "wrong")[0], 401)
        old, self.key = self.key, self.device._make_key()
        self.assertEqual(self.post(body, old)[0], 401)
        self.device.active = False
        self.assertEqual(self.post(body)[0], 401)
        self.assertEqual(self.stored(), [])

    def test_garbage_is_answered_and_stores_nothing(self):
        for body in (
            " ",
            "{",
            "[]",
            '{"readings": 5}',
            '{"readings": {"S-1": [[1, 2, 3]]}}',
            '{"readings": {"S-1": [["2026", 5]]}}',
            f'{{"readings": {{"S-1": [[{self.base}, NaN]]}}}}',
            f'{{"readings": {{"S-1": [[{self.base}, 1e999]]}}}}',
            f'{{"readings": {{"S-1": [[{self.base}, "5"]]}}}}',
        ):
            status, answer = self.post(body)
            self.assertEqual((status, answer["error"]), (400, "batch_odd"), body)
        self.assertEqual(self.stored(), [])

    def test_the_key_is_kept_nowhere(self):
        self.assertNotEqual(self.device.key_digest, self.key)
        self.assertNotIn("key_digest", self.env["med.temperature.device"].with_user(self.quality).fields_get())
        self.assertTrue(to_instant(self.base))
