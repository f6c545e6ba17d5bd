"""Odoo's own test suites, by Odoo's own runner, beside our addons or without them.

They run in two orders, since each shows what the other cannot:

install  Odoo's own: everything, our addons too, is installed on an empty database, and a test
         runs when Odoo says, during the installation or after it. In plain Odoo nothing fails.
loaded   Every test once all addons are loaded, so that the at_install ones meet ours too. They
         were not written for that: a few fail in plain Odoo as well (odoo_known_failures.txt).
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter

from tools import addons, browser, odoo_cli, ports, templates, workbench
from tools.places import LOGS, ROOT, VENV
from tools.say import Sorry, Steps, detail

TAGS = (
    "/stock,/product_expiry,/sale_stock,/purchase_stock,/stock_picking_batch,/stock_account,"
    "/stock_delivery,/barcodes_gs1_nomenclature,/sale_stock_product_expiry"
)
STARTING = re.compile(r"odoo\.addons\.(\w+)\.tests\.\S+: Starting \S+")
TROUBLE = re.compile(r" ERROR \S+ odoo\.addons\.(\w+)\.tests\.\S+: (?:FAIL|ERROR): (.+)")
# A class that cannot even be set up is told by another logger, and hides all of its tests.
SET_UP = re.compile(r" ERROR \S+ odoo\.tests\.suite: ERROR: (setUpClass \(odoo\.addons\.(\w+)\..+)")
SUMMARY = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
FIRST_HTTP_PORT = 8300
# Tests that fail in plain Odoo as well when they run with everything loaded.
KNOWN = ROOT / "tools" / "odoo_known_failures.txt"
ORDERS = ("install", "loaded")


def known_failures() -> frozenset[str]:
    lines = KNOWN.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and line[0] != "#")


def run(*, plain: bool, tags: str | None, order: str | None) -> int:
    """Exit code 1 on any failure or error, or when no test ran."""
    title = "plain Odoo" if plain else f"Odoo with {', '.join(addons.ours())}"
    runs = {"install": run_installing, "loaded": run_tagged}
    codes = [runs[name](tags or TAGS, title, plain=plain) for name in ([order] if order else ORDERS)]
    return max(codes)


def run_installing(tags: str, title: str, *, plain: bool) -> int:
    steps = Steps(4)
    bench = workbench.set_up(steps)
    browser.ensure(steps)
    modules = addons.available(addons.DEMO_MODULES, bench.odoo.addons_paths) + ([] if plain else addons.ours())
    with templates.empty_database(bench) as database:
        with steps.step(f"Installing {title} and testing on the way") as note:
            note(f"tags {tags}, on {database}")
        command = odoo_cli.server_command(bench.conf, database, "-i", ",".join(modules))
        return judge(command + common_options(tags), "install-plain" if plain else "install-ours", frozenset(), None)


def common_options(tags: str) -> list[str]:
    return [
        f"--test-tags={tags}",
        "--stop-after-init",
        "--max-cron-threads=0",
        f"--http-port={ports.choose(None, FIRST_HTTP_PORT)}",
        "--http-interface=127.0.0.1",
    ]


def lint() -> int:
    """Odoo's conventions, judged by Odoo, on our addons (see in_odoo/suites.py)."""
    return run_tagged("/test_lint", "test_lint on our addons", lint_addons=addons.ours())


def run_tagged(tags: str, title: str, *, plain: bool = False, lint_addons: list[str] | None = None) -> int:
    steps = Steps(6)
    bench = workbench.set_up(steps)
    browser.ensure(steps)
    # Odoo's suites pass together with these modules; with Manufacturing or Point of Sale beside
    # them some fail in plain Odoo too, since they were written to run before those install.
    wanted = addons.TEST_MODULES if lint_addons else addons.DEMO_MODULES
    template = templates.ensure(steps, bench, wanted=wanted, plain=plain)
    with templates.fresh_copy(bench, template) as database:
        with steps.step(f"Tests of {title}") as note:
            note(f"tags {tags}, on {database}")
        # Not by ./odoo-bin but by a script that changes two things, told there.
        command = odoo_cli.script_command("suites", "-c", bench.conf, "-d", database)
        command += common_options(tags)
        name = "lint" if lint_addons else f"loaded-{'plain' if plain else 'ours'}"
        return judge(command, name, known_failures(), lint_addons)


def judge(command: list[str], name: str, known: frozenset[str], lint_addons: list[str] | None) -> int:
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"odoo-suites-{name}.log"
    # test_lint calls pylint by name, and skips without a word where it finds none.
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    env = {**os.environ, **odoo_cli.SCRIPT_ENV, "PATH": path}
    env["MED_LINT_ADDONS"] = ",".join(lint_addons or ())
    tests: Counter[str] = Counter()
    failures: list[str] = []
    summary = None
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=env,
        )
        assert process.stdout
        for line in process.stdout:
            out.write(line)
            if match := STARTING.search(line):
                tests[match[1]] += 1
                if sum(tests.values()) % 100 == 0:
                    detail(f"{sum(tests.values())} tests started, now in {match[1]}")
            elif match := TROUBLE.search(line):
                failures.append(f"{match[1]}: {match[2]}")
                detail(failures[-1])
            elif match := SET_UP.search(line):
                failures.append(f"{match[2]}: {match[1]}")
                detail(failures[-1])
            elif match := SUMMARY.search(line):
                summary = match
    code = process.wait()
    return report(tests, failures, summary, code, str(log), known)


def report(
    tests: Counter[str],
    failures: list[str],
    summary: re.Match[str] | None,
    code: int,
    log: str,
    known: frozenset[str],
) -> int:
    if summary is None:
        raise Sorry(f"Odoo ended with code {code} before it told a result; {log} says why.")
    failed, errors, ran = (int(number) for number in summary.groups())
    news = [failure for failure in failures if failure not in known]
    by_module = Counter(failure.split(":")[0] for failure in news)
    print(f"\n{'module':<32}{'tests':>8}{'failed':>8}")
    for module, count in sorted(tests.items()):
        print(f"{module:<32}{count:>8}{by_module[module]:>8}")
    for failure in news:
        print(f"  {failure}")
    if known:
        print(f"{len(failures) - len(news)} more fail in plain Odoo too ({KNOWN.name})")
    print(f"Odoo counts {ran} tests, {failed} failures, {errors} errors; all of it in {log}")
    # What Odoo counts and no line named cannot be known, so it counts as new.
    bad = max(len(news), failed + errors - (len(failures) - len(news)))
    print(f"{ran - failed - errors} passed, {bad} failed")
    if not ran:
        print("No test ran: nothing was shown.")
        return 1
    # Odoo itself ends with 1 for any failure; other codes mean that it broke down.
    return 1 if bad or code not in (0, 1) else 0
