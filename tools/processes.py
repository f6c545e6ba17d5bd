"""Runs other programs with a log file, and turns their failures into one sentence."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.places import LOGS
from tools.say import Sorry

NETWORK_WORDS = (
    "Temporary failure in name resolution",
    "Temporary failure resolving",
    "Could not resolve",
    "Failed to establish a new connection",
    "Network is unreachable",
    "Connection timed out",
    "Could not connect",
    "Connection refused",
    "Cannot initiate the connection",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "No matching distribution found",
)


def explain(output: str, log: Path) -> str:
    """The likeliest reason of a failed download or installation, for one sentence."""
    if "No space left on device" in output:
        return "the disk is full: free about 4 GB and start again"
    if any(word in output for word in NETWORK_WORDS):
        return (
            "its packages could not be downloaded: check the network (and the proxy or mirror "
            f"set up on this machine) and start again; details in {log}"
        )
    return f"the end of {log} says why"


def run_logged(
    command: Sequence[str | Path],
    what: str,
    log_name: str,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """Run to the end with the output in a log file; on failure say what failed and why."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{log_name}.log"
    with log.open("wb") as out:
        try:
            done = subprocess.run(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=None if env is None else {**os.environ, **env},
                cwd=cwd,
                check=False,
            )
        except FileNotFoundError as missing:
            raise Sorry(f"{what} needs the program {missing.filename}: install it.") from None
    output = log.read_text(encoding="utf-8", errors="replace")
    if done.returncode:
        raise Sorry(f"{what} failed, {explain(output, log)}.")
    return output
