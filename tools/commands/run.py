"""`./run`: everything from a bare machine to an Odoo that serves."""

from __future__ import annotations

import argparse
import sys

from tools import addons, environment

NAME = "run"
STEPS = 5


def parser() -> argparse.ArgumentParser:
    parse = argparse.ArgumentParser(
        prog="./run",
        description="Serves Odoo 19 with this project's addons and demo data until Ctrl-C.",
    )
    parse.add_argument("--port", type=int, help="HTTP port (default: 8069 or the next free one)")
    parse.add_argument("--db", default="med_demo", metavar="NAME", help="which database")
    parse.add_argument("--no-serve", action="store_true", help="only set everything up")
    parse.add_argument("--shell", action="store_true", help="a Python shell with `env`")
    parse.add_argument(
        "--verify", action="store_true", help="verify all evidence; fails and names the first bad event when it must"
    )
    parse.add_argument("--update", action="store_true", help="update all our addons first")
    parse.add_argument("--reset", action="store_true", help="drop the database first (asks)")
    parse.add_argument("--yes", action="store_true", help="do not ask")
    parse.add_argument("--stop", action="store_true", help="stop the embedded PostgreSQL")
    parse.add_argument(
        "--scenario",
        metavar="NAME",
        help="run tests/scenarios/NAME.py on a fresh database; further arguments are passed on",
    )
    return parse


def main(arguments: list[str]) -> int:
    options, rest = parser().parse_known_args(arguments)
    if rest and not options.scenario:
        parser().error(f"unknown: {' '.join(rest)}")
    if options.stop:
        return stop()
    environment.reenter(development=False, steps=STEPS)
    return work(options, rest)


def stop() -> int:
    from tools import postgres

    print("PostgreSQL stopped." if postgres.stop() else "PostgreSQL was not running.")
    return 0


def work(options: argparse.Namespace, rest: list[str]) -> int:
    # Only importable in the project's environment.
    from tools import browser, demo, scenario, serving, workbench
    from tools.say import Steps

    if options.scenario:
        return scenario.run(options.scenario, rest)
    steps = Steps(STEPS)
    with steps.step("Python environment"):
        pass
    bench = workbench.set_up(steps)
    browser.offer_pdf(steps)
    if options.reset:
        serving.confirm_reset(options.db, yes=options.yes)
        demo.remove(bench, options.db)
    with steps.step(f"Database {options.db}") as note:
        note(demo.ensure(bench, options.db, update=options.update))
    if options.shell:
        return serving.shell(bench, options.db)
    if options.verify:
        return serving.verify_evidence(bench, options.db)
    if options.no_serve:
        print(f"Ready: {len(addons.ours())} addons of ours. `./run` serves them.")
        return 0
    return serving.serve(bench, options.db, options.port)


if __name__ == "__main__":
    sys.exit("start ./run")
