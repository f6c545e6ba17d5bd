from odoo import api, fields, models, tools

GROUPS = [
    ("batch_1", "First batch (69 kinds of class III)"),
    ("class_2_listed", "Listed kinds of class II"),
    ("ivd", "In vitro diagnostic"),
    ("exempt", "Exempt (custom-made, for trials, parts)"),
]


class MedUdiDuty(models.Model):
    """From which production day a device carries a UDI: dated data, since the dates are law."""

    _name = "med.udi.duty"
    _inherit = ["med.evidence.tracked"]
    _description = "UDI duty"
    _order = "date_from, id"
    _evidence_fields = ("device_class", "group", "date_from", "source", "active")

    device_class = fields.Selection(
        [("I", "Class I"), ("II", "Class II"), ("III", "Class III")], "Class", required=True
    )
    group = fields.Selection(GROUPS, "Only for", help="Empty: every device of the class.")
    date_from = fields.Date("Made from", required=True)
    source = fields.Char(required=True, help="The notice that says so.")
    active = fields.Boolean(default=True)

    @tools.ormcache()
    def _duties(self):
        # sudo: the law is no secret
        return tuple((d.device_class, d.group or None, d.date_from) for d in self.sudo().search([]))

    @api.model
    def _duty_from(self, device_class, group):
        """The first production day from which such a device carries a UDI, or None."""
        if not device_class or group == "exempt":
            return None
        days = [day for duty_class, only, day in self._duties() if duty_class == device_class and only in (None, group)]
        return min(days, default=None)

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
