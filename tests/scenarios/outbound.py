"""One day of a distributor: masters in, goods received and released, orders picked by UDI,
reviewed, shipped, signed for and invoiced, and on the way the wrong things tried and refused.

    ./run --scenario outbound [--catalogue FILE]

Every step says what it expects; anything else ends the story with exit code 1.
"""

from __future__ import annotations

import argparse
import base64
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

PASSWORD = "scenario password"
SOON = 8  # seconds after release in which one lot expires
DEMO_CATALOGUE = Path(__file__).parents[2] / "addons/med_master_data/demo/demo_catalogue.jsonl"
SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class UnexpectedError(Exception):
    """The story went another way than told."""


def expect(condition: object, what: str) -> None:
    if not condition:
        raise UnexpectedError(what)


@dataclass
class Day:
    """The people and goods of the story, and the log of what happened."""

    env: Any
    stages: list[tuple[str, str, float]] = field(default_factory=list)
    refusals: list[tuple[str, str, str]] = field(default_factory=list)
    user: dict[str, Any] = field(default_factory=dict)
    lots: dict[str, Any] = field(default_factory=dict)
    first_event: int = 0
    credential: dict[str, str] = field(default_factory=lambda: {"type": "password", "password": PASSWORD})

    @contextmanager
    def stage(self, name: str) -> Iterator[Callable[[str], None]]:
        """One step of the day, committed like a request of its own."""
        said: list[str] = []
        start = time.perf_counter()
        yield said.append
        self.env.flush_all()
        self.env.cr.commit()
        self.stages.append((name, "; ".join(said), time.perf_counter() - start))
        print(f"  {name:<28} {'; '.join(said)}", flush=True)

    def refused(self, what: str, rules: set[str], act: Callable[[], object]) -> None:
        """``act`` has to be refused by exactly these rules, and nothing of it stays."""
        from odoo.exceptions import UserError

        from odoo.addons.med_quality.exceptions import GateRefusedError

        try:
            with self.env.cr.savepoint():
                act()
                self.env.flush_all()
        except GateRefusedError as error:
            found = {finding["rule"] for finding in error.findings}
            sentence = str(error.args[0]).split("• ")[-1].strip()
        except UserError as error:
            found, sentence = {"signature"}, str(error.args[0])
        else:
            raise UnexpectedError(f"{what}: nobody refused it")
        finally:
            self.env.invalidate_all()
        expect(found == rules, f"{what}: refused by {sorted(found)} instead of {sorted(rules)}")
        self.env.cr.commit()
        self.refusals.append((what, ", ".join(sorted(found)), sentence))
        print(f"  refused: {what:<40} {', '.join(sorted(found))}", flush=True)


def main(env: Any, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run --scenario outbound")
    parser.add_argument("--catalogue", type=Path, default=DEMO_CATALOGUE, help="device catalogue, one JSON a line")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    day = Day(env(context={**env.context, "lang": "en_US", "skip_sms": True, "tracking_disable": True}))
    print(f"One day with the catalogue {options.catalogue.name}", flush=True)
    try:
        tell(day, options.catalogue)
    except (UnexpectedError, OSError) as error:
        print(f"\nNot as expected: {error}", file=sys.stderr)
        return 1
    except Exception:  # noqa: BLE001 - whatever went wrong, the story did not end as told
        traceback.print_exc()
        return 1
    report(day, time.perf_counter() - start)
    return 0


def tell(day: Day, catalogue: Path) -> None:
    people(day)
    devices = masters(day, catalogue)
    receive(day, devices)
    release(day)
    order = ordered(day, devices)
    wrong_things_at_order(day, devices)
    wrong_scans(day, order)
    pick(day, order)
    wrong_review(day, order)
    review(day, order)
    around_the_client(day, order)
    ship(day, order)
    after_the_fact(day, order)
    signed_for(day, order)
    invoiced(day, order)
    verified(day)


# The people -----------------------------------------------------------------------------


def people(day: Day) -> None:
    from odoo import Command, fields

    groups = {
        "quality": "med_master_data.group_med_quality",
        "picker": "med_master_data.group_med_picker",
        "reviewer": "med_master_data.group_med_reviewer",
        "desk": "sales_team.group_sale_salesman_all_leads",
    }
    with day.stage("People and partners") as say:
        env = day.env
        day.first_event = env["med.evidence.event"].search([], limit=1).id
        env.company.partner_id.tz = "Asia/Shanghai"
        for name, group in groups.items():
            day.user[name] = env["res.users"].create(
                {
                    "name": name.title(),
                    "login": f"scenario_{name}",
                    "password": PASSWORD,
                    "group_ids": [Command.link(env.ref(group).id)],
                }
            )
        # an order desk invoices what was shipped
        day.user["accountant"] = env["res.users"].create(
            {
                "name": "Accountant",
                "login": "scenario_accountant",
                "group_ids": [
                    Command.link(env.ref("account.group_account_invoice").id),
                    Command.link(env.ref("sales_team.group_sale_salesman_all_leads").id),
                ],
            }
        )
        today = fields.Date.context_today(env.user)
        for key, name, days in (
            ("supplier", "Supplier of the day", 300),
            ("hospital", "First People's Hospital", 300),
            ("lapsed", "Clinic with a lapsed licence", -1),
        ):
            partner = env["res.partner"].create({"name": name, "is_company": True})
            env["med.partner.licence"].with_user(day.user["quality"]).create(
                {
                    "partner_id": partner.id,
                    "kind": "distribution",
                    "number": f"SCENARIO-{key}",
                    "valid_from": today - timedelta(days=900),
                    "valid_to": today + timedelta(days=days),
                    "scope_class_1": True,
                    "scope_class_2": True,
                    "scope_class_3": True,
                }
            )
            day.user[key] = partner
        day.user["hospital"].med_min_shelf_life_days = 90
        say(f"{len(groups) + 1} users, 3 partners with licences, one of them lapsed yesterday")


def masters(day: Day, catalogue: Path) -> Any:
    with day.stage("Catalogue imported") as say:
        lines = catalogue.read_text(encoding="utf-8").split("\n")
        result = day.env["med.catalogue"].with_user(day.user["quality"])._import_lines(lines)
        expect(result["created"] > 0, "the catalogue has no device that can be imported")
        identifiers = day.env["med.product.identifier"].search(
            [
                ("agency", "=", "GS1"),
                ("level", "=", "unit"),
                ("product_tmpl_id.med_is_device", "=", True),
            ]
        )
        products = identifiers.product_tmpl_id.product_variant_id
        dated = products.filtered(lambda product: product.tracking == "lot" and product.use_expiration_date)
        expect(
            len(dated) >= 3,
            "the catalogue has fewer than three lot-tracked devices with a GS1 identifier",
        )
        devices = dated[:6]
        # class II and III need licences; a published record does not say the class of every market
        devices.filtered(lambda product: not product.med_device_class).with_user(
            day.user["quality"]
        ).product_tmpl_id.med_device_class = "III"
        say(
            f"{len([line for line in lines if line.strip()])} lines, {result['created']} devices,"
            f" {len(result['refused'])} refused with a reason"
        )
    return devices


# Goods in -------------------------------------------------------------------------------


def udi(product: Any, lot: Any) -> str:
    """The label on the goods: a real GS1 element string with the device's true identifier."""
    from odoo import fields

    from odoo.addons.med_master_data.lib import gs1

    expiry = fields.Datetime.context_timestamp(lot, lot.expiration_date).strftime("%y%m%d")
    return gs1.build([("01", product.product_tmpl_id.med_primary_di), ("17", expiry), ("10", lot.name)])


def receive(day: Day, devices: Any) -> None:
    from odoo import Command, fields

    env, now = day.env, fields.Datetime.now()
    first, second, third = devices[:3]
    plan = {
        # name: (device, days until expiry, pieces)
        "FIRST": (first, 200, 10),
        "LATER": (first, 400, 10),
        "SHORT": (first, 30, 10),
        "EXPIRES": (second, 0, 5),
        "GOOD": (second, 500, 5),
        "UNRELEASED": (third, 500, 5),
    }
    for position, device in enumerate(devices[3:]):
        plan[f"MORE{position}"] = (device, 365, 20)
    with day.stage("Goods received") as say:
        purchase = env["purchase.order"].create(
            {
                "partner_id": day.user["supplier"].id,
                "order_line": [
                    Command.create({"product_id": device.id, "product_qty": quantity, "price_unit": 10})
                    for device, _days, quantity in plan.values()
                ],
            }
        )
        purchase.button_confirm()
        receipt = purchase.picking_ids
        for (name, (device, days, _quantity)), move in zip(plan.items(), receipt.move_ids.sorted("id"), strict=True):
            lot = env["stock.lot"].with_user(day.user["picker"]).create({"name": name, "product_id": device.id})
            expiry = now + timedelta(days=days, seconds=0 if days else 3600)
            lot.with_user(day.user["quality"]).write({"expiration_date": expiry, "removal_date": expiry})
            move.move_line_ids.write({"lot_id": lot.id, "quantity": move.product_uom_qty})
            day.lots[name] = lot
        receipt.move_ids.picked = True
        receipt.with_user(day.user["picker"]).with_context(skip_backorder=True).button_validate()
        expect(receipt.state == "done", "the receipt was not validated")
        expect(
            set(receipt.move_line_ids.lot_id.mapped("med_status")) == {"quarantine"},
            "a lot was born released",
        )
        say(f"{len(plan)} lots, all in quarantine")


def release(day: Day) -> None:
    from odoo import fields

    with day.stage("Released by signature") as say:
        held = day.lots["UNRELEASED"]
        lots = day.env["stock.lot"].concat(*day.lots.values()) - held
        # one lot will expire while the day goes on
        soon = fields.Datetime.now() + timedelta(seconds=SOON)
        day.lots["EXPIRES"].with_user(day.user["quality"]).write({"expiration_date": soon, "removal_date": soon})
        signatures = lots.with_user(day.user["quality"])._sign("release", day.credential, reason="inspected")
        expect(set(lots.mapped("med_status")) == {"released"}, "a signed lot is not released")
        say(f"{len(signatures)} lots in one act, {held.name} left in quarantine")
    wrong = {"type": "password", "password": "guess"}
    day.refused(
        "release with a wrong password",
        {"signature"},
        lambda: day.lots["UNRELEASED"].with_user(day.user["quality"])._sign("release", wrong),
    )


# Orders ---------------------------------------------------------------------------------


def sell(day: Day, partner: Any, *lines: tuple[Any, float]) -> Any:
    from odoo import Command

    order = (
        day.env["sale.order"]
        .with_user(day.user["desk"])
        .create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create({"product_id": device.id, "product_uom_qty": quantity, "price_unit": 25})
                    for device, quantity in lines
                ],
            }
        )
    )
    order.action_confirm()
    return order.sudo(False)


def ordered(day: Day, devices: Any) -> Any:
    with day.stage("Order taken, allocated") as say:
        # more than the oldest eligible lot holds, so that two lots are allocated
        lines = [(devices[0], 12), *((device, 4) for device in devices[3:])]
        order = sell(day, day.user["hospital"], *lines)
        picking = order.sudo().picking_ids.with_env(day.env)
        picking.action_assign()
        taken = {line.lot_id.name: line.quantity for line in picking.move_line_ids if line.product_id == devices[0]}
        expect(
            taken == {"FIRST": 10, "LATER": 2},
            f"allocated {taken} instead of the first to expire that may leave",
        )
        expect(picking.med_stage == "prepared", f"the stage is {picking.med_stage}")
        say(f"{order.name}: {', '.join(f'{name} {quantity:g}' for name, quantity in taken.items())}, SHORT left out")
    return order.with_env(day.env)


def wrong_things_at_order(day: Day, devices: Any) -> None:
    time.sleep(SOON)
    for what, lot, rules in (
        ("expired lot", "EXPIRES", {"expired", "review_missing"}),
        ("unreleased lot", "UNRELEASED", {"lot_not_released", "review_missing"}),
        ("too little shelf life", "SHORT", {"shelf_life_short", "review_missing"}),
    ):
        if what == "expired lot":
            rules = rules | {"shelf_life_short"}
        day.refused(what, rules, lambda lot=lot: force(day, day.user["hospital"], day.lots[lot]))
    day.refused(
        "customer with a lapsed licence",
        {"licence_invalid", "review_missing"},
        lambda: force(day, day.user["lapsed"], day.lots["GOOD"]),
    )
    day.refused(
        "the same with every context key",
        {"licence_invalid", "review_missing"},
        lambda: force(
            day,
            day.user["lapsed"],
            day.lots["GOOD"],
            skip_expired=True,
            skip_sanity_check=True,
            cancel_backorder=True,
        ),
    )


def force(day: Day, partner: Any, lot: Any, **context: Any) -> None:
    """Somebody puts this lot on a delivery by hand and validates it."""
    order = sell(day, partner, (lot.product_id, 1))
    picking = order.sudo().picking_ids.with_env(day.env).with_user(day.user["picker"])
    picking.move_line_ids.unlink()
    move = picking.move_ids
    day.env["stock.move.line"].with_user(day.user["picker"]).create(
        {
            "move_id": move.id,
            "picking_id": picking.id,
            "product_id": lot.product_id.id,
            "lot_id": lot.id,
            "quantity": 1,
            "picked": True,
            "location_id": move.location_id.id,
            "location_dest_id": move.location_dest_id.id,
        }
    )
    picking.with_context(skip_backorder=True, **context).button_validate()


# Picking, review, shipping --------------------------------------------------------------


def wrong_scans(day: Day, order: Any) -> None:
    picking = order.picking_ids.with_user(day.user["picker"])
    first, other = day.lots["FIRST"], day.lots["SHORT"]
    day.refused("scan of the wrong lot", {"scan"}, lambda: picking.med_scan(udi(first.product_id, other)))
    day.refused(
        "scan of another device",
        {"scan"},
        lambda: picking.med_scan(udi(day.lots["GOOD"].product_id, day.lots["GOOD"])),
    )
    day.refused(
        "scan of a damaged label",
        {"scan"},
        lambda: picking.med_scan(udi(first.product_id, first)[:20]),
    )


def pick(day: Day, order: Any) -> None:
    with day.stage("Picked by UDI") as say:
        picking = order.picking_ids
        labels = [udi(line.product_id, line.lot_id) for line in picking.move_line_ids]
        for label in labels:
            left = picking.with_user(day.user["picker"]).med_scan(label)["left"]
        expect(left == 0, f"{left} lines were not picked")
        expect(picking.med_stage == "picked", f"the stage is {picking.med_stage}")
        say(f"{len(labels)} labels, e.g. {labels[0]!r}")


def wrong_review(day: Day, order: Any) -> None:
    picking = order.picking_ids
    day.refused(
        "shipping without review",
        {"review_missing"},
        lambda: picking.with_user(day.user["picker"]).with_context(skip_backorder=True).button_validate(),
    )
    from odoo import Command

    picker = day.user["picker"]
    picker.group_ids = [Command.link(day.env.ref("med_master_data.group_med_reviewer").id)]
    day.refused("picker reviewing himself", {"signature"}, lambda: sign_review(day, picking, picker))


def sign_review(day: Day, picking: Any, user: Any) -> Any:
    action = picking.with_user(user).action_med_review()
    review = day.env["med.outbound.review"].with_user(user).browse(action["res_id"])
    review.action_count_as_expected()
    review._sign("review", day.credential)
    return review


def review(day: Day, order: Any) -> None:
    with day.stage("Reviewed and signed") as say:
        picking = order.picking_ids
        record = sign_review(day, picking, day.user["reviewer"])
        expect(record.state == "signed", "the review is not signed")
        expect(picking.med_stage == "reviewed", f"the stage is {picking.med_stage}")
        say(f"{len(record.line_ids)} lines by {record.reviewer_id.name}, picked by {picking.med_picked_by_ids.name}")


def rpc(day: Day, user: str, model: str, method: str, *arguments: Any, **keywords: Any) -> object:
    """As a client of Odoo's API calls it: public methods only, context as sent."""
    from odoo.service.model import call_kw

    return call_kw(day.env[model].with_user(day.user[user]), method, list(arguments), keywords)


def around_the_client(day: Day, order: Any) -> None:
    """The same wrong things by RPC, as an ordinary stock user."""
    picking = order.picking_ids
    line = picking.move_line_ids[0]
    quant = day.env["stock.quant"].search([("lot_id", "=", day.lots["GOOD"].id), ("quantity", ">", 0)], limit=1)
    ids = picking.ids
    for what, rules, call in (
        (
            "RPC: lot swapped after the review",
            {"expired", "review_missing", "shelf_life_short"}
            if line.product_id == day.lots["EXPIRES"].product_id
            else {"review_missing", "shelf_life_short"},
            lambda: (
                rpc(
                    day,
                    "picker",
                    "stock.move.line",
                    "write",
                    line.ids,
                    {"lot_id": day.lots["SHORT"].id},
                ),
                rpc(
                    day,
                    "picker",
                    "stock.picking",
                    "button_validate",
                    ids,
                    context={"skip_expired": True, "skip_backorder": True},
                ),
            ),
        ),
        (
            "RPC: transfer written to done",
            {"state_write"},
            lambda: rpc(day, "picker", "stock.picking", "write", ids, {"state": "done"}),
        ),
        (
            "RPC: move written to done",
            {"state_write"},
            lambda: rpc(day, "picker", "stock.move", "write", picking.move_ids.ids, {"state": "done"}),
        ),
        (
            "RPC: stock written",
            {"quant_write"},
            lambda: rpc(day, "picker", "stock.quant", "write", quant.ids, {"quantity": 1}),
        ),
        (
            "RPC: lot moved to the customer",
            {"licence_invalid", "no_picking"},
            lambda: rpc(
                day,
                "picker",
                "stock.lot",
                "write",
                day.lots["GOOD"].ids,
                {"location_id": day.env.ref("stock.stock_location_customers").id},
            ),
        ),
        (
            "RPC: lot released by writing",
            {"signature"},
            lambda: rpc(
                day,
                "quality",
                "stock.lot",
                "write",
                day.lots["UNRELEASED"].ids,
                {"med_status": "released"},
                context={"med_status_token": True},
            ),
        ),
        (
            "RPC: evidence forged",
            {"signature"},
            lambda: rpc(
                day,
                "quality",
                "med.evidence.signature",
                "create",
                [{"meaning": "release"}],
                context={"med_evidence_append": True},
            ),
        ),
    ):
        day.refused(what, rules, call)


def ship(day: Day, order: Any) -> None:
    with day.stage("Shipped") as say:
        picking = order.picking_ids
        picking.with_user(day.user["picker"]).with_context(skip_backorder=True).button_validate()
        expect(picking.state == "done", "the delivery was not validated")
        expect(picking.med_stage == "shipped", f"the stage is {picking.med_stage}")
        say(f"{picking.name}, {len(picking.move_line_ids)} lines through the gate")


def after_the_fact(day: Day, order: Any) -> None:
    """A request of its own: what was shipped stays as it was."""
    picking = order.picking_ids
    line = picking.move_line_ids[0]
    for what, call in (
        (
            "RPC: lot of a shipped line swapped",
            lambda: rpc(
                day,
                "picker",
                "stock.move.line",
                "write",
                line.ids,
                {"lot_id": day.lots["SHORT"].id},
            ),
        ),
        (
            "RPC: shipped quantity set to zero",
            lambda: rpc(day, "picker", "stock.move.line", "write", line.ids, {"quantity": 0}),
        ),
        (
            "RPC: shipping date moved back",
            lambda: rpc(
                day,
                "picker",
                "stock.picking",
                "write",
                picking.ids,
                {"date_done": "2025-01-01 00:00:00"},
            ),
        ),
        (
            "RPC: consignee changed",
            lambda: rpc(
                day,
                "picker",
                "stock.picking",
                "write",
                picking.ids,
                {"partner_id": day.user["lapsed"].id},
            ),
        ),
    ):
        day.refused(what, {"history_edit"}, call)
    day.refused(
        "RPC: shipped lot renamed",
        {"lot_identity"},
        lambda: rpc(day, "picker", "stock.lot", "write", day.lots["FIRST"].ids, {"name": "OTHER"}),
    )


def signed_for(day: Day, order: Any) -> None:
    with day.stage("Signed for by the consignee") as say:
        picking = order.picking_ids
        url = day.env["med.outbound.receipt"].with_user(day.user["picker"])._issue(picking)
        receipt = day.env["med.outbound.receipt"]._find(url.rsplit("/", 1)[1])
        expect(base64.b64decode(SIGNATURE), "the picture of the signature is broken")
        receipt._sign_receipt("Dr. Wang", SIGNATURE)
        expect(picking.med_stage == "signed_for", f"the stage is {picking.med_stage}")
        say(f"by {receipt.signer_name}, on a link of his own")
    day.refused(
        "a second signature on the same link",
        {"signature"},
        lambda: receipt._sign_receipt("X", SIGNATURE),
    )


def invoiced(day: Day, order: Any) -> None:
    with day.stage("Invoiced") as say:
        invoice = order.with_user(day.user["accountant"])._create_invoices()
        invoice.action_post()
        shipped = sum(order.order_line.mapped("qty_delivered"))
        billed = sum(invoice.invoice_line_ids.filtered("product_id").mapped("quantity"))
        expect(shipped == billed, f"{billed:g} invoiced, {shipped:g} shipped")
        expect(order.picking_ids.med_stage == "closed", f"the stage is {order.picking_ids.med_stage}")
        say(f"{invoice.name}, {billed:g} pieces, the outbound is closed")


# The end --------------------------------------------------------------------------------


def verified(day: Day) -> None:
    with day.stage("Evidence sealed and verified") as say:
        seals = day.env["med.evidence.seal"]
        seals._seal(full=True)
        result = seals._verify()
        expect(result["ok"], f"the evidence does not verify: {result['findings']}")
        expect(result["unsealed"] == 0, f"{result['unsealed']} events are not sealed")
        kinds = dict(day.env["med.evidence.event"]._read_group([("id", ">", day.first_event)], ["kind"], ["__count"]))
        told = sum(kinds.get(kind, 0) for kind in ("gate.refused", "scan.refused", "signature.failed"))
        # what a model refuses by itself (a second link, a forged row) is no gate's business
        silent = sum(1 for what, rules, _ in day.refusals if rules == "signature" and "password" not in what)
        expect(
            told == len(day.refusals) - silent,
            f"{told} refusals in the evidence, {len(day.refusals) - silent} seen",
        )
        say(f"{result['checked']} events, root {result['root'][:16]}…")


def report(day: Day, seconds: float) -> None:
    print("\nStages")
    for name, said, elapsed in day.stages:
        print(f"  {elapsed:7.2f} s  {name:<28} {said}")
    print("\nRefused, as it should be")
    for what, rules, sentence in day.refusals:
        print(f"  {what}\n      {rules}: {sentence.splitlines()[0]}")
    print(f"\n{len(day.stages)} stages, {len(day.refusals)} refusals, {seconds:.1f} s: everything as expected")
