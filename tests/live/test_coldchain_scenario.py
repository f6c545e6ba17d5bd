"""The story of the cold chain (tests/scenarios/coldchain.py), told to its end over a served Odoo."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RUN = [sys.executable, str(ROOT / "tools" / "in_odoo" / "run_scenario.py")]


def test_the_cold_chain_goes_as_told(odoo_config: Path, fresh_database: Any) -> None:
    with fresh_database("coldchain") as database:
        done = subprocess.run(
            [*RUN, str(odoo_config), database, str(ROOT / "tests/scenarios/coldchain.py")],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    assert "960 readings" in done.stdout
    assert "13 stages, 3 refusals" in done.stdout
    assert "refused, " in done.stdout
    assert "everything as expected" in done.stdout
