"""Starts Odoo's own command line in the project's environment."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.environment import PYTHON
from tools.places import LOGS, ROOT
from tools.say import Sorry, detail

MODULE_LINE = re.compile(r"Loading module (\S+) \((\d+)/(\d+)\)")
PROBLEM_LINE = re.compile(r" (ERROR|CRITICAL) ")
# The embedded PostgreSQL has no contrib extensions; Odoo says so once and goes on.
HARMLESS = ("pg_trgm", "unaccent")
SCRIPT_ENV = {"PYTHONPATH": str(ROOT)}


def install(conf: Path, database: str, arguments: Sequence[str], what: str) -> None:
    """Run Odoo until it has installed or updated, showing how far it is."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"odoo-{database}.log"
    command = [str(PYTHON), "-m", "odoo", "server", "-c", str(conf), "-d", database]
    command += ["--no-http", "--stop-after-init", "--max-cron-threads=0", *arguments]
    problems: list[str] = []
    shown = time.monotonic()
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        assert process.stdout
        for line in process.stdout:
            out.write(line)
            if PROBLEM_LINE.search(line) and not any(word in line for word in HARMLESS):
                problems.append(line)
            match = MODULE_LINE.search(line)
            if match and time.monotonic() - shown > 5:
                shown = time.monotonic()
                detail(f"module {match[2]}/{match[3]}: {match[1]}")
    if process.wait() or problems:
        raise Sorry(
            f"{what} failed{': ' + last_words(log) if process.returncode else ''}"
            f"{'; ' + problems[0].strip() if problems else ''}; the whole story is in {log}."
        )


def last_words(log: Path) -> str:
    """The last line of a traceback is the one that names the mistake."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8").splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"[\w.]*(Error|Exception|Warning)\b", line)]
    return (errors or lines or ["no output"])[-1]


def run_in_foreground(command: Sequence[str], env: Mapping[str, str] | None = None) -> int:
    """Until it ends or Ctrl-C; the child gets the same signal and shuts down in order."""
    process = subprocess.Popen(command, env={**os.environ, **(env or {})})
    previous = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                # A second Ctrl-C makes Odoo stop at once; it does that by itself.
                continue
    finally:
        signal.signal(signal.SIGTERM, previous)


def script_command(name: str, *arguments: str | Path) -> list[str]:
    """A script of in_odoo/, to be run with SCRIPT_ENV so that it finds `tools`."""
    script = ROOT / "tools" / "in_odoo" / f"{name}.py"
    return [str(PYTHON), str(script), *map(str, arguments)]


def server_command(conf: Path, database: str, *arguments: str) -> list[str]:
    return [str(PYTHON), "-m", "odoo", "server", "-c", str(conf), "-d", database, *arguments]
