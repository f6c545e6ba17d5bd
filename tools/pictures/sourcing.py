"""One order, two warehouses: where it is served from, and why."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tools.pictures.kit import Client, picture


@picture
def where_from(user: Callable[[str], Client]) -> Page:
    client = user("admin")
    quant = client.call(
        "stock.quant",
        "search_read",
        [
            ["lot_id.ref", "=", "med_outbound demo"],
            ["lot_id.med_status", "=", "released"],
            ["location_id.usage", "=", "internal"],
            ["quantity", ">=", 4],
        ],
        ["product_id", "lot_id", "location_id", "quantity", "reserved_quantity"],
        order="quantity desc",
        limit=1,
    )[0]
    south = _south(client, quant)
    home = client.call("stock.warehouse", "search", [["id", "!=", south]], limit=1)[0]
    free = client.call(
        "stock.quant",
        "read",
        [quant["id"]],
        ["quantity", "reserved_quantity"],
    )[0]
    order = client.call(
        "sale.order",
        "create",
        [
            {
                "partner_id": _consignee(client),
                "warehouse_id": home,
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": quant["product_id"][0],
                            "product_uom_qty": free["quantity"] - free["reserved_quantity"] + 2,
                        },
                    )
                ],
            }
        ],
    )[0]
    # a seller's screen; of the demonstration's people only the administrator sells
    me = client.call("res.users", "search", [["login", "=", "admin"]])
    client.call("res.users", "write", me, {"lang": client.language})
    page = client.open(f"sales/{order}", "button[name=action_med_sourcing]")
    page.click("button[name=action_med_sourcing]")
    page.wait_for_selector(".modal [name=option_ids] .o_data_row")
    page.wait_for_timeout(800)
    client.call("res.users", "write", me, {"lang": "en_US"})
    return page


def _consignee(client: Client) -> int:
    """Whom the demonstration day delivered to."""
    shipped = client.call("stock.picking", "read", [client.delivery("signed_for")], ["partner_id"])[0]
    return int(shipped["partner_id"][0])


def _south(client: Client, quant: dict[str, list[int]]) -> int:
    """A second warehouse with some of the goods, and lanes from it."""
    home = client.call("stock.warehouse", "search", [["code", "!=", "SOU"]], limit=1)[0]
    known = client.call("stock.warehouse", "search", [["code", "=", "SOU"]])
    south = int(known[0]) if known else _make_south(client, home)
    product = quant["product_id"][0]
    houses = client.call("stock.warehouse", "read", [home, south], ["lot_stock_id", "int_type_id"])
    places = [house["lot_stock_id"][0] for house in houses]
    if client.call("stock.quant", "search", [["product_id", "=", product], ["location_id", "=", places[1]]]):
        return south
    ends = {"location_id": places[0], "location_dest_id": places[1]}
    move = {**ends, "product_id": product, "product_uom_qty": 3}
    picking = {**ends, "picking_type_id": houses[0]["int_type_id"][0], "move_ids": [(0, 0, move)]}
    transfer = client.call("stock.picking", "create", [picking])[0]
    for step in ("action_confirm", "action_assign", "button_validate"):
        client.call("stock.picking", step, [transfer])
    return south


def _make_south(client: Client, home: int) -> int:
    south = int(client.call("stock.warehouse", "create", [{"name": "South", "code": "SOU"}])[0])
    lanes = [
        {"from_id": south, "days": 3, "cost": 180},
        {"from_id": south, "to_id": home, "days": 1, "cost": 60},
    ]
    client.call("med.supply.lane", "create", lanes)
    return south
