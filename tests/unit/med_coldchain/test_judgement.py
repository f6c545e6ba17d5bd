"""The judgement of a course of temperatures: its rules one by one, and that it never depends on how readings came."""

from __future__ import annotations

import json
from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_coldchain.lib.exposure import Band, Exposure, expose, spend
from med_coldchain.lib.intervals import holes
from med_coldchain.lib.judgement import DAY, Checkpoint, Spell, State, Terms, absorb, fold, silence
from med_coldchain.lib.readings import Reading

FRIDGE = Terms(low=2000, high=8000, low_delay=600, high_delay=1800, freeze=-500, gap=900)
FULL = Terms(
    low=2000,
    high=8000,
    low_delay=600,
    high_delay=1200,
    freeze=0,
    rate=800,
    cumulated=3600,
    repeated=3,
    window=7200,
    gap=1200,
)


def series(*values: float | None, step: int = 300, start: int = 0) -> list[Reading]:
    """Readings every five minutes, in degrees."""
    return [Reading(start + i * step, None if v is None else round(v * 1000)) for i, v in enumerate(values)]


def judge(readings, terms=FRIDGE):
    judged = fold(State(), readings, terms)
    return [(s.kind, s.start, s.end, s.alarm) for s in sorted([*judged.closed, *judged.open], key=lambda s: s.start)]


def test_quiet_is_quiet():
    assert judge(series(5, 2, 8, 5)) == []


def test_the_limit_itself_is_inside_unless_the_profile_is_strict():
    readings = series(*[8.0] * 10)
    assert judge(readings) == []
    strict = Terms(high=8000, high_delay=1800, is_strict=True, gap=900)
    assert judge(readings, strict) == [("high", 0, None, 1800)]


def test_shorter_than_the_delay_is_no_excursion():
    assert judge(series(5, 9, 9, 9, 9, 9, 5, 5)) == []


def test_an_excursion_begins_where_the_limit_was_left_and_alarms_after_the_delay():
    assert judge(series(5, 9, 9, 9, 9, 9, 9, 5, 5)) == [("high", 300, 2100, 2100)]
    assert judge(series(5, *[9] * 8)) == [("high", 300, None, 2100)]


def test_frost_needs_no_delay():
    assert judge(series(5, -0.6, 5)) == [("freeze", 300, 600, 300)]


def test_an_open_excursion_goes_on_through_silence():
    readings = [*series(5, *[9] * 8), Reading(10_000, 9000), Reading(10_300, 5000)]
    judged = fold(State(), readings, FRIDGE)
    gap, high = sorted(judged.closed, key=lambda s: s.kind)
    assert (gap.kind, gap.start, gap.end) == ("gap", 2400, 10_000)
    assert (high.start, high.end, high.unknown, high.extreme) == (300, 10_300, 7600, 9000)


def test_an_excursion_of_a_dead_sensor_ends_with_the_first_reading_of_the_next_one():
    """Nothing but a reading in range ends it; the silence between is kept as a gap."""
    before = fold(State(), series(5, *[9] * 8), FRIDGE)
    assert [s.kind for s in before.open] == ["high"]
    assert silence(before.state, 100_000, FRIDGE) == Spell("gap", 2400, None, 3300, None, 97_600, 97_600)
    after = fold(before.state, [Reading(100_000, 4000)], FRIDGE)
    assert {(s.kind, s.end) for s in after.closed} == {("gap", 100_000), ("high", 100_000)}
    assert after.open == []


def test_a_failed_sensor_is_said_to_have_failed():
    assert judge(series(5, None, None, 5)) == [("failure", 300, 900, 300)]


def test_silence_is_known_by_the_clock():
    judged = fold(State(), series(5, 5), FRIDGE)
    assert silence(judged.state, 300 + 900, FRIDGE) is None
    assert silence(judged.state, 300 + 901, FRIDGE) is not None
    assert silence(State(), 1, FRIDGE) is None


def test_minutes_outside_add_up_in_the_window():
    terms = Terms(high=8000, high_delay=NEVER_ALONE, cumulated=1200, window=7200, gap=900)
    assert judge(series(5, 9, 9, 5, 5, 9, 9, 5, 5), terms) == [("cumulated", 2100, None, 2100)]
    forgotten = series(5, 9, 9, 5, *[5] * 24, 9, 9, 5)
    assert judge(forgotten, terms) == []


NEVER_ALONE = 10**9


def test_again_and_again_is_an_excursion_of_its_own():
    terms = Terms(high=8000, high_delay=NEVER_ALONE, repeated=3, window=7200, gap=900)
    assert judge(series(5, 9, 5, 9, 5, 9, 5), terms) == [("repeated", 1500, None, 1500)]
    assert judge(series(5, 9, 5, 9, 5), terms) == []


def test_a_fast_change_is_an_excursion_though_both_ends_are_in_range():
    terms = Terms(low=0, high=30_000, rate=1000, gap=900)
    assert judge(series(5, 9, 15, 15), terms) == [("rate", 300, 900, 600)]


@pytest.mark.parametrize("side", ["low", "high"])
def test_alarm_vectors(side):
    """The alarm vectors of the regulations: longest spell and sum, alone and added up."""
    vectors = [
        ("low", -500, 60, [(-600, 59), (2000, 10)], (59, 59, False, False)),
        ("low", -500, 60, [(-600, 60), (2000, 10)], (60, 60, True, True)),
        ("low", -500, 60, [(-600, 45), (2000, 5), (-600, 45)], (45, 90, False, True)),
        ("high", 8000, 600, [(8100, 599)], (599, 599, False, False)),
        ("high", 8000, 600, [(8100, 600)], (600, 600, True, True)),
        ("high", 8000, 600, [(8000, 900)], (0, 0, False, False)),
    ]
    for at_side, limit, minutes, runs, expected in vectors:
        if at_side == side:
            assert alarms_of(at_side, limit, minutes, runs) == expected


def alarms_of(side, limit, minutes, runs):
    """(longest minutes outside, sum, alarm in one go, alarm added up) of runs [(milli, minutes)]."""
    readings, at = [], 0
    for milli, length in runs:
        readings.append(Reading(at, milli))
        at += 60 * length
    readings.append(Reading(at, 4000))
    delay = 60 * minutes
    bounds = {"low": limit, "low_delay": delay} if side == "low" else {"high": limit, "high_delay": delay}
    day = {"window": 10 * DAY, "gap": DAY}
    alone = fold(State(), readings, Terms(**bounds, **day))
    summed = fold(State(), readings, Terms(**bounds, cumulated=delay, **day))
    every = Terms(**{**bounds, f"{side}_delay": 0}, **day)
    lengths = [spell.seconds // 60 for spell in fold(State(), readings, every).closed if spell.kind == side]
    kinds = {spell.kind for spell in [*summed.closed, *summed.open]}
    return max(lengths, default=0), sum(lengths), bool(alone.closed), "cumulated" in kinds


def test_holes_in_the_record():
    minute = 60
    rows = [Reading(m * minute, v) for m, v in ((0, 5000), (5, 5100), (10, 5200), (16, 5000))]
    assert [(h.start // 60, h.end // 60, h.allowed // 60) for h in holes(rows, "transport", (2000, 8000))] == [
        (10, 16, 5)
    ]
    rows = [Reading(m * minute, v) for m, v in ((5, 7900), (10, 8300), (12, 8200), (14, 7900), (19, 7000))]
    assert holes(rows, "transport", (2000, 8000)) == []
    rows = [Reading(0, 9000), Reading(180, 9000)]
    assert [hole.allowed for hole in holes(rows, "storage", (2000, 8000))] == [120]


def test_vectors_of_the_regulations(request):
    """The same from the file of vectors, where it is beside the checkout."""
    folder = request.config.rootpath.parent / "shared" / "vectors" / "regulations.json"
    if not folder.is_file():
        pytest.skip(f"{folder} is not there")
    vectors = json.loads(folder.read_text())
    for vector in vectors["alarms"]:
        runs = [(round(1000 * value), minutes) for value, minutes in vector["runs"]]
        found = alarms_of(vector["side"], round(1000 * vector["limit"]), vector["minutes"], runs)
        assert list(found) == vector["expect"], vector["id"]
    for vector in vectors["cold_intervals_cn"]:
        rows = [Reading(seconds(clock), round(1000 * value)) for clock, value in vector["rows"]]
        found = holes(rows, vector["mode"], (round(1000 * vector["low"]), round(1000 * vector["high"])))
        assert [[h.start, h.end, (h.end - h.start) // 60, h.allowed // 60] for h in found] == [
            [seconds(a), seconds(b), long, allowed] for a, b, long, allowed in vector["violations"]
        ]


def seconds(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60


# Readings of up to five days, in and around every limit, with holes and failures.
VALUES = st.one_of(st.none(), st.sampled_from([-1000, 0, 1900, 2000, 5000, 5100, 8000, 8100, 12_000]))
STEPS = st.sampled_from([60, 300, 600, 1200, 1201, 3600, 20_000, 90_000])
COURSE = st.lists(st.tuples(STEPS, VALUES), min_size=1, max_size=40).map(
    lambda pairs: [
        Reading(at, milli)
        for at, milli in zip(
            [1_760_000_000 + sum(step for step, _m in pairs[: i + 1]) for i in range(len(pairs))],
            [milli for _step, milli in pairs],
            strict=True,
        )
    ]
)


class Store:
    """What a sensor's tables hold: readings once each, checkpoints, excursions."""

    def __init__(self, terms):
        self.terms = terms
        self.readings: list[Reading] = []
        self.state = State()
        self.checkpoints: list[Checkpoint] = []
        self.closed: dict[tuple[str, int], Spell] = {}

    def take(self, batch):
        known = {reading.at for reading in self.readings}
        new = list({reading.at: reading for reading in batch if reading.at not in known}.values())
        self.readings = sorted([*self.readings, *new], key=lambda reading: reading.at)
        times = [reading.at for reading in self.readings]
        state = State.load(json.loads(json.dumps(self.state.dump())))
        judged = absorb(
            state, self.checkpoints, new, lambda since: self.readings[bisect_left(times, since) :], self.terms
        )
        if judged.since is not None:
            self.closed = {key: spell for key, spell in self.closed.items() if spell.end < judged.since}
            self.checkpoints = [point for point in self.checkpoints if point.at < judged.since]
        self.closed |= {(spell.kind, spell.start): spell for spell in judged.closed}
        points = {point.at: point for point in [*self.checkpoints, *judged.checkpoints]}
        self.checkpoints = [points[at] for at in sorted(points)]
        self.state = judged.state


@given(COURSE, st.data())
def test_any_split_in_any_order_with_duplicates_gives_the_judgement_of_the_whole(course, data):
    whole = fold(State(), course, FULL)
    arriving = data.draw(st.permutations(course))
    arriving = arriving + data.draw(st.lists(st.sampled_from(course), max_size=5))
    store = Store(FULL)
    while arriving:
        size = data.draw(st.integers(1, len(arriving)))
        store.take(arriving[:size])
        arriving = arriving[size:]
    assert sorted(store.closed.values()) == sorted(whole.closed)
    assert store.state.dump() == whole.state.dump()
    assert [point.at for point in store.checkpoints] == [point.at for point in whole.checkpoints]


@given(COURSE, st.integers(0, 40))
def test_in_order_the_judgement_continues_where_it_stands(course, cut):
    whole = fold(State(), course, FULL)
    first = fold(State(), course[:cut], FULL)
    second = fold(first.state, course[cut:], FULL)
    assert first.closed + second.closed == whole.closed
    assert second.state.dump() == whole.state.dump()


@given(COURSE, st.integers(0, 400_000), st.integers(0, 400_000))
def test_exposures_of_parts_add_up(course, one, other):
    begin = course[0].at - 5000
    a, b = sorted((one, other))
    parts = [(begin, begin + a), (begin + a, begin + b), (begin + b, begin + 400_000)]
    total = expose(course, begin, begin + 400_000, 1200)
    assert total.known + total.unknown == 400_000
    known = [expose(course, start, end, 1200) for start, end in parts if end > start]
    added = sum(known, Exposure())
    assert added.known + added.unknown == 400_000
    # cut inside of readings that follow each other closely, nothing is lost nor made
    if all(any(r.at >= end for r in course) for _start, end in parts):
        assert (dict(added.seconds), added.unknown) == (dict(total.seconds), total.unknown)


def test_the_budget_is_spent_by_bands_and_the_unknown_in_the_strictest():
    bands = [Band(8001, 15_000, 86_400), Band(15_001, None, 3600)]
    spent = spend(Exposure({5000: 10**6, 9000: 7200, 20_000: 600}, 300), bands, (2000, 8000), unknown_is_worst=True)
    assert [(s.used, s.left) for s in spent] == [(7200, 79_200), (900, 2700)]
    spent = spend(Exposure({5000: 10**6}, 300), bands, (2000, 8000), unknown_is_worst=False)
    assert [s.used for s in spent] == [0, 0]
    # below the range and in no band: it counts where least is allowed
    spent = spend(Exposure({1000: 60}), bands, (2000, 8000), unknown_is_worst=False)
    assert [s.used for s in spent] == [0, 60]
