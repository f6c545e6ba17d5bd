"""Whole packs first, few lots, and never later goods before earlier ones."""

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_quality.lib.allocate import LOOKED_AT, Part, few_lots, in_packs, most_of_few_lots


def parts(*rows):
    """(group, free, is whole) each; whole packs first within their group, as the database gives them."""
    rows = sorted(rows, key=lambda row: (row[0], not row[2]))
    return [Part(number, free, group, whole) for number, (group, free, whole) in enumerate(rows, 1)]


def taken(rows, need):
    """[(free, is whole, how much is taken)] in the order it is taken."""
    result = []
    for part in in_packs(parts(*rows), need):
        quantity = min(part.free, need)
        need -= quantity
        result.append((part.free, part.is_whole, quantity))
    return result


PACK, LOOSE = True, False


@pytest.mark.parametrize(
    ("rows", "need", "expected"),
    [
        # a pack that fits is taken whole, the rest from loose goods
        ([(1, 10, PACK), (1, 5, LOOSE)], 12, [(10, PACK, 10), (5, LOOSE, 2)]),
        # one that does not fit stays whole while loose goods last
        ([(1, 10, PACK), (1, 5, LOOSE)], 4, [(5, LOOSE, 4)]),
        # and is opened when they do not
        ([(1, 10, PACK), (1, 5, LOOSE)], 7, [(5, LOOSE, 5), (10, PACK, 2)]),
        # the smallest one is opened
        ([(1, 10, PACK), (1, 6, PACK)], 3, [(6, PACK, 3)]),
        # equal to the need: whole
        ([(1, 10, PACK), (1, 10, LOOSE)], 10, [(10, PACK, 10)]),
        # earlier goods leave before later ones, though a pack is opened for it
        ([(1, 10, PACK), (2, 4, LOOSE)], 4, [(10, PACK, 4)]),
        ([(1, 3, LOOSE), (2, 10, PACK), (2, 10, PACK)], 13, [(3, LOOSE, 3), (10, PACK, 10)]),
        ([], 5, []),
        ([(1, 2, LOOSE)], 5, [(2, LOOSE, 2)]),
    ],
)
def test_whole_packs_first(rows, need, expected):
    assert taken(rows, need) == expected


rows_of_goods = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 12), st.booleans()), max_size=12)


@given(rows=rows_of_goods, need=st.integers(1, 60))
def test_everything_needed_is_taken_in_the_order_of_removal(rows, need):
    result = list(in_packs(parts(*rows), need))
    assert len({part.id for part in result}) == len(result)
    assert sum(part.free for part in result) >= min(need, sum(free for _g, free, _w in rows))
    # nothing of a later group while an earlier one has goods left
    assert [part.group for part in result] == sorted(part.group for part in result)
    for group in {part.group for part in result[:-1]} - {result[-1].group if result else None}:
        assert {p.id for p in result if p.group == group} == {p.id for p in parts(*rows) if p.group == group}
    # without the last one it would not do
    assert sum(part.free for part in result[:-1]) < need


@given(rows=rows_of_goods, need=st.integers(1, 60))
def test_a_pack_is_opened_only_when_nothing_else_of_its_date_is_left(rows, need):
    opened = [row for row in taken(rows, need) if row[1] and row[2] < row[0]]
    assert len(opened) <= 1
    if opened:
        result = list(in_packs(parts(*rows), need))
        of_group = [p for p in parts(*rows) if p.group == result[-1].group]
        assert {p.id for p in of_group if not p.is_whole} <= {p.id for p in result}


def test_no_more_is_read_than_needed():
    def endless():
        number = 0
        while True:
            number += 1
            yield Part(number, 10, "same", True)

    assert [part.id for part in in_packs(endless(), 20)] == [1, 2]
    # ten thousand packs that are all too big: some are looked at, the first is opened
    stream = endless()
    assert [part.id for part in in_packs(stream, 3)] == [1]
    assert next(stream).id <= LOOKED_AT + 2


@pytest.mark.parametrize(
    ("free", "need", "limit", "used", "lots"),
    [
        # the first lot that holds it all
        ([(1, 3), (2, 8), (3, 9)], 8, 1, (), [2]),
        ([(1, 3), (2, 8), (3, 9)], 3, 1, (), [1]),
        # the earliest lots that together do
        ([(1, 3), (2, 8), (3, 9)], 8, 2, (), [1, 2]),
        # none holds it: the largest, equal ones in the order of removal
        ([(1, 5), (2, 8), (3, 8)], 20, 1, (), [2]),
        ([(1, 9), (2, 1), (3, 9)], 18, 2, (), [1, 3]),
        # a chosen lot counts and gives first
        ([(1, 3), (2, 8)], 8, 1, (1,), [1]),
        ([(1, 3), (2, 8)], 8, 2, (1,), [1, 2]),
        ([(2, 8)], 8, 1, (1,), []),
        ([(1, 9), (2, 8)], 8, 3, (1,), [1]),
        ([], 8, 3, (), []),
    ],
)
def test_few_lots(free, need, limit, used, lots):
    assert few_lots(free, need, limit, used) == lots


@given(
    free=st.lists(st.integers(1, 9), max_size=8),
    need=st.integers(1, 40),
    limit=st.integers(1, 4),
    used=st.sets(st.integers(0, 9), max_size=3),
)
def test_what_few_lots_can_give_is_what_they_give(free, need, limit, used):
    goods = list(enumerate(free))
    chosen = few_lots(goods, need, limit, used)
    assert len(set(chosen) | used) <= max(limit, len(used))
    most = most_of_few_lots(goods, limit, used)
    assert min(need, sum(free[lot] for lot in chosen)) == min(need, most)


def test_groups_are_those_of_the_database():
    assert [key for key, _rows in groupby(parts((2, 1, LOOSE), (1, 1, PACK)), key=lambda part: part.group)] == [1, 2]
