"""Validating a delivery of lot-tracked lines with every rule on, against plain Odoo."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from benchmarks.kit import Table, counting_queries, measure, plain_odoo, rolled_back

PASSWORD = "bench password"
PRODUCTS = 10


def run(env: Any, small: bool) -> Table:
    sizes = (1, 10, 100) if small else (1, 10, 100, 1000)
    rounds = {1: 5, 10: 3, 100: 3} if small else {1: 81, 10: 21, 100: 21, 1000: 25}
    table = Table(("lines", "plain ms", "with gates ms", "ratio", "plain queries", "extra", "spared"))
    with plain_odoo(env) as plain:
        for size in sizes:
            theirs, ours = _delivery(plain, size), _regulated(env, size)
            for side in (plain, env):
                _tell_planner(side)
            sides = (partial(_round, plain, theirs), partial(_round, env, ours))
            queries = []
            for side, picking, once in ((plain, theirs, sides[0]), (env, ours, sides[1])):
                once()  # fills what outlives a request, as on a running server
                with rolled_back(side), counting_queries(side) as counted:
                    _validate(picking)
                queries.append(counted)
            compared = measure(sides[0], sides[1], rounds[size])
            # what we ask and plain Odoo does not; what we spare it is told beside, not set off
            extra, spared = queries[1].beyond(queries[0]), queries[0].beyond(queries[1])
            keys = {
                f"ratio_{size}": round(compared.ratio, 3),
                f"extra_queries_{size}": extra,
                f"spared_queries_{size}": spared,
            }
            table.add(
                size,
                compared.a * 1000,
                compared.b * 1000,
                compared.ratio,
                queries[0].count,
                extra,
                spared,
                **keys,
            )
    return table


def _tell_planner(env: Any) -> None:
    """Statistics of the goods, as a database has them whose goods are committed. Without them
    autovacuum comes by while we measure, counts none of our uncommitted rows, and one of the
    sides is planned for empty tables; the lock of ANALYZE keeps it away until the end."""
    env.flush_all()
    env.cr.execute("ANALYZE stock_quant, stock_lot, stock_move, stock_move_line, stock_picking")


def _round(env: Any, picking: Any) -> None:
    with rolled_back(env):
        _validate(picking)


def _validate(picking: Any) -> None:
    picking.button_validate()
    picking.env.flush_all()
    if picking.state != "done":
        raise RuntimeError(f"{picking.name} was not validated")


def _delivery(env: Any, size: int, **product_values: Any) -> Any:
    """A reserved delivery of ``size`` lots of up to ten products, all marked as picked."""
    from odoo import Command, fields

    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    partner = env["res.partner"].create({"name": f"Hospital {size}", "is_company": True})
    products = env["product.product"].create(
        [
            {
                "name": f"Product {size}/{n}",
                "is_storable": True,
                "tracking": "lot",
                "use_expiration_date": True,
                "expiration_time": 700,
                **product_values,
            }
            for n in range(min(PRODUCTS, size))
        ]
    )
    made = {"med_production_date": fields.Date.today() - timedelta(days=30)} if product_values else {}
    lots = env["stock.lot"].create(
        [{"name": f"LOT-{size}-{n}", "product_id": products[n % len(products)].id, **made} for n in range(size)]
    )
    env["stock.quant"].sudo().create(
        [
            {
                "product_id": lot.product_id.id,
                "lot_id": lot.id,
                "location_id": warehouse.lot_stock_id.id,
                "quantity": 1,
                "in_date": fields.Datetime.now() - timedelta(days=1),
            }
            for lot in lots
        ]
    )
    if product_values:
        lots._med_set_status("released")
    moves = [
        {
            "product_id": product.id,
            "product_uom_qty": sum(1 for lot in lots if lot.product_id == product),
            "location_id": warehouse.lot_stock_id.id,
            "location_dest_id": env.ref("stock.stock_location_customers").id,
        }
        for product in products
    ]
    picking = (
        env["stock.picking"]
        .with_context(skip_sms=True)
        .create(
            {
                "picking_type_id": warehouse.out_type_id.id,
                "partner_id": partner.id,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": env.ref("stock.stock_location_customers").id,
                "move_ids": [Command.create(values) for values in moves],
            }
        )
    )
    picking.action_confirm()
    picking.action_assign()
    picking.move_ids.picked = True
    if len(picking.move_line_ids) != size:
        raise RuntimeError(f"{len(picking.move_line_ids)} lines reserved instead of {size}")
    return picking


def _regulated(env: Any, size: int) -> Any:
    """The same delivery of devices as it should be: no rule has anything to say against it."""
    from odoo import Command, fields

    picking = _delivery(env, size, med_is_device=True, med_device_class="III", med_classification_code="14")
    today = fields.Date.today()
    period = {"valid_from": today - timedelta(days=365), "valid_to": today + timedelta(days=365)}
    env["med.partner.licence"].create(
        [
            {
                "partner_id": partner.id,
                "kind": "distribution",
                "number": f"BENCH-{picking.id}-{partner.id}",
                "scope_class_2": True,
                "scope_class_3": True,
                **period,
            }
            for partner in (picking.partner_id, env.company.partner_id)
        ]
    )
    _complete(env, picking, period)
    picking.partner_id.med_min_shelf_life_days = 30
    reviewer = env["res.users"].create(
        {
            "name": f"Reviewer {picking.id}",
            "login": f"bench_{picking.id}",
            "password": PASSWORD,
            "group_ids": [Command.link(env.ref("med_master_data.group_med_reviewer").id)],
        }
    )
    review = env["med.outbound.review"].with_user(reviewer).create({"picking_id": picking.id})
    review.action_count_as_expected()
    review._sign("review", {"type": "password", "password": PASSWORD})
    return picking


def _complete(env: Any, picking: Any, period: dict[str, Any]) -> None:
    """Certificate, DI and first approval of the devices, and of whom they go to."""
    from odoo import Command

    from odoo.addons.med_master_data.lib import first_approval, gtin

    templates = picking.move_ids.product_id.product_tmpl_id
    env["med.registration.certificate"].create(
        {
            "number": f"BENCH-{picking.id}",
            "device_class": "III",
            "product_tmpl_ids": [Command.set(templates.ids)],
            **period,
        }
    )
    bodies = [f"0{template.id:012d}" for template in templates]
    env["med.product.identifier"].create(
        [
            {"product_tmpl_id": template.id, "agency": "GS1", "di": f"{body}{gtin.check_digit(body)}"}
            for template, body in zip(templates, bodies, strict=True)
        ]
    )
    company = env.company.id
    templates.med_approved_as = first_approval.pack([("product", company)])
    picking.partner_id.med_approved_as = first_approval.pack([("customer", company)])
    found = env["med.gate"]._judge(picking.move_line_ids, "ship")
    wrong = {verdict.finding.rule for verdict in found} - {"review_missing"}
    if wrong:
        raise RuntimeError(f"the goods of the benchmark are not in order: {', '.join(sorted(wrong))}")
