"""Makes an addon's `lib` importable without running the addon's __init__, which imports Odoo.

`from med_master_data.lib import gs1` works in these tests, as do `tools` and `benchmarks`,
and sys.path stays as it was: a test cannot import by accident what it should not.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

from hypothesis import HealthCheck, settings

# A busy machine is no defect.
settings.register_profile("shared_machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared_machine")

ROOT = Path(__file__).resolve().parents[2]


def register(folder: Path) -> None:
    package = ModuleType(folder.name)
    package.__path__ = [str(folder)]
    sys.modules.setdefault(folder.name, package)


for _addon in sorted(ROOT.glob("addons/*/")):
    register(_addon)
register(ROOT / "tools")
register(ROOT / "benchmarks")
