"""From which warehouses an order is served."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from med_sourcing.lib.sourcing import Lane, Network, Option, Share, Wanted, longest_days, options

NORTH, SOUTH, WEST = 1, 2, 3
LINE, OTHER = 10, 11


def network(stock: dict[tuple[int, int], float], **lanes: Lane) -> Network:
    names = {"n": NORTH, "s": SOUTH, "w": WEST}
    return Network(
        stock,
        {names[key]: lane for key, lane in lanes.items() if len(key) == 1},
        {(names[key[0]], names[key[1]]): lane for key, lane in lanes.items() if len(key) == 2},
    )


def test_one_that_has_all_of_it_serves_it_alone() -> None:
    found = options(
        [Wanted(LINE, 5)],
        network({(NORTH, LINE): 5, (SOUTH, LINE): 5}, n=Lane(1, 10), s=Lane(1, 30)),
    )
    assert [option.shares for option in found] == [(Share(LINE, NORTH, None, 5),)]
    assert (found[0].cost, found[0].days, found[0].missing, found[0].late) == (10, 1, 0, False)


def test_what_is_missing_comes_from_the_other_by_the_cheaper_way() -> None:
    stock = {(NORTH, LINE): 3.0, (SOUTH, LINE): 9.0}
    apart = network(stock, n=Lane(1, 10), s=Lane(2, 12), sn=Lane(1, 20))
    best = options([Wanted(LINE, 10)], apart)[0]
    assert best.shares == (Share(LINE, NORTH, None, 3), Share(LINE, SOUTH, None, 7))
    assert best.cost == 22
    together = network(stock, n=Lane(1, 10), s=Lane(2, 40), sn=Lane(1, 5))
    best = options([Wanted(LINE, 10)], together)[0]
    assert best.shares == (Share(LINE, NORTH, None, 3), Share(LINE, SOUTH, NORTH, 7))
    assert (best.cost, best.days) == (15, 2)
    assert best.transfers == {(SOUTH, NORTH)}
    assert best.shippers == {NORTH}


def test_the_day_comes_before_the_cost() -> None:
    slow = network({(NORTH, LINE): 5, (SOUTH, LINE): 5}, n=Lane(9, 1), s=Lane(2, 90))
    assert options([Wanted(LINE, 5)], slow)[0].shares[0].warehouse == NORTH
    in_time = options([Wanted(LINE, 5)], slow, due=3)
    assert in_time[0].shares[0].warehouse == SOUTH
    assert not in_time[0].late
    assert in_time[1].late, "the cheap one is still shown, as late"


def test_all_of_it_late_comes_before_half_of_it_in_time() -> None:
    found = options([Wanted(LINE, 6)], network({(NORTH, LINE): 3, (SOUTH, LINE): 3}, n=Lane(1), s=Lane(5)), due=2)
    assert (found[0].missing, found[0].late) == (0, True)
    assert (found[1].missing, found[1].late) == (3, False)


def test_weight_counts() -> None:
    heavy = network({(NORTH, LINE): 5, (SOUTH, LINE): 5}, n=Lane(1, 0, 2), s=Lane(1, 15))
    assert options([Wanted(LINE, 5, 1.0)], heavy)[0].cost == 10
    assert options([Wanted(LINE, 5, 2.0)], heavy)[0].cost == 15


def test_a_line_is_not_torn_where_one_warehouse_has_all_of_it() -> None:
    stock = {(NORTH, LINE): 2.0, (SOUTH, LINE): 5.0, (NORTH, OTHER): 1.0}
    best = options([Wanted(LINE, 5), Wanted(OTHER, 1)], network(stock, n=Lane(1, 1), s=Lane(1, 1)))[0]
    assert best.shares == (Share(LINE, SOUTH, None, 5), Share(OTHER, NORTH, None, 1))


def test_without_a_lane_nothing_comes_from_there() -> None:
    stock = {(SOUTH, LINE): 5.0}
    assert options([Wanted(LINE, 5)], network(stock, n=Lane(1))) == []
    assert options([Wanted(LINE, 5)], network(stock)) == []
    assert options([Wanted(LINE, 0)], network(stock, s=Lane(1))) == []


def test_a_hub_may_ship_goods_of_others_only() -> None:
    found = options([Wanted(LINE, 5)], network({(SOUTH, LINE): 5.0}, n=Lane(1, 3), sn=Lane(2, 4)))
    assert found[0].shares == (Share(LINE, SOUTH, NORTH, 5),)
    assert (found[0].cost, found[0].days) == (7, 3)


def test_the_longest_way_says_when_shelf_life_is_judged() -> None:
    lanes = network({}, n=Lane(1), s=Lane(2), sn=Lane(4), wn=Lane(7))
    assert [longest_days(one, lanes) for one in (NORTH, SOUTH, WEST)] == [1, 5, 8]
    assert longest_days(WEST, network({})) == 0


UNITS = st.integers(0, 4).map(float)
LANES = st.one_of(st.none(), st.builds(Lane, st.integers(0, 5), st.integers(0, 9).map(float)))


@given(
    st.tuples(UNITS, UNITS),
    st.tuples(*[UNITS] * 6),
    st.tuples(*[LANES] * 9),
    st.one_of(st.none(), st.integers(0, 6)),
)
def test_the_best_is_the_best_of_all(
    asked: tuple[float, float], have: tuple[float, ...], lanes: tuple[Lane | None, ...], due: int | None
) -> None:
    places = (NORTH, SOUTH, WEST)
    stock = dict(zip(product(places, (LINE, OTHER)), have, strict=True))
    pairs = [(start, end) for start in places for end in places if start != end]
    known = Network(
        stock,
        {place: lane for place, lane in zip(places, lanes, strict=False) if lane},
        {pair: lane for pair, lane in zip(pairs, lanes[3:], strict=True) if lane},
    )
    wanted = [Wanted(LINE, asked[0]), Wanted(OTHER, asked[1])]
    found = options(wanted, known, due, most=99)
    for option in found:
        _is_sound(option, wanted, known)
    assert found == sorted(found, key=lambda option: option.rank)
    # what could be there at all: of every line, what reachable warehouses have
    reachable = {
        place for place in places if place in known.direct or any((place, hub) in known.between for hub in known.direct)
    }
    most = {line.line: min(line.units, sum(stock[place, line.line] for place in reachable)) for line in wanted}
    if any(most.values()):
        least = sum(line.units for line in wanted) - sum(most.values())
        # one hub at a time: two places that each need another hub do not come together
        hubs = [
            sum(
                min(line.units, sum(stock[place, line.line] for place in places if _comes(place, hub, known)))
                for line in wanted
            )
            for hub in (*known.direct, None)
        ]
        possible = sum(line.units for line in wanted) - max(hubs)
        assert found[0].missing == possible >= least
    else:
        assert found == []


def _comes(place: int, hub: int | None, known: Network) -> bool:
    return place in known.direct or (hub is not None and (place, hub) in known.between)


def _is_sound(option: Option, wanted: list[Wanted], known: Network) -> None:
    taken: dict[tuple[int, int], float] = {}
    for share in option.shares:
        key = share.warehouse, share.line
        taken[key] = taken.get(key, 0) + share.units
        assert share.units > 0
        if share.via is None:
            assert share.warehouse in known.direct
        else:
            assert (share.warehouse, share.via) in known.between
            assert share.via in known.direct
    assert all(units <= known.stock[key] for key, units in taken.items()), "nothing is given that is not there"
    for line in wanted:
        assert sum(share.units for share in option.shares if share.line == line.line) <= line.units
    assert option.missing == sum(line.units for line in wanted) - sum(share.units for share in option.shares)
