"""The foundation's screens: policies, dossier, release, review, refusal, timeline, receipt."""

from __future__ import annotations

import math
from collections.abc import Callable

from playwright.sync_api import Page

from tools.pictures.kit import PHONE, Client, picture


@picture
def gate_policies(user: Callable[[str], Client]) -> Page:
    return user("demo_quality").open("action-med_quality.med_gate_policy_action", ".o_list_view .o_data_row")


@picture
def device_dossier(user: Callable[[str], Client]) -> Page:
    client = user("demo_quality")
    lot = client.one("stock.lot", ["ref", "=", "med_outbound demo"])
    product = client.call("stock.lot", "read", [lot], ["product_id"])[0]["product_id"][0]
    template = client.call("product.product", "read", [product], ["product_tmpl_id"])[0]["product_tmpl_id"][0]
    page = client.open(f"action-med_master_data.med_device_action/{template}", ".o_form_view .o_notebook")
    page.click(".o_notebook_headers .nav-link[name=med_dossier]")
    page.wait_for_timeout(600)
    return page


@picture
def lot_release(user: Callable[[str], Client]) -> Page:
    client = user("demo_quality")
    lot = client.one("stock.lot", ["med_status", "=", "quarantine"], ["ref", "=", "med_outbound demo"])
    page = client.open(f"action-med_quality.med_lot_action/{lot}", ".o_form_view .o_form_statusbar")
    page.click(".o_statusbar_buttons button[name=action_sign]")
    page.wait_for_selector(".modal .o_field_widget[name=password]")
    page.wait_for_timeout(600)
    return page


@picture
def delivery_review(user: Callable[[str], Client]) -> Page:
    client = user("demo_reviewer")
    page = client.open(
        f"action-med_outbound.med_outbound_action/{client.delivery('picked')}",
        ".o_form_view .o_notebook",
    )
    page.click("button[name=action_med_review]")
    page.wait_for_selector(".o_field_widget[name=line_ids] .o_data_row")
    page.wait_for_timeout(600)
    return page


@picture
def delivery_refused(user: Callable[[str], Client]) -> Page:
    client = user("demo_picker")
    page = client.open(
        f"action-med_outbound.med_outbound_action/{client.delivery('picked')}",
        ".o_form_view .o_notebook",
    )
    page.click("button[name=button_validate]:visible")
    page.wait_for_selector(".modal .modal-body")
    page.wait_for_timeout(600)
    return page


@picture
def delivery_timeline(user: Callable[[str], Client]) -> Page:
    client = user("demo_supervisor")
    page = client.open(
        f"action-med_outbound.med_outbound_action/{client.delivery('signed_for')}",
        ".o_form_view .o_notebook",
    )
    page.click(".o_notebook_headers .nav-link[name=med_timeline]")
    page.wait_for_selector(".o_med_timeline")
    page.wait_for_timeout(600)
    return page


@picture
def outbounds(user: Callable[[str], Client]) -> Page:
    return user("demo_supervisor").open("action-med_outbound.med_outbound_action", ".o_list_view .o_group_header")


@picture
def evidence(user: Callable[[str], Client]) -> Page:
    return user("demo_auditor").open("action-med_evidence.med_evidence_event_action", ".o_list_view .o_data_row")


@picture
def receipt_phone(user: Callable[[str], Client]) -> Page:
    client = user("demo_supervisor")
    try:
        picking = client.delivery("shipped")
    except RuntimeError:
        picking = client.delivery("reviewed")
        client.call(
            "stock.picking",
            "button_validate",
            [picking],
            context={"skip_sms": True, "skip_backorder": True},
        )
    link = client.call("stock.picking", "action_med_receipt_link", [picking])["params"]["message"]
    page = client.page
    page.set_viewport_size(PHONE)
    page.goto(client.url + link[link.index("/med/receipt/") :])
    page.wait_for_selector("owl-component input", timeout=60_000)
    page.locator("owl-component input").first.fill("王医生")
    page.wait_for_selector("canvas", timeout=60_000)
    box = page.locator("canvas").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for step in range(30):
        page.mouse.move(box["x"] + 40 + step * 7, box["y"] + 60 + 30 * math.sin(step / 3))
    page.mouse.up()
    page.wait_for_timeout(1200)
    return page


@picture
def control_tower(user: Callable[[str], Client]) -> Page:
    """Every open outbound by stage, how late it is, what blocks it and what comes next."""
    client = user("demo_supervisor")
    page = client.open("action-med_outbound.med_outbound_tower_action", ".o_med_tower .o_med_tower_row")
    page.wait_for_timeout(600)
    return page
