"""What kind of demand a series is.

Syntetos, Boylan and Croston, "On the categorization of demand patterns", Journal of the Operational Research Society
56 (2005): the mean interval between demands (ADI) and the squared coefficient of variation of their sizes (CV²), cut at
1.32 and 0.49. What is too little to be classified has a name of its own.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from .history import Floats

Pattern = Literal["empty", "single", "short", "constant", "smooth", "intermittent", "erratic", "lumpy"]

ADI_CUT = 1.32
CV2_CUT = 0.49
# With fewer periods nothing can be tried on one part and tested on another.
SHORT = 8


class Kind(NamedTuple):
    """``adi`` in periods; both figures are 0 where there is no second sale."""

    pattern: Pattern
    adi: float
    cv2: float


def classify(values: Floats) -> Kind:
    """:param values: cleaned demand per period, from the first sale on or earlier"""
    sales = np.flatnonzero(values > 0)
    if not len(sales):
        return Kind("empty", 0.0, 0.0)
    if len(sales) == 1:
        return Kind("single", 0.0, 0.0)
    lived = values[sales[0] :]
    sizes = values[sales]
    adi = len(lived) / len(sales)
    cv2 = float((np.std(sizes) / np.mean(sizes)) ** 2)
    if len(lived) < SHORT:
        return Kind("short", adi, cv2)
    if np.ptp(lived) == 0:
        return Kind("constant", adi, cv2)
    if adi <= ADI_CUT:
        return Kind("smooth" if cv2 <= CV2_CUT else "erratic", adi, cv2)
    return Kind("intermittent" if cv2 <= CV2_CUT else "lumpy", adi, cv2)
