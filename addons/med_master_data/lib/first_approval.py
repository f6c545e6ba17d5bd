"""First approval (首营): who and what may be traded with, by role and company, as one short text.

The text is stored on the product or partner itself, so that a gate which has read the record
knows the answer without another query: ``,customer:1,supplier:1,``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Role = Literal["supplier", "customer", "carrier", "product"]

# {meaning of a signature: (state before, state after)}
TRANSITIONS = {
    "propose": ("draft", "proposed"),
    "approve": ("proposed", "approved"),
    "reject": ("proposed", "rejected"),
    "withdraw": ("approved", "ended"),
}


def key(role: str, company_id: int) -> str:
    """How one approval is written in the text.

    >>> key("supplier", 3)
    'supplier:3'
    """
    return f"{role}:{company_id}"


def pack(approvals: Iterable[tuple[str, int]]) -> str | None:
    """The text of (role, company id) pairs; None without any.

    >>> pack([("supplier", 3), ("customer", 1), ("supplier", 3)])
    ',customer:1,supplier:3,'
    """
    keys = sorted({key(role, company_id) for role, company_id in approvals})
    return f",{','.join(keys)}," if keys else None


def unpack(text: str | None) -> frozenset[str]:
    """The keys in the text.

    >>> sorted(unpack(",customer:1,supplier:3,"))
    ['customer:1', 'supplier:3']
    """
    return frozenset(part for part in (text or "").split(",") if part)
