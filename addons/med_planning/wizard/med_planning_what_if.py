"""What if a supplier fails, or demand doubles: what runs out where and when. Nothing is ordered or moved by asking."""

from collections import defaultdict
from datetime import timedelta
from math import ceil

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib.expiry import left_over
from ..lib.shortage import helped, outlook


class MedPlanningWhatIf(models.TransientModel):
    _name = "med.planning.what.if"
    _description = "What if"

    kind = fields.Selection(
        [("supplier", "A supplier fails"), ("demand", "Demand changes")],
        "What happens",
        required=True,
        default="supplier",
    )
    supplier_id = fields.Many2one(
        "res.partner", "Supplier", domain="[('is_company', '=', True)]", help="Whose goods do not come."
    )
    weeks = fields.Integer("For (weeks)", default=4, required=True)
    factor = fields.Float("Demand times", default=2.0, digits=(6, 2), required=True)
    product_ids = fields.Many2many(
        "product.product", string="Only these products", help="Empty: everything that is forecast."
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    is_answered = fields.Boolean("Answered", readonly=True)
    line_ids = fields.One2many("med.planning.what.if.line", "what_if_id", "What runs out", readonly=True)

    _sound = models.Constraint(
        "CHECK (weeks BETWEEN 1 AND 52 AND factor >= 0 AND factor <= 100)",
        "Ask for 1 to 52 weeks and for 0 to 100 times the demand.",
    )

    def _compute_display_name(self):
        self.display_name = self.env._("What if")

    def action_ask(self):
        """Answer on this form, beside what happens without it."""
        self.ensure_one()
        self.check_access("write")
        if self.kind == "supplier" and not self.supplier_id:
            raise UserError(self.env._("Choose the supplier whose goods do not come."))
        # sudo: the answer is written by the system; it is of what the user's company has, which planners may read
        self.sudo().write({"is_answered": True, "line_ids": [Command.clear(), *map(Command.create, self._answer())]})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What if"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _answer(self):
        """Values of the lines: what runs out, the first day first."""
        self.env.flush_all()
        company = self.company_id
        stock = self.env["med.planning.stock"].with_company(company)
        proposals = self.env["med.replenish.proposal"].with_company(company)
        today = stock._today(company)
        forecasts = stock._forecasts(company)
        if self.product_ids:
            forecasts = {key: one for key, one in forecasts.items() if key[0] in self.product_ids.ids}
        lots, wants = stock._lots(company, today), stock._wants(company, today)
        flows = proposals._flows(company, today)
        supplies = proposals._supplies(company, {product for product, _warehouse in forecasts})
        coming = self._coming(company, today)
        maker = self.supplier_id.commercial_partner_id.id
        found, spare = {}, defaultdict(dict)
        for key, forecast in forecasts.items():
            product, warehouse = key
            supply, supplier, _receipts = supplies[product]
            fails = self.kind == "supplier" and (
                self.env["res.partner"].browse(supplier).commercial_partner_id.id == maker if supplier else False
            )
            daily = stock._daily(forecast, today)
            on_hand = flows.get(key, (0.0, 0.0, 0.0))[0]
            unsold = left_over(lots[product][warehouse], daily, wants.get(product, ()))
            sellable = max(0.0, on_hand - sum(rest.left for rest in unsold.values()))
            lead = ceil(supply.lead_days)
            span = 7 * self.weeks
            # until something ordered today, or after the failure, can have come
            days = lead + (span if fails else 0)
            changed = [rate * self.factor for rate in daily] if self.kind == "demand" else daily
            if self.kind == "demand":
                changed = [*changed[:span], *daily[span:]] if len(daily) > span else [*changed, daily[-1]]
                days = max(lead, span)
            arrivals = coming.get(key, {})
            late = {day + span if fails else day: units for day, units in arrivals.items()}
            as_is = outlook(sellable, daily, arrivals, days)
            then = outlook(sellable, changed, late, days)
            spare[product][warehouse] = then.left if not then.missing else 0.0
            if then.missing >= 0.5:
                found[key] = {
                    "product_id": product,
                    "warehouse_id": warehouse,
                    "supplier_id": supplier,
                    "on_hand": sellable,
                    "incoming": sum(arrivals.values()),
                    "daily_quantity": changed[0],
                    "runs_out_on": today + timedelta(days=then.runs_out),
                    "runs_out_anyway_on": today + timedelta(days=as_is.runs_out)
                    if as_is.runs_out is not None
                    else False,
                    "until": today + timedelta(days=days),
                    # whole units, as they are ordered
                    "missing": float(ceil(then.missing - 1e-6)),
                }
        self._help(found, spare)
        return sorted(found.values(), key=lambda row: (row["runs_out_on"], -row["missing"]))

    @api.model
    def _help(self, found, spare):
        """What other warehouses could give, and what is left to be ordered elsewhere."""
        needs = defaultdict(dict)
        for (product, warehouse), row in found.items():
            needs[product][warehouse] = row["missing"]
        names = {warehouse.id: warehouse.name for warehouse in self.env["stock.warehouse"].search([])}
        for product, missing in needs.items():
            words, given = defaultdict(list), defaultdict(float)
            for giver, needy, units in helped(missing, spare[product]):
                words[needy].append(self.env._("%(units)g from %(warehouse)s", units=units, warehouse=names[giver]))
                given[needy] += units
            for warehouse in missing:
                row = found[product, warehouse]
                row["transfer"] = "; ".join(words[warehouse]) or False
                row["to_find"] = max(0.0, row["missing"] - given[warehouse])

    @api.model
    def _coming(self, company, today):
        """{(product id, warehouse id): {days from today: units}} of open receipts from suppliers."""
        query = SQL(
            """SELECT move.product_id, place.warehouse_id, greatest(move.date::date - %(today)s, 0),
                      sum(move.product_qty)
                 FROM stock_move move
                 JOIN stock_location origin ON origin.id = move.location_id
                 JOIN stock_location place ON place.id = coalesce(move.location_final_id, move.location_dest_id)
                WHERE move.company_id = %(company)s AND origin.usage = 'supplier' AND place.warehouse_id IS NOT NULL
                  AND move.state IN ('waiting', 'confirmed', 'assigned', 'partially_available')
                GROUP BY 1, 2, 3""",
            company=company.id,
            today=today,
        )
        found = defaultdict(dict)
        for product, warehouse, day, units in self.env.execute_query(query):
            found[product, warehouse][day] = float(units)
        return found


class MedPlanningWhatIfLine(models.TransientModel):
    _name = "med.planning.what.if.line"
    _description = "What runs out"
    _order = "runs_out_on, missing desc, id"

    what_if_id = fields.Many2one("med.planning.what.if", required=True, readonly=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", "Product", readonly=True, ondelete="cascade")
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    warehouse_id = fields.Many2one("stock.warehouse", "Warehouse", readonly=True, ondelete="cascade")
    supplier_id = fields.Many2one("res.partner", "Supplier", readonly=True, ondelete="cascade")
    on_hand = fields.Float("Can still be sold", digits="Product Unit", readonly=True)
    incoming = fields.Float("On its way", digits="Product Unit", readonly=True)
    daily_quantity = fields.Float("Demand per day", digits=(16, 3), readonly=True)
    runs_out_on = fields.Date("Runs out on", readonly=True)
    runs_out_anyway_on = fields.Date(
        "Without this", readonly=True, help="When it runs out all the same, if nothing happens and nothing is ordered."
    )
    until = fields.Date("New goods on", readonly=True, help="When what is ordered now can have come at the earliest.")
    missing = fields.Float("Missing until then", digits="Product Unit", readonly=True)
    transfer = fields.Char("Other warehouses could give", readonly=True)
    to_find = fields.Float("To be found elsewhere", digits="Product Unit", readonly=True)
