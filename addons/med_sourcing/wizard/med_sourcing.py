from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_repr

from ..lib import sourcing


class MedSourcing(models.TransientModel):
    """From which warehouses an order is served: the ways that make sense, one of which a person confirms."""

    _name = "med.sourcing"
    _description = "Proposal from where an order is served"

    order_id = fields.Many2one("sale.order", "Order", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(related="order_id.partner_shipping_id", string="Consignee")
    commitment_date = fields.Datetime(related="order_id.commitment_date", string="Promised for")
    option_ids = fields.One2many("med.sourcing.option", "sourcing_id", "Ways", readonly=True)
    stock_ids = fields.One2many("med.sourcing.stock", "sourcing_id", "What lies where", readonly=True)
    note = fields.Text(readonly=True)

    # Reading ---------------------------------------------------------------------------

    @api.model
    def _propose(self, order):
        """The proposal for ``order``, with the stock of this moment.

        :raises UserError: nothing to serve, or nothing to choose from
        """
        self._check_decides()
        order.check_access("read")
        lines = order._med_lines_to_source().filtered(lambda line: line.product_uom_qty > line.qty_delivered)
        if not lines:
            raise UserError(self.env._("%(order)s has no goods that are still to leave.", order=order.name))
        if busy := order._med_moves_under_way():
            raise UserError(
                self.env._(
                    "Goods of %(order)s are picked or on their way already (%(transfer)s): from where they come is"
                    " decided.",
                    order=order.name,
                    transfer=busy.picking_id[:1].name or busy[:1].display_name,
                )
            )
        # sudo: who sells sees the stock of all warehouses of his company, as Odoo's own forecast shows it
        lines = lines.sudo()
        warehouses = self.env["stock.warehouse"].sudo().search([("company_id", "=", order.company_id.id)])
        address = order.partner_shipping_id
        direct, between = self.env["med.supply.lane"].sudo()._network(warehouses, address)
        # the order's own warehouse delivers as ever, lane or none
        direct.setdefault(order.warehouse_id.id, sourcing.Lane(0))
        empty = sourcing.Network({}, direct, between)
        days = {warehouse: sourcing.longest_days(warehouse.id, empty) for warehouse in warehouses}
        may, has, why = self._stock(lines, warehouses, days)
        labels = self.env["med.gate"]._rule_labels()
        wanted = [sourcing.Wanted(line.id, line._med_open_units(), line.product_id.weight or 0.0) for line in lines]
        due = order.commitment_date and max((order.commitment_date - fields.Datetime.now()).days, 0)
        found = sourcing.options(wanted, sourcing.Network(may, direct, between), due or None)
        # sudo: no client writes a proposal, or one could confirm what nobody proposed; it stays his who asked
        proposal = self.sudo().create(
            {
                "order_id": order.id,
                "note": self._notes(lines, warehouses, has, direct, between),
                "option_ids": [
                    Command.create(self._option_values(option, number, lines))
                    for number, option in enumerate(found, start=1)
                ],
                "stock_ids": [
                    Command.create(
                        {
                            "sale_line_id": line.id,
                            "warehouse_id": warehouse.id,
                            "on_hand": has[warehouse.id, line.id],
                            "may_leave": may[warehouse.id, line.id],
                            "why": ", ".join(labels.get(rule, rule) for rule in why[warehouse.id, line.id]),
                        }
                    )
                    for line in lines
                    for warehouse in warehouses
                    if has[warehouse.id, line.id] > 0
                ],
            }
        )
        return proposal.sudo(False)

    @api.model
    def _check_decides(self):
        user = self.env.user
        if not user.has_groups("sales_team.group_sale_salesman,med_master_data.group_med_supervisor"):
            raise AccessError(self.env._("Sellers and warehouse supervisors decide from where an order is served."))

    def _stock(self, lines, warehouses, days):
        """What may leave, and what lies there, in units of the product.

        Each lot is judged by the gate for this consignee, on the day the goods would arrive by the longest way
        from there: what is sent by way of another warehouse is to be good on arrival too.

        :return: two dicts {(warehouse id, line id): units}, and one of the rules that keep the rest back
        """
        now = fields.Datetime.now()
        may, has, why = {}, {}, {}
        for warehouse in warehouses:
            moves = [line._med_move_from(warehouse, now + timedelta(days=days[warehouse])) for line in lines]
            free, on_hand = lines._med_free_by_lot(moves)
            blocked = lines._med_blocked(moves, on_hand)
            self._give_back(free, lines, warehouse)
            plain = self._plain_stock(lines, warehouse)
            for line, move in zip(lines, moves, strict=True):
                left, product = line._med_open_units(), line.product_id
                key = warehouse.id, line.id
                may[key] = has[key] = 0.0
                why[key] = {}
                if not product.med_is_device or product.tracking == "none":
                    has[key] = plain.get(product, 0.0)
                    may[key] = min(left, has[key])
                    plain[product] = has[key] - may[key]
                for lot in on_hand.get((product, move.location_id), ()):
                    units = free.get((product, move.location_id, lot), 0.0)
                    has[key] += units
                    rules = blocked.get((move, lot), {})
                    why[key] |= rules
                    if not rules and left > 0:
                        taken = min(left, units)
                        # the next line of the same product finds what this one leaves
                        free[product, move.location_id, lot] = units - taken
                        may[key] += taken
                        left -= taken
        return may, has, why

    def _give_back(self, free, lines, warehouse):
        """What is reserved for this very order is free for it."""
        for row in lines.move_ids.move_line_ids:
            place = row.location_id
            if row.state not in ("done", "cancel") and row.lot_id and place.warehouse_id == warehouse:
                key = row.product_id, warehouse.lot_stock_id, row.lot_id
                if key in free:
                    free[key] += row.quantity_product_uom

    def _plain_stock(self, lines, warehouse):
        """{product: free units} of goods without lots."""
        products = lines.product_id.filtered(lambda one: not one.med_is_device or one.tracking == "none")
        own = {}
        for row in lines.move_ids.move_line_ids:
            if row.state not in ("done", "cancel") and row.location_id.warehouse_id == warehouse:
                own[row.product_id] = own.get(row.product_id, 0.0) + row.quantity_product_uom
        here = products.with_context(warehouse_id=warehouse.id)
        return {product: max(product.free_qty, 0.0) + own.get(product, 0.0) for product in here}

    def _notes(self, lines, warehouses, has, direct, between):
        """What somebody could do about it: lanes that nobody entered."""
        without = [
            warehouse.name
            for warehouse in warehouses
            if any(has[warehouse.id, line.id] > 0 for line in lines)
            and warehouse.id not in direct
            and not any(start == warehouse.id and end in direct for start, end in between)
        ]
        if not without:
            return False
        return self.env._(
            "%(warehouses)s: goods lie there, and no lane leads from there to the consignee or to a warehouse that"
            " ships to him. A stock manager enters lanes under Configuration > Lanes.",
            warehouses=", ".join(without),
        )

    # Writing ---------------------------------------------------------------------------

    def _option_values(self, option, number, lines):
        by_id = {line.id: line for line in lines}
        day = fields.Date.context_today(self) + timedelta(days=option.days)
        return {
            "number": number,
            "cost": option.cost,
            "days": option.days,
            "arrives_on": day,
            "missing": option.missing,
            "is_late": option.late,
            "ways": "\n".join(self._way_words(option, by_id)),
            "reason": self._reason(option),
            "share_ids": [
                Command.create(
                    {
                        "sale_line_id": share.line,
                        "warehouse_id": share.warehouse,
                        "via_id": share.via,
                        "quantity": by_id[share.line].product_id.uom_id._compute_quantity(
                            share.units, by_id[share.line].product_uom_id, round=False
                        ),
                    }
                )
                for share in option.shares
            ],
        }

    def _way_words(self, option, by_id):
        names = self.env["stock.warehouse"].sudo()  # sudo: see _propose
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        for share in option.shares:
            number = float_repr(share.units, digits)
            values = {
                "units": number.rstrip("0").rstrip(".") if "." in number else number,
                "product": by_id[share.line].product_id.display_name,
                "warehouse": names.browse(share.warehouse).name,
            }
            if share.via is None:
                yield self.env._("%(units)s × %(product)s from %(warehouse)s", **values)
            else:
                yield self.env._(
                    "%(units)s × %(product)s from %(warehouse)s, shipped on by %(hub)s",
                    hub=names.browse(share.via).name,
                    **values,
                )

    def _reason(self, option):
        """Why one would take it, and what speaks against it."""
        _ = self.env._
        words = [
            _("everything")
            if option.missing <= sourcing.EPSILON
            else _("%(units)g units missing", units=option.missing),
            *((_("too late"),) if option.late else ()),
            _("one delivery") if len(option.shippers) == 1 else _("%(n)s deliveries", n=len(option.shippers)),
        ]
        if option.transfers:
            words.append(
                _("one transfer between warehouses")
                if len(option.transfers) == 1
                else _("%(n)s transfers between warehouses", n=len(option.transfers))
            )
        return "; ".join(words)


class MedSourcingOption(models.TransientModel):
    """One way to serve the order."""

    _name = "med.sourcing.option"
    _description = "Way to serve an order"
    _order = "number"

    sourcing_id = fields.Many2one("med.sourcing", required=True, readonly=True, ondelete="cascade")
    number = fields.Integer("Rank", readonly=True)
    ways = fields.Text("From where", readonly=True)
    reason = fields.Text("Why", readonly=True)
    cost = fields.Monetary(readonly=True)
    currency_id = fields.Many2one(related="sourcing_id.order_id.company_id.currency_id")
    days = fields.Integer(readonly=True)
    arrives_on = fields.Date("There on", readonly=True)
    missing = fields.Float("Missing", digits="Product Unit", readonly=True)
    is_late = fields.Boolean("Too late", readonly=True)
    share_ids = fields.One2many("med.sourcing.share", "option_id", readonly=True)

    def action_confirm(self):
        """Serve the order this way."""
        self.ensure_one()
        proposal, order = self.sourcing_id, self.sourcing_id.order_id
        self._check_still_there()
        days = {(share.warehouse_id, share.via_id): share._days() for share in self.share_ids}
        order._med_serve_from(
            [
                {
                    "sale_line_id": share.sale_line_id.id,
                    "warehouse_id": share.warehouse_id.id,
                    "via_id": share.via_id.id,
                    "quantity": share.quantity,
                    "days": days[share.warehouse_id, share.via_id],
                }
                for share in self.share_ids
            ]
        )
        self.env["med.evidence.event"]._record(
            "order.sourced",
            [
                {
                    "record": order,
                    "body": {
                        "ways": self.ways.split("\n"),
                        "cost": float_repr(self.cost, 2),
                        "ready_in_days": self.days,
                        "missing": float_repr(self.missing, 3),
                        "others": [other.reason for other in proposal.option_ids - self],
                    },
                }
            ],
        )
        return {"type": "ir.actions.act_window_close"}

    def _check_still_there(self):
        """Somebody else may have taken the goods since the proposal was made."""
        fresh = self.env["med.sourcing"]._propose(self.sourcing_id.order_id)
        now = {(row.sale_line_id, row.warehouse_id): row.may_leave for row in fresh.stock_ids}
        for (line, warehouse), shares in self.share_ids.grouped(
            lambda share: (share.sale_line_id, share.warehouse_id)
        ).items():
            units = line.product_uom_id._compute_quantity(
                sum(shares.mapped("quantity")), line.product_id.uom_id, round=False
            )
            if line.product_id.uom_id.compare(now.get((line, warehouse), 0.0), units) < 0:
                raise UserError(
                    self.env._(
                        "%(warehouse)s does not have %(product)s for this order any more. Open “Where from?” again.",
                        warehouse=warehouse.name,
                        product=line.product_id.display_name,
                    )
                )


class MedSourcingShare(models.TransientModel):
    _name = "med.sourcing.share"
    _description = "Share of a way to serve an order"

    option_id = fields.Many2one("med.sourcing.option", required=True, readonly=True, ondelete="cascade")
    sale_line_id = fields.Many2one("sale.order.line", required=True, readonly=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", required=True, readonly=True, ondelete="cascade")
    via_id = fields.Many2one("stock.warehouse", readonly=True, ondelete="cascade")
    quantity = fields.Float(digits="Product Unit", readonly=True)

    def _days(self):
        """Days between the two warehouses; 0 where the first one ships."""
        if not self.via_id:
            return 0
        # sudo: see MedSourcing._propose
        _direct, between = (
            self.env["med.supply.lane"]
            .sudo()
            ._network(self.warehouse_id | self.via_id, self.sale_line_id.order_id.partner_shipping_id)
        )
        lane = between.get((self.warehouse_id.id, self.via_id.id))
        return lane.days if lane else 0


class MedSourcingStock(models.TransientModel):
    """What lies in one warehouse for one order line, and how much of it may leave."""

    _name = "med.sourcing.stock"
    _description = "Stock for an order by warehouse"

    sourcing_id = fields.Many2one("med.sourcing", required=True, readonly=True, ondelete="cascade")
    sale_line_id = fields.Many2one("sale.order.line", required=True, readonly=True, ondelete="cascade")
    product_id = fields.Many2one(related="sale_line_id.product_id")
    warehouse_id = fields.Many2one("stock.warehouse", "Warehouse", required=True, readonly=True, ondelete="cascade")
    on_hand = fields.Float("Free", digits="Product Unit", readonly=True)
    may_leave = fields.Float("May leave for this order", digits="Product Unit", readonly=True)
    why = fields.Text("What keeps lots back", readonly=True)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _med_move_from(self, warehouse, date):
        """This line's delivery out of ``warehouse`` on ``date``, in mind only."""
        order = self.order_id
        return self.env["stock.move"].new(
            {
                "product_id": self.product_id.id,
                "product_uom": self.product_uom_id.id,
                "product_uom_qty": self.product_uom_qty,
                "company_id": order.company_id.id,
                "partner_id": (self.med_department_id or order.partner_shipping_id).id,
                "picking_type_id": warehouse.out_type_id.id,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": order.partner_shipping_id.property_stock_customer.id,
                "date": date,
            }
        )
