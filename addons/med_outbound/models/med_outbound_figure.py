"""How well goods leave: a table to pivot and chart, one row per shipped delivery, and the dashboard."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

# What the dashboard shows, in this order: (field, unit, what a click on it asks the table for).
TILES = (
    ("share_error_free", "%", [("has_error", "=", True)]),
    ("share_on_time", "%", [("is_late", "=", True)]),
    ("share_in_full", "%", [("is_short", "=", True)]),
    ("share_otif", "%", ["|", ("is_late", "=", True), ("is_short", "=", True)]),
    ("share_lots_good", "%", [("share_lots_good", "<", 100)]),
    ("hours_order_to_ship", "h", []),
    ("hours_to_pick", "h", []),
    ("hours_to_review", "h", []),
    ("hours_to_ship", "h", []),
    ("hours_to_sign", "h", []),
)
LONGEST = 730
# Days of shelf life left, up to and without.
SHELF = ((None, 0), (0, 30), (30, 90), (90, 180), (180, 365), (365, None))


class MedOutboundFigure(models.Model):
    """One row for each delivery of regulated devices that left. What is not known is empty, not nought."""

    _name = "med.outbound.figure"
    _description = "Figures of an outbound"
    _auto = False
    _order = "date_done desc, id desc"
    _rec_name = "picking_id"
    _depends = {
        "stock.picking": [
            "company_id",
            "partner_id",
            "picking_type_id",
            "carrier_id",
            "state",
            "date_done",
            "date_deadline",
            "backorder_id",
            "med_reviewed_at",
            "med_signed_for_at",
        ],
        "stock.move.line": ["picking_id", "lot_id", "product_id", "quantity_product_uom", "state"],
        "med.outbound.receipt": ["picking_id", "refused_at"],
        "med.return.decision": ["delivery_id", "quantity", "reason_id"],
    }

    picking_id = fields.Many2one("stock.picking", "Delivery", readonly=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", "Warehouse", readonly=True)
    partner_id = fields.Many2one("res.partner", "Consignee", readonly=True)
    carrier_id = fields.Many2one("delivery.carrier", "Carrier", readonly=True)
    date_done = fields.Datetime("Left on", readonly=True)
    has_error = fields.Boolean("With an error", readonly=True)
    is_late = fields.Boolean("Late", readonly=True)
    is_short = fields.Boolean("Not in full", readonly=True)
    share_error_free = fields.Float(
        "Shipped without error (%)",
        readonly=True,
        aggregator="avg",
        help="Deliveries that the consignee did not refuse and of which nothing came back as wrong or damaged, of all.",
    )
    share_on_time = fields.Float(
        "On time (%)",
        readonly=True,
        aggregator="avg",
        help="Deliveries that left before their deadline, of those with one.",
    )
    share_in_full = fields.Float(
        "In full (%)", readonly=True, aggregator="avg", help="Deliveries that left no back order, of all."
    )
    share_otif = fields.Float(
        "On time in full (%)", readonly=True, aggregator="avg", help="On time and in full, of those with a deadline."
    )
    share_lots_good = fields.Float(
        "Lots and dates right (%)",
        readonly=True,
        aggregator="avg",
        help="Lines with a lot that had not expired when it left, of all lines of devices.",
    )
    hours_order_to_ship = fields.Float(
        "Order to ship (h)",
        readonly=True,
        aggregator="avg",
        help="From the order, or the delivery without one, to its leaving.",
    )
    hours_to_pick = fields.Float(
        "To picked (h)", readonly=True, aggregator="avg", help="From the order to the moment its last line was picked."
    )
    hours_to_review = fields.Float(
        "Picked to reviewed (h)", readonly=True, aggregator="avg", help="From picked to the signature of the review."
    )
    hours_to_ship = fields.Float(
        "Reviewed to left (h)", readonly=True, aggregator="avg", help="From the signature of the review to its leaving."
    )
    hours_to_sign = fields.Float(
        "Left to signed for (h)", readonly=True, aggregator="avg", help="From its leaving to the consignee's signature."
    )
    lines = fields.Integer("Lines", readonly=True, help="Lines of devices that left.")
    wrong_scans = fields.Integer(
        "Wrong scans", readonly=True, help="Labels that were refused while picking and reviewing."
    )
    refusals = fields.Integer("Refusals", readonly=True, help="How often the gate refused the delivery before it left.")
    units = fields.Float("Units", readonly=True, help="Units of devices that left.")
    units_returned = fields.Float("Units returned", readonly=True, help="Units of this delivery that came back.")
    return_cost = fields.Float(
        "Cost of returns", readonly=True, help="Units that came back, at the cost of the product today."
    )

    @property
    def _table_query(self):
        return SQL(
            """SELECT picking.id, picking.id AS picking_id, picking.company_id, type.warehouse_id, picking.partner_id,
                      picking.carrier_id, picking.date_done,
                      refused.any OR returned.wrong AS has_error, rest.any AS is_short,
                      COALESCE(picking.date_done > picking.date_deadline, FALSE) AS is_late,
                      CASE WHEN refused.any OR returned.wrong THEN 0.0 ELSE 100.0 END AS share_error_free,
                      CASE WHEN picking.date_done <= picking.date_deadline THEN 100.0
                           WHEN picking.date_deadline IS NOT NULL THEN 0.0 END AS share_on_time,
                      CASE WHEN rest.any THEN 0.0 ELSE 100.0 END AS share_in_full,
                      CASE WHEN picking.date_done <= picking.date_deadline AND NOT rest.any THEN 100.0
                           WHEN picking.date_deadline IS NOT NULL THEN 0.0 END AS share_otif,
                      100.0 * goods.good / goods.lines AS share_lots_good,
                      EXTRACT(EPOCH FROM picking.date_done - ordered.at) / 3600 AS hours_order_to_ship,
                      EXTRACT(EPOCH FROM told.picked_at - ordered.at) / 3600 AS hours_to_pick,
                      EXTRACT(EPOCH FROM picking.med_reviewed_at - told.picked_at) / 3600 AS hours_to_review,
                      EXTRACT(EPOCH FROM picking.date_done - picking.med_reviewed_at) / 3600 AS hours_to_ship,
                      EXTRACT(EPOCH FROM picking.med_signed_for_at - picking.date_done) / 3600 AS hours_to_sign,
                      goods.lines, told.wrong_scans, told.refusals, goods.units,
                      COALESCE(returned.units, 0) AS units_returned, COALESCE(returned.cost, 0) AS return_cost
                 FROM stock_picking picking
                 JOIN stock_picking_type type ON type.id = picking.picking_type_id AND type.code IN ('outgoing', 'dropship')
                 CROSS JOIN LATERAL (
                    SELECT count(*) AS lines, sum(line.quantity_product_uom) AS units,
                           count(*) FILTER (WHERE lot.id IS NOT NULL AND (
                               lot.expiration_date IS NULL OR lot.expiration_date > picking.date_done)) AS good
                      FROM stock_move_line line
                      JOIN product_product product ON product.id = line.product_id
                      JOIN product_template template ON template.id = product.product_tmpl_id AND template.med_is_device
                      LEFT JOIN stock_lot lot ON lot.id = line.lot_id
                     WHERE line.picking_id = picking.id AND line.state = 'done') goods
                 CROSS JOIN LATERAL (
                    SELECT EXISTS (SELECT FROM stock_picking later
                                    WHERE later.backorder_id = picking.id AND later.state <> 'cancel') AS any) rest
                 CROSS JOIN LATERAL (
                    SELECT EXISTS (SELECT FROM med_outbound_receipt receipt
                                    WHERE receipt.picking_id = picking.id AND receipt.refused_at IS NOT NULL) AS any) refused
                 CROSS JOIN LATERAL (
                    SELECT COALESCE(bool_or(reason.code IN ('wrong_goods', 'damaged')), FALSE) AS wrong,
                           sum(back.quantity) AS units,
                           sum(back.quantity * (product.standard_price ->> picking.company_id::text)::float) AS cost
                      FROM med_return_decision back
                      JOIN product_product product ON product.id = back.product_id
                      LEFT JOIN med_return_reason reason ON reason.id = back.reason_id
                     WHERE back.delivery_id = picking.id) returned
                 CROSS JOIN LATERAL (
                    SELECT COALESCE(min(sale.date_order), picking.create_date) AS at
                      FROM stock_move move
                      JOIN sale_order_line ordered ON ordered.id = move.sale_line_id
                      JOIN sale_order sale ON sale.id = ordered.order_id
                     WHERE move.picking_id = picking.id) ordered
                 CROSS JOIN LATERAL (
                    SELECT max(event.recorded_at) FILTER (WHERE event.kind = 'outbound.picked') AS picked_at,
                           count(*) FILTER (WHERE event.kind = 'scan.refused') AS wrong_scans,
                           count(*) FILTER (WHERE event.kind = 'gate.refused') AS refusals
                      FROM med_evidence_event event
                     WHERE event.res_model = 'stock.picking' AND event.res_id = picking.id) told
                WHERE picking.state = 'done' AND goods.lines > 0"""
        )

    @api.model
    def dashboard(self, days=90, warehouse_id=None):
        """What the dashboard shows, of the companies the user ticked and may read.

        :param int days: looked back from now, 1 to 730
        :return: JSON: ``tiles`` [{name, label, help, value or None, unit, domain or action}], ``rules`` [{rule,
            label, count}] of refusals, most frequent first, ``shelf`` [{from, to, units, value}] of what lies on the
            shelves by days of shelf life left, ``since`` (UTC), ``deliveries``, ``warehouses`` [{id, name}]
        :raises UserError: a span that is none
        """
        if not isinstance(days, int) or not 1 <= days <= LONGEST:
            raise UserError(self.env._("Choose a span of 1 to %(longest)s days.", longest=LONGEST))
        since = fields.Datetime.now() - timedelta(days=days)
        warehouses = self.env["stock.warehouse"].search([("company_id", "in", self.env.companies.ids)])
        domain = Domain("company_id", "in", self.env.companies.ids) & Domain("date_done", ">=", since)
        if warehouse_id:
            domain &= Domain("warehouse_id", "=", warehouse_id)
        names = [name for name, _unit, _click in TILES]
        sums = ("lines", "wrong_scans", "units", "units_returned", "return_cost")
        [row] = self._read_group(
            domain, [], ["__count", *(f"{name}:avg" for name in names), *(f"{name}:sum" for name in sums)]
        )
        count, averages, totals = row[0], row[1 : 1 + len(names)], dict(zip(sums, row[1 + len(names) :], strict=True))
        tiles = [
            {**self._tile(name, value, unit), "domain": list(domain & Domain(click))}
            for (name, unit, click), value in zip(TILES, averages, strict=True)
        ]
        tiles += self._tiles_of_sums(totals, domain)
        place = [warehouse_id] if warehouse_id else warehouses.ids
        tiles += self._tiles_of_stock(place, since, days)
        return {
            "since": fields.Datetime.to_string(since),
            "deliveries": count,
            "tiles": tiles,
            "rules": self._refused_rules(since),
            "shelf": self._shelf(place),
            "warehouses": [{"id": one.id, "name": one.name} for one in warehouses],
        }

    @api.model
    def _tile(self, name, value, unit):
        described = self.fields_get([name], ["string", "help"])[name]
        return {"name": name, "label": described["string"], "help": described["help"], "value": value, "unit": unit}

    @api.model
    def _tiles_of_sums(self, totals, domain):
        """Shares of lines and units, not of deliveries."""
        _ = self.env._
        scans = (totals["lines"] or 0) + (totals["wrong_scans"] or 0)
        units = totals["units"] or 0
        return [
            {
                "name": "picking_accuracy",
                "label": _("Picking accuracy"),
                "help": _("Lines that left, of these and the labels that were refused on the way."),
                "value": 100 * totals["lines"] / scans if scans else None,
                "unit": "%",
                "domain": list(domain & Domain("wrong_scans", ">", 0)),
            },
            {
                "name": "return_rate",
                "label": _("Return rate"),
                "help": _("Units that came back, of those that left."),
                "value": 100 * totals["units_returned"] / units if units else None,
                "unit": "%",
                "domain": list(domain & Domain("units_returned", ">", 0)),
            },
            {
                "name": "return_cost",
                "label": _("Cost of returns"),
                "help": _("Units that came back, at the cost of the product today."),
                "value": totals["return_cost"] or 0,
                "unit": self.env.company.currency_id.symbol,
                "domain": list(domain & Domain("units_returned", ">", 0)),
            },
        ]

    @api.model
    def _tiles_of_stock(self, warehouse_ids, since, days):
        _ = self.env._
        stock, shipped = self._stock_and_shipped(warehouse_ids, since)
        return [
            {
                "name": "turnover_days",
                "label": _("Inventory turnover"),
                "help": _(
                    "Value of the devices in stock at the cost of today, divided by the value of those that left per day."
                ),
                "value": stock / shipped * days if shipped else None,
                "unit": "d",
                "action": "med_quality.med_lot_stock_action",
            },
            {
                "name": "dock_to_release",
                "label": _("Dock to release"),
                "help": _("Median of the days from the receipt of a lot to the signature that released it."),
                "value": self._dock_to_release(since),
                "unit": "d",
                "action": "med_quality.med_lot_action",
            },
        ]

    def _stock_and_shipped(self, warehouse_ids, since):
        """(value in stock, value that left since), both at the cost of today."""
        self.env["stock.quant"].flush_model()
        self.env["stock.move.line"].flush_model()
        [row] = self.env.execute_query(
            SQL(
                """SELECT (SELECT sum(quant.quantity * (product.standard_price ->> quant.company_id::text)::float)
                             FROM stock_quant quant
                             JOIN stock_location place ON place.id = quant.location_id AND place.usage = 'internal'
                             JOIN product_product product ON product.id = quant.product_id
                             JOIN product_template template
                               ON template.id = product.product_tmpl_id AND template.med_is_device
                            WHERE place.warehouse_id = ANY(%(places)s)),
                          (SELECT sum(line.quantity_product_uom
                                      * (product.standard_price ->> picking.company_id::text)::float)
                             FROM stock_picking picking
                             JOIN stock_picking_type type
                               ON type.id = picking.picking_type_id AND type.code = 'outgoing'
                              AND type.warehouse_id = ANY(%(places)s)
                             JOIN stock_move_line line ON line.picking_id = picking.id AND line.state = 'done'
                             JOIN product_product product ON product.id = line.product_id
                             JOIN product_template template
                               ON template.id = product.product_tmpl_id AND template.med_is_device
                            WHERE picking.state = 'done' AND picking.date_done >= %(since)s)""",
                places=list(warehouse_ids),
                since=since,
            )
        )
        return row[0] or 0.0, row[1] or 0.0

    def _dock_to_release(self, since):
        """Days, or None when nothing was released."""
        [[days]] = self.env.execute_query(
            SQL(
                """SELECT percentile_cont(0.5) WITHIN GROUP (
                              ORDER BY event.recorded_at::date - lot.med_received_on)
                     FROM med_evidence_event event
                     JOIN stock_lot lot ON lot.id = event.res_id
                    WHERE event.kind = 'lot.status' AND event.res_model = 'stock.lot'
                      AND event.recorded_at >= %s AND lot.med_received_on IS NOT NULL
                      AND (lot.company_id IS NULL OR lot.company_id = ANY(%s))
                      AND event.body::jsonb ->> 'new' = 'released'""",
                since,
                list(self.env.companies.ids),
            )
        )
        return days

    def _refused_rules(self, since):
        """What the gate refused, by rule."""
        rows = self.env.execute_query(
            SQL(
                """SELECT finding ->> 'rule' AS rule, count(*)
                     FROM med_evidence_event event, jsonb_array_elements(event.body::jsonb -> 'findings') finding
                    WHERE event.kind = 'gate.refused' AND event.recorded_at >= %s
                      AND event.company_id = ANY(%s)
                    GROUP BY 1 ORDER BY 2 DESC, 1""",
                since,
                list(self.env.companies.ids),
            )
        )
        labels = self.env["med.gate"]._rule_labels()
        return [{"rule": rule, "label": labels.get(rule, rule), "count": count} for rule, count in rows]

    def _shelf(self, warehouse_ids):
        """Devices on the shelves by the days of shelf life they have left."""
        rows = self.env.execute_query(
            SQL(
                """SELECT EXTRACT(DAY FROM lot.expiration_date - (now() AT TIME ZONE 'UTC'))::int AS days,
                          sum(quant.quantity),
                          sum(quant.quantity * (product.standard_price ->> quant.company_id::text)::float)
                     FROM stock_quant quant
                     JOIN stock_location place ON place.id = quant.location_id AND place.usage = 'internal'
                     JOIN stock_lot lot ON lot.id = quant.lot_id AND lot.expiration_date IS NOT NULL
                     JOIN product_product product ON product.id = quant.product_id
                     JOIN product_template template ON template.id = product.product_tmpl_id AND template.med_is_device
                    WHERE place.warehouse_id = ANY(%s) AND quant.quantity > 0
                    GROUP BY 1""",
                list(warehouse_ids),
            )
        )
        result = []
        for low, high in SHELF:
            some = [row for row in rows if (low is None or row[0] >= low) and (high is None or row[0] < high)]
            result.append(
                {
                    "from": low,
                    "to": high,
                    "units": sum(row[1] for row in some),
                    "value": sum(row[2] or 0 for row in some),
                }
            )
        return result

    def action_open_delivery(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "stock.picking",
            "res_id": self.picking_id.id,
            "views": [(False, "form")],
        }
