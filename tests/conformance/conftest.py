"""The same importable packages as in tests/unit: both kinds of test need no Odoo."""

from __future__ import annotations

import importlib.util
from pathlib import Path

_file = Path(__file__).resolve().parent.parent / "unit" / "conftest.py"
_spec = importlib.util.spec_from_file_location("pure_packages", _file)
assert _spec and _spec.loader
_spec.loader.exec_module(importlib.util.module_from_spec(_spec))
