"""The day of the distributor (tests/scenarios/outbound.py), told to its end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN = [sys.executable, str(ROOT / "tools" / "in_odoo" / "run_scenario.py")]
PUBLISHED = ("gudid_catalogue_sample.jsonl", "gudid_temperature_devices.jsonl")


def tell(odoo_config: Path, database: str, *arguments: str) -> str:
    done = subprocess.run(
        [*RUN, str(odoo_config), database, str(ROOT / "tests/scenarios/outbound.py"), *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def test_the_day_goes_as_told_on_the_projects_own_catalogue(odoo_config: Path, fresh_database: Any) -> None:
    with fresh_database("day") as database:
        told = tell(odoo_config, database)
    assert "11 stages, 24 refusals" in told
    assert "everything as expected" in told


@pytest.mark.parametrize("catalogue", PUBLISHED)
def test_the_day_goes_as_told_on_published_devices(
    odoo_config: Path, fresh_database: Any, shared: Path, catalogue: str
) -> None:
    with fresh_database("day") as database:
        told = tell(odoo_config, database, "--catalogue", str(shared / "realdata/erp" / catalogue))
    assert "11 stages, 24 refusals" in told


def test_a_day_that_goes_otherwise_fails(odoo_config: Path, fresh_database: Any, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text("", encoding="utf-8")
    with fresh_database("day") as database, pytest.raises(AssertionError, match="Not as expected"):
        tell(odoo_config, database, "--catalogue", str(empty))
