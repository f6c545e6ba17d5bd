"""The four steps that every command with a database begins with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from tools import environment, postgres, settings
from tools.odoo_source import Odoo, find_odoo
from tools.say import Steps
from tools.settings import Server


class Workbench(NamedTuple):
    """An Odoo, a PostgreSQL server and a configuration that ties them together."""

    odoo: Odoo
    server: Server
    conf: Path


def set_up(steps: Steps) -> Workbench:
    """Three steps; called inside the project's environment."""
    with steps.step("Odoo 19.0") as note:
        odoo = find_odoo()
        environment.add_to_path(odoo.folder)
        note(odoo.origin)
    with steps.step("PostgreSQL") as note:
        server = settings.own_server(settings.read(), os.environ)
        if server:
            note(f"your own at {server.host}:{server.port}")
        else:
            note(f"embedded, {postgres.start()}")
            server = postgres.server()
    return Workbench(odoo, server, settings.write(odoo, server))
