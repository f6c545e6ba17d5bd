"""What helps when the gate refuses, and who can do it.

A remedy is a code and a role; the words are the models'. An addon above registers the
remedies of its rules beside its judges; a problem without one is quality's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Role = Literal["picker", "reviewer", "supervisor", "quality", "sales", "administrator"]
ROLES: tuple[Role, ...] = ("picker", "reviewer", "supervisor", "quality", "sales", "administrator")


@dataclass(frozen=True, slots=True)
class Remedy:
    code: str
    role: Role


ASK_QUALITY = Remedy("ask_quality", "quality")

_REMEDIES: dict[tuple[str, str], Remedy] = {}


def register(rule: str, by_problem: Mapping[str, Remedy]) -> None:
    """What helps against each problem of ``rule``."""
    _REMEDIES.update({(rule, problem): remedy for problem, remedy in by_problem.items()})


def find(rule: str, problem: str) -> Remedy:
    return _REMEDIES.get((rule, problem), ASK_QUALITY)


register("lot_missing", {"missing": Remedy("scan_lot", "picker")})
register("expired", {"past": Remedy("take_other_lot", "picker"), "unknown": Remedy("enter_expiry", "quality")})
register(
    "lot_not_released",
    {
        "quarantine": Remedy("release_lot", "quality"),
        "on_hold": Remedy("decide_hold", "quality"),
        "package_on_hold": Remedy("take_other_package", "picker"),
        "rejected": Remedy("take_other_lot", "picker"),
        "recalled": Remedy("quarantine_goods", "picker"),
    },
)
register(
    "shelf_life_short",
    {
        "short": Remedy("take_younger_lot", "picker"),
        "no_expiry": Remedy("enter_expiry", "quality"),
        "no_production_day": Remedy("enter_production_day", "quality"),
    },
)
register(
    "licence_invalid",
    {
        "no_party": Remedy("name_partner", "sales"),
        "missing": Remedy("file_licence", "quality"),
        "class_unknown": Remedy("complete_dossier", "quality"),
        "out_of_scope": Remedy("file_licence", "quality"),
        "expired": Remedy("file_licence", "quality"),
        "not_yet": Remedy("file_licence", "quality"),
    },
)
register("no_picking", {"bare_move": Remedy("make_delivery", "supervisor")})
