"""Replaying the gate over the last quarter: 10,000 lines that left, and what is still to leave."""

from __future__ import annotations

import statistics
from datetime import timedelta
from typing import Any

from benchmarks.kit import Table, counting_queries, rolled_back, timed

LINES_PER_DELIVERY = 100
PRODUCTS = 50
PARTNERS = 40


def run(env: Any, small: bool) -> Table:
    sizes = (100, 400) if small else (1000, 10000)
    table = Table(("lines that left", "question", "refused", "s", "queries"))
    for size in sizes:
        company = _history(env, size)
        for kind, values in _questions(env, company).items():
            seconds, queries, stops = [], 0, 0
            for turn in range(2 if small else 4):
                with rolled_back(env), counting_queries(env) as counted:
                    replay = env["med.gate.what.if"].create({"company_id": company.id, **values})
                    elapsed = timed(replay.action_run)
                    stops = replay.stops
                    if replay.judged != size:
                        raise RuntimeError(f"{replay.judged} lines judged instead of {size}")
                if turn:
                    seconds.append(elapsed)
                queries = counted.count
            median = statistics.median(seconds)
            keys = {f"what_if_{kind}_{size}_lines_s": round(median, 2), f"what_if_{kind}_{size}_queries": queries}
            table.add(size, kind, stops, median, queries, **keys)
    return table


def _questions(env: Any, company: Any) -> dict[str, dict[str, Any]]:
    from odoo import fields

    partner = env["med.partner.licence"].search([("number", "=like", f"WI-{company.id}-%")], limit=1)
    return {
        "shelf_life": {"kind": "shelf_life", "days": 90},
        "licence": {
            "kind": "licence",
            "licence_id": partner.id,
            "ends_on": fields.Date.today() - timedelta(days=30),
        },
    }


def _history(env: Any, size: int) -> Any:
    """A company that delivered so many lines in the last ninety days, each of a lot of its own to
    one of forty hospitals. They are written as rows: delivering them would take longer than the replay."""
    from odoo import fields

    company = env["res.company"].create({"name": f"Bench {size}"})
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    env.user.company_ids |= company
    warehouse = env["stock.warehouse"].create(
        {"name": f"Bench {size}", "code": f"B{size // 100}", "company_id": company.id}
    )
    stock, customers = warehouse.lot_stock_id, env.ref("stock.stock_location_customers")
    today = fields.Date.today()
    products = env["product.product"].create(
        [
            {
                "name": f"Bench device {n}",
                "is_storable": True,
                "tracking": "lot",
                "use_expiration_date": True,
                "med_is_device": True,
                "med_device_class": "III",
            }
            for n in range(PRODUCTS)
        ]
    )
    partners = env["res.partner"].create(
        [{"name": f"Bench hospital {size}/{n}", "is_company": True} for n in range(PARTNERS)]
    )
    env["med.partner.licence"].create(
        [
            {
                "partner_id": partner.id,
                "kind": "distribution",
                "number": f"WI-{company.id}-{n}",
                "valid_from": today - timedelta(days=700),
                "valid_to": today + timedelta(days=365),
                "scope_class_2": True,
                "scope_class_3": True,
            }
            for n, partner in enumerate(partners)
        ]
    )
    lots = env["stock.lot"].create(
        [{"name": f"WI-{n}", "product_id": products[n % PRODUCTS].id, "company_id": company.id} for n in range(size)]
    )
    pickings = env["stock.picking"].create(
        [
            {
                "picking_type_id": warehouse.out_type_id.id,
                "partner_id": partners[n % PARTNERS].id,
                "location_id": stock.id,
                "location_dest_id": customers.id,
            }
            for n in range(size // LINES_PER_DELIVERY)
        ]
    )
    env.flush_all()
    env.cr.execute(
        "UPDATE stock_lot SET med_status = 'released', expiration_date = now() + (id %% 300) * interval '1 day'"
        " WHERE id = ANY(%s)",
        [lots.ids],
    )
    env.cr.execute(
        "UPDATE stock_picking SET state = 'done', date_done = now() - (id %% 89) * interval '1 day' WHERE id = ANY(%s)",
        [pickings.ids],
    )
    move = env["stock.move"].create(
        {
            "product_id": products[0].id,
            "product_uom_qty": 1,
            "location_id": stock.id,
            "location_dest_id": customers.id,
            "picking_id": pickings[0].id,
        }
    )
    env.flush_all()
    move_id = _copies(
        env, "stock_move", move.id, size, pickings, lots, "picking_id", "product_id", "state", "partner_id"
    )
    line = env["stock.move.line"].create(
        {
            "product_id": products[0].id,
            "quantity": 1,
            "location_id": stock.id,
            "location_dest_id": customers.id,
            "company_id": company.id,
        }
    )
    env.flush_all()
    _copies(
        env,
        "stock_move_line",
        line.id,
        size,
        pickings,
        lots,
        "picking_id",
        "product_id",
        "state",
        "lot_id",
        "move_id",
        "date",
        first_move=move_id,
    )
    env.cr.execute("ANALYZE stock_move_line, stock_move, stock_lot, stock_picking")
    env.invalidate_all()
    return company


def _copies(
    env: Any, table: str, source: int, size: int, pickings: Any, lots: Any, *changed: str, first_move: int = 0
) -> int:
    """The row ``size`` times, each of its own lot and of the delivery it belongs to; then without
    the source. The id of the first copy."""
    from odoo.tools import SQL

    env.cr.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
    first = env.cr.fetchone()[0] + 1
    env.cr.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first + size])
    kept = [
        row[0]
        for row in env.execute_query(
            SQL(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public'",
                table,
            )
        )
        if row[0] not in (*changed, "id")
    ]
    values = {
        "picking_id": SQL("picking.id"),
        "partner_id": SQL("picking.partner_id"),
        "product_id": SQL("lot.product_id"),
        "lot_id": SQL("lot.id"),
        "state": SQL("'done'"),
        "date": SQL("picking.date_done"),
        "move_id": SQL("%s + n - 1", first_move),
    }
    env.cr.execute(
        SQL(
            """INSERT INTO %(table)s (id, %(names)s, %(kept)s)
               SELECT %(first)s + n - 1, %(values)s, %(kept_values)s
                 FROM %(table)s source,
                      unnest(%(lots)s) WITH ORDINALITY AS given(lot_id, n)
                 JOIN stock_lot lot ON lot.id = given.lot_id
                 JOIN stock_picking picking ON picking.id = (%(pickings)s)[(n - 1) / %(each)s + 1]
                WHERE source.id = %(source)s""",
            table=SQL.identifier(table),
            names=SQL(", ").join(map(SQL.identifier, changed)),
            kept=SQL(", ").join(map(SQL.identifier, kept)),
            first=first,
            values=SQL(", ").join(values[name] for name in changed),
            kept_values=SQL(", ").join(SQL.identifier("source", name) for name in kept),
            lots=lots.ids,
            pickings=pickings.ids,
            each=LINES_PER_DELIVERY,
            source=source,
        )
    )
    env.cr.execute(SQL("DELETE FROM %s WHERE id = %s", SQL.identifier(table), source))
    return first
