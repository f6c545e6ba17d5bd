"""Import with errors, the difference view, the data workbench and the readiness report."""

from __future__ import annotations

import base64
from collections.abc import Callable

from playwright.sync_api import Page

from tools.pictures.kit import Client, picture

# What a spreadsheet does to a list of products.
PRODUCTS = """code,name,di,device class,cost
ST-100,Coronary stent 3.0 x 18,06901234567892,III,800.00
ST-101,Coronary stent 3.5 x 18,6.90123E+12,III,800.00
GW-200,Guide wire 0.014,0614141,II,"95,5"
,Suture 4-0,,II,12.00
ST-100,Coronary stent 3.0 x 18,,IV,800.00
"""
UDID = """<udid><devices>
<device><zxxsdycpbs>06972253600013</zxxsdycpbs><cpmctymc>PTCA球囊扩张导管</cpmctymc><ggxh>CBC-1210</ggxh>
<zczbhhzbapzbh>国械注准20193030166</zczbhhzbapzbh><ylqxzcrbarmc>{company}</ylqxzcrbarmc><flbm>03-13-06</flbm>
<storageList><storage><zdz>{low}</zdz><zgz>30</zgz><jldw>℃</jldw></storage></storageList></device>
{more}</devices></udid>"""
MORE = """<device><zxxsdycpbs>06901234567892</zxxsdycpbs><cpmctymc>PTCA导丝</cpmctymc><ggxh>GW-1</ggxh>
<ylqxzcrbarmc>{company}</ylqxzcrbarmc></device>"""


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@picture
def import_errors(user: Callable[[str], Client]) -> Page:
    client = user("demo_quality")
    values = {"kind": "product", "filename": "products.csv", "file": _encoded(PRODUCTS)}
    (one,) = client.call("med.import", "create", [values])
    client.call("med.import", "action_check", [one])
    page = client.open(f"action-med_master_data.med_import_action/{one}", ".o_field_widget[name=error_ids] .o_data_row")
    page.wait_for_timeout(600)
    return page


@picture
def catalogue_difference(user: Callable[[str], Client]) -> Page:
    client = user("demo_quality")
    company = "苏州示例医疗器械有限公司"
    for apply, text in (
        (True, UDID.format(company=company, low="5", more=MORE.format(company=company))),
        (False, UDID.format(company=company, low="2", more="").replace("CBC-1210", "CBC-1215")),
    ):
        values = {"filename": "udid.xml", "file": _encoded(text)}
        (one,) = client.call("med.catalogue.import", "create", [values])
        client.call("med.catalogue.import", "action_import" if apply else "action_check", [one])
    page = client.open(f"med.catalogue.import/{one}", ".o_field_widget[name=change_ids] .o_data_row")
    page.wait_for_timeout(600)
    return page


@picture
def data_workbench(user: Callable[[str], Client]) -> Page:
    page = user("demo_quality").open("action-med_master_data.med_data_issue_action", ".o_list_view .o_group_header")
    page.locator(".o_group_header").nth(1).click()
    page.wait_for_timeout(900)
    return page


@picture
def readiness(user: Callable[[str], Client]) -> Page:
    page = user("demo_quality").open("action-med_master_data.med_data_area_action", ".o_list_view .o_data_row")
    page.wait_for_timeout(600)
    return page


@picture
def readiness_report(user: Callable[[str], Client]) -> Page:
    client = user("demo_quality")
    ids = client.call("med.data.area", "search", [])
    page = client.open("action-med_master_data.med_data_area_action", ".o_list_view .o_data_row")
    page.goto(page.url.split("/odoo")[0] + f"/report/html/med_master_data.readiness/{','.join(map(str, ids))}")
    page.wait_for_selector(".page table")
    return page


@picture
def dossier(user: Callable[[str], Client]) -> Page:
    client = user("demo_quality")
    one = client.one("product.template", ["med_is_device", "=", True], ["med_registration_ids", "!=", False])
    page = client.open(f"med-devices/{one}", ".o_form_view .nav-link[name=med_dossier]")
    page.click(".nav-link[name=med_dossier]")
    page.wait_for_timeout(900)
    return page


@picture
def data_dictionary(user: Callable[[str], Client]) -> Page:
    page = user("demo_picker").open("med-data-dictionary", ".o_list_view .o_group_header")
    page.locator(".o_group_header").first.click()
    page.wait_for_timeout(900)
    return page


@picture
def dictionary_tooltip(user: Callable[[str], Client]) -> Page:
    """The dictionary where the field is."""
    page = dossier(user)
    page.locator("label[for^=med_device_class] sup").hover()
    page.wait_for_selector(".o-tooltip", timeout=5_000)
    page.wait_for_timeout(400)
    return page


@picture
def first_approval(user: Callable[[str], Client]) -> Page:
    """Proposed by purchasing with its documents, waiting for the quality head."""
    client = user("demo_purchasing")
    found = client.call("med.first.approval", "search", [["role", "=", "product"], ["state", "=", "proposed"]], limit=1)
    if found:
        return user("demo_quality_head").open(f"med-first-approvals/{found[0]}", ".o_form_view .o_statusbar_status")
    product = client.one("product.template", ["med_is_device", "=", True], ["med_registration_ids.state", "=", "valid"])
    values = {
        "role": "product",
        "product_tmpl_id": product,
        "note": "Wanted by three hospitals; label and file checked.",
    }
    (one,) = client.call("med.first.approval", "create", [values])
    documents = client.call("med.first.approval.document", "search", [["approval_id", "=", one]])
    client.call("med.first.approval.document", "write", documents[:2], {"reference": "QA-2026-017"})
    page = client.open(f"med-first-approvals/{one}", ".o_form_view .o_statusbar_status")
    page.click("button[name=action_sign]:visible")
    page.wait_for_selector(".modal [name=password] input")
    if page.locator(".modal [name=login] input").count():
        page.fill(".modal [name=login] input", "demo_purchasing")
    page.fill(".modal [name=password] input", "demo_purchasing")
    page.click(".modal button[name=action_sign]")
    page.wait_for_selector(".modal", state="detached")
    return user("demo_quality_head").open(f"med-first-approvals/{one}", ".o_form_view .o_statusbar_status")


@picture
def order_certificates(user: Callable[[str], Client]) -> Page:
    """What stands against a purchase is told before it is sent."""
    client = user("demo_purchasing")
    partner = client.one("res.partner", ["med_licence_ids", "!=", False], ["is_company", "=", True])
    product = client.one("product.product", ["med_is_device", "=", True], ["med_device_class", "=", "III"])
    line = {"product_id": product, "product_qty": 10, "price_unit": 80}
    (one,) = client.call("purchase.order", "create", [{"partner_id": partner, "order_line": [[0, 0, line]]}])
    return client.open(f"purchase/{one}", ".o_form_view .alert-warning")
