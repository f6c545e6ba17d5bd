"""What benchmarks share: comparing two sides fairly, counting queries, printing tables.

A benchmark is a module of this folder with a one-line docstring and

    def run(env, small: bool) -> Table

It compares sides in one process by taking turns (a, b, a, b, ...), since the speed of a shared
machine drifts by more than what is to be measured.
"""

from __future__ import annotations

import gc
import os
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

Number = float | int


@dataclass
class Table:
    """Rows for people and flat keys for machines."""

    columns: Sequence[str]
    rows: list[Sequence[object]] = field(default_factory=list)
    keys: dict[str, Number] = field(default_factory=dict)

    def add(self, *cells: object, **keys: Number) -> None:
        self.rows.append(cells)
        self.keys.update(keys)

    def __str__(self) -> str:
        texts = [[show(cell) for cell in row] for row in (self.columns, *self.rows)]
        widths = [max(len(row[i]) for row in texts) for i in range(len(self.columns))]
        lines = [
            "  ".join(
                text.ljust(width) if i == 0 else text.rjust(width)
                for i, (text, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in texts
        ]
        return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def show(cell: object) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


@dataclass(frozen=True)
class Comparison:
    """Medians of two sides in seconds."""

    a: float
    b: float
    rounds: int

    @property
    def ratio(self) -> float:
        """How many times slower b is than a."""
        return self.b / self.a if self.a else float("inf")


def measure(
    a: Callable[[], object],
    b: Callable[[], object],
    rounds: int = 7,
    clock: Callable[[], float] = time.perf_counter,
) -> Comparison:
    """Medians of both sides. They take turns, and so does who begins; round 0 only warms up."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds + 1):
        order = ((0, a), (1, b)) if turn % 2 else ((1, b), (0, a))
        for side, function in order:
            elapsed = timed(function, clock)
            if turn:
                times[side].append(elapsed)
    return Comparison(statistics.median(times[0]), statistics.median(times[1]), rounds)


def timed(function: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Seconds of one call, with no garbage collection falling into it by chance."""
    gc.collect()
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        start = clock()
        function()
        return clock() - start
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def rolled_back(env: Any) -> Iterator[None]:
    """What happens inside leaves no trace, so that every round meets the same database."""
    env.flush_all()
    # As a request finds it: nothing read yet.
    env.invalidate_all()
    # A savepoint by hand: Odoo's own would flush and keep the work when nothing goes wrong.
    env.cr.execute("SAVEPOINT bench")
    try:
        yield
        env.flush_all()
    finally:
        env.cr.execute("ROLLBACK TO SAVEPOINT bench")
        env.invalidate_all(flush=False)


class Queries:
    """What queries a block sent; `count` holds how many afterwards, `about` how many of each kind:
    of what they do to which table, whatever their columns."""

    count = 0

    def __init__(self) -> None:
        self.about: Counter[tuple[str, str]] = Counter()

    def beyond(self, other: Queries) -> int:
        """How many of these have no counterpart among the others."""
        return sum((self.about - other.about).values())


@contextmanager
def counting_queries(env: Any) -> Iterator[Queries]:
    queries = Queries()
    env.flush_all()
    before = env.cr.sql_log_count
    execute = type(env.cr).execute

    def noting(cr: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        queries.about[_about(query)] += 1
        return execute(cr, query, *args, **kwargs)

    with patch.object(type(env.cr), "execute", noting):
        yield queries
        env.flush_all()
    queries.count = env.cr.sql_log_count - before


def _about(query: Any) -> tuple[str, str]:
    """(verb, first table) of a statement."""
    text = query.decode() if isinstance(query, bytes) else str(getattr(query, "code", query))
    table = re.search(r"(?:FROM|INTO|UPDATE)\s+\(?\"?(\w+)", text)
    return text.split(None, 1)[0].upper(), table[1] if table else ""


@contextmanager
def plain_odoo(env: Any) -> Iterator[Any]:
    """An environment on a copy of the same database without our addons: plain Odoo, in the same
    process and on the same server. The copy is gone afterwards."""
    import odoo.api
    import odoo.modules.registry
    import odoo.sql_db

    name = f"{env.cr.dbname}_plain"
    with _maintenance(env) as run_sql:
        run_sql(f'DROP DATABASE IF EXISTS "{name}"')
        run_sql(f'CREATE DATABASE "{name}" TEMPLATE "{os.environ["MED_PLAIN_TEMPLATE"]}"')
    try:
        registry = odoo.modules.registry.Registry(name)
        with registry.cursor() as cr:
            yield odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
            cr.rollback()
    finally:
        odoo.modules.registry.Registry.delete(name)
        odoo.sql_db.close_db(name)
        with _maintenance(env) as run_sql:
            run_sql(f'DROP DATABASE IF EXISTS "{name}"')


@contextmanager
def _maintenance(env: Any) -> Iterator[Callable[[str], None]]:
    """Statements that no transaction may hold, on the server of ``env``."""
    import odoo.sql_db

    with odoo.sql_db.db_connect("postgres").cursor() as cr:
        cr._cnx.autocommit = True
        yield cr._obj.execute
