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


DEMO_USERS = (DemoUser("base.user_admin", "admin", "admin", "administrator"),)
