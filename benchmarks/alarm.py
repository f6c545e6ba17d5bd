"""From a reading received to its alarm on the bus: 1,000 sensors, one reading each ten seconds."""

from __future__ import annotations

import json
import random
import select
import statistics
import threading
import time
from typing import Any

from benchmarks import cold
from benchmarks.kit import Table

GATEWAYS = 10


def run(env: Any, small: bool) -> Table:
    sensors_each, seconds, alarms = (20, 5, 10) if small else (100, 60, 120)
    user = env.ref("base.user_admin")
    env.company.write({"med_alarm_user_ids": [(6, 0, user.ids)], "med_excursion_hold": True})
    gateways = [cold.rooms(env, sensors_each, f"GW{n}") for n in range(GATEWAYS)]
    listener = Listener(env.cr.dbname)
    listener.start()
    rng = random.Random(4)
    events = [(rng.uniform(1, seconds - 1), rng.randrange(GATEWAYS)) for _ in range(alarms)]
    with cold.served(env) as port:
        threads = [
            threading.Thread(
                target=transmit,
                args=(port, key, [s.serial for s in sensors], seconds, [at for at, n in events if n == gateway]),
                kwargs={"sent": listener.sent},
            )
            for gateway, (sensors, key) in enumerate(gateways)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # how late an alarm is, is measured; that it comes at all is waited for
        patience = time.monotonic() + 30
        while listener.count < len(listener.sent) and time.monotonic() < patience:
            time.sleep(0.1)
    listener.stop()
    waits = listener.waits(env)
    if len(waits) != len(listener.sent) or not waits:
        raise RuntimeError(f"{len(waits)} alarms of {len(listener.sent)} came")
    table = Table(("sensors", "readings a second", "alarms", "median s", "p95 s", "slowest s"))
    p95 = statistics.quantiles(waits, n=20)[-1]
    rate = GATEWAYS * sensors_each / 10
    table.add(GATEWAYS * sensors_each, rate, len(waits), statistics.median(waits), p95, max(waits))
    table.keys |= {"p95_s": round(p95, 3), "median_s": round(statistics.median(waits), 3), "alarms": len(waits)}
    return table


def transmit(
    port: int, key: str, serials: list[str], seconds: int, alarms: list[float], sent: dict[str, float]
) -> None:
    """A gateway: each second the readings of a tenth of its sensors; at ``alarms`` one of them is too warm."""
    sender = cold.Sender(port, key)
    begin = time.monotonic()
    waiting = sorted(alarms)
    warm: set[str] = set()
    tenth = max(1, len(serials) // 10)
    for second in range(seconds):
        cold.wait_until(begin + second)
        turn = serials[second % 10 * tenth : second % 10 * tenth + tenth] or serials[:tenth]
        now = int(time.time())
        fresh = [serial for serial in turn if serial not in warm]
        while waiting and waiting[0] <= second + 1 and fresh:
            waiting.pop(0)
            serial = fresh.pop()
            warm.add(serial)
            sent[serial] = time.time()
        sender.send(json.dumps({"readings": {s: [[now, 12.0 if s in warm else 5.0]] for s in turn}}).encode())
    sender.close()


class Listener(threading.Thread):
    """Listens on the bus of the database as Odoo's websocket workers do."""

    def __init__(self, database: str) -> None:
        super().__init__(daemon=True)
        self._database = database
        self._over = threading.Event()
        self.sent: dict[str, float] = {}
        self._arrivals: list[float] = []
        self._came: dict[int, float] = {}

    @property
    def count(self) -> int:
        return len(self._came)

    def run(self) -> None:
        import odoo.sql_db

        with odoo.sql_db.db_connect("postgres").cursor() as cr:
            cr.execute("LISTEN imbus")
            cr.commit()
            connection = cr._cnx
            with odoo.sql_db.db_connect(self._database).cursor() as own:
                own.execute("SELECT COALESCE(max(id), 0) FROM bus_bus")
                first = own.fetchone()[0]
                own.commit()
                while not self._over.is_set():
                    if select.select([connection], [], [], 0.2)[0]:
                        connection.poll()
                        if connection.notifies:
                            connection.notifies.clear()
                            now = time.time()
                            # not "later than the last": what began earlier may be committed later
                            own.execute(
                                "SELECT id, message FROM bus_bus WHERE id > %s AND message LIKE %s ORDER BY id",
                                [first, "%med_coldchain.alarm%"],
                            )
                            # a later number may be committed first: look at all of them again
                            for _number, message in own.fetchall():
                                self._came.setdefault(json.loads(message)["payload"]["excursion_id"], now)
                            own.commit()

    def stop(self) -> None:
        self._over.set()
        self.join()

    def waits(self, env: Any) -> list[float]:
        """Seconds from the sending of each warm reading to its alarm."""
        env.cr.rollback()
        excursions = env["med.temperature.excursion"].browse(self._came).exists()
        return [
            self._came[excursion.id] - self.sent[excursion.sensor_id.serial]
            for excursion in excursions
            if excursion.sensor_id.serial in self.sent
        ]
