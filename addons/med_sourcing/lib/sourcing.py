"""From which warehouses an order is served: every way that makes sense, the best first.

Plain Python: what lies where and may leave is told by the caller, who asked the gate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product

# More warehouses for one order are more boxes than anybody wants; so many are tried together.
MOST_TOGETHER = 4
# Of many warehouses those that have most of what is wanted are tried: the ways double with each one.
MOST_TRIED = 8
EPSILON = 1e-9


@dataclass(frozen=True)
class Wanted:
    """``units`` of one order line, each of ``weight`` kg."""

    line: int
    units: float
    weight: float = 0.0


@dataclass(frozen=True)
class Lane:
    """A way that goods go: ``days`` until they arrive, ``cost`` of one shipment and of each kg."""

    days: int
    cost: float = 0.0
    per_kg: float = 0.0

    def price(self, weight: float) -> float:
        return self.cost + self.per_kg * weight


@dataclass(frozen=True)
class Share:
    """``units`` of ``line`` out of ``warehouse``; ``via`` ships them on, None: the warehouse itself does."""

    line: int
    warehouse: int
    via: int | None
    units: float


@dataclass(frozen=True)
class Option:
    """One way to serve the order. ``missing`` units no warehouse of this option has."""

    shares: tuple[Share, ...]
    cost: float
    days: int
    missing: float
    late: bool

    @property
    def shippers(self) -> frozenset[int]:
        """Warehouses that send something to the consignee."""
        return frozenset(share.warehouse if share.via is None else share.via for share in self.shares)

    @property
    def transfers(self) -> frozenset[tuple[int, int]]:
        return frozenset((share.warehouse, share.via) for share in self.shares if share.via is not None)

    @property
    def shipments(self) -> int:
        return len(self.shippers) + len(self.transfers)

    @property
    def moved(self) -> float:
        """Units that travel between warehouses first."""
        return round(sum(share.units for share in self.shares if share.via is not None), 6)

    @property
    def rank(self) -> tuple[float, bool, float, int, float, int, int, int]:
        """First whether all of it comes, then in time, then cost, then few boxes, then little that travels twice,
        then lines that are not torn."""
        return (
            round(self.missing, 6),
            self.late,
            round(self.cost, 6),
            self.shipments,
            self.moved,
            len(self.shares),
            self.days,
            min(share.warehouse for share in self.shares),
        )

    def is_beaten_by(self, other: Option) -> bool:
        """Whether ``other`` is as good in everything that a person weighs, and better in something."""
        mine, theirs = (
            (round(one.missing, 6), one.days, round(one.cost, 6), one.shipments, one.moved) for one in (self, other)
        )
        return theirs != mine and all(they <= we for they, we in zip(theirs, mine, strict=True))


@dataclass(frozen=True)
class Network:
    """What the planner knows: ``stock`` that may leave by (warehouse, line), lanes to the consignee by
    warehouse, lanes between warehouses by (from, to)."""

    stock: Mapping[tuple[int, int], float]
    direct: Mapping[int, Lane]
    between: Mapping[tuple[int, int], Lane]


def options(wanted: Iterable[Wanted], network: Network, due: int | None = None, most: int = 5) -> list[Option]:
    """The ways to serve these lines that no other way beats in everything, the best first.

    :param due: in how many days the consignee wants it; None: no date was agreed
    :param most: so many are returned
    """
    lines = [line for line in wanted if line.units > EPSILON]
    found: dict[tuple[Share, ...], Option] = {}
    for used in _sets(lines, network):
        for ways in _ways(used, network):
            for whole in (True, False):
                option = _option(lines, ways, network, due, whole)
                # a warehouse that gives nothing makes this the same way as one without it
                if option is not None and {share.warehouse for share in option.shares} == set(used):
                    found.setdefault(option.shares, option)
    kept = [one for one in found.values() if not any(one.is_beaten_by(other) for other in found.values())]
    return sorted(kept, key=lambda option: option.rank)[:most]


def longest_days(warehouse: int, network: Network) -> int:
    """Days of the longest way from ``warehouse`` to the consignee: shelf life is judged on that day, so that
    what is chosen may be handed over whichever way it goes."""
    ways = [network.direct[warehouse].days] if warehouse in network.direct else []
    for (start, hub), lane in network.between.items():
        if start == warehouse and hub in network.direct:
            ways.append(lane.days + network.direct[hub].days)
    return max(ways, default=0)


def _sets(lines: list[Wanted], network: Network) -> Iterator[tuple[int, ...]]:
    has: dict[int, float] = {}
    for (warehouse, line), units in network.stock.items():
        asked = next((one.units for one in lines if one.line == line), 0.0)
        if units > EPSILON and asked:
            has[warehouse] = has.get(warehouse, 0.0) + min(units, asked)
    tried = sorted(has, key=lambda warehouse: (-has[warehouse], warehouse))[:MOST_TRIED]
    for size in range(1, MOST_TOGETHER + 1):
        yield from combinations(sorted(tried), size)


def _ways(used: tuple[int, ...], network: Network) -> Iterator[dict[int, int | None]]:
    """{warehouse: the warehouse that ships its goods on, or None}, for each way that has lanes."""
    seen = set()
    for hub in (None, *network.direct):
        choices: list[list[int | None]] = []
        for warehouse in used:
            ways: list[int | None] = [None] if warehouse in network.direct else []
            if hub is not None and hub != warehouse and (warehouse, hub) in network.between:
                ways.append(hub)
            choices.append(ways)
        for chosen in product(*choices):
            if chosen not in seen:
                seen.add(chosen)
                yield dict(zip(used, chosen, strict=True))


def _option(
    lines: list[Wanted], ways: Mapping[int, int | None], network: Network, due: int | None, whole: bool
) -> Option | None:
    """What these warehouses give, by these ways. ``whole``: a line comes from one of them, where one has all of it."""
    shares: list[Share] = []
    missing = 0.0
    days_of = {warehouse: _days(warehouse, via, network) for warehouse, via in ways.items()}
    # what ships itself is asked first: goods that need not travel twice
    order = sorted(ways, key=lambda warehouse: (ways[warehouse] is not None, days_of[warehouse], warehouse))
    for line in lines:
        left = line.units
        able = [one for one in order if network.stock.get((one, line.line), 0.0) >= left - EPSILON]
        for warehouse in [*able[:1], *order] if whole else order:
            units = min(left, network.stock.get((warehouse, line.line), 0.0))
            if units > EPSILON:
                shares.append(Share(line.line, warehouse, ways[warehouse], units))
                left -= units
            if left <= EPSILON:
                break
        missing += max(left, 0.0)
    if not shares:
        return None
    cost = _cost(lines, shares, network)
    days = max(days_of[share.warehouse] for share in shares)
    return Option(tuple(shares), cost, days, missing, due is not None and days > due)


def _days(warehouse: int, via: int | None, network: Network) -> int:
    if via is None:
        return network.direct[warehouse].days
    return network.between[warehouse, via].days + network.direct[via].days


def _cost(lines: list[Wanted], shares: list[Share], network: Network) -> float:
    """Each shipper sends one shipment, each transfer is one."""
    weight_of = {line.line: line.weight for line in lines}
    sent: dict[int, float] = {}
    moved: dict[tuple[int, int], float] = {}
    for share in shares:
        weight = share.units * weight_of[share.line]
        shipper = share.warehouse if share.via is None else share.via
        sent[shipper] = sent.get(shipper, 0.0) + weight
        if share.via is not None:
            way = share.warehouse, share.via
            moved[way] = moved.get(way, 0.0) + weight
    cost = sum(network.direct[shipper].price(weight) for shipper, weight in sent.items())
    return cost + sum(network.between[way].price(weight) for way, weight in moved.items())
