"""The recall (tests/scenarios/recall.py), told to its end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RUN = [sys.executable, str(ROOT / "tools" / "in_odoo" / "run_scenario.py")]
PUBLISHED = ("fda_enforcement_2012.jsonl", "multi_regulator_safety_notices.jsonl", "fda_press_recalls_2009_2013.csv")


def tell(odoo_config: Path, database: str, *arguments: str) -> str:
    done = subprocess.run(
        [*RUN, str(odoo_config), database, str(ROOT / "tests/scenarios/recall.py"), *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def test_the_recall_goes_as_told(odoo_config: Path, fresh_database: Any) -> None:
    with fresh_database("recall") as database:
        told = tell(odoo_config, database)
    # the picker who validated meanwhile did not get through
    assert "the picker: shipped" not in told
    assert "20 stages, 4 refusals, 0 deadlines missed" in told
    assert "everything as expected" in told


def test_published_notices_come_in_first(odoo_config: Path, fresh_database: Any, shared: Path) -> None:
    files = [str(shared / "realdata/recall" / name) for name in PUBLISHED]
    with fresh_database("recall") as database:
        told = tell(odoo_config, database, "--notices", *files)
    assert "37 imported, 0 refused" in told
    assert "Move the headings" in told
    assert "23 stages, 4 refusals, 0 deadlines missed" in told
