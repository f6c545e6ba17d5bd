"""A recall from the notice to the last unit: devices delivered, notices imported, the hit held while
a picker tries to ship it, consignees written to and answering, returns, credit notes, disposal,
checks, balance, closing; then the times against the deadlines.

    ./run --scenario recall [--catalogue FILE] [--notices FILE ...]

Every step says what it expects; anything else ends the story with exit code 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.scenarios.outbound import DEMO_CATALOGUE, PASSWORD, Day, UnexpectedError, expect, masters, people, sell


def main(env: Any, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run --scenario recall")
    parser.add_argument("--catalogue", type=Path, default=DEMO_CATALOGUE, help="device catalogue, one JSON a line")
    parser.add_argument("--notices", type=Path, nargs="*", default=[], help="files of published notices")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    day = Day(env(context={**env.context, "lang": "en_US", "skip_sms": True, "tracking_disable": True}))
    print(f"A recall with the catalogue {options.catalogue.name}", flush=True)
    try:
        recall = tell(day, options.catalogue, options.notices)
    except (UnexpectedError, OSError) as error:
        print(f"\nNot as expected: {error}", file=sys.stderr)
        return 1
    except Exception:  # noqa: BLE001 - whatever went wrong, the story did not end as told
        traceback.print_exc()
        return 1
    report(day, recall, time.perf_counter() - start)
    return 0


def tell(day: Day, catalogue: Path, files: Sequence[Path]) -> Any:
    people(day)
    more_people(day)
    devices = masters(day, catalogue)
    device = devices[0]
    goods_in(day, device)
    orders = [delivered(day, day.user[who], device, pieces) for who, pieces in (("hospital", 6), ("clinic", 4))]
    invoiced(day, orders)
    waiting = open_order(day, device)
    recall = notices(day, device, files)
    scope(day, recall)
    held(day, recall, waiting)
    refused_now(day, recall, device)
    notified(day, recall)
    answered(day, recall)
    returned(day, recall)
    credited(day, recall)
    disposed(day, recall)
    checked(day, recall)
    closed(day, recall)
    verified(day)
    return recall


def more_people(day: Day) -> None:
    from odoo import Command, fields

    env = day.env
    with day.stage("Consignees") as say:
        day.user["second"] = env["res.users"].create(
            {
                "name": "Second quality",
                "login": "scenario_second",
                "password": PASSWORD,
                "group_ids": [Command.link(env.ref("med_master_data.group_med_quality").id)],
            }
        )
        day.user["hospital"].write({"email": "pharmacy@hospital.example", "lang": "en_US"})
        clinic = env["res.partner"].create(
            {"name": "Second clinic", "is_company": True, "email": "office@clinic.example"}
        )
        day.user["clinic"] = clinic
        today = fields.Date.context_today(env.user)
        env["med.partner.licence"].with_user(day.user["quality"]).create(
            {
                "partner_id": clinic.id,
                "kind": "distribution",
                "number": "SCENARIO-clinic",
                "valid_from": today - timedelta(days=100),
                "valid_to": today + timedelta(days=300),
                "scope_class_1": True,
                "scope_class_2": True,
                "scope_class_3": True,
            }
        )
        contact = env["res.partner"].create(
            {
                "name": "Recall office",
                "parent_id": day.user["hospital"].id,
                "email": "recall@hospital.example",
                "med_is_recall_contact": True,
            }
        )
        say(f"{clinic.name}; the hospital's notices go to {contact.email}")


def goods_in(day: Day, device: Any) -> None:
    from odoo import Command, fields

    env = day.env
    with day.stage("Goods received and released") as say:
        # invoiced is what was delivered, so what comes back is credited
        device.invoice_policy = "delivery"
        purchase = env["purchase.order"].create(
            {
                "partner_id": day.user["supplier"].id,
                "order_line": [
                    Command.create({"product_id": device.id, "product_qty": quantity, "price_unit": 10})
                    for quantity in (20, 20)
                ],
            }
        )
        purchase.button_confirm()
        receipt = purchase.picking_ids
        expiry = fields.Datetime.now() + timedelta(days=400)
        for number, move in enumerate(receipt.move_ids.sorted("id")):
            name = f"RCL-10{number + 1}"
            lot = env["stock.lot"].create({"name": name, "product_id": device.id})
            when = expiry + timedelta(days=number)
            lot.with_user(day.user["quality"]).write({"expiration_date": when, "removal_date": when})
            move.move_line_ids.write({"lot_id": lot.id, "quantity": move.product_uom_qty})
            day.lots[name] = lot
        receipt.move_ids.picked = True
        receipt.with_user(day.user["picker"]).with_context(skip_backorder=True).button_validate()
        lots = env["stock.lot"].concat(*day.lots.values())
        lots.with_user(day.user["quality"])._sign("release", day.credential, reason="inspected")
        say(f"{', '.join(lots.mapped('name'))}, 20 each")


def delivered(day: Day, partner: Any, device: Any, pieces: int) -> Any:
    """One order, picked by one, reviewed by another, shipped."""
    with day.stage(f"Delivered to {partner.name[:16]}") as say:
        order = sell(day, partner, (device, pieces)).with_env(day.env)
        picking = order.picking_ids
        picking.action_assign()
        expect(set(picking.move_line_ids.lot_id.mapped("name")) == {"RCL-101"}, "another lot was allocated")
        picking.with_user(day.user["picker"]).move_ids.picked = True
        action = picking.with_user(day.user["reviewer"]).action_med_review()
        review = day.env["med.outbound.review"].with_user(day.user["reviewer"]).browse(action["res_id"])
        review.action_count_as_expected()
        review._sign("review", day.credential)
        picking.with_user(day.user["picker"]).with_context(skip_backorder=True).button_validate()
        expect(picking.state == "done", "the delivery was not validated")
        say(f"{picking.name}: {pieces} of RCL-101")
    return order


def invoiced(day: Day, orders: Sequence[Any]) -> None:
    with day.stage("Invoiced") as say:
        for order in orders:
            order._create_invoices().action_post()
        say(", ".join(order.invoice_ids.name for order in orders))


def open_order(day: Day, device: Any) -> Any:
    """Reserved, picked and reviewed when the notice comes: all but gone."""
    with day.stage("One more all but gone") as say:
        order = sell(day, day.user["clinic"], (device, 3)).with_env(day.env)
        picking = order.picking_ids
        picking.action_assign()
        picking.with_user(day.user["picker"]).move_ids.picked = True
        action = picking.with_user(day.user["reviewer"]).action_med_review()
        review = day.env["med.outbound.review"].with_user(day.user["reviewer"]).browse(action["res_id"])
        review.action_count_as_expected()
        review._sign("review", day.credential)
        say(f"{picking.name}: {picking.med_stage}")
    return picking


# The notice ------------------------------------------------------------------------------


def notices(day: Day, device: Any, files: Sequence[Path]) -> Any:
    from odoo.exceptions import UserError

    table = day.env["med.recall.notice"].with_user(day.user["quality"])
    counted = {"created": 0, "refused": 0, "files": 0}
    for file in files:
        with day.stage(f"Notices: {file.name[:18]}") as say:
            try:
                result = table._import_file(file.name, file.read_bytes())
            except UserError as error:
                say(f"refused: {error}")
                counted["refused"] += 1
                continue
            states = result["created"].grouped("state")
            counted["files"] += 1
            counted["created"] += len(result["created"])
            expect(not states.get("ours"), "a notice of others' goods was taken for ours")
            say(f"{len(result['created'])} imported, {len(result['refused'])} refused")
    record = {
        "recall_number": "Z-1001-2026",
        "recalling_firm": "Supplier of the day",
        "product_description": f"{device.name}, UDI-DI {device.product_tmpl_id.med_primary_di}",
        "code_info": "Lot Numbers: RCL-101, RCL-150 to RCL-160",
        "classification": "Class I",
        "report_date": "20260613",
        "reason_for_recall": "The sterile barrier may be open.",
    }
    with day.stage("The notice that is ours") as say:
        result = table._import_file("enforcement.json", json.dumps({"meta": {}, "results": [record]}).encode())
        (notice,) = result["created"]
        expect(notice.state == "ours", f"the notice is {notice.state}")
        recall = notice.recall_ids
        expect(len(recall) == 1 and recall.state == "draft", "no draft recall was opened")
        expect(day.lots["RCL-101"].med_status == "released", "a notice alone held a lot")
        say(f"{recall.name} opened, scope {', '.join(recall.scope_ids.mapped('first'))}")
    return recall.with_env(day.env)


def scope(day: Day, recall: Any) -> None:
    mine = recall.with_user(day.user["quality"])
    day.refused("hold before the scope is confirmed", {"signature"}, lambda: mine._sign("hold", day.credential))
    with day.stage("Scope confirmed") as say:
        mine.action_confirm_scope()
        lots = recall._scope_lots()
        expect(lots == day.lots["RCL-101"], f"the scope is {lots.mapped('name')}")
        say(", ".join(lots.mapped("name")))


def held(day: Day, recall: Any, waiting: Any) -> None:
    """The hold is signed while a picker validates the delivery that is all but gone."""
    outcome: list[str] = []
    with day.stage("Held at once") as say:
        recall.with_user(day.user["quality"])._sign("hold", day.credential, reason="notice Z-1001-2026")
        day.env.flush_all()
        rival = threading.Thread(target=ship_meanwhile, args=(day, waiting.id, outcome))
        rival.start()
        time.sleep(1)  # he is waiting for the stock figure by now, or will find the lot recalled
        day.env.cr.commit()
        rival.join(60)
        day.env.invalidate_all()
        expect(outcome and outcome[0] != "shipped", f"the picker's delivery: {outcome}")
        expect(waiting.state != "done", "a recalled lot left while it was held")
        expect(not waiting.move_line_ids.filtered(lambda line: line.lot_id in recall.lot_ids), "it is still reserved")
        expect(len(recall.picking_ids) == 1, "no transfer into the cage")
        say(f"{len(recall.consignee_ids)} consignees found in {recall.hold_seconds:.2f} s; the picker: {outcome[0]}")


def ship_meanwhile(day: Day, picking_id: int, outcome: list[str]) -> None:
    import odoo.api
    from odoo.exceptions import UserError
    from psycopg2 import Error

    try:
        with day.env.registry.cursor() as cr:
            env = odoo.api.Environment(cr, day.user["picker"].id, {"skip_sms": True, "skip_backorder": True})
            env["stock.picking"].browse(picking_id).button_validate()
            env.flush_all()
            cr.commit()
            outcome.append("shipped")
    except UserError as error:
        outcome.append(f"refused ({str(error).splitlines()[0][:60]})")
    except Error as error:
        # what a request would meet with a fresh try, which then finds the lot recalled
        outcome.append(f"told to start anew ({type(error).__name__})")


def refused_now(day: Day, recall: Any, device: Any) -> None:
    from odoo.exceptions import UserError

    with day.stage("Not to be had any more") as say:
        order = sell(day, day.user["clinic"], (device, 5)).with_env(day.env)
        order.picking_ids.action_assign()
        taken = set(order.picking_ids.move_line_ids.lot_id.mapped("name"))
        expect(taken == {"RCL-102"}, f"allocated {taken} after the hold")
        try:
            with day.env.cr.savepoint():
                recall.lot_ids.med_status = "released"
        except UserError:
            pass
        else:
            raise UnexpectedError("a recalled lot was released by writing")
        say("the next order gets RCL-102")


# The consignees -----------------------------------------------------------------------------


def token(consignee: Any) -> str:
    body = str(consignee.mail_ids[-1:].body_html)
    return body.split("/med/recall/")[1].split('"')[0]


def notified(day: Day, recall: Any) -> None:
    with day.stage("Consignees notified") as say:
        mine = recall.with_user(day.user["quality"])
        mine.action_notify()
        mine.action_notify()
        letters = recall.consignee_ids.mail_ids
        expect(len(letters) == 2, f"{len(letters)} letters for 2 consignees")
        expect(any("recall@hospital.example" in letter.email_to for letter in letters), "the recall contact got none")
        say(", ".join(letters.mapped("email_to")))


def answered(day: Day, recall: Any) -> None:
    figures = {
        "First People's Hospital": {"in_stock": 3, "returning": 3, "used": 2},
        "Second clinic": {"in_stock": 4, "returning": 4},
    }
    hospital = recall.consignee_ids.filtered(lambda one: one.partner_id.name in figures)[0]
    (line,) = hospital.answer_ids
    links = day.env["med.recall.link"]
    day.refused(
        "answer of more than was delivered",
        {"signature"},
        lambda: links._find(token(hospital)).consignee_id._receive_answer("Dr Li", {line.id: {"used": 99}}),
    )
    expect(not links._find("guessed"), "a guessed link was found")
    with day.stage("Answered on the links") as say:
        for consignee in recall.consignee_ids:
            link = links._find(token(consignee))
            expect(link._refusal() is None, "the link refuses")
            link.consignee_id._receive_answer(
                "Dr Li", {line.id: figures[consignee.partner_id.name] for line in consignee.answer_ids}
            )
        day.env.invalidate_all()
        expect(recall.share_answered == 100, "not everybody answered")
        say(f"{recall.unaccounted:g} of {recall.delivered:g} still to be accounted for")


def returned(day: Day, recall: Any) -> None:
    with day.stage("Came back") as say:
        recall.with_user(day.user["quality"]).action_returns()
        back = recall.picking_ids.filtered(lambda picking: picking.location_id.usage == "customer")
        for picking in back:
            picking.move_ids.picked = True
            picking.with_user(day.user["picker"]).with_context(skip_backorder=True).button_validate()
        day.env.invalidate_all()
        expect(set(back.mapped("state")) == {"done"}, "a return was not validated")
        expect(sum(recall.answer_ids.mapped("returned")) == 7, "seven were to come back")
        say(f"{', '.join(back.mapped('name'))} into the cage; {recall.unaccounted:g} unaccounted")


def credited(day: Day, recall: Any) -> None:
    with day.stage("Credit notes") as say:
        action = recall.with_user(day.user["accountant"]).sudo().action_credit_notes()
        notes = day.env["account.move"].search(action["domain"])
        expect(set(notes.mapped("move_type")) == {"out_refund"}, "these are no credit notes")
        say(", ".join(f"{note.partner_id.name} {note.amount_untaxed:g}" for note in notes))


def disposed(day: Day, recall: Any) -> None:
    with day.stage("Destroyed by two") as say:
        cage_moves = recall.picking_ids.filtered(lambda picking: picking.state == "assigned")
        cage_moves.move_ids.picked = True
        cage_moves.with_user(day.user["picker"]).with_context(skip_backorder=True).button_validate()
        cage = cage_moves.location_dest_id
        lot = recall.lot_ids
        quants = day.env["stock.quant"].search([("lot_id", "=", lot.id), ("location_id", "=", cage.id)])
        disposal = (
            day.env["med.recall.disposal"]
            .with_user(day.user["quality"])
            .create(
                {
                    "recall_id": recall.id,
                    "lot_id": lot.id,
                    "location_id": cage.id,
                    "quantity": sum(quants.mapped("quantity")),
                    "certificate": b"UERG",
                }
            )
        )
        disposal._sign("dispose", day.credential)
        disposal.with_user(day.user["second"])._sign("witness", day.credential)
        day.env.invalidate_all()
        balance, figure = day.env["med.recall.trace"]._balances(lot)[lot.id]
        expect(balance.closes and balance.here == figure == 0, "something of the lot is still here")
        say(f"{disposal.quantity:g} of {lot.name}; nothing of it is here any more")


def checked(day: Day, recall: Any) -> None:
    with day.stage("Effectiveness checked") as say:
        mine = recall.with_user(day.user["second"])
        mine.action_checks()
        for check in mine.check_ids:
            check.write({"knows": True, "stopped": True, "apart": True})
            check.action_finish()
        say(f"{len(recall.check_ids)} of {len(recall.consignee_ids)} consignees, all effective")


def closed(day: Day, recall: Any) -> None:
    mine = recall.with_user(day.user["quality"])
    day.refused("close with a unit unaccounted for", {"signature"}, lambda: mine._sign("close", day.credential))
    with day.stage("Explained, reported, closed") as say:
        missing = mine.answer_ids.filtered("unaccounted")
        missing._explain(missing.unaccounted, "Lost on the ward, their report 17")
        mine._sign("close", day.credential, reason="every unit accounted for")
        mine.deadline_ids.action_done()
        html, _kind = day.env["ir.actions.report"]._render_qweb_html("med_recall.report_recall", recall.ids)
        expect(b"Final report" in html and b"RCL-101" in html, "the final report does not tell of the lot")
        expect(recall.share_accounted == 100, f"{recall.share_accounted} % accounted for")
        say(f"{recall.delivered:g} of {recall.delivered:g} units accounted for")
    day.refused("close once more", {"signature"}, lambda: mine._sign("close", day.credential))


def verified(day: Day) -> None:
    with day.stage("Evidence sealed and verified") as say:
        seals = day.env["med.evidence.seal"]
        seals._seal(full=True)
        result = seals._verify()
        expect(result["ok"], f"the evidence does not verify: {result['findings']}")
        say(f"{result['checked']} events, root {result['root'][:16]}…")


def report(day: Day, recall: Any, seconds: float) -> None:
    print("\nStages")
    for name, said, elapsed in day.stages:
        print(f"  {elapsed:7.2f} s  {name:<28} {said}")
    print("\nDeadlines")
    for deadline in recall.deadline_ids:
        took = (deadline.done_at - deadline.started_at).total_seconds() if deadline.done_at else None
        allowed = (deadline.due_at - deadline.started_at).total_seconds() / 3600
        print(f"  {deadline.kind:<10} {took:8.0f} s of {allowed:6.0f} h  {deadline.state}")
    missed = [deadline.kind for deadline in recall.deadline_ids if deadline.state != "kept"]
    print("\nRefused, as it should be")
    for what, rules, sentence in day.refusals:
        print(f"  {what}\n      {rules}: {sentence.splitlines()[0]}")
    print(
        f"\n{len(day.stages)} stages, {len(day.refusals)} refusals, {len(missed)} deadlines missed,"
        f" {seconds:.1f} s: everything as expected"
    )
