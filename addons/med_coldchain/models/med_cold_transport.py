from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..lib.exposure import Exposure, expose
from ..lib.readings import to_seconds


class MedColdTransport(models.Model):
    """The hand-over record of a cold delivery (冷链交接单): how it travelled, how warm it left and came."""

    _name = "med.cold.transport"
    _inherit = ["mail.thread", "med.signable", "med.evidence.tracked"]
    _description = "Cold-chain hand-over"
    _order = "id desc"
    _check_company_auto = True
    _evidence_fields = (
        "vehicle_id",
        "box_id",
        "logger_id",
        "carrier",
        "plate",
        "driver",
        "cooled_at",
        "loaded_at",
        "has_departure",
        "departure_at",
        "departure_temp",
        "has_arrival",
        "arrival_at",
        "arrival_temp",
    )

    picking_id = fields.Many2one(
        "stock.picking", "Transfer", required=True, index=True, ondelete="restrict", check_company=True
    )
    partner_id = fields.Many2one(related="picking_id.partner_id", string="Consignee")
    company_id = fields.Many2one(related="picking_id.company_id", store=True)
    vehicle_id = fields.Many2one(
        "maintenance.equipment", "Vehicle", domain=[("med_kind", "=", "vehicle")], ondelete="restrict"
    )
    box_id = fields.Many2one(
        "maintenance.equipment", "Insulated box", domain=[("med_kind", "=", "box")], ondelete="restrict"
    )
    logger_id = fields.Many2one(
        "maintenance.equipment", "Logger", domain=[("med_kind", "=", "logger")], ondelete="restrict"
    )
    carrier = fields.Char("Carrier and waybill", help="Of an outsourced transport (GSP 96).")
    plate = fields.Char("Licence plate")
    driver = fields.Char()
    cooled_at = fields.Datetime(
        "Cooled down at", help="When the vehicle, or the coolant of the box, had its temperature."
    )
    loaded_at = fields.Datetime("Out of the cold room at")
    # A float field cannot be empty: whether it was measured is a fact of its own.
    has_departure = fields.Boolean("Measured when leaving")
    departure_at = fields.Datetime("Left at")
    departure_temp = fields.Float("Temperature when leaving (°C)", digits=(6, 1), aggregator=None)
    has_arrival = fields.Boolean("Measured on arrival")
    arrival_at = fields.Datetime("Arrived at")
    arrival_temp = fields.Float("Temperature on arrival (°C)", digits=(6, 1), aggregator=None)
    state = fields.Selection(
        [("open", "On its way"), ("accepted", "Accepted"), ("refused", "Refused")],
        "Status",
        required=True,
        readonly=True,
        default="open",
        copy=False,
    )
    remark = fields.Text("Remark on arrival", help="Why it is accepted though data are missing, or why it is refused.")
    minutes = fields.Integer("Minutes on the road", compute="_compute_course")
    unknown_minutes = fields.Integer("Minutes without a reading", compute="_compute_course")
    lowest = fields.Float("Lowest (°C)", digits=(6, 1), compute="_compute_course")
    highest = fields.Float("Highest (°C)", digits=(6, 1), compute="_compute_course")
    mkt = fields.Float("Mean kinetic temperature (°C)", digits=(6, 2), compute="_compute_course")
    is_complete = fields.Boolean("Data are complete", compute="_compute_course")
    excursion_ids = fields.Many2many(
        "med.temperature.excursion", string="Excursions on the road", compute="_compute_course"
    )
    deviation_id = fields.Many2one("med.deviation", "Deviation", readonly=True, copy=False)

    _picking_uniq = models.UniqueIndex("(picking_id)", "This transfer has a hand-over record already. Use that one.")

    @api.depends("picking_id")
    def _compute_display_name(self):
        for record in self:
            record.display_name = record.picking_id.name

    @api.constrains("departure_at", "arrival_at", "loaded_at")
    def _check_times(self):
        for record in self:
            if record.departure_at and record.arrival_at and record.arrival_at < record.departure_at:
                raise ValidationError(
                    self.env._("%(picking)s: it cannot arrive before it left.", picking=record.picking_id.name)
                )

    @api.depends("logger_id", "departure_at", "arrival_at", "has_departure", "has_arrival")
    def _compute_course(self):
        for record in self:
            course = record._exposure()
            record.minutes = (course.known + course.unknown) // 60
            record.unknown_minutes = -(-course.unknown // 60)
            record.lowest = (course.minimum or 0) / 1000
            record.highest = (course.maximum or 0) / 1000
            record.mkt = course.mean_kinetic() or 0.0
            record.is_complete = bool(
                record.has_departure and record.has_arrival and course.known and not course.unknown
            )
            record.excursion_ids = record._excursions()

    def _exposure(self):
        """What the logger measured from leaving to arriving; of several probes the warmest."""
        self.ensure_one()
        if not (self.departure_at and self.arrival_at):
            return Exposure()
        start, end = to_seconds(self.departure_at), to_seconds(self.arrival_at)
        readings = self.env["med.temperature.reading"]
        courses = [
            expose(readings._around(sensor.id, start, end), start, end, readings._terms_of(self.logger_id).gap)
            for sensor in self.logger_id.with_context(active_test=False).med_sensor_ids
        ]
        return max(courses, key=lambda course: course.mean_kinetic() or -300.0, default=Exposure({}, end - start))

    def _excursions(self):
        self.ensure_one()
        if not (self.departure_at and self.logger_id):
            return self.env["med.temperature.excursion"]
        return self.env["med.temperature.excursion"].search(
            [
                ("equipment_id", "=", self.logger_id.id),
                ("state", "!=", "withdrawn"),
                ("start", "<", self.arrival_at or fields.Datetime.now()),
                "|",
                ("end", "=", False),
                ("end", ">", self.departure_at),
            ]
        )

    def write(self, vals):
        told = set(vals) & {*self._evidence_fields, "remark", "picking_id"}
        if told and any(record.state != "open" for record in self):
            raise UserError(self.env._("This hand-over was signed; it cannot change."))
        if "state" in vals and not self.env.su:
            raise UserError(self.env._("A hand-over is accepted or refused by signature only."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A hand-over is a record; it is kept."))

    # Signature -----------------------------------------------------------------------------

    def _signature_meanings(self):
        return {
            "accept": self.env._("I read the temperature on arrival and accept the goods"),
            "refuse": self.env._("I refuse the goods for their temperature"),
        }

    def _signature_snapshot(self, meaning):
        record = self.sudo()  # the signed content is the same whoever reads it
        return {
            "transfer": [record.picking_id.id, record.picking_id.name],
            "lots": sorted(record.picking_id.move_line_ids.lot_id.mapped("name")),
            "vehicle": record.vehicle_id.name or None,
            "box": record.box_id.name or None,
            "logger": record.logger_id.name or None,
            "left": [str(record.departure_at or ""), f"{record.departure_temp:.1f}" if record.has_departure else None],
            "arrived": [str(record.arrival_at or ""), f"{record.arrival_temp:.1f}" if record.has_arrival else None],
            "course": [f"{record.lowest:.1f}", f"{record.highest:.1f}", f"{record.mkt:.2f}", record.unknown_minutes],
            "excursions": [excursion._facts() for excursion in record.excursion_ids],
            "remark": record.remark or None,
        }

    def _signature_display(self, meaning):
        _ = self.env._
        return {
            _("Transfer"): self.picking_id.name,
            _("Lots"): self.picking_id.move_line_ids.lot_id.mapped("name") or ["–"],
            _("On the road"): f"{self.minutes} min, {self.lowest:.1f} – {self.highest:.1f} °C, MKT {self.mkt:.2f} °C",
            _("Minutes without a reading"): str(self.unknown_minutes),
            _("Temperature on arrival (°C)"): f"{self.arrival_temp:.1f}" if self.has_arrival else "–",
            _("Excursions on the road"): self.excursion_ids.mapped("display_name") or ["–"],
            _("Remark on arrival"): self.remark or "–",
        }

    def _signature_check(self, meaning):
        self.check_access("write")
        for record in self:
            if record.state != "open":
                raise UserError(self.env._("%(picking)s: it was signed already.", picking=record.picking_id.name))
            if record.picking_id.state != "done":
                raise UserError(self.env._("%(picking)s has not left yet.", picking=record.picking_id.name))
            if not record.arrival_at:
                raise UserError(self.env._("%(picking)s: say when it arrived.", picking=record.picking_id.name))
            has_remark = bool((record.remark or "").strip())
            if meaning == "refuse" and not has_remark:
                raise UserError(self.env._("%(picking)s: say why it is refused.", picking=record.picking_id.name))
            if meaning == "accept" and not record.is_complete and not has_remark:
                raise UserError(
                    self.env._(
                        "%(picking)s: temperatures are missing (%(minutes)s minutes without a reading). Import the"
                        " logger's file and enter the temperature on arrival, or say why it is accepted all the same.",
                        picking=record.picking_id.name,
                        minutes=record.unknown_minutes,
                    )
                )
            if meaning == "accept" and record.excursion_ids.filtered(lambda e: e.state in ("open", "ended")):
                raise UserError(
                    self.env._(
                        "%(picking)s: it was out of range on the road. Quality assesses the excursion first, or you"
                        " refuse the goods.",
                        picking=record.picking_id.name,
                    )
                )

    def _signature_applied(self, meaning, signatures):
        # sudo: the state is written by the signature alone, see write()
        self.sudo().state = "accepted" if meaning == "accept" else "refused"
        if meaning == "refuse":
            for record in self:
                company = record.company_id
                # sudo: the record is signed; what follows is the system's
                record.sudo().deviation_id = self.env["med.deviation"]._open_all(
                    [
                        {
                            "source": "temperature",
                            "title": self.env._(
                                "%(picking)s refused for its temperature", picking=record.picking_id.name
                            ),
                            "description": record.remark,
                            "severity": "major",
                            "lot_ids": [(6, 0, record.picking_id.move_line_ids.lot_id.ids)],
                            "picking_ids": [(6, 0, record.picking_id.ids)],
                            "user_id": company._med_quality_contact().id,
                        }
                    ],
                    company,
                )
        self.env["med.evidence.event"]._record(
            "transport.accepted" if meaning == "accept" else "transport.refused",
            [{"record": record, "reason": record.remark or None, "body": record._course_facts()} for record in self],
        )

    def _course_facts(self):
        return {
            "minutes": self.minutes,
            "unknown_minutes": self.unknown_minutes,
            "lowest_milli": round(1000 * self.lowest),
            "highest_milli": round(1000 * self.highest),
            "excursions": self.excursion_ids.ids,
        }


class StockPicking(models.Model):
    _inherit = "stock.picking"

    med_is_cold = fields.Boolean("Cold goods", compute="_compute_med_is_cold")
    med_cold_transport_ids = fields.One2many("med.cold.transport", "picking_id", "Cold-chain hand-over")

    @api.depends("move_ids.product_id")
    def _compute_med_is_cold(self):
        for picking in self:
            profiles = picking.move_ids.product_id.product_tmpl_id.med_storage_profile_id
            picking.med_is_cold = any(profile._range().is_cold for profile in profiles)

    def action_med_cold_transport(self):
        """The hand-over record of this delivery; made when it is not there."""
        self.ensure_one()
        record = self.med_cold_transport_ids or self.env["med.cold.transport"].create({"picking_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": "med.cold.transport",
            "res_id": record.id,
            "views": [(False, "form")],
        }
