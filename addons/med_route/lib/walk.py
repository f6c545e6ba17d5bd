"""Walking distances on a floor with racks: shortest ways round them, not through them.

The floor is a plane in metres. A rack is an axis-aligned rectangle nobody walks through; along its
sides one may walk. Shortest ways among such obstacles bend at their corners only (Lozano-Perez and
Wesley 1979), so a graph of the stops and the corners that see each other holds all of them.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from typing import NamedTuple

NEAR = 1e-9


class Point(NamedTuple):
    x: float
    y: float


class Rack(NamedTuple):
    """A rectangle from its lower left to its upper right corner, in metres."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def corners(self) -> tuple[Point, ...]:
        return Point(self.x0, self.y0), Point(self.x0, self.y1), Point(self.x1, self.y1), Point(self.x1, self.y0)


class Floor:
    def __init__(self, racks: Sequence[Rack]) -> None:
        self.racks = [Rack(min(r.x0, r.x1), min(r.y0, r.y1), max(r.x0, r.x1), max(r.y0, r.y1)) for r in racks]
        # a corner inside of another rack is no place to be
        corners = dict.fromkeys(corner for rack in self.racks for corner in rack.corners)
        self._corners = [corner for corner in corners if not any(_inside(rack, corner) for rack in self.racks)]
        self._seen = self._edges(self._corners, self._corners)

    def sees(self, a: Point, b: Point) -> bool:
        """Whether the straight way from a to b passes through no rack."""
        return not any(_crosses(rack, a, b) for rack in self.racks)

    def _edges(self, left: Sequence[Point], right: Sequence[Point]) -> list[list[tuple[int, float]]]:
        return [[(j, math.dist(a, b)) for j, b in enumerate(right) if a != b and self.sees(a, b)] for a in left]

    def distances(self, stops: Sequence[Point]) -> list[list[float]]:
        """Metres between every two stops; infinity where no way leads."""
        graph = self._graph(stops)
        return [_dijkstra(graph, i)[0][: len(stops)] for i in range(len(stops))]

    def path(self, stops: Sequence[Point]) -> list[Point]:
        """The way from stop to stop with the corners it bends round; a straight line where no way leads."""
        graph = self._graph(stops)
        places = [*stops, *self._corners]
        way = [stops[0]]
        for i, stop in enumerate(stops[1:]):
            _best, came_from = _dijkstra(graph, i)
            bends, node = [], came_from[i + 1]
            while node is not None and node != i:
                bends.append(places[node])
                node = came_from[node]
            way += [*reversed(bends), stop]
        return way

    def _graph(self, stops: Sequence[Point]) -> list[list[tuple[int, float]]]:
        """Stops first, then corners: from each, what it sees and how far that is."""
        count = len(stops)
        to_stops = self._edges(stops, stops)
        to_corners = self._edges(stops, self._corners)
        graph: list[list[tuple[int, float]]] = [
            [*direct, *((count + j, d) for j, d in corners)]
            for direct, corners in zip(to_stops, to_corners, strict=True)
        ]
        graph += [[(count + j, d) for j, d in edges] for edges in self._seen]
        for i, corners in enumerate(to_corners):
            for j, d in corners:
                graph[count + j].append((i, d))
        for i, a in enumerate(stops):
            graph[i] += [(j, 0.0) for j, b in enumerate(stops) if a == b and i != j]
        return graph


def _dijkstra(graph: list[list[tuple[int, float]]], start: int) -> tuple[list[float], list[int | None]]:
    """How far every node is from the start, and which node comes before it."""
    best = [math.inf] * len(graph)
    came_from: list[int | None] = [None] * len(graph)
    best[start] = 0.0
    queue = [(0.0, start)]
    while queue:
        far, node = heapq.heappop(queue)
        if far > best[node]:
            continue
        for other, step in graph[node]:
            new = far + step
            if new < best[other]:
                best[other] = new
                came_from[other] = node
                heapq.heappush(queue, (new, other))
    return best, came_from


def _inside(rack: Rack, p: Point) -> bool:
    return rack.x0 + NEAR < p.x < rack.x1 - NEAR and rack.y0 + NEAR < p.y < rack.y1 - NEAR


def _crosses(rack: Rack, a: Point, b: Point) -> bool:
    """Whether a piece of the way from a to b lies inside of the rack (Liang and Barsky 1984)."""
    low, high = 0.0, 1.0
    dx, dy = b.x - a.x, b.y - a.y
    for step, start, least, most in ((dx, a.x, rack.x0, rack.x1), (dy, a.y, rack.y0, rack.y1)):
        least, most = least + NEAR, most - NEAR
        if abs(step) < NEAR:
            if not least < start < most:
                return False
            continue
        first, last = (least - start) / step, (most - start) / step
        if first > last:
            first, last = last, first
        low, high = max(low, first), min(high, last)
        if low >= high:
            return False
    return True
