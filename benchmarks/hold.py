"""One signature puts a lot on hold over 500 quants, 50 open deliveries, 20 packages and goods in transit."""

from __future__ import annotations

import statistics
from datetime import timedelta
from typing import Any

from benchmarks.kit import Table, counting_queries, rolled_back, timed

PASSWORD = "bench password"


def run(env: Any, small: bool) -> Table:
    shelves, packages, deliveries = (30, 2, 3) if small else (480, 20, 50)
    lot, quality, pickings, onward = _world(env, shelves, packages, deliveries)
    signed = lot.with_user(quality)
    seconds, queries = [], 0
    for turn in range(2 if small else 4):
        with rolled_back(env), counting_queries(env) as counted:
            elapsed = timed(lambda: _hold(signed))
            _check(lot, pickings, onward)
        if turn:  # the first one warms up
            seconds.append(elapsed)
            queries = counted.count
    table = Table(("quants", "deliveries", "lines", "packages", "s", "queries"))
    median = statistics.median(seconds)
    lines = len(pickings.move_line_ids | onward.move_line_ids)
    table.add(shelves + packages + 1, deliveries, lines, packages, median, queries, hold_s=round(median, 2))
    return table


def _hold(lot: Any) -> None:
    lot._sign("hold", {"type": "password", "password": PASSWORD}, reason="leaking pouch")
    lot.env.flush_all()


def _check(lot: Any, pickings: Any, onward: Any) -> None:
    """A hold that left something behind is not fast, it is wrong."""
    env = lot.env
    env.invalidate_all()
    reserved = sum(env["stock.quant"].search([("lot_id", "=", lot.id)]).mapped("reserved_quantity"))
    told = {picking.id for picking in pickings if picking.activity_ids}
    if lot.med_status != "on_hold" or reserved or (pickings.move_line_ids | onward.move_line_ids):
        raise RuntimeError("goods of the lot are still promised to somebody")
    if told != set(pickings.ids):
        raise RuntimeError("not every delivery was told")


def _world(env: Any, shelves: int, packages: int, deliveries: int) -> tuple[Any, Any, Any, Any]:
    """The lot, who holds it, the open deliveries that reserved nearly all of it, and the goods on their way."""
    from odoo import Command, fields

    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    stock, customers = warehouse.lot_stock_id, env.ref("stock.stock_location_customers")
    product = env["product.product"].create(
        {
            "name": "Bench hold",
            "is_storable": True,
            "tracking": "lot",
            "use_expiration_date": True,
            "med_is_device": True,
            "med_device_class": "III",
        }
    )
    expiry = fields.Datetime.now() + timedelta(days=300)
    lot = env["stock.lot"].create({"name": "BENCH-HOLD", "product_id": product.id})
    lot.write({"expiration_date": expiry, "removal_date": expiry})
    lot._med_set_status("released")
    places = env["stock.location"].create([{"name": f"Shelf {n}", "location_id": stock.id} for n in range(shelves)])
    boxes = env["stock.package"].create([{"name": f"Box {n}"} for n in range(packages)])
    none = env["stock.package"]
    env["stock.quant"].sudo().create(
        [
            {
                "product_id": product.id,
                "lot_id": lot.id,
                "location_id": place.id,
                "package_id": box.id,
                "quantity": 2,
                "in_date": fields.Datetime.now() - timedelta(days=1),
            }
            for place, box in [*((place, none) for place in places), *((stock, box) for box in boxes)]
        ]
    )
    transit = env["stock.location"].create({"name": "On the way", "usage": "transit", "company_id": False})
    env["stock.quant"]._update_available_quantity(product, transit, 9, lot_id=lot)
    partner = env["res.partner"].create({"name": "Bench hospital", "is_company": True})
    each = 2 * (shelves + packages) // deliveries
    pickings = env["stock.picking"].create(
        [
            {
                "picking_type_id": warehouse.out_type_id.id,
                "partner_id": partner.id,
                "location_id": stock.id,
                "location_dest_id": customers.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": each,
                            "location_id": stock.id,
                            "location_dest_id": customers.id,
                        }
                    )
                ],
            }
            for _ in range(deliveries)
        ]
    )
    onward = env["stock.move"].create(
        {
            "product_id": product.id,
            "product_uom_qty": 9,
            "location_id": transit.id,
            "location_dest_id": customers.id,
        }
    )
    pickings.action_confirm()
    onward._action_confirm()
    pickings.action_assign()
    onward._action_assign()
    if not all(picking.move_line_ids for picking in pickings) or not onward.move_line_ids:
        raise RuntimeError("not every delivery reserved something")
    quality = env["res.users"].create(
        {
            "name": "Bench quality",
            "login": "bench_hold",
            "password": PASSWORD,
            "group_ids": [Command.link(env.ref("med_master_data.group_med_quality").id)],
        }
    )
    env.flush_all()
    return lot, quality, pickings, onward
