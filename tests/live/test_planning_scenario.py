"""Planning (tests/scenarios/planning.py), told to its end: history, forecast, orders, expiry ahead, a quarter's review."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RUN = [sys.executable, str(ROOT / "tools" / "in_odoo" / "run_scenario.py")]


def test_planning_goes_as_told(odoo_config: Path, fresh_database: Any) -> None:
    with fresh_database("planning") as database:
        done = subprocess.run(
            [*RUN, str(odoo_config), database, str(ROOT / "tests/scenarios/planning.py"), "--every", "60"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    for words in (
        "Forecast: ",
        "\npbs  ",
        "To order: ",
        "Expiry ahead: ",
        "signed by Quality of the quarter",
        "All as expected",
    ):
        assert words in done.stdout
