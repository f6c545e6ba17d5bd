"""`run_bench.py CONF DATABASE JSON small|full NAME...`: runs benchmarks, prints, writes JSON."""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from tools.in_odoo.session import environment


def machine(env: Any, size: str) -> list[str]:
    """What a figure means nothing without."""
    env.cr.execute("SHOW server_version")
    postgres = env.cr.fetchone()[0].split()[0]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    from odoo import release

    return [
        f"{cpu_model()}, {os.cpu_count()} cores, {memory:.0f} GiB",
        f"Python {platform.python_version()}, PostgreSQL {postgres}, Odoo {release.version}, {size} sizes",
    ]


def cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def main(arguments: list[str]) -> int:
    conf, database, target, size, *names = arguments
    figures: dict[str, Any] = {}
    failed = []
    for name in names:
        # Each has an environment of its own, so none measures the caches of another.
        with environment(conf, database) as env:
            lines = machine(env, size)
            print("\n".join(["", f"== {name}", *lines, ""]), flush=True)
            start = time.monotonic()
            try:
                table = importlib.import_module(f"benchmarks.{name}").run(env, size == "small")
            except Exception:  # noqa: BLE001  (one broken benchmark must not hide the others)
                traceback.print_exc()
                failed.append(name)
                continue
            print(table)
            print(f"({time.monotonic() - start:.1f} s in all)", flush=True)
            # one benchmark: the bare keys; several: each under its name, so that none hides another
            prefix = f"{name}." if len(names) > 1 else ""
            figures |= {f"{prefix}{key}": value for key, value in keys_of(table).items()}
            figures["machine"] = "; ".join(lines)
    Path(target).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(f"\nFigures: {target}")
    print(f"{len(names) - len(failed)} benchmarks ran, {len(failed)} failed")
    return bool(failed)


def keys_of(table: Any) -> dict[str, Any]:
    return dict(table if isinstance(table, dict) else table.keys)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
