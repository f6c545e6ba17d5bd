"""Real processes that die at the worst moment: nothing is lost, nothing is sealed twice."""

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
import pytest

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


@pytest.fixture(scope="module")
def place(
    odoo_config: Path,
    options: dict[str, str],
    fresh_database: Callable[[str], contextlib.AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("evidence")
    config = folder / "odoo.conf"
    lines = [
        f"{name} = {value}" for name, value in {**options, "med_evidence_dir": str(folder)}.items() if name != "db_name"
    ]
    config.write_text("\n".join(["[options]", *lines, ""]))
    with fresh_database("faults") as database:
        names = {"db_host": "host", "db_port": "port", "db_user": "user", "db_password": "password"}
        parameters = {names[name]: value for name, value in options.items() if name in names}
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


def test_killed_between_event_and_commit(place: Installation) -> None:
    """Nothing of it is there, and nothing is missed: it never happened."""
    place.kill_when_ready("Event._record('fault.uncommitted', [{'body': {}}])\nwait()")
    assert place.query("SELECT count(*) FROM med_evidence_event WHERE kind = 'fault.uncommitted'") == [(0,)]
    place.run("Seal._seal()")
    done = place.verify()
    assert done.returncode == 0, done.stderr


def test_killed_after_the_commit_before_it_was_noted(place: Installation) -> None:
    """The event is there and is sealed, although no file speaks of it."""
    place.kill_when_ready("Event._record('fault.committed', [{'body': {}}])\ncr._cnx.commit()\nwait()")
    assert int(place.run("print(Seal._seal())")) >= 1
    assert place.verify().returncode == 0


def test_killed_between_seal_and_commit(place: Installation) -> None:
    """The next sealer seals the same events, once."""
    place.run("Event._record('fault.seal', [{'body': {'n': n}} for n in range(5)])\ncr.commit()")
    sizes = place.query("SELECT max(tree_size), count(*) FROM med_evidence_seal")
    place.kill_when_ready(
        """
        with Seal._sealer() as sealer:
            assert sealer._seal_once(False) >= 5
            wait()
        """
    )
    assert place.query("SELECT max(tree_size), count(*) FROM med_evidence_seal") == sizes
    for _attempt in range(50):  # the server notices the death of its client a little later
        if int(place.run("print(Seal._seal())")) >= 5:
            break
        time.sleep(0.2)
    assert place.query("SELECT count(*) - count(DISTINCT (source, row_id)) FROM med_evidence_leaf") == [(0,)]
    assert place.query(
        "SELECT count(*) FROM med_evidence_event e JOIN med_evidence_leaf l ON l.row_id = e.id AND l.source = 'event'"
        " WHERE e.kind = 'fault.seal'"
    ) == [(5,)]
    assert place.verify().returncode == 0


def test_two_sealers_at_once(place: Installation) -> None:
    """One seals, the other goes home; together they have sealed everything once."""
    place.run("Event._record('fault.two', [{'body': {'n': n}} for n in range(3000)])\ncr.commit()")
    sealers = [place.start("print(Seal._seal())") for _ in range(3)]
    counts = []
    for sealer in sealers:
        done = sealer.done()
        assert done.returncode == 0, done.stderr
        counts.append(int(done.stdout))
    # a sealer that came after the other's commit may seal nothing, never the same again
    assert sum(counts) >= 3000
    assert place.query("SELECT count(*) - count(DISTINCT (source, row_id)) FROM med_evidence_leaf") == [(0,)]
    assert place.query("SELECT count(*) - max(leaf_index) - 1 FROM med_evidence_leaf") == [(0,)]
    assert place.verify().returncode == 0


def test_a_savepoint_that_is_rolled_back_is_no_loss(place: Installation) -> None:
    place.run(
        """
        Event._record('fault.kept', [{'body': {}}])
        try:
            with cr.savepoint():
                Event._record('fault.savepoint', [{'body': {}}])
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        cr.commit()
        """
    )
    done = place.verify()
    assert done.returncode == 0, done.stderr


def test_the_newest_event_is_deleted_before_its_seal(place: Installation) -> None:
    event_id = int(place.run("print(Event._record('fault.newest', [{'body': {}}])[0])\ncr.commit()"))
    assert place.verify().returncode == 0
    place.tamper(f"CREATE TABLE kept AS SELECT * FROM med_evidence_event WHERE id = {event_id}")
    place.tamper(f"DELETE FROM med_evidence_event WHERE id = {event_id}")
    done = place.verify_by_command()
    assert done.returncode == 1
    assert f"First bad event: {event_id}" in done.stderr
    # put back as it was, everything is good again
    place.query("ALTER TABLE med_evidence_event DISABLE TRIGGER USER")
    place.query("INSERT INTO med_evidence_event SELECT * FROM kept")
    place.query("ALTER TABLE med_evidence_event ENABLE TRIGGER USER")
    done = place.verify()
    assert done.returncode == 0, done.stderr


def test_the_clock_was_set_back(place: Installation) -> None:
    """The database has seen a later hour than now: that is on record, once, and no alarm."""
    place.query("ALTER TABLE med_evidence_event DISABLE TRIGGER USER")
    place.query(
        "INSERT INTO med_evidence_event (recorded_at, user_id, user_name, kind, body)"
        " VALUES (now() AT TIME ZONE 'UTC' + interval '3 hours', 1, 'x', 'fault.future', '{}')"
    )
    place.query("ALTER TABLE med_evidence_event ENABLE TRIGGER USER")
    place.run("Seal._seal()")
    place.run("Event._record('fault.now', [{'body': {}}])\ncr.commit()\nSeal._seal()\nSeal._seal()")
    rows = place.query("SELECT body FROM med_evidence_event WHERE kind = 'clock.deviation'")
    (body,) = [json.loads(body) for (body,) in rows]
    assert body["what"] == "set_back"
    assert 10_700 < body["seconds"] <= 10_800
    assert place.verify().returncode == 0


def test_the_key_is_missing_and_a_new_one_is_made(place: Installation) -> None:
    """Sealing goes on unsigned, somebody is told, verification names it; a new key ends it."""
    (key,) = place.folder.glob("key-*.pem")
    assert key.stat().st_mode & 0o777 == 0o600
    key.rename(key.with_suffix(".lost"))
    place.run("Event._record('fault.key', [{'body': {}}])\ncr.commit()\nSeal._seal()")
    assert place.query("SELECT count(*) FROM med_evidence_event WHERE kind = 'evidence.key_missing'") == [(1,)]
    assert place.query("SELECT count(*) FROM mail_activity WHERE res_model = 'med.evidence.verification'") != [(0,)]
    done = place.verify()
    assert done.returncode == 1
    assert "has no signature" in done.stderr
    place.run("env['med.evidence.key']._rotate('lost')\ncr.commit()\nSeal._seal()")
    done = place.verify()
    assert done.returncode == 0, done.stderr


def test_a_key_that_others_may_read_is_not_used(place: Installation) -> None:
    (key,) = place.folder.glob("key-*.pem")
    os.chmod(key, 0o644)
    try:
        out = place.run("K = env['med.evidence.key']\nprint(K._problem_sentence(K._private()[1]))")
        assert "0600" in out
    finally:
        os.chmod(key, 0o600)


def test_an_older_database_is_put_in_place_and_accepted(place: Installation) -> None:
    """The notes know of a seal that the database has forgotten; accepting it takes a reason."""
    (log,) = place.folder.glob("seals-*.log")
    size = place.query("SELECT max(tree_size) FROM med_evidence_seal")[0][0]
    with log.open("a") as file:
        file.write(json.dumps({"tree_size": size + 9, "hash": "0" * 64, "sealed_at": "2026-01-01"}) + "\n")
    done = place.verify()
    assert done.returncode == 1
    assert "older state" in done.stderr
    place.run("Seal._accept_restore('restored after a disk failure')\ncr.commit()\nSeal._seal()")
    assert place.verify().returncode == 0
    assert list(place.folder.glob("seals-*.before-*"))
