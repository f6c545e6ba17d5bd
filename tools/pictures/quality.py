"""Quality at work: why a lot is not offered, what a change would do, inspection on a tablet, a deviation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, ViewportSize

from tools.pictures.kit import Client, picture

TABLET: ViewportSize = {"width": 1024, "height": 768}
DEMO = ["ref", "=", "med_outbound demo"]


def _is_chinese(client: Client) -> bool:
    return client.language == "zh_CN"


def _said(client: Client, english: str, chinese: str) -> str:
    """What people type is in their language, as the screen around it."""
    return chinese if _is_chinese(client) else english


@picture
def why_not(user: Callable[[str], Client]) -> Page:
    """The order desk asks why an order waits."""
    client, quality = _order_desk(user), user("demo_quality")
    lot = quality.one("stock.lot", ["med_status", "=", "quarantine"], DEMO)
    product = quality.call("stock.lot", "read", [lot], ["product_id"])[0]["product_id"][0]
    order = client.one("sale.order", ["order_line.product_id", "=", product])
    page = client.open(f"sale.order/{order}", ".o_form_view [name=order_line] .o_data_row")
    page.click(".o_field_widget[name=order_line] .o_med_lot_choice")
    page.wait_for_selector(".o_med_lot_choice_dialog .o_med_lot_excluded")
    page.wait_for_timeout(600)
    return page


def _order_desk(user: Callable[[str], Client]) -> Client:
    """Somebody who sells and nothing else, in the language of the picture."""
    admin, language = user("admin"), user("demo_quality").language
    found = admin.call("res.users", "search", [["login", "=", "demo_sales"]])
    if not found:
        group = admin.call("ir.model.data", "check_object_reference", "sales_team", "group_sale_salesman_all_leads")[1]
        values = {"name": "陈静 Chen Jing (order desk)", "login": "demo_sales", "password": "demo_sales"}
        found = admin.call("res.users", "create", [{**values, "group_ids": [[4, group]]}])
    admin.call("res.users", "write", found, {"lang": language})
    return user("demo_sales")


@picture
def what_if(user: Callable[[str], Client]) -> Page:
    client = user("demo_quality")
    (replay,) = client.call("med.gate.what.if", "create", [{"kind": "shelf_life", "days": 300}])
    client.call("med.gate.what.if", "action_run", [replay])
    return client.open(
        f"action-med_quality.med_gate_what_if_action/{replay}", ".o_form_view [name=line_ids] .o_data_row"
    )


@picture
def policy_change(user: Callable[[str], Client]) -> Page:
    """A proposal with what it would have done, and the dialog that puts it in force."""
    client = user("demo_quality")
    policy = client.one("med.gate.policy", ["rule", "=", "shelf_life_short"], ["profile", "=", False])
    values = client.call("med.gate.policy", "action_propose", [policy])["context"]
    note = _said(client, "Agreed with the hospitals", "已与医院商定")
    (change,) = client.call(
        "med.gate.policy.change",
        "create",
        [{"limit_days": 300, "note": note, "policy_id": policy}],
        context=values,
    )
    client.call("med.gate.policy.change", "action_what_if", [change])
    page = client.open(f"action-med_quality.med_gate_policy_change_action/{change}", ".o_form_view .alert-warning")
    page.click(".o_statusbar_buttons button[name=action_sign]")
    page.wait_for_selector(".modal .o_field_widget[name=password]")
    page.wait_for_timeout(600)
    return page


@picture
def inspection_tablet(user: Callable[[str], Client]) -> Page:
    client = user("demo_quality")
    plans = client.call("med.inspection.plan", "search", [])
    client.call("med.inspection.plan", "write", plans, {"active": False})
    # the other language's picture left an inspection open
    begun = client.call("med.inspection", "search_read", [["state", "=", "open"]], ["lot_id"])
    lot = client.one("stock.lot", ["id", "not in", [one["lot_id"][0] for one in begun]], DEMO)
    inspection = _inspection(client, lot)
    page = client.open(f"action-med_quality.med_inspection_action/{inspection}", "button[name=action_inspect]")
    page.set_viewport_size(TABLET)
    page.click("button[name=action_inspect]")
    page.wait_for_selector(".o_med_tablet button[name=action_pass]")
    page.wait_for_timeout(900)
    return page


def _inspection(client: Client, lot: int) -> int:
    """An inspection of the lot by a plan in the language of the picture."""
    millimetre = client.call("ir.model.data", "check_object_reference", "uom", "product_uom_millimeter")[1]
    checks = [
        {"name": _said(client, "Package whole and clean", "包装完好、清洁"), "sequence": 1},
        {
            "name": _said(client, "Length of the stem", "柄部长度"),
            "sequence": 2,
            "kind": "measure",
            "uom_id": millimetre,
            "has_low": True,
            "low": 100,
            "has_high": True,
            "high": 120,
        },
    ]
    name = _said(client, "Acceptance of implants", "植入物验收")
    client.call(
        "med.inspection.plan",
        "create",
        [{"name": name, "aql": "1.0", "check_ids": [[0, 0, check] for check in checks]}],
    )
    return int(client.call("stock.lot", "action_med_inspect", [lot])["res_id"])


@picture
def deviation(user: Callable[[str], Client]) -> Page:
    """A deviation on its way: contained, its cause found, the decision prepared."""
    client = user("demo_quality")
    lot = client.one("stock.lot", ["med_status", "!=", "quarantine"], DEMO)
    read = client.call("stock.lot", "read", [lot], ["name", "product_id"])[0]
    template = client.call("product.product", "read", [read["product_id"][0]], ["med_primary_di"])[0]
    code = f"01{template['med_primary_di']}10{read['name']}"
    record = int(client.call("med.deviation", "open_from_scan", code)["res_id"])
    client.call(
        "med.deviation",
        "write",
        [record],
        {
            "severity": "major",
            "lot_ids": [[6, 0, [lot]]],
            "containment": _said(client, "Set aside in the quarantine cage", "已移入待验区隔离存放"),
            "investigation": _said(client, "Opened three boxes; all inner packs are dry", "开箱三件，内包装均干燥"),
            "root_cause": _said(client, "The pallet stood in the rain", "托盘在装卸时淋雨"),
            "cause_category": "transport",
            "disposition": "release",
            "disposition_reason": _said(client, "The inner packs are whole and dry", "内包装完好、干燥"),
        },
    )
    client.call("med.deviation", "action_contain", [record])
    client.call("med.deviation", "action_investigate", [record])
    page = client.open(f"action-med_quality.med_deviation_action/{record}", ".o_form_view .o_notebook")
    page.click(".o_notebook_headers .nav-link[name=decision]")
    page.wait_for_timeout(600)
    return page


@picture
def qualification(user: Callable[[str], Client]) -> Page:
    """Who was examined for what; a person whose qualification ended is stopped."""
    client = user("demo_quality")
    people = {
        login: client.call("res.users", "search", [["login", "=", login]])[0]
        for login in ("demo_picker", "demo_reviewer")
    }
    today = datetime.now(UTC).date()
    for login, role, proof, last in (
        ("demo_picker", "picker", "2026-014", 40),
        ("demo_picker", "shipper", "2025-031", -3),
        ("demo_reviewer", "reviewer", "2026-015", 300),
    ):
        if not client.call("med.qualification", "search_count", [["user_id", "=", people[login]], ["role", "=", role]]):
            values = {"user_id": people[login], "role": role, "proof": proof}
            days = {"valid_from": today - timedelta(days=200), "valid_to": today + timedelta(days=last)}
            values |= {name: day.isoformat() for name, day in days.items()}
            client.call("med.qualification", "create", [{**values, "examined_on": values["valid_from"]}])
    return client.open("action-med_quality.med_qualification_action", ".o_list_view .o_data_row")


@picture
def near_expiry(user: Callable[[str], Client]) -> Page:
    """What is near its expiry, and what will not be sold before it."""
    page = user("demo_quality").open("action-med_quality.med_lot_stock_action", ".o_list_view .o_data_row")
    page.click(".o_searchview .o_facet_remove")  # the demo has few lots: show them all
    page.wait_for_timeout(600)
    return page


@picture
def stock_by_status(user: Callable[[str], Client]) -> Page:
    return user("demo_quality").open("action-med_quality.med_lot_stock_status_action", ".o_pivot_view td")


@picture
def release_message(user: Callable[[str], Client]) -> Page:
    client = user("demo_quality")
    lot = client.one("stock.lot", ["med_status", "=", "released"], DEMO)
    page = client.open(f"action-med_quality.med_lot_action/{lot}", ".o_form_view")
    page.click(".o_cp_action_menus button")
    page.wait_for_timeout(500)
    words = _said(client, "Tell partners of the release", "通知往来单位放行")
    page.click(f".o-dropdown--menu .o_menu_item:has-text('{words}')")
    page.wait_for_selector(".modal .o_form_view")
    page.wait_for_timeout(500)
    return page
