"""Recording, sealing and verifying evidence, and searching it at ten million events."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import re
import statistics
import tempfile
import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.gates import _regulated, _validate
from benchmarks.kit import Table, measure, rolled_back, timed

# Made of what real events hold: a body of about 200 characters, one lot in 5,000 events or fewer,
# 20 seconds from one to the next, six years in all.
GENERATE = """
    INSERT INTO med_evidence_event
        (recorded_at, user_id, user_name, company_id, kind, res_model, res_id, res_name, body, reason)
    SELECT date_trunc('second', now()) - interval '7 years' + n * interval '20 seconds',
           2 + n %% 40, 'User ' || n %% 40, 1,
           (ARRAY['record.changed', 'gate.passed', 'stage.changed', 'outbound.picked', 'lot.status'])[1 + n %% 4],
           (ARRAY['stock.picking', 'stock.lot', 'sale.order'])[1 + n %% 3], n / 10,
           'LOT-' || lpad((n / 10)::text, 8, '0'),
           '{"checkpoint":"ship","line_ids":[' || n || '],"lot":"LOT-' || lpad((n / 10)::text, 8, '0') ||
           '","new":{"expiration_date":"2028-05-01","name":"LOT-' || lpad((n / 10)::text, 8, '0') ||
           '","product_id":[[' || n %% 500 || ',"Knee implant ' || n %% 500 || '"]]},"serial":"SN' || n || '"}',
           CASE WHEN n %% 100 = 0 THEN 'Recount after complaint ' || n / 100 END
    FROM generate_series(%s, %s) n
"""


def run(env: Any, small: bool) -> Table:
    from odoo.tools import config

    # notes of a database of the same name that is gone would be a finding
    config._runtime_options["med_evidence_dir"] = tempfile.mkdtemp(prefix="med_evidence_")
    table = Table(("what", "figure", "unit"))
    _recording(env, table, small)
    _writers(env, table, seconds=1.0 if small else 5.0)
    _verifying(env, table, 20_000 if small else 1_000_000)
    _searching(env, table, 100_000 if small else 10_000_000, small)
    return table


# Recording ---------------------------------------------------------------------------------


def _recording(env: Any, table: Table, small: bool) -> None:
    """A delivery of 100 serials with every rule, once as it is and once with nothing recorded."""
    picking = _regulated(env, 100)
    events = type(env["med.evidence.event"])
    record = events._append

    def silent(self: Any, cr: Any, rows: list[Any]) -> list[int]:
        return list(range(1, len(rows) + 1))

    def round_(append: Any) -> None:
        events._append = append
        try:
            with rolled_back(env):
                _validate(picking)
        finally:
            events._append = record

    compared = measure(partial(round_, silent), partial(round_, record), 5 if small else 15)
    table.add("validating 100 serials, with recording / without", compared.ratio, "times")
    table.keys["validate_100_ratio"] = round(compared.ratio, 3)


def _write(database: str, number: int, seconds: float, out: Any) -> None:
    """One process: events of ten entries, a transaction each, until the time is over."""
    import odoo.api
    import odoo.sql_db
    from odoo.modules.registry import Registry

    # connections of the parent are left alone, not closed: they are still in use there
    odoo.sql_db._Pool = odoo.sql_db._Pool_readonly = None
    registry = Registry(database)
    registry._db = odoo.sql_db.db_connect(database)
    cr = registry._db.cursor()
    env = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
    partner = env.company.partner_id
    entries = [{"record": partner, "body": {"writer": number, "n": n, "text": "x" * 120}} for n in range(10)]
    env["med.evidence.event"]._record("bench", entries)
    cr.commit()
    count, start = 0, time.monotonic()
    while time.monotonic() < start + seconds:
        env["med.evidence.event"]._record("bench", entries)
        cr.commit()
        count += len(entries)
    out.put(count / (time.monotonic() - start))
    os._exit(0)


def _writers(env: Any, table: Table, seconds: float) -> None:
    context = multiprocessing.get_context("fork")
    for writers in (1, 8):
        out = context.SimpleQueue()
        processes = [
            context.Process(target=_write, args=(env.cr.dbname, number, seconds, out)) for number in range(writers)
        ]
        for process in processes:
            process.start()
        rate = sum(out.get() for _ in processes)
        for process in processes:
            process.join()
        table.add(f"events written and committed, {writers} writers", rate, "per second")
        table.keys[f"events_per_s_{writers}"] = round(rate)


# Verifying ---------------------------------------------------------------------------------


def _verifying(env: Any, table: Table, size: int) -> None:
    seals = env["med.evidence.seal"]
    env.cr.commit()  # a new snapshot: other processes have written
    env.cr.execute("SELECT count(*) FROM med_evidence_event")
    missing = size - env.cr.fetchone()[0]
    if missing > 0:
        _generate(env, 0, missing)
    table.add("sealing", timed(partial(seals._seal, full=True)), "s")
    env.cr.commit()
    env.cr.execute("ANALYZE med_evidence_event; ANALYZE med_evidence_leaf")
    env.cr.commit()
    _memory()
    before = _memory()  # what is there now
    report: dict[str, Any] = {}
    seconds = timed(lambda: report.update(seals._verify()))
    grown = _memory() - before
    if not report["ok"]:
        raise RuntimeError(f"the log does not verify: {report['findings'][:3]}")
    text = env["med.evidence.event"]._leaf_text("e")
    env.cr.execute(text.code.join(("SELECT ", " FROM med_evidence_event e ORDER BY id LIMIT 1000000")), text.params)
    leaves = [leaf.encode() for (leaf,) in env.cr.fetchall()]

    def hash_all() -> None:
        for leaf in leaves:
            hashlib.sha256(leaf).digest()

    hashing = timed(hash_all) * report["checked"] / len(leaves)
    table.add(f"verifying {report['checked']} entries", seconds, "s")
    table.add("memory that verifying adds", grown, "MiB")
    table.add("hashing the same bytes", hashing, "s")
    table.keys["verify_ratio_to_hash"] = round(seconds / hashing, 2)
    table.keys["verify_s"] = round(seconds, 2)
    table.add("verifying / hashing", seconds / hashing, "times")


def _memory() -> float:
    """The largest resident size of this process since the last call, in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak counts anew
    (peak,) = re.findall(r"VmHWM:\s+(\d+)", status)
    return int(peak) / 1024


# Searching ---------------------------------------------------------------------------------


def _searching(env: Any, table: Table, size: int, small: bool) -> None:
    env.cr.execute("SELECT count(*) FROM med_evidence_event")
    present = env.cr.fetchone()[0]
    if present < size:
        _generate(env, present, size)
    env.cr.execute("ANALYZE med_evidence_event")
    env.cr.commit()
    events = env["med.evidence.event"]
    lot = f"LOT-{size // 20:08d}"
    consignee = _consignee(env, 20 if small else 1000)
    env.cr.execute("SELECT recorded_at FROM med_evidence_event ORDER BY id LIMIT 1 OFFSET %s", [size // 2])
    (day,) = env.cr.fetchone()
    searches: dict[str, list[Any]] = {
        "record": [("res_model", "=", "stock.lot"), ("res_id", "=", size // 20)],
        "lot": [("words", "ilike", lot)],
        "serial": [("words", "ilike", f"SN{size // 2}")],
        "consignee": [("consignee_id", "=", consignee)],
        "user": [("user_id", "=", 17)],
        "user who did nothing": [("user_id", "=", 999)],
        "kind": [("kind", "=", "lot.status")],
        "time": [("recorded_at", ">=", day), ("recorded_at", "<", day + timedelta(days=1))],
        "time and kind": [
            ("recorded_at", ">=", day),
            ("recorded_at", "<", day + timedelta(days=1)),
            ("kind", "=", "gate.passed"),
        ],
        "month and user": [
            ("recorded_at", ">=", day),
            ("recorded_at", "<", day + timedelta(days=30)),
            ("user_id", "=", 17),
        ],
        "text": [("words", "ilike", f"complaint {size // 200}")],
        "nothing": [("words", "ilike", "nobody-ever-wrote-this")],
    }
    slowest = 0.0
    for name, domain in searches.items():
        once = partial(_search, env, events, domain)
        once()
        ms = statistics.median(timed(once) for _ in range(5)) * 1000
        if not _search(env, events, domain) and name not in ("nothing", "user who did nothing"):
            raise RuntimeError(f"the search by {name} finds nothing: it measures nothing")
        table.add(f"search by {name}, {size} events", ms, "ms")
        slowest = max(slowest, ms)
    table.keys["search_ms"] = round(slowest, 1)


def _consignee(env: Any, deliveries: int) -> int:
    """The partner of so many deliveries, about each of which there are events."""
    partner = env["res.partner"].create({"name": "Hospital of a thousand deliveries"})
    kind = env["stock.picking.type"].search([("code", "=", "outgoing")], limit=1)
    env["stock.picking"].create([{"partner_id": partner.id, "picking_type_id": kind.id} for _n in range(deliveries)])
    env.flush_all()
    env.cr.commit()
    return int(partner.id)


def _generate(env: Any, present: int, size: int) -> None:
    """With the indexes away, which come back afterwards, and the stamp off while it lasts, so that
    the events are of six years: minutes instead of an hour."""
    env.cr.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'med_evidence_event' AND indexname NOT LIKE '%_pkey'"
    )
    indexes = env.cr.fetchall() if size - present > 500_000 else []
    for name, _definition in indexes:
        env.cr.execute(f'DROP INDEX "{name}"')
    env.cr.execute("ALTER TABLE med_evidence_event DISABLE TRIGGER med_evidence_event_stamp")
    env.cr.execute(GENERATE, [present + 1, size])
    env.cr.execute("ALTER TABLE med_evidence_event ENABLE TRIGGER med_evidence_event_stamp")
    env.cr.execute("SET LOCAL maintenance_work_mem = '1GB'")
    for _name, definition in indexes:
        env.cr.execute(definition)
    env.cr.commit()


def _search(env: Any, events: Any, domain: list[Any]) -> int:
    """The first page of the list, as the client asks for it: 80 rows, newest first."""
    env.invalidate_all()
    found = events.search(domain, limit=80)
    found.mapped("kind")
    return len(found)
