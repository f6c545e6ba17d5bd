"""`./run --scenario NAME`: a story of tests/scenarios told on a fresh database."""

from __future__ import annotations

from tools import odoo_cli, templates, workbench
from tools.places import ROOT
from tools.say import Sorry, Steps

FOLDER = ROOT / "tests" / "scenarios"


def names() -> list[str]:
    return sorted(file.stem for file in FOLDER.glob("[!_]*.py"))


def run(name: str, arguments: list[str]) -> int:
    if name not in names():
        known = ", ".join(names()) or "none so far"
        raise Sorry(f"there is no scenario {name!r} in tests/scenarios: there are {known}.")
    steps = Steps(5)
    bench = workbench.set_up(steps)
    template = templates.ensure(steps, bench)
    with templates.fresh_copy(bench, template) as database:
        with steps.step(f"Scenario {name}") as note:
            note(f"on the fresh database {database}")
        arguments = [str(FOLDER / f"{name}.py"), *arguments]
        command = odoo_cli.script_command("run_scenario", bench.conf, database, *arguments)
        return odoo_cli.run_in_foreground(command, odoo_cli.SCRIPT_ENV)
