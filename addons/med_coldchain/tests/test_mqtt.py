import json

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ColdCase

LOG = "odoo.addons.med_coldchain.models.med_temperature_sensor"


@tagged("post_install", "-at_install")
class TestMqtt(ColdCase):
    def setUp(self):
        super().setUp()
        self.key = self.device._make_key()

    def message(self, rows, key=None, topic="med_coldchain/GW-1"):
        readings = {"S-1": [[row.at, row.milli / 1000] for row in rows]}
        return topic, json.dumps({"key": key or self.key, "readings": readings}).encode()

    def take(self, *messages):
        return self.env["med.temperature.device"]._take_messages(messages)

    def test_messages_are_stored_and_judged_and_count_once(self):
        first, second = self.message(self.course(5, 9, 9)), self.message(self.course(9, 9.5, start=900))
        self.assertEqual(self.take(first, second)["accepted"], 5)
        self.assertEqual(self.excursions(), [("high", 300, False, "open")])
        # the broker sends again what was stored but not acknowledged
        self.assertEqual(self.take(first, second)["duplicates"], 5)
        self.assertEqual(len(self.stored()), 5)

    def test_a_bad_message_is_said_and_holds_nothing_up(self):
        good = self.message(self.course(5))
        for bad in ((good[0], b"\xff{"), (good[0], b"[]"), (good[0], b"{}"), (good[0], b'{"key": 5, "readings": {}}')):
            with self.subTest(bad), self.assertLogs(LOG, "WARNING"):
                self.take(bad, good)
        self.assertEqual(self.stored(), self.course(5))

    @mute_logger(LOG)
    def test_the_key_belongs_to_the_transmitter_of_the_topic(self):
        self.env["med.temperature.device"].create({"name": "Other", "serial": "GW-2"})
        self.take(self.message(self.course(5), topic="med_coldchain/GW-2"))
        self.take(self.message(self.course(5), key="guessed"))
        self.device.active = False
        self.take(self.message(self.course(5)))
        self.assertEqual(self.stored(), [])
