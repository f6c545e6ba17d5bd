"""Readers of loggers' files on samples of our own: dialects, damage, time zones; nothing but a refusal ever escapes."""
# ruff: noqa: DTZ001 - a logger's clock has no time zone

from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from med_coldchain.lib.columns import Columns, Value, suggest
from med_coldchain.lib.errors import Refusal
from med_coldchain.lib.logger_file import LoggerFile
from med_coldchain.lib.parse import parse
from med_coldchain.lib.readings import LocalReading, steady, to_milli, to_seconds, wall

FRIDGE_TAG = """Device: Q-tag Fridge-tag 2
Vers: 0.5
Conf:
 Serial: 990000000001
 Temp unit: C
 Alarm:
  0:
   T AL: -0.5, t AL: 60
  1:
   T AL: +8.0, t AL: 600
Hist:
 TS Actv: 2026-11-01 08:00
 TS Report Creation: 2026-11-20 09:30
 1:
  Date: 2026-11-20
  Min T: +2.4, TS Min T: 05:10
  Max T: +8.6, TS Max T: 07:42
  Avrg T: +4.9
  Alarm:
   0:
    t Acc: 0
   1:
    t Acc: 14, TS A: 07:42, C A: 1
  Int Sensor timeout:
   t AccST: 3
Sig: 00ff
"""
Q_TAG = """Device: Q-tag CLm doc LR
Conf:
 Serial: R1
 MKT Energy: 83.0
 Logging Interval: 10
 Alarm:
  1:
   Type: 2, T AL: 8.0, t AL: 30
  3:
   Type: 0
Res:
 TS Start: 2026-11-08 04:49
 TS Stop: 2026-11-08 05:28
 Min T: 2.1, TS Min T: 2026-11-08 05:09
 MKT: 3.5
 Alarm:
  1:
   TS S: 2026-11-08 21:50, t A: 219, TS A: 2026-11-08 22:20, TS E:, T M: 24.5, TS M: 2026-11-09 01:28
Marker:
\tNumber\tT\tyyyy-MM-dd hh:mm\t
Data:
\tyyyy-MM-dd hh:mm\tT\tOut of limits
\t2026-11-08 04:49\t4.4\t
\t2026-11-08 04:59\t3.2\t
\t2026-11-08 05:09\t2.1\tx
"""
HOBO = """\ufeff"Plot Title: 9"
"#","Date Time, GMT-07:00","Temp, °F (LGR S/N: 9724974, SEN S/N: 9724974)","Host Connected"
1,08/18/10 12:00:00  AM,32.000,
2,08/18/10 02:00:00  PM,69.557,
3,08/18/10 02:05:00  PM,,Logged
"""
HOBO_COMMA = """"Plot Title: 9"
"#";"Date Time, GMT+01:00";"Temp, °C (LGR S/N: 9724974, SEN S/N: 9724974)"
1;18.08.10 14:00:00;20,865
2;18.08.10 15:00:00;-0,5
"""
PROBES = """<FG2 'FG2-SHELL V3.99' (Apr  4 2018) NOW(UTC):21.10.2019 19:16:43>
<LOGGER: $E53117>
NO,TIME,#1(oC),#2(oC),HK-TEMP(oC),HK-BAT(V)
1,05.09.2018 15:29:18,22.1375,22.2868,23.92,3.613
<TIME: 05.09.2018 16:00:00>
2,05.09.2018 16:00:00,22.1139,-0.0005
<INFO: Decode OK, 300 Lines>
"""


def read(text: str) -> LoggerFile:
    return parse(text.encode())


def refusal(text: str | bytes, named: Columns | None = None) -> Refusal:
    with pytest.raises(Refusal) as refused:
        parse(text if isinstance(text, bytes) else text.encode(), named)
    return refused.value


def test_days_of_a_fridge_tag():
    file = read(FRIDGE_TAG)
    assert (file.kind, file.serial, file.has_signature, file.count) == ("fridge_tag", "990000000001", True, 0)
    assert [(limit.side, limit.milli, limit.minutes) for limit in file.limits] == [
        ("low", -500, 60),
        ("high", 8000, 600),
    ]
    day = file.days[0]
    assert (day.minimum, day.min_at, day.maximum, day.average, day.failed_minutes) == (2400, "05:10", 8600, 4900, 3)
    assert [(out.minutes, out.alarm_at) for out in day.out] == [(0, ""), (14, "07:42")]
    assert file.offset_minutes is None


def test_lines_may_end_as_windows_ends_them():
    assert read(FRIDGE_TAG.replace("\n", "\r\n")) == read(FRIDGE_TAG)


def test_readings_of_a_q_tag():
    file = read(Q_TAG)
    assert [(row.at, row.milli) for row in file.channels[0].readings] == [
        (datetime(2026, 11, 8, 4, 49), 4400),
        (datetime(2026, 11, 8, 4, 59), 3200),
        (datetime(2026, 11, 8, 5, 9), 2100),
    ]
    assert (file.interval_seconds, file.printed.mkt, file.printed.mkt_energy) == (600, 3500, "83.0")
    assert [limit.number for limit in file.limits] == [1]
    alarm = file.printed.alarms[0]
    assert (alarm.minutes, alarm.alarm_at, alarm.end) == (219, datetime(2026, 11, 8, 22, 20), None)


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        (("T: +2.4", "T: abc"), "temperature_value_line", "16"),
        (("T: +2.4", "T: +999"), "temperature_range_line", "16"),
        (("2026-11-20\n  Min", "2026-13-20\n  Min"), "time_odd", "15"),
        (("t Acc: 14", "t Acc: x"), "number_odd", "23"),
        (("Temp unit: C", "Temp unit: R"), "unit_odd", "5"),
        (("Vers: 0.5", "???"), "line_odd", "2"),
        ((" Serial", "Serial"), "part_missing", None),
    ],
)
def test_damage_is_named_with_its_line(change, code, line):
    refused = refusal(FRIDGE_TAG.replace(*change))
    assert (refused.code, refused.params.get("line")) == (code, line)


def test_a_day_without_a_value_is_a_day_without_a_value():
    day = read(FRIDGE_TAG.replace("+2.4, TS Min T: 05:10", "---, TS Min T: ---")).days[0]
    assert (day.minimum, day.min_at, day.maximum) == (None, "", 8600)


def test_hobo_in_fahrenheit_with_am_and_pm():
    file = read(HOBO)
    assert [(row.at.hour, row.milli) for row in file.channels[0].readings] == [(0, 0), (14, 20_865)]
    assert (file.serial, file.offset_minutes) == ("9724974", -420)


def test_hobo_with_decimal_comma_and_day_first():
    file = read(HOBO_COMMA)
    assert [(row.at, row.milli) for row in file.channels[0].readings] == [
        (datetime(2010, 8, 18, 14), 20_865),
        (datetime(2010, 8, 18, 15), -500),
    ]
    assert file.offset_minutes == 60


def test_several_probes_with_remarks_between_the_rows():
    file = read(PROBES)
    assert [[row.milli for row in channel.readings] for channel in file.channels] == [[22_138, 22_114], [22_287, 0]]
    assert file.serial == "E53117"


def test_encodings():
    sixteen = parse(HOBO_COMMA.encode("utf-16"))
    assert sixteen == read(HOBO_COMMA) == parse(HOBO_COMMA.encode("cp1252"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b" \r\n", "file_empty"),
        (b"%PDF-1.4 ...", "file_pdf"),
        (b"PK\x03\x04", "file_binary"),
        (b"Dear Sir or Madam", "file_unknown"),
    ],
)
def test_what_is_no_export(content, code):
    assert refusal(content).code == code


def test_an_unknown_table_is_suggested_and_read():
    text = "序号;时间;温度(℃);湿度\n1;2026-11-20 08:00;4,5;60\n2;2026-11-20 08:05;4,6;61\n"
    columns = suggest(text)
    assert columns is not None
    assert (columns.separator, columns.time, columns.decimal) == (";", 1, ",")
    assert [(row.at.minute, row.milli) for row in read(text).channels[0].readings] == [(0, 4500), (5, 4600)]


def test_times_of_a_table_may_name_their_zone():
    file = read("time,temperature\n2026-11-20T08:00:00+08:00,4.5\n2026-11-20T08:05:00+08:00,4.6\n")
    assert file.offset_minutes == 480
    mixed = "time,temperature\n2026-11-20T08:00:00+08:00,4.5\n2026-11-20T08:05:00Z,4.6\n"
    assert refusal(mixed).code == "zones_differ"


def test_the_order_of_day_and_month_is_never_guessed():
    ambiguous = "time,temperature\n03.04.2026 08:00,4.5\n03.04.2026 08:05,4.6\n"
    assert refusal(ambiguous).code == "date_order"
    named = Columns(",", 1, 0, (Value(1, "t"),), order="dmy")
    assert parse(ambiguous.encode(), named).started == datetime(2026, 4, 3, 8, 0)
    # a whole month of days tells it
    rows = "".join(f"{day:02}.04.2026 08:00,4.5\n" for day in range(1, 31))
    assert read("time,temperature\n" + rows).started == datetime(2026, 4, 1, 8, 0)


def test_one_time_with_two_values_is_refused_and_with_one_is_one():
    table = "time,temperature\n2026-11-20 08:00,4.5\n2026-11-20 08:00,{}\n"
    assert read(table.format("4.5")).count == 1
    refused = refusal(table.format("4.6"))
    assert (refused.code, refused.params["line"], refused.params["other"]) == ("time_twice", "3", "2")


def test_a_clock_that_was_set_back_is_told():
    file = read("time,temperature\n2026-11-20 08:05,4.5\n2026-11-20 08:00,4.6\n")
    assert [problem.code for problem in file.problems] == ["time_back"]
    assert [row.milli for row in file.channels[0].readings] == [4600, 4500]


BERLIN = ZoneInfo("Europe/Berlin")
SYDNEY = ZoneInfo("Australia/Sydney")


def rows(*times: str) -> list[LocalReading]:
    return [LocalReading(datetime.fromisoformat(time), 5000, n) for n, time in enumerate(times, 1)]


def utc(readings) -> list[str]:
    return [f"{datetime.fromtimestamp(reading.at, timezone.utc):%H:%M}" for reading in readings]


def test_a_clock_that_nobody_changes_runs_through_both_changes_of_summer_time():
    autumn = rows("2026-10-25 01:30", "2026-10-25 02:30", "2026-10-25 03:30")
    assert utc(steady(autumn, BERLIN)) == ["23:30", "00:30", "01:30"]
    spring = rows("2026-03-29 01:30", "2026-03-29 02:30", "2026-03-29 03:30")
    assert utc(steady(spring, BERLIN)) == ["00:30", "01:30", "02:30"]


def test_a_clock_on_the_wall_shows_an_hour_twice_and_another_never():
    autumn = rows("2026-10-25 01:30", "2026-10-25 02:00", "2026-10-25 02:30", "2026-10-25 02:00", "2026-10-25 02:30")
    assert utc(wall(autumn, BERLIN)) == ["23:30", "00:00", "00:30", "01:00", "01:30"]
    spring = rows("2026-03-29 01:30", "2026-03-29 03:00")
    assert utc(wall(spring, BERLIN)) == ["00:30", "01:00"]
    with pytest.raises(Refusal) as refused:
        wall(rows("2026-03-29 02:30"), BERLIN)
    assert refused.value.code == "clock_skipped"


def test_summer_is_in_winter_on_the_other_half_of_the_world():
    assert utc(wall(rows("2026-01-10 12:00", "2026-07-10 12:00"), SYDNEY)) == ["01:00", "02:00"]


def test_temperatures_are_exact():
    assert [to_milli(text, "F") for text in ("32", "-40", "98.6", "46.4")] == [0, -40_000, 37_000, 8000]
    assert (to_milli("277.15", "K"), to_milli(" +8.0 "), to_milli("\u22120.5")) == (4000, 8000, -500)
    assert to_seconds(datetime(1970, 1, 2)) == 86_400


PIECES = st.sampled_from(
    [*FRIDGE_TAG.splitlines(), *Q_TAG.splitlines(), *HOBO.splitlines(), *PROBES.splitlines(), "\t", " : ,", "1,2,3", ""]
)


def answer_of(content: bytes) -> LoggerFile | Refusal:
    try:
        return parse(content)
    except Refusal as refused:
        return refused


@given(st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=30).map(lambda parts: "\n".join(parts).encode())))
@example(b'"Date Time","Temp\n1,2')
@example(b'time,temp\n"2026-01-01 00:00')
def test_whatever_comes_is_read_or_refused(content):
    answer = answer_of(content)
    if isinstance(answer, Refusal):
        assert answer.code
        assert all(isinstance(value, str) for value in answer.params.values())
    else:
        assert answer.count or answer.days


@given(st.sampled_from([FRIDGE_TAG, Q_TAG, HOBO, HOBO_COMMA, PROBES]), st.data())
def test_a_changed_character_is_read_or_refused(text, data):
    position = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(["", "\x00", "\t", ",", ":", "9", "é", "\n", " "]))
    answer = answer_of((text[:position] + other + text[position + 1 :]).encode())
    assert isinstance(answer, LoggerFile | Refusal)
