"""What left for customers and came back, per period, and when the shelf was empty: read in sets, two queries a batch."""

from collections import defaultdict
from datetime import UTC, datetime, time

from odoo import api, models
from odoo.tools import SQL

from ..lib import periods
from ..lib.history import History, empty_shares

# So many years back; before that, practice was another.
YEARS = 5


class MedForecastHistory(models.AbstractModel):
    """Series are keyed by (product id, warehouse id, consignee class id or None for everybody)."""

    _name = "med.forecast.history"
    _description = "Outbound history for forecasts"

    @api.model
    def _window(self, company, unit, today):
        """(first day, first day of the current period): whole periods only, in the company's days."""
        until = periods.start_of(today, unit)
        return periods.start_of(until.replace(year=until.year - YEARS, day=1), unit), until

    @api.model
    def _product_ids(self, company, unit, today, after=0, limit=None):
        """The next products with demand in the window, by id."""
        first, until = self._window(company, unit, today)
        query = SQL(
            """SELECT product.id FROM product_product product
                 JOIN product_template template ON template.id = product.product_tmpl_id
                WHERE product.id > %(after)s AND product.active AND template.is_storable
                  AND (template.med_is_device OR %(all)s)
                  AND EXISTS (SELECT FROM stock_move_line line
                                JOIN stock_location origin ON origin.id = line.location_id
                                JOIN stock_location destination ON destination.id = line.location_dest_id
                               WHERE line.product_id = product.id AND line.state = 'done'
                                 AND line.company_id = %(company)s
                                 AND line.date >= %(first)s AND line.date < %(until)s
                                 AND destination.usage = 'customer' AND origin.warehouse_id IS NOT NULL)
                ORDER BY product.id LIMIT %(limit)s""",
            after=after,
            all=company.med_forecast_all,
            company=company.id,
            first=self._utc(company, first),
            until=self._utc(company, until),
            limit=limit,
        )
        return [row[0] for row in self.env.execute_query(query)]

    @api.model
    def _read(self, company, product_ids, unit, today):
        """{key: (start of the first period, History)}; a history begins with the first movement of its goods."""
        first, until = self._window(company, unit, today)
        demand = self._demand(company, product_ids, unit, first, until)
        empty, began = self._empty_days(company, product_ids, unit, first, until)
        found = {}
        for key, rows in demand.items():
            start = min(min(rows), began.get(key[:2], until))
            count = periods.between(start, until, unit)
            columns = [[0.0] * count for _column in range(4)]
            for at, quantities in rows.items():
                place = periods.between(start, at, unit)
                for column, quantity in zip(columns, quantities, strict=False):
                    column[place] = max(0.0, quantity)
            for at, share in empty.get(key[:2], {}).items():
                if at >= start:
                    columns[3][periods.between(start, at, unit)] = share
            found[key] = (start, History.of(*columns))
        return found

    @api.model
    def _demand(self, company, product_ids, unit, first, until):
        """{key: {start of period: (sold, returned, recalled)}} in the product's unit."""
        query = SQL(
            """WITH class AS (
                   SELECT tag.partner_id, min(category.id) AS id
                     FROM res_partner_res_partner_category_rel tag
                     JOIN res_partner_category category ON category.id = tag.category_id
                    WHERE category.med_is_consignee_class AND category.active GROUP BY tag.partner_id
               )
               SELECT line.product_id,
                      CASE WHEN destination.usage = 'customer' THEN origin.warehouse_id
                           ELSE destination.warehouse_id END AS warehouse_id,
                      coalesce(own.id, whole.id) AS class_id, grouping(coalesce(own.id, whole.id)) AS everybody,
                      date_trunc(%(unit)s, line.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS period,
                      sum(line.quantity_product_uom) FILTER (WHERE destination.usage = 'customer'),
                      sum(line.quantity_product_uom) FILTER (
                          WHERE origin.usage = 'customer' AND lot.med_status IS DISTINCT FROM 'recalled'),
                      sum(line.quantity_product_uom) FILTER (
                          WHERE origin.usage = 'customer' AND lot.med_status = 'recalled')
                 FROM stock_move_line line
                 JOIN stock_location origin ON origin.id = line.location_id
                 JOIN stock_location destination ON destination.id = line.location_dest_id
                 LEFT JOIN stock_lot lot ON lot.id = line.lot_id
                 LEFT JOIN stock_picking picking ON picking.id = line.picking_id
                 LEFT JOIN res_partner partner ON partner.id = picking.partner_id
                 LEFT JOIN class own ON own.partner_id = partner.id
                 LEFT JOIN class whole ON whole.partner_id = partner.commercial_partner_id
                WHERE line.state = 'done' AND line.company_id = %(company)s AND line.product_id = ANY(%(products)s)
                  AND line.date >= %(first)s AND line.date < %(until)s
                  AND (destination.usage = 'customer' AND origin.warehouse_id IS NOT NULL
                       OR origin.usage = 'customer' AND destination.warehouse_id IS NOT NULL)
                GROUP BY GROUPING SETS ((1, 2, 5), (1, 2, coalesce(own.id, whole.id), 5))""",
            unit=unit,
            zone=str(self._zone(company)),
            company=company.id,
            products=list(product_ids),
            first=self._utc(company, first),
            until=self._utc(company, until),
        )
        found = defaultdict(dict)
        for product, warehouse, class_id, everybody, period, *quantities in self.env.execute_query(query):
            if everybody or class_id:
                key = (product, warehouse, None if everybody else class_id)
                found[key][period] = [float(quantity or 0.0) for quantity in quantities]
        # a class that only ever returned has no demand of its own
        return {key: rows for key, rows in found.items() if any(row[0] for row in rows.values())}

    @api.model
    def _empty_days(self, company, product_ids, unit, first, until):
        """({(product, warehouse): {start of period: share of its days without stock}}, {...: first period moved}).

        What there is now, less what came and plus what went since, day by day backwards.
        """
        query = SQL(
            """SELECT product_id, warehouse_id, day, sum(quantity) FROM (
                   SELECT line.product_id, place.warehouse_id, place.quantity,
                          (line.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day
                     FROM stock_move_line line
                     JOIN stock_location origin ON origin.id = line.location_id
                     JOIN stock_location destination ON destination.id = line.location_dest_id
                     CROSS JOIN LATERAL (VALUES
                         (origin.warehouse_id, -line.quantity_product_uom, origin.usage),
                         (destination.warehouse_id, line.quantity_product_uom, destination.usage)
                     ) AS place (warehouse_id, quantity, usage)
                    WHERE line.state = 'done' AND line.company_id = %(company)s
                      AND line.product_id = ANY(%(products)s) AND line.date >= %(first)s
                      AND place.usage = 'internal' AND place.warehouse_id IS NOT NULL
                      AND origin.warehouse_id IS DISTINCT FROM destination.warehouse_id
               ) AS moved GROUP BY 1, 2, 3
               UNION ALL
               SELECT quant.product_id, location.warehouse_id, NULL, sum(quant.quantity)
                 FROM stock_quant quant JOIN stock_location location ON location.id = quant.location_id
                WHERE quant.product_id = ANY(%(products)s) AND location.usage = 'internal'
                  AND location.warehouse_id IS NOT NULL AND quant.company_id = %(company)s GROUP BY 1, 2
               ORDER BY 3""",
            zone=str(self._zone(company)),
            company=company.id,
            products=list(product_ids),
            first=self._utc(company, first),
        )
        moved, now = defaultdict(list), defaultdict(float)
        for product, warehouse, day, quantity in self.env.execute_query(query):
            if day is None:
                now[product, warehouse] = float(quantity)
            else:
                moved[product, warehouse].append((day, float(quantity)))
        shares, began = {}, {}
        for key, rows in moved.items():
            began[key] = periods.start_of(rows[0][0], unit)
            shares[key] = empty_shares(now[key], rows, unit, until)
        return shares, began

    @api.model
    def _zone(self, company):
        return self.env["med.gate"]._zone(company)

    @api.model
    def _utc(self, company, day):
        """Midnight of that day where the company is, as the database has it."""
        return datetime.combine(day, time(), self._zone(company)).astimezone(UTC).replace(tzinfo=None)
