"""The kit itself, on a clock and a database that do as told."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace

from benchmarks import kit


def test_sides_take_turns_and_warm_up_first() -> None:
    calls: list[str] = []
    result = kit.measure(lambda: calls.append("a"), lambda: calls.append("b"), rounds=3)
    assert "".join(calls) == "baabbaab"
    assert result.rounds == 3


def test_medians_and_ratio() -> None:
    now = [0.0]

    def takes(seconds: float) -> None:
        now[0] += seconds

    # One slow outlier on side a must not move its median.
    durations = iter([9.0, 1.0, 50.0, 1.0])
    result = kit.measure(lambda: takes(next(durations)), lambda: takes(3.0), rounds=3, clock=lambda: now[0])
    assert (result.a, result.b, result.ratio) == (1.0, 3.0, 3.0)


def test_queries_are_counted_between_flushes() -> None:
    log = count(10, 7)
    cr = SimpleNamespace()
    env = SimpleNamespace(cr=cr, flush_all=lambda: setattr(cr, "sql_log_count", next(log)))
    with kit.counting_queries(env) as queries:
        pass
    assert queries.count == 7


def test_table_lines_up_and_keeps_its_keys() -> None:
    table = kit.Table(["case", "seconds"])
    table.add("10 lines", 1.234, seconds_10=1.234)
    table.add("1000 lines", 12, seconds_1000=12)
    assert str(table).splitlines() == [
        "case        seconds",
        "----------  -------",
        "10 lines       1.23",
        "1000 lines       12",
    ]
    assert table.keys == {"seconds_10": 1.234, "seconds_1000": 12}
