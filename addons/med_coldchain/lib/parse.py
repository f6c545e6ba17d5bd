"""Which reader a file belongs to, by its content."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from . import columns, fridge_tag, geoprecision, hobo
from .columns import Columns
from .errors import Refusal
from .logger_file import LoggerFile, decode


class Reader(NamedTuple):
    recognises: Callable[[str], bool]
    parse: Callable[[str], LoggerFile]


READERS: tuple[Reader, ...] = (
    Reader(fridge_tag.recognises, fridge_tag.parse),
    Reader(hobo.recognises, hobo.parse),
    Reader(geoprecision.recognises, geoprecision.parse),
)


def parse(content: bytes, named: Columns | None = None) -> LoggerFile:
    """What a logger's file says.

    :param named: the columns of an unknown table, as a person named them
    :raises Refusal: ``file_unknown`` when nobody can read it; else what is wrong with it, and on which line
    """
    text = decode(content)
    if named is not None:
        return columns.read(text, named)
    for reader in READERS:
        if reader.recognises(text):
            return reader.parse(text)
    if found := columns.suggest(text):
        return columns.read(text, found)
    raise Refusal("file_unknown", begins=text.strip()[:60])
