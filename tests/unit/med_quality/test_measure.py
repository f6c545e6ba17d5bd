"""Limits include themselves, whatever the float looks like."""

from __future__ import annotations

import pytest
from med_quality.lib.measure import within


@pytest.mark.parametrize(
    ("value", "low", "high", "good"),
    [
        (2.0, 2, 8, True),
        (8.0, 2, 8, True),
        (1.999999, 2, 8, False),
        (8.000001, 2, 8, False),
        (0.1 + 0.2, 0.3, 0.3, True),
        (0.0, 0, None, True),
        (-1.0, 0, None, False),
        (5.0, None, None, True),
    ],
)
def test_within(value, low, high, good):
    assert within(value, low, high) is good
