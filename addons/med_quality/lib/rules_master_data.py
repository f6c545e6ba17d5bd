"""The dossier of the product: what its record is made from is complete, or it stays."""

from __future__ import annotations

from .facts import LineFacts
from .registry import Finding, rule
from .remedies import Remedy, register

FACT = "data_score"


@rule("master_data_incomplete", "GSP 48, 53; GSPI 5.51(3)")
def master_data_incomplete(line: LineFacts) -> Finding | None:
    """What leaves has a complete dossier: the record of it is made from the dossier.

    The fact is there for products below their threshold only; what the threshold is, and whether
    the score reaches it, is decided where the score is.
    """
    score = line.extra.get(FACT)
    if not line.leaves or score is None:
        return None
    return Finding("master_data_incomplete", "below", {"score": score if isinstance(score, int) else str(score)})


register("master_data_incomplete", {"below": Remedy("complete_dossier", "quality")})
