"""Importers of lots, opening stock and the old system's movements."""

from datetime import datetime, time
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..lib import tabular
from ..lib.errors import Problem


class MedImporterLot(models.AbstractModel):
    _name = "med.importer.lot"
    _inherit = "med.importer"
    _description = "Import of lots and serial numbers"
    _target = "stock.lot"

    @api.model
    def _identity(self, values):
        return (values["product"], values["lot"])

    @api.model
    def _find(self, run, rows):
        known = self._lots(run, rows)
        for row in rows:
            product = run.found.get(("product", row.values["product"]))
            row.record = known.get((product, row.values["lot"])) if isinstance(product, int) else None

    @api.model
    def _lots(self, run, rows):
        """``{(product id, name): lot}`` of what the rows name."""
        products = {run.found.get(("product", row.values["product"])) for row in rows}
        lots = self.env["stock.lot"].search(
            [
                ("product_id", "in", [product for product in products if isinstance(product, int)]),
                ("name", "in", list({row.values["lot"] for row in rows if row.values.get("lot")})),
                ("company_id", "in", [False, self.env.company.id]),
            ]
        )
        return {(lot.product_id.id, lot.name): lot for lot in lots}

    @api.model
    def _values(self, run, row):
        product = self._refer(run, row, "product", "product")
        if not product:
            return None
        product = self.env["product.product"].browse(product)
        if product.tracking == "none":
            params = {"product": product.display_name}
            run.error(row.number, "product", row.values["product"], Problem("product_untracked", params))
            return None
        return {"product_id": product.id, "name": row.values["lot"], **self._lot_values(run, row)}

    @api.model
    def _lot_values(self, run, row):
        values = {}
        if row.values.get("expiry"):
            values["expiration_date"] = self._end_of_day(row.values["expiry"])
        if row.values.get("production_date"):
            values["med_production_date"] = row.values["production_date"]
        if row.values.get("ref"):
            values["ref"] = row.values["ref"]
        if row.values.get("sterilisation_batch"):
            values["med_sterilisation_batch"] = row.values["sterilisation_batch"]
        return values

    @api.model
    def _end_of_day(self, day):
        """The last second of ``day`` where the company is: goods may be used on that day."""
        zone = self.env["med.import"]._zone()
        local = datetime.combine(day, time(23, 59, 59), tzinfo=zone)
        return (local - local.utcoffset()).replace(tzinfo=None)

    @api.model
    def _count(self, run, row, record):
        run.add("records", 1, 1)


class MedImporterStock(models.AbstractModel):
    """Opening stock as counts: inventory adjustment moves, as Odoo's own physical inventory makes.

    A row that was taken once is never taken again, whatever has moved since; a row that says
    another quantity than the first time is refused, since only a count can answer that.
    """

    _name = "med.importer.stock"
    _inherit = "med.importer.lot"
    _description = "Import of opening stock"
    _target = "stock.move"

    @api.model
    def _key(self, values):
        parts = (values["product"], values.get("lot") or "", values.get("location") or "")
        return values.get("key") or " / ".join(parts)

    @api.model
    def _identity(self, values):
        return self._key(values)

    @api.model
    def _look_up(self, run, rows):
        super()._look_up(run, rows)
        names = self._new_texts(run, "location", {row.values.get("location") for row in rows})
        if not names:
            return
        locations = self.env["stock.location"].search(
            [
                "|",
                ("complete_name", "in", list(names)),
                ("name", "in", list(names)),
                ("usage", "in", ("internal", "transit")),
                ("company_id", "in", [False, self.env.company.id]),
            ]
        )
        for name in names:
            exact = [one for one in locations if one.complete_name == name]
            named = exact or [one for one in locations if one.name == name]
            if len(named) == 1:
                run.found["location", name] = named[0].id
            elif named:
                problem = Problem("location_ambiguous", {"value": name, "count": str(len(named))})
                run.found["location", name] = problem

    @api.model
    def _stock_location(self):
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.env.company.id)], limit=1)
        return warehouse.lot_stock_id.id

    @api.model
    def _take(self, run, rows):
        for row in rows:
            row.values["key"] = self._key(row.values)
        rows = self._without_repeats(run, rows)
        self._look_up(run, rows)
        known = self._keys(run, run.kind.code, (row.values["key"] for row in rows))
        run.work.setdefault("stock", self._stock_location())
        rows = [row for row in rows if self._is_right(run, row)]
        fresh = [row for row in rows if not self._is_known(run, row, known)]
        self._find(run, fresh)
        self._new_lots(run, fresh)
        self._move(run, fresh)

    @api.model
    def _is_right(self, run, row):
        values = row.values
        product = self._refer(run, row, "product", "product")
        if not product:
            return False
        if values["quantity"] < 0:
            run.error(row.number, "quantity", values["quantity"], Problem("cell_not_positive"))
            return False
        if values.get("location") and not self._refer(run, row, "location", "location"):
            return False
        product = self.env["product.product"].browse(product)
        if product.tracking != "none" and not values.get("lot"):
            params = {"product": product.display_name}
            run.error(row.number, "lot", "", Problem("lot_required", params))
            return False
        if product.tracking == "none" and values.get("lot"):
            params = {"product": product.display_name}
            run.error(row.number, "lot", values["lot"], Problem("product_untracked", params))
            return False
        if product.tracking == "serial" and values["quantity"] > 1:
            params = {"product": product.display_name}
            run.error(row.number, "quantity", values["quantity"], Problem("serial_quantity", params))
            return False
        values["said"] = self._said(values)
        return True

    @api.model
    def _said(self, values):
        return f"{Decimal(values['quantity']).normalize():f}"

    @api.model
    def _is_known(self, run, row, known):
        if row.values["key"] not in known:
            return False
        before = known[row.values["key"]][1]
        if before != row.values["said"]:
            params = {"before": before or "", "now": row.values["said"]}
            run.error(row.number, "quantity", row.values["quantity"], Problem("stock_changed", params))
            return True
        run.unchanged += 1
        self._total(run, row, row.values["quantity"])
        return True

    @api.model
    def _new_lots(self, run, rows):
        """Lots that are not on file yet, created for all rows at once."""
        missing = {}
        for row in rows:
            if row.values.get("lot") and row.record is None:
                product = run.found["product", row.values["product"]]
                missing.setdefault((product, row.values["lot"]), self._lot_values(run, row))
        lots = self.env["stock.lot"].create(
            [{"product_id": product, "name": name, **values} for (product, name), values in missing.items()]
        )
        by_key = dict(zip(missing, lots, strict=True))
        for row in rows:
            if row.values.get("lot") and row.record is None:
                row.record = by_key[run.found["product", row.values["product"]], row.values["lot"]]

    @api.model
    def _move_values(self, run, row, quantity):
        """As ``stock.quant._get_inventory_move_values``: what the shelf gains or loses against
        the inventory location."""
        product = self.env["product.product"].browse(run.found["product", row.values["product"]])
        shelf = run.found.get(("location", row.values.get("location"))) or run.work["stock"]
        lost = product.with_company(self.env.company).property_stock_inventory.id
        origin, destination = (lost, shelf) if quantity > 0 else (shelf, lost)
        amount = float(abs(quantity))
        line = {
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "quantity": amount,
            "lot_id": row.record.id if row.record else False,
            "location_id": origin,
            "location_dest_id": destination,
            "company_id": self.env.company.id,
        }
        return {
            "product_id": product.id,
            "product_uom": product.uom_id.id,
            "product_uom_qty": amount,
            "company_id": self.env.company.id,
            "state": "confirmed",
            "location_id": origin,
            "location_dest_id": destination,
            "is_inventory": True,
            "inventory_name": self._move_name(run),
            "picked": True,
            "move_line_ids": [(0, 0, line)],
        }

    @api.model
    def _move_name(self, run):
        return self.env._("Opening stock (%(origin)s)", origin=run.source.name)

    @api.model
    def _quantity(self, run, row):
        """What the shelf gains by this row."""
        return row.values["quantity"]

    @api.model
    def _move(self, run, rows):
        pairs = [(row, quantity) for row in rows if (quantity := self._quantity(run, row))]
        moves = self.env["stock.move"].create([self._move_values(run, row, quantity) for row, quantity in pairs])
        moves.with_context(ignore_dest_packages=True)._action_done()
        for (row, _quantity), move in zip(pairs, moves, strict=True):
            row.values["move"] = move
        self._date(run, pairs)
        run.created += len(rows)
        for row in rows:
            row.record = row.values.get("move") or self.env["stock.move"]
            self._total(run, row, row.record.quantity)
        self._keep_keys(run, rows)

    @api.model
    def _date(self, run, pairs):
        """A count is dated when it is made."""

    @api.model
    def _total(self, run, row, in_odoo):
        product = self.env["product.product"].browse(run.found["product", row.values["product"]])
        run.add("rows", 1, 1)
        run.add("quantity", row.values["quantity"], in_odoo)
        price = Decimal(str(product.standard_price))
        run.add("value", row.values["quantity"] * price, Decimal(str(in_odoo)) * price)


class MedImporterMovement(models.AbstractModel):
    """The old system's ledger: every entry a stock move of its day, so that every balance it
    states can be asked of Odoo. Rows of one shelf must stand in the order they happened."""

    _name = "med.importer.movement"
    _inherit = "med.importer.stock"
    _description = "Import of stock movements"

    @api.model
    def _key(self, values):
        parts = (values["product"], values.get("lot") or "", values.get("location") or "", str(values["date"]))
        return values.get("key") or " / ".join((*parts, values["action"], self._said(values)))

    @api.model
    def _said(self, values):
        return f"{values['date']} {values['action']} {super()._said(values)}"

    @api.model
    def _shelf(self, run, row):
        return (
            run.found["product", row.values["product"]],
            row.values.get("lot"),
            run.found.get(("location", row.values.get("location"))) or run.work["stock"],
        )

    @api.model
    def _balances(self, run, rows):
        """What is on the shelves of the rows now, in one query per batch."""
        balances = run.work.setdefault("balances", {})
        unknown = [row for row in rows if self._shelf(run, row) not in balances]
        if not unknown:
            return balances
        groups = self.env["stock.quant"]._read_group(
            [
                ("product_id", "in", list({self._shelf(run, row)[0] for row in unknown})),
                ("location_id", "in", list({self._shelf(run, row)[2] for row in unknown})),
            ],
            ["product_id", "lot_id", "location_id"],
            ["quantity:sum"],
        )
        found = {
            (product.id, lot.name if lot else None, location.id): Decimal(str(quantity))
            for product, lot, location, quantity in groups
        }
        for row in unknown:
            balances[self._shelf(run, row)] = found.get(self._shelf(run, row), Decimal(0))
        return balances

    @api.model
    def _quantity(self, run, row):
        balances = self._balances(run, [row])
        shelf, quantity = self._shelf(run, row), row.values["quantity"]
        gain = {"in": quantity, "out": -quantity, "set": quantity - balances[shelf]}[row.values["action"]]
        balances[shelf] += gain
        return gain

    @api.model
    def _move(self, run, rows):
        self._balances(run, rows)
        super()._move(run, rows)

    @api.model
    def _move_name(self, run):
        return self.env._("Movement of the old system (%(origin)s)", origin=run.source.name)

    @api.model
    def _date(self, run, pairs):
        """Odoo dates a move when it is done. The days of the old system are set in one statement
        while the moves are still this transaction's own."""
        if not pairs:
            return
        self.env.flush_all()
        ids = [row.values["move"].id for row, _quantity in pairs]
        days = [self._end_of_day(row.values["date"]) for row, _quantity in pairs]
        for table, column in (("stock_move", "id"), ("stock_move_line", "move_id")):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s AS t SET date = d.day FROM unnest(%s, %s::timestamp[]) AS d(id, day) WHERE t.%s = d.id",
                    SQL.identifier(table),
                    ids,
                    days,
                    SQL.identifier(column),
                )
            )
        self.env["stock.move"].invalidate_model(["date"])
        self.env["stock.move.line"].invalidate_model(["date"])

    @api.model
    def _total(self, run, row, in_odoo):
        run.add("rows", 1, 1)
        value = tabular.show(row.values["action"])
        run.add(value, row.values["quantity"], row.values["quantity"] if value == "set" else in_odoo)
