import hashlib
import hmac
import json
import logging
import secrets
import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib.judgement import State
from ..lib.readings import COLDEST, FAILURES, HOTTEST, to_instant

_logger = logging.getLogger(__name__)

NUMBERS = frozenset((int, float, type(None)))


class MedTemperatureDevice(models.Model):
    """What sends readings over the network: a gateway, or a sensor with a modem. It has a key of its own."""

    _name = "med.temperature.device"
    _inherit = ["med.evidence.tracked"]
    _description = "Transmitter"
    _order = "name, id"
    _check_company_auto = True
    _evidence_fields = ("name", "serial", "active", "key_made_at")

    name = fields.Char(required=True)
    serial = fields.Char("Serial number", required=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    active = fields.Boolean(default=True, help="Readings of an archived transmitter are refused.")
    sensor_ids = fields.One2many("med.temperature.sensor", "device_id", "Sensors")
    # the key itself is shown once and kept nowhere
    key_digest = fields.Char(readonly=True, copy=False, groups="base.group_system")
    key_made_at = fields.Datetime("Key made at", readonly=True, copy=False)

    _serial_uniq = models.UniqueIndex("(company_id, serial)", "A transmitter with this serial number exists already.")
    _key_uniq = models.UniqueIndex("(key_digest) WHERE key_digest IS NOT NULL")

    def _make_key(self):
        """A new key for this one device; the old one is refused from now on."""
        self.ensure_one()
        self.check_access("write")
        key = secrets.token_urlsafe(32)
        # sudo: nobody reads digests; who may write the device may give it a key
        self.sudo().write({"key_digest": self._digest(key), "key_made_at": fields.Datetime.now()})
        return key

    def action_make_key(self):
        key = self._make_key()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Key of %(device)s: it is shown only now", device=self.name),
                "message": key,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _digest(self, key):
        # 256 random bits need no slow hash
        return hashlib.sha256(key.encode()).hexdigest()

    @api.model
    def _find_by_key(self, key):
        """The device with this key, empty when nobody has it.

        sudo: a device is no user; its key is what says who it is.
        """
        digest = self._digest(key)
        device = self.sudo().search([("key_digest", "=", digest)], limit=1)
        return device if device and hmac.compare_digest(device.key_digest, digest) else self.browse()

    def _batches(self, courses):
        """{sensor: [(at, milli)]} of this device; unknown sensors and impossible values are refused one by one."""
        sensor_model = self.env["med.temperature.sensor"]
        known = {}
        for sensor_id, serial, channel in sensor_model._of_device(self):
            known[f"{serial}/{channel}"] = sensor_id
            known.setdefault(serial, sensor_id)
        batches, refused = {}, []
        for name, rows in courses.items():
            if name not in known:
                refused.append({"sensor": name, "code": "sensor_unknown"})
                continue
            if not rows:
                continue
            times, values = (rows["at"], rows["celsius"]) if isinstance(rows, dict) else zip(*rows, strict=True)
            if set(map(type, times)) != {int}:
                raise TypeError(f"{name}: a time is a whole number of seconds")
            if not set(map(type, values)) <= NUMBERS:
                raise TypeError(f"{name}: a temperature is a number of degrees Celsius, or null")
            milli = [None if celsius is None else round(celsius * 1000) for celsius in values]
            course = list(zip(times, milli, strict=True))
            measured = [m for m in milli if m is not None] if None in values else milli
            if measured and (min(measured) < COLDEST or max(measured) > HOTTEST or not FAILURES.isdisjoint(measured)):
                course = self._possible(name, course, refused)
            batches.setdefault(sensor_model.browse(known[name]), []).extend(course)
        return batches, refused

    def _possible(self, name, course, refused):
        """Without temperatures that no sensor measures; what a broken sensor answers is no value."""
        kept = []
        for at, milli in course:
            if milli is not None and not COLDEST <= milli <= HOTTEST:
                refused.append({"sensor": name, "at": at, "code": "temperature_range"})
            else:
                kept.append((at, None if milli in FAILURES else milli))
        return kept

    @api.model
    def _take_messages(self, messages):
        """Store what the MQTT bridge received, (topic, payload) each, in the caller's transaction.

        The payload is that of HTTP with the transmitter's key in it; the topic ends with its serial number. What can
        never be read is said and passed over: sent again it would hold up all that comes after it.
        """
        batches = {}
        for topic, payload in messages:
            try:
                taken, refused = self._read_message(topic, payload)
            except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
                _logger.warning("MQTT message on %s is refused: %s", topic, str(error)[:200])
                continue
            if refused:
                _logger.warning("MQTT message on %s: %s readings are refused: %s", topic, len(refused), refused[:5])
            for sensor, course in taken.items():
                batches.setdefault(sensor, []).extend(course)
        answer = self.env["med.temperature.reading"]._ingest(batches, int(time.time()))
        if answer["refused"] or answer["conflicts"]:
            _logger.warning("MQTT: %s conflicts, refused: %s", answer["conflicts"], answer["refused"][:5])
        return answer

    @api.model
    def _read_message(self, topic, payload):
        content = json.loads(payload)
        device = self._find_by_key(content["key"])
        if not device or device.serial != topic.rpartition("/")[2]:
            raise ValueError("the key is not that of the transmitter in the topic")
        return device._batches(content["readings"])


class MedTemperatureSensor(models.Model):
    """Where a temperature is measured. Its readings are kept apart, see ``med.temperature.reading``."""

    _name = "med.temperature.sensor"
    _inherit = ["med.evidence.tracked"]
    _description = "Temperature sensor"
    _order = "equipment_id, name, id"
    _check_company_auto = True
    _evidence_fields = ("name", "serial", "equipment_id", "device_id", "position", "active")

    name = fields.Char(required=True)
    serial = fields.Char("Serial number", required=True, help="As the transmitter or the logger's file names it.")
    channel = fields.Char(default="1", required=True, help="Which of several probes.")
    equipment_id = fields.Many2one(
        "maintenance.equipment",
        "Equipment",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("med_kind", "!=", False)],
    )
    device_id = fields.Many2one(
        "med.temperature.device", "Sent by", index="btree_not_null", ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    position = fields.Char(help="Where in the room, by its verification.")
    active = fields.Boolean(default=True)
    last_at = fields.Datetime("Last reading", compute="_compute_last")
    last_temp = fields.Float("Temperature (°C)", compute="_compute_last", digits=(6, 1))
    status = fields.Selection(
        [
            ("none", "No reading yet"),
            ("good", "In range"),
            ("out", "Out of range"),
            ("silent", "Silent"),
            ("failed", "Failed"),
        ],
        compute="_compute_last",
    )

    _serial_uniq = models.UniqueIndex(
        "(company_id, serial, channel)", "A sensor with this serial number and channel exists already."
    )

    def init(self):
        self.env["med.temperature.reading"]._make_tables()

    @api.model
    def _of_device(self, device):
        """(id, serial number, channel) of the sensors of a transmitter, without archived ones."""
        self.flush_model(["serial", "channel", "device_id", "active"])
        return self.env.execute_query(
            SQL(
                "SELECT id, serial, channel FROM med_temperature_sensor WHERE device_id = %s AND active ORDER BY id",
                device.id,
            )
        )

    def _states(self):
        """{sensor id: lib.judgement.State} as stored."""
        rows = self.env.execute_query(
            SQL("SELECT sensor_id, data FROM med_temperature_state WHERE sensor_id = ANY(%s)", self.ids)
        )
        return {sensor_id: State.load(data) for sensor_id, data in rows}

    @api.depends("equipment_id.med_profile_id")
    def _compute_last(self):
        states = self._states()
        now = fields.Datetime.now()
        for sensor in self:
            state = states.get(sensor.id) or State()
            sensor.last_at = to_instant(state.last) if state.last is not None else False
            sensor.last_temp = (state.value or 0) / 1000
            sensor.status = sensor._status(state, now)

    def _status(self, state, now):
        if state.last is None:
            return "failed" if state.seen is not None else "none"
        if "failure" in state.open:
            return "failed"
        terms = self.equipment_id.med_profile_id._terms() if self.equipment_id.med_profile_id else None
        if terms is None:
            return "good"
        if (now - to_instant(state.last)).total_seconds() > terms.gap:
            return "silent"
        low, high = terms.inside
        return "good" if max(low, terms.unfrozen) <= state.value <= high else "out"

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A sensor stays with its readings. Archive it instead."))
