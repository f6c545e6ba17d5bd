"""Fifty pickers scan at once over HTTP, against plain Odoo writing the same quantity on a move line."""

from __future__ import annotations

import contextlib
import json
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from benchmarks.kit import Table, counting_queries, plain_odoo

PASSWORD = "bench password"
GTIN = "09506000134352"
START_SECONDS = 180
SPREAD = 1.0  # seconds within which all pickers scan
WORKERS = 2  # what two cores are for
# What Odoo's own log says of a request: queries, seconds in them, seconds beside them.
SERVED = re.compile(r'"POST ([^\s#]+)\S* HTTP/1\.\d" 200 (?:-|\d+) (\d+) ([\d.]+) ([\d.]+)')


def run(env: Any, small: bool) -> Table:
    pickers, lines, rounds = (4, 6, 5) if small else (50, 14, 12)
    many_lines = 50 if small else 300
    table = Table(("side", "p50 ms", "p95 ms", "queries", "at the phone p50 ms", "requests"))
    with plain_odoo(env) as plain:
        theirs = [_delivery(plain, number, lines) for number in range(pickers)]
        ours = [_delivery(env, number, lines, regulated=True) for number in range(pickers)]
        few, many = (_queries(env, size) for size in (5, many_lines))
        for side in (plain, env):
            _passwords(side)
            side.cr.commit()
            side.cr.execute("ANALYZE")
            side.cr.commit()
        with _server(plain) as plain_site, _server(env) as our_site:
            sides = (
                _Side(plain_site, theirs, lambda turn, one: ("stock.move.line", "write", _written(one, turn))),
                _Side(our_site, ours, lambda turn, one: ("med.scan.app", "scan", _scanned(one, turn))),
            )
            for turn in range(rounds + 1):
                for side in sides if turn % 2 else reversed(sides):
                    side.turn(turn, warm=turn == 0)
            measured = [side.figures() for side in sides]
        env.invalidate_all()
        env.cr.rollback()
        _check(env, ours, rounds)
    for name, figures in zip(("plain Odoo", "scan"), measured, strict=True):
        table.add(name, figures["p50"], figures["p95"], figures["queries"], figures["phone"], figures["requests"])
    table.add(f"queries of one scan: 5 lines {few}, {many_lines} lines {many}", "", "", "", "", "")
    table.keys |= {
        "median_ratio": round(measured[1]["p50"] / measured[0]["p50"], 3),
        "p50_ms": round(measured[1]["p50"], 1),
        "p95_ms": round(measured[1]["p95"], 1),
        "plain_p50_ms": round(measured[0]["p50"], 1),
        "extra_queries_of_many_lines": many - few,
    }
    return table


def _written(one: dict[str, Any], turn: int) -> list[Any]:
    return [[one["line_ids"][turn]], {"quantity": 1, "picked": True}]


def _scanned(one: dict[str, Any], turn: int) -> list[Any]:
    return [one["id"], one["codes"][turn], f"bench-{one['id']}-{turn:06}", "bench"]


class _Side:
    """One server and its pickers, each with a session and a delivery of his own."""

    def __init__(
        self,
        site: _Site,
        deliveries: Sequence[dict[str, Any]],
        step: Callable[[int, dict[str, Any]], tuple[str, str, list[Any]]],
    ) -> None:
        self.site, self.deliveries, self.step = site, deliveries, step
        with ThreadPoolExecutor(WORKERS) as pool:
            self.callers = list(pool.map(site.login, [one["login"] for one in deliveries]))
        self.phone: list[float] = []
        self.from_line = 0

    def turn(self, turn: int, *, warm: bool) -> None:
        """Every picker one step, all at once."""
        failures: list[Exception] = []
        choose = random.Random(turn)

        def act(caller: Callable[..., Any], one: dict[str, Any], wait: float) -> None:
            time.sleep(wait)  # people do not press in the same millisecond
            start = time.perf_counter()
            try:
                model, method, args = self.step(turn, one)
                answer = caller(model, method, args)
                if isinstance(answer, dict) and not answer["ok"]:
                    raise RuntimeError(answer["message"])
            except Exception as error:  # noqa: BLE001 - told below, in the thread that asks
                failures.append(error)
            self.phone.append(time.perf_counter() - start)

        threads = [
            threading.Thread(target=act, args=(caller, one, choose.random() * SPREAD))
            for caller, one in zip(self.callers, self.deliveries, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        if warm:
            self.phone.clear()
            self.from_line = len(self.site.served())

    def figures(self) -> dict[str, float]:
        served = self.site.served()[self.from_line :]
        if len(served) < len(self.phone) * 0.98:
            raise RuntimeError(f"the log tells of {len(served)} requests, {len(self.phone)} were made")
        seconds = sorted(took for took, _queries in served)
        return {
            "p50": statistics.median(seconds) * 1000,
            "p95": seconds[int(len(seconds) * 0.95)] * 1000,
            "queries": statistics.median(queries for _took, queries in served),
            "phone": statistics.median(self.phone) * 1000,
            "requests": len(served),
        }


class _Site:
    """A running server: its address, and what its log says of the steps."""

    def __init__(self, url: str, database: str, log: Path) -> None:
        self.url, self.database, self.log = url, database, log

    def login(self, login: str) -> Callable[..., Any]:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

        def post(path: str, params: dict[str, Any]) -> Any:
            body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
            request = urllib.request.Request(self.url + path, body, {"Content-Type": "application/json"})
            for attempt in range(3):
                try:
                    with opener.open(request, timeout=120) as response:
                        answer = json.loads(response.read())
                    break
                except ConnectionError:  # the few seats before Odoo's workers are taken: as a phone, once more
                    if attempt == 2:
                        raise
                    time.sleep(0.2)
            if "error" in answer:
                raise RuntimeError(answer["error"]["data"]["message"])
            return answer.get("result")

        post("/web/session/authenticate", {"db": self.database, "login": login, "password": PASSWORD})

        def call(model: str, method: str, args: list[Any]) -> Any:
            params = {"model": model, "method": method, "args": args, "kwargs": {}}
            return post(f"/web/dataset/call_kw/{model}/{method}", params)

        return call

    def served(self) -> list[tuple[float, int]]:
        """(seconds, queries) of every step so far."""
        found = []
        for match in SERVED.finditer(self.log.read_text(encoding="utf-8", errors="replace")):
            path, queries, in_sql, beside = match.groups()
            if path.endswith(("/scan", "/write")):
                found.append((float(in_sql) + float(beside), int(queries)))
        return found


@contextlib.contextmanager
def _server(env: Any) -> Iterator[_Site]:
    """Odoo with its workers on the database of ``env``."""
    from odoo.tools import config

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = env.cr.dbname
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "odoo.log"
        command = [sys.executable, "-m", "odoo", "server", "-c", str(config["config"]), "-d", database]
        command += [f"--db-filter=^{database}$", "--http-interface=127.0.0.1", f"--http-port={port}"]
        command += [f"--gevent-port={port + 1}", f"--workers={WORKERS}", "--max-cron-threads=0", "--log-level=info"]
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output)
        site = _Site(f"http://127.0.0.1:{port}", database, log)
        try:
            _wait(site, process)
            yield site
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(site: _Site, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{site.url}/web/health", timeout=5).close()
            return
        time.sleep(0.3)
    raise RuntimeError(f"the server did not start:\n{site.log.read_text(encoding='utf-8')[-2000:]}")


def _delivery(env: Any, number: int, size: int, *, regulated: bool = False) -> dict[str, Any]:
    """A reserved delivery of ``size`` lots, one piece each, and a picker of its own."""
    from odoo import Command, fields

    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    customers = env.ref("stock.stock_location_customers")
    picker = env["res.users"].create(
        {
            "name": f"Picker {number}",
            "login": f"bench_scan_{number}",
            "group_ids": [
                Command.link(env.ref("med_master_data.group_med_picker" if regulated else "stock.group_stock_user").id)
            ],
        }
    )
    hospital = env["res.partner"].create({"name": f"Scan hospital {number}", "is_company": True})
    product = _product(env, regulated)
    lots = env["stock.lot"].create([{"name": f"SC{number}-{n}", "product_id": product.id} for n in range(size)])
    dates = ("expiration_date", "removal_date", "use_date", "alert_date")
    lots.write({name: fields.Datetime.now() + timedelta(days=500) for name in dates})
    if regulated:
        lots._med_set_status("released")
        today = fields.Date.today()
        env["med.partner.licence"].create(
            {
                "partner_id": hospital.id,
                "kind": "distribution",
                "number": f"SCAN-{number}",
                "scope_class_3": True,
                "valid_from": today - timedelta(days=300),
                "valid_to": today + timedelta(days=300),
            }
        )
    shelf = warehouse.lot_stock_id
    env["stock.quant"].sudo().create(
        [{"product_id": product.id, "lot_id": lot.id, "location_id": shelf.id, "quantity": 1} for lot in lots]
    )
    picking = env["stock.picking"].create(
        {
            "picking_type_id": warehouse.out_type_id.id,
            "partner_id": hospital.id,
            "location_id": shelf.id,
            "location_dest_id": customers.id,
        }
    )
    line = {"product_id": product.id, "picking_id": picking.id, "location_dest_id": customers.id}
    picking.move_ids = [
        Command.create(
            {
                **line,
                "product_uom_qty": size,
                "location_id": shelf.id,
                "move_line_ids": [
                    Command.create({**line, "lot_id": lot.id, "quantity": 1, "location_id": shelf.id}) for lot in lots
                ],
            }
        )
    ]
    picking.action_confirm()
    picking.move_ids.picked = False
    day = f"{fields.Datetime.now() + timedelta(days=500):%y%m%d}"
    return {
        "id": picking.id,
        "login": picker.login,
        "line_ids": picking.move_line_ids.ids,
        "codes": [f"01{GTIN}17{day}10{lot.name}" for lot in lots],
    }


def _passwords(env: Any) -> None:
    """One password for all, hashed once: hashing is slow on purpose."""
    first, *others = env["res.users"].search([("login", "like", "bench_scan_")])
    first.password = PASSWORD
    env.flush_all()
    env.cr.execute(
        "UPDATE res_users SET password = (SELECT password FROM res_users WHERE id = %s) WHERE id = ANY(%s)",
        [first.id, [user.id for user in others]],
    )


def _product(env: Any, regulated: bool) -> Any:
    product = env["product.product"].search([("default_code", "=", "BENCH-SCAN")], limit=1)
    if product:
        return product
    values = {"med_is_device": True, "med_device_class": "III"} if regulated else {}
    product = env["product.product"].create(
        {
            "name": "Scanned product",
            "default_code": "BENCH-SCAN",
            "is_storable": True,
            "tracking": "lot",
            "use_expiration_date": True,
            **values,
        }
    )
    if regulated:
        env["med.product.identifier"].create(
            {"product_tmpl_id": product.product_tmpl_id.id, "di": GTIN, "agency": "GS1"}
        )
        rules = ("lot_missing", "expired", "lot_not_released", "shelf_life_short", "licence_invalid", "lot_identity")
        # a demo-free database has no dossiers: the rules about them have benchmarks of their own
        env["med.gate.policy"].search([("rule", "not in", rules)]).active = False
    return product


def _queries(env: Any, size: int) -> int:
    """What one scan asks of the database on a delivery of ``size`` lines."""
    one = _delivery(env, 10_000 + size, size, regulated=True)
    app = env["med.scan.app"].with_user(env["res.users"].search([("login", "=", one["login"])]))
    app.scan(one["id"], one["codes"][0], f"bench-warm-{size}")
    env.flush_all()
    env.invalidate_all()
    with counting_queries(env) as counted:
        answer = app.scan(one["id"], one["codes"][1], f"bench-count-{size}")
    if not answer["ok"]:
        raise RuntimeError(answer["message"])
    return counted.count


def _check(env: Any, deliveries: Sequence[dict[str, Any]], rounds: int) -> None:
    """Fast and wrong would be no figure."""
    for one in deliveries:
        picked = env["stock.picking"].browse(one["id"]).move_line_ids.filtered("picked")
        if len(picked) != rounds + 1:
            raise RuntimeError(f"{len(picked)} lines are picked instead of {rounds + 1}")
