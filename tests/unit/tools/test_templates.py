"""A template is made again exactly when something that is installed has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import addons, stamps


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    addon = tmp_path / "med_a"
    for inside in ("models", "tests", "static/description", "static/src"):
        (addon / inside).mkdir(parents=True)
    (addon / "__manifest__.py").write_text("{'name': 'A'}")
    (addon / "models" / "a.py").write_text("x = 1")
    return tmp_path


def test_tests_and_pages_for_people_do_not_count(folder: Path) -> None:
    before = addons.keys(folder)
    (folder / "med_a/tests/test_a.py").write_text("assert 1")
    (folder / "med_a/README.md").write_text("hello")
    (folder / "med_a/static/description/icon.png").write_bytes(b"1")
    assert addons.keys(folder) == before


@pytest.mark.parametrize("file", ["models/a.py", "static/src/a.js", "models/new.py"])
def test_what_is_installed_counts(folder: Path, file: str) -> None:
    before = addons.keys(folder)
    (folder / "med_a" / file).write_text("x = 2")
    assert addons.keys(folder) != before


def test_renaming_counts(folder: Path) -> None:
    before = addons.keys(folder)
    (folder / "med_a/models/a.py").rename(folder / "med_a/models/b.py")
    assert addons.keys(folder) != before


def test_addon_that_is_not_installable_is_not_ours(folder: Path) -> None:
    (folder / "med_a" / "__manifest__.py").write_text("{'installable': False}")
    assert addons.ours(folder) == []


def test_stamp_holds_for_its_key_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "LOCAL", tmp_path)
    stamps.stamp("a", "1")
    assert stamps.is_stamped("a", "1")
    assert not stamps.is_stamped("a", "2")
    assert not stamps.is_stamped("b", "1")
