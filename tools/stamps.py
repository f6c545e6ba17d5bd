"""Stamps: a step is done when its stamp holds the key of what it was made from."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from tools.places import LOCAL


def stamp_file(name: str) -> Path:
    return LOCAL / "stamps" / name


def is_stamped(name: str, key: str) -> bool:
    file = stamp_file(name)
    return file.is_file() and file.read_text(encoding="utf-8") == key


def stamp(name: str, key: str) -> None:
    """Written under another name first: an interrupted write must not look like a stamp."""
    write_atomically(stamp_file(name), key)


def unstamp(name: str) -> None:
    stamp_file(name).unlink(missing_ok=True)


def write_atomically(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(file)


def key_of(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def key_of_files(files: Iterable[Path], base: Path) -> str:
    """A key over names and contents; the order in which the disk lists files does not matter."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(str(file.relative_to(base)).encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]
