"""What follows once goods have left: the proof on the box, what came back, and the figures."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tools.pictures.kit import PHONE, Client, picture

LEFT = ["med_stage", "in", ["shipped", "signed_for", "closed"]]


@picture
def proof_phone(user: Callable[[str], Client]) -> Page:
    """The code on a box as a phone shows it, on the page that needs no account."""
    client = user("demo_supervisor")
    user("admin").call("med.evidence.seal", "action_seal_now")  # the first seal makes the key
    picking = client.one("stock.picking", LEFT)
    link = client.call("stock.picking", "action_med_proof", [picking])["url"]
    page = client.page
    page.set_viewport_size(PHONE)
    page.goto(client.url + link[link.index("/med/proof") :])
    page.wait_for_selector(".verdict.good", timeout=60_000)
    page.wait_for_selector(".now p", timeout=60_000)
    page.wait_for_timeout(300)
    return page


@picture
def outbound_dashboard(user: Callable[[str], Client]) -> Page:
    page = user("demo_supervisor").open("outbound-dashboard", ".o_med_outbound_dashboard .o_med_tile")
    page.wait_for_timeout(600)
    return page


@picture
def return_decision(user: Callable[[str], Client]) -> Page:
    """What came back of a delivery waits for quality in the returns area."""
    client = user("demo_supervisor")
    found = client.call("med.return.decision", "search", [["state", "=", "open"]], limit=1)
    if not found:
        delivery = client.one("stock.picking", LEFT)
        context = {"active_id": delivery, "active_ids": [delivery], "active_model": "stock.picking"}
        (wizard,) = client.call("stock.return.picking", "create", [{}], context=context)
        (data,) = client.call("stock.return.picking", "read", [wizard], ["product_return_moves"])
        client.call("stock.return.picking.line", "write", data["product_return_moves"][:1], {"quantity": 1})
        action = client.call("stock.return.picking", "action_create_returns", [wizard], context=context)
        client.call("stock.picking", "button_validate", [action["res_id"]], context={"skip_sms": True})
        found = client.call("med.return.decision", "search", [["state", "=", "open"]], limit=1)
    quality = user("demo_quality")
    reason = quality.one("med.return.reason", ["code", "=", "surplus"])
    quality.call("med.return.decision", "write", found, {"reason_id": reason, "condition": "unopened"})
    return quality.open(f"action-med_outbound.med_return_decision_action/{found[0]}", ".o_form_view .o_form_statusbar")


@picture
def review_blind(user: Callable[[str], Client]) -> Page:
    """The reviewer scans every unit again and sees no number that he could copy."""
    admin = user("admin")
    company = admin.one("res.company", ["id", "=", 1])
    admin.call("res.company", "write", [company], {"med_blind_review": True})
    try:
        client = user("demo_reviewer")
        picking = client.delivery("picked")
        (review,) = client.call("med.outbound.review", "create", [{"picking_id": picking}])
        line = client.one("stock.move.line", ["picking_id", "=", picking], ["lot_id", "!=", False])
        (data,) = client.call("stock.move.line", "read", [line], ["lot_id", "product_id"])
        product = data["product_id"][0]
        (found,) = client.call("product.product", "read", [product], ["med_primary_di"])
        page = client.open(f"action-med_outbound.med_outbound_review_action/{review}", ".o_med_review_scan input")
        for code in (f"(01){found['med_primary_di']}(10){data['lot_id'][1]}", "(01)09506000134352(10)OTHER"):
            page.fill(".o_med_review_scan input", code)
            page.press(".o_med_review_scan input", "Enter")
            page.wait_for_timeout(1500)
        return page
    finally:
        admin.call("res.company", "write", [company], {"med_blind_review": False})


@picture
def refusal_phone(user: Callable[[str], Client]) -> Page:
    """The consignee says how many of which goods are not as they should be."""
    client = user("demo_supervisor")
    try:
        picking = client.delivery("shipped")
    except RuntimeError:
        picking = client.delivery("reviewed")
        client.call("stock.picking", "button_validate", [picking], context={"skip_sms": True, "skip_backorder": True})
    link = client.call("stock.picking", "action_med_receipt_link", [picking])["params"]["message"]
    page = client.page
    page.set_viewport_size(PHONE)
    page.goto(client.url + link[link.index("/med/receipt/") :])
    page.click("details summary")
    page.wait_for_selector(".o_med_difference input")
    page.fill(".o_med_difference input >> nth=0", "1")
    page.locator("details summary").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('details').scrollIntoView()")
    page.wait_for_timeout(400)
    return page
