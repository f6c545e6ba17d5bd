"""A logged-in user in a real browser, and the register of pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize

DESK: ViewportSize = {"width": 1366, "height": 820}
PHONE: ViewportSize = {"width": 390, "height": 844}
LANGUAGES = {"en": "en_US", "zh": "zh_CN"}


class Client:
    """One logged-in user: a page, and calls as the web client makes them."""

    def __init__(self, browser: Browser, url: str, login: str, language: str) -> None:
        self.url = url
        self.language = language
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
            "params": {
                "model": model,
                "method": method,
                "args": args,
                "kwargs": {"context": {"lang": self.language}, **kwargs},
            },
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
