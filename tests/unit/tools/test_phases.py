"""Paths decide what starts: pure tests must never pull a database up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import phases
from tools.say import Sorry


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("tests/unit/tools", "tests/conformance", "tests/odoo", "tests/live", "addons/med_a/tests"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "tests/unit/test_x.py").touch()
    (tmp_path / "addons/med_a/tests/test_a.py").touch()
    return tmp_path.resolve()


def test_no_path_means_everything(root: Path) -> None:
    plan = phases.plan(["-k", "expired"], root, root)
    assert plan.pure == [str(root / "tests/unit"), str(root / "tests/conformance")]
    assert plan.odoo == [str(root / "tests/odoo"), str(root / "addons/med_a/tests")]
    assert plan.live == [str(root / "tests/live")]
    assert plan.options == ["-k", "expired"]


def test_one_pure_test_starts_nothing_else(root: Path) -> None:
    plan = phases.plan(["tests/unit/test_x.py::test_y", "-x"], root, root)
    assert plan == ([f"{root}/tests/unit/test_x.py::test_y"], [], [], ["-x"])


def test_addon_stands_for_its_tests(root: Path) -> None:
    plan = phases.plan(["addons/med_a"], root, root)
    assert plan == ([], [str(root / "addons/med_a/tests")], [], [])


def test_path_is_meant_from_where_the_caller_stands(root: Path) -> None:
    plan = phases.plan(["test_a.py"], root, root / "addons/med_a/tests")
    assert plan.odoo == [str(root / "addons/med_a/tests/test_a.py")]


def test_value_of_an_option_is_not_a_path(root: Path) -> None:
    plan = phases.plan(["-k", "tests", "--tb", "short", "tests/conformance"], root, root)
    assert plan.odoo == []
    assert plan.options == ["-k", "tests", "--tb", "short"]


def test_folder_with_both_kinds_is_split(root: Path) -> None:
    plan = phases.plan(["tests"], root, root)
    assert len(plan.pure) == 2
    assert plan.odoo == [str(root / "tests/odoo")]
    assert plan.live == [str(root / "tests/live")]


def test_wrong_path_is_a_sentence(root: Path) -> None:
    with pytest.raises(Sorry, match="there is no nowhere"):
        phases.plan(["nowhere.py"], root, root)
