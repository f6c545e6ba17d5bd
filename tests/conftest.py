"""For all tests outside the addons: the vectors that others wrote."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `shared` beside the checkout (MED_SHARED names another), or a skip."""
    folder = Path(os.environ.get("MED_SHARED") or ROOT.parent / "shared").resolve()
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there: MED_SHARED names the folder with shared vectors")
    return folder
