"""Text exports of Berlinger and Q-tag loggers: Fridge-tag 2 (days) and Q-tag CLm doc (readings).

One space of indent per level, `key: value` pairs after commas, tables after tabs. The clock is the logger's
and no file says in which time zone it ran ("Zone" is what was typed into it). Limits are read from the file:
models differ. In a Fridge-tag the comparison is strict (below, above).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from .errors import Problem, Refusal
from .logger_file import Alarm, Channel, Day, Limit, LoggerFile, OutOfLimit, Printed, ordered
from .readings import LocalReading, Unit, to_milli

PAIR = re.compile(r"\s*(?P<key>[^:,]+?)\s*:(?P<value>(?:[^,]|,(?![^,:]+:))*)(?:,|$)")
# Type of an alarm of a Q-tag: (side, cumulated)
TYPES: dict[str, tuple[str, bool]] = {
    "1": ("low", False),
    "2": ("high", False),
    "3": ("low", True),
    "4": ("high", True),
}
MISSING = frozenset(("", "---", "--"))


def recognises(text: str) -> bool:
    return bool(re.match(r"Device:[^\n]*(?:Fridge-tag|Q-tag)", text))


@dataclass
class _Node:
    """A line with its pairs, and the lines indented under it."""

    line: int
    pairs: dict[str, str]
    children: list[_Node] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)

    def child(self, name: str) -> _Node | None:
        return next((child for child in self.children if name in child.pairs), None)

    def get(self, name: str) -> tuple[str, int]:
        """The value under this node, "" where there is none, and its line."""
        found = self.child(name)
        return (found.pairs[name], found.line) if found else ("", self.line)


def parse(text: str) -> LoggerFile:
    """Raises Refusal: ``line_odd``, ``part_missing``, ``time_odd``, ``temperature_value``, each with the line."""
    root = _tree(text)
    conf, hist, result = (root.child(name) for name in ("Conf", "Hist", "Res"))
    if conf is None:
        raise Refusal("part_missing", part="Conf")
    if hist is None and result is None:
        raise Refusal("part_missing", part="Hist")
    serial, _line = conf.get("Serial")
    if not serial:
        # "Serial" at the margin: the indents, which carry the meaning, are lost
        raise Refusal("part_missing", part="Conf / Serial")
    unit_text, line = conf.get("Temp unit")
    if unit_text not in ("C", "F", ""):
        raise Refusal("unit_odd", unit=unit_text, line=line)
    unit: Unit = "F" if unit_text == "F" else "C"
    limits = tuple(_limits(conf, unit))
    days = tuple(_days(hist, unit)) if hist else ()
    rows, problems = ordered(_rows(root, unit))
    own = result or hist
    assert own is not None
    minutes = conf.get("Logging Interval")[0]
    if not days and not rows:
        raise Refusal("no_readings")
    problems += tuple(
        Problem("logger_error", {"code": next(iter(child.pairs))})
        for child in (root.child("Errors") or _Node(0, {})).children
    )
    return LoggerFile(
        kind="fridge_tag" if hist else "q_tag",
        device=root.get("Device")[0],
        serial=serial,
        channels=(Channel("1", rows),) if rows else (),
        days=days,
        limits=limits,
        printed=_printed(result, conf, unit) if result else Printed(),
        interval_seconds=int(minutes) * 60 if minutes.isdigit() else None,
        started=_time(*own.get("TS Start" if result else "TS Actv")),
        read_out=_time(*own.get("TS Stop" if result else "TS Report Creation")),
        has_signature=root.child("Sig") is not None,
        problems=problems,
    )


def _tree(text: str) -> _Node:
    root = _Node(0, {})
    path: list[tuple[int, _Node]] = [(-1, root)]
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.strip():
            continue
        if raw.startswith("\t"):
            path[-1][1].rows.append((number, raw[1:].rstrip("\t").split("\t")))
            continue
        depth = len(raw) - len(raw.lstrip(" "))
        pairs = {match["key"]: match["value"].strip() for match in PAIR.finditer(raw)}
        if not pairs or ":" not in raw:
            raise Refusal("line_odd", line=number, text=raw.strip()[:60])
        while path[-1][0] >= depth:
            path.pop()
        node = _Node(number, pairs)
        path[-1][1].children.append(node)
        path.append((depth, node))
    return root


def _limits(conf: _Node, unit: Unit) -> Iterator[Limit]:
    for entry in (conf.child("Alarm") or _Node(0, {})).children:
        number = next(iter(entry.pairs))
        values, line = _flat(entry)
        if values.get("Type") == "0" or "T AL" not in values:
            continue
        # a Fridge-tag has no types: the first is cold, the second hot
        side, cumulated = TYPES.get(values.get("Type", ""), ("low" if number == "0" else "high", False))
        yield Limit(
            int(number) if number.isdigit() else 0,
            "low" if side == "low" else "high",
            _milli(values["T AL"], unit, line),
            _whole(values.get("t AL", ""), line),
            cumulated,
        )


def _flat(node: _Node) -> tuple[dict[str, str], int]:
    values = dict(node.pairs)
    line = node.line
    for child in node.children:
        values |= child.pairs
        line = child.line
    return values, line


def _days(hist: _Node, unit: Unit) -> Iterator[Day]:
    for entry in hist.children:
        number = next(iter(entry.pairs))
        if not number.isdigit():
            continue
        day_text, line = entry.get("Date")
        try:
            day = datetime.strptime(day_text, "%Y-%m-%d").date()  # noqa: DTZ007 - the logger's own clock
        except ValueError:
            raise Refusal("time_odd", line=line, text=day_text) from None
        values: dict[str, tuple[str, int]] = {}
        for child in entry.children:
            values |= {key: (value, child.line) for key, value in child.pairs.items()}
        out = []
        for limit in (entry.child("Alarm") or _Node(0, {})).children:
            found, at = _flat(limit)
            name = next(iter(limit.pairs))
            out.append(
                OutOfLimit(
                    int(name) if name.isdigit() else 0, _whole(found.get("t Acc", "0"), at), found.get("TS A", "")
                )
            )
        timeouts = [_flat(c) for c in entry.children if any(key.endswith("Sensor timeout") for key in c.pairs)]
        yield Day(
            day,
            _missing(values.get("Min T"), unit),
            _clock(values.get("TS Min T")),
            _missing(values.get("Max T"), unit),
            _clock(values.get("TS Max T")),
            _missing(values.get("Avrg T"), unit),
            tuple(out),
            max((_whole(found.get("t AccST", "0"), at) for found, at in timeouts), default=0),
        )


def _rows(root: _Node, unit: Unit) -> Iterator[LocalReading]:
    data = root.child("Data")
    for number, cells in (data or _Node(0, {})).rows:
        if not cells[0][:1].isdigit():  # the heading
            continue
        at = _time(cells[0], number)
        if at is None or len(cells) < 2:
            raise Refusal("line_odd", line=number, text=" ".join(cells)[:60])
        text = cells[1].strip()
        yield LocalReading(at, None if text in MISSING else _milli(text, unit, number), number)


def _printed(result: _Node, conf: _Node, unit: Unit) -> Printed:
    values: dict[str, tuple[str, int]] = {}
    for child in result.children:
        values |= {key: (value, child.line) for key, value in child.pairs.items()}
    alarms = []
    for entry in (result.child("Alarm") or _Node(0, {})).children:
        number = next(iter(entry.pairs))
        for event in entry.children:
            start = _time(event.pairs.get("TS S", ""), event.line)
            if start is not None:
                alarms.append(
                    Alarm(
                        int(number) if number.isdigit() else 0,
                        start,
                        _whole(event.pairs.get("t A", "0"), event.line),
                        _time(event.pairs.get("TS A", ""), event.line),
                        _time(event.pairs.get("TS E", ""), event.line),
                    )
                )
    return Printed(
        _missing(values.get("MKT"), unit),
        conf.get("MKT Energy")[0],
        _missing(values.get("Avrg T"), unit),
        _missing(values.get("Min T"), unit),
        _missing(values.get("Max T"), unit),
        tuple(alarms),
    )


def _missing(found: tuple[str, int] | None, unit: Unit) -> int | None:
    return None if found is None or found[0] in MISSING else _milli(found[0], unit, found[1])


def _clock(found: tuple[str, int] | None) -> str:
    return "" if found is None or found[0] in MISSING else found[0]


def _milli(text: str, unit: Unit, line: int) -> int:
    try:
        return to_milli(text, unit)
    except Refusal as refusal:
        raise Refusal(f"{refusal.code}_line", **refusal.params, line=line) from None


def _whole(text: str, line: int) -> int:
    if not text.strip().isdecimal():
        raise Refusal("number_odd", line=line, text=text.strip()[:40])
    return int(text)


def _time(text: str, line: int) -> datetime | None:
    if text.strip() in MISSING:
        return None
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the logger's own clock
    except ValueError:
        raise Refusal("time_odd", line=line, text=text.strip()[:40]) from None
