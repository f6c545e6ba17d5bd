"""Reads what pytest wrote about a phase and adds the phases up."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import NamedTuple

# A browser test that was skipped proved nothing, and nobody would notice.
BROWSER_SKIP = re.compile(r"odoo-http|chrom|websocket|browser", re.IGNORECASE)
NOTHING_COLLECTED = 5


class Result(NamedTuple):
    """Counts of one phase, or of all."""

    code: int = 0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    browser_skips: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def read(report: Path, code: int) -> Result:
    """pytest's JUnit report; without one, the code alone tells."""
    if not report.is_file():
        return Result(code=code)
    passed = failed = skipped = 0
    browser: list[str] = []
    for case in ET.parse(report).getroot().iter("testcase"):
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif skip is None or skip.get("type") == "pytest.xfail":
            passed += 1
        else:
            skipped += 1
            if BROWSER_SKIP.search(skip.get("message") or ""):
                browser.append(f"{case.get('classname')}.{case.get('name')}")
    return Result(code, passed, failed, skipped, tuple(browser))


def total(results: list[Result], *, browser_wanted: bool) -> Result:
    """One verdict. That a phase found nothing is fine as long as another one found something."""
    found_something = any(result.passed + result.failed + result.skipped for result in results)
    codes = [result.code for result in results if not (result.code == NOTHING_COLLECTED and found_something)]
    skips = tuple(name for result in results for name in result.browser_skips)
    code = next((code for code in codes if code), 0)
    if not results:
        code = NOTHING_COLLECTED
    if skips and browser_wanted:
        code = code or 1
    return Result(
        code,
        sum(result.passed for result in results),
        sum(result.failed for result in results),
        sum(result.skipped for result in results),
        skips,
    )
