"""A recall whose process is killed in the middle of the hold, and two people who close it at once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest
from nursery import Installation, installation

PASSWORD = "a long password 1"
# Two lots on two shelves, one of them reserved for a delivery that waits.
GOODS = f"""
env["med.gate.policy"].search([("rule", "=", "review_missing")]).active = False
from odoo import Command, fields
from datetime import timedelta
warehouse = env["stock.warehouse"].search([], limit=1)
product = env["product.product"].create(
    {{"name": "Screw", "is_storable": True, "tracking": "lot", "use_expiration_date": True,
      "med_is_device": True, "med_device_class": "III"}})
lots = env["stock.lot"].create([{{"name": name, "product_id": product.id}} for name in ("F-1", "F-2")])
lots.expiration_date = lots.removal_date = fields.Datetime.now() + timedelta(days=400)
lots._med_set_status("released")
for lot in lots:
    env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 10, lot_id=lot)
customers = env.ref("stock.stock_location_customers")
picking = env["stock.picking"].create({{
    "picking_type_id": warehouse.out_type_id.id, "location_id": warehouse.lot_stock_id.id,
    "location_dest_id": customers.id, "partner_id": env["res.partner"].create({{"name": "Hospital"}}).id,
    "move_ids": [Command.create({{"product_id": product.id, "product_uom_qty": 12,
                                 "location_id": warehouse.lot_stock_id.id, "location_dest_id": customers.id}})]}})
picking.action_confirm()
picking.action_assign()
users = env["res.users"].create([
    {{"name": name, "login": name, "password": "{PASSWORD}",
      "group_ids": [Command.link(env.ref("med_master_data.group_med_quality").id)]}} for name in ("ann", "ben")])
recall = env["med.recall"].with_user(users[0]).create({{
    "title": "Screws may break", "reason": "Screws may break",
    "profile_id": env.ref("med_recall.profile_cn_1").id,
    "scope_ids": [Command.create({{"kind": "lot", "first": lot.name}}) for lot in lots]}})
recall.action_confirm_scope()
cr.commit()
print(recall.id, picking.id)
"""
SIGN = f"""
user = env["res.users"].search([("login", "=", "LOGIN")])
recall = env["med.recall"].with_user(user).browse(RECALL)
recall._sign("MEANING", {{"type": "password", "password": "{PASSWORD}"}})
"""


@pytest.fixture(scope="module")
def place(
    options: dict[str, str],
    fresh_database: Callable[[str], contextlib.AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Installation]:
    with installation("recall_faults", options, fresh_database, tmp_path_factory.mktemp("recall")) as place:
        yield place


@pytest.fixture(scope="module")
def goods(place: Installation) -> tuple[int, int]:
    recall, picking = place.run(GOODS).split()
    return int(recall), int(picking)


def sign(recall: int, meaning: str, login: str = "ann") -> str:
    return SIGN.replace("LOGIN", login).replace("RECALL", str(recall)).replace("MEANING", meaning)


def state(place: Installation, recall: int, picking: int) -> dict[str, object]:
    return {
        "recall": place.query(f"SELECT state, held_at IS NOT NULL FROM med_recall WHERE id = {recall}")[0],
        "lots": place.query("SELECT med_status FROM stock_lot WHERE name IN ('F-1', 'F-2') ORDER BY name"),
        "reserved": place.query(f"SELECT sum(quantity) FROM stock_move_line WHERE picking_id = {picking}")[0][0],
        "events": place.query(
            f"SELECT count(*) FROM med_evidence_event WHERE kind = 'recall.held' AND res_id = {recall}"
        )[0][0],
        "signatures": place.query(
            f"SELECT count(*) FROM med_evidence_signature WHERE res_model = 'med.recall' AND res_id = {recall}"
        )[0][0],
        "traced": place.query(f"SELECT count(*) FROM med_recall_trace_line WHERE recall_id = {recall}")[0][0],
    }


def test_killed_in_the_middle_of_the_hold(place: Installation, goods: tuple[int, int]) -> None:
    """Nothing is half-held; the next click holds everything, once."""
    before = state(place, *goods)
    assert before == {
        "recall": ("draft", False),
        "lots": [("released",), ("released",)],
        "reserved": 12,
        "events": 0,
        "signatures": 0,
        "traced": 0,
    }
    for step in ("_free_reservations", "_quarantine", "_trace"):
        # the steps before it are done, and written, when the process dies
        stop = f"type(env['med.recall']).{step} = lambda *args: (env.flush_all(), wait())\n"
        place.kill_when_ready(stop + sign(goods[0], "hold"))
        assert state(place, *goods) == before, f"killed before {step}"
    place.run(sign(goods[0], "hold") + "cr.commit()")
    after = state(place, *goods)
    assert after["recall"] == ("held", True)
    assert after["lots"] == [("recalled",), ("recalled",)]
    assert after["reserved"] in (0, None)
    assert (after["events"], after["signatures"]) == (1, 1)
    assert after["traced"]


def test_two_people_close_at_once(place: Installation, goods: tuple[int, int]) -> None:
    """One closes; the other is told, and nothing is signed or written twice."""
    recall = goods[0]
    first = place.start(sign(recall, "close", "ann") + "print('READY', flush=True)\ntime.sleep(3)\ncr.commit()")
    first.until(lambda: "READY" in first.read("out") or first.read("code"))
    second = place.start(sign(recall, "close", "ben") + "cr.commit()")
    refused = second.done()
    assert first.done().returncode == 0, first.read("err")
    assert refused.returncode == 1
    assert "Error" in refused.stderr
    assert place.query(f"SELECT state FROM med_recall WHERE id = {recall}") == [("closed",)]
    assert place.query(
        f"SELECT count(*) FROM med_evidence_event WHERE kind = 'recall.closed' AND res_id = {recall}"
    ) == [(1,)]
    assert place.query(
        "SELECT user_name FROM med_evidence_signature WHERE res_model = 'med.recall'"
        f" AND res_id = {recall} AND meaning = 'close'"
    ) == [("ann",)]
    # and who comes later is told why
    late = place.start(sign(recall, "close", "ben") + "cr.commit()").done()
    assert late.returncode == 1
    assert "Closed" in late.stderr
