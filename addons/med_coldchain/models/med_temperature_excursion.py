import json
import logging
from dataclasses import asdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from psycopg2 import OperationalError

from ..lib.judgement import Judged, silence
from ..lib.readings import to_instant, to_seconds

_logger = logging.getLogger(__name__)

# Only the judgement writes what it found: a client can send any context, never this object.
JUDGE = object()
JUDGED = {"sensor_id", "kind", "start", "alarm_at", "end", "extreme", "minutes", "unknown_minutes", "state", "terms"}
KINDS = [
    ("high", "Too warm"),
    ("low", "Too cold"),
    ("freeze", "Frost"),
    ("rate", "Too fast a change"),
    ("cumulated", "Minutes outside, added up"),
    ("repeated", "Outside again and again"),
    ("gap", "No readings"),
    ("failure", "Sensor failed"),
]
SEVERITY = {"freeze": "critical", "gap": "minor", "failure": "minor", "rate": "minor"}


class MedTemperatureExcursion(models.Model):
    """One time outside of what a profile allows, from the reading that left the range to the one that came back.

    The judgement alone opens, continues and closes it; when late readings show that it was otherwise it is changed,
    or withdrawn, and both stay as evidence. What it means for the goods, quality decides by signature.
    """

    _name = "med.temperature.excursion"
    _inherit = ["mail.thread", "mail.activity.mixin", "med.signable"]
    _description = "Temperature excursion"
    _order = "start desc, id desc"
    _check_company_auto = True

    sensor_id = fields.Many2one(
        "med.temperature.sensor", "Sensor", required=True, readonly=True, index=True, ondelete="restrict"
    )
    equipment_id = fields.Many2one(
        "maintenance.equipment", "Equipment", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    start = fields.Datetime("Began", required=True, readonly=True)
    alarm_at = fields.Datetime(
        "Excursion since", readonly=True, help="When it had lasted as long as the profile bears."
    )
    end = fields.Datetime("Ended", readonly=True)
    extreme = fields.Float("Farthest outside (°C)", digits=(6, 1), readonly=True, aggregator=None)
    minutes = fields.Integer("Minutes", readonly=True)
    unknown_minutes = fields.Integer("Of which unknown", readonly=True, help="Minutes without a reading.")
    terms = fields.Json("Limits at that time", readonly=True)
    severity = fields.Selection(
        [("minor", "Minor"), ("major", "Major"), ("critical", "Critical")],
        required=True,
        readonly=True,
        default="major",
    )
    state = fields.Selection(
        [
            ("open", "Lasts"),
            ("ended", "Ended"),
            ("assessed", "Assessed"),
            ("withdrawn", "Withdrawn"),
        ],
        "Status",
        required=True,
        readonly=True,
        default="open",
        help="Withdrawn: readings that came late show that it was not so.",
    )
    raised_at = fields.Datetime("Alarm raised at", readonly=True, copy=False)
    acknowledged_at = fields.Datetime("Acknowledged at", readonly=True, copy=False)
    acknowledged_by = fields.Many2one("res.users", "Acknowledged by", readonly=True, copy=False)
    comment = fields.Text("What was done at once")
    lot_ids = fields.Many2many("stock.lot", string="Lots that were there", readonly=True, copy=False)
    harmed_lot_ids = fields.Many2many(
        "stock.lot",
        "med_temperature_excursion_harmed_rel",
        string="Lots that do not bear it",
        readonly=True,
        copy=False,
        help="By the storage profile of their products. Released ones were put on hold.",
    )
    deviation_id = fields.Many2one("med.deviation", "Deviation", readonly=True, copy=False, index="btree_not_null")
    disposition = fields.Selection(
        [
            ("none", "No effect on the goods"),
            ("use", "Goods may be used, by the manufacturer's answer"),
            ("reject", "Goods are not to be used"),
        ]
    )
    disposition_reason = fields.Text("Reason of the disposition")
    answer_ids = fields.Many2many("ir.attachment", string="Manufacturer's answer")

    _spell_uniq = models.UniqueIndex("(sensor_id, kind, start)")
    _open_idx = models.Index("(equipment_id) WHERE state IN ('open', 'ended')")

    @api.depends("equipment_id", "kind", "start")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for excursion in self:
            excursion.display_name = f"{excursion.equipment_id.name or ''} · {kinds.get(excursion.kind, '')}"

    # What the judgement found --------------------------------------------------------------

    @api.model
    def _follow(self, judged_by_sensor):
        """Make the excursions of these sensors what their judgement says, and raise alarms for new ones.

        :param dict judged_by_sensor: {sensor: lib.judgement.Judged}
        """
        # sudo: a device sends readings; what follows from them is the system's to write
        sensors = self.env["med.temperature.sensor"].browse([sensor.id for sensor in judged_by_sensor])
        known = {}
        excursions = self.sudo().search([("sensor_id", "in", sensors.ids), ("state", "=", "open")])
        for sensor, judged in judged_by_sensor.items():
            if judged.since is not None:
                excursions |= self.sudo().search(
                    [("sensor_id", "=", sensor.id), ("end", ">=", to_instant(max(judged.since, 0)))]
                )
            starts = [to_instant(spell.start) for spell in (*judged.closed, *judged.open)]
            excursions |= self.sudo().search([("sensor_id", "=", sensor.id), ("start", "in", starts)])
        for excursion in excursions:
            known[excursion.sensor_id.id, excursion.kind, to_seconds(excursion.start)] = excursion
        opened, events = [], []
        for sensor, judged in judged_by_sensor.items():
            for spell in (*judged.closed, *judged.open):
                excursion = known.pop((sensor.id, spell.kind, spell.start), None)
                values = self._values(sensor, spell)
                if excursion is None:
                    opened.append(values)
                else:
                    events += excursion._change(values)
        # what was there and is not said any more, was not so; what lasts by hand goes on
        for excursion in known.values():
            events += excursion._withdraw(judged_by_sensor)
        created = self.sudo().with_context(med_judge=JUDGE).create(opened)
        self.env["med.evidence.event"]._record(
            "excursion.opened", [{"record": excursion, "body": excursion._facts()} for excursion in created]
        )
        for kind in ("excursion.changed", "excursion.ended", "excursion.withdrawn"):
            self.env["med.evidence.event"]._record(kind, [entry for name, entry in events if name == kind])
        created._raise_safely()

    @api.model
    def _values(self, sensor, spell):
        profile = sensor.equipment_id.med_profile_id
        return {
            "sensor_id": sensor.id,
            "equipment_id": sensor.equipment_id.id,
            "company_id": sensor.company_id.id,
            "kind": spell.kind,
            "start": to_instant(spell.start),
            "alarm_at": to_instant(spell.alarm),
            "end": to_instant(spell.end) if spell.end is not None else False,
            "extreme": (spell.extreme or 0) / 1000,
            "minutes": spell.seconds // 60,
            "unknown_minutes": spell.unknown // 60,
            "terms": {
                "profile": profile.name,
                **asdict(self.env["med.temperature.reading"]._terms_of(sensor.equipment_id)),
            },
            "severity": SEVERITY.get(spell.kind, "major"),
            "state": "open" if spell.end is None else "ended",
        }

    def _facts(self):
        """Of this one excursion, for evidence: text and whole numbers only."""
        return {
            "kind": self.kind,
            "sensor": self.sensor_id.serial,
            "start": str(self.start),
            "end": str(self.end) if self.end else None,
            "extreme_milli": round(1000 * self.extreme),
            "minutes": self.minutes,
            "unknown_minutes": self.unknown_minutes,
        }

    def _change(self, values):
        """Write what differs; answers with the events about it."""
        self.ensure_one()
        values = {name: values[name] for name in ("alarm_at", "end", "extreme", "minutes", "unknown_minutes", "state")}
        if self.state == "assessed" and values["state"] == "ended":
            values["state"] = "assessed"
        before = self._facts()
        differs = {
            name: value
            for name, value in values.items()
            if (self[name] != value if name != "extreme" else round(1000 * self[name]) != round(1000 * value))
        }
        if not differs:
            return []
        ended = self.state == "open" and values["state"] == "ended"
        was_told = self.state != "open"
        self.with_context(med_judge=JUDGE).write(differs)
        if ended:
            return [("excursion.ended", {"record": self, "body": self._facts()})]
        if was_told:
            # readings that came late changed what had ended
            return [("excursion.changed", {"record": self, "body": {"old": before, "new": self._facts()}})]
        return []

    def _withdraw(self, judged_by_sensor):
        self.ensure_one()
        judged = judged_by_sensor.get(self.sensor_id)
        if self.state == "withdrawn" or judged is None or judged.since is None:
            return []
        if self.kind == "gap" and self.state == "open" and judged.state.last == to_seconds(self.start):
            return []  # the silence after the last reading: only the clock knows of it
        self.with_context(med_judge=JUDGE).write({"state": "withdrawn"})
        return [("excursion.withdrawn", {"record": self, "body": self._facts()})]

    def _raise_safely(self):
        """Raise alarms; what fails there loses no reading, and is tried again by the clock."""
        for excursion in self:
            try:
                with self.env.cr.savepoint():
                    excursion._raise_alarm()
            except OperationalError:
                # two at once: the whole request begins again
                raise
            except Exception:
                _logger.exception("Alarm of excursion %s failed; it is raised again by the clock", excursion.id)

    def _raise_alarm(self):
        """What follows from an excursion: see the addon's other files."""
        self.with_context(med_judge=JUDGE).write({"raised_at": fields.Datetime.now()})

    @api.model
    def _cron_watch(self):
        """Every minute: silence that no reading can tell of, and alarms that could not be raised when they came."""
        sensors = self.env["med.temperature.sensor"].search([])
        now = to_seconds(fields.Datetime.now())
        terms = {
            equipment.id: self.env["med.temperature.reading"]._terms_of(equipment) for equipment in sensors.equipment_id
        }
        states = sensors._states()
        silent = {}
        for sensor in sensors:
            spell = silence(states[sensor.id], now, terms[sensor.equipment_id.id]) if sensor.id in states else None
            if spell:
                silent[sensor] = Judged(states[sensor.id], [spell], [])
        self._follow_silence(silent)
        self.search([("raised_at", "=", False), ("state", "in", ("open", "ended"))])._raise_safely()

    @api.model
    def _follow_silence(self, silent):
        """Open a gap for sensors that are silent now; one that is known goes on."""
        known = self.search([("kind", "=", "gap"), ("state", "=", "open")])
        for excursion in known:
            judged = silent.pop(excursion.sensor_id, None)
            if judged:
                excursion._change(self._values(excursion.sensor_id, judged.closed[0]))
        self._follow(silent)

    # Doors ---------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("med_judge") is not JUDGE:
            raise UserError(self.env._("Excursions are found by the judgement of readings. Nobody writes one by hand."))
        return super().create(vals_list)

    def write(self, vals):
        if self.env.context.get("med_judge") is not JUDGE:
            if vals.keys() & (JUDGED | {"raised_at", "lot_ids", "harmed_lot_ids", "deviation_id", "severity"}):
                raise UserError(self.env._("What readings show is not changed by hand."))
            if any(excursion.state == "assessed" for excursion in self) and vals.keys() & {
                "disposition",
                "disposition_reason",
                "answer_ids",
            }:
                raise UserError(self.env._("This excursion was assessed and signed; it cannot change."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("An excursion is a record; it is kept."))

    # People --------------------------------------------------------------------------------

    def _check_person(self):
        groups = ("med_master_data.group_med_quality", "med_master_data.group_med_supervisor")
        if not any(self.env.user.has_group(group) for group in groups):
            raise UserError(
                self.env._("Only quality or a supervisor acknowledges an alarm. It stays open until one of them does.")
            )

    def action_acknowledge(self):
        """Say that somebody who may acts on it, with what was done at once."""
        self._check_person()
        self.check_access("write")
        waiting = self.filtered(lambda excursion: not excursion.acknowledged_at and excursion.state != "withdrawn")
        for excursion in waiting:
            if not (excursion.comment or "").strip():
                raise UserError(
                    self.env._("%(excursion)s: say first what was done at once.", excursion=excursion.display_name)
                )
        waiting.with_context(med_judge=JUDGE).write(
            {"acknowledged_at": fields.Datetime.now(), "acknowledged_by": self.env.uid}
        )
        waiting.activity_feedback(["mail.mail_activity_data_todo"])
        self.env["med.evidence.event"]._record(
            "excursion.acknowledged",
            [{"record": excursion, "reason": excursion.comment, "body": excursion._facts()} for excursion in waiting],
        )

    def action_close_without_sensor(self):
        """End what a sensor that was replaced can never end: what was not measured since is a gap."""
        self._check_person()
        now = fields.Datetime.now().replace(microsecond=0)
        for excursion in self:
            if excursion.state != "open":
                raise UserError(self.env._("%(excursion)s has ended already.", excursion=excursion.display_name))
            if excursion.sensor_id.active:
                raise UserError(
                    self.env._(
                        "%(sensor)s still measures: its next reading in range ends the excursion."
                        " Archive the sensor first, if it was replaced.",
                        sensor=excursion.sensor_id.name,
                    )
                )
            if not (excursion.comment or "").strip():
                raise UserError(
                    self.env._("%(excursion)s: say first what was done at once.", excursion=excursion.display_name)
                )
            last = excursion.sensor_id.last_at
            unknown = int((now - last).total_seconds()) // 60 if last else 0
            # sudo: the judgement's fields; who may say so was checked
            excursion.sudo().with_context(med_judge=JUDGE).write(
                {
                    "end": now,
                    "state": "ended",
                    "unknown_minutes": excursion.unknown_minutes + unknown,
                    "minutes": excursion.minutes + unknown,
                }
            )
        self.env["med.evidence.event"]._record(
            "excursion.closed_by_hand",
            [{"record": excursion, "reason": excursion.comment, "body": excursion._facts()} for excursion in self],
        )

    # Signature -----------------------------------------------------------------------------

    def _signature_meanings(self):
        return {"assess": self.env._("I assessed this excursion and decide what becomes of the goods")}

    def _signature_snapshot(self, meaning):
        excursion = self.sudo()  # the signed content is the same whoever reads it
        return {
            "equipment": [excursion.equipment_id.id, excursion.equipment_id.name],
            "excursion": excursion._facts(),
            "limits": json.loads(json.dumps(excursion.terms or {}), parse_float=str),
            "lots": [[lot.id, lot.name] for lot in excursion.lot_ids],
            "disposition": excursion.disposition or None,
            "reason": excursion.disposition_reason or None,
            "answers": [attachment.checksum for attachment in excursion.answer_ids],
        }

    def _signature_display(self, meaning):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        ways = dict(self._fields["disposition"]._description_selection(self.env))
        return {
            self.env._("Equipment"): self.equipment_id.name,
            self.env._("Excursion"): f"{kinds[self.kind]}, {self.minutes} min, {self.extreme:.1f} °C",
            self.env._("Lots"): self.lot_ids.mapped("name") or ["–"],
            self.env._("Disposition"): ways.get(self.disposition, "–"),
            self.env._("Reason"): self.disposition_reason or "–",
            self.env._("Manufacturer's answer"): self.answer_ids.mapped("name") or ["–"],
        }

    def _signature_check(self, meaning):
        if not self.env.user.has_group("med_master_data.group_med_quality"):
            raise UserError(self.env._("Only quality assesses an excursion. Ask a quality manager to sign."))
        self.check_access("write")
        for excursion in self:
            if excursion.state != "ended":
                raise UserError(
                    self.env._(
                        "%(excursion)s is “%(state)s”; it is assessed once, after it has ended.",
                        excursion=excursion.display_name,
                        state=dict(self._fields["state"]._description_selection(self.env))[excursion.state],
                    )
                )
            if not excursion.disposition or not (excursion.disposition_reason or "").strip():
                raise UserError(
                    self.env._(
                        "%(excursion)s: choose what becomes of the goods, and say why.",
                        excursion=excursion.display_name,
                    )
                )
            if excursion.disposition == "use" and not excursion.answer_ids:
                raise UserError(
                    self.env._(
                        "%(excursion)s: attach the manufacturer's answer; without it the label counts.",
                        excursion=excursion.display_name,
                    )
                )

    def _signature_applied(self, meaning, signatures):
        # sudo: the state is written by the signature alone, see write()
        self.sudo().with_context(med_judge=JUDGE).write({"state": "assessed"})
