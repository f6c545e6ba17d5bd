"""A drill with its marks, a recall from its hold to an answer, and the dashboard above them.

The recall is real: one lot of the demo database is recalled and its deliveries are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page

from tools.pictures.kit import PHONE, Client, picture

WORDS = {
    "en_US": {
        "drill": "Drill of the year",
        "title": "Screws may break",
        "reason": "The heat treatment of these lots was too short; screws may break under load.",
        "instruction": "Stop using them at once, put them apart, and send them back.",
        "name": "Dr Li",
    },
    "zh_CN": {
        "drill": "年度召回演练",
        "title": "螺钉可能断裂",
        "reason": "该批次热处理时间不足，螺钉受力时可能断裂。",
        "instruction": "请立即停止使用，单独存放，并退回。",
        "name": "李医生",
    },
}
_recalls: dict[str, int] = {}


def _lots(client: Client) -> list[str]:
    lines = client.call(
        "stock.move.line",
        "search_read",
        [["picking_id", "=", client.delivery("signed_for")], ["lot_id", "!=", False]],
        ["lot_id"],
    )
    return [line["lot_id"][1] for line in lines]


def _confirmed(client: Client, lots: list[str], **values: object) -> int:
    (recall,) = client.call(
        "med.recall",
        "create",
        [
            {
                "profile_id": client.one("med.recall.profile", ["jurisdiction", "=", "cn"], ["level", "=", "I"]),
                "scope_ids": [[0, 0, {"kind": "lot", "first": lot}] for lot in lots],
                **values,
            }
        ],
    )
    client.call("med.recall", "action_confirm_scope", [recall])
    return int(recall)


def _signed(client: Client, recall: int) -> Page:
    """The form after the signature that holds everything."""
    page = client.open(f"action-med_recall.med_recall_action/{recall}", ".o_form_view .o_statusbar_buttons")
    page.click(".o_statusbar_buttons button.btn-danger[name=action_sign]")
    login = page.locator(".modal .o_field_widget[name=login] input")
    page.wait_for_selector(".modal .o_field_widget[name=password] input", timeout=60_000)
    if login.count():
        login.fill("demo_quality")
    page.fill(".modal .o_field_widget[name=password] input", "demo_quality")
    page.click(".modal button[name=action_sign]")
    page.wait_for_selector(".modal", state="detached", timeout=60_000)
    page.wait_for_timeout(1200)
    return page


def _notified(client: Client) -> int:
    """The one recall of this language, its consignees written to."""
    if client.language not in _recalls:
        words = WORDS[client.language]
        recall = _confirmed(
            client,
            _lots(client)[:1],
            title=words["title"],
            reason=words["reason"],
            instruction=words["instruction"],
        )
        _signed(client, recall)
        client.call("med.recall", "action_notify", [recall])
        _recalls[client.language] = recall
    return _recalls[client.language]


def _form(client: Client, recall: int) -> Page:
    return client.open(f"action-med_recall.med_recall_action/{recall}", ".o_form_view .o_notebook")


@picture
def recall_drill(user: Callable[[str], Client]) -> Page:
    client = user("demo_quality")
    drill = _confirmed(client, _lots(client)[:2], title=WORDS[client.language]["drill"], is_drill=True)
    page = _signed(client, drill)
    page.wait_for_selector(".o_field_widget[name=drill_step_ids] .o_data_row", timeout=60_000)
    return page


@picture
def recall_form(user: Callable[[str], Client]) -> Page:
    client = user("demo_quality")
    page = _form(client, _notified(client))
    page.click(".o_notebook .nav-link[name=consignees]")
    page.wait_for_timeout(600)
    return page


@picture
def recall_trace(user: Callable[[str], Client]) -> Page:
    client = user("demo_quality")
    page = _form(client, _notified(client))
    page.click("button[name=action_open_trace_picture]")
    page.wait_for_selector(".o_med_trace_lot", timeout=60_000)
    page.wait_for_timeout(800)
    return page


@picture
def recall_answer(user: Callable[[str], Client]) -> Page:
    """What a consignee sees on his phone."""
    client, office = user("demo_quality"), user("admin")
    (consignee,) = client.call(
        "med.recall.consignee", "search_read", [["recall_id", "=", _notified(client)]], ["contact_id"], limit=1
    )
    # the page speaks the reader's language, as his letter does
    office.call("res.partner", "write", [consignee["contact_id"][0]], {"lang": client.language})
    (letter, *_rest) = office.call(
        "mail.mail",
        "search_read",
        [["body_html", "like", "/med/recall/"]],
        ["body_html"],
        order="id desc",
        limit=1,
    )
    path = re.search(r"/med/recall/[\w-]+", letter["body_html"])
    assert path
    browser = client.page.context.browser
    assert browser is not None
    # a reader without an account
    page = browser.new_context(viewport=PHONE, locale=client.language.replace("_", "-")).new_page()
    page.goto(client.url + path[0])
    page.wait_for_selector(".o_med_recall_answer form", timeout=60_000)
    page.wait_for_timeout(600)
    return page


@picture
def recall_report(user: Callable[[str], Client]) -> Page:
    """The authority's form, filled as far as the records go."""
    client = user("demo_quality")
    action = client.call("med.recall", "action_make_report", [_notified(client)])
    page = _form(client, _notified(client))
    page.click(".o_notebook .nav-link[name=reports]")
    page.click(".o_field_widget[name=report_ids] .o_data_row >> nth=0")
    page.wait_for_selector(f".o_field_widget[name=line_ids], [data-id='{action['res_id']}']", timeout=60_000)
    page.wait_for_timeout(900)
    return page


@picture
def recall_dashboard(user: Callable[[str], Client]) -> Page:
    client = user("demo_quality")
    _notified(client)
    page = client.open("action-med_recall.med_recall_dashboard_action", ".o_med_recall_dashboard .o_med_open_recall")
    page.wait_for_timeout(600)
    return page
