"""Walks of pickers against the best known tours of open warehouses, the S-shape and the order of the list."""

from __future__ import annotations

import importlib.util
import json
import math
import os
import random
import statistics
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.kit import Table, timed

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("MED_SHARED") or ROOT.parent / "shared")
STOPS = 60
# as long as a person waits for one walk
SECONDS = 0.5


def run(env: Any, small: bool) -> Table:
    walk, tour = _library("walk"), _library("tour")
    search = partial(shortest, tour)
    table = Table(("walks", "number", "gap to best %", "largest gap %", "saved vs S-shape %", "saved vs list %"))
    tours = published(walk, 2 if small else None)
    if tours:
        gaps, snakes, lists = [], [], []
        for stops, matrix, best in tours:
            order = search(matrix, SECONDS)
            metres = tour.length(matrix, order)
            gaps.append(100 * (metres / best - 1))
            snakes.append(saved(metres, tour.length(matrix, s_shape(stops))))
            lists.append(saved(metres, tour.length(matrix, range(len(stops)))))
        table.add(
            "open warehouses",
            len(tours),
            statistics.mean(gaps),
            max(gaps),
            statistics.mean(snakes),
            statistics.mean(lists),
            gap_to_best_mean_pct=round(statistics.mean(gaps), 3),
            gap_to_best_max_pct=round(max(gaps), 3),
            saved_vs_sshape_pct=round(statistics.mean(snakes), 1),
            saved_vs_list_pct=round(statistics.mean(lists), 1),
        )
    else:
        table.add(f"no open warehouses: {SHARED} is not there", 0, "", "", "", "")
    # a warehouse of ours, sixty stops: the time, and the gap to ten times as long a search
    floor, stops = aisles(walk, STOPS)
    matrix = floor.distances(stops)
    seconds = statistics.median(
        timed(lambda: search(floor.distances(stops), SECONDS)) for _ in range(2 if small else 7)
    )
    metres = tour.length(matrix, search(matrix, SECONDS))
    best = tour.length(matrix, search(matrix, 1 if small else 10 * SECONDS, 1))
    table.add(
        f"ten aisles, {STOPS} stops, {seconds:.2f} s",
        1,
        100 * (metres / best - 1),
        "",
        saved(metres, tour.length(matrix, s_shape(stops))),
        saved(metres, tour.length(matrix, range(len(stops)))),
        time_60_stops_s=round(seconds, 3),
    )
    return table


def shortest(tour: Any, matrix: Any, seconds: float, seed: int = 0) -> list[int]:
    order: list[int] = tour.shortest(matrix, seconds, time.monotonic, random.Random(seed))
    return order


def saved(metres: float, other: float) -> float:
    return 100 * (1 - metres / other) if other else 0.0


def racks_of(walk: Any, file: Path) -> list[Any]:
    parent = json.loads(file.read_text(encoding="utf-8"))["parent"]
    racks = []
    for corners in parent["OBSTACLES"].values():
        xs, ys = zip(*(parent["LOCATION_COORD_SECTION"][str(corner)] for corner in corners), strict=True)
        racks.append(walk.Rack(min(xs), min(ys), max(xs), max(ys)))
    return racks


def as_published(walk: Any, file: Path, instances: int | None) -> list[tuple[list[Any], float]]:
    """(stops in the best known order, its metres) of each tour of a file of open instances."""
    data = json.loads(file.read_text(encoding="utf-8"))
    places = data["parent"]["LOCATION_COORD_SECTION"]
    return [
        ([walk.Point(*places[name]) for name in ("0", *batch["pickRoute"], "1")], batch["distance"])
        for instance in data["instances"][:instances]
        for batch in instance["solution"].values()
    ]


def published(walk: Any, instances: int | None) -> list[tuple[Any, Any, float]]:
    """(stops, matrix, best known metres) of the tours of the open instances, read where they lie. Stops stand as a
    list would have them, by place; the best known order would be half of the answer."""
    found = []
    for file in sorted((SHARED / "realdata" / "routing").glob("obp_*.json")):
        floor = walk.Floor(racks_of(walk, file))
        for best_order, metres in as_published(walk, file, instances):
            stops = [best_order[0], *sorted(best_order[1:-1]), best_order[-1]]
            matrix = floor.distances(stops)
            if "Conventional" in file.name:  # whose authors count whole metres
                matrix = [[math.floor(far + 1e-6) for far in row] for row in matrix]
            found.append((stops, matrix, metres))
    return found


def s_shape(stops: Any) -> list[int]:
    """Aisle by aisle from the side of the start, each in the other direction than the one before."""
    inner = range(1, len(stops) - 1)
    columns = sorted({stops[i].x for i in inner}, key=lambda x: abs(x - stops[0].x))
    order = [0]
    for number, x in enumerate(columns):
        order += sorted((i for i in inner if stops[i].x == x), key=lambda i: stops[i].y, reverse=bool(number % 2))
    return [*order, len(stops) - 1]


def aisles(walk: Any, count: int) -> tuple[Any, list[Any]]:
    """Ten aisles of thirty metres between racks with a cross aisle in the middle."""
    racks = [walk.Rack(4 * n + 1, y, 4 * n + 3, y + 14) for n in range(11) for y in (2, 18)]
    dice = random.Random(60)
    places = [walk.Point(4.0 * n + side, float(y)) for n in range(10) for side in (3.2, 4.8) for y in range(2, 33)]
    places = [place for place in places if not 16 < place.y < 18]
    stops = sorted(dice.sample(places, count))
    return walk.Floor(racks), [walk.Point(0.0, 0.0), *stops, walk.Point(44.0, 0.0)]


def _library(name: str) -> Any:
    """A pure module of the addon, also where the addon is not installed."""
    qualified = f"bench_med_route_{name}"
    spec = importlib.util.spec_from_file_location(qualified, ROOT / "addons" / "med_route" / "lib" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[qualified] = module
    spec.loader.exec_module(module)
    return module
