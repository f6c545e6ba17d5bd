"""Template databases of the tests, on two levels, and the fresh copies that tests get.

base:  Odoo's modules without demo data; made again when Odoo or the list of modules changes.
ours:  a copy of base with our addons installed; made again when a file of theirs changes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import addons, databases, odoo_cli, stamps
from tools.odoo_source import Odoo, downloaded
from tools.places import checkout_id
from tools.say import Steps, detail, need_disk
from tools.settings import DATA
from tools.workbench import Workbench

# The checkout's letters keep two checkouts apart on one server of the user's own.
PREFIX = f"medt_{checkout_id()}"


def odoo_key(odoo: Odoo) -> str:
    """Which Odoo exactly: the file of Debian's package, or the commit of a checkout."""
    package = downloaded("odoo-19") if odoo.origin.startswith("Debian") else None
    return stamps.key_of(str(odoo.folder), package.name if package else git_commit(odoo.folder))


def git_commit(folder: Path) -> str:
    try:
        head = (folder / ".git" / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref: "):
            return head
        return (folder / ".git" / head.removeprefix("ref: ")).read_text(encoding="utf-8").strip()
    except OSError:
        return (folder / "odoo" / "release.py").read_text(encoding="utf-8")


def base_name(odoo_version: str, modules: list[str]) -> str:
    return f"{PREFIX}_base_{stamps.key_of(odoo_version, *modules)[:10]}"


def ours_name(base: str, keys: dict[str, str]) -> str:
    parts = [f"{name}={key}" for name, key in sorted(keys.items())]
    return f"{PREFIX}_ours_{stamps.key_of(base, *parts)[:10]}"


def base_of(bench: Workbench) -> str:
    """The template with Odoo's modules alone: the other side of a comparison with plain Odoo."""
    return base_name(odoo_key(bench.odoo), addons.available(addons.TEST_MODULES, bench.odoo.addons_paths))


def ensure(
    steps: Steps,
    bench: Workbench,
    *,
    wanted: tuple[str, ...] = addons.TEST_MODULES,
    plain: bool = False,
) -> str:
    """The name of the template to copy, built first where it is missing; two steps."""
    modules = addons.available(wanted, bench.odoo.addons_paths)
    base = base_name(odoo_key(bench.odoo), modules)
    keys = {} if plain else addons.keys()
    ours = ours_name(base, keys)
    known = databases.names(bench.server)
    with steps.step(f"Template of Odoo's {len(modules)} modules") as note:
        if base not in known:
            need_disk(DATA, 3)
            detail("installing them without demo data, about two minutes, this once")
            build(bench, None, base, modules)
            note("built")
    with steps.step(f"Template with {len(keys)} addons of ours") as note:
        if keys and ours not in known:
            build(bench, base, ours, list(keys))
            note("built")
        # What a special run does not use, the next ordinary one will.
        special = plain or wanted != addons.TEST_MODULES
        others = {name for name in known if is_template(name)} if special else set()
        note(forget_old(bench, {base, ours} | others | suite_bases(bench)))
    return ours if keys else base


def build(bench: Workbench, source: str | None, target: str, modules: list[str]) -> None:
    """Under another name until it is whole."""
    fresh = f"{target}_new"
    if source:
        databases.copy(bench.server, source, fresh)
    else:
        databases.drop(bench.server, fresh)
    odoo_cli.install(bench.conf, fresh, ["-i", ",".join(modules)], f"installing {target}")
    databases.rename(bench.server, fresh, target)


def is_template(name: str) -> bool:
    return re.fullmatch(rf"{PREFIX}_(base|ours)_[0-9a-f]+", name) is not None


def suite_bases(bench: Workbench) -> set[str]:
    """The base for Odoo's own suites (see odoo_suites.py), which an ordinary run leaves alone."""
    modules = addons.available(addons.DEMO_MODULES, bench.odoo.addons_paths)
    return {base_name(odoo_key(bench.odoo), modules)}


def is_stale(name: str, keep: set[str], is_alive: dict[str, bool]) -> bool:
    """Ours, not a current template, and no running test's copy?"""
    if not name.startswith(f"{PREFIX}_") or name in keep:
        return False
    run = re.fullmatch(rf"{PREFIX}_run_(\d+)", name)
    return not (run and is_alive.get(run[1], False))


def forget_old(bench: Workbench, keep: set[str]) -> str:
    names = databases.names(bench.server)
    pids = re.findall(rf"{PREFIX}_run_(\d+)", " ".join(names))
    alive = {pid: process_lives(int(pid)) for pid in pids}
    stale = [name for name in names if is_stale(name, keep, alive)]
    for name in stale:
        databases.drop(bench.server, name)
    return f"{len(stale)} old databases dropped" if stale else "ready"


def process_lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def empty_database(bench: Workbench) -> Iterator[str]:
    """A name that Odoo makes a database of; gone afterwards whatever happens."""
    name = f"{PREFIX}_run_{os.getpid()}"
    databases.drop(bench.server, name)
    try:
        yield name
    finally:
        databases.drop(bench.server, name)


@contextmanager
def fresh_copy(bench: Workbench, template: str) -> Iterator[str]:
    """A database of one's own, gone afterwards whatever happens."""
    name = f"{PREFIX}_run_{os.getpid()}"
    databases.copy(bench.server, template, name)
    try:
        yield name
    finally:
        databases.drop(bench.server, name)
