"""``odoo med_mqtt``: readings from an MQTT broker into the same judgement as those over HTTP."""

import argparse
import importlib
import os
import signal
import sys

from odoo import SUPERUSER_ID, api
from odoo.cli import Command
from odoo.modules.registry import Registry
from odoo.tools import config


class MedMqtt(Command):
    """Take temperature readings from an MQTT broker (QoS 1), acknowledged when they are stored."""

    name = "med_mqtt"

    def run(self, args):
        parser = argparse.ArgumentParser(prog=self.prog, description=self.__doc__)
        parser.add_argument("--broker", default="127.0.0.1:1883", help="host:port of the broker")
        parser.add_argument(
            "--topic", default="med_coldchain/+", help="the last level is the transmitter's serial number"
        )
        parser.add_argument("--client-id", default="med_coldchain", help="the broker keeps the session of this name")
        parser.add_argument("--tls", action="store_true", help="with the system's certificates")
        parser.add_argument("--user", help="user at the broker; the password stands in MED_MQTT_PASSWORD")
        options, rest = parser.parse_known_args(args)
        config.parse_config(rest, setup_logging=True)
        if len(config["db_name"]) != 1:
            sys.exit("Name one database, with -d or db_name in the configuration.")
        registry = Registry(config["db_name"][0])
        # Odoo loads this file as odoo.cli.med_mqtt: nothing is relative to it, and the addon comes with the registry
        bridge_module = importlib.import_module("odoo.addons.med_coldchain.bridge.mqtt")

        def store(messages):
            registry.check_signaling()
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["med.temperature.device"]._take_messages((m.topic, m.payload) for m in messages)

        client = bridge_module.make_client(options.client_id)
        if options.tls:
            client.tls_set()
        if options.user:
            client.username_pw_set(options.user, os.environ.get("MED_MQTT_PASSWORD"))
        bridge = bridge_module.Bridge(client, options.topic, store)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: setattr(bridge, "running", False))
        host, _colon, port = options.broker.rpartition(":")
        bridge.run(host, int(port))
