"""Outbound review (出库复核): its facts, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """The review of the transfer a line belongs to."""

    state: Literal["open", "void", "signed"]
    reviewer_id: int | None = None
    reviewer_name: str = ""
    picker_ids: frozenset[int] = frozenset()


def problem(review: ReviewFacts | None) -> str | None:
    """Why a delivery may not leave on this review; None when it may.

    GSP 87, 88: no shipment without a completed review record. Who picked does not review his
    own work: the usual reading of inspectors, and the reason for a second pair of eyes.
    """
    if review is None:
        return "missing"
    if review.state != "signed":
        return review.state
    if review.reviewer_id is None or review.reviewer_id in review.picker_ids:
        return "self_review"
    return None
