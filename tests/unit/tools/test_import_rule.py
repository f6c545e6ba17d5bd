"""Arrows only point down, and lib/ stays pure."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import import_rule


def offences(tmp_path: Path, addon: str, code: str, *, inside: str = "models", **keys: object) -> str:
    folder = tmp_path / addon / inside
    folder.mkdir(parents=True)
    (tmp_path / addon / "__manifest__.py").write_text(repr({"name": addon, **keys}))
    (folder / "x.py").write_text(code)
    return "\n".join(offence.text for offence in import_rule.check(tmp_path))


def test_lower_floor_may_be_imported(tmp_path: Path) -> None:
    code = "from odoo.addons.med_evidence.lib import merkle"
    assert offences(tmp_path, "med_quality", code, depends=["med_evidence"]) == ""


@pytest.mark.parametrize(
    "code",
    [
        "from odoo.addons.med_outbound.lib import stage",
        "from odoo.addons import med_outbound",
        "import odoo.addons.med_outbound",
    ],
)
def test_higher_floor_may_not(tmp_path: Path, code: str) -> None:
    assert offences(tmp_path, "med_quality", code) == "med_quality must not import med_outbound"


def test_higher_floor_may_not_be_depended_on(tmp_path: Path) -> None:
    found = offences(tmp_path, "med_evidence", "", depends=["mail", "med_quality"])
    assert found == "med_evidence must not depend on med_quality"


def test_wings_do_not_know_each_other_but_glue_does(tmp_path: Path) -> None:
    code = "from odoo.addons.med_recall.lib import trace"
    assert "must not import med_recall" in offences(tmp_path / "a", "med_scan", code)
    glue = offences(tmp_path / "b", "med_scan_recall", code, auto_install=True)
    assert glue == ""


@pytest.mark.parametrize("code", ["import os", "from odoo import models", "import odoo.api"])
def test_lib_imports_nothing_impure(tmp_path: Path, code: str) -> None:
    assert "lib/ is pure" in offences(tmp_path, "med_quality", code, inside="lib")


@pytest.mark.parametrize("call", ["datetime.now()", "datetime.datetime.now()", "date.today()"])
def test_lib_has_no_clock(tmp_path: Path, call: str) -> None:
    code = f"import datetime\nfrom datetime import date\nx = {call}"
    assert "lib/ has no clock" in offences(tmp_path, "med_quality", code, inside="lib")


def test_models_may_use_odoo_and_the_clock(tmp_path: Path) -> None:
    assert offences(tmp_path, "med_quality", "import os, odoo\nimport time\ntime.time()") == ""
