"""Importers of open orders and of the delivery history, through Odoo's own orders and moves."""

from datetime import datetime, time

from odoo import api, models
from odoo.fields import Command

from odoo.addons.med_master_data.lib.errors import Problem

HISTORY = "Delivery history"


class MedImporterOrder(models.AbstractModel):
    """Open orders become confirmed sale orders: one per number, one line per row.

    A line that was taken once is never taken again; one that says another quantity than the
    first time is refused, since the order lives in Odoo now.
    """

    _name = "med.importer.order"
    _inherit = "med.importer.stock"
    _description = "Import of open orders"
    _target = "sale.order.line"

    @api.model
    def _key(self, values):
        return f"{values['number']} / {values['line']}"

    @api.model
    def _take(self, run, rows):
        for row in rows:
            row.values["key"] = self._key(row.values)
        rows = self._without_repeats(run, rows)
        self._look_up(run, rows)
        known = self._keys(run, run.kind.code, (row.values["key"] for row in rows))
        rows = [row for row in rows if self._is_right(run, row)]
        rows = [row for row in rows if not self._is_known(run, row, known)]
        groups = {}
        for row in rows:
            groups.setdefault(row.values["number"], []).append(row)
        self._take_documents(run, groups)
        self._keep_keys(run, rows)

    @api.model
    def _is_right(self, run, row):
        values = row.values
        good = self._refer(run, row, "product", "product") and self._refer(run, row, "partner", "partner")
        if good and values["quantity"] <= 0:
            run.error(row.number, "quantity", values["quantity"], Problem("cell_not_positive"))
            good = False
        head = run.work.setdefault("heads", {}).setdefault(
            values["number"], (row.number, values["partner"], values.get("date"))
        )
        if good and head[1:] != (values["partner"], values.get("date")):
            reason = self.env._(
                "%(number)s has another customer or date in row %(row)s. All rows of one document must agree.",
                number=values["number"],
                row=head[0],
            )
            run.error(row.number, "partner", values["partner"], Problem("row_refused", {"error": reason}))
            good = False
        values["said"] = self._said(values)
        return bool(good)

    @api.model
    def _total(self, run, row, in_odoo):
        run.add("rows", 1, 1)
        run.add("quantity", row.values["quantity"], in_odoo)

    @api.model
    def _documents(self, run, numbers):
        """``{number: order}`` of orders that an earlier batch or file began."""
        references = {self._origin(run, number): number for number in numbers}
        orders = self.env["sale.order"].search(
            [("origin", "in", list(references)), ("company_id", "=", self.env.company.id)]
        )
        return {references[order.origin]: order for order in orders}

    @api.model
    def _origin(self, run, number):
        return f"{run.source.name}: {number}"

    @api.model
    def _take_documents(self, run, groups):
        orders = self._documents(run, groups)
        fresh = {number: rows for number, rows in groups.items() if number not in orders}
        created = (
            self.env["sale.order"]
            .with_context(tracking_disable=True, mail_create_nolog=True)
            .create([self._order_values(run, number, rows) for number, rows in fresh.items()])
        )
        for order, rows in zip(created, fresh.values(), strict=True):
            self._took(run, rows, order.order_line)
        dates = {order.id: order.date_order for order in created}
        created.action_confirm()
        for order in created:  # confirming dates the order today; it was ordered when it was ordered
            if order.date_order != dates[order.id]:
                order.date_order = dates[order.id]
        for number, order in orders.items():
            before = order.order_line
            order.order_line = [Command.create(self._line_values(run, row)) for row in groups[number]]
            self._took(run, groups[number], order.order_line - before)

    @api.model
    def _took(self, run, rows, lines):
        run.created += len(rows)
        for row, line in zip(rows, lines, strict=True):
            row.record = line
            self._total(run, row, line.product_uom_qty)
            run.add("amount", row.values["quantity"] * (row.values.get("price") or 0), self._amount(row, line))

    @api.model
    def _amount(self, row, line):
        return line.product_uom_qty * line.price_unit if row.values.get("price") is not None else 0

    @api.model
    def _order_values(self, run, number, rows):
        first = rows[0].values
        values = {
            "partner_id": run.found["partner", first["partner"]],
            "origin": self._origin(run, number),
            "client_order_ref": first.get("reference"),
            "order_line": [Command.create(self._line_values(run, row)) for row in rows],
        }
        if first.get("date"):
            values["date_order"] = self._noon(first["date"])
        return values

    @api.model
    def _noon(self, day):
        local = datetime.combine(day, time(12), tzinfo=self.env["med.import"]._zone())
        return (local - local.utcoffset()).replace(tzinfo=None)

    @api.model
    def _line_values(self, run, row):
        values = {
            "product_id": run.found["product", row.values["product"]],
            "product_uom_qty": float(row.values["quantity"]),
        }
        if row.values.get("price") is not None:
            values["price_unit"] = float(row.values["price"])
        return values


class MedImporterDelivery(models.AbstractModel):
    """Past deliveries, so that a recall finds who has what: finished transfers dated the day they
    left, from the inventory location, since the stock of today was counted without them.

    They pass the gate as warnings: it judges by what is true today, they left long ago. The
    policies that say so exist inside this transaction only, for the operation type of the
    history alone, and stay as evidence.
    """

    _name = "med.importer.delivery"
    _inherit = "med.importer.order"
    _description = "Import of the delivery history"
    _target = "stock.move"

    @api.model
    def _begin(self, run):
        run.work["type"] = self._history_type()
        rules = [code for code, _label in self.env["med.gate.policy"]._selection_rule()]
        today = self.env["med.gate"]._zone(self.env.company)
        # sudo: a policy changes by signature; these end with this transaction and judge the history only
        run.work["policies"] = (
            self.env["med.gate.policy"]
            .sudo()
            .create(
                [
                    {
                        "rule": rule,
                        "effect": "warn",
                        "at_receive": False,
                        "date_from": datetime.now(today).date(),
                        "company_id": self.env.company.id,
                        "picking_type_id": run.work["type"].id,
                        "note": HISTORY,
                    }
                    for rule in rules
                ]
            )
        )

    @api.model
    def _finish(self, run):
        run.work["policies"].active = False

    @api.model
    def _history_type(self):
        Type = self.env["stock.picking.type"].with_context(active_test=False)
        domain = [("sequence_code", "=", "HIST"), ("company_id", "=", self.env.company.id)]
        found = Type.search(domain, limit=1)
        if found:
            return found
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.env.company.id)], limit=1)
        # sudo: quality may import, but an operation type belongs to the warehouse's settings
        return (
            Type.sudo()
            .create(
                {
                    "name": self.env._("Delivery history"),
                    "code": "outgoing",
                    "sequence_code": "HIST",
                    "warehouse_id": warehouse.id,
                    "company_id": self.env.company.id,
                    "default_location_src_id": warehouse.lot_stock_id.id,
                    "default_location_dest_id": self.env.ref("stock.stock_location_customers").id,
                    # archived: nobody ships by it
                    "active": False,
                }
            )
            .sudo(False)
        )

    @api.model
    def _is_right(self, run, row):
        if not super()._is_right(run, row):
            return False
        product = self.env["product.product"].browse(run.found["product", row.values["product"]])
        if product.tracking != "none" and not row.values.get("lot"):
            run.error(row.number, "lot", "", Problem("lot_required", {"product": product.display_name}))
            return False
        if product.tracking == "none" and row.values.get("lot"):
            params = {"product": product.display_name}
            run.error(row.number, "lot", row.values["lot"], Problem("product_untracked", params))
            return False
        return True

    @api.model
    def _said(self, values):
        return f"{values.get('lot') or ''} {super()._said(values)}".strip()

    @api.model
    def _take_documents(self, run, groups):
        rows = [row for some in groups.values() for row in some]
        if not rows:
            return
        self._find(run, rows)
        self._new_lots(run, rows)
        pickings = self.env["stock.picking"].create(
            [self._picking_values(run, number, some) for number, some in groups.items()]
        )
        moves = pickings.move_ids
        for picking in pickings:
            picking.move_ids.move_line_ids.picking_id = picking
        moves.with_context(ignore_dest_packages=True)._action_done()
        for picking, (_number, some) in zip(pickings, groups.items(), strict=True):
            day = self._noon(some[0].values["date"])
            # still this transaction's own movements: the doors let their finishing date them
            picking.move_ids.date = day
            picking.move_line_ids.date = day
            picking.date_done = day
            run.created += len(some)
            for row, move in zip(some, picking.move_ids, strict=True):
                row.record = move
                self._total(run, row, move.quantity)

    @api.model
    def _picking_values(self, run, number, rows):
        customer = self.env.ref("stock.stock_location_customers")
        lost = self.env["product.product"].browse(run.found["product", rows[0].values["product"]])
        origin = lost.with_company(self.env.company).property_stock_inventory
        return {
            "picking_type_id": run.work["type"].id,
            "partner_id": run.found["partner", rows[0].values["partner"]],
            "origin": self._origin(run, number),
            "location_id": origin.id,
            "location_dest_id": customer.id,
            "move_ids": [Command.create(self._history_move(run, row, origin, customer)) for row in rows],
        }

    @api.model
    def _history_move(self, run, row, origin, customer):
        product = self.env["product.product"].browse(run.found["product", row.values["product"]])
        quantity = float(row.values["quantity"])
        shared = {
            "product_id": product.id,
            "location_id": origin.id,
            "location_dest_id": customer.id,
            "company_id": self.env.company.id,
        }
        line = {
            **shared,
            "product_uom_id": product.uom_id.id,
            "quantity": quantity,
            "lot_id": row.record.id if row.record else False,
        }
        return {
            **shared,
            "product_uom": product.uom_id.id,
            "product_uom_qty": quantity,
            "picked": True,
            "state": "confirmed",
            "move_line_ids": [Command.create(line)],
        }
