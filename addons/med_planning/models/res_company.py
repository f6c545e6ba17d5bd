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
    med_service_level = fields.Float(
        "Service level (%)",
        default=95.0,
        digits=(5, 2),
        help="How sure it shall be that nothing runs out before an order comes.",
        prefetch="med",
    )
    med_order_cycle = fields.Integer("An order lasts (days)", default=30, prefetch="med")
    med_used_up = fields.Float(
        "Sold before it expires (%)",
        default=80.0,
        digits=(5, 2),
        help="How sure it shall be that all of an order is sold in time; more is not suggested.",
        prefetch="med",
    )

    med_review_months = fields.Integer(
        "Review every (months)", default=3, help="0: reviews are begun by hand.", prefetch="med"
    )

    _med_planning_range = models.Constraint(
        "CHECK (med_service_level > 0 AND med_service_level < 100 AND med_used_up > 0 AND med_used_up < 100"
        " AND med_order_cycle > 0 AND med_forecast_days >= 0"
        " AND med_review_months >= 0)",
        "Planning: the percentages lie between 0 and 100, an order lasts a day at least, and days are not negative.",
    )
