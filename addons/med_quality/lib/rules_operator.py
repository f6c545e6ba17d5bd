"""Who handles the goods was trained and examined for it, and not too long ago."""

from __future__ import annotations

from .facts import LineFacts
from .registry import Finding, rule
from .remedies import Remedy, register

# What somebody does with the goods at each checkpoint; reserving is the system's own work.
ROLE_AT = {"scan": "picker", "review": "reviewer", "ship": "shipper", "receive": "receiver"}


@rule("operator_not_qualified", "GSP 30, 31, 32; 21 CFR 11.10(i)")
def operator_not_qualified(line: LineFacts) -> Finding | None:
    """A qualification that ended stops the work; one that was never filed stops it where the company
    asks for qualifications."""
    operator = line.operator
    if operator is None:
        return None
    if any(
        (first is None or first <= line.today) and (last is None or line.today <= last)
        for first, last in operator.periods
    ):
        return None
    params = {"operator": operator.name, "role": operator.role}
    ended = [last for _first, last in operator.periods if last is not None and last < line.today]
    if ended:
        return Finding("operator_not_qualified", "lapsed", {**params, "day": max(ended).isoformat()})
    begins = [first for first, _last in operator.periods if first is not None]
    if begins:
        return Finding("operator_not_qualified", "not_yet", {**params, "day": min(begins).isoformat()})
    return Finding("operator_not_qualified", "missing", params) if operator.is_duty else None


register(
    "operator_not_qualified",
    {
        "lapsed": Remedy("renew_qualification", "quality"),
        "not_yet": Remedy("other_operator", "supervisor"),
        "missing": Remedy("file_qualification", "quality"),
    },
)
