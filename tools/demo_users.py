"""Who can log in to the demo database. ./run prints this table and sets the passwords.

Users come from the demo data of our addons; a row whose user is not there is left out.
"""

from __future__ import annotations

from typing import NamedTuple


class DemoUser(NamedTuple):
    """One user of the demo database."""

    xmlid: str
    login: str
    password: str
    role: str


DEMO_USERS = (
    DemoUser("base.user_admin", "admin", "admin", "administrator"),
    DemoUser("med_master_data.user_picker_demo", "demo_picker", "demo_picker", "picker"),
    DemoUser("med_master_data.user_reviewer_demo", "demo_reviewer", "demo_reviewer", "reviewer"),
    DemoUser("med_master_data.user_quality_demo", "demo_quality", "demo_quality", "quality manager"),
    DemoUser(
        "med_master_data.user_supervisor_demo",
        "demo_supervisor",
        "demo_supervisor",
        "warehouse supervisor",
    ),
    DemoUser("med_master_data.user_quality_head_demo", "demo_quality_head", "demo_quality_head", "quality head"),
    DemoUser("med_master_data.user_purchasing_demo", "demo_purchasing", "demo_purchasing", "purchasing"),
    DemoUser("med_master_data.user_auditor_demo", "demo_auditor", "demo_auditor", "auditor, reads only"),
)
