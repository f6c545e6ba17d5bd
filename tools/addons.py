"""Our addons as folders: which there are, what they depend on, whether they changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools import stamps
from tools.places import ADDONS

# Odoo modules that the project extends or must live with. The demo database has the first
# list; the tests' template the second too, so that a gate is tried against all of them.
DEMO_MODULES = (
    "sale_management",
    "purchase",
    "stock",
    "account",
    "product_expiry",
    "stock_picking_batch",
    "sale_stock",
    "purchase_stock",
    "stock_account",
    "stock_delivery",
    "sale_stock_product_expiry",
    "barcodes_gs1_nomenclature",
    "portal",
)
TEST_MODULES = (
    *DEMO_MODULES,
    "point_of_sale",
    "mrp",
    "mrp_product_expiry",
    "repair",
    "stock_dropshipping",
)


def manifest(addon: Path) -> dict[str, Any]:
    value = ast.literal_eval((addon / "__manifest__.py").read_text(encoding="utf-8"))
    assert isinstance(value, dict)
    return value


def ours(folder: Path = ADDONS) -> list[str]:
    """Installable addons of this project, by name."""
    if not folder.is_dir():
        return []
    found = []
    for file in sorted(folder.glob("*/__manifest__.py")):
        if manifest(file.parent).get("installable", True):
            found.append(file.parent.name)
    return found


def files_that_count(addon: Path) -> Iterator[Path]:
    """What an installed addon is made of: not its tests, not its pages for people."""
    for file in addon.rglob("*"):
        inside = file.relative_to(addon)
        if not file.is_file() or "__pycache__" in inside.parts or file.suffix == ".pyc":
            continue
        if inside.parts[0] == "tests" or inside.parts[:2] == ("static", "description"):
            continue
        # Browser test code and its bundles are read from the disk when a test asks for them.
        if inside.parts[:2] == ("static", "tests") or inside.name.startswith("README"):
            continue
        yield file


def key(name: str, folder: Path = ADDONS) -> str:
    addon = folder / name
    return stamps.key_of_files(files_that_count(addon), addon)


def keys(folder: Path = ADDONS) -> dict[str, str]:
    return {name: key(name, folder) for name in ours(folder)}


def available(names: tuple[str, ...], paths: list[Path]) -> list[str]:
    """Those of these modules that this Odoo has."""
    return [name for name in names if any((path / name).is_dir() for path in paths)]
