"""What the cold-chain benchmarks share: a served Odoo in this process, watched rooms, a transmitter that sends."""

from __future__ import annotations

import http.client
import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def served(env: Any) -> Iterator[int]:
    """Odoo's own WSGI application on a free port of this machine; yields the port."""
    import odoo.http
    from odoo.tools import config
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        # connections are kept, as a transmitter and a proxy keep them
        protocol_version = "HTTP/1.1"
        # head and body of an answer are two packets; the second must not wait for the first one's receipt
        disable_nagle_algorithm = True

        def log(self, *_args: Any, **_kwargs: Any) -> None:
            pass

    # one database, whatever else this server holds
    config["db_name"], config["dbfilter"] = [env.cr.dbname], f"^{env.cr.dbname}$"
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, odoo.http.root, threaded=True, request_handler=Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()


def rooms(env: Any, count: int, prefix: str, **profile: Any) -> tuple[Any, str]:
    """``count`` watched rooms with one sensor each and the key of the transmitter of them all; committed."""
    prefix = f"{prefix} {time.time():.0f}"  # also where this ran before
    watched = env["med.storage.profile"].create(
        {"name": prefix, "has_min": True, "min_temp": 2, "has_max": True, "max_temp": 8, **profile}
    )
    device = env["med.temperature.device"].create({"name": prefix, "serial": prefix})
    equipment = env["maintenance.equipment"].create(
        [
            {
                "name": f"{prefix} {n}",
                "med_kind": "room",
                "med_profile_id": watched.id,
                "company_id": env.company.id,
            }
            for n in range(count)
        ]
    )
    sensors = env["med.temperature.sensor"].create(
        [
            {"name": "1", "serial": f"{prefix}-{n}", "equipment_id": room.id, "device_id": device.id}
            for n, room in enumerate(equipment)
        ]
    )
    key = device._make_key()
    env.cr.commit()
    return sensors, key


class Sender:
    """A transmitter: one kept connection, a batch at a time, answered before the next."""

    def __init__(self, port: int, key: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def send(self, body: bytes) -> dict[str, Any]:
        self._connection.request("POST", "/med_coldchain/readings", body, self._headers)
        response = self._connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {answer}")
        return answer

    def close(self) -> None:
        self._connection.close()


def memory_mb() -> float:
    """Resident memory of this process."""
    with open("/proc/self/status", encoding="utf-8") as file:
        line = next(line for line in file if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def wait_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
