"""The demo database: made once, then brought up to date addon by addon."""

from __future__ import annotations

import json

from tools import addons, databases, odoo_cli, stamps
from tools.processes import run_logged
from tools.say import detail, need_disk
from tools.settings import DATA
from tools.workbench import Workbench

DATABASE = "med_demo"
LANGUAGES = "en_US,zh_CN"


def stamp_name(database: str) -> str:
    return f"demo-{database}"


def ensure(bench: Workbench, database: str, *, update: bool) -> str:
    """Create or update; says which it was."""
    wanted = addons.keys()
    known = stamps.stamp_file(stamp_name(database))
    if not databases.exists(bench.server, database) or not known.is_file():
        create(bench, database, list(wanted))
        result = f"created with {len(wanted)} addons of ours"
    else:
        have = json.loads(known.read_text(encoding="utf-8"))
        result = bring_up_to_date(bench, database, wanted, {} if update else have)
    stamps.stamp(stamp_name(database), json.dumps(wanted))
    return result


def create(bench: Workbench, database: str, ours: list[str]) -> None:
    """Under another name until it is whole: an interrupted installation is made anew."""
    need_disk(DATA, 2)
    fresh = f"{database}_new"
    databases.drop(bench.server, fresh)
    modules = addons.available(addons.DEMO_MODULES, bench.odoo.addons_paths) + ours
    detail(f"installing {len(modules)} modules with demo data, about two minutes")
    arguments = ["-i", ",".join(modules), "--with-demo", f"--load-language={LANGUAGES}"]
    odoo_cli.install(bench.conf, fresh, arguments, "installing the demo database")
    finish_users(bench, fresh)
    databases.rename(bench.server, fresh, database)


def bring_up_to_date(bench: Workbench, database: str, wanted: dict[str, str], have: dict[str, str]) -> str:
    changed = sorted(name for name in wanted if name in have and have[name] != wanted[name])
    new = sorted(name for name in wanted if name not in have)
    if not have:  # asked for: update everything of ours
        changed, new = sorted(wanted), []
    if not changed and not new:
        return "up to date"
    arguments = ["--with-demo"]
    if changed:
        arguments += ["-u", ",".join(changed)]
    if new:
        arguments += ["-i", ",".join(new)]
    detail("updating " + ", ".join(changed + new))
    odoo_cli.install(bench.conf, database, arguments, "updating the demo database")
    finish_users(bench, database)
    return "updated " + ", ".join(changed + new)


def finish_users(bench: Workbench, database: str) -> None:
    """Give the demo users their printed passwords, and the printed ones only if they exist."""
    command = odoo_cli.script_command("set_passwords", bench.conf, database)
    run_logged(command, "setting the demo passwords", "passwords", env=odoo_cli.SCRIPT_ENV)


def remove(bench: Workbench, database: str) -> None:
    databases.drop(bench.server, database)
    stamps.unstamp(stamp_name(database))
