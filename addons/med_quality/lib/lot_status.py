"""The one status of a lot and the ways between its states."""

from __future__ import annotations

STATES = ("quarantine", "released", "on_hold", "rejected", "recalled")

# (from, to): the meaning of the signature that brings it about
TRANSITIONS: dict[tuple[str, str], str] = {
    ("quarantine", "released"): "release",
    ("quarantine", "rejected"): "reject",
    ("released", "on_hold"): "hold",
    ("on_hold", "released"): "release",
    ("on_hold", "rejected"): "reject",
    ("recalled", "released"): "release",
    ("recalled", "rejected"): "reject",
    **{(state, "recalled"): "recall" for state in STATES if state != "recalled"},
}

MEANING_TO_STATE = {
    "release": "released",
    "reject": "rejected",
    "hold": "on_hold",
    "recall": "recalled",
}


def target(state: str, meaning: str) -> str | None:
    """The state a signature leads to from ``state``, or None when there is no such way."""
    to = MEANING_TO_STATE.get(meaning)
    return to if to is not None and TRANSITIONS.get((state, to)) == meaning else None
