"""The one door: `cli.py COMMAND args...`, called by the four shims at the root."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

# Running a file puts its folder first in the path, where a module of ours could hide
# one of the standard library; the root of the checkout takes that place.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from tools.say import Sorry  # noqa: E402  (only importable once the path is right)


def main() -> int:
    command, *args = sys.argv[1:]
    # Progress must appear when it happens, also in a pipe or in the log of a CI.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    try:
        return int(importlib.import_module(f"tools.commands.{command}").main(args))
    except Sorry as sorry:
        print(f"{command}: {sorry}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\n{command}: stopped; the next call goes on from here.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
