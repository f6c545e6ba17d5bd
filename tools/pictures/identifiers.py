"""Labels: what a code says, and why it was read so."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tools.pictures.kit import Client, picture


def _known_lot(client: Client) -> tuple[str, str]:
    """A GTIN and the name of a lot of it, as demo data has them."""
    lots = client.call(
        "stock.lot",
        "search_read",
        [["product_id.med_primary_di", "=like", "0_____________"], ["name", "!=", False]],
        ["name", "product_id"],
        limit=1,
        order="id desc",
    )
    product = client.call("product.product", "read", [lots[0]["product_id"][0]], ["med_primary_di"])
    return product[0]["med_primary_di"], lots[0]["name"]


def _ask(client: Client, code: str) -> Page:
    page = client.open("what-is-this-code", ".o_field_widget[name=code] textarea")
    page.fill(".o_field_widget[name=code] textarea", code)
    page.press(".o_field_widget[name=code] textarea", "Tab")
    page.wait_for_selector(".o_field_widget[name=answer] .alert, .o_med_code_parts")
    page.wait_for_timeout(600)
    return page


@picture
def code_understood(user: Callable[[str], Client]) -> Page:
    """Two symbols of one label; the scanner swallowed the separator between lot and serial."""
    client = user("demo_picker")
    gtin, lot = _known_lot(client)
    return _ask(client, f"]C101{gtin}\n]C110{lot}11260301" + "21SN-4711")


@picture
def code_full_width(user: Callable[[str], Client]) -> Page:
    """An input method was on."""
    client = user("demo_picker")
    gtin, lot = _known_lot(client)
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in f"(01){gtin}(10){lot}")
    return _ask(client, wide)


@picture
def code_refused(user: Callable[[str], Client]) -> Page:
    """One misread digit."""
    client = user("demo_picker")
    gtin, lot = _known_lot(client)
    wrong = str((int(gtin[-1]) + 1) % 10)
    return _ask(client, f"01{gtin[:-1]}{wrong}10{lot}")
