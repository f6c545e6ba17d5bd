"""The control tower with 20,000 open outbounds in a database of a million done moves."""

from __future__ import annotations

import statistics
from functools import partial
from typing import Any

from benchmarks.kit import Table, counting_queries, timed
from benchmarks.recall import history


def run(env: Any, small: bool) -> Table:
    outbounds, moves, rounds = (1_000, 20_000, 3) if small else (20_000, 1_000_000, 15)
    env = env(context={**env.context, "tracking_disable": True})
    history(env, delivered=10, consignees=200, noise=moves)
    open_outbounds(env, outbounds)
    env.cr.execute("SELECT count(*) FROM stock_move WHERE state = 'done'")
    (done,) = env.cr.fetchone()
    towers = env["stock.picking"]
    shown = towers.med_tower()
    if sum(stage["count"] for stage in shown["stages"]) < outbounds or len(shown["rows"]) < 60:
        raise RuntimeError("the tower does not show what is open")
    table = Table(("what", "ms", "queries", "rows"))
    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    for name, asked in (
        ("as it opens", {}),
        ("one stage", {"stage": "picked"}),
        ("what is late", {"late": True}),
        ("one warehouse", {"warehouse_id": warehouse.id}),
    ):
        seconds = statistics.median(timed(partial(opened, env, asked)) for _ in range(rounds))
        with counting_queries(env) as counted:
            rows = opened(env, asked)
        table.add(name, seconds * 1000, counted.count, rows)
        if not asked:
            table.keys |= {"server_s": round(seconds, 3), "open_outbounds": outbounds, "done_moves": done}
    return table


def opened(env: Any, asked: dict[str, Any]) -> int:
    """As a request finds it: nothing read yet."""
    env.invalidate_all()
    return len(env["stock.picking"].med_tower(**asked)["rows"])


def open_outbounds(env: Any, count: int) -> None:
    """Reserved and picked deliveries of released lots of a device, two lines each, half of them late."""
    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    device = env["product.product"].search([("name", "=", "Recalled device")], limit=1)
    env.flush_all()
    values = {
        "count": count,
        "company": env.company.id,
        "type": warehouse.out_type_id.id,
        "shelf": warehouse.lot_stock_id.id,
        "customers": env.ref("stock.stock_location_customers").id,
        "product": device.id,
        "uom": device.uom_id.id,
        "people": env["res.partner"].search([("name", "like", "Hospital ")]).ids,
    }
    for statement in OPEN.split(";"):
        if statement.strip():
            env.cr.execute(statement, values)
    env.invalidate_all()


# Stages are written as Odoo would have computed them: a third each is received, prepared and picked.
OPEN = """
INSERT INTO stock_lot (name, product_id, med_status, expiration_date)
    SELECT 'OPEN' || n, %(product)s, 'released', now() + interval '400 days' FROM generate_series(1, 2000) n;
INSERT INTO stock_picking (name, origin, state, move_type, picking_type_id, partner_id, location_id, location_dest_id,
        company_id, scheduled_date, date_deadline, med_stage)
    SELECT 'TOWER/' || n, 'S' || n, CASE WHEN n %% 3 = 0 THEN 'confirmed' ELSE 'assigned' END, 'direct', %(type)s,
           (%(people)s)[1 + n %% cardinality(%(people)s)], %(shelf)s, %(customers)s, %(company)s,
           now() + (n %% 200 - 100) * interval '1 hour', now() + (n %% 200 - 100) * interval '1 hour',
           (ARRAY['received', 'prepared', 'picked'])[1 + n %% 3]
    FROM generate_series(1, %(count)s) n;
INSERT INTO stock_move (reference, state, company_id, date, location_id, location_dest_id, product_id, product_uom,
        product_uom_qty, product_qty, quantity, picking_id, procure_method, sequence, picked, picking_type_id)
    SELECT picking.name, picking.state, %(company)s, now(), %(shelf)s, %(customers)s, %(product)s, %(uom)s, 2, 2,
           CASE WHEN picking.state = 'assigned' THEN 2 ELSE 0 END, picking.id, 'make_to_stock', 10,
           picking.med_stage = 'picked', %(type)s
    FROM stock_picking picking WHERE picking.name LIKE 'TOWER/%%';
INSERT INTO stock_move_line (state, company_id, date, location_id, location_dest_id, product_id, product_uom_id,
        quantity, quantity_product_uom, picking_id, move_id, lot_id, picked)
    SELECT 'assigned', %(company)s, now(), %(shelf)s, %(customers)s, %(product)s, %(uom)s, 1, 1, move.picking_id,
           move.id, lot.first + (move.id * 2 + side) %% 2000, move.picked
    FROM stock_move move, generate_series(0, 1) side,
         (SELECT min(id) AS first FROM stock_lot WHERE name = 'OPEN1' AND product_id = %(product)s) lot
    WHERE move.reference LIKE 'TOWER/%%' AND move.state = 'assigned';
ANALYZE stock_move_line, stock_move, stock_picking, stock_lot
"""
