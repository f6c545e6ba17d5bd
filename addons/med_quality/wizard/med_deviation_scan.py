from odoo import fields, models


class MedDeviationScan(models.TransientModel):
    """One field for the scanner: what it reads becomes a deviation."""

    _name = "med.deviation.scan"
    _description = "Deviation by scan"

    code = fields.Char("Label", help="Scan the label of the goods, or the number of the delivery.")

    def action_open(self):
        self.ensure_one()
        return self.env["med.deviation"].open_from_scan(self.code)
