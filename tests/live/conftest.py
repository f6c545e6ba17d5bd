"""A real Odoo server on a database of its own, for tests that speak to it as clients do.

Wanted: an Odoo configuration (``--odoo-config`` or ``MED_ODOO_CONFIG``) with ``db_host``,
``db_port``, ``db_user``, ``addons_path`` and ``data_dir``; and a database with our addons
installed and nobody connected, which is copied and never written: ``MED_TEMPLATE_DB``, or the
configuration's ``db_name``. The user must be allowed to create databases.
"""

from __future__ import annotations

import configparser
import contextlib
import itertools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import psycopg2
import pytest
import requests
from psycopg2 import sql

HERE = Path(__file__).resolve().parent
ODOO = [sys.executable, "-c", "import odoo.cli; odoo.cli.main()"]
START_SECONDS = 180


def pytest_addoption(parser: pytest.Parser) -> None:
    # pytest-odoo has the same option, where it is loaded
    with contextlib.suppress(ValueError):
        parser.addoption("--odoo-config", action="store", help="Odoo configuration file")


class Refusal(NamedTuple):
    """What the server answers when it does not do as asked."""

    status: int
    name: str
    message: str


class Refused(Exception):
    """The server did not do as asked."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.status} {refusal.name}: {refusal.message}")
        self.refusal = refusal


class Client:
    """One user with an API key, over JSON-2."""

    def __init__(self, url: str, database: str, key: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers.update({"Authorization": f"bearer {key}", "X-Odoo-Database": database})

    def call(self, model: str, method: str, ids: list[int] | None = None, **arguments: Any) -> Any:
        if ids is not None:
            arguments["ids"] = ids
        answer = self.session.post(f"{self.url}/json/2/{model}/{method}", json=arguments, timeout=60)
        if answer.ok:
            return answer.json()
        error = answer.json()
        raise Refused(Refusal(answer.status_code, error["name"], error["message"]))

    def create(self, model: str, **values: Any) -> int:
        (record_id,) = self.call(model, "create", vals_list=[values])
        return record_id

    def read(self, model: str, record_id: int, field: str) -> Any:
        (record,) = self.call(model, "read", [record_id], fields=[field])
        return record[field]


class Live(NamedTuple):
    """The running server: its people, its database and what was prepared in it."""

    admin: Client
    picker: Client
    quality: Client
    connection: Any
    ids: dict[str, int]

    @staticmethod
    def refused(step: Callable[[], Any]) -> Refusal:
        """The answer to a step that the server must refuse."""
        with pytest.raises(Refused) as caught:
            step()
        return caught.value.refusal

    @staticmethod
    def refuse(message: str) -> None:
        """For the import, which answers refusals with messages and status 200."""
        raise Refused(Refusal(422, "GateRefusedError", message))

    def query(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return cursor.fetchall()


@pytest.fixture(scope="session")
def odoo_config(request: pytest.FixtureRequest) -> Path:
    given = request.config.getoption("--odoo-config", None) or os.environ.get("MED_ODOO_CONFIG")
    if not given:
        pytest.skip("name an Odoo configuration: --odoo-config=FILE or MED_ODOO_CONFIG")
    return Path(given).resolve()


@pytest.fixture(scope="session")
def options(odoo_config: Path) -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(odoo_config)
    return {name: value for name, value in parser["options"].items() if value not in ("False", "None", "")}


def connect(options: dict[str, str], database: str) -> Any:
    names = {"db_host": "host", "db_port": "port", "db_user": "user", "db_password": "password"}
    connection = psycopg2.connect(dbname=database, **{names[n]: v for n, v in options.items() if n in names})
    connection.autocommit = True
    return connection


@pytest.fixture(scope="session")
def fresh_database(options: dict[str, str]) -> Callable[[str], contextlib.AbstractContextManager[str]]:
    """Makes copies of the template, each dropped afterwards."""
    template = os.environ.get("MED_TEMPLATE_DB") or options["db_name"]
    numbers = itertools.count()

    @contextlib.contextmanager
    def copy(suffix: str) -> Any:
        # never the same name twice: the notes about the evidence lie outside of the database, by its name
        name = f"{template}_{suffix}_{os.getpid()}_{next(numbers)}"
        connection = connect(options, "postgres")
        with connection.cursor() as cursor:
            make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            cursor.execute(make.format(sql.Identifier(name), sql.Identifier(template)))
            try:
                yield name
            finally:
                cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
                connection.close()

    return copy


@pytest.fixture(scope="session")
def database(fresh_database: Callable[[str], contextlib.AbstractContextManager[str]]) -> Any:
    """The running server's own copy."""
    with fresh_database("live") as name:
        yield name


@pytest.fixture(scope="session")
def own_config(odoo_config: Path, database: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """The given configuration with our database, a free port and one process."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(odoo_config)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    parser["options"].update(
        db_name=database,
        dbfilter=f"^{database}$",
        http_interface="127.0.0.1",
        http_port=str(port),
        gevent_port=str(port),
        workers="0",
        max_cron_threads="0",
    )
    path = tmp_path_factory.mktemp("live") / "odoo.conf"
    with path.open("w", encoding="utf-8") as file:
        parser.write(file)
    return path, port


@pytest.fixture(scope="session")
def prepared(own_config: tuple[Path, int]) -> dict[str, Any]:
    """Users with API keys and master data, made by the system itself (``prepare.py``)."""
    path, _port = own_config
    done = subprocess.run(
        [*ODOO, "shell", "-c", str(path), "--no-http", "--log-level=error"],
        input=(HERE / "prepare.py").read_text(encoding="utf-8"),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    marked = [line for line in done.stdout.splitlines() if line.startswith("PREPARED ")]
    assert marked, f"preparing failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return json.loads(marked[-1].removeprefix("PREPARED "))


@pytest.fixture(scope="session")
def live(own_config: tuple[Path, int], prepared: dict[str, Any], options: dict[str, str], database: str) -> Any:
    """The server, as its users and its database see it."""
    path, port = own_config
    log = path.with_name("odoo.log")
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen([*ODOO, "server", "-c", str(path)], stdout=output, stderr=output)
        connection = connect(options, database)
        try:
            wait_for(url, process, log)
            clients = {name: Client(url, database, key) for name, key in prepared["keys"].items()}
            yield Live(connection=connection, ids=prepared["ids"], **clients)
        finally:
            connection.close()
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(requests.RequestException):
            if requests.get(f"{url}/web/health", timeout=5).ok:
                return
        time.sleep(0.3)
    pytest.fail(f"Odoo did not start; its log ends with:\n{log.read_text(errors='replace')[-4000:]}")
