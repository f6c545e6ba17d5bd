"""`./bench`: lists the benchmarks; `./bench NAME` runs one on a fresh database."""

from __future__ import annotations

import argparse
import ast
from pathlib import Path

from tools import environment
from tools.places import LOCAL, ROOT
from tools.say import Sorry, Steps

# Not `bench/`: that name is taken by the command itself.
FOLDER = ROOT / "benchmarks"
STEPS = 5


def parser() -> argparse.ArgumentParser:
    parse = argparse.ArgumentParser(prog="./bench", description=__doc__)
    parse.add_argument("names", nargs="*", metavar="NAME", help="which benchmarks to run")
    parse.add_argument("--all", action="store_true", help="run all of them")
    parse.add_argument("--small", action="store_true", help="small sizes: does it work at all?")
    parse.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    return parse


def known() -> dict[str, str]:
    """Name and first line of the docstring; read, not imported, as Odoo may not be here yet."""
    found = {}
    for file in sorted(FOLDER.glob("[!_]*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        if "run" in functions:
            found[file.stem] = (ast.get_docstring(tree) or "").split("\n")[0]
    return found


def main(arguments: list[str]) -> int:
    options = parser().parse_args(arguments)
    benchmarks = known()
    names = list(benchmarks) if options.all else options.names
    if unknown := [name for name in names if name not in benchmarks]:
        raise Sorry(f"there is no benchmark {', '.join(unknown)}: ./bench without arguments lists them.")
    if not names:
        for name, what in benchmarks.items():
            print(f"  {name:<16} {what}")
        print(f"{len(benchmarks)} benchmarks; `./bench NAME [--small] [--json FILE]` runs one.")
        return 0
    # The caller's folder is what FILE is relative to, also after starting anew.
    environment.reenter(development=False, steps=STEPS)
    return run(names, small=options.small, json_file=options.json)


def run(names: list[str], *, small: bool, json_file: Path | None) -> int:
    from tools import odoo_cli, templates, workbench

    steps = Steps(STEPS)
    bench = workbench.set_up(steps)
    template = templates.ensure(steps, bench)
    base = templates.base_of(bench)  # the other side of every comparison with plain Odoo
    target = (json_file or LOCAL / "reports" / "bench.json").absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    with templates.fresh_copy(bench, template) as database:
        with steps.step("Benchmarks") as note:
            note(f"{', '.join(names)} on the fresh database {database}")
        size = "small" if small else "full"
        command = odoo_cli.script_command("run_bench", bench.conf, database, target, size, *names)
        return odoo_cli.run_in_foreground(command, {**odoo_cli.SCRIPT_ENV, "MED_PLAIN_TEMPLATE": base})
