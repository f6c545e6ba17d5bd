"""An `env` outside Odoo's own command line, for the scripts of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def environment(conf: str, database: str) -> Iterator[Any]:
    """The superuser's environment in one transaction that is committed only on request."""
    import odoo.api
    import odoo.modules.registry
    import odoo.sql_db
    import odoo.tools

    arguments = ["-c", conf, "-d", database, "--no-http", "--max-cron-threads=0"]
    odoo.tools.config.parse_config([*arguments, "--log-level=warn"], setup_logging=True)
    registry = odoo.modules.registry.Registry(database)
    with registry.cursor() as cr:
        yield odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
        # What a script did not commit by itself was not meant to stay.
        cr.rollback()
    odoo.sql_db.close_all()
