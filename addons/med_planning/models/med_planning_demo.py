"""Demonstration data: three goods with three years behind them. What is past cannot be typed in."""

from datetime import datetime, timedelta
from math import pi, sin

from odoo import Command, api, fields, models
from odoo.tools import SQL

from ..lib import periods

# (name, cost, units a month, swing of the year, on hand, days until it expires)
GOODS = (
    ("Influenza A/B antigen test, 25 tests", 38.0, 60, 0.7, 420, 120),
    ("Haemodialysis blood tubing set", 6.5, 180, 0.1, 90, 700),
    ("Guide wire 0.035 in, 150 cm", 24.0, 9, 0.0, 75, 200),
)
MONTHS = 36


class MedPlanningDemo(models.AbstractModel):
    _name = "med.planning.demo"
    _description = "Demonstration of planning"

    @api.model
    def _play(self):
        if self.env["product.product"].search_count([("name", "=", GOODS[0][0])], limit=1):
            return
        hospital = self.env.ref("med_master_data.partner_hospital_1_demo", raise_if_not_found=False)
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.env.company.id)], limit=1)
        if not hospital or not warehouse:
            return
        vendor = self.env["res.partner"].create({"name": "Northern Devices Co.", "is_company": True})
        customers = self.env.ref("stock.stock_location_customers")
        month = periods.start_of(fields.Date.context_today(self), "month")
        rows = []
        for number, (name, cost, level, swing, on_hand, days) in enumerate(GOODS):
            product = self.env["product.product"].create(
                {
                    "name": name,
                    "is_storable": True,
                    "tracking": "lot",
                    "use_expiration_date": True,
                    "med_is_device": True,
                    "med_device_class": "II",
                    "standard_price": cost,
                    "seller_ids": [Command.create({"partner_id": vendor.id, "delay": 21, "price": cost})],
                }
            )
            for index in range(MONTHS):
                day = periods.add(month, index - MONTHS, "month")
                # uneven, and the same whenever it is played
                noise = 1 + 0.2 * sin(7.3 * index + 2.1 * number)
                quantity = round(level * (1 + swing * sin((day.month + 2) * pi / 6)) * noise)
                if number == 2 and index % 3:
                    quantity = 0
                # a tender that nobody should expect again
                quantity += 900 if (number, index) == (1, 20) else 0
                at = datetime.combine(day + timedelta(days=14), datetime.min.time())
                if quantity:
                    rows.append((product, None, warehouse.lot_stock_id.id, customers.id, hospital.id, quantity, at))
            self._shelf(product, warehouse, on_hand, days, number)
        load(self.env, rows)
        run = self.env["med.forecast.run"].create({})
        while run.state in ("queued", "running"):
            run._work()
        self.env["med.floor.feedback"].create(
            {"name": "The label of the tubing set hides the lot number", "area": "process"}
        )
        self.env["med.periodic.review"].create({}).action_freeze()

    def _shelf(self, product, warehouse, on_hand, days, number):
        expiry = fields.Datetime.now() + timedelta(days=days)
        lot = self.env["stock.lot"].create({"name": f"P26{number + 1:02}-A", "product_id": product.id})
        lot.write({"expiration_date": expiry, "removal_date": expiry, "use_date": expiry, "alert_date": expiry})
        lot._med_set_status("released")
        self.env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, on_hand, lot_id=lot)


def load(env, rows):
    """Write done movements of the past, with their moves, as a migration brings them: no gate, no stock.

    :param rows: (product, lot id or None, origin id, destination id, partner id or None, quantity, datetime in UTC)
        of the environment's company; quantities in the product's unit
    """
    env.flush_all()
    company = env.company.id
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _n in range(7)]
    products, lots, origins, destinations, partners, quantities, dates = columns
    pickings = _pickings(env, company, partners, origins, destinations)
    env.execute_query(
        SQL(
            """WITH row AS (
                   SELECT nextval('stock_move_id_seq') AS move_id, row.* FROM unnest(
                       %s::integer[], %s::integer[], %s::integer[], %s::integer[], %s::integer[], %s::integer[],
                       %s::numeric[], %s::timestamp[]
                   ) AS row (product_id, uom_id, lot_id, origin_id, destination_id, picking_id, quantity, at)
               ), move AS (
                   INSERT INTO stock_move (id, company_id, product_id, product_uom, location_id, location_dest_id,
                                           procure_method, product_uom_qty, product_qty, quantity, date, state, picking_id,
                                           create_date)
                   SELECT move_id, %s, product_id, uom_id, origin_id, destination_id, 'make_to_stock', quantity, quantity,
                          quantity, at, 'done', picking_id, at FROM row RETURNING id
               )
               INSERT INTO stock_move_line (move_id, company_id, product_id, product_uom_id, lot_id, location_id,
                                            location_dest_id, picking_id, quantity, quantity_product_uom, date, state)
               SELECT move_id, %s, product_id, uom_id, lot_id, origin_id, destination_id, picking_id, quantity, quantity,
                      at, 'done' FROM row RETURNING id""",
            [product.id for product in products],
            [product.uom_id.id for product in products],
            lots,
            origins,
            destinations,
            [pickings.get(partner) for partner in partners],
            quantities,
            dates,
            company,
            company,
        )
    )
    env.invalidate_all()


def _pickings(env, company, partners, origins, destinations):
    """{partner id: a done transfer to him}: the line knows its consignee by it."""
    found = {}
    kind = env["stock.picking.type"].search([("code", "=", "outgoing"), ("company_id", "=", company)], limit=1)
    for partner, origin, destination in zip(partners, origins, destinations, strict=True):
        if partner and partner not in found:
            found[partner] = (
                env["stock.picking"]
                .create(
                    {
                        "picking_type_id": kind.id,
                        "partner_id": partner,
                        "location_id": origin,
                        "location_dest_id": destination,
                    }
                )
                .id
            )
    env.flush_all()
    return found
