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
