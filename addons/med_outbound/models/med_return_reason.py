from odoo import fields, models


class MedReturnReason(models.Model):
    """Why goods come back (退货原因), chosen from one list so that it can be counted."""

    _name = "med.return.reason"
    _description = "Reason of return"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short and stable, for figures and interfaces.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex("(code)", "There is a reason with this code already. Use that one.")
