"""Open instances of picker routing: our metres are those of their authors, and our walks as short as the best known."""

from __future__ import annotations

import random
import statistics
import time
from pathlib import Path

import pytest
from med_route.lib import tour, walk

from benchmarks import route


@pytest.fixture(scope="module")
def tours(shared: Path):
    found = route.published(walk, 3)
    if not found:
        pytest.skip(f"no open instances in {shared}")
    return found


def test_their_orders_are_as_long_as_they_say(shared: Path):
    """The way round the racks is measured as they measure it, within what their half-precision figures keep."""
    folder = shared / "realdata" / "routing"
    checked = 0
    for file in sorted(folder.glob("obp_*.json")):
        if "Conventional" in file.name:  # counts whole metres per leg
            continue
        for stops, metres in route.as_published(walk, file, 3):
            far = walk.Floor(route.racks_of(walk, file)).distances(stops)
            assert tour.length(far, range(len(stops))) == pytest.approx(metres, abs=0.3)
            checked += 1
    if not checked:
        pytest.skip(f"no open instances in {folder}")


def test_walks_are_as_short_as_the_best_known(tours):
    gaps = []
    for _stops, matrix, best in tours:
        order = tour.shortest(matrix, 0.1, time.monotonic, random.Random(0))
        assert sorted(order) == list(range(len(matrix)))
        gaps.append(100 * (tour.length(matrix, order) / best - 1))
    assert statistics.mean(gaps) <= 2
