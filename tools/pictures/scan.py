"""The scanning app on a phone: the list, the line to pick, right, wrong, without network, the review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from tools.pictures.kit import PHONE, Client, picture

TYPE = """(code) => {
    const press = (key) => document.body.dispatchEvent(
        new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    [...code].forEach(press);
    press("Enter");
}"""


def _app(client: Client) -> Page:
    page = client.page
    page.set_viewport_size(PHONE)
    page.goto(f"{client.url}/med_scan")
    page.wait_for_selector("body.ms-ready", timeout=60_000)
    while page.locator(".ms-back").count():  # where the picture before left off
        page.click(".ms-back")
        page.wait_for_timeout(400)
    page.wait_for_timeout(600)
    return page


def _work(client: Client) -> dict[str, Any]:
    """A transfer with devices to pick, as the phone takes it along."""
    for one in client.call("med.scan.app", "deliveries"):
        data: dict[str, Any] = client.call("med.scan.app", "load", one["id"])
        if any(_label(data, line) for line in data.get("lines", [])):
            return data
    raise RuntimeError("nothing with devices is ready to be picked: start with a fresh demo database")


def _label(data: dict[str, Any], line: dict[str, Any]) -> str:
    """What is printed on the goods of ``line``; nothing where they have no GTIN."""
    product = data["products"][str(line["product"])]
    gtins = [one["di"] for one in product["identifiers"] if one["agency"] == "GS1" and one["level"] == "unit"]
    if not gtins or not line["lot"] or not line["expiry"] or product["tracking"] != "lot":
        return ""
    return f"01{gtins[0]}17{line['expiry'][2:].replace('-', '')}10{line['lot']}"


def _fresh(user: Callable[[str], Client]) -> None:
    """Another delivery of what the demonstration day delivered: a picture before may have used up the last one."""
    chief = user("demo_supervisor")
    done = chief.one("stock.picking", ["med_stage", "!=", False], ["state", "=", "done"], ["return_id", "=", False])
    (copy,) = chief.call("stock.picking", "copy", [done])
    chief.call("stock.picking", "action_confirm", [copy])
    chief.call("stock.picking", "action_assign", [copy])


def _opened(user: Callable[[str], Client]) -> tuple[Page, dict[str, Any], str]:
    client = user("demo_picker")
    client.page.unroute("**/web/dataset/**")
    _fresh(user)
    data = _work(client)
    label = next(filter(None, (_label(data, line) for line in data["lines"])))
    page = _app(client)
    page.click(f"[data-id='{data['id']}']")
    page.wait_for_selector(".ms-goods")
    return page, data, label


def _scan(page: Page, code: str) -> None:
    page.evaluate(TYPE, code)
    page.wait_for_timeout(900)


@picture
def scan_list(user: Callable[[str], Client]) -> Page:
    return _app(user("demo_picker"))


@picture
def scan_pick(user: Callable[[str], Client]) -> Page:
    page, _data, _code = _opened(user)
    return page


@picture
def scan_wrong(user: Callable[[str], Client]) -> Page:
    page, _data, label = _opened(user)
    _scan(page, label[: label.index("10", 24) + 2] + "B2504-X")
    return page


@picture
def scan_right(user: Callable[[str], Client]) -> Page:
    page, _data, label = _opened(user)
    _scan(page, label)
    return page


@picture
def scan_offline(user: Callable[[str], Client]) -> Page:
    page, _data, label = _opened(user)
    page.route("**/web/dataset/**", lambda route: route.abort("internetdisconnected"))
    _scan(page, label)
    page.wait_for_timeout(600)
    return page


@picture
def scan_missing(user: Callable[[str], Client]) -> Page:
    page, _data, _label_text = _opened(user)
    page.click(".ms-missing")
    page.wait_for_timeout(300)
    return page
