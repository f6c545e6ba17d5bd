"""Reads the machine's own apt configuration: which mirror serves Debian's main archive?

No mirror is named in this project. Whoever set up the machine chose one, and that one is used.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

# A Debian archive ends in this folder, wherever it is mirrored; the archives of
# security updates or of other vendors do not.
ARCHIVE_PATH = re.compile(r"/debian/?$")


class Source(NamedTuple):
    """One archive of one suite, as apt knows it."""

    uri: str
    suite: str
    components: tuple[str, ...]
    signed_by: str | None


def parse_one_line(text: str) -> list[Source]:
    """`deb [options] uri suite components...`, the form of sources.list."""
    sources = []
    for raw in text.splitlines():
        line = raw.split("#", 1)[0].strip()
        match = re.match(r"deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<rest>.+)$", line)
        if not match:
            continue
        words = match["rest"].split()
        if len(words) < 2:
            continue
        options = dict(option.split("=", 1) for option in (match["options"] or "").split() if "=" in option)
        sources.append(Source(words[0], words[1], tuple(words[2:]), options.get("signed-by")))
    return sources


def parse_deb822(text: str) -> list[Source]:
    """Stanzas of `Field: value`, the form of *.sources."""
    sources = []
    for stanza in re.split(r"\n[ \t]*\n", text):
        fields: dict[str, str] = {}
        name = ""
        for line in stanza.splitlines():
            if line.startswith("#"):
                continue
            if line[:1] in (" ", "\t"):  # a continued value
                fields[name] = f"{fields.get(name, '')} {line.strip()}"
            elif ":" in line:
                name, value = line.split(":", 1)
                name = name.strip().lower()
                fields[name] = value.strip()
        disabled = fields.get("enabled", "yes").lower() in ("no", "false", "off", "0")
        if disabled or "deb" not in fields.get("types", "").split():
            continue
        signed_by = fields.get("signed-by")
        # A key may also stand in the file itself; only a path can be handed on.
        keyring = signed_by if signed_by and signed_by.startswith("/") else None
        sources += [
            Source(uri, suite, tuple(fields.get("components", "").split()), keyring)
            for uri in fields.get("uris", "").split()
            for suite in fields.get("suites", "").split()
        ]
    return sources


def read_sources(etc_apt: Path) -> list[Source]:
    """All sources of an /etc/apt folder, in apt's order."""
    sources: list[Source] = []
    files = [etc_apt / "sources.list", *sorted((etc_apt / "sources.list.d").glob("*"))]
    for file in files:
        if not file.is_file():
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        if file.suffix == ".list":
            sources += parse_one_line(text)
        elif file.suffix == ".sources":
            sources += parse_deb822(text)
    return sources


def debian_mirror(sources: list[Source]) -> Source | None:
    """The first source that serves Debian's main archive."""
    for source in sources:
        path = urlsplit(source.uri).path
        if "main" in source.components and ARCHIVE_PATH.search(path):
            return source
    return None
