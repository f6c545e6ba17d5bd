from odoo import models
from odoo.tools import SQL


class MedLotStock(models.Model):
    """What is taken to leave in a day is the forecast, where there is one."""

    _inherit = "med.lot.stock"
    _depends = {"med.forecast": ["product_id", "company_id", "class_id", "active", "daily_quantity"]}

    def _query_daily_use(self):
        return SQL(
            """
            SELECT product_id, company_id, sum(daily_quantity) AS daily FROM med_forecast
             WHERE active AND class_id IS NULL GROUP BY product_id, company_id
            UNION ALL
            SELECT plain.product_id, plain.company_id, plain.daily FROM (%s) AS plain
             WHERE NOT EXISTS (SELECT FROM med_forecast forecast
                                WHERE forecast.product_id = plain.product_id AND forecast.active
                                  AND forecast.class_id IS NULL AND forecast.company_id = plain.company_id)
            """,
            super()._query_daily_use(),
        )
