from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ..lib import periods
from ..lib.expiry import least_days, left_over
from ..lib.replenish import Rules, Supply, advise

# What is to be ordered within so many days is worth a line today.
AHEAD = 14
# Of a supplier who says nothing and of whom nothing is known.
LEAD_DAYS = 14.0
# Nothing measured: so much of the promised time is taken for its spread.
SPREAD = 0.25


class MedReplenishProposal(models.Model):
    """What to order or to move, when, and why. Nothing is ordered before a person says so."""

    _name = "med.replenish.proposal"
    _description = "Suggested order"
    _order = "order_by, risk desc, id"

    kind = fields.Selection([("order", "Order"), ("transfer", "Transfer")], required=True, readonly=True)
    product_id = fields.Many2one(
        "product.product", "Product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one("stock.warehouse", "Warehouse", required=True, readonly=True, ondelete="cascade")
    source_id = fields.Many2one("stock.warehouse", "From warehouse", readonly=True, ondelete="set null")
    company_id = fields.Many2one("res.company", "Company", required=True, readonly=True)
    forecast_id = fields.Many2one("med.forecast", "Forecast", readonly=True, ondelete="set null")
    supplier_id = fields.Many2one("res.partner", "Supplier", readonly=True, ondelete="set null")
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    quantity = fields.Float(digits="Product Unit", readonly=True)
    order_by = fields.Date("Order by", readonly=True)
    expected_on = fields.Date("Expected on", readonly=True)
    risk = fields.Float(
        "Risk of running out (%)",
        digits=(8, 1),
        readonly=True,
        aggregator="max",
        help="The probability that more is asked for during the lead time than there is and is on its way.",
    )
    on_hand = fields.Float(
        "Can still be sold", digits="Product Unit", readonly=True, help="On hand, less what will expire unsold."
    )
    incoming = fields.Float("On its way", digits="Product Unit", readonly=True)
    overdue = fields.Float("Overdue to customers", digits="Product Unit", readonly=True)
    daily_quantity = fields.Float("Demand per day", digits=(16, 3), readonly=True, aggregator="avg")
    lead_days = fields.Float("Lead time (days)", digits=(8, 1), readonly=True, aggregator="avg")
    lead_spread = fields.Float("Spread (days)", digits=(8, 1), readonly=True, aggregator="avg")
    lead_receipts = fields.Integer("Measured on receipts", readonly=True)
    safety_stock = fields.Float("Safety stock", digits="Product Unit", readonly=True)
    reorder_point = fields.Float("Reorder point", digits="Product Unit", readonly=True)
    order_up_to = fields.Float("Order up to", digits="Product Unit", readonly=True)
    is_capped = fields.Boolean("Limited by shelf life", readonly=True)
    life_days = fields.Integer(
        "Ask for days of life",
        readonly=True,
        help="At receipt, so that all of it can be sold: the life the goods usually come with.",
    )
    why = fields.Text("Why", compute="_compute_why")
    state = fields.Selection(
        [("open", "Open"), ("done", "Ordered"), ("refused", "Refused"), ("gone", "Not needed any more")],
        default="open",
        readonly=True,
        index=True,
    )
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    decided_at = fields.Datetime("Decided at", readonly=True)
    ordered_quantity = fields.Float("Ordered", digits="Product Unit", readonly=True)
    purchase_id = fields.Many2one("purchase.order", "Request for quotation", readonly=True, ondelete="set null")
    picking_id = fields.Many2one("stock.picking", "Transfer", readonly=True, ondelete="set null")

    _one_open = models.UniqueIndex("(product_id, warehouse_id, kind) WHERE state = 'open'")

    @api.depends("product_id", "warehouse_id")
    def _compute_display_name(self):
        for one in self:
            one.display_name = f"{one.product_id.display_name} · {one.warehouse_id.code}"

    @api.depends("reorder_point", "safety_stock", "lead_days", "is_capped", "source_id", "quantity")
    @api.depends_context("lang")
    def _compute_why(self):
        _ = self.env._

        def number(value):
            return formatLang(self.env, value, digits=1)

        for one in self:
            lines = [
                _(
                    "Until an order comes (%(lead)s days, give or take %(spread)s, measured on %(receipts)s receipts)"
                    " %(demand)s are expected to be asked for; with a safety stock of %(safety)s the reorder point is"
                    " %(point)s.",
                    lead=number(one.lead_days),
                    spread=number(one.lead_spread),
                    receipts=one.lead_receipts,
                    demand=number(one.reorder_point - one.safety_stock),
                    safety=number(one.safety_stock),
                    point=number(one.reorder_point),
                ),
                _(
                    "There are %(hand)s that can still be sold, %(coming)s on their way and %(overdue)s overdue.",
                    hand=number(one.on_hand),
                    coming=number(one.incoming),
                    overdue=number(one.overdue),
                ),
            ]
            if one.is_capped:
                lines.append(_("More would expire before it is sold."))
            if one.source_id:
                lines.append(_("%(warehouse)s has more than it needs.", warehouse=one.source_id.name))
            one.why = "\n".join(lines)

    # Looking ahead -----------------------------------------------------------------------------

    @api.model
    def _propose(self, company):
        """Renew what is suggested to a company, from its forecasts, stock, suppliers and rules."""
        self.env.flush_all()
        stock = self.env["med.planning.stock"].with_company(company)
        today = stock._today(company)
        forecasts = stock._forecasts(company)
        lots, wants = stock._lots(company, today), stock._wants(company, today)
        flows = self._flows(company, today)
        supplies = self._supplies(company, {product for product, _warehouse in forecasts})
        found, positions = {}, {}
        for key, forecast in forecasts.items():
            product, warehouse = key
            logic = forecast._forecast()
            asked = wants.get(product, ())
            daily = stock._daily(forecast, today)
            on_hand, incoming, overdue = flows.get(key, (0.0, 0.0, 0.0))
            # what will expire unsold is no stock to count on
            sellable = max(
                0.0, on_hand - sum(r.left for r in left_over(lots[product][warehouse], daily, asked).values())
            )
            supply, supplier, receipts = supplies[product]
            rules = Rules(
                company.med_service_level / 100,
                1,
                company.med_order_cycle,
                least_days(asked),
                company.med_used_up / 100,
            )
            period_days = periods.DAYS[forecast.unit or "month"]
            position = sellable + incoming - overdue
            advice = advise(logic, period_days, position, supply, rules)
            positions[key] = sellable - advice.order_up_to
            if not advice.quantity or advice.days > AHEAD:
                continue
            order_by = today + timedelta(days=advice.days)
            found[(*key, "order")] = {
                "forecast_id": forecast.id,
                "supplier_id": supplier,
                "source_id": False,
                "quantity": advice.quantity,
                "order_by": order_by,
                "expected_on": order_by + timedelta(days=round(supply.lead_days)),
                "risk": 100 * logic.risk(supply.lead_days / period_days, position),
                "on_hand": sellable,
                "incoming": incoming,
                "overdue": overdue,
                "daily_quantity": sum(daily) / len(daily),
                "lead_days": supply.lead_days,
                "lead_spread": supply.lead_spread,
                "lead_receipts": receipts,
                "safety_stock": advice.safety,
                "reorder_point": advice.reorder_point,
                "order_up_to": advice.order_up_to,
                "is_capped": advice.capped,
                "life_days": round(supply.life_days or 0),
            }
        self._share(found, positions)
        return self._renew(company, found)

    @api.model
    def _share(self, found, positions):
        """What another warehouse has beyond all it needs comes from there before it is ordered."""
        spare = {key: surplus for key, surplus in positions.items() if surplus >= 1}
        for key in sorted(found, key=lambda key: -found[key]["risk"]):
            product, warehouse, _kind = key
            sources = [other for other in spare if other[0] == product and other[1] != warehouse]
            source = max(sources, key=lambda other: spare[other], default=None)
            if source is None:
                continue
            moved = float(int(min(spare[source], found[key]["quantity"])))
            if moved < 1:
                continue
            spare[source] -= moved
            found[product, warehouse, "transfer"] = {**found[key], "quantity": moved, "source_id": source[1]}
            found[key] = {**found[key], "quantity": found[key]["quantity"] - moved}
        for key in [key for key, vals in found.items() if vals["quantity"] < 1e-6]:
            del found[key]

    @api.model
    def _flows(self, company, today):
        """{(product id, warehouse id): (on hand that may leave, on its way, overdue to customers)}"""
        query = SQL(
            """SELECT product_id, warehouse_id, sum(on_hand), sum(incoming), sum(overdue) FROM (
                   SELECT quant.product_id, location.warehouse_id, quant.quantity AS on_hand, 0 AS incoming, 0 AS overdue
                     FROM stock_quant quant
                     JOIN stock_location location ON location.id = quant.location_id
                     LEFT JOIN stock_lot lot ON lot.id = quant.lot_id
                    WHERE quant.company_id = %(company)s AND location.usage = 'internal'
                      AND (lot.med_status IS NULL OR lot.med_status IN ('released', 'quarantine'))
                      AND (lot.expiration_date IS NULL OR lot.expiration_date > now() AT TIME ZONE 'UTC')
                   UNION ALL
                   SELECT move.product_id, place.warehouse_id, 0, move.product_qty, 0
                     FROM stock_move move
                     JOIN stock_location origin ON origin.id = move.location_id
                     JOIN stock_location place ON place.id = coalesce(move.location_final_id, move.location_dest_id)
                    WHERE move.company_id = %(company)s AND origin.warehouse_id IS DISTINCT FROM place.warehouse_id
                      AND place.usage = 'internal'
                      AND move.state IN ('waiting', 'confirmed', 'assigned', 'partially_available')
                   UNION ALL
                   SELECT move.product_id, origin.warehouse_id, 0, 0, move.product_qty
                     FROM stock_move move
                     JOIN stock_location origin ON origin.id = move.location_id
                     JOIN stock_location place ON place.id = move.location_dest_id
                    WHERE move.company_id = %(company)s AND place.usage = 'customer' AND move.date < %(today)s
                      AND move.state IN ('waiting', 'confirmed', 'assigned', 'partially_available')
               ) AS flow WHERE warehouse_id IS NOT NULL GROUP BY 1, 2""",
            company=company.id,
            today=today,
        )
        return {
            (product, warehouse): (float(hand), float(coming), float(overdue))
            for product, warehouse, hand, coming, overdue in self.env.execute_query(query)
        }

    @api.model
    def _supplies(self, company, product_ids):
        """{product id: (Supply, supplier id or False, receipts measured)}: measured on the product, else on the supplier,
        else as the supplier promised."""
        figures = self.env["med.supplier.figure"]
        by_product, by_supplier = figures._leads(company)
        lives = figures._life_at_receipt(company)
        found = {}
        for product in self.env["product.product"].with_company(company).browse(product_ids):
            sellers = product.seller_ids.filtered(lambda s: not s.company_id or s.company_id == company)
            seller = sellers[:1]
            partner = seller.partner_id.commercial_partner_id
            promised = float(seller.delay or LEAD_DAYS)
            lead = by_product.get(product.id) or by_supplier.get(partner.id) or (promised, SPREAD * promised, 0)
            life = lives.get(product.id) or (product.expiration_time if product.use_expiration_date else None)
            found[product.id] = (Supply(max(0.5, lead[0]), lead[1], life or None, 1.0), seller.partner_id.id, lead[2])
        return found

    @api.model
    def _renew(self, company, found):
        # sudo: written by the system, people decide about them
        proposals = self.sudo()
        for one in proposals.search([("company_id", "=", company.id), ("state", "=", "open")]):
            vals = found.pop((one.product_id.id, one.warehouse_id.id, one.kind), None)
            one.write(vals or {"state": "gone"})
        return proposals.create(
            [
                {"product_id": product, "warehouse_id": warehouse, "kind": kind, "company_id": company.id, **vals}
                for (product, warehouse, kind), vals in found.items()
            ]
        )

    @api.model
    def action_refresh(self):
        self._check_planner()
        for company in self.env.companies:
            self._propose(company)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # What people do --------------------------------------------------------------------------

    @api.model
    def _check_planner(self):
        groups = ("med_master_data.group_med_purchasing", "med_master_data.group_med_supervisor")
        if not self.env.su and not any(self.env.user.has_group(group) for group in groups):
            raise AccessError(self.env._("Planners and supervisors decide what is ordered."))

    def _check_open(self):
        self._check_planner()
        self.check_access("read")
        for one in self:
            if one.state != "open":
                raise UserError(self.env._("%(one)s: this has been decided already.", one=one.display_name))

    def action_order(self):
        """Make Odoo's reordering rule order what is suggested: a request for quotation, or a draft transfer."""
        self._check_open()
        for one in self:
            vals = one._transfer() if one.kind == "transfer" else one._order_goods()
            one._decided("done", {"ordered_quantity": one.quantity, **vals})
        return self.action_open_result() if len(self) == 1 else True

    def action_refuse(self):
        self._check_open()
        for one in self:
            one._decided("refused", {})
        return True

    def action_set_limits(self):
        """Put the computed limits on the reordering rule; Odoo suggests by them from now on, nothing is ordered."""
        self._check_open()
        for one in self.filtered(lambda one: one.kind == "order"):
            one._orderpoint()
        return True

    def _orderpoint(self):
        """The reordering rule of this product and warehouse, with these limits and set to manual."""
        self.ensure_one()
        # sudo: whoever plans may set the rule; what it orders is confirmed by whoever may buy
        rules = self.env["stock.warehouse.orderpoint"].sudo().with_company(self.company_id)
        location = self.warehouse_id.lot_stock_id
        rule = rules.search([("product_id", "=", self.product_id.id), ("location_id", "=", location.id)], limit=1)
        limits = {"product_min_qty": round(self.reorder_point), "product_max_qty": round(self.order_up_to)}
        if rule:
            rule.write(limits)
            return rule
        return rules.create(
            {
                "product_id": self.product_id.id,
                "warehouse_id": self.warehouse_id.id,
                "location_id": location.id,
                "company_id": self.company_id.id,
                "trigger": "manual",
                **limits,
            }
        )

    def _order_goods(self):
        rule = self._orderpoint()
        lines = self.env["purchase.order.line"].sudo()
        last = lines.search([], order="id desc", limit=1).id
        rule.qty_to_order = self.quantity
        rule.action_replenish()
        line = lines.search(
            [("product_id", "=", self.product_id.id), ("write_date", ">=", self.env.cr.now())], order="id desc", limit=1
        )
        line = line or lines.search([("product_id", "=", self.product_id.id), ("id", ">", last or 0)], limit=1)
        if line and self.life_days:
            line.order_id.message_post(
                body=self.env._(
                    "%(product)s: ask for at least %(days)s days of life at receipt, as usual.",
                    product=self.product_id.display_name,
                    days=self.life_days,
                )
            )
        return {"purchase_id": line.order_id.id}

    def _transfer(self):
        stock, there = self.source_id.lot_stock_id, self.warehouse_id.lot_stock_id
        # sudo: a planner may propose a transfer without being a stock user; it is a draft
        picking = (
            self.env["stock.picking"]
            .sudo()
            .create(
                {
                    "picking_type_id": self.source_id.int_type_id.id,
                    "location_id": stock.id,
                    "location_dest_id": there.id,
                    "origin": self.env._("Planning: %(warehouse)s runs out", warehouse=self.warehouse_id.name),
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": self.product_id.id,
                                "product_uom_qty": self.quantity,
                                "location_id": stock.id,
                                "location_dest_id": there.id,
                            }
                        )
                    ],
                }
            )
        )
        return {"picking_id": picking.id}

    def _decided(self, state, vals):
        # sudo: the fields of a decision are written here alone
        self.sudo().write({"state": state, "decided_by_id": self.env.uid, "decided_at": fields.Datetime.now(), **vals})
        self.env["med.evidence.event"]._record(
            "planning.decided",
            [
                {
                    "record": self,
                    "body": {
                        "decision": state,
                        "product": self.product_id.display_name,
                        "quantity": str(round(self.quantity, 3)),
                    },
                }
            ],
        )

    def action_open_result(self):
        self.ensure_one()
        result = self.purchase_id or self.picking_id
        if not result:
            return True
        return {
            "type": "ir.actions.act_window",
            "res_model": result._name,
            "res_id": result.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_open_forecast(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "med.forecast",
            "res_id": self.forecast_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
