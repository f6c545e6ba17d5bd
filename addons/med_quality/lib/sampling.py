"""Sampling by attributes: which sample, how many defects, and when to look harder.

The numbers are those of ISO 2859-1 (GB/T 2828.1): table 1 (code letters), tables 2-A, 2-B and
2-C (single plans), clause 9.3 (switching). The tables for normal and tightened inspection and
the switching score are those of the 1999 edition. The table for reduced inspection is that of
the 1989 edition, which equals ANSI/ASQ Z1.4 and MIL-STD-105E: between its two numbers a lot is
accepted and the next one is inspected normally.

AQL is in percent nonconforming; only the preferred values up to 10 are offered, as the standard
asks for percent nonconforming.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

Severity = Literal["normal", "tightened", "reduced", "discontinued"]

LETTERS = "ABCDEFGHJKLMNPQRS"  # no I and no O; S only under tightened inspection
LEVELS = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")
AQLS = (
    *("0.010", "0.015", "0.025", "0.040", "0.065", "0.10", "0.15", "0.25"),
    *("0.40", "0.65", "1.0", "1.5", "2.5", "4.0", "6.5", "10"),
)

# Table 1: the largest lot of the row (None: any larger), then a letter per level in LEVELS.
CODE_LETTERS: tuple[tuple[int | None, str], ...] = (
    (8, "AAAAAAB"),
    (15, "AAAAABC"),
    (25, "AABBBCD"),
    (50, "ABBCCDE"),
    (90, "BBCCCEF"),
    (150, "BBCDDFG"),
    (280, "BCDEEGH"),
    (500, "BCDEFHJ"),
    (1_200, "CCEFGJK"),
    (3_200, "CDEGHKL"),
    (10_000, "CDFGJLM"),
    (35_000, "CDFHKMN"),
    (150_000, "DEGJLNP"),
    (500_000, "DEGJMPQ"),
    (None, "DEHKNQR"),
)

# Sample size per letter, in the order of LETTERS.
SIZES: Mapping[Severity, tuple[int, ...]] = {
    "normal": (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000),
    "tightened": (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000, 3150),
    "reduced": (2, 2, 2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800),
}

# One row per letter, one cell per AQL: the acceptance number (with the rejection number where
# it is not one more), "v" the first plan below, "^" the first plan above.
TABLES: Mapping[Severity, tuple[str, ...]] = {
    "normal": (
        "v v v v v v v v v v v v v v 0 ^",
        "v v v v v v v v v v v v v 0 ^ v",
        "v v v v v v v v v v v v 0 ^ v 1",
        "v v v v v v v v v v v 0 ^ v 1 2",
        "v v v v v v v v v v 0 ^ v 1 2 3",
        "v v v v v v v v v 0 ^ v 1 2 3 5",
        "v v v v v v v v 0 ^ v 1 2 3 5 7",
        "v v v v v v v 0 ^ v 1 2 3 5 7 10",
        "v v v v v v 0 ^ v 1 2 3 5 7 10 14",
        "v v v v v 0 ^ v 1 2 3 5 7 10 14 21",
        "v v v v 0 ^ v 1 2 3 5 7 10 14 21 ^",
        "v v v 0 ^ v 1 2 3 5 7 10 14 21 ^ ^",
        "v v 0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^",
        "v 0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^ ^",
        "0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^ ^ ^",
        "^ ^ 1 2 3 5 7 10 14 21 ^ ^ ^ ^ ^ ^",
    ),
    "tightened": (
        "v v v v v v v v v v v v v v v 0",
        "v v v v v v v v v v v v v v 0 v",
        "v v v v v v v v v v v v v 0 v v",
        "v v v v v v v v v v v v 0 v v 1",
        "v v v v v v v v v v v 0 v v 1 2",
        "v v v v v v v v v v 0 v v 1 2 3",
        "v v v v v v v v v 0 v v 1 2 3 5",
        "v v v v v v v v 0 v v 1 2 3 5 8",
        "v v v v v v v 0 v v 1 2 3 5 8 12",
        "v v v v v v 0 v v 1 2 3 5 8 12 18",
        "v v v v v 0 v v 1 2 3 5 8 12 18 ^",
        "v v v v 0 v v 1 2 3 5 8 12 18 ^ ^",
        "v v v 0 v v 1 2 3 5 8 12 18 ^ ^ ^",
        "v v 0 v v 1 2 3 5 8 12 18 ^ ^ ^ ^",
        "v 0 v v 1 2 3 5 8 12 18 ^ ^ ^ ^ ^",
        "0 ^ v 1 2 3 5 8 12 18 ^ ^ ^ ^ ^ ^",
        "^ ^ 1 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^",
    ),
    "reduced": (
        "v v v v v v v v v v v v v v 0 ^",
        "v v v v v v v v v v v v v 0 ^ v",
        "v v v v v v v v v v v v 0 ^ v 0/2",
        "v v v v v v v v v v v 0 ^ v 0/2 1/3",
        "v v v v v v v v v v 0 ^ v 0/2 1/3 1/4",
        "v v v v v v v v v 0 ^ v 0/2 1/3 1/4 2/5",
        "v v v v v v v v 0 ^ v 0/2 1/3 1/4 2/5 3/6",
        "v v v v v v v 0 ^ v 0/2 1/3 1/4 2/5 3/6 5/8",
        "v v v v v v 0 ^ v 0/2 1/3 1/4 2/5 3/6 5/8 7/10",
        "v v v v v 0 ^ v 0/2 1/3 1/4 2/5 3/6 5/8 7/10 10/13",
        "v v v v 0 ^ v 0/2 1/3 1/4 2/5 3/6 5/8 7/10 10/13 ^",
        "v v v 0 ^ v 0/2 1/3 1/4 2/5 3/6 5/8 7/10 10/13 ^ ^",
        "v v 0 ^ v 0/2 1/3 1/4 2/5 3/6 5/8 7/10 10/13 ^ ^ ^",
        "v 0 ^ v 0/2 1/3 1/4 2/5 3/6 5/8 7/10 10/13 ^ ^ ^ ^",
        "0 ^ v 0/2 1/3 1/4 2/5 3/6 5/8 7/10 10/13 ^ ^ ^ ^ ^",
        "^ ^ 0/2 1/3 1/4 2/5 3/6 5/8 7/10 10/13 ^ ^ ^ ^ ^ ^",
    ),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How many to draw, and how many defective ones decide.

    ``letter`` is the letter of the plan that is used; an arrow may lead away from that of the
    lot. ``size`` never exceeds the lot: where it would, every unit is inspected.
    """

    letter: str
    size: int
    accept: int
    reject: int


def code_letter(lot_size: int, level: str = "II") -> str:
    """Table 1. :raises ValueError: a lot of nothing, or a level that does not exist."""
    if lot_size < 1:
        raise ValueError("a lot has at least one unit")
    column = LEVELS.index(level)
    # a single unit has no row in the standard; the smallest plan then inspects all of it
    return next(row[column] for largest, row in CODE_LETTERS if largest is None or lot_size <= largest)


def single_plan(lot_size: int, aql: str, level: str = "II", severity: Severity = "normal") -> Plan:
    """The single sampling plan for a lot, arrows followed.

    :param aql: one of ``AQLS``, percent nonconforming
    :raises ValueError: unknown AQL or level, empty lot, or inspection that is discontinued
    """
    if severity not in TABLES:
        raise ValueError("discontinued inspection has no plan")
    rows, sizes = TABLES[severity], SIZES[severity]
    column = AQLS.index(aql)
    row = LETTERS.index(code_letter(lot_size, level))
    while (cell := rows[row].split()[column]) in "v^":
        row += 1 if cell == "v" else -1
    accept, _, reject = cell.partition("/")
    return Plan(LETTERS[row], min(sizes[row], lot_size), int(accept), int(reject or int(accept) + 1))


def accepts_one_step_tighter(lot_size: int, aql: str, level: str, defects: int) -> bool:
    """Whether the lot would still pass under the plan of the next smaller AQL (clause 9.3.3.2).

    The smallest AQL has none below it; then only a lot without a defect would.
    """
    column = AQLS.index(aql)
    return defects <= single_plan(lot_size, AQLS[column - 1], level).accept if column else defects == 0


@dataclass(frozen=True, slots=True)
class Series:
    """What is remembered of the lots of one product from one supplier under one plan."""

    severity: Severity = "normal"
    score: int = 0  # switching score, under normal inspection
    recent: str = ""  # the last lots at this severity, oldest first: A accepted, R not
    rejected: int = 0  # not accepted since tightened inspection began, in all
    accepted_in_row: int = 0  # for skipping lots, whatever the severity
    skipped: int = 0  # lots skipped since the last one inspected


@dataclass(frozen=True, slots=True)
class Outcome:
    """A lot on its first presentation; one presented again is never fed in (clause 9.3)."""

    accepted: bool
    accept_number: int = 0
    tighter_accepted: bool = False  # as ``accepts_one_step_tighter``
    between: bool = False  # reduced inspection: more than Ac, fewer than Re


def switched(series: Series, outcome: Outcome, *, reduced_allowed: bool = False) -> Series:
    """The series after this lot; a switch counts from the next lot on (clauses 9.3, 9.4)."""
    series = replace(
        series,
        accepted_in_row=series.accepted_in_row + 1 if outcome.accepted else 0,
        skipped=0,
        recent=(series.recent + ("A" if outcome.accepted else "R"))[-5:],
    )
    match series.severity:
        case "normal":
            return _after_normal(series, outcome, reduced_allowed)
        case "tightened":
            return _after_tightened(series, outcome)
        case "reduced":
            keep = outcome.accepted and not outcome.between and reduced_allowed
            return series if keep else _turn(series, "normal")
        case _:
            return series


def _turn(series: Series, severity: Severity) -> Series:
    return replace(series, severity=severity, score=0, recent="", rejected=0)


def _after_normal(series: Series, outcome: Outcome, reduced_allowed: bool) -> Series:
    if series.recent.count("R") >= 2:
        return _turn(series, "tightened")
    if not outcome.accepted:
        gain = None
    elif outcome.accept_number >= 2:
        gain = 3 if outcome.tighter_accepted else None
    else:
        gain = 2
    score = 0 if gain is None else series.score + gain
    if score >= 30 and reduced_allowed:
        return _turn(series, "reduced")
    return replace(series, score=score)


def _after_tightened(series: Series, outcome: Outcome) -> Series:
    if series.recent == "AAAAA":
        return _turn(series, "normal")
    rejected = series.rejected + (not outcome.accepted)
    if rejected >= 5:
        return replace(series, severity="discontinued", rejected=rejected)
    return replace(series, rejected=rejected)


def resumed(series: Series) -> Series:
    """The supplier has mended his process: inspection resumes, tightened (clause 9.4)."""
    return _turn(series, "tightened") if series.severity == "discontinued" else series


def skips(series: Series, after: int, one_in: int) -> bool:
    """Whether the next lot may be skipped: ``after`` accepted lots in a row earn it, and then
    one lot in ``one_in`` is inspected. Nothing is skipped under tightened inspection."""
    earned = after > 0 and one_in > 1 and series.accepted_in_row >= after
    return earned and series.severity in ("normal", "reduced") and series.skipped < one_in - 1


def skipped(series: Series) -> Series:
    return replace(series, skipped=series.skipped + 1)
