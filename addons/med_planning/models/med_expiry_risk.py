from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import formatLang

from ..lib.expiry import absorbed, left_over

ACTIONS = [
    ("move", "Move to where it is needed"),
    ("stop", "Stop ordering"),
    ("first", "Ship first"),
    ("return", "Return to the supplier"),
    ("discount", "Offer at a discount"),
]
# Less than this is not worth a line: part of a unit, which forecasts are made of.
LEAST = 0.5
# Days a transfer to another warehouse takes.
TRANSFER_DAYS = 7
# A supplier takes back what another can still sell.
RETURN_DAYS = 180


class MedExpiryRisk(models.Model):
    """What demand will not use up of one lot in one warehouse before nobody may have it any more."""

    _name = "med.expiry.risk"
    _description = "Expiry ahead"
    _order = "value desc, id"

    lot_id = fields.Many2one("stock.lot", "Lot", required=True, readonly=True, index=True, ondelete="cascade")
    product_id = fields.Many2one(related="lot_id.product_id", store=True)
    warehouse_id = fields.Many2one("stock.warehouse", "Warehouse", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", "Company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    quantity = fields.Float("On hand", digits="Product Unit", readonly=True)
    left_over = fields.Float(
        "Left over",
        digits="Product Unit",
        readonly=True,
        help="What the forecast demand does not use up before even the customer who asks for the least remaining life"
        " may not have it any more.",
    )
    value = fields.Monetary("Value at cost", readonly=True, aggregator="sum")
    expiry_date = fields.Date("Expires on", readonly=True)
    ship_until = fields.Date("Last day to ship", readonly=True)
    daily_quantity = fields.Float("Demand per day", digits=(16, 3), readonly=True, aggregator="avg")
    options = fields.Json(readonly=True)
    suggestion = fields.Selection(ACTIONS, readonly=True)
    target_id = fields.Many2one("stock.warehouse", "Move to", readonly=True, ondelete="set null")
    ranked = fields.Text("What can be done", compute="_compute_ranked")
    state = fields.Selection(
        [("open", "Open"), ("doing", "Being done"), ("done", "Done"), ("gone", "Gone by itself"), ("lost", "Lost")],
        default="open",
        readonly=True,
        index=True,
    )
    decision = fields.Selection(ACTIONS, "Decided", readonly=True)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    decided_at = fields.Datetime("Decided at", readonly=True)
    left_then = fields.Float("Left over then", digits="Product Unit", readonly=True)
    saved_quantity = fields.Float(
        "Saved", digits="Product Unit", readonly=True, help="Left over then, less what is left over now."
    )
    saved_value = fields.Monetary("Value saved", readonly=True, aggregator="sum")
    picking_id = fields.Many2one("stock.picking", "Transfer", readonly=True, ondelete="set null")

    _one_open = models.UniqueIndex("(lot_id, warehouse_id) WHERE state IN ('open', 'doing')")

    @api.depends("lot_id", "warehouse_id")
    def _compute_display_name(self):
        for risk in self:
            risk.display_name = f"{risk.product_id.display_name} · {risk.lot_id.name} · {risk.warehouse_id.code}"

    @api.depends("options")
    @api.depends_context("lang")
    def _compute_ranked(self):
        labels = dict(self._fields["suggestion"]._description_selection(self.env))
        names = {}
        ids = {option["warehouse"] for risk in self for option in risk.options or () if option.get("warehouse")}
        for warehouse in self.env["stock.warehouse"].browse(ids).exists():
            names[warehouse.id] = warehouse.name
        for risk in self:
            lines = []
            for place, option in enumerate(risk.options or (), 1):
                where = names.get(option.get("warehouse"))
                lines.append(
                    self.env._(
                        "%(place)s. %(action)s%(where)s: up to %(quantity)s, worth %(value)s",
                        place=place,
                        action=labels[option["action"]],
                        where=f" ({where})" if where else "",
                        quantity=formatLang(self.env, option["quantity"], digits=1),
                        value=formatLang(self.env, option["value"], currency_obj=risk.currency_id),
                    )
                )
            risk.ranked = "\n".join(lines)

    # Looking ahead -----------------------------------------------------------------------------

    @api.model
    def _look_ahead(self, company):
        """Renew the risks of a company from its stock and forecasts."""
        self.env.flush_all()
        stock = self.env["med.planning.stock"]
        today = stock._today(company)
        lots, wants, forecasts = stock._lots(company, today), stock._wants(company, today), stock._forecasts(company)
        # what was never forecast is not guessed at
        known = {product for product, _warehouse in forecasts}
        daily = {key: stock._daily(one, today) for key, one in forecasts.items()}
        incoming = self._incoming(company, list(known & lots.keys()))
        costs = {
            product.id: product.standard_price
            for product in self.env["product.product"].with_company(company).browse(known & lots.keys())
        }
        found = {}
        for product in known & lots.keys():
            places = lots[product]
            for warehouse, own in places.items():
                rates = daily.get((product, warehouse), [0.0])
                for lot_id, rest in left_over(own, rates, wants.get(product, ())).items():
                    if rest.left >= LEAST:
                        lot = next(one for one in own if one.id == lot_id)
                        found[lot_id, warehouse] = {
                            "quantity": lot.quantity,
                            "left_over": rest.left,
                            "value": rest.left * costs[product],
                            "expiry_date": today + timedelta(days=lot.expiry),
                            "ship_until": today + timedelta(days=rest.until),
                            "daily_quantity": sum(rates) / len(rates),
                            **self._options(
                                lot._replace(quantity=rest.left, arrives=TRANSFER_DAYS),
                                product,
                                warehouse,
                                places,
                                daily,
                                wants.get(product, ()),
                                costs[product],
                                incoming.get((product, warehouse), 0.0),
                            ),
                        }
        return self._renew(company, found, today)

    @api.model
    def _incoming(self, company, product_ids):
        """{(product id, warehouse id): what is on its way from outside}"""
        rows = self.env["stock.move"]._read_group(
            [
                ("product_id", "in", product_ids),
                ("company_id", "=", company.id),
                ("state", "in", ("confirmed", "assigned", "partially_available", "waiting")),
                ("location_id.usage", "=", "supplier"),
                ("location_dest_id.warehouse_id", "!=", False),
            ],
            ["product_id", "location_dest_id"],
            ["product_qty:sum"],
        )
        found = {}
        for product, place, quantity in rows:
            key = product.id, place.warehouse_id.id
            found[key] = found.get(key, 0.0) + quantity
        return found

    @api.model
    def _options(self, lot, product, warehouse, places, daily, wants, cost, incoming):
        """What can be done about it, what saves most first."""
        options = []
        for (other_product, other), rates in daily.items():
            if other_product == product and other != warehouse:
                quantity = absorbed(lot, places.get(other, ()), rates, wants)
                if quantity >= LEAST:
                    options.append({"action": "move", "warehouse": other, "quantity": quantity})
        if incoming >= LEAST:
            options.append({"action": "stop", "quantity": min(incoming, lot.quantity)})
        if lot.expiry >= RETURN_DAYS:
            options.append({"action": "return", "quantity": lot.quantity})
        options.sort(key=lambda option: -option["quantity"])
        # these two always can be tried; nobody knows how much they save
        options += [{"action": "first", "quantity": lot.quantity}, {"action": "discount", "quantity": lot.quantity}]
        for option in options:
            option["value"] = option["quantity"] * cost
        return {
            "options": options,
            "suggestion": options[0]["action"],
            "target_id": options[0].get("warehouse", False),
        }

    @api.model
    def _renew(self, company, found, today):
        # sudo: risks are written by the system, people decide about them
        risks = self.sudo()
        open_ = risks.search([("company_id", "=", company.id), ("state", "in", ("open", "doing"))])
        for risk in open_:
            vals = found.pop((risk.lot_id.id, risk.warehouse_id.id), None)
            if vals:
                risk.write(vals)
                if risk.state == "doing":
                    risk._save(vals["left_over"])
                continue
            # gone from the shelf in time, or not
            late = risk.ship_until < today
            rest = risk.left_over if late else 0.0
            if risk.state == "doing":
                risk._save(rest)
                risk.state = "lost" if late and rest else "done"
            else:
                risk.state = "lost" if late and rest else "gone"
        return risks.create(
            [
                {"lot_id": lot, "warehouse_id": warehouse, "company_id": company.id, **vals}
                for (lot, warehouse), vals in found.items()
            ]
        )

    def _save(self, left):
        for risk in self:
            saved = max(0.0, risk.left_then - left)
            cost = risk.product_id.with_company(risk.company_id).standard_price
            risk.write({"saved_quantity": saved, "saved_value": saved * cost})

    # What people do --------------------------------------------------------------------------

    def action_decide(self):
        """Do what is suggested; ``action`` in the context does another of the options."""
        if not self.env.user.has_group("med_master_data.group_med_supervisor") and not self.env.user.has_group(
            "med_master_data.group_med_purchasing"
        ):
            raise AccessError(self.env._("Planners and supervisors decide what is done about stock that will expire."))
        self.check_access("read")
        for risk in self:
            action = self.env.context.get("action") or risk.suggestion
            option = next((one for one in risk.options or () if one["action"] == action), None)
            if risk.state != "open" or option is None:
                raise UserError(self.env._("%(risk)s: nothing is left to decide, or not this.", risk=risk.display_name))
            risk._decide(option)
        return True

    def action_decide_first(self):
        return self.with_context(action="first").action_decide()

    def action_decide_discount(self):
        return self.with_context(action="discount").action_decide()

    def action_decide_return(self):
        return self.with_context(action="return").action_decide()

    def _decide(self, option):
        picking = self._transfer(option) if option["action"] == "move" else self.env["stock.picking"]
        # sudo: the fields of a decision are written here alone
        self.sudo().write(
            {
                "state": "doing",
                "decision": option["action"],
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "left_then": self.left_over,
                "picking_id": picking.id,
            }
        )
        self.env["med.evidence.event"]._record(
            "expiry.decided",
            [
                {
                    "record": self,
                    "body": {
                        "lot": self.lot_id.name,
                        "decision": option["action"],
                        "quantity": str(round(self.left_over, 3)),
                    },
                }
            ],
        )

    def _transfer(self, option):
        """A draft transfer of the lot; somebody looks at it, and confirms it."""
        target = self.env["stock.warehouse"].browse(option["warehouse"])
        quantity = float(int(min(option["quantity"], self.left_over))) or 1.0
        stock, there = self.warehouse_id.lot_stock_id, target.lot_stock_id
        # sudo: a planner may propose a transfer without being a stock user; it is a draft
        return (
            self.env["stock.picking"]
            .sudo()
            .create(
                {
                    "picking_type_id": self.warehouse_id.int_type_id.id,
                    "location_id": stock.id,
                    "location_dest_id": there.id,
                    "origin": self.env._("Expiry ahead: lot %(lot)s", lot=self.lot_id.name),
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": self.product_id.id,
                                "product_uom_qty": quantity,
                                "location_id": stock.id,
                                "location_dest_id": there.id,
                            }
                        )
                    ],
                }
            )
        )

    def action_open_transfer(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "stock.picking",
            "res_id": self.picking_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    @api.model
    def action_refresh(self):
        """Look ahead anew for the companies the user works in."""
        self.check_access("read")
        for company in self.env.companies:
            self._look_ahead(company)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
