"""The user's own server wins over the embedded one, and the environment over odoo.conf."""

from __future__ import annotations

from pathlib import Path

from tools import settings
from tools.places import SOCKET_PATH_LIMIT, socket_folder
from tools.settings import Server


def test_embedded_server_while_nobody_names_one() -> None:
    assert settings.own_server({"db_host": "False"}, {}) is None


def test_server_of_odoo_conf() -> None:
    options = {"db_host": "db.example", "db_user": "me", "db_password": "pw"}
    assert settings.own_server(options, {}) == Server("db.example", "5432", "me", "pw")


def test_environment_wins() -> None:
    environ = {"PGHOST": "/run/pg", "PGPORT": "5433"}
    assert settings.own_server({"db_host": "a", "db_user": "me"}, environ) == Server("/run/pg", "5433", "me")


def test_addons_path_is_relative_to_the_root(tmp_path: Path) -> None:
    (tmp_path / "addons/med_a").mkdir(parents=True)
    assert settings.absolute_addons_path("addons", tmp_path) == []  # Odoo refuses empty ones
    (tmp_path / "addons/med_a/__manifest__.py").touch()
    assert settings.absolute_addons_path("addons, none", tmp_path) == [tmp_path / "addons"]


def test_long_socket_path_gets_a_short_folder_per_checkout(tmp_path: Path) -> None:
    near = Path("/a/pg")
    assert socket_folder(near) == near
    far = Path("/" + "x" * SOCKET_PATH_LIMIT)
    one, two = socket_folder(far, Path("/one")), socket_folder(far, Path("/two"))
    assert one != two
    assert len(str(one)) < SOCKET_PATH_LIMIT
