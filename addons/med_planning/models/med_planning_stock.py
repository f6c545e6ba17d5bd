"""What planning knows of stock: lots that may still leave, who asks for how much life, and demand day by day.

Whoever calls these flushes first: they read tables of half a dozen models.
"""

from collections import defaultdict
from datetime import datetime, timedelta

from odoo import api, models
from odoo.tools import SQL

from ..lib import periods
from ..lib.expiry import Lot, Want

# The customers of so many days say who asks for how much remaining life.
WANT_DAYS = 365


class MedPlanningStock(models.AbstractModel):
    _name = "med.planning.stock"
    _description = "Stock as planning sees it"

    @api.model
    def _today(self, company):
        return datetime.now(self.env["med.gate"]._zone(company)).date()

    @api.model
    def _lots(self, company, today):
        """{product id: {warehouse id: [Lot]}} of what is released or will be, and is not expired."""
        query = SQL(
            """SELECT quant.product_id, location.warehouse_id, lot.id,
                      ((lot.expiration_date AT TIME ZONE 'UTC') AT TIME ZONE %(zone)s)::date, sum(quant.quantity)
                 FROM stock_quant quant
                 JOIN stock_location location ON location.id = quant.location_id
                 JOIN stock_lot lot ON lot.id = quant.lot_id
                WHERE quant.company_id = %(company)s AND location.usage = 'internal' AND location.warehouse_id IS NOT NULL
                  AND (lot.med_status IS NULL OR lot.med_status IN ('released', 'quarantine'))
                  AND (lot.expiration_date IS NULL OR lot.expiration_date > now() AT TIME ZONE 'UTC')
                GROUP BY 1, 2, 3, 4 HAVING sum(quant.quantity) > 0 ORDER BY 3""",
            company=company.id,
            zone=str(self.env["med.gate"]._zone(company)),
        )
        found = defaultdict(lambda: defaultdict(list))
        for product, warehouse, lot, expiry, quantity in self.env.execute_query(query):
            days = (expiry - today).days if expiry else None
            found[product][warehouse].append(Lot(lot, days, float(quantity)))
        return found

    @api.model
    def _wants(self, company, today):
        """{product id: [Want]}: how much of last year's goods went to customers who ask for so many days.

        His own demand, else his company's, else the product's, as the gate has it; a share of the total life counts of
        the life the product is said to have.
        """
        query = SQL(
            """SELECT product_id, days, sum(quantity) FROM (
                   SELECT line.product_id, line.quantity_product_uom AS quantity,
                          CASE WHEN coalesce(nullif(partner.med_min_shelf_life_days, 0),
                                             nullif(partner.med_min_shelf_life_percent, 0)) IS NOT NULL
                               THEN greatest(coalesce(partner.med_min_shelf_life_days, 0),
                                    ceil(coalesce(partner.med_min_shelf_life_percent, 0) / 100.0
                                         * coalesce(template.expiration_time, 0)))
                               WHEN coalesce(nullif(whole.med_min_shelf_life_days, 0),
                                             nullif(whole.med_min_shelf_life_percent, 0)) IS NOT NULL
                               THEN greatest(coalesce(whole.med_min_shelf_life_days, 0),
                                    ceil(coalesce(whole.med_min_shelf_life_percent, 0) / 100.0
                                         * coalesce(template.expiration_time, 0)))
                               ELSE coalesce(template.med_min_shelf_life_days, 0) END::integer AS days
                     FROM stock_move_line line
                     JOIN stock_location destination ON destination.id = line.location_dest_id
                     JOIN product_product product ON product.id = line.product_id
                     JOIN product_template template ON template.id = product.product_tmpl_id
                     LEFT JOIN stock_picking picking ON picking.id = line.picking_id
                     LEFT JOIN res_partner partner ON partner.id = picking.partner_id
                     LEFT JOIN res_partner whole ON whole.id = partner.commercial_partner_id
                    WHERE line.state = 'done' AND line.company_id = %(company)s AND destination.usage = 'customer'
                      AND line.date >= %(since)s
               ) AS asked GROUP BY 1, 2""",
            company=company.id,
            since=today - timedelta(days=WANT_DAYS),
        )
        rows = defaultdict(dict)
        for product, days, quantity in self.env.execute_query(query):
            rows[product][days] = float(quantity or 0)
        found = {}
        for product, by_days in rows.items():
            total = sum(by_days.values())
            if total > 0:
                found[product] = [Want(quantity / total, days) for days, quantity in sorted(by_days.items())]
        return found

    @api.model
    def _forecasts(self, company):
        """{(product id, warehouse id): forecast} over all consignees."""
        found = self.env["med.forecast"].search([("company_id", "=", company.id), ("class_id", "=", False)])
        return {(one.product_id.id, one.warehouse_id.id): one for one in found}

    @api.model
    def _daily(self, forecast, today):
        """Demand per day from today on to the end of the horizon, and then its mean: a year repeats itself."""
        ahead, unit, rates = forecast._ahead(), forecast.unit or "month", []
        for index, quantity in enumerate(ahead):
            start = periods.add(forecast.as_of, index, unit)
            end = periods.add(start, 1, unit)
            days = (end - max(start, today)).days
            rates += [quantity / (end - start).days] * max(0, days)
        mean = sum(ahead) / len(ahead) / periods.DAYS[unit] if ahead else 0.0
        return [*rates, mean]
