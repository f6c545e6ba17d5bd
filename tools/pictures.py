"""Takes the pictures of docs/pictures in a real browser, in English and Chinese.

Start `./run --reset --yes` in one terminal (the pictures show its demonstration day), then

    .local/venv/bin/python -m tools.pictures [--url http://localhost:8069] [NAME ...]

The demo database is changed on the way: one delivery is shipped.
"""

from __future__ import annotations

import argparse
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tools.places import ROOT

FOLDER = ROOT / "docs" / "pictures"
DESK: ViewportSize = {"width": 1366, "height": 820}
PHONE: ViewportSize = {"width": 390, "height": 844}
LANGUAGES = {"en": "en_US", "zh": "zh_CN"}


class Client:
    """One logged-in user: a page, and calls as the web client makes them."""

    def __init__(self, browser: Browser, url: str, login: str, language: str) -> None:
        self.url = url
        context = browser.new_context(viewport=DESK, locale=language.replace("_", "-"), timezone_id="Asia/Shanghai")
        self.page = context.new_page()
        self.page.goto(f"{url}/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", login)
        self.page.click("form button[type=submit]")
        self.page.wait_for_selector(".o_main_navbar", timeout=120_000)

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        body = {
            "jsonrpc": "2.0",
            "params": {"model": model, "method": method, "args": args, "kwargs": kwargs},
        }
        answer = self.page.request.post(f"{self.url}/web/dataset/call_kw", data=body, timeout=120_000).json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer["result"]

    def open(self, path: str, ready: str) -> Page:
        self.page.goto(f"{self.url}/odoo/{path}")
        self.page.wait_for_selector(ready, timeout=120_000)
        self.page.wait_for_timeout(900)
        return self.page

    def one(self, model: str, *domain: list[Any]) -> int:
        ids = self.call(model, "search", list(domain), order="id desc", limit=1)
        if not ids:
            raise RuntimeError(f"no {model} with {domain}: start with a fresh demo database")
        return int(ids[0])

    def delivery(self, stage: str) -> int:
        return self.one(
            "stock.picking",
            ["med_stage", "=", stage],
            ["move_line_ids.product_id.med_is_device", "=", True],
        )


def picture(
    function: Callable[[Callable[[str], Client]], Page],
) -> Callable[[Callable[[str], Client]], Page]:
    PICTURES[function.__name__] = function
    return function


PICTURES: dict[str, Callable[[Callable[[str], Client]], Page]] = {}


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://localhost:8069")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these pictures")
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        admin = Client(browser, options.url, "admin", "en_US")
        people = admin.call("res.users", "search", [["login", "=like", "demo_%"]])
        for folder, language in LANGUAGES.items():
            admin.call("res.users", "write", people, {"lang": language})
            clients: dict[str, Client] = {}

            def user(login: str, language: str = language, clients: dict[str, Client] = clients) -> Client:
                if login not in clients:
                    clients[login] = Client(browser, options.url, login, language)
                clients[login].page.set_viewport_size(DESK)
                return clients[login]

            for name in options.names or PICTURES:
                take(name, user, FOLDER / folder / f"{name}.png")
        browser.close()


def take(name: str, user: Callable[[str], Client], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    PICTURES[name](user).screenshot(path=target)
    print(target.relative_to(ROOT), flush=True)


if __name__ == "__main__":
    main()
