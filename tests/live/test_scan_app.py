"""The scanning app on a real Chromium at phone size, against a real server that comes and goes.

The network is cut, the page is reloaded, answers are lost, the server restarts: every scan is there
once, in its order, and what the phone says is what the server has.
"""

from __future__ import annotations

import configparser
import contextlib
import json
import os
import random
import socket
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import HERE, ODOO, START_SECONDS, connect, wait_for

from tools import browser as chromium

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright drives the phone: requirements-dev.txt")
SIZES = [50, 6, *[10] * 5]
PHONE = {"width": 360, "height": 740}
SLOW = 30_000


class Shop:
    """A database with deliveries to pick, and a server that can be stopped and started."""

    def __init__(self, conf: Path, port: int, connection: Any, deliveries: list[dict[str, Any]]) -> None:
        self.conf, self.connection, self.deliveries = conf, connection, deliveries
        self.url = f"http://127.0.0.1:{port}"
        self.log = conf.with_name("scan.log")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen([*ODOO, "server", "-c", str(self.conf)], stdout=output, stderr=output)
        wait_for(self.url, self.process, self.log)

    def stop(self) -> None:
        """As a power cut does it."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def query(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall()

    def picked(self, delivery: dict[str, Any]) -> set[str]:
        rows = self.query(
            "SELECT l.name FROM stock_move_line m JOIN stock_lot l ON l.id = m.lot_id"
            " WHERE m.picking_id = %s AND m.picked AND m.med_scanned_qty = 1",
            delivery["id"],
        )
        return {name for (name,) in rows}

    def taken(self, delivery: dict[str, Any]) -> list[str]:
        """The lots of the scans that counted, in their order."""
        rows = self.query(
            "SELECT l.name FROM med_scan_event e JOIN stock_lot l ON l.id = e.lot_id"
            " WHERE e.picking_id = %s AND e.is_right AND e.changes IS NOT NULL ORDER BY e.id",
            delivery["id"],
        )
        return [name for (name,) in rows]


@pytest.fixture(scope="module")
def shop(
    options: dict[str, str],
    odoo_config: Path,
    fresh_database: Callable[[str], contextlib.AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shop]:
    with fresh_database("scan") as database:
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
        conf = tmp_path_factory.mktemp("scan") / "odoo.conf"
        with conf.open("w", encoding="utf-8") as file:
            parser.write(file)
        done = subprocess.run(
            [*ODOO, "shell", "-c", str(conf), "--no-http", "--log-level=error"],
            input=(HERE / "scan_shop.py").read_text(encoding="utf-8"),
            env={**os.environ, "SCAN_SIZES": json.dumps(SIZES)},
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        marked = [line for line in done.stdout.splitlines() if line.startswith("PREPARED ")]
        assert marked, f"preparing failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        connection = connect(options, database)
        shop = Shop(conf, port, connection, json.loads(marked[-1].removeprefix("PREPARED ")))
        try:
            shop.start()
            yield shop
        finally:
            shop.stop()
            connection.close()


class Phone:
    """One page of the app, and a scanner that types."""

    def __init__(self, shop: Shop, context: Any) -> None:
        self.shop, self.context = shop, context
        self.page = context.new_page()
        self.page.set_default_timeout(SLOW)
        self.page.goto(f"{shop.url}/web/login?redirect=/med_scan")
        self.page.fill("input[name=login]", "scan_picker")
        self.page.fill("input[name=password]", "picker with a phone")
        self.page.click("form button[type=submit]")
        self.ready()
        # the worker has to hold the page before the network goes
        self.page.wait_for_function(
            "async () => navigator.serviceWorker?.controller !== undefined"
            " && Boolean(await (await caches.open('med-scan-1')).match('/med_scan'))"
        )

    def ready(self) -> None:
        self.page.wait_for_selector("body.ms-ready")

    def open(self, delivery: dict[str, Any]) -> None:
        if self.page.locator(".ms-back").count():
            self.page.click(".ms-back")
        self.page.click(f"[data-id='{delivery['id']}']")
        self.page.wait_for_selector(".ms-goods, .ms-complete")

    def scan(self, code: str) -> None:
        """Key events as a wedge sends them, and the answer that follows."""
        before = self.page.get_attribute(".ms-answer", "data-number")
        self.page.evaluate(
            """(code) => {
                const press = (key, ctrlKey = false) => document.body.dispatchEvent(
                    new KeyboardEvent("keydown", { key, ctrlKey, bubbles: true, cancelable: true }));
                for (const c of code) {
                    c === "\\x1d" ? press("]", true) : press(c);
                }
                press("Enter");
            }""",
            code,
        )
        self.page.wait_for_function(
            "(n) => (document.querySelector('.ms-answer')?.dataset.number ?? n) !== n", arg=before or "", polling=10
        )

    @property
    def tone(self) -> str:
        return self.page.get_attribute(".ms-answer", "class").split("ms-")[-1].strip()

    @property
    def milliseconds(self) -> int:
        return int(self.page.get_attribute(".ms-answer", "data-ms"))

    def reload(self) -> None:
        self.page.reload()
        self.ready()

    def wait_until_sent(self) -> None:
        self.page.wait_for_function(
            "() => document.querySelector('.ms-net-on')?.textContent.match(/^\\D*$/)", timeout=SLOW
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program = chromium.find()
    if program is None:
        pytest.skip("no Chromium is installed")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def phone(shop: Shop, browser: Any) -> Iterator[Phone]:
    context = browser.new_context(viewport=PHONE, has_touch=True, timezone_id="Asia/Shanghai", locale="en-US")
    yield Phone(shop, context)
    context.close()


@pytest.mark.browser
def test_fifty_lines_while_the_network_goes_and_the_server_restarts(shop: Shop, phone: Phone) -> None:
    delivery = shop.deliveries[0]
    codes, lots = delivery["codes"], delivery["lots"]
    phone.open(delivery)
    online, offline = [], []
    for code in codes[:12]:
        phone.scan(code)
        assert phone.tone == "right"
        online.append(phone.milliseconds)
    phone.context.set_offline(True)
    for code in codes[12:25]:
        phone.scan(code)
        assert phone.tone == "right"
        offline.append(phone.milliseconds)
    phone.reload()  # without network: from what the phone keeps
    assert "13" in phone.page.inner_text(".ms-net-off")
    for code in codes[25:35]:
        phone.scan(code)
    shop.stop()
    phone.context.set_offline(False)
    for code in codes[35:45]:
        phone.scan(code)  # there is a network again, and no server
        assert phone.tone == "right"
    assert "33" in phone.page.inner_text(".ms-net-off")
    assert shop.taken(delivery) == lots[:12]
    shop.start()
    phone.wait_until_sent()
    for code in codes[45:]:
        phone.scan(code)
    phone.page.wait_for_selector(".ms-complete")
    phone.wait_until_sent()
    assert shop.taken(delivery) == lots  # all fifty, once, in their order
    assert shop.picked(delivery) == set(lots)
    assert shop.query("SELECT max(queue), max(refused) FROM med_scan_device")[0][1] == 0
    print(f"online {statistics.median(online)} ms, offline {statistics.median(offline)} ms")  # noqa: T201
    assert statistics.median(offline) < 100
    assert statistics.median(online) < 300


@pytest.mark.browser
def test_what_the_server_refuses_is_shown_where_it_belongs(shop: Shop, phone: Phone) -> None:
    delivery = shop.deliveries[1]
    phone.open(delivery)
    phone.context.set_offline(True)
    phone.scan(delivery["codes"][0])
    phone.scan(delivery["codes"][1])
    # meanwhile a colleague takes the first one
    shop.query(
        "UPDATE stock_move_line SET picked = true, med_scanned_qty = 1 WHERE picking_id = %s AND lot_id ="
        " (SELECT id FROM stock_lot WHERE name = %s) RETURNING id",
        delivery["id"],
        delivery["lots"][0],
    )
    phone.context.set_offline(False)
    phone.wait_until_sent()
    assert shop.taken(delivery) == delivery["lots"][1:2]
    phone.page.wait_for_selector(".ms-net-refused")
    phone.reload()  # it is still there
    phone.page.click(".ms-net-refused")
    assert delivery["lots"][0] in phone.page.inner_text(".ms-refused")
    phone.page.click(".ms-refused .ms-button")
    phone.page.wait_for_selector(".ms-net-refused", state="detached")


def film(file: Path, pictures: list[list[str]]) -> None:
    """A film (YUV4MPEG2) of these symbols, each for a second and a half, as a camera would see them."""
    width, height = 960, 540
    with file.open("wb") as out:
        out.write(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode())
        for rows in pictures:
            pixels = [bytes.fromhex(row) for row in rows]
            left, above = (width - len(pixels[0])) // 2, (height - len(pixels)) // 2
            assert left >= 0
            assert above >= 0
            white = b"\xff" * width
            frame = [white] * above
            for row in pixels:
                frame.append(b"\xff" * left + row + b"\xff" * (width - left - len(row)))
            frame += [white] * (height - len(frame))
            for _i in range(15):
                out.write(b"FRAME\n" + b"".join(frame) + b"\x80" * (width * height // 2))


@pytest.mark.browser
def test_the_camera_reads_data_matrix_and_gs1_128(shop: Shop, browser: Any, tmp_path: Path) -> None:
    """Real symbols of a well-kept encoder, read by Odoo's own decoder, one after the other."""
    delivery = shop.deliveries[1]
    film(tmp_path / "labels.y4m", delivery["seen"])
    flags = ["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    with browser.browser_type.launch(
        executable_path=chromium.find(),
        args=[*flags, f"--use-file-for-fake-video-capture={tmp_path / 'labels.y4m'}"],
    ) as seeing:
        phone = Phone(shop, seeing.new_context(viewport=PHONE, permissions=["camera"]))
        phone.open(delivery)
        phone.page.click(".ms-tool >> nth=1")
        phone.page.wait_for_selector(".ms-camera video")
        deadline = time.monotonic() + SLOW / 1000
        while not set(delivery["lots"][-2:]) <= shop.picked(delivery) and time.monotonic() < deadline:
            phone.page.wait_for_timeout(300)
    assert set(delivery["lots"][-2:]) <= shop.picked(delivery)
    entries = shop.query(
        "SELECT DISTINCT entry FROM med_scan_event e JOIN stock_lot l ON l.id = e.lot_id WHERE l.name = ANY(%s)",
        delivery["lots"][-2:],
    )
    assert entries == [("camera",)]


@pytest.mark.browser
def test_random_cuts_end_in_the_same_state(shop: Shop, phone: Phone) -> None:
    """Twenty cuts, each in another place: the network goes, an answer is lost on its way back, the page
    is closed in the middle, a scan is undone, a wrong one comes between."""
    choose = random.Random(20261124)
    cuts = 0
    for delivery in shop.deliveries[2:]:
        codes, lots = delivery["codes"], delivery["lots"]
        phone.open(delivery)
        places = set(choose.sample(range(len(codes)), 4))
        for index, code in enumerate(codes):
            if index in places:
                cuts += 1
                cut(phone, choose.randrange(4), code)
            phone.scan(code)
            if phone.tone == "wrong":  # the cut took it already: the phone knows
                assert lots[index] in phone.page.inner_text(".ms-answer")
            if choose.random() < 0.2:
                phone.page.keyboard.press("F2")
                phone.page.wait_for_timeout(150)
                phone.scan(code)
            if choose.random() < 0.3:
                phone.context.set_offline(False)
        phone.context.set_offline(False)
        phone.wait_until_sent()
        assert shop.picked(delivery) == set(lots), delivery["name"]
        phone.page.wait_for_selector(".ms-complete")
    assert cuts == 20
    assert shop.query("SELECT count(*) - count(DISTINCT key) FROM med_scan_event") == [(0,)]


def cut(phone: Phone, how: int, code: str) -> None:
    if how == 0:
        phone.context.set_offline(True)
    elif how == 1:  # the server did it, and its answer never arrives
        phone.page.route("**/med.scan.app/scan", lose, times=1)
    elif how == 2:
        phone.context.set_offline(True)
        phone.reload()
    else:
        phone.page.evaluate("location.reload()")
        time.sleep(random.Random(code).random() * 0.3)
        phone.ready()


def lose(route: Any) -> None:
    route.fetch()
    time.sleep(0.05)
    route.abort("connectionfailed")
