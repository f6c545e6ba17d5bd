"""What the pure modules answer when the input is wrong: a code with parameters, no sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """Something a person must know about an otherwise readable input.

    ``params`` are strings, ready to be put into a translated sentence.
    """

    code: str
    params: Mapping[str, str] = field(default_factory=dict, hash=False)


class ScanError(Exception):
    """The input cannot be read; ``code`` says why, ``params`` where.

    Deliberately not a ValueError: code that catches ValueError around a conversion must not
    swallow a refusal.
    """

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: dict[str, str] = params

    @property
    def problem(self) -> Problem:
        return Problem(self.code, self.params)
