"""Workload ahead: lines and cold-chain boxes expected per day and zone, against what the zone can do."""

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.workload import lines_ahead, weekday_shares

# So many days ahead are told, and so many days back say what a line holds, where and on which weekdays.
DAYS = 28
HISTORY_DAYS = 90
# Kept in a refrigerator or colder (°C): leaves in a cold-chain box.
COLD = 8
# From so much of the capacity on a day is tight.
TIGHT = 85


class StockLocation(models.Model):
    _inherit = "stock.location"

    med_line_capacity = fields.Integer(
        "Lines a day", prefetch="med", help="So many lines can be picked here on one day. 0: nobody said."
    )
    med_box_capacity = fields.Integer(
        "Cold-chain boxes a day", prefetch="med", help="So many boxes can be packed cold on one day. 0: nobody said."
    )

    _med_capacity = models.Constraint(
        "CHECK (coalesce(med_line_capacity, 0) >= 0 AND coalesce(med_box_capacity, 0) >= 0)",
        "A capacity is not negative.",
    )


class MedWorkload(models.Model):
    """One day of one zone. Made anew with every look at the stock; nobody writes it."""

    _name = "med.workload"
    _description = "Workload ahead"
    _order = "day, warehouse_id, zone_id"
    _rec_name = "day"

    company_id = fields.Many2one("res.company", "Company", required=True, readonly=True, index=True)
    warehouse_id = fields.Many2one("stock.warehouse", "Warehouse", required=True, readonly=True, ondelete="cascade")
    zone_id = fields.Many2one("stock.location", "Zone", required=True, readonly=True, index=True, ondelete="cascade")
    day = fields.Date(required=True, readonly=True)
    ordered_lines = fields.Float(
        "Ordered already", digits=(16, 1), readonly=True, help="Lines of open deliveries; what is late counts today."
    )
    forecast_lines = fields.Float(
        "By forecast", digits=(16, 1), readonly=True, help="Demand ahead, in lines as they left in the last 90 days."
    )
    lines = fields.Float(
        "Lines", digits=(16, 1), readonly=True, help="The larger of both: what is ordered is part of the demand."
    )
    boxes = fields.Float(
        "Cold-chain boxes",
        digits=(16, 1),
        readonly=True,
        help="One for each delivery with goods of 8 °C or less; lines are turned into deliveries as in the last 90 days.",
    )
    line_capacity = fields.Integer(related="zone_id.med_line_capacity", store=True, string="Line capacity")
    box_capacity = fields.Integer(related="zone_id.med_box_capacity", store=True, string="Box capacity")
    load = fields.Float(
        "Load (%)",
        digits=(16, 0),
        compute="_compute_load",
        store=True,
        aggregator="max",
        help="Of the capacity; of lines or of boxes, whichever is fuller. 0 where nobody said a capacity.",
    )
    state = fields.Selection(
        [("free", "Room"), ("tight", "Tight"), ("over", "Too much"), ("unknown", "No capacity said")],
        "Status",
        compute="_compute_load",
        store=True,
    )

    _one_a_day = models.UniqueIndex("(zone_id, day)", "There is one workload for each zone and day.")

    @api.depends("lines", "boxes", "line_capacity", "box_capacity")
    def _compute_load(self):
        for row in self:
            pairs = ((row.lines, row.line_capacity), (row.boxes, row.box_capacity))
            shares = [100 * expected / capacity for expected, capacity in pairs if capacity]
            row.load = max(shares, default=0.0)
            if not shares:
                row.state = "unknown"
            else:
                row.state = "over" if row.load > 100 else "tight" if row.load >= TIGHT else "free"

    # Looking ahead ---------------------------------------------------------------------

    @api.model
    def _renew(self, company):
        """Write the workload of the next days from forecasts, open deliveries and the last 90 days."""
        self.env.flush_all()
        stock = self.env["med.planning.stock"].with_company(company)
        today = stock._today(company)
        habits = self._habits(company, today)
        forecast, ordered = defaultdict(float), defaultdict(float)
        cold_forecast, cold_ordered = defaultdict(float), defaultdict(float)
        forecasts = stock._forecasts(company)
        cold = self._cold(company, {product for product, _warehouse in forecasts} | set(habits["products"]))
        for (product, warehouse), one in forecasts.items():
            if warehouse not in habits["zones"]:
                continue
            zone, units = habits["places"].get((product, warehouse), (habits["zones"][warehouse], 1.0))
            daily = stock._daily(one, today)
            for ahead, lines in enumerate(
                lines_ahead(daily, units, habits["weekdays"][warehouse], today.weekday(), DAYS)
            ):
                key = zone, warehouse, today + timedelta(days=ahead)
                forecast[key] += lines
                cold_forecast[key] += lines if product in cold else 0
        for product, warehouse, day, lines in self._ordered(company, today):
            if warehouse in habits["zones"]:
                zone = habits["places"].get((product, warehouse), (habits["zones"][warehouse], 1.0))[0]
                ordered[zone, warehouse, day] += lines
                cold_ordered[zone, warehouse, day] += lines if product in cold else 0
        # sudo: written by the system, read by people
        self.sudo().search([("company_id", "=", company.id)]).unlink()
        return self.sudo().create(
            [
                {
                    "company_id": company.id,
                    "warehouse_id": warehouse,
                    "zone_id": zone,
                    "day": day,
                    "ordered_lines": ordered[zone, warehouse, day],
                    "forecast_lines": forecast[zone, warehouse, day],
                    "lines": max(ordered[zone, warehouse, day], forecast[zone, warehouse, day]),
                    "boxes": habits["boxes"].get(warehouse, 1.0)
                    * max(cold_ordered[zone, warehouse, day], cold_forecast[zone, warehouse, day]),
                }
                for zone, warehouse, day in sorted({*forecast, *ordered}, key=str)
            ]
        )

    @api.model
    def _habits(self, company, today):
        """How goods left in the last days: zone and units of a line by product, weekdays, boxes of a cold line.

        A zone is a place directly below the stock of the warehouse; what lies elsewhere is the stock itself.
        """
        warehouses = self.env["stock.warehouse"].search([("company_id", "=", company.id)])
        zones = {warehouse.id: warehouse.lot_stock_id.id for warehouse in warehouses}
        query = SQL(
            """SELECT line.product_id, warehouse.id, coalesce(zone.id, store.id),
                      EXTRACT(ISODOW FROM (line.date AT TIME ZONE 'UTC') AT TIME ZONE %(zone)s)::integer - 1,
                      count(*), sum(line.quantity_product_uom),
                      bool_or(condition.has_max AND condition.max_temp <= %(cold)s),
                      array_agg(DISTINCT coalesce(line.picking_id, -move.id) || ' ' || line.date::date)
                 FROM stock_move_line line
                 JOIN stock_move move ON move.id = line.move_id
                 JOIN stock_location place ON place.id = line.location_id
                 JOIN stock_location target ON target.id = line.location_dest_id
                 JOIN stock_location final ON final.id = coalesce(move.location_final_id, move.location_dest_id)
                 JOIN stock_warehouse warehouse ON warehouse.id = place.warehouse_id
                 JOIN stock_location store ON store.id = warehouse.lot_stock_id
                 LEFT JOIN stock_location zone
                   ON zone.location_id = store.id AND place.parent_path LIKE zone.parent_path || '%%'
                 JOIN product_product product ON product.id = line.product_id
                 JOIN product_template template ON template.id = product.product_tmpl_id
                 LEFT JOIN med_storage_condition condition ON condition.id = template.med_storage_condition_id
                WHERE line.state = 'done' AND line.company_id = %(company)s AND line.date >= %(since)s
                  AND final.usage = 'customer' AND place.parent_path LIKE store.parent_path || '%%'
                  AND target.parent_path NOT LIKE store.parent_path || '%%'
                GROUP BY 1, 2, 3, 4""",
            company=company.id,
            zone=str(self.env["med.gate"]._zone(company)),
            since=today - timedelta(days=HISTORY_DAYS),
            cold=COLD,
        )
        places, weekdays, cold = {}, defaultdict(lambda: [0.0] * 7), defaultdict(lambda: [0, set()])
        totals = defaultdict(lambda: [0, 0.0])
        by_zone = defaultdict(lambda: defaultdict(int))
        for product, warehouse, zone, weekday, lines, units, is_cold, deliveries in self.env.execute_query(query):
            weekdays[warehouse][weekday] += lines
            totals[product, warehouse][0] += lines
            totals[product, warehouse][1] += float(units)
            by_zone[product, warehouse][zone] += lines
            if is_cold:
                cold[warehouse][0] += lines
                cold[warehouse][1] |= set(deliveries)
        for key, (lines, units) in totals.items():
            most = max(by_zone[key], key=lambda zone: (by_zone[key][zone], -zone))
            places[key] = (most, max(units / lines, 1e-6))
        return {
            "zones": zones,
            "products": {product for product, _warehouse in places},
            "places": places,
            "weekdays": {warehouse: weekday_shares(weekdays[warehouse]) for warehouse in zones},
            "boxes": {warehouse: len(deliveries) / lines for warehouse, (lines, deliveries) in cold.items() if lines},
        }

    @api.model
    def _cold(self, company, product_ids):
        """Those of the products that leave in a cold-chain box."""
        products = self.env["product.product"].with_company(company).browse(product_ids)
        return {
            product.id
            for product in products
            if product.med_storage_condition_id.has_max and product.med_storage_condition_id.max_temp <= COLD
        }

    @api.model
    def _ordered(self, company, today):
        """[(product id, warehouse id, day, lines)] of what is to leave the stock; what is late is for today."""
        query = SQL(
            """SELECT move.product_id, place.warehouse_id,
                      greatest(((move.date AT TIME ZONE 'UTC') AT TIME ZONE %(zone)s)::date, %(today)s), count(*)
                 FROM stock_move move
                 JOIN stock_location place ON place.id = move.location_id
                 JOIN stock_location final ON final.id = coalesce(move.location_final_id, move.location_dest_id)
                 JOIN stock_warehouse warehouse ON warehouse.id = place.warehouse_id
                 JOIN stock_location store ON store.id = warehouse.lot_stock_id
                WHERE move.company_id = %(company)s AND final.usage = 'customer'
                  AND place.parent_path LIKE store.parent_path || '%%'
                  AND move.state IN ('waiting', 'confirmed', 'assigned', 'partially_available')
                GROUP BY 1, 2, 3""",
            company=company.id,
            zone=str(self.env["med.gate"]._zone(company)),
            today=today,
        )
        end = today + timedelta(days=DAYS)
        return [row for row in self.env.execute_query(query) if row[2] < end]

    @api.model
    def action_refresh(self):
        """Look ahead anew for the companies the user works in."""
        self.check_access("read")
        for company in self.env.companies:
            self._renew(company)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
