"""Temperature readings through HTTP into judged, stored state, against COPY of the same rows; a year's curve."""

from __future__ import annotations

import io
import json
import statistics
import time
from functools import partial
from typing import Any

from benchmarks import cold
from benchmarks.kit import Table, timed

SENSORS = 100
PER_SENSOR = 1_000
STEP = 60


def run(env: Any, small: bool) -> Table:
    batches = 5 if small else 100
    year_days = 20 if small else 365
    # so long ago that the last reading is not in the future
    start = (int(time.time()) - (batches + 1) * PER_SENSOR * STEP) // 86_400 * 86_400 - 86_400
    ours, key = cold.rooms(env, SENSORS, "HTTP")
    theirs, _key = cold.rooms(env, SENSORS, "COPY")
    table = Table(("what", "readings", "a second", "against COPY"))
    with cold.served(env) as port:
        sender = cold.Sender(port, key)
        http, copy, growth = race(env, sender, ours, theirs, start, batches)
        sender.close()
    size = SENSORS * PER_SENSOR
    ratio = copy / http
    stored = count(env, ours)
    if stored != batches * size:
        raise RuntimeError(f"{stored} readings are stored of {batches * size} that were acknowledged")
    table.add("COPY, a transaction per 100,000", batches * size, int(size / copy), 1.0)
    table.add("HTTP, acknowledged and judged", batches * size, int(size / http), ratio)
    table.keys |= {
        "http_ratio_to_copy": round(ratio, 3),
        "http_per_s": int(size / http),
        "copy_per_s": int(size / copy),
        "readings": batches * size,
        "rss_growth_mb": round(growth, 1),
    }
    history_costs(env, ours[0], table, start + batches * PER_SENSOR * STEP)
    curve(env, year_days, table)
    return table


def race(env: Any, sender: cold.Sender, ours: Any, theirs: Any, start: int, batches: int) -> tuple[float, float, float]:
    """Median seconds of a batch of each side, who take turns, and how much memory grew in the last nine tenths."""
    times: tuple[list[float], list[float]] = ([], [])
    before = 0.0
    for number in range(batches):
        first = start + number * PER_SENSOR * STEP
        # both sides get what they need ready made: text for COPY, JSON for HTTP
        text = "".join(f"{at}\t{sensor.id}\t{milli}\n" for sensor in theirs for at, milli in course(sensor.id, first))
        body = json.dumps({"readings": {sensor.serial: columns(course(sensor.id, first)) for sensor in ours}}).encode()
        env["med.temperature.reading"]._make_partitions(months(first))
        env.cr.commit()
        sides = (partial(copied, env, text), partial(sender.send, body))
        for side in (0, 1) if number % 2 else (1, 0):
            times[side].append(timed(sides[side]))
        if number == max(1, batches // 10):
            before = cold.memory_mb()
    return statistics.median(times[1]), statistics.median(times[0]), cold.memory_mb() - before


def months(first: int) -> set[tuple[int, int]]:
    return {time.gmtime(at)[:2] for at in (first, first + PER_SENSOR * STEP)}


def course(seed: int, first: int) -> list[tuple[int, int]]:
    """A reading a minute of a room that breathes between 4 and 6 degrees."""
    return [(first + i * STEP, 4000 + (seed * 37 + first // STEP + i) % 2000) for i in range(PER_SENSOR)]


def columns(rows: list[tuple[int, int]]) -> dict[str, list[float]]:
    """As a transmitter sends many at once."""
    return {"at": [at for at, _milli in rows], "celsius": [milli / 1000 for _at, milli in rows]}


def copied(env: Any, text: str) -> None:
    env.cr.copy_expert("COPY med_temperature_reading (at, sensor_id, milli) FROM STDIN", io.StringIO(text))
    env.cr.commit()


def count(env: Any, sensors: Any) -> int:
    env.cr.execute("SELECT count(*) FROM med_temperature_reading WHERE sensor_id = ANY(%s)", [sensors.ids])
    return int(env.cr.fetchone()[0])


def history_costs(env: Any, old: Any, table: Table, after: int) -> None:
    """One reading more for a sensor with history, and for one without: as long, whatever came before."""
    young = old.copy({"serial": f"{old.serial} young"})
    readings = env["med.temperature.reading"]
    now = int(time.time())
    times: dict[Any, list[float]] = {old: [], young: []}
    for i in range(1, 41):
        for sensor, seconds in times.items():
            rows = [(after + i * STEP, 5000)]
            seconds.append(timed(partial(readings._ingest, {sensor: rows}, now)))
    ratio = statistics.median(times[old][5:]) / statistics.median(times[young][5:])
    table.add("one more, with history / without", 1, 0, ratio)
    table.keys["history_cost_ratio"] = round(ratio, 2)
    env.cr.rollback()


def curve(env: Any, days: int, table: Table) -> None:
    """A year of one sensor at a reading a minute, asked for as the screen asks."""
    sensors, _key = cold.rooms(env, 1, "YEAR")
    readings = env["med.temperature.reading"]
    end = int(time.time()) // 3600 * 3600
    start = end - days * 86_400
    for first in range(start, end, 86_400):
        rows = [(at, 4000 + at // 60 % 1440) for at in range(first, min(first + 86_400, end), 60)]
        readings._ingest({sensors: rows}, end)
        env.cr.commit()
    once = timed(partial(readings._sum_up, sensors))
    env.cr.commit()
    env.cr.execute("ANALYZE med_temperature_hour")
    shown = readings._curve(sensors, start, end)
    if max(row[2] for row in shown) < 5.4 or len(shown) < days // 2:
        raise RuntimeError("the curve does not show what was measured")
    seconds = statistics.median(timed(partial(asked, readings, sensors, start, end)) for _ in range(9))
    table.add(f"curve of {days} days, ms", days * 1440, len(shown), seconds * 1000)
    table.keys |= {"curve_year_ms": round(seconds * 1000, 1), "curve_first_sum_ms": round(once * 1000, 1)}


def asked(readings: Any, sensor: Any, start: int, end: int) -> str:
    return json.dumps(readings._curve(sensor, start, end))
