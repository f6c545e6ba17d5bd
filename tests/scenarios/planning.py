"""Planning on open demand series: they become outbound history; forecast, what to order, what will expire, a quarter.

    ./run --scenario planning [--every N]

Every step says what it expects; anything else ends the story with exit code 1.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks import forecast as open_series
from tests.scenarios.outbound import UnexpectedError, expect

PASSWORD = "correct horse battery"


def main(env: Any, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run --scenario planning")
    parser.add_argument("--every", type=int, default=20, help="take every so manieth series (1: all 3,276)")
    options = parser.parse_args(arguments)
    env = env(context={**env.context, "lang": "en_US", "tracking_disable": True})
    start = time.perf_counter()
    try:
        tell(env, options.every)
    except (UnexpectedError, OSError) as error:
        print(f"\nNot as expected: {error}", file=sys.stderr)
        return 1
    except Exception:  # noqa: BLE001 - whatever went wrong, the story did not end as told
        traceback.print_exc()
        return 1
    print(f"\nAll as expected in {time.perf_counter() - start:.0f} s.")
    return 0


def tell(env: Any, every: int) -> None:
    goods = history(env, every)
    run = forecast(env, goods)
    errors(env, goods)
    order(env, goods)
    expiry(env, goods)
    review(env, run)


def history(env: Any, every: int) -> dict[str, Any]:
    """The series end last month; each is a product that a hospital bought."""
    import numpy as np

    from odoo.addons.med_planning.lib import periods
    from odoo.addons.med_planning.models.med_planning_demo import load

    open_series.EVERY = every
    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    customers = env.ref("stock.stock_location_customers").id
    hospital = env["res.partner"].create({"name": "Hospital of the open series", "is_company": True})
    vendor = env["res.partner"].create({"name": "Maker of the open series", "is_company": True})
    env["med.gate.policy"].search([]).active = False
    month = periods.start_of(env["med.planning.stock"]._today(env.company), "month")
    goods: dict[str, Any] = {}
    rows = []
    for data in open_series.sets(np, small=True):
        products = env["product.product"].create(
            [
                {
                    "name": f"{data.name} {number}",
                    "is_storable": True,
                    "tracking": "lot",
                    "use_expiration_date": True,
                    "med_is_device": True,
                    "med_device_class": "II",
                    "standard_price": 10,
                    "seller_ids": [(0, 0, {"partner_id": vendor.id, "delay": 14, "price": 10})],
                    "route_ids": [(4, env.ref("purchase_stock.route_warehouse0_buy").id)],
                }
                for number in range(len(data.series))
            ]
        )
        goods[data.name] = products
        for product, values in zip(products, map(_until_last_sale, data.series), strict=True):
            for index, quantity in enumerate(values):
                day = periods.add(month, index - len(values), "month") + timedelta(days=14)
                if quantity:
                    at = datetime.combine(day, datetime.min.time())
                    rows.append((product, None, warehouse.lot_stock_id.id, customers, hospital.id, float(quantity), at))
    load(env, rows)
    env.cr.commit()
    count = sum(len(products) for products in goods.values())
    print(f"History: {count} products, {len(rows):,} deliveries", flush=True)
    return goods


def _until_last_sale(values: Any) -> Any:
    """A series with nothing in its last three years (that of the PBS ended) is told up to its last sale: else nobody
    would forecast it, and rightly so."""
    return values if values[-36:].any() else values[: values.nonzero()[0][-1] + 1] if values.any() else values


def forecast(env: Any, goods: dict[str, Any]) -> Any:
    start = time.perf_counter()
    run = env["med.forecast.run"].create({})
    while run.state in ("queued", "running"):
        run._work()
        env.cr.commit()
        print(f"  {run.progress:.0f} %", flush=True)
    expect(run.state == "done", f"the run ended as {run.state}: {run.problem}")
    # what did not sell in the last five years has no forecast
    expect(0 < run.series_count <= sum(map(len, goods.values())), f"{run.series_count} series")
    seconds = time.perf_counter() - start
    print(f"Forecast: {run.series_count} series in {seconds:.1f} s, mean MASE {run.mase:.3f}")
    return run


def errors(env: Any, goods: dict[str, Any]) -> None:
    """Of each set: the mean error of the mix, and of the simple way that, in hindsight, was best for each series."""
    print(f"\n{'set':<12}{'series':>8}{'mix':>12}{'best simple':>14}{'MASE':>9}")
    for name, products in goods.items():
        found = env["med.forecast"].search([("product_id", "in", products.ids), ("simple_mae", ">", 0)])
        ours, simple = sum(found.mapped("mae")), sum(found.mapped("simple_mae"))
        expect(bool(found), f"{name} has no error figure")
        mase = sum(found.mapped("mase")) / (len(found) or 1)
        print(f"{name:<12}{len(found):>8}{ours:>12.2f}{simple:>14.2f}{mase:>9.3f}")
    patterns = env["med.forecast"]._read_group([], ["pattern"], ["__count"])
    print("patterns:", ", ".join(f"{pattern} {count}" for pattern, count in patterns))


def order(env: Any, goods: dict[str, Any]) -> None:
    proposals = env["med.replenish.proposal"].search([("state", "=", "open"), ("kind", "=", "order")])
    expect(bool(proposals), "nothing is on the shelf and nothing is suggested")
    orders = env["purchase.order"].search_count([])
    first = max(proposals, key=lambda one: one.daily_quantity)
    print(f"\nTo order: {len(proposals)} suggestions; {first.product_id.name}: {first.quantity:g}")
    print("  " + first.why.replace("\n", "\n  "))
    expect(env["purchase.order"].search_count([]) == orders, "something was ordered without a person")
    first.with_user(_planner(env)).action_order()
    expect(first.purchase_id.state == "draft", "the order is no draft")
    env.cr.commit()


def expiry(env: Any, goods: dict[str, Any]) -> None:
    """Half a year of demand on the shelf that lasts three months: half of it is left over."""
    product = next(iter(goods.values()))[0]
    one = env["med.forecast"].search([("product_id", "=", product.id), ("class_id", "=", False)])
    quantity = round(180 * one.daily_quantity)
    at = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=90)
    lot = env["stock.lot"].create({"name": "SHORT", "product_id": product.id})
    lot.write({"expiration_date": at, "removal_date": at, "use_date": at, "alert_date": at})
    lot._med_set_status("released")
    env["stock.quant"]._update_available_quantity(product, one.warehouse_id.lot_stock_id, quantity, lot_id=lot)
    env["med.expiry.risk"]._look_ahead(env.company)
    risk = env["med.expiry.risk"].search([("lot_id", "=", lot.id)])
    expect(0.3 * quantity < risk.left_over < 0.7 * quantity, f"{risk.left_over:g} of {quantity} left over")
    print(f"\nExpiry ahead: {quantity} that expire in 90 days, {risk.left_over:.0f} left over, worth {risk.value:.0f}")
    print("  " + risk.ranked.replace("\n", "\n  "))
    risk.with_user(_planner(env)).action_decide()
    expect(risk.state == "doing", "nothing was decided")
    env.cr.commit()


def _planner(env: Any) -> Any:
    """Who decides what is suggested: nothing is ordered or moved without a person."""
    found = env["res.users"].search([("login", "=", "planning_planner")])
    groups = ("med_master_data.group_med_supervisor", "med_master_data.group_med_purchasing")
    return found or env["res.users"].create(
        {
            "name": "Planner",
            "login": "planning_planner",
            "group_ids": [(4, env.ref(group).id) for group in groups],
        }
    )


def review(env: Any, run: Any) -> None:
    boss = env["res.users"].create(
        {
            "name": "Quality of the quarter",
            "login": "planning_quality",
            "password": PASSWORD,
            "group_ids": [(4, env.ref("med_master_data.group_med_quality").id)],
        }
    )
    env.cr.commit()
    one = env["med.periodic.review"].with_user(boss).create({"conclusion": "Slow movers are watched from now on."})
    one.action_freeze()
    one.action_ids = [(0, 0, {"name": "Order slow movers every second month", "due_date": one.date_to})]
    one._sign("prepared", {"type": "password", "password": PASSWORD})
    expect(one.is_signed, "the review is not signed")
    print(f"\n{one.display_name}, signed by {one.signature_ids.user_name}")
    for figure in one.figure_ids:
        print(f"  {figure.label:<36}{figure.shown:>14}")
    env.cr.commit()
