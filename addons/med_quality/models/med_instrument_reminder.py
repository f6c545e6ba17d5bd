from odoo import api, fields, models


class MedInstrument(models.Model):
    _name = "med.instrument"
    _inherit = ["med.instrument", "mail.thread", "mail.activity.mixin"]

    responsible_id = fields.Many2one(
        "res.users", "Responsible", help="Is reminded before the calibration ends. Empty: the quality contact."
    )


class MedExpiryReminder(models.Model):
    _inherit = "med.expiry.reminder"

    @api.model
    def _models(self):
        return [*super()._models(), "med.instrument"]
