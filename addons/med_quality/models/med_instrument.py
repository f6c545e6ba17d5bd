from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class MedInstrument(models.Model):
    """A measuring instrument and its calibration (ISO 13485 7.6)."""

    _name = "med.instrument"
    _inherit = ["med.evidence.tracked"]
    _description = "Measuring instrument"
    _order = "valid_to, id"
    _check_company_auto = True
    _evidence_fields = ("name", "serial", "calibrated_on", "valid_to", "certificate", "active")

    name = fields.Char(required=True, translate=True)
    serial = fields.Char("Serial number", required=True)
    calibrated_on = fields.Date("Calibrated on", required=True)
    valid_to = fields.Date("Calibration valid until", required=True, help="The last day on which it may be used.")
    certificate = fields.Char("Calibration certificate")
    attachment_ids = fields.Many2many("ir.attachment", string="Certificates")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    active = fields.Boolean(default=True)

    _serial_uniq = models.UniqueIndex("(company_id, serial)", "An instrument with this serial number exists already.")

    @api.depends("name", "serial")
    def _compute_display_name(self):
        for instrument in self:
            instrument.display_name = f"{instrument.name or ''} [{instrument.serial or ''}]"

    def _check_usable(self, day):
        """:raises UserError: the calibration does not cover ``day``, or the instrument is retired"""
        for instrument in self:
            if not instrument.active or not instrument.calibrated_on <= day <= instrument.valid_to:
                raise UserError(
                    self.env._(
                        "%(instrument)s is calibrated until %(date)s only. Take another instrument, or have this one"
                        " calibrated and enter the new date.",
                        instrument=instrument.display_name,
                        date=format_date(self.env, instrument.valid_to),
                    )
                )
