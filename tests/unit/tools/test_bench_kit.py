"""The kit itself, on a clock and a database that do as told."""

from __future__ import annotations

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


class _Cursor:
    """Counts as Odoo's cursor does."""

    sql_log_count = 10

    def execute(self, _query: object) -> None:
        self.sql_log_count += 1


def _asked(*queries: object) -> kit.Queries:
    cr = _Cursor()
    with kit.counting_queries(SimpleNamespace(cr=cr, flush_all=lambda: None)) as counted:
        for query in queries:
            cr.execute(query)
    return counted


def test_queries_are_counted_between_flushes() -> None:
    cr = _Cursor()
    env = SimpleNamespace(cr=cr, flush_all=lambda: cr.execute("UPDATE stock_quant SET quantity = 1"))
    with kit.counting_queries(env) as queries:
        cr.execute("SELECT 1")
    # the flush before is not the block's, the one after is
    assert queries.count == 2


def test_queries_of_their_own_are_those_that_have_no_counterpart() -> None:
    ours = _asked('SELECT "a" FROM "stock_lot"', b"INSERT INTO med_evidence_event (x)", "UPDATE stock_quant SET y = 1")
    theirs = _asked('SELECT "b" FROM "stock_lot"', 'SELECT "c" FROM "stock_lot"', 'UPDATE "stock_quant" SET y = 2')
    assert (ours.beyond(theirs), theirs.beyond(ours)) == (1, 1)


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
