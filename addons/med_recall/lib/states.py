"""The states of a recall and the only ways between them."""

from __future__ import annotations

STATES = ("draft", "held", "notified", "closed", "withdrawn")

# (from, to): what brings it about; "hold", "close" and "withdraw" are signatures
TRANSITIONS: dict[tuple[str, str], str] = {
    ("draft", "held"): "hold",
    ("held", "notified"): "notify",
    ("held", "closed"): "close",
    ("notified", "closed"): "close",
    ("draft", "withdrawn"): "withdraw",
    ("held", "withdrawn"): "withdraw",
    ("notified", "withdrawn"): "withdraw",
}


def target(state: str, act: str) -> str | None:
    """Where ``act`` leads from ``state``, or None when it leads nowhere."""
    return next((to for (origin, to), name in TRANSITIONS.items() if origin == state and name == act), None)
