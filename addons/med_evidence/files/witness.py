"""What is noted outside of the database, so that the database cannot lose it silently.

Two kinds of files in one folder, both only ever appended to:

``seals-LOG.log``          one JSON object per seal
``events-LOG-HOUR.log``    ``id hash`` per committed event, one file per hour

A line is written by one ``write`` to a file opened for appending, so that many processes
write side by side without a lock. A line that a crash cut off is no line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Witness:
    """The notes about one log; ``log`` is its identity, so that two databases never mix."""

    folder: Path
    log: str

    def note_events(self, hour: str, events: Iterable[tuple[int, str]]) -> None:
        """:param hour: ``YYYYMMDDHH`` in UTC; :param events: ids with their leaf hashes in hex.
        :raises OSError: when the folder cannot be written"""
        text = "".join(f"{event_id} {digest}\n" for event_id, digest in events)
        self._append(self.folder / f"events-{self.log}-{hour}.log", text)

    def note_seal(self, seal: Mapping[str, object]) -> None:
        self._append(self.folder / f"seals-{self.log}.log", json.dumps(seal, sort_keys=True) + "\n")

    def _append(self, path: Path, text: str) -> None:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except FileNotFoundError:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, text.encode())
        finally:
            os.close(handle)

    def seals(self) -> Iterator[dict[str, object]]:
        """Every seal noted, oldest first."""
        for line in _lines(self.folder / f"seals-{self.log}.log"):
            try:
                yield json.loads(line)
            except ValueError:
                continue

    def event_files(self) -> list[Path]:
        """Oldest hour first."""
        return sorted(self.folder.glob(f"events-{self.log}-*.log"))

    @staticmethod
    def events(path: Path) -> Iterator[tuple[int, str]]:
        """The events noted in one of ``event_files``."""
        for line in _lines(path):
            number, _blank, digest = line.partition(" ")
            if number.isdigit() and len(digest) == 64:
                yield int(number), digest

    def set_aside(self, suffix: str) -> list[Path]:
        """Rename every file about this log, so that notes begin anew; nothing is deleted."""
        moved = []
        for path in [*self.event_files(), self.folder / f"seals-{self.log}.log"]:
            if path.exists():
                moved.append(path.rename(path.with_suffix(f".{suffix}")))
        return moved


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.endswith("\n"):
                    yield line.rstrip("\n")
    except FileNotFoundError:
        return
