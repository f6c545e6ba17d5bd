"""The order of stops: complete, ends kept, exact where it is exact, never worse than given."""

import math
import random
import time
from itertools import pairwise, permutations

from hypothesis import given, settings
from hypothesis import strategies as st
from odoo.tests import BaseCase

from ..lib.tour import length, shortest
from ..lib.walk import Floor, Point, Rack

points = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=9)
many = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=12, max_size=40)
racks = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(1, 9), st.integers(1, 9)), max_size=4)


def walk(matrix, seconds=0.5):
    return shortest(matrix, seconds, time.monotonic, random.Random(0))


def metres(places):
    return [[math.dist(a, b) for b in places] for a in places]


class TestTour(BaseCase):
    @settings(max_examples=60, deadline=None)
    @given(points)
    def test_few_stops_are_exact(self, places):
        matrix = metres(places)
        last = len(places) - 1
        order = walk(matrix)
        least = min(length(matrix, (0, *inner, last)) for inner in permutations(range(1, last)))
        self.assertEqual(sorted(order), list(range(len(places))))
        self.assertAlmostEqual(length(matrix, order), least, places=6)

    @settings(max_examples=30, deadline=None)
    @given(many)
    def test_many_stops_are_all_visited_and_never_farther_than_listed(self, places):
        matrix = metres(places)
        order = walk(matrix, 0.02)
        self.assertEqual(sorted(order), list(range(len(places))))
        self.assertEqual((order[0], order[-1]), (0, len(places) - 1))
        self.assertLessEqual(length(matrix, order), length(matrix, range(len(places))) + 1e-6)

    @settings(max_examples=40, deadline=None)
    @given(points, racks)
    def test_ways_round_racks_are_ways(self, places, obstacles):
        floor = Floor([Rack(x, y, x + width, y + depth) for x, y, width, depth in obstacles])
        stops = [Point(*map(float, place)) for place in places]
        matrix = floor.distances(stops)
        for i, a in enumerate(stops):
            for j, b in enumerate(stops):
                self.assertAlmostEqual(matrix[i][j], matrix[j][i], places=6)
                self.assertGreaterEqual(matrix[i][j] + 1e-6, math.dist(a, b))
        if not any(math.isinf(far) for row in matrix for far in row):
            path = floor.path(stops)
            self.assertTrue(all(floor.sees(a, b) for a, b in pairwise(path)))
            walked = sum(math.dist(a, b) for a, b in pairwise(path))
            self.assertAlmostEqual(walked, sum(matrix[i][i + 1] for i in range(len(stops) - 1)), places=6)
