"""Two-way trace and hold of one lot delivered 10,000 times, against Odoo's own and the barest SQL."""

from __future__ import annotations

from functools import partial
from typing import Any

from benchmarks.kit import Table, counting_queries, measure, timed

PASSWORD = "bench password"

# The barest query that gives the rows of both directions: no companies, no names, no objects.
BAREST_FORWARD = """
WITH RECURSIVE scope(lot_id) AS (
    SELECT %s::integer
    UNION
    SELECT made.lot_id FROM scope
    JOIN stock_move_line used ON used.lot_id = scope.lot_id AND used.state = 'done'
    JOIN stock_move_line_consume_rel rel ON rel.produce_line_id = used.id
    JOIN stock_move_line made ON made.id = rel.consume_line_id AND made.state = 'done'
    WHERE made.lot_id IS NOT NULL)
SELECT %s::integer, line.lot_id, line.id, CASE WHEN came.usage = 'customer' THEN -1 ELSE 1 END,
       line.quantity_product_uom, line.date, line.company_id, line.picking_id, sol.order_id,
       CASE WHEN came.usage = 'customer'
            THEN COALESCE(op.partner_id, om.partner_id, picking.partner_id, move.partner_id)
            ELSE COALESCE(picking.partner_id, move.partner_id) END,
       CASE WHEN came.usage = 'customer' THEN line.package_id ELSE line.result_package_id END,
       picking.med_signed_for_at
FROM scope
JOIN stock_move_line line ON line.lot_id = scope.lot_id AND line.state = 'done'
JOIN stock_location came ON came.id = line.location_id
JOIN stock_location went ON went.id = line.location_dest_id
LEFT JOIN stock_move move ON move.id = line.move_id
LEFT JOIN stock_picking picking ON picking.id = line.picking_id
LEFT JOIN sale_order_line sol ON sol.id = move.sale_line_id
LEFT JOIN stock_move om ON om.id = move.origin_returned_move_id
LEFT JOIN stock_picking op ON op.id = om.picking_id
WHERE (came.usage = 'customer') <> (went.usage = 'customer')
ORDER BY line.date, line.id
"""
BAREST_BACKWARD = """
WITH RECURSIVE scope(lot_id) AS (
    SELECT %s::integer
    UNION
    SELECT used.lot_id FROM scope
    JOIN stock_move_line made ON made.lot_id = scope.lot_id AND made.state = 'done'
    JOIN stock_move_line_consume_rel rel ON rel.consume_line_id = made.id
    JOIN stock_move_line used ON used.id = rel.produce_line_id AND used.state = 'done'
    WHERE used.lot_id IS NOT NULL)
SELECT %s::integer, line.lot_id, line.id, came.usage, line.quantity_product_uom, line.date, line.company_id,
       line.picking_id, pol.order_id, COALESCE(picking.partner_id, move.partner_id)
FROM scope
JOIN stock_move_line line ON line.lot_id = scope.lot_id AND line.state = 'done'
JOIN stock_location came ON came.id = line.location_id
JOIN stock_location went ON went.id = line.location_dest_id
LEFT JOIN stock_move move ON move.id = line.move_id
LEFT JOIN purchase_order_line pol ON pol.id = move.purchase_line_id
LEFT JOIN stock_picking picking ON picking.id = line.picking_id
WHERE came.usage IN ('supplier', 'production', 'inventory')
  AND went.usage IN ('internal', 'transit', 'view', 'customer')
ORDER BY line.date, line.id
"""


def run(env: Any, small: bool) -> Table:
    delivered, consignees, noise = (500, 100, 20_000) if small else (10_000, 2_000, 1_000_000)
    rounds = 3 if small else 7
    env = env(context={**env.context, "tracking_disable": True})
    lot = history(env, delivered, consignees, noise)
    env.cr.execute("SELECT count(*) FROM stock_move_line WHERE state = 'done'")
    (moves,) = env.cr.fetchone()
    trace = env["med.recall.trace"]
    forward, backward = trace._forward(lot), trace._backward(lot)
    plain_forward, plain_backward = barest(env, lot)
    # a row of ours is a tuple with names; only what it holds is compared
    equal = plain_forward == list(map(tuple, forward)) and plain_backward == list(map(tuple, backward))
    table = Table(("what", "ms", "queries", "rows"))
    ours, plain = partial(both_ways, trace, lot), partial(barest, env, lot)
    against_sql = measure(plain, ours, rounds)
    with counting_queries(env) as counted:
        ours()
    theirs = timed(partial(odoos_own, env, lot))
    with counting_queries(env) as own:
        odoos_own(env, lot)
    rows = len(forward) + len(backward)
    table.add("barest recursive SQL, both ways", against_sql.a * 1000, 2, len(plain_forward) + len(plain_backward))
    table.add("trace, both ways", against_sql.b * 1000, counted.count, rows)
    table.add("Odoo: lot's deliveries, consignees, traceability", theirs * 1000, own.count, "")
    full = timed(partial(everything, trace, lot))
    table.add("trace, stock and balance as well", full * 1000, 5, "")
    table.keys |= {
        "ratio_to_sql": round(against_sql.ratio, 3),
        "speedup_vs_odoo": round(theirs / against_sql.b, 1),
        "rows_equal": int(equal and bool(forward)),
        "moves": moves,
    }
    hold(env, lot, table)
    return table


def both_ways(trace: Any, lot: Any) -> None:
    trace._forward(lot)
    trace._backward(lot)


def everything(trace: Any, lot: Any) -> None:
    both_ways(trace, lot)
    trace._on_hand(lot)
    trace._balances(lot)


def barest(env: Any, lot: Any) -> tuple[list[Any], list[Any]]:
    env.flush_all()
    env.cr.execute(BAREST_FORWARD, [lot.id, lot.id])
    forward = env.cr.fetchall()
    env.cr.execute(BAREST_BACKWARD, [lot.id, lot.id])
    return forward, env.cr.fetchall()


def odoos_own(env: Any, lot: Any) -> None:
    """What Odoo answers the same question with: the lot's deliveries and partners, and the
    traceability report of the lot."""
    env.invalidate_all()
    lot.delivery_ids.mapped("name")
    lot.partner_ids.mapped("name")
    env["stock.traceability.report"].with_context(active_id=lot.id, model="stock.lot").get_lines()


def hold(env: Any, lot: Any, table: Table) -> None:
    """The signed click: freeze, free what is reserved, quarantine, trace, consignees with their units."""
    from odoo import Command

    quality = env["res.users"].create(
        {
            "name": "Quality",
            "login": "bench_quality",
            "password": PASSWORD,
            "group_ids": [Command.link(env.ref("med_master_data.group_med_quality").id)],
        }
    )
    recall = (
        env["med.recall"]
        .with_user(quality)
        .create(
            {
                "title": "Bench",
                "profile_id": env.ref("med_recall.profile_cn_1").id,
                "product_ids": [Command.link(lot.product_id.id)],
                "scope_ids": [Command.create({"kind": "lot", "first": lot.name})],
            }
        )
    )
    recall.action_confirm_scope()
    env.flush_all()

    def sign() -> None:
        recall._sign("hold", {"type": "password", "password": PASSWORD})
        env.flush_all()

    with counting_queries(env) as counted:
        seconds = timed(sign)
    if lot.med_status != "recalled" or not recall.consignee_ids:
        raise RuntimeError("the hold did not hold")
    table.add("hold: freeze, free, set apart, trace, consignees", seconds * 1000, counted.count, len(recall.answer_ids))
    table.keys["hold_s"] = round(seconds, 2)


# History --------------------------------------------------------------------------------


def history(env: Any, delivered: int, consignees: int, noise: int) -> Any:
    """A database with ``noise`` done move lines of other lots, and one lot with a long story."""
    from odoo import Command

    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    product = env["product.product"].create(
        {
            "name": "Recalled device",
            "is_storable": True,
            "tracking": "lot",
            "use_expiration_date": True,
            "expiration_time": 700,
            "med_is_device": True,
            "med_device_class": "III",
        }
    )
    other = env["product.product"].create({"name": "Other goods", "is_storable": True, "tracking": "lot"})
    lot = env["stock.lot"].create({"name": "RECALLED", "product_id": product.id})
    lot._med_set_status("released")
    supplier = env["res.partner"].create({"name": "Maker", "is_company": True})
    people = env["res.partner"].create(
        [{"name": f"Hospital {n}", "is_company": True, "email": f"recall{n}@example.com"} for n in range(consignees)]
    )
    shelf = warehouse.lot_stock_id
    dock = env["stock.location"].create({"name": "Dock", "location_id": warehouse.view_location_id.id})
    customers = env.ref("stock.stock_location_customers")
    suppliers = env.ref("stock.stock_location_suppliers")
    env.flush_all()
    here = delivered // 10
    values = {
        "product": product.id,
        "other": other.id,
        "uom": product.uom_id.id,
        "company": env.company.id,
        "lot": lot.id,
        "supplier": supplier.id,
        "first": people[0].id,
        "count": consignees,
        "people": people.ids,
        "shelf": shelf.id,
        "dock": dock.id,
        "customers": customers.id,
        "suppliers": suppliers.id,
        "in_type": warehouse.in_type_id.id,
        "out_type": warehouse.out_type_id.id,
        "delivered": delivered,
        "received": delivered + here,
        "returned": delivered // 20,
        "noise": noise,
        "lots": max(1, noise // 50),
    }
    for statement in HISTORY.split(";"):
        if statement.strip():
            env.cr.execute(statement, values)
    env.cr.execute("ANALYZE stock_move_line, stock_move, stock_picking, stock_lot, stock_quant".replace(", ", ","))
    env.invalidate_all()
    # some of it is promised to an open delivery
    picking = env["stock.picking"].create(
        {
            "picking_type_id": warehouse.out_type_id.id,
            "partner_id": people[0].id,
            "location_id": shelf.id,
            "location_dest_id": customers.id,
            "move_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": 5,
                        "location_id": shelf.id,
                        "location_dest_id": customers.id,
                    }
                )
            ],
        }
    )
    picking.action_confirm()
    picking.action_assign()
    return lot


# One move and one line for each step of a unit; the deliveries of the lot carry one unit a line.
HISTORY = """
CREATE TEMP TABLE bench_step (kind varchar, n integer, partner integer, origin integer, dest integer,
    quantity numeric, day integer, lot integer, product integer, type integer, move_id integer, picking_id integer);
INSERT INTO stock_lot (name, product_id, med_status) SELECT 'N' || n, %(other)s, 'quarantine'
    FROM generate_series(1, %(lots)s) n;
INSERT INTO bench_step (kind, n, partner, origin, dest, quantity, day, lot, product, type)
    VALUES ('in', 0, %(supplier)s, %(suppliers)s, %(dock)s, %(received)s, 0, %(lot)s, %(product)s, %(in_type)s),
           ('in', 1, NULL, %(dock)s, %(shelf)s, %(received)s, 1, %(lot)s, %(product)s, %(in_type)s);
INSERT INTO bench_step (kind, n, partner, origin, dest, quantity, day, lot, product, type)
    SELECT 'out', n / 5, (%(people)s)[1 + (n / 5) %% %(count)s], %(shelf)s, %(customers)s, 1, 2 + n %% 300, %(lot)s,
           %(product)s, %(out_type)s
    FROM generate_series(0, %(delivered)s - 1) n;
INSERT INTO bench_step (kind, n, partner, origin, dest, quantity, day, lot, product, type)
    SELECT 'back', n, (%(people)s)[1 + n %% %(count)s], %(customers)s, %(shelf)s, 1, 400, %(lot)s, %(product)s,
           %(in_type)s
    FROM generate_series(0, %(returned)s - 1) n;
INSERT INTO bench_step (kind, n, partner, origin, dest, quantity, day, lot, product, type)
    SELECT 'noise', n / 10, (%(people)s)[1 + (n / 10) %% %(count)s],
           CASE WHEN n %% 2 = 0 THEN %(suppliers)s ELSE %(shelf)s END,
           CASE WHEN n %% 2 = 0 THEN %(shelf)s ELSE %(customers)s END, 1, n %% 700,
           (SELECT min(id) FROM stock_lot WHERE name = 'N1' AND product_id = %(other)s) + n %% %(lots)s, %(other)s,
           %(out_type)s
    FROM generate_series(0, %(noise)s - 1) n;
ALTER TABLE bench_step ADD COLUMN id serial;
WITH made AS (
    INSERT INTO stock_picking (name, origin, state, move_type, picking_type_id, partner_id, location_id,
        location_dest_id, company_id, date_done, scheduled_date)
    SELECT 'BENCH/' || kind || '/' || n, kind || n, 'done', 'direct', min(type), min(partner), min(origin), min(dest),
           %(company)s, now(), now()
    FROM bench_step GROUP BY kind, n RETURNING id, origin)
UPDATE bench_step SET picking_id = made.id FROM made WHERE made.origin = kind || n;
INSERT INTO stock_move (reference, state, company_id, date, location_id, location_dest_id, product_id, product_uom,
        product_uom_qty, product_qty, quantity, picking_id, procure_method, sequence, picked, picking_type_id)
    SELECT 'B' || id, 'done', %(company)s, now() - (1000 - day) * interval '1 day', origin, dest, product, %(uom)s,
           quantity, quantity, quantity, picking_id, 'make_to_stock', 10, true, type
    FROM bench_step ORDER BY id;
UPDATE bench_step SET move_id = id + (SELECT min(id) FROM stock_move WHERE reference = 'B1') - 1;
INSERT INTO stock_move_line (state, company_id, date, location_id, location_dest_id, product_id, product_uom_id,
        quantity, quantity_product_uom, picking_id, move_id, lot_id, picked)
    SELECT 'done', %(company)s, now() - (1000 - day) * interval '1 day', origin, dest, product, %(uom)s, quantity,
           quantity, picking_id, move_id, lot, true
    FROM bench_step;
INSERT INTO stock_quant (product_id, lot_id, location_id, company_id, quantity, reserved_quantity, in_date)
    VALUES (%(product)s, %(lot)s, %(shelf)s, %(company)s,
            %(received)s - %(delivered)s + %(returned)s, 0, now());
DROP TABLE bench_step
"""
