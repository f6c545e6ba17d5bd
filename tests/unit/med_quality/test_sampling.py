"""ISO 2859-1 against its published numbers, and its switching rules."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_quality.lib import sampling
from med_quality.lib.sampling import AQLS, LETTERS, LEVELS, SIZES, TABLES, Outcome, Series, single_plan, switched

GOOD, BAD = Outcome(True), Outcome(False)


@pytest.mark.parametrize(
    ("size", "level", "letter"),
    [
        (1, "II", "A"),
        (8, "II", "A"),
        (9, "II", "B"),
        (50, "II", "D"),
        (51, "II", "E"),
        (500, "II", "H"),
        (501, "II", "J"),
        (1200, "II", "J"),
        (1201, "II", "K"),
        (500, "I", "F"),
        (3200, "III", "L"),
        (500_000, "II", "P"),
        (500_001, "II", "Q"),
        (10**9, "III", "R"),
        (150, "S-4", "D"),
        (150, "S-1", "B"),
    ],
)
def test_code_letters(size, level, letter):
    assert sampling.code_letter(size, level) == letter


# MIL-STD-105E tables II-A and II-B, general level II: rejection numbers as the US procurement
# guides print them, AQL 0.65, 1.0, 1.5, 2.5, 4.0, 6.5, 10; "v" and "^" are the arrows.
PUBLISHED = {
    "normal": {
        "A": "v v v v v 1 ^",
        "B": "v v v v 1 ^ v",
        "C": "v v v 1 ^ v 2",
        "D": "v v 1 ^ v 2 3",
        "E": "v 1 ^ v 2 3 4",
        "F": "1 ^ v 2 3 4 6",
        "G": "^ v 2 3 4 6 8",
        "H": "v 2 3 4 6 8 11",
        "J": "2 3 4 6 8 11 15",
        "K": "3 4 6 8 11 15 22",
        "L": "4 6 8 11 15 22 ^",
        "M": "6 8 11 15 22 ^ ^",
        "N": "8 11 15 22 ^ ^ ^",
        "P": "11 15 22 ^ ^ ^ ^",
        "Q": "15 22 ^ ^ ^ ^ ^",
    },
    "tightened": {
        "A": "v v v v v v 1",
        "B": "v v v v v 1 v",
        "C": "v v v v 1 v v",
        "D": "v v v 1 v v 2",
        "E": "v v 1 v v 2 3",
        "F": "v 1 v v 2 3 4",
        "G": "1 v v 2 3 4 6",
        "H": "v v 2 3 4 6 9",
        "J": "v 2 3 4 6 9 13",
        "K": "2 3 4 6 9 13 19",
        "L": "3 4 6 9 13 19 ^",
    },
}


@pytest.mark.parametrize("severity", PUBLISHED)
def test_the_tables_say_what_was_published(severity):
    for letter, row in PUBLISHED[severity].items():
        cells = TABLES[severity][LETTERS.index(letter)].split()[AQLS.index("0.65") :]
        assert [c if c in "v^" else str(int(c) + 1) for c in cells] == row.split(), letter


@pytest.mark.parametrize(
    ("size", "aql", "severity", "plan"),
    [
        (1000, "1.0", "normal", ("J", 80, 2, 3)),
        (1000, "1.0", "tightened", ("J", 80, 1, 2)),
        (1000, "1.0", "reduced", ("J", 32, 1, 3)),
        (1000, "0.65", "normal", ("J", 80, 1, 2)),
        (1000, "2.5", "normal", ("J", 80, 5, 6)),
        (500, "0.65", "normal", ("J", 80, 1, 2)),  # arrow down from H
        (280, "0.65", "normal", ("F", 20, 0, 1)),  # arrow up from G
        (40, "1.0", "normal", ("E", 13, 0, 1)),  # arrow down from D
        (5, "1.0", "normal", ("E", 5, 0, 1)),  # the sample is the whole lot
        (20_000, "10", "normal", ("K", 125, 21, 22)),  # arrow up from M
        (1000, "4.0", "reduced", ("J", 32, 3, 6)),
        (10**6, "0.025", "tightened", ("R", 2000, 0, 1)),
    ],
)
def test_single_plans(size, aql, severity, plan):
    if severity == "tightened" and size == 10**6:
        found = single_plan(size, aql, "III", severity)
        assert (found.letter, found.size, found.accept, found.reject) == ("S", 3150, 1, 2)
        return
    found = single_plan(size, aql, severity=severity)
    assert (found.letter, found.size, found.accept, found.reject) == plan


def test_every_table_has_a_row_per_size_and_a_cell_per_aql():
    for severity, rows in TABLES.items():
        assert len(rows) == len(SIZES[severity])
        assert {len(row.split()) for row in rows} == {len(AQLS)}


@given(
    st.integers(1, 10**7),
    st.sampled_from(AQLS),
    st.sampled_from(LEVELS),
    st.sampled_from(["normal", "tightened", "reduced"]),
)
def test_every_lot_finds_a_plan(size, aql, level, severity):
    plan = single_plan(size, aql, level, severity)
    assert 1 <= plan.size <= size
    assert 0 <= plan.accept < plan.reject


@given(st.integers(1, 10**6), st.sampled_from(AQLS), st.sampled_from(LEVELS))
def test_tightened_is_never_more_lenient(size, aql, level):
    normal, tightened = (single_plan(size, aql, level, s) for s in ("normal", "tightened"))
    assert tightened.accept / tightened.size <= normal.accept / normal.size


@pytest.mark.parametrize("bad", [(0, "1.0", "II"), (10, "0.7", "II"), (10, "1.0", "IV")])
def test_what_no_table_knows_is_refused(bad):
    with pytest.raises(ValueError, match=r"not in tuple|at least one|not in list|x not"):
        single_plan(*bad)


def run(outcomes, start=None, **options):
    return reduce(lambda series, outcome: switched(series, outcome, **options), outcomes, start or Series())


def test_two_of_five_not_accepted_tighten():
    assert run([BAD, GOOD, GOOD, GOOD, BAD]).severity == "tightened"
    assert run([BAD, GOOD, GOOD, GOOD, GOOD, BAD]).severity == "normal"


def test_five_accepted_in_a_row_return_to_normal():
    tightened = Series("tightened")
    assert run([GOOD] * 4, tightened).severity == "tightened"
    assert run([GOOD] * 5, tightened).severity == "normal"
    assert run([GOOD] * 4 + [BAD] + [GOOD] * 4, tightened).severity == "tightened"


def test_five_not_accepted_under_tightened_end_inspection_until_it_is_resumed():
    mixed = [BAD, GOOD] * 4
    assert run(mixed, Series("tightened")).severity == "tightened"
    ended = run([*mixed, BAD], Series("tightened"))
    assert ended.severity == "discontinued"
    assert switched(ended, GOOD).severity == "discontinued"
    assert sampling.resumed(ended).severity == "tightened"
    with pytest.raises(ValueError, match="discontinued"):
        single_plan(10, "1.0", severity=ended.severity)


def test_thirty_points_earn_reduced_inspection_where_it_is_allowed():
    assert run([GOOD] * 14, reduced_allowed=True).severity == "normal"
    assert run([GOOD] * 15, reduced_allowed=True).severity == "reduced"
    assert run([GOOD] * 40).severity == "normal"
    strong = Outcome(True, accept_number=2, tighter_accepted=True)
    assert run([strong] * 10, reduced_allowed=True).severity == "reduced"
    weak = Outcome(True, accept_number=2, tighter_accepted=False)
    assert run([*[strong] * 9, weak], reduced_allowed=True).score == 0


@pytest.mark.parametrize("last", [BAD, Outcome(True, between=True)])
def test_reduced_inspection_ends_with_the_first_doubt(last):
    assert run([GOOD], Series("reduced"), reduced_allowed=True).severity == "reduced"
    assert run([last], Series("reduced"), reduced_allowed=True).severity == "normal"


def test_skipping_is_earned_and_lost():
    series = run([GOOD] * 4)
    assert not sampling.skips(series, after=5, one_in=3)
    series = run([GOOD], series)
    pattern = []
    for _ in range(6):
        skip = sampling.skips(series, after=5, one_in=3)
        pattern.append(skip)
        series = sampling.skipped(series) if skip else switched(series, GOOD)
    assert pattern == [True, True, False, True, True, False]
    assert not sampling.skips(run([BAD], series), after=5, one_in=3)
    assert not sampling.skips(Series("tightened", accepted_in_row=9), after=5, one_in=3)
    assert not sampling.skips(series, after=0, one_in=3)
