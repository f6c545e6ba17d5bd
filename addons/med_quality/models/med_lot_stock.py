from odoo import fields, models
from odoo.tools import SQL

# What leaves in a day is taken from so many days back.
USE_DAYS = 90

LEVELS = [
    ("expired", "Expired"),
    ("urgent", "Urgent"),
    ("near", "Near expiry"),
    ("fresh", "In date"),
    ("undated", "No expiry date"),
]
PROPOSALS = [
    ("dispose", "Return or destroy"),
    ("decide", "Quality decides"),
    ("sell_first", "Sell first"),
    ("none", "Nothing to do"),
]


class MedLotStock(models.Model):
    """What lies on the shelves, lot by lot: its status, how near its expiry is, and what will not
    be sold before it.

    Sales are taken to go on as in the last 90 days and to take what expires first. With D(i) what
    is sold until lot i expires and S(i) what lots 1..i hold, C(i) = S(i) + min(0, min over j <= i of
    D(j) - S(j)) of it is sold: each lot adds its stock, and never more is sold than is asked for by
    any of the dates on the way. The rest of lot i is left over when it expires.
    """

    _name = "med.lot.stock"
    _description = "Stock by lot, status and expiry"
    _auto = False
    _order = "expiry_date, product_id, lot_id"

    lot_id = fields.Many2one("stock.lot", "Lot", readonly=True)
    product_id = fields.Many2one("product.product", "Product", readonly=True)
    categ_id = fields.Many2one("product.category", "Category", readonly=True)
    supplier_id = fields.Many2one("res.partner", "Supplier", readonly=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    currency_id = fields.Many2one("res.currency", "Currency", readonly=True)
    status = fields.Selection(
        selection=lambda self: self.env["stock.lot"]._fields["med_status"]._description_selection(self.env),
        string="Quality status",
        readonly=True,
    )
    expiry_date = fields.Date("Expires on", readonly=True)
    days_left = fields.Integer("Days left", readonly=True, aggregator="min")
    level = fields.Selection(LEVELS, readonly=True, string="Expiry level")
    quantity = fields.Float("On hand", digits="Product Unit", readonly=True)
    reserved_quantity = fields.Float("Reserved", digits="Product Unit", readonly=True)
    value = fields.Monetary("Value at cost", readonly=True, aggregator="sum")
    daily_use = fields.Float(
        "Per day",
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="What left for customers, less what came back, in the last 90 days.",
    )
    left_over = fields.Float(
        "Left over",
        digits="Product Unit",
        readonly=True,
        help="What will not be sold before the lot expires, if goods go on leaving as in the last 90 days.",
    )
    left_over_value = fields.Monetary("Value left over", readonly=True, aggregator="sum")
    proposal = fields.Selection(PROPOSALS, "Suggestion", readonly=True)

    # what is flushed before the query below reads it
    _depends = {
        "stock.quant": ["lot_id", "company_id", "quantity", "reserved_quantity", "location_id"],
        "stock.move.line": ["product_id", "company_id", "quantity_product_uom", "state", "date", "location_dest_id"],
        "stock.lot": ["product_id", "med_status", "expiration_date", "med_supplier_id"],
        "product.product": ["product_tmpl_id", "standard_price"],
        "product.template": ["categ_id", "med_is_device", "med_near_expiry_days", "med_urgent_expiry_days"],
        "res.company": ["currency_id", "partner_id", "med_near_expiry_days", "med_urgent_expiry_days"],
        "res.partner": ["tz"],
        "stock.location": ["usage"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            WITH place AS (
                SELECT company.id, company.currency_id,
                       (now() AT TIME ZONE coalesce(partner.tz, 'UTC'))::date AS today,
                       coalesce(partner.tz, 'UTC') AS tz,
                       company.med_near_expiry_days AS near_days, company.med_urgent_expiry_days AS urgent_days
                  FROM res_company company JOIN res_partner partner ON partner.id = company.partner_id
            ), stock AS (
                SELECT min(quant.id) AS quant_id, quant.lot_id, quant.company_id,
                       sum(quant.quantity) AS quantity, sum(quant.reserved_quantity) AS reserved
                  FROM stock_quant quant JOIN stock_location location ON location.id = quant.location_id
                 WHERE quant.lot_id IS NOT NULL AND location.usage IN ('internal', 'transit')
                   AND quant.company_id IS NOT NULL
                 GROUP BY quant.lot_id, quant.company_id HAVING sum(quant.quantity) > 0
            ), used AS (%(used)s
            ), dated AS (
                SELECT lot.id, lot.product_id, lot.med_supplier_id, lot.med_status, stock.company_id, stock.quant_id,
                       lot.expiration_date <= now() AT TIME ZONE 'UTC' AS is_expired,
                       stock.quantity, stock.reserved, product.product_tmpl_id,
                       ((lot.expiration_date AT TIME ZONE 'UTC') AT TIME ZONE place.tz)::date AS expiry,
                       place.today, place.near_days, place.urgent_days, place.currency_id,
                       greatest(coalesce(used.daily, 0), 0) AS daily,
                       coalesce((product.standard_price ->> stock.company_id::text)::numeric, 0) AS cost
                  FROM stock
                  JOIN stock_lot lot ON lot.id = stock.lot_id
                  JOIN product_product product ON product.id = lot.product_id
                  JOIN place ON place.id = stock.company_id
                  LEFT JOIN used ON used.product_id = lot.product_id AND used.company_id = stock.company_id
            ), sold AS (
                -- what may leave or will be released is sold
                SELECT dated.id, dated.company_id, dated.quantity,
                       sum(quantity) OVER fefo + least(0, min(demand - held) OVER fefo) AS total
                  FROM (SELECT dated.*, greatest(expiry - today, 0) * daily AS demand,
                               sum(quantity) OVER (PARTITION BY product_id, company_id ORDER BY expiry, id) AS held
                          FROM dated WHERE med_status IN ('released', 'quarantine') AND NOT is_expired) AS dated
                WINDOW fefo AS (PARTITION BY product_id, company_id ORDER BY expiry, id)
            ), rest AS (
                SELECT sold.id, sold.company_id, sold.quantity - (sold.total - lag(sold.total, 1, 0) OVER (
                       PARTITION BY lot.product_id, sold.company_id ORDER BY lot.expiry, lot.id)) AS left_over
                  FROM sold JOIN dated lot ON lot.id = sold.id AND lot.company_id = sold.company_id
            ), levelled AS (
                SELECT dated.*, template.categ_id, template.uom_id,
                       CASE WHEN dated.expiry IS NULL THEN 0
                            WHEN dated.is_expired OR dated.med_status NOT IN ('released', 'quarantine')
                            THEN dated.quantity
                            ELSE greatest(coalesce(rest.left_over, 0), 0) END AS left_over,
                       CASE WHEN dated.expiry IS NULL THEN 'undated'
                            WHEN dated.is_expired THEN 'expired'
                            WHEN dated.expiry - dated.today
                                 <= coalesce(nullif(template.med_urgent_expiry_days, 0), urgent_days) THEN 'urgent'
                            WHEN dated.expiry - dated.today
                                 <= coalesce(nullif(template.med_near_expiry_days, 0), near_days) THEN 'near'
                            ELSE 'fresh' END AS level
                  FROM dated
                  JOIN product_template template ON template.id = dated.product_tmpl_id AND template.med_is_device
                  LEFT JOIN rest ON rest.id = dated.id AND rest.company_id = dated.company_id
            )
            SELECT quant_id AS id, id AS lot_id, product_id, categ_id,
                   med_supplier_id AS supplier_id, company_id, currency_id, med_status AS status,
                   expiry AS expiry_date, expiry - today AS days_left, level, quantity,
                   reserved AS reserved_quantity, quantity * cost AS value, daily AS daily_use,
                   left_over, left_over * cost AS left_over_value,
                   CASE WHEN level = 'expired' OR med_status IN ('rejected', 'recalled') THEN 'dispose'
                        WHEN med_status <> 'released' THEN 'decide'
                        WHEN level IN ('urgent', 'near') OR left_over > 0 THEN 'sell_first'
                        ELSE 'none' END AS proposal
              FROM levelled
            """,
            used=self._query_daily_use(),
        )

    def _query_daily_use(self):
        """(product_id, company_id, daily): what is taken to leave in a day. Addons that know better answer better."""
        return SQL(
            """
                SELECT line.product_id, line.company_id,
                       sum(CASE WHEN destination.usage = 'customer' THEN line.quantity_product_uom
                                ELSE -line.quantity_product_uom END) / %(days)s AS daily
                  FROM stock_move_line line
                  JOIN stock_location origin ON origin.id = line.location_id
                  JOIN stock_location destination ON destination.id = line.location_dest_id
                 WHERE line.state = 'done' AND line.date >= now() AT TIME ZONE 'UTC' - interval '1 day' * %(days)s
                   AND (destination.usage = 'customer') <> (origin.usage = 'customer')
                 GROUP BY line.product_id, line.company_id
            """,
            days=USE_DAYS,
        )

    def action_open_lot(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "stock.lot",
            "res_id": self.lot_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
