"""How the tools speak: numbered steps while they work, one sentence when they cannot."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class Sorry(Exception):
    """One sentence that says what is wrong and what to do; ends the command with code 2."""


class Steps:
    """Prints `[n/m] what ... result (seconds)` for each step of a command."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.number = 0

    @contextmanager
    def step(self, what: str) -> Iterator[Callable[[str], None]]:
        """Yield a function that notes the result shown at the end of the line."""
        self.number += 1
        notes: list[str] = []
        start = time.monotonic()
        print(f"[{self.number}/{self.total}] {what} ...", flush=True)
        yield notes.append
        elapsed = time.monotonic() - start
        result = ", ".join(notes) or "ready"
        # A step that had nothing to do should not look like one that worked.
        print(f"      {result} ({elapsed:.1f} s)", flush=True)


def detail(text: str) -> None:
    """One line about what a long step is doing right now."""
    print(f"      {text}", flush=True)


def megabytes(path: Path) -> str:
    """The size of a file or of a folder's files, for people."""
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return f"{sum(p.lstat().st_size for p in files) / 1e6:.0f} MB"


def need_disk(folder: Path, gigabytes: float) -> None:
    """Stop early rather than half-way when the disk cannot hold what comes."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free / 1e9
    if free < gigabytes:
        raise Sorry(
            f"only {free:.1f} GB are free on the disk of {folder} and this step needs about "
            f"{gigabytes:.0f} GB: free some space, or move the checkout to a larger disk."
        )
