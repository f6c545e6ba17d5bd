"""The shortest walk for a transfer on the map of a warehouse that is drawn for the picture."""

from __future__ import annotations

import random
from collections.abc import Callable

from playwright.sync_api import Page

from tools.pictures.kit import Client, picture

AISLES, BINS, STOPS = 6, 7, 14
_pickings: list[int] = []


def _drawn(client: Client) -> int:
    """A reserved transfer of goods from bins of a drawn floor, made once."""
    if _pickings:
        return _pickings[0]
    warehouse = client.one("stock.warehouse", ["code", "=", "WH"])
    (data,) = client.call("stock.warehouse", "read", [warehouse], ["lot_stock_id", "out_type_id"])
    stock = data["lot_stock_id"][0]
    racks = [[0, 0, {"name": f"R{n + 1}", "x": 3 + 5 * n, "y": 3, "width": 2, "depth": 16}] for n in range(AISLES - 1)]
    client.call(
        "stock.warehouse",
        "write",
        [warehouse],
        {"med_rack_ids": racks, "med_start_x": 0, "med_start_y": 0, "med_end_x": 26, "med_end_y": 0},
    )
    bins = client.call(
        "stock.location",
        "create",
        [
            {
                "name": f"{chr(65 + aisle)}-{place + 1:02}",
                "location_id": stock,
                "med_on_map": True,
                "med_x": 2.4 + 5 * aisle if aisle < AISLES - 1 else 25,
                "med_y": 4 + 2.3 * place,
            }
            for aisle in range(AISLES)
            for place in range(BINS)
        ],
    )
    chosen = random.Random(6).sample(bins, STOPS)
    goods = client.call(
        "product.product", "create", [{"name": f"Gauze {n + 1}", "is_storable": True} for n in range(STOPS)]
    )
    quants = client.call(
        "stock.quant",
        "create",
        [
            {"product_id": product, "location_id": place, "inventory_quantity": 5}
            for product, place in zip(goods, chosen, strict=True)
        ],
        context={"inventory_mode": True},
    )
    client.call("stock.quant", "action_apply_inventory", quants)
    customers = client.one("stock.location", ["usage", "=", "customer"])
    (picking,) = client.call(
        "stock.picking",
        "create",
        [
            {
                "picking_type_id": data["out_type_id"][0],
                "location_id": stock,
                "location_dest_id": customers,
                "move_ids": [
                    [
                        0,
                        0,
                        {
                            "product_id": product,
                            "product_uom_qty": 2,
                            "location_id": stock,
                            "location_dest_id": customers,
                        },
                    ]
                    for product in goods
                ],
            }
        ],
    )
    client.call("stock.picking", "action_confirm", [picking])
    client.call("stock.picking", "action_assign", [picking])
    _pickings.append(int(picking))
    return _pickings[0]


@picture
def picking_route(user: Callable[[str], Client]) -> Page:
    picking = _drawn(user("admin"))
    client = user("demo_supervisor")
    page = client.open(f"action-med_outbound.med_outbound_action/{picking}", "button[name=action_med_route]")
    page.click("button[name=action_med_route]:visible")
    page.wait_for_selector(".o_med_route_map", timeout=60_000)
    page.wait_for_timeout(800)
    return page
