"""Reserving order lines of one product with many lots by FEFO, against plain Odoo."""

from __future__ import annotations

import statistics
from datetime import timedelta
from functools import partial
from typing import Any

from benchmarks.kit import Table, plain_odoo, rolled_back, timed

# Lines of one delivery; a thousand lines are twenty deliveries that a scheduler reserves.
PER_DELIVERY = 50
# Plain Odoo takes two seconds and more for each line over 10,000 lots, three quarters of an hour for a
# thousand lines. It reserves the first deliveries of them, over the same lots, and times per line are compared.
PLAIN_LINES = 100


def run(env: Any, small: bool) -> Table:
    cases = ((1, 100), (110, 200)) if small else ((1, 10000), (100, 10000), (1000, 10000))
    table = Table(("lines", "lots", "plain reserved", "plain ms/line", "with terms ms/line", "ratio"))
    with plain_odoo(env) as plain:
        for lines, lots in cases:
            theirs, ours = _stock(plain, lots), _stock(env, lots, med_is_device=True, med_device_class="III")
            moves = {plain: _orders(plain, theirs, lines), env: _orders(env, ours, lines)}
            part = {plain: moves[plain][:PLAIN_LINES], env: moves[env]}
            taken: dict[Any, list[str]] = {}
            times: dict[Any, list[float]] = {plain: [], env: []}
            # What takes minutes runs once, without warming up; the smaller ones warmed up.
            long = lines > PLAIN_LINES
            for turn in range(1 if long else 4):
                for side in (plain, env) if turn % 2 else (env, plain):
                    with rolled_back(side):
                        elapsed = timed(partial(_reserve, part[side]))
                        taken[side] = _taken(part[side])
                    if turn or long:
                        times[side].append(elapsed / len(part[side]))
            _check(taken[plain], taken[env], len(part[plain]), lines)
            a, b = statistics.median(times[plain]), statistics.median(times[env])
            key = {f"ratio_{lines}_lines_{lots}_lots": round(b / a, 3)}
            table.add(lines, lots, len(part[plain]), a * 1000, b * 1000, b / a, **key)
    return table


def _check(theirs: list[str], ours: list[str], measured: int, lines: int) -> None:
    """Both took the same lots in the same order, and ours went on to the end."""
    if ours[: len(theirs)] != theirs:
        raise RuntimeError("the lots that were taken, or their order, differ from plain Odoo's")
    if sum(float(line.rsplit(" ", 1)[1]) for line in ours) != 2 * lines or len(theirs) < measured:
        raise RuntimeError("not every line was reserved")


def _reserve(moves: Any) -> None:
    for picking in moves.picking_id:
        picking.action_assign()
    moves.env.flush_all()


def _taken(moves: Any) -> list[str]:
    """The lots in the order of the moves, so that both sides can be compared."""
    return [
        f"{line.lot_id.name} {line.quantity}" for move in moves.sorted("id") for line in move.move_line_ids.sorted("id")
    ]


def _stock(env: Any, lots: int, **product_values: Any) -> Any:
    """A product by FEFO with so many lots of three, one date each, in no order."""
    from odoo import fields

    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    category = env["product.category"].create(
        {"name": f"Bench {lots}", "removal_strategy_id": env.ref("product_expiry.removal_fefo").id}
    )
    product = env["product.product"].create(
        {
            "name": f"Bench product {lots}",
            "is_storable": True,
            "tracking": "lot",
            "use_expiration_date": True,
            "categ_id": category.id,
            **product_values,
        }
    )
    now = fields.Datetime.now()
    records = env["stock.lot"].create(
        [
            {
                "name": f"BENCH-{lots}-{n}",
                "product_id": product.id,
                # a step that shares no factor with the number of lots visits each once
                "expiration_date": now + timedelta(days=30, minutes=30 * (n * 7919 % lots)),
                "removal_date": now + timedelta(days=30, minutes=30 * (n * 7919 % lots)),
            }
            for n in range(lots)
        ]
    )
    env["stock.quant"].sudo().create(
        [
            {
                "product_id": product.id,
                "lot_id": lot.id,
                "location_id": warehouse.lot_stock_id.id,
                "quantity": 3,
                "in_date": now - timedelta(days=1),
            }
            for lot in records
        ]
    )
    if product_values:
        records._med_set_status("released")
    env.flush_all()
    env.cr.execute("ANALYZE stock_quant, stock_lot")
    return product


def _orders(env: Any, product: Any, lines: int) -> Any:
    """So many confirmed lines of two pieces each, in deliveries."""
    from odoo import Command

    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    customers = env.ref("stock.stock_location_customers")
    partner = env["res.partner"].create({"name": f"Hospital {lines}"})
    # reserving is what is measured, so confirming must not do it
    warehouse.out_type_id.reservation_method = "manual"
    moves = env["stock.move"]
    for start in range(0, lines, PER_DELIVERY):
        picking = env["stock.picking"].create(
            {
                "picking_type_id": warehouse.out_type_id.id,
                "partner_id": partner.id,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": customers.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 2,
                            "location_id": warehouse.lot_stock_id.id,
                            "location_dest_id": customers.id,
                            # Odoo merges equal lines when it confirms
                            "price_unit": n + 1,
                        }
                    )
                    for n in range(start, min(start + PER_DELIVERY, lines))
                ],
            }
        )
        picking.action_confirm()
        moves |= picking.move_ids
    if len(moves) != lines:
        raise RuntimeError(f"{len(moves)} moves instead of {lines}")
    env.flush_all()
    return moves
