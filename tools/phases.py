"""Which of the given tests need Odoo and which do not? Decides from paths alone."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tools.say import Sorry

PURE = ("tests/unit", "tests/conformance")
WITH_ODOO = ("tests/odoo",)
# These start a server of their own and speak to it as clients do.
LIVE = ("tests/live",)

# Options of pytest whose value is a word of its own, which is no path to collect.
TAKES_VALUE = frozenset(
    """
    -k -m -p -c -o -W -r -n --tb --maxfail --durations --durations-min --deselect --ignore
    --ignore-glob --junitxml --junit-xml --log-level --log-cli-level --rootdir --basetemp
    --capture --color --confcutdir --import-mode --hypothesis-seed --hypothesis-profile
    --odoo-log-level --cov --cov-report --verbosity --show-capture
    """.split()
)


class Plan(NamedTuple):
    """What each phase collects, and the options that all get."""

    pure: list[str]
    odoo: list[str]
    live: list[str]
    options: list[str]


def split_arguments(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Paths (with `::test` behind) and options with their values."""
    paths, options = [], []
    value_follows = False
    for argument in arguments:
        if value_follows or argument.startswith("-"):
            options.append(argument)
            value_follows = not value_follows and argument in TAKES_VALUE
        else:
            paths.append(argument)
    return paths, options


def plan(arguments: list[str], root: Path, here: Path) -> Plan:
    """Sort the given paths, or all tests when none is given, into the phases."""
    paths, options = split_arguments(arguments)
    pure: list[str] = []
    odoo: list[str] = []
    live: list[str] = []
    for given in paths or [str(root)]:
        path, _, selector = given.partition("::")
        place = locate(path, root, here)
        for found in expand(place, root):
            target = f"{found}::{selector}" if selector else str(found)
            if is_below(found, root, PURE):
                pure.append(target)
            else:
                (live if is_below(found, root, LIVE) else odoo).append(target)
    return Plan(dedupe(pure), dedupe(odoo), dedupe(live), options)


def locate(path: str, root: Path, here: Path) -> Path:
    """A path is meant from where the caller stands, else from the root of the checkout."""
    for base in (here, root):
        if (base / path).exists():
            return (base / path).resolve()
    raise Sorry(f"there is no {path}: name a file or folder with tests, or an addon's folder.")


def expand(place: Path, root: Path) -> list[Path]:
    """The folders with tests in a place; a test file stands for itself."""
    known = [root / folder for folder in PURE + WITH_ODOO + LIVE]
    known += sorted(root.glob("addons/*/tests"))
    inside = [folder for folder in known if folder.is_dir() and folder.is_relative_to(place)]
    return inside or [place]


def is_below(place: Path, root: Path, folders: tuple[str, ...]) -> bool:
    return any(place.is_relative_to(root / folder) for folder in folders)


def dedupe(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))
