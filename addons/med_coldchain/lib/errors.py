"""What the pure modules answer when a file or a batch is wrong: a code with parameters, no sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """Something a person must know about an otherwise readable input. ``params`` fill the sentence."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict, hash=False)


class Refusal(Exception):
    """The input cannot be read; ``code`` says why, ``params`` where.

    Not a ValueError: what catches ValueError around a conversion must not swallow a refusal.
    """

    def __init__(self, code: str, **params: str | int) -> None:
        self.code = code
        self.params = {name: str(value) for name, value in params.items()}
        super().__init__(code, self.params)

    @property
    def problem(self) -> Problem:
        return Problem(self.code, self.params)
