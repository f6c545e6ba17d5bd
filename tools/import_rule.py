"""Arrows only ever point down: which addon may import and depend on which.

Floors stand on the ones below; wings stand on the floors and never on each other; an addon's
`lib/` is plain logic that knows neither Odoo, nor the time, nor files, nor the network.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":  # called as a file by pre-commit
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

FLOORS = ("med_evidence", "med_master_data", "med_quality", "med_outbound")
WINGS = (
    "med_scan",
    "med_route",
    "med_recall",
    "med_coldchain",
    "med_connector",
    "med_consignment",
    "med_planning",
    "med_sourcing",
    "med_training",
)

FORBIDDEN_IN_LIB = frozenset(
    """
    odoo os io sys pathlib socket ssl http urllib requests subprocess shutil tempfile threading
    multiprocessing asyncio logging psycopg2 sqlite3 random secrets time glob
    """.split()
)
CLOCK = frozenset(
    """
    datetime.now datetime.today datetime.utcnow date.today time.time time.monotonic time.time_ns
    """.split()
)
ADDON_NAME = re.compile(r"\bmed_\w+")


class Offence(NamedTuple):
    """What is wrong and where."""

    file: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


def below(addon: str, manifest_auto_install: bool = False) -> frozenset[str]:
    """The addons that this one may know."""
    if addon in FLOORS:
        return frozenset(FLOORS[: FLOORS.index(addon)])
    if manifest_auto_install:  # glue between wings is allowed to know both
        return frozenset(FLOORS + WINGS)
    return frozenset(FLOORS)


def check_addon(addon: Path) -> Iterator[Offence]:
    file = addon / "__manifest__.py"
    if not file.is_file():
        return
    manifest = ast.literal_eval(file.read_text(encoding="utf-8"))
    allowed = below(addon.name, bool(manifest.get("auto_install"))) | {addon.name}
    for other in manifest.get("depends", ()):
        if ADDON_NAME.fullmatch(other) and other not in allowed:
            yield Offence(file, 1, f"{addon.name} must not depend on {other}")
    for source in sorted(addon.rglob("*.py")):
        tree = ast.parse(source.read_text(encoding="utf-8"), str(source))
        in_lib = source.relative_to(addon).parts[0] == "lib"
        yield from check_source(tree, source, addon.name, allowed, in_lib=in_lib)


def check_source(tree: ast.AST, file: Path, addon: str, allowed: frozenset[str], *, in_lib: bool) -> Iterator[Offence]:
    for node in ast.walk(tree):
        for module in imported(node):
            line: int = getattr(node, "lineno", 1)
            other = next(iter(ADDON_NAME.findall(module.replace(".", " "))), None)
            if other and other not in allowed:
                yield Offence(file, line, f"{addon} must not import {other}")
            if in_lib and not other and module.split(".")[0] in FORBIDDEN_IN_LIB:
                yield Offence(file, line, f"lib/ is pure and must not import {module}")
        if in_lib and isinstance(node, ast.Attribute) and (call := clock_call(node)):
            yield Offence(file, node.lineno, f"lib/ has no clock: hand the time in, not {call}")


def imported(node: ast.AST) -> list[str]:
    """Full names of what an import statement brings; relative ones stay inside the addon."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def clock_call(node: ast.Attribute) -> str | None:
    base = node.value
    name = base.id if isinstance(base, ast.Name) else getattr(base, "attr", "")
    full = f"{name}.{node.attr}"
    return full if full in CLOCK else None


def check(addons: Path) -> list[Offence]:
    offences: list[Offence] = []
    for addon in sorted(addons.glob("*/")):
        offences += check_addon(addon)
    return offences


if __name__ == "__main__":
    from tools.places import ADDONS

    found = check(ADDONS)
    print("\n".join(map(str, found)) or "Imports point down.")
    sys.exit(bool(found))
