"""The lot's state machine, every pair."""

import itertools

import pytest
from med_quality.lib import lot_status

# from: {signature: to}; whatever is not here is not possible
WAYS = {
    "quarantine": {"release": "released", "reject": "rejected", "recall": "recalled"},
    "released": {"hold": "on_hold", "recall": "recalled"},
    "on_hold": {"release": "released", "reject": "rejected", "recall": "recalled"},
    "rejected": {"recall": "recalled"},
    "recalled": {"release": "released", "reject": "rejected"},
}
MEANINGS = ("release", "reject", "hold", "recall")


def test_the_states():
    assert set(lot_status.STATES) == set(WAYS)
    assert len(set(lot_status.STATES)) == len(lot_status.STATES)


@pytest.mark.parametrize(("state", "meaning"), itertools.product(WAYS, MEANINGS))
def test_where_a_signature_leads(state, meaning):
    assert lot_status.target(state, meaning) == WAYS[state].get(meaning)


@pytest.mark.parametrize(("state", "to"), itertools.product(WAYS, WAYS))
def test_which_pairs_are_ways(state, to):
    meaning = next((m for m, goal in WAYS[state].items() if goal == to), None)
    assert lot_status.TRANSITIONS.get((state, to)) == meaning


@pytest.mark.parametrize("state", WAYS)
def test_nothing_leads_back_into_quarantine_or_stays_where_it_is(state):
    assert (state, "quarantine") not in lot_status.TRANSITIONS
    assert (state, state) not in lot_status.TRANSITIONS


def test_every_lot_can_be_recalled_and_comes_out_again_only_by_release_or_rejection():
    assert all((state, "recalled") in lot_status.TRANSITIONS for state in WAYS if state != "recalled")
    assert {to for (state, to) in lot_status.TRANSITIONS if state == "recalled"} == {
        "released",
        "rejected",
    }


@pytest.mark.parametrize(
    ("state", "meaning"), [("released", "x"), ("x", "release"), ("", ""), ("released", "released")]
)
def test_unknown_words_lead_nowhere(state, meaning):
    assert lot_status.target(state, meaning) is None


def test_a_meaning_always_leads_to_one_state():
    for (_state, to), meaning in lot_status.TRANSITIONS.items():
        assert lot_status.MEANING_TO_STATE[meaning] == to
