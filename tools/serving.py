"""Serves the demo database in the foreground, and tells who may log in."""

from __future__ import annotations

import os
import sys

from tools import databases, odoo_cli, ports, settings
from tools.demo_users import DEMO_USERS, DemoUser
from tools.environment import PYTHON
from tools.places import ADDONS
from tools.say import Sorry
from tools.workbench import Workbench


def serve(bench: Workbench, database: str, asked_port: int | None) -> int:
    options = settings.read()
    interface = options.get("http_interface", "127.0.0.1")
    port = ports.choose(asked_port, int(options.get("http_port", "8069")), interface)
    users = present_users(bench, database)
    width = max((len(user.role) for user in users), default=0)
    print(f"\nOdoo is at http://localhost:{port} (Ctrl-C ends it). Log in as")
    for user in users:
        print(f"  {user.role:<{width}}  {user.login} / {user.password}")
    print()
    command = odoo_cli.server_command(
        bench.conf,
        database,
        f"--http-port={port}",
        f"--http-interface={interface}",
        f"--db-filter=^{database}$",
        "--log-level=warn",
        # One line when it is ready, then only what needs somebody's eye.
        "--log-handler=odoo.service.server:INFO",
        "--log-handler=odoo.registry:INFO",
    )
    code = odoo_cli.run_in_foreground(command)
    # Ended by Ctrl-C or by a polite signal is how a server is meant to end.
    return 0 if code in (0, -2, -15, 130, 143) else code


def shell(bench: Workbench, database: str) -> int:
    command = [PYTHON, "-m", "odoo", "shell", "-c", bench.conf, "-d", database, "--no-http"]
    os.execv(PYTHON, [str(word) for word in command])


def verify_evidence(bench: Workbench, database: str) -> int:
    """The addon's own command, which users of an Odoo of their own call as well."""
    command = [PYTHON, "-m", "odoo", f"--addons-path={ADDONS}", "evidence_verify", "-c", bench.conf, "-d", database]
    return odoo_cli.run_in_foreground([str(word) for word in command])


def present_users(bench: Workbench, database: str) -> list[DemoUser]:
    """The users of the table that are really in the database."""
    with databases.cursor(bench.server, database) as cr:
        cr.execute("SELECT login FROM res_users WHERE active")
        logins = {row[0] for row in cr.fetchall()}
    return [user for user in DEMO_USERS if user.login in logins]


def confirm_reset(database: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise Sorry(f"--reset drops the database {database} and nobody can be asked: add --yes.")
    if input(f"Drop the database {database} with everything in it? [y/N] ").lower() != "y":
        raise Sorry("nothing was dropped.")
