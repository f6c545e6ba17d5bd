"""Run by ``odoo shell``: people with API keys, and a warehouse with something on the shelf."""
# ruff: noqa: F821 - env is the shell's

import json
from datetime import timedelta

from odoo import Command, fields

RULES = (
    "lot_missing",
    "expired",
    "lot_not_released",
    "shelf_life_short",
    "licence_invalid",
    "no_picking",
    "history_edit",
    "state_write",
    "quant_write",
    "lot_identity",
)
now = fields.Datetime.now()


def user(login, *groups):
    return env["res.users"].create(
        {
            "name": login.title(),
            "login": f"live_{login}",
            "password": f"{login} of the warehouse",
            "group_ids": [Command.set([env.ref(group).id for group in groups])],
        }
    )


def key(owner):
    keys = env["res.users.apikeys"].with_user(owner).sudo()
    return keys._generate("rpc", "live tests", now + timedelta(days=1))


def lot(name, product, days, status="released"):
    record = env["stock.lot"].create({"name": name, "product_id": product.id})
    expiry = now + timedelta(days=days)
    record.write(
        {
            "expiration_date": expiry,
            "removal_date": expiry,
            "use_date": expiry,
            "alert_date": expiry,
        }
    )
    if status != "quarantine":
        record._med_set_status(status)
    env["stock.quant"]._update_available_quantity(product, stock, 1000, lot_id=record)
    return record


# rules of addons above have tests of their own
env["med.gate.policy"].search([("rule", "not in", RULES)]).active = False
warehouse = env["stock.warehouse"].search([], limit=1)
stock = warehouse.lot_stock_id
device, second = env["product.product"].create(
    [
        {
            "name": name,
            "is_storable": True,
            "tracking": "lot",
            "use_expiration_date": True,
            "med_is_device": True,
            "med_device_class": "III",
        }
        for name in ("Knee implant", "Hip implant")
    ]
)
hospital, other = env["res.partner"].create(
    [{"name": name, "is_company": True} for name in ("First Hospital", "Other Hospital")]
)
env["med.partner.licence"].create(
    [
        {
            "partner_id": partner.id,
            "kind": "distribution",
            "number": f"LIVE-{partner.id}",
            "valid_from": now.date() - timedelta(days=9),
            "valid_to": now.date() + timedelta(days=99),
            "scope_class_2": True,
            "scope_class_3": True,
        }
        for partner in (hospital, other)
    ]
)
good = lot("GOOD", device, 400)
box, empty_box = env["stock.package"].create([{"name": "BOX"}, {"name": "EMPTY"}])
env["stock.quant"]._update_available_quantity(device, stock, 5, lot_id=good, package_id=box)
ids = {
    "device": device.id,
    "second": second.id,
    "hospital": hospital.id,
    "other": other.id,
    "stock": stock.id,
    "shelf": env["stock.location"].create({"name": "Shelf", "location_id": stock.id}).id,
    "customers": env.ref("stock.stock_location_customers").id,
    "deliveries": warehouse.out_type_id.id,
    "transfers": warehouse.int_type_id.id,
    "good": good.id,
    "expired": lot("EXPIRED", device, -2).id,
    "second_expired": lot("SECOND-EXPIRED", second, -2).id,
    "single": lot("SINGLE", device, 400).id,
    "quarantined": lot("QUARANTINED", device, 400, "quarantine").id,
    "box": box.id,
    "empty_box": empty_box.id,
}
keys = {
    "admin": key(env.ref("base.user_admin")),
    "picker": key(user("picker", "stock.group_stock_user")),
    "quality": key(user("quality", "stock.group_stock_user", "med_master_data.group_med_quality")),
}
env.ref("base.user_admin").group_ids += env.ref("stock.group_stock_manager") + env.ref(
    "med_master_data.group_med_quality"
)
env.cr.commit()
print("PREPARED " + json.dumps({"ids": ids, "keys": keys}))  # noqa: T201 - the fixture reads it
