"""How many consignees are asked again whether the recall reached them: 21 CFR 7.42(b)(3)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from math import ceil

SHARE = {"A": 100, "B": 50, "C": 10, "D": 2, "E": 0}
"""Percent of the consignees. B is whatever is agreed with the agency between C and A; half here."""


def sample_size(consignees: int, level: str) -> int:
    """At least one where the level asks for any.

    :raises KeyError: not a level
    """
    return ceil(consignees * SHARE[level] / 100)


def sample(ids: Sequence[int], level: str, seed: str) -> list[int]:
    """Which ones: the same for the same recall whoever asks, and not to be chosen by hand."""
    ranked = sorted(ids, key=lambda number: hashlib.sha256(f"{seed}/{number}".encode()).digest())
    return sorted(ranked[: sample_size(len(ids), level)])
