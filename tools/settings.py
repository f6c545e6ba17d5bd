"""Reads odoo.conf and writes the one that the tools start Odoo with."""

from __future__ import annotations

import configparser
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tools import stamps
from tools.odoo_source import Odoo
from tools.places import LOCAL, ROOT

CONF = LOCAL / "odoo.conf"
DATA = LOCAL / "data"


class Server(NamedTuple):
    """How to reach a PostgreSQL server."""

    host: str
    port: str
    user: str
    password: str = ""

    def dsn(self, database: str) -> dict[str, str]:
        parts = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "dbname": database,
        }
        return {name: value for name, value in parts.items() if value}


def read(file: Path = ROOT / "odoo.conf") -> dict[str, str]:
    parser = configparser.RawConfigParser()
    parser.read(file, encoding="utf-8")
    return dict(parser["options"]) if parser.has_section("options") else {}


def own_server(options: Mapping[str, str], environ: Mapping[str, str]) -> Server | None:
    """The user's own PostgreSQL, where the environment or odoo.conf names one."""

    def value(variable: str, option: str) -> str:
        text = environ.get(variable) or options.get(option, "")
        return "" if text.strip().lower() in ("false", "none") else text.strip()

    host = value("PGHOST", "db_host")
    if not host:
        return None
    return Server(
        host,
        value("PGPORT", "db_port") or "5432",
        value("PGUSER", "db_user") or "odoo",
        value("PGPASSWORD", "db_password"),
    )


def absolute_addons_path(value: str, root: Path) -> list[Path]:
    """Odoo resolves relative paths against the folder it was started in; we mean odoo.conf's."""
    paths = [root / part.strip() for part in value.split(",") if part.strip()]
    # Odoo refuses a folder without a single addon in it.
    return [path for path in paths if next(path.glob("*/__manifest__.py"), None)]


def write(odoo: Odoo, server: Server, extra: Mapping[str, str] | None = None, file: Path = CONF) -> Path:
    """The configuration for the tools; everything not about paths is taken over as it is."""
    options = read()
    paths = odoo.addons_paths + absolute_addons_path(options.get("addons_path", ""), ROOT)
    options |= {
        "addons_path": ",".join(map(str, paths)),
        "data_dir": str(DATA),
        "db_host": server.host,
        "db_port": server.port,
        "db_user": server.user,
        "db_password": server.password,
        # A page for choosing or dropping databases has no place on a shared machine.
        "list_db": "False",
    }
    options |= extra or {}
    # An empty password must not stand there: Odoo would warn about its type.
    lines = [f"{name} = {value}" for name, value in options.items() if value != ""]
    DATA.mkdir(parents=True, exist_ok=True)
    stamps.write_atomically(file, "\n".join(["[options]", *lines, ""]))
    os.chmod(file, 0o600)  # it may hold a password
    return file
