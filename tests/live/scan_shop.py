"""Run by ``odoo shell``: a picker with the app, and reserved deliveries with the labels of their goods."""
# ruff: noqa: F821 - env is the shell's

import json
import os
from datetime import timedelta

from odoo import Command, fields

from odoo.addons.med_master_data.lib import gs1, symbols

RULES = ("lot_missing", "expired", "lot_not_released", "shelf_life_short", "history_edit", "state_write")
SIZES = json.loads(os.environ["SCAN_SIZES"])
now = fields.Datetime.now()

# other rules have tests of their own
env["med.gate.policy"].search([("rule", "not in", RULES)]).active = False
env["res.users"].create(
    {
        "name": "Scan Picker",
        "login": "scan_picker",
        "password": "picker with a phone",
        "group_ids": [Command.set([env.ref("med_master_data.group_med_picker").id])],
    }
)
warehouse = env["stock.warehouse"].search([], limit=1)
stock, customers = warehouse.lot_stock_id, env.ref("stock.stock_location_customers")
hospital = env["res.partner"].create({"name": "Scanning Hospital", "is_company": True})
GTINS = ("09506000134352", "09506000134369", "09506000117843")
env["med.product.identifier"].search([("di", "in", GTINS)]).unlink()
products = []
for number, di in enumerate(GTINS, 1):
    product = env["product.product"].create(
        {
            "name": f"Scanned device {number}",
            "is_storable": True,
            "tracking": "lot",
            "use_expiration_date": True,
            "med_is_device": True,
            "med_device_class": "III",
        }
    )
    env["med.product.identifier"].create({"product_tmpl_id": product.product_tmpl_id.id, "di": di, "agency": "GS1"})
    products.append(product)
shelves = env["stock.location"].create(
    [{"name": f"SC-{n:02}", "barcode": f"SC-{n:02}", "location_id": stock.id} for n in range(1, 11)]
)
expiry = now + timedelta(days=500)


def delivery(size, mark):
    picking = env["stock.picking"].create(
        {
            "picking_type_id": warehouse.out_type_id.id,
            "partner_id": hospital.id,
            "location_id": stock.id,
            "location_dest_id": customers.id,
        }
    )
    lots = env["stock.lot"].create(
        [{"name": f"{mark}-{n:03}", "product_id": products[n % len(products)].id} for n in range(size)]
    )
    dates = ("expiration_date", "removal_date", "use_date", "alert_date")
    lots.write({name: expiry for name in dates})
    lots._med_set_status("released")
    for number, lot in enumerate(lots):
        shelf = shelves[number * len(shelves) // size]
        env["stock.quant"]._update_available_quantity(lot.product_id, shelf, 1, lot_id=lot)
        line = {"product_id": lot.product_id.id, "picking_id": picking.id, "location_dest_id": customers.id}
        picking.move_ids = [
            Command.create(
                {
                    **line,
                    "product_uom_qty": 1,
                    "location_id": stock.id,
                    "move_line_ids": [
                        Command.create({**line, "lot_id": lot.id, "quantity": 1, "location_id": shelf.id})
                    ],
                }
            )
        ]
    picking.action_confirm()
    picking.move_ids.picked = False
    di_of = dict(zip(products, GTINS, strict=True))
    codes = [gs1.build([("01", di_of[lot.product_id]), ("17", f"{expiry:%y%m%d}"), ("10", lot.name)]) for lot in lots]
    # what a camera sees of the last two labels: black and white pixels
    seen = []
    for code, kind in zip(codes[-2:], (symbols.DATA_MATRIX, symbols.GS1_128), strict=True):
        symbol = symbols.encode(gs1.parse_element_string(code, now.date()).elements, kind)
        seen.append([row.hex() for row in symbol.rows(7 if kind == symbols.DATA_MATRIX else 3)])
    made = {"id": picking.id, "name": picking.name, "codes": codes, "lots": lots.mapped("name")}
    return {**made, "seen": seen if mark == "T1" else None}


made = [delivery(size, f"T{index}") for index, size in enumerate(SIZES)]
env.cr.commit()
print("PREPARED " + json.dumps(made))  # noqa: T201 -- the test reads it
