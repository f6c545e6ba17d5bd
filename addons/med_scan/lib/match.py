"""Which line of a transfer a label belongs to, or why to none.

The phone judges by the same steps without network (``static/src/core/match.js``); one file of
cases tests both. Quantities are in the product's unit; what differs by less than ``STEP`` is equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

STEP = 1e-6


@dataclass(frozen=True)
class Line:
    """A reserved line. ``taken``: what was scanned of ``quantity`` already."""

    id: int
    product: int
    quantity: float
    taken: float = 0
    lot: str | None = None
    location: int | None = None
    package: int | None = None

    @property
    def left(self) -> float:
        return max(0.0, self.quantity - self.taken)


@dataclass(frozen=True)
class Read:
    """What a label says. ``location`` and ``package``: where the picker said to be, None where he did not."""

    product: int
    tracking: str = "none"
    lot: str | None = None
    quantity: float = 1
    location: int | None = None
    package: int | None = None


@dataclass(frozen=True)
class Match:
    """``takes``: (line id, quantity) to write. With ``problem`` nothing may be taken; ``lines`` are
    those the sentence is about, ``facts`` its numbers."""

    problem: str | None = None
    takes: tuple[tuple[int, float], ...] = ()
    lines: tuple[int, ...] = ()
    facts: dict[str, float] = field(default_factory=dict)


def match(lines: Sequence[Line], read: Read) -> Match:
    """The first of these that is wrong, in the order in which a person would correct it."""
    of_product = [line for line in lines if line.product == read.product]
    if not of_product:
        return Match("wrong_item", lines=_ids(line for line in lines if line.left > STEP))
    same = of_product if read.tracking == "none" else [line for line in of_product if line.lot == read.lot]
    if not same:
        return Match("wrong_lot", lines=_ids(line for line in of_product if line.left > STEP) or _ids(of_product))
    waiting = [line for line in same if line.left > STEP]
    ordered = sum(line.quantity for line in same)
    if not waiting:
        problem = "serial_twice" if read.tracking == "serial" else "taken_already"
        return Match(problem, lines=_ids(same), facts={"ordered": ordered})
    here = [line for line in waiting if read.location is None or line.location == read.location]
    if not here:
        return Match("wrong_location", lines=_ids(waiting))
    packed = [line for line in here if read.package is None or line.package == read.package]
    if not packed:
        return Match("wrong_package", lines=_ids(here))
    left = sum(line.left for line in packed)
    if read.quantity > left + STEP:
        facts = {"ordered": ordered, "left": left, "scanned": read.quantity}
        return Match("more_than_ordered", lines=_ids(packed), facts=facts)
    takes: list[tuple[int, float]] = []
    rest = read.quantity
    for line in packed:
        if rest <= STEP:
            break
        part = min(rest, line.left)
        takes.append((line.id, round(part, 6)))
        rest -= part
    return Match(takes=tuple(takes), lines=_ids(packed))


def _ids(lines: object) -> tuple[int, ...]:
    return tuple(line.id for line in lines)  # type: ignore[attr-defined]
