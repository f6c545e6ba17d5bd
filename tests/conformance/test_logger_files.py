"""Open exports of real loggers: every file gives the values that others read in it, or says why not.

Sources: msupply temperature-sensor (with the vendors' own printed reports), mortenoh Berlinger Fridge-tag parser,
LoggerReadR (HOBO, Geoprecision), microclimloggers (HOBO). None of it is part of the project.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from med_coldchain.lib import mkt
from med_coldchain.lib.errors import Refusal
from med_coldchain.lib.parse import parse

# What is no export of a logger, and what is one and damaged: with the reason that is given.
REFUSED = {
    "bad_indent.txt": "part_missing",
    "empty.txt": "file_empty",
    "malformed_temp.txt": "temperature_value_line",
    "README.md": "file_unknown",
    "gudid_storage_texts.csv": "file_unknown",
    "vendor_truth.json": "file_unknown",
}


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    found = shared / "realdata" / "coldchain"
    if not found.is_dir():
        pytest.skip(f"{found} is not there")
    return found


def expected_refusal(file: Path) -> str | None:
    if file.suffix == ".pdf":
        return "file_pdf"
    if file.name.endswith(".vendor_report.txt") or file.suffix == ".json":
        return "file_unknown"
    return REFUSED.get(file.name)


def test_every_file_is_read_or_says_why_not(folder: Path):
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    answers: dict[str, str | None] = {}
    for file in files:
        try:
            read = parse(file.read_bytes())
        except Refusal as refusal:
            answers[str(file)] = refusal.code
        else:
            answers[str(file)] = None
            assert read.serial
            assert read.count or read.days
    assert answers == {str(file): expected_refusal(file) for file in files}
    assert sum(answer is None for answer in answers.values()) >= 15


def test_the_damaged_line_is_named(folder: Path):
    file = folder / "berlinger/tests/fixtures/invalid/malformed_temp.txt"
    with pytest.raises(Refusal) as refused:
        parse(file.read_bytes())
    assert refused.value.params["line"] == "10"
    assert "abc" in file.read_text().splitlines()[9]


def test_vendors_figures(folder: Path):
    """Serials, limits, days and readings as the vendor prints them."""
    truths = json.loads((folder / "vendor_truth.json").read_text())
    for truth in truths:
        read = parse((folder / "msupply_temperature_sensor" / truth["file"]).read_bytes())
        assert (read.device, read.serial, read.count) == (truth["device"], truth["serial"], truth["raw_readings"])
        limits = {limit.number: limit for limit in read.limits}
        for wanted in truth.get("limits", []):
            limit = limits[wanted["no"]]
            assert (limit.milli, limit.minutes) == (1000 * wanted["limit_c"], wanted["minutes"])
        assert len(read.days) == truth.get("days", 0)
        for day, wanted in zip(read.days, truth.get("vendor_days", []), strict=True):
            assert day.day.isoformat() == wanted["date"]
            assert (day.minimum, day.maximum, day.average) == tuple(
                round(1000 * wanted[name]) for name in ("min", "max", "avg")
            )
            for out, alarm in zip(day.out, wanted["alarms"], strict=True):
                assert (out.limit, out.minutes, out.alarm_at) == (
                    alarm["limit"],
                    alarm["minutes_out"],
                    alarm.get("alarm_at", ""),
                )
        alarmed = sum(any(out.alarm_at for out in day.out) for day in read.days)
        assert alarmed == truth.get("days_with_alarm", 0)


def test_series_of_a_q_tag(folder: Path):
    """Readings, alarms and mean kinetic temperature beside the vendor's; 0.15 degrees, since its samples are finer."""
    truth = json.loads((folder / "vendor_truth.json").read_text())[2]
    file = folder / "msupply_temperature_sensor" / truth["file"]
    read = parse(file.read_bytes())
    rows = read.channels[0].readings
    assert (f"{rows[0].at:%Y-%m-%d %H:%M}", f"{rows[-1].at:%Y-%m-%d %H:%M}") == (truth["first"], truth["last"])
    values = [row.milli for row in rows if row.milli is not None]
    assert (min(values), max(values)) == (900, 24_300)
    assert read.interval_seconds == 60 * truth["vendor"]["logging_interval_min"]
    flagged = sum(line.rstrip().endswith("\tx") for line in file.read_text().splitlines())
    limits = {limit.side: limit.milli for limit in read.limits}
    assert sum(not limits["low"] <= value <= limits["high"] for value in values) == flagged == 79
    energy = float(read.printed.mkt_energy)
    ours = mkt.mean_kinetic([value / 1000 for value in values], energy=energy)
    assert ours == pytest.approx(truth["recomputed_from_raw"]["mkt"], abs=0.01)
    assert read.printed.mkt == 10_500
    assert ours == pytest.approx(read.printed.mkt / 1000, abs=0.15)
    told = [(alarm.limit, f"{alarm.start:%Y-%m-%d %H:%M}", alarm.minutes) for alarm in read.printed.alarms]
    assert told == [(alarm["alarm"], alarm["start"], alarm["minutes"]) for alarm in truth["vendor_alarms"]]


def test_days_as_another_parser_reads_them(folder: Path):
    outputs = sorted((folder / "berlinger/data/output").glob("*.json"))
    assert outputs
    for output in outputs:
        wanted = json.loads(output.read_text())
        read = parse((folder / "berlinger/data/input" / f"{output.stem}.txt").read_bytes())
        assert read.serial == str(wanted["config"]["serial"])
        assert f"{read.read_out:%Y-%m-%d %H:%M}" == wanted["history"]["reportCreationTimestamp"]
        assert len(read.days) == wanted["history"]["recordCount"]
        for day, record in zip(read.days, wanted["history"]["records"], strict=True):
            heat = record["temperature"]
            assert day.day.isoformat() == record["date"]
            assert (day.minimum, day.maximum, day.average) == tuple(
                None if heat[name] is None else round(1000 * heat[name]) for name in ("min", "max", "avg")
            )
            assert (day.min_at or None, day.max_at or None) == (heat["minTime"], heat["maxTime"])
            assert [out.minutes for out in day.out] == [alarm["accumulatedMinutes"] for alarm in record["alarms"]]
            assert day.failed_minutes == record["sensorTimeoutMinutes"]


def test_fahrenheit_and_celsius_exports_of_one_logger_agree(folder: Path):
    """The same logger, exported in two dialects: what both hold is the same to what Fahrenheit keeps."""
    classic = parse((folder / "hobo_geoprecision/hobo_classic.csv").read_bytes())
    defaults = parse((folder / "hobo_geoprecision/hobo_defaults.csv").read_bytes())
    assert classic.serial == defaults.serial == "9724974"
    assert classic.offset_minutes == defaults.offset_minutes == -420
    for one, other in zip(classic.channels, defaults.channels, strict=True):
        known = {row.at: row.milli for row in one.readings}
        shared_rows = [row for row in other.readings if row.at in known]
        assert len(shared_rows) == 7
        assert all(abs(row.milli - known[row.at]) <= 1 for row in shared_rows)


@pytest.mark.parametrize(
    ("name", "row", "columns"),
    [
        ("hobo_geoprecision/FG2_399.csv", r"\d+,(\S+ \S+?),", (2, 3, 4, 5, 6)),
        ("hobo_geoprecision/GP5W.csv", r"\d+,(\S+ \S+?),", (2,)),
        ("hobo_geoprecision/GP5W_260.csv", r"\d+,(\S+ \S+?),", (2,)),
        ("hobo_geoprecision/hobo_defaults.csv", r"\d+,(\d\S+ \S+  [AP]M),", (2, 3)),
        ("hobo_ryanlab/HOBO_LIGHT_logger.csv", r"\d+,(\d\S+ \S+ [AP]M),", (2,)),
    ],
)
def test_every_row_is_there(folder: Path, name: str, row: str, columns: tuple[int, ...]):
    """Row by row against the text, read here in the plainest way."""
    text = (folder / name).read_text(encoding="utf-8-sig")
    read = parse((folder / name).read_bytes())
    lines = [line.split(",") for line in text.splitlines() if re.match(row, line)]
    fahrenheit = "°F" in text
    for channel, index in zip(read.channels, columns, strict=True):
        wanted = [Decimal(cells[index]) for cells in lines if len(cells) > index and cells[index]]
        if fahrenheit:
            wanted = [(value - 32) * 5 / 9 for value in wanted]
        assert len(channel.readings) == len(wanted) > 100
        assert all(
            abs(reading.milli - 1000 * value) <= Decimal("0.5")
            for reading, value in zip(channel.readings, wanted, strict=True)
        )
        times = [reading.at for reading in channel.readings]
        assert times == sorted(set(times))


def test_mean_kinetic_temperature_of_the_regulations(shared: Path):
    vectors = json.loads((shared / "vectors/regulations.json").read_text())["mkt"]
    assert len(vectors) == 5
    for vector in vectors:
        assert mkt.mean_kinetic(vector["temps"], vector.get("weights")) == pytest.approx(vector["mkt"], abs=1e-4)
