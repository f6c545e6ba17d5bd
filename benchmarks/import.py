"""Import of products from a file, against Odoo's own load() of the same rows; memory stays flat."""

from __future__ import annotations

import base64
import contextlib
import gc
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.kit import Table, counting_queries, rolled_back

ROWS = 50_000
SMALL = 1_000
PAGE = os.sysconf("SC_PAGE_SIZE") / 2**20


def run(env: Any, small: bool) -> Table:
    size = SMALL if small else ROWS
    table = Table(("side", "rows", "seconds", "rows/s", "queries", "peak MB", "MB of the last half"))
    content = _file(size)
    with rolled_back(env), counting_queries(env) as queries, _memory() as memory:
        ours = _seconds(lambda: _import(env, content, size))
    table.add("file importer", size, ours, int(size / ours), queries.count, memory.peak, memory.last_half)
    keys = {"import_rss_mb": round(memory.peak, 1), "import_rss_last_half_mb": round(memory.last_half, 1)}
    gc.collect()
    with rolled_back(env), counting_queries(env) as queries, _memory() as memory:
        theirs = _seconds(lambda: _load(env, size))
    table.add("Odoo's load()", size, theirs, int(size / theirs), queries.count, memory.peak, memory.last_half)
    table.add(
        "ratio",
        "",
        ours / theirs,
        "",
        "",
        "",
        "",
        import_ratio=round(ours / theirs, 3),
        import_seconds=round(ours, 1),
        import_load_rss_mb=round(memory.peak, 1),
        **keys,
    )
    return table


def _seconds(function: Callable[[], object]) -> float:
    """As long as it takes, garbage collection included: memory is measured as a user has it."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def _rows(size: int) -> Iterator[tuple[str, str, str, str, str]]:
    for n in range(size):
        yield f"key-{n}", f"BENCH-{n}", f"Product {n} for the import", f"{n % 900 + 1}.50", f"{n % 500 + 1}.25"


def _file(size: int) -> bytes:
    lines = ["key,code,name,price,cost", *(",".join(row) for row in _rows(size))]
    return "\n".join(lines).encode()


def _import(env: Any, content: bytes, size: int) -> None:
    one = env["med.import"].create(
        {"kind": "product", "filename": "bench.csv", "file": base64.b64encode(content)},
    )
    one._execute(apply=True)
    if one.state != "done" or one.created_count != size:
        raise RuntimeError(f"import: {one.state}, {one.created_count} new, {one.error_ids[:1].message}")


def _load(env: Any, size: int) -> None:
    names = ["id", "default_code", "name", "list_price", "standard_price", "is_storable"]
    rows = [[f"bench.{key}", *rest, "1"] for key, *rest in _rows(size)]
    result = env["product.template"].with_context(tracking_disable=True).load(names, rows)
    if not result["ids"] or len(result["ids"]) != size:
        raise RuntimeError(f"load: {result['messages'][:1]}")


class Memory:
    """Growth of the process in MB: at its peak, and over the second half of the time."""

    peak = 0.0
    last_half = 0.0


def _resident() -> float:
    with open("/proc/self/statm", encoding="ascii") as handle:
        return int(handle.read().split()[1]) * PAGE


@contextlib.contextmanager
def _memory() -> Iterator[Memory]:
    """Asks ten times a second; a thread, since the work itself must not know."""
    memory, samples, stop = Memory(), [_resident()], threading.Event()

    def watch() -> None:
        while not stop.wait(0.1):
            samples.append(_resident())

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield memory
    finally:
        stop.set()
        thread.join()
        samples.append(_resident())
        memory.peak = max(samples) - samples[0]
        half = samples[len(samples) // 2 :]
        memory.last_half = max(half) - half[0]
