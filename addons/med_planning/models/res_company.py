from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    med_forecast_days = fields.Integer(
        "Forecast anew every (days)", default=7, help="0: only when somebody asks for it.", prefetch="med"
    )
    med_forecast_unit = fields.Selection(
        [("month", "Months"), ("week", "Weeks")],
        "Forecast in",
        default="month",
        required=True,
        help="Months suit goods that are sold now and then; weeks those that leave every day.",
        prefetch="med",
    )
    med_forecast_all = fields.Boolean(
        "Forecast other goods too", help="Else only medical devices are forecast.", prefetch="med"
    )
