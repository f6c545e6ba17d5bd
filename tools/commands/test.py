"""`./test`: the pure tests first, in seconds; then those that need Odoo and a database."""

from __future__ import annotations

import argparse
import os
import subprocess
from pathlib import Path

from tools import environment, phases
from tools.places import LOCAL, ROOT
from tools.results import Result, read, total
from tools.say import Steps

REPORTS = LOCAL / "reports"
STEPS = 6

EPILOG = """\
Whatever else stands on the line goes to pytest: ./test addons/med_outbound, ./test -k expired,
./test tests/unit/tools/test_ports.py -x. Paths below tests/unit and tests/conformance need no
database, and when only such are given, none is touched.
"""


def parser() -> argparse.ArgumentParser:
    parse = argparse.ArgumentParser(prog="./test", description=__doc__, epilog=EPILOG, allow_abbrev=False)
    parse.add_argument("--no-browser", action="store_true", help="leave the browser tests out")
    parse.add_argument("--odoo", action="store_true", help="Odoo's own suites with our addons")
    parse.add_argument("--plain", action="store_true", help="with --odoo: without our addons")
    parse.add_argument("--tags", help="with --odoo: Odoo's --test-tags instead of the usual ones")
    parse.add_argument("--order", choices=("install", "loaded"), help="with --odoo: only one order instead of both")
    parse.add_argument("--lint-odoo", action="store_true", help="Odoo's own conventions (test_lint) on our addons")
    return parse


def main(arguments: list[str]) -> int:
    options, rest = parser().parse_known_args(arguments)
    environment.reenter(development=True, steps=STEPS)
    if options.odoo or options.lint_odoo:
        from tools import odoo_suites

        if options.lint_odoo:
            return odoo_suites.lint()
        return odoo_suites.run(plain=options.plain, tags=options.tags, order=options.order)
    here = Path.cwd()
    planned = phases.plan(rest, ROOT, here)
    results = []
    if planned.pure:
        print("Pure tests (no Odoo, no database)")
        results.append(run_pure(planned.pure, planned.options))
    stop_early = bool({"-x", "--exitfirst"} & set(planned.options))
    if planned.odoo and not (stop_early and results and results[0].failed):
        results.append(run_with_odoo(planned.odoo, planned.options, browser=not options.no_browser))
    if planned.live and not (stop_early and any(result.failed for result in results)):
        results.append(run_live(planned.live, planned.options))
    return close(results, browser=not options.no_browser)


def close(results: list[Result], *, browser: bool) -> int:
    """The last lines: one count over all phases, and what was left out."""
    sum_of_all = total(results, browser_wanted=browser)
    print()
    if not browser:
        print("Left out because of --no-browser: every test that starts a browser.")
    elif sum_of_all.browser_skips:
        print("Skipped browser tests count as failed, since they proved nothing:")
        for name in sum_of_all.browser_skips:
            print(f"  {name}")
    if sum_of_all.code and not sum_of_all.failed:
        print(f"The run failed with pytest's code {sum_of_all.code}.")
    print(sum_of_all)
    return sum_of_all.code


def run_pure(paths: list[str], options: list[str]) -> Result:
    # pytest-odoo imports Odoo as soon as it is loaded, so it must not be.
    arguments = ["-p", "no:odoo", "--import-mode=importlib", *paths, *options]
    return pytest("pure", arguments)


def run_with_odoo(paths: list[str], options: list[str], *, browser: bool) -> Result:
    from tools import browser as chromium
    from tools import settings, templates, workbench

    steps = Steps(STEPS - (not browser))
    bench = workbench.set_up(steps)
    if browser:
        chromium.ensure(steps)
    template = templates.ensure(steps, bench)
    with templates.fresh_copy(bench, template) as database:
        with steps.step("Tests with Odoo") as note:
            note(f"on the fresh database {database}")
        conf = settings.write(bench.odoo, bench.server, {"db_name": database}, LOCAL / f"odoo-test-{os.getpid()}.conf")
        arguments = [f"--odoo-config={conf}", "--odoo-http", *paths, *options]
        if not browser:
            arguments = ["-p", "tools.pytest_no_browser", *arguments]
        try:
            return pytest("odoo", arguments, {"PYTHONPATH": str(ROOT)})
        finally:
            conf.unlink(missing_ok=True)


def run_live(paths: list[str], options: list[str]) -> Result:
    """Tests against a real server: they copy the template themselves and start Odoo on it."""
    from tools import settings, templates, workbench

    steps = Steps(STEPS - 1)
    bench = workbench.set_up(steps)
    template = templates.ensure(steps, bench)
    with steps.step("Tests against a running server") as note:
        note(f"on copies of {template}")
    conf = settings.write(bench.odoo, bench.server, {"db_name": template}, LOCAL / f"odoo-live-{os.getpid()}.conf")
    env = {"MED_ODOO_CONFIG": str(conf), "MED_TEMPLATE_DB": template, "PYTHONPATH": str(ROOT)}
    try:
        return pytest("live", ["-p", "no:odoo", *paths, *options], env)
    finally:
        conf.unlink(missing_ok=True)


def pytest(phase: str, arguments: list[str], env: dict[str, str] | None = None) -> Result:
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"{phase}.xml"
    report.unlink(missing_ok=True)
    command = [str(environment.PYTHON), "-m", "pytest", f"--rootdir={ROOT}"]
    command += ["-c", str(ROOT / "pyproject.toml"), f"--junitxml={report}", "-rs", *arguments]
    done = subprocess.run(command, env={**os.environ, **(env or {})}, check=False)
    return read(report, done.returncode)
