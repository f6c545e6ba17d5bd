"""The table of a deviation's steps."""

from __future__ import annotations

from med_quality.lib import deviation
from med_quality.lib.deviation import ENDED, STATES, TRANSITIONS


def test_every_state_is_known_and_reachable():
    reached = {"open"}
    for _ in STATES:
        reached |= {t.target for t in TRANSITIONS.values() if reached & set(t.sources)}
    assert reached == set(STATES)


def test_nothing_leaves_an_end():
    for step in TRANSITIONS:
        for state in ENDED:
            assert deviation.target(state, step) is None


def test_the_end_and_the_disposition_are_signed():
    assert {step for step, t in TRANSITIONS.items() if t.signed} == {"decide", "close"}


def test_unknown_steps_lead_nowhere():
    assert deviation.target("open", "fly") is None
