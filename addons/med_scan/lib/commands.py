"""Codes that are orders to the app and not goods: printed on a card, read as any other code."""

from __future__ import annotations

PREFIX = "MED:"
COMMANDS = ("DONE", "NEXT", "UNDO", "SHORT", "SWAP")
BADGE = "USER:"


def command(code: str) -> str | None:
    """The command in ``code``, or None. Letter case is a keyboard's, not the person's."""
    text = code.strip().upper()
    if not text.startswith(PREFIX):
        return None
    word = text.removeprefix(PREFIX)
    return word if word in COMMANDS else None


def badge(code: str) -> int | None:
    """The user's number on a badge ``MED:USER:12``, or None."""
    text = code.strip().upper()
    number = text.removeprefix(PREFIX + BADGE)
    return int(number) if number != text and number.isascii() and number.isdigit() and len(number) < 10 else None
