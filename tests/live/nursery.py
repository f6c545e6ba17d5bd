"""Real processes that can be killed: forks of an Odoo that loaded everything once."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg2

# Odoo takes seconds to start, a fork of it none: the parent loads everything once, keeps no connection
# and only forks. Each child is a process of its own, with connections of its own, that can be killed.
NURSERY = """
import json, os, signal, sys, time, traceback
import odoo.api, odoo.sql_db, odoo.tools
from odoo.modules.registry import Registry
odoo.tools.config.parse_config(sys.argv[1:], setup_logging=True)
registry = Registry(odoo.tools.config["db_name"][0])
from odoo.addons.med_evidence.cli.evidence_verify import EvidenceVerify
registry.clear_all_caches()
odoo.sql_db.close_all()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)

def wait():
    print("READY", flush=True)
    time.sleep(600)

def work(task):
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(task["path"] + name, os.O_WRONLY | os.O_CREAT), number)
    if "verify" in task:
        EvidenceVerify().run(task["verify"])
    cr = registry.cursor()
    env = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
    Event, Seal = env["med.evidence.event"], env["med.evidence.seal"]
    exec(task["body"], {**globals(), **locals()})

print("BORN", flush=True)
for line in sys.stdin:
    task = json.loads(line)
    if pid := os.fork():
        print(pid, flush=True)
        continue
    code = 0
    try:
        work(task)
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        code = 1
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    with open(task["path"] + "new", "w") as file:
        file.write(str(code))
    os.rename(task["path"] + "new", task["path"] + "code")
    os._exit(code)
"""


class Child(NamedTuple):
    """A process of the nursery, with the files that it writes."""

    pid: int
    path: str

    def read(self, name: str) -> str:
        with contextlib.suppress(FileNotFoundError):
            return Path(self.path + name).read_text(encoding="utf-8")
        return ""

    def until(self, is_done: Callable[[], Any], seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while not is_done():
            assert time.monotonic() < end, self.read("err") or "the process says nothing"
            time.sleep(0.02)

    def done(self) -> subprocess.CompletedProcess[str]:
        self.until(lambda: self.read("code"))
        return subprocess.CompletedProcess([], int(self.read("code")), self.read("out"), self.read("err"))


class Installation(NamedTuple):
    """A database of its own with a folder of its own for keys and notes."""

    config: Path
    database: str
    folder: Path
    connection: Any
    nursery: subprocess.Popen[str]
    numbers: Iterator[int]

    def fork(self, **task: Any) -> Child:
        path = str(self.config.parent / f"child-{next(self.numbers)}.")
        assert self.nursery.stdin
        assert self.nursery.stdout
        self.nursery.stdin.write(json.dumps({**task, "path": path}) + "\n")
        self.nursery.stdin.flush()
        return Child(int(self.nursery.stdout.readline()), path)

    def start(self, body: str) -> Child:
        return self.fork(body=textwrap.dedent(body))

    def run(self, body: str) -> str:
        done = self.start(body).done()
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def kill_when_ready(self, body: str) -> None:
        child = self.start(body)
        child.until(lambda: child.read("out") == "READY\n" or child.read("code"))
        assert child.read("out") == "READY\n", child.read("err")
        os.kill(child.pid, signal.SIGKILL)

    def verify(self) -> subprocess.CompletedProcess[str]:
        """The command that a user of an Odoo of his own calls, without the seconds of its start."""
        return self.fork(verify=["-c", str(self.config), "-d", self.database, "--quiet"]).done()

    def verify_by_command(self) -> subprocess.CompletedProcess[str]:
        """The same, as it is called."""
        addons = Path(__file__).resolve().parents[2] / "addons"
        command = [sys.executable, "-m", "odoo", f"--addons-path={addons}", "evidence_verify"]
        command += ["-c", str(self.config), "-d", self.database, "--quiet"]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def tamper(self, statement: str) -> None:
        self.query("ALTER TABLE med_evidence_event DISABLE TRIGGER USER")
        self.query(statement)
        self.query("ALTER TABLE med_evidence_event ENABLE TRIGGER USER")


@contextlib.contextmanager
def installation(
    name: str,
    options: dict[str, str],
    fresh_database: Callable[[str], contextlib.AbstractContextManager[str]],
    folder: Path,
) -> Iterator[Installation]:
    """A database ``name`` and the nursery of its processes; ``folder`` for keys and notes."""
    config = folder / "odoo.conf"
    lines = [
        f"{key} = {value}" for key, value in {**options, "med_evidence_dir": str(folder)}.items() if key != "db_name"
    ]
    config.write_text("\n".join(["[options]", *lines, ""]))
    with fresh_database(name) as database:
        names = {"db_host": "host", "db_port": "port", "db_user": "user", "db_password": "password"}
        parameters = {names[key]: value for key, value in options.items() if key in names}
        connection = psycopg2.connect(dbname=database, **parameters)
        connection.autocommit = True
        command = [
            sys.executable,
            "-c",
            NURSERY,
            "-c",
            str(config),
            "-d",
            database,
            "--no-http",
            "--log-level=critical",
        ]
        nursery = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            assert nursery.stdout
            assert nursery.stdout.readline() == "BORN\n"
            yield Installation(config, database, folder / database, connection, nursery, itertools.count())
        finally:
            connection.close()
            nursery.kill()
            nursery.wait()
