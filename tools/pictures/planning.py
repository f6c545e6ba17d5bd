"""Demand ahead with its interval, what to order, what will expire unsold, and a quarter reviewed."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tools.pictures.kit import Client, picture

TUBING = "Haemodialysis blood tubing set"
TEST = "Influenza A/B antigen test, 25 tests"


@picture
def demand_ahead(user: Callable[[str], Client]) -> Page:
    client = user("demo_supervisor")
    one = client.one("med.forecast", ["product_id.name", "=", TEST], ["class_id", "=", False])
    page = client.open(f"med-forecasts/{one}", ".o_med_forecast_chart canvas")
    page.wait_for_timeout(600)
    return page


@picture
def demand_cleaned(user: Callable[[str], Client]) -> Page:
    client = user("demo_supervisor")
    one = client.one("med.forecast", ["product_id.name", "=", TUBING], ["class_id", "=", False])
    page = client.open(f"med-forecasts/{one}", ".o_med_forecast_chart table")
    page.wait_for_timeout(600)
    page.locator(".o_med_forecast_chart table").scroll_into_view_if_needed()
    return page


@picture
def what_to_order(user: Callable[[str], Client]) -> Page:
    return user("demo_supervisor").open("med-what-to-order", ".o_data_row")


@picture
def expiry_ahead(user: Callable[[str], Client]) -> Page:
    client = user("demo_supervisor")
    one = client.one("med.expiry.risk", ["product_id.name", "=", TEST])
    return client.open(f"med-expiry-ahead/{one}", ".o_form_view [name=ranked]")


@picture
def periodic_review(user: Callable[[str], Client]) -> Page:
    client = user("demo_supervisor")
    one = client.one("med.periodic.review")
    return client.open(f"med-periodic-reviews/{one}", "[name=figure_ids] .o_data_row")


@picture
def workload_ahead(user: Callable[[str], Client]) -> Page:
    client = user("demo_supervisor")
    zone = client.call("med.workload", "read", [client.one("med.workload")], ["zone_id"])[0]["zone_id"][0]
    client.call("stock.location", "write", [zone], {"med_line_capacity": 5, "med_box_capacity": 2})
    return client.open("med-workload", ".o_list_view .o_data_row")


@picture
def planning_what_if(user: Callable[[str], Client]) -> Page:
    client = user("demo_supervisor")
    vendor = client.one("res.partner", ["name", "=", "Northern Devices Co."])
    asked = client.call("med.planning.what.if", "create", [{"kind": "supplier", "supplier_id": vendor, "weeks": 4}])[0]
    client.call("med.planning.what.if", "action_ask", [asked])
    return client.open(f"med-planning-what-if/{asked}", "[name=line_ids] .o_data_row")
