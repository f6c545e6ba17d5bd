from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.cold_facts import NEEDED, Qualification, standing

KINDS = [
    ("room", "Cold room"),
    ("refrigerator", "Refrigerator"),
    ("freezer", "Freezer"),
    ("vehicle", "Vehicle"),
    ("box", "Insulated box"),
    ("logger", "Logger"),
]


class MaintenanceEquipment(models.Model):
    _inherit = "maintenance.equipment"

    med_kind = fields.Selection(KINDS, "Cold chain", index="btree_not_null", help="What it is in the cold chain.")
    med_profile_id = fields.Many2one(
        "med.storage.profile", "Kept at", ondelete="restrict", help="The temperatures that it has to keep."
    )
    med_sensor_ids = fields.One2many("med.temperature.sensor", "equipment_id", "Sensors")
    med_qualification_ids = fields.One2many("med.equipment.qualification", "equipment_id", "Qualifications")
    med_qualified_to = fields.Date(
        "Qualified until",
        compute="_compute_med_qualified_to",
        help="The last day on which calibration and verification are both valid.",
    )
    med_is_qualified = fields.Boolean("Qualified today", compute="_compute_med_qualified_to")
    med_excursion_ids = fields.One2many("med.temperature.excursion", "equipment_id", "Excursions")
    med_open_excursions = fields.Integer("Open excursions", compute="_compute_med_open_excursions")

    @api.depends("med_qualification_ids", "med_kind")
    def _compute_med_qualified_to(self):
        today = fields.Date.context_today(self)
        for equipment in self:
            equipment.med_is_qualified = not equipment.med_kind or not equipment._med_unqualified(today)
            ends = [
                max(
                    (q.valid_to for q in equipment.med_qualification_ids if q.kind == kind and q.result == "passed"),
                    default=None,
                )
                for kind in NEEDED.get(equipment.med_kind, ())
            ]
            equipment.med_qualified_to = min(ends) if ends and all(ends) else False

    @api.depends("med_excursion_ids.state")
    def _compute_med_open_excursions(self):
        counts = dict(
            self.env["med.temperature.excursion"]._read_group(
                [("equipment_id", "in", self.ids), ("state", "in", ("open", "ended"))], ["equipment_id"], ["__count"]
            )
        )
        for equipment in self:
            equipment.med_open_excursions = counts.get(equipment, 0)

    def _med_unqualified(self, day):
        """Kinds of qualification that do not cover ``day`` in its season, for this one equipment."""
        self.ensure_one()
        passed = [q._fact() for q in self.med_qualification_ids if q.result == "passed"]
        return [kind for kind, stands in standing(self.med_kind, passed, day).items() if stands != "valid"]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_cold_chain(self):
        for equipment in self:
            if equipment.med_kind or equipment.with_context(active_test=False).med_sensor_ids:
                raise UserError(
                    self.env._(
                        "%(equipment)s belongs to the cold chain: its records are kept. Archive it instead.",
                        equipment=equipment.name,
                    )
                )


class MedEquipmentQualification(models.Model):
    """A calibration or a verification (mapping) of cold-chain equipment, with the time for which it holds."""

    _name = "med.equipment.qualification"
    _inherit = ["med.evidence.tracked"]
    _description = "Qualification of equipment"
    _order = "valid_to desc, id desc"
    _check_company_auto = True
    _evidence_fields = ("equipment_id", "kind", "season", "done_on", "valid_to", "result", "certificate", "active")

    equipment_id = fields.Many2one(
        "maintenance.equipment", "Equipment", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="equipment_id.company_id", store=True)
    kind = fields.Selection(
        [("calibration", "Calibration"), ("verification", "Verification")],
        required=True,
        default="calibration",
        help="Verification: the temperatures inside were mapped, empty and loaded.",
    )
    season = fields.Selection(
        [("all", "Whole year"), ("summer", "Summer"), ("winter", "Winter")],
        required=True,
        default="all",
        help="Summer: April to September; winter: October to March. The months are those of the northern half.",
    )
    done_on = fields.Date("Done on", required=True)
    valid_to = fields.Date("Valid until", required=True, help="The last day on which it counts.")
    result = fields.Selection([("passed", "Passed"), ("failed", "Failed")], required=True, default="passed")
    certificate = fields.Char("Report or certificate")
    attachment_ids = fields.Many2many("ir.attachment", string="Documents")
    active = fields.Boolean(default=True)

    _days = models.Constraint("CHECK (done_on <= valid_to)", "A qualification does not end before it was done.")

    @api.depends("equipment_id", "kind", "valid_to")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for record in self:
            record.display_name = f"{record.equipment_id.name} · {kinds.get(record.kind, '')} {record.valid_to or ''}"

    def _fact(self):
        return Qualification(self.kind, self.season, self.done_on, self.valid_to)
