import hashlib
from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..lib import mkt
from ..lib import readings as readings_lib
from ..lib.errors import Refusal
from ..lib.parse import parse
from ..lib.readings import to_instant, to_seconds


class MedLoggerFile(models.Model):
    """A file read out of a logger: kept as it came, with its hash, and what was in it."""

    _name = "med.logger.file"
    _inherit = ["mail.thread"]
    _description = "Logger file"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("File", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    attachment_id = fields.Many2one("ir.attachment", "Original", readonly=True, ondelete="restrict")
    sha256 = fields.Char("SHA-256", readonly=True, required=True)
    kind = fields.Selection(
        [
            ("fridge_tag", "Fridge-tag (days)"),
            ("q_tag", "Q-tag"),
            ("hobo", "HOBO"),
            ("geoprecision", "Geoprecision"),
            ("columns", "Table"),
        ],
        "Format",
        readonly=True,
        required=True,
    )
    device = fields.Char(readonly=True)
    serial = fields.Char("Serial number", readonly=True, index=True)
    sensor_ids = fields.Many2many("med.temperature.sensor", string="Sensors", readonly=True)
    started = fields.Datetime("First reading", readonly=True)
    read_out = fields.Datetime("Last reading", readonly=True)
    zone = fields.Char("Time zone", readonly=True, help="In which the clock of the logger ran.")
    count = fields.Integer("Readings", readonly=True)
    accepted = fields.Integer("New", readonly=True)
    duplicates = fields.Integer("Known already", readonly=True)
    conflicts = fields.Integer("Differ from known ones", readonly=True, help="The reading that came first stays.")
    printed_mkt = fields.Float("Mean kinetic temperature by the logger (°C)", digits=(6, 2), readonly=True)
    computed_mkt = fields.Float("Mean kinetic temperature, computed (°C)", digits=(6, 2), readonly=True)
    note = fields.Text("Remarks", readonly=True)
    day_ids = fields.One2many("med.logger.day", "file_id", "Days", readonly=True)

    _sha_uniq = models.UniqueIndex("(company_id, sha256)", "This file was imported already.")

    @api.model
    def _import(self, name, content, zone=None, clock="steady", columns=None, equipment=None):
        """Read a logger's file, keep it, store its readings and judge them: all of it or nothing.

        :param bytes content: the file as it is
        :param str zone: name of the time zone in which the logger's clock was set, for files that name none
        :param str clock: ``steady`` when nobody changed the clock in spring and autumn, ``wall`` when a program did
        :param columns: ``lib.columns.Columns`` of an unknown table
        :param equipment: what the file is to be of; refused when the sensor belongs to another
        :return: the new record
        :raises UserError: damaged, of an unknown or of another device, imported already, or without time zone
        """
        message = self.env["med.message"]
        digest = hashlib.sha256(content).hexdigest()
        known = self.search([("sha256", "=", digest), ("company_id", "=", self.env.company.id)], limit=1)
        if known:
            raise UserError(
                self.env._(
                    "This file was imported already on %(date)s, as %(name)s.",
                    date=format_datetime(self.env, known.create_date),
                    name=known.name,
                )
            )
        try:
            read = parse(content, columns)
            tzinfo = self._zone(read, zone)
            channels = [getattr(readings_lib, clock)(channel.readings, tzinfo) for channel in read.channels]
        except Refusal as refusal:
            raise UserError(message._text(refusal.problem)) from None
        sensors = self._sensors(read, equipment)
        batches = dict(zip(sensors, channels, strict=True))
        answer = self.env["med.temperature.reading"].sudo()._ingest(batches, to_seconds(fields.Datetime.now()))
        if answer["refused"]:
            first = answer["refused"][0]
            raise UserError(
                self.env._(
                    "%(time)s: %(why)s Nothing was imported.",
                    time=format_datetime(self.env, to_instant(first["at"])),
                    why=message._sentences()[first["code"]],
                )
            )
        # sudo: readings and files are written by import alone; who may import was checked by the wizard
        attachment = self.env["ir.attachment"].sudo().create({"name": name, "raw": content, "mimetype": "text/plain"})
        times = [reading.at for channel in channels for reading in channel]
        record = self.sudo().create(
            {
                "name": name,
                "company_id": self.env.company.id,
                "attachment_id": attachment.id,
                "sha256": digest,
                "kind": read.kind,
                "device": read.device,
                "serial": read.serial,
                "sensor_ids": [(6, 0, [sensor.id for sensor in sensors])],
                "started": to_instant(min(times)) if times else self._instant(read.started, tzinfo),
                "read_out": to_instant(max(times)) if times else self._instant(read.read_out, tzinfo),
                "zone": str(tzinfo),
                "count": read.count,
                **{key: answer[key] for key in ("accepted", "duplicates", "conflicts")},
                "printed_mkt": (read.printed.mkt or 0) / 1000,
                "computed_mkt": self._mkt(channels, read),
                "note": "\n".join(message._text(problem) for problem in read.problems),
                "day_ids": [(0, 0, self._day_vals(day)) for day in read.days],
            }
        )
        attachment.write({"res_model": self._name, "res_id": record.id})
        self.env["med.evidence.event"]._record(
            "logger.imported",
            [
                {
                    "record": record,
                    "body": {
                        "serial": read.serial,
                        "sha256": digest,
                        "readings": read.count,
                        **{key: answer[key] for key in ("accepted", "duplicates", "conflicts")},
                    },
                }
            ],
        )
        return record.sudo(False)

    @api.model
    def _zone(self, read, zone):
        if read.offset_minutes is not None:
            return timezone(timedelta(minutes=read.offset_minutes))
        if not zone:
            raise UserError(
                self.env._("The file does not say in which time zone the clock of the logger ran. Choose it.")
            )
        return ZoneInfo(zone)

    @api.model
    def _instant(self, local, tzinfo):
        return local and local.replace(tzinfo=tzinfo).astimezone(timezone.utc).replace(tzinfo=None)

    @api.model
    def _sensors(self, read, equipment):
        """The sensor of each channel, in their order."""
        names = [channel.name for channel in read.channels] or ["1"]
        found = self.env["med.temperature.sensor"].search(
            [("serial", "=", read.serial), ("company_id", "=", self.env.company.id)]
        )
        if not found:
            raise UserError(
                self.env._(
                    "The file is of the logger %(serial)s (%(device)s), which nobody has registered. Register its"
                    " sensor first, or take the file of the right logger.",
                    serial=read.serial or "?",
                    device=read.device or "?",
                )
            )
        sensors = []
        for name in names:
            sensor = found.filtered(lambda sensor, name=name: sensor.channel == name)
            if not sensor:
                raise UserError(
                    self.env._(
                        "Logger %(serial)s: channel %(channel)s is not registered as a sensor. Register it first.",
                        serial=read.serial,
                        channel=name,
                    )
                )
            sensors.append(sensor)
        other = found.equipment_id - equipment if equipment else None
        if other:
            raise UserError(
                self.env._(
                    "The file is of the logger %(serial)s, which belongs to %(other)s and not to %(equipment)s.",
                    serial=read.serial,
                    other=other[0].name,
                    equipment=equipment.name,
                )
            )
        return sensors if read.channels else []

    @api.model
    def _mkt(self, channels, read):
        rows = [reading.milli / 1000 for channel in channels for reading in channel if reading.milli is not None]
        energy = float(read.printed.mkt_energy or 0) or mkt.ENERGY
        return mkt.mean_kinetic(rows, energy=energy) if rows else 0.0

    @api.model
    def _day_vals(self, day):
        return {
            "day": day.day,
            "lowest": (day.minimum or 0) / 1000,
            "highest": (day.maximum or 0) / 1000,
            "average": (day.average or 0) / 1000,
            "is_measured": day.minimum is not None and day.maximum is not None,
            "minutes_out": sum(out.minutes for out in day.out),
            "alarm_at": ", ".join(out.alarm_at for out in day.out if out.alarm_at),
            "failed_minutes": day.failed_minutes,
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A logger file is evidence; it is kept."))


class MedLoggerDay(models.Model):
    """One day as a logger that keeps days tells it; times by the logger's clock."""

    _name = "med.logger.day"
    _description = "Day of a logger"
    _order = "day desc, id"

    file_id = fields.Many2one("med.logger.file", "File", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="file_id.company_id", store=True)
    day = fields.Date(required=True, readonly=True)
    is_measured = fields.Boolean("Measured", readonly=True)
    lowest = fields.Float("Lowest (°C)", digits=(6, 1), readonly=True, aggregator="min")
    highest = fields.Float("Highest (°C)", digits=(6, 1), readonly=True, aggregator="max")
    average = fields.Float("Average (°C)", digits=(6, 1), readonly=True, aggregator="avg")
    minutes_out = fields.Integer("Minutes outside", readonly=True)
    alarm_at = fields.Char("Alarm at", readonly=True)
    failed_minutes = fields.Integer("Minutes without sensor", readonly=True)
