"""A qualification counts from its first day to its last, both included."""

import pytest
from line_kit import DAY, TODAY, line
from med_quality.lib.facts import OperatorFacts
from med_quality.lib.rules_operator import ROLE_AT, operator_not_qualified


def operator(*periods, duty=False):
    days = tuple(
        (None if first is None else TODAY + first * DAY, None if last is None else TODAY + last * DAY)
        for first, last in periods
    )
    return OperatorFacts("Li Na", "picker", days, duty)


@pytest.mark.parametrize(
    ("who", "problem"),
    [
        (operator((-30, 0)), None),
        (operator((0, 30)), None),
        (operator((None, None)), None),
        (operator((-30, -1)), "lapsed"),
        (operator((1, 30)), "not_yet"),
        (operator((-60, -31), (-30, 5)), None),
        (operator((-60, -31), (1, 5)), "lapsed"),
        (operator(), None),
        (operator(duty=True), "missing"),
        (operator((-30, -1), duty=True), "lapsed"),
        (None, None),
    ],
)
def test_boundaries_of_operator_not_qualified(who, problem):
    finding = operator_not_qualified(line(operator=who))
    assert (finding and finding.problem) == problem


def test_it_says_who_for_what_and_since_when():
    finding = operator_not_qualified(line(operator=operator((-90, -40), (-30, -1))))
    assert finding.params == {"operator": "Li Na", "role": "picker", "day": (TODAY - DAY).isoformat()}


def test_nobody_reserves_with_his_hands():
    assert "reserve" not in ROLE_AT
