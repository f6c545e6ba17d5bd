"""Evidence and signatures: what an auditor and a signer see."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tools.pictures.kit import Client, picture


@picture
def event_change(user: Callable[[str], Client]) -> Page:
    client = user("demo_auditor")
    event = client.one("med.evidence.event", ["kind", "=", "record.changed"])
    return client.open(f"action-med_evidence.med_evidence_event_action/{event}", ".o_form_view .o_med_changes")


@picture
def access_review_sign(user: Callable[[str], Client]) -> Page:
    client = user("demo_auditor")
    page = client.open("action-med_evidence.med_access_review_action", ".o_list_view button[name=action_take]")
    page.click("button[name=action_take]")
    page.wait_for_selector(".o_form_view [name=line_ids] .o_data_row")
    page.click(".o_statusbar_buttons button[name=action_sign]")
    page.wait_for_selector(".modal .o_field_widget[name=password]")
    page.wait_for_timeout(600)
    return page


@picture
def evidence_search(user: Callable[[str], Client]) -> Page:
    client = user("demo_auditor")
    event = client.one("med.evidence.event", ["res_model", "=", "stock.lot"])
    (name,) = client.call("med.evidence.event", "read", [event], ["res_name"])
    page = client.open("action-med_evidence.med_evidence_event_action", ".o_list_view .o_data_row")
    page.fill(".o_searchview_input", name["res_name"])
    page.press(".o_searchview_input", "Enter")
    page.wait_for_selector(".o_searchview_facet")
    page.wait_for_timeout(900)
    return page


@picture
def evidence_verified(user: Callable[[str], Client]) -> Page:
    client = user("demo_auditor")
    client.call("med.evidence.seal", "action_seal_now")
    action = client.call("med.evidence.verification", "action_start")
    path = f"action-med_evidence.med_evidence_verification_action/{action['res_id']}"
    return client.open(path, ".o_form_view")


@picture
def evidence_bundle(user: Callable[[str], Client]) -> Page:
    client = user("demo_auditor")
    page = client.open("action-med_evidence.med_evidence_bundle_action", "button[name=action_make]")
    # a day as people may type it in any language: 30 days ago
    for selector in (".o_field_widget[name=date_from] button", ".o_field_widget[name=date_from] input"):
        if page.locator(selector).count():
            page.locator(selector).first.click()
    page.fill(".o_field_widget[name=date_from] input >> nth=0", "-30d")
    page.press(".o_field_widget[name=date_from] input >> nth=0", "Tab")
    page.click("button[name=action_make]")
    page.wait_for_selector(".o_field_widget[name=sha256]", timeout=120_000)
    page.wait_for_timeout(900)
    return page


@picture
def unusual_patterns(user: Callable[[str], Client]) -> Page:
    return user("demo_auditor").open("action-med_evidence.med_evidence_pattern_action", ".o_list_view .o_data_row")


@picture
def access_review(user: Callable[[str], Client]) -> Page:
    client = user("demo_auditor")
    page = client.open("action-med_evidence.med_access_review_action", ".o_list_view button[name=action_take]")
    page.click("button[name=action_take]")
    page.wait_for_selector(".o_form_view [name=line_ids] .o_data_row")
    page.wait_for_timeout(600)
    return page
