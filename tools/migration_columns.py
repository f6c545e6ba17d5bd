"""Writes the tables of columns into docs/migration.md: `python tools/migration_columns.py [--check]`.

The columns come from the declarations the importers themselves read, so the handbook cannot lie.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "migration.md"
BEGIN, END = "<!-- columns: begin, written by tools/migration_columns.py -->", "<!-- columns: end -->"


def _kinds() -> dict[str, Any]:
    """The declared kinds of both addons, without Odoo."""
    for name, folder in (("med_master_data", "med_master_data"), ("odoo", ""), ("odoo.addons", "")):
        module = sys.modules.setdefault(name, ModuleType(name))
        module.__path__ = [str(ROOT / "addons" / folder)] if folder else []
    sys.modules["odoo.addons"].__path__ = [str(ROOT / "addons")]
    from importlib import import_module

    kinds = import_module("med_master_data.lib.import_kinds")
    sys.modules["odoo.addons.med_master_data.lib.import_kinds"] = kinds
    file = ROOT / "addons/med_outbound/models/med_import_kinds.py"
    spec = importlib.util.spec_from_file_location("med_import_kinds", file)
    assert spec
    assert spec.loader
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    found: dict[str, Any] = kinds.kinds()
    return found


def tables() -> str:
    parts = []
    for kind in _kinds().values():
        parts += [f"### {kind.label} ({kind.label_zh})", ""]
        parts += [
            "| column | in Chinese | required | type | meaning | allowed | example |",
            "|---|---|---|---|---|---|---|",
        ]
        for column in kind.columns:
            allowed = ", ".join(dict.fromkeys((column.choices or {}).values()))
            required = "yes" if column.required else ""
            parts.append(
                f"| {column.label} | {column.label_zh} | {required} | {column.type} | {column.meaning}"
                f" | {allowed} | {column.example} |"
            )
        parts.append("")
    return "\n".join(parts)


def written(text: str) -> str:
    head, rest = text.split(BEGIN)
    return f"{head}{BEGIN}\n\n{tables()}\n{END}{rest.split(END)[1]}"


def main() -> int:
    text = TARGET.read_text(encoding="utf-8")
    fresh = written(text)
    if "--check" in sys.argv:
        return int(text != fresh)
    TARGET.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
