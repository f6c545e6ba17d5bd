from odoo import api, fields, models
from odoo.tools import SQL

# Receipts of so many days back count.
DAYS = 730


class MedSupplierFigure(models.Model):
    """How reliable each supplier was: what his orders really took, what came of them, and what quality said of it."""

    _name = "med.supplier.figure"
    _description = "Supplier reliability"
    _auto = False
    _order = "receipts desc, id"
    _rec_name = "supplier_id"
    _depends = {
        "purchase.order": ["partner_id", "date_approve", "state", "company_id"],
        "purchase.order.line": ["order_id", "product_qty", "qty_received", "date_planned"],
        "stock.move": ["purchase_line_id", "state", "date", "location_id"],
        "stock.lot": ["med_supplier_id", "med_status"],
    }

    supplier_id = fields.Many2one("res.partner", "Supplier", readonly=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    receipts = fields.Integer("Receipts", readonly=True)
    lead_days = fields.Float(
        "Lead time (days)",
        digits=(8, 1),
        readonly=True,
        aggregator="avg",
        help="From the confirmed order to the goods in the warehouse, on average.",
    )
    lead_spread = fields.Float(
        "Spread (days)",
        digits=(8, 1),
        readonly=True,
        aggregator="avg",
        help="How much lead times scatter round their mean (root of the mean square). Safety stock grows with it.",
    )
    late_share = fields.Float(
        "Late (%)", digits=(8, 1), readonly=True, aggregator="avg", help="Receipts after the promised day, of all."
    )
    fill_share = fields.Float(
        "Delivered (%)",
        digits=(8, 1),
        readonly=True,
        aggregator="avg",
        help="Received, of what was ordered and is due.",
    )
    lots = fields.Integer("Lots", readonly=True)
    rejected_share = fields.Float(
        "Rejected (%)",
        digits=(8, 1),
        readonly=True,
        aggregator="avg",
        help="Lots that quality rejected, of all of this supplier.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH received AS (
                SELECT purchase.company_id, coalesce(partner.commercial_partner_id, partner.id) AS supplier_id,
                       EXTRACT(EPOCH FROM move.date - purchase.date_approve) / 86400.0 AS days,
                       (move.date > line.date_planned + interval '1 day')::integer AS is_late
                  FROM stock_move move
                  JOIN purchase_order_line line ON line.id = move.purchase_line_id
                  JOIN purchase_order purchase ON purchase.id = line.order_id
                  JOIN res_partner partner ON partner.id = purchase.partner_id
                  JOIN stock_location origin ON origin.id = move.location_id
                 WHERE move.state = 'done' AND origin.usage = 'supplier' AND purchase.date_approve IS NOT NULL
                   AND move.date >= now() AT TIME ZONE 'UTC' - interval '1 day' * %(days)s
            ), lead AS (
                SELECT company_id, supplier_id, count(*) AS receipts, avg(days) AS days,
                       coalesce(stddev_samp(days), 0) AS spread, 100.0 * avg(is_late) AS late
                  FROM received GROUP BY 1, 2
            ), due AS (
                SELECT purchase.company_id, coalesce(partner.commercial_partner_id, partner.id) AS supplier_id,
                       sum(least(line.qty_received, line.product_qty)) AS received, sum(line.product_qty) AS ordered
                  FROM purchase_order_line line
                  JOIN purchase_order purchase ON purchase.id = line.order_id
                  JOIN res_partner partner ON partner.id = purchase.partner_id
                 WHERE purchase.state = 'purchase' AND line.product_id IS NOT NULL
                   AND line.date_planned < now() AT TIME ZONE 'UTC'
                   AND purchase.date_approve >= now() AT TIME ZONE 'UTC' - interval '1 day' * %(days)s
                 GROUP BY 1, 2
            ), judged AS (
                SELECT coalesce(partner.commercial_partner_id, partner.id) AS supplier_id, count(*) AS lots,
                       100.0 * avg((lot.med_status = 'rejected')::integer) AS rejected
                  FROM stock_lot lot JOIN res_partner partner ON partner.id = lot.med_supplier_id GROUP BY 1
            )
            SELECT (lead.company_id::bigint << 32 | lead.supplier_id) %% 2147483647 AS id, lead.supplier_id,
                   lead.company_id, lead.receipts, lead.days AS lead_days, lead.spread AS lead_spread,
                   lead.late AS late_share, 100.0 * due.received / nullif(due.ordered, 0) AS fill_share,
                   coalesce(judged.lots, 0) AS lots, coalesce(judged.rejected, 0) AS rejected_share
              FROM lead
              LEFT JOIN due ON due.company_id = lead.company_id AND due.supplier_id = lead.supplier_id
              LEFT JOIN judged ON judged.supplier_id = lead.supplier_id
            """,
            days=DAYS,
        )

    @api.model
    def _leads(self, company):
        """({product id: (days, spread, receipts)}, {supplier id: ...}) as measured; a product needs three receipts."""
        query = SQL(
            """SELECT line.product_id, avg(days.n), coalesce(stddev_samp(days.n), 0), count(*)
                 FROM stock_move move
                 JOIN purchase_order_line line ON line.id = move.purchase_line_id
                 JOIN purchase_order purchase ON purchase.id = line.order_id
                 JOIN stock_location origin ON origin.id = move.location_id
                 CROSS JOIN LATERAL (SELECT EXTRACT(EPOCH FROM move.date - purchase.date_approve) / 86400.0) AS days (n)
                WHERE move.state = 'done' AND origin.usage = 'supplier' AND purchase.date_approve IS NOT NULL
                  AND purchase.company_id = %s AND move.date >= now() AT TIME ZONE 'UTC' - interval '1 day' * %s
                GROUP BY 1 HAVING count(*) >= 3""",
            company.id,
            DAYS,
        )
        by_product = {row[0]: (float(row[1]), float(row[2]), row[3]) for row in self.env.execute_query(query)}
        by_supplier = {
            row.supplier_id.id: (row.lead_days, row.lead_spread, row.receipts)
            for row in self.search([("company_id", "=", company.id)])
        }
        return by_product, by_supplier

    @api.model
    def _life_at_receipt(self, company):
        """{product id: days of life its lots had left when they came, in the median}"""
        query = SQL(
            """SELECT product_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY expiration_date::date - med_received_on)
                 FROM stock_lot
                WHERE expiration_date IS NOT NULL AND med_received_on IS NOT NULL
                  AND (company_id = %s OR company_id IS NULL)
                GROUP BY 1""",
            company.id,
        )
        return {product: float(days) for product, days in self.env.execute_query(query)}
