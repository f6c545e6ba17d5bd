"""Odoo and its database connections are killed while a transmitter sends, over HTTP and over MQTT with bridge and
broker too: what was answered is stored, nothing counts twice, and the excursions are those of the whole series, judged
offline."""

from __future__ import annotations

import configparser
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import paho.mqtt.client as mqtt
import pytest
import requests
from conftest import ODOO, connect, wait_for
from paho.mqtt.enums import CallbackAPIVersion

ROOT = Path(__file__).resolve().parents[2]
BATCHES = 60
PER_BATCH = 40
STEP = 60
MAKE = """
profile = env["med.storage.profile"].create({"name": "Kill", "has_min": True, "min_temp": 2, "has_max": True,
    "max_temp": 8, "high_delay": 5, "low_delay": 0, "gap_minutes": 30})
for name, letter in (("KILL", "K"), ("KILLM", "M")):
    device = env["med.temperature.device"].create({"name": name, "serial": name})
    for number in range(3):
        serial = f"{letter}-{number}"
        room = env["maintenance.equipment"].create({"name": serial, "med_kind": "room", "med_profile_id": profile.id,
            "company_id": env.company.id})
        env["med.temperature.sensor"].create({"name": "1", "serial": serial, "equipment_id": room.id,
            "device_id": device.id})
    print("KEY", name, device._make_key())
env.cr.commit()
"""


@pytest.fixture(scope="module")
def lib() -> ModuleType:
    """The pure judgement, without the addon's own __init__."""
    package = ModuleType("med_coldchain_pure")
    package.__path__ = [str(ROOT / "addons" / "med_coldchain")]
    sys.modules[package.__name__] = package
    from med_coldchain_pure.lib import judgement

    return judgement


class Server:
    """An Odoo of its own on a copy of the database, to be killed and started again."""

    def __init__(self, config: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.config = config
        self._log = config.with_name("odoo.log")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as output:
            self._process = subprocess.Popen([*ODOO, "server", "-c", str(self.config)], stdout=output, stderr=output)
        wait_for(self.url, self._process, self._log)

    def kill(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()


@pytest.fixture(scope="module")
def place(
    odoo_config: Path, options: dict[str, str], fresh_database: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, dict[str, str], Callable[[str], list[tuple[Any, ...]]]]]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(odoo_config)
    with socket.socket() as free, fresh_database("cold_faults") as database:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        parser["options"].update(
            db_name=database,
            dbfilter=f"^{database}$",
            http_interface="127.0.0.1",
            http_port=str(port),
            gevent_port=str(port),
            workers="0",
            max_cron_threads="0",
        )
        config = tmp_path_factory.mktemp("cold") / "odoo.conf"
        with config.open("w", encoding="utf-8") as file:
            parser.write(file)
        done = subprocess.run(
            [*ODOO, "shell", "-c", str(config), "--no-http", "--log-level=error"],
            input=MAKE,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        keys = dict(line.split()[1:] for line in done.stdout.splitlines() if line.startswith("KEY "))
        assert keys, done.stderr[-3000:]
        connection = connect(options, database)

        def query(statement: str) -> list[tuple[Any, ...]]:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return list(cursor.fetchall())

        server = Server(config, port)
        server.start()
        try:
            yield server, keys, query
        finally:
            server.kill()
            connection.close()


def series(letter: str) -> dict[str, list[tuple[int, int | None]]]:
    """Three courses in and out of range, with silences and failures."""
    rng = random.Random(11)
    start = (int(time.time()) - 6 * 86_400) // 86_400 * 86_400
    courses: dict[str, list[tuple[int, int | None]]] = {}
    for serial in (f"{letter}-{number}" for number in range(3)):
        at, milli, rows = start, 5000, []
        for _n in range(BATCHES * PER_BATCH):
            at += STEP if rng.random() > 0.01 else 45 * STEP
            milli = min(11_000, max(500, milli + rng.randint(-600, 600)))
            rows.append((at, None if rng.random() < 0.005 else milli))
        courses[serial] = rows
    return courses


def batches(courses: dict[str, list[tuple[int, int | None]]]) -> list[dict[str, list[list[float | None]]]]:
    """As they are sent; some come late, after younger ones."""
    found = [
        {
            serial: [[at, None if m is None else m / 1000] for at, m in rows[n * PER_BATCH : (n + 1) * PER_BATCH]]
            for serial, rows in courses.items()
        }
        for n in range(BATCHES)
    ]
    for n in range(5, BATCHES - 1, 9):
        found[n], found[n + 1] = found[n + 1], found[n]
    return found


class Transmitter(threading.Thread):
    """Sends batch after batch, one anew until it is answered."""

    def __init__(self, url: str, key: str, courses: dict[str, list[tuple[int, int | None]]]) -> None:
        super().__init__(daemon=True)
        self._url, self._key = f"{url}/med_coldchain/readings", key
        self._batches = batches(courses)
        self.answered = 0
        self.unanswered = 0

    def run(self) -> None:
        for batch in self._batches:
            while not self._send(batch):
                self.unanswered += 1
                time.sleep(0.05)
            self.answered += 1

    def _send(self, batch: dict[str, list[list[float | None]]]) -> bool:
        try:
            body = json.dumps({"readings": batch})
            answer = requests.post(self._url, data=body, headers={"Authorization": f"Bearer {self._key}"}, timeout=20)
            return answer.status_code == 200
        except requests.RequestException:
            return False

    def wait_for(self, count: int) -> None:
        while self.answered < count and self.is_alive():
            time.sleep(0.002)


def test_nothing_answered_is_lost_and_nothing_counts_twice(place: Any, lib: Any) -> None:
    server, keys, query = place
    courses = series("K")
    sender = Transmitter(server.url, keys["KILL"], courses)
    sender.start()
    rng = random.Random(5)
    for count in (12, 30):
        sender.wait_for(count)
        time.sleep(rng.uniform(0, 0.03))
        server.kill()
        server.start()
    for count in (40, 45, 50):
        sender.wait_for(count)
        query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    sender.join(120)
    assert sender.answered == BATCHES
    assert sender.unanswered
    compare(courses, "K", query, lib)


def compare(courses: dict[str, list[tuple[int, int | None]]], letter: str, query: Any, lib: Any) -> None:
    """Stored is what was sent, once, and judged as the whole series is offline."""
    stored: dict[str, list[tuple[int, int | None]]] = {serial: [] for serial in courses}
    for serial, at, milli in query(
        "SELECT serial, at, milli FROM med_temperature_reading r JOIN med_temperature_sensor s ON s.id = r.sensor_id"
        f" WHERE serial LIKE '{letter}-%' ORDER BY serial, at"
    ):
        stored[serial].append((at, milli))
    assert stored == courses
    terms = lib.Terms(low=2000, high=8000, high_delay=300, gap=1800, window=24 * 3600)
    for serial, rows in courses.items():
        judged = lib.fold(lib.State(), rows, terms)
        wanted = sorted((spell.kind, spell.start, spell.end) for spell in (*judged.closed, *judged.open))
        found = query(
            'SELECT kind, extract(epoch FROM start)::bigint, extract(epoch FROM "end")::bigint'
            " FROM med_temperature_excursion x JOIN med_temperature_sensor s ON s.id = x.sensor_id"
            f" WHERE serial = '{serial}' AND x.state <> 'withdrawn'"
        )
        assert len(wanted) > 5
        assert sorted(found, key=lambda row: row[:2]) == sorted(wanted, key=lambda row: row[:2])


class Broker:
    """A real Mosquitto that keeps its sessions on disk, and the bridge to Odoo; either is stopped and started."""

    def __init__(self, folder: Path, odoo_config: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._config = folder / "mosquitto.conf"
        lines = (
            f"listener {self.port} 127.0.0.1",
            "allow_anonymous true",
            "persistence true",
            f"persistence_location {folder}/",
            *(("user root",) if os.getuid() == 0 else ()),
        )
        self._config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._log = folder / "bridge.log"
        addons = f"--addons-path={ROOT / 'addons'}"
        self._bridge_command = [*ODOO, addons, "med_mqtt", "-c", str(odoo_config), "--broker", f"127.0.0.1:{self.port}"]
        self._broker: subprocess.Popen[bytes] | None = None
        self._bridge: subprocess.Popen[bytes] | None = None

    def start_broker(self) -> None:
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self._broker = subprocess.Popen(
            [program, "-c", str(self._config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def stop_broker(self) -> None:
        # as a service is stopped: what the broker has confirmed and not yet handed on is on its disk then
        if self._broker:
            self._broker.send_signal(signal.SIGTERM)
            self._broker.wait(20)

    def start_bridge(self) -> None:
        with self._log.open("ab") as output:
            self._bridge = subprocess.Popen(self._bridge_command, stdout=output, stderr=output)

    def kill_bridge(self) -> None:
        if self._bridge:
            self._bridge.send_signal(signal.SIGKILL)
            self._bridge.wait()

    def is_listening(self) -> bool:
        return b"listening to" in self._log.read_bytes()


def until(happens: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, f"{what} did not happen in {seconds} s"
        time.sleep(0.05)


def test_over_mqtt_nothing_confirmed_is_lost_and_nothing_counts_twice(place: Any, lib: Any, tmp_path: Path) -> None:
    server, keys, query = place
    courses = series("M")
    broker = Broker(tmp_path, server.config)
    broker.start_broker()
    broker.start_bridge()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="transmitter", clean_session=False)
    client.reconnect_delay_set(1, 1)

    def connected() -> bool:
        try:
            return client.connect("127.0.0.1", broker.port) == mqtt.MQTT_ERR_SUCCESS
        except OSError:
            return False

    def confirmed(body: str) -> bool:
        """What the broker did not confirm is sent again, as over HTTP."""
        try:
            info = client.publish("med_coldchain/KILLM", body, qos=1)
            info.wait_for_publish(5)
        except (RuntimeError, ValueError):
            return False
        return bool(info.is_published())

    try:
        until(connected, 20, "the broker's start")
        # a message published before anybody subscribed is nobody's
        until(broker.is_listening, 60, "the bridge's subscription")
        client.loop_start()
        for number, batch in enumerate(batches(courses)):
            body = json.dumps({"key": keys["KILLM"], "readings": batch})
            until(lambda body=body: confirmed(body), 60, "the broker's confirmation")
            if number in (10, 25, 40):
                broker.kill_bridge()
                broker.start_bridge()
            if number in (18, 33):
                broker.stop_broker()
                broker.start_broker()
            if number in (30, 45):
                query(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        count = sum(map(len, courses.values()))
        stored = (
            "SELECT count(*) FROM med_temperature_reading r JOIN med_temperature_sensor s ON s.id = r.sensor_id"
            " WHERE serial LIKE 'M-%'"
        )
        until(lambda: query(stored)[0][0] >= count, 120, f"the last of {count} readings")
    finally:
        client.loop_stop()
        broker.kill_bridge()
        broker.stop_broker()
    compare(courses, "M", query, lib)
