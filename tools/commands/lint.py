"""`./lint`: style, mistakes, types, and the direction of imports; `--fix` mends what it can."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tools import environment, import_rule, stamps
from tools.places import ADDONS, LOCAL, ROOT, VENV
from tools.processes import run_logged
from tools.say import Sorry, detail

BIN = VENV / "bin"
NODE_BIN = ROOT / "node_modules" / ".bin"


def parser() -> argparse.ArgumentParser:
    parse = argparse.ArgumentParser(prog="./lint", description=__doc__)
    parse.add_argument("--fix", action="store_true", help="mend what can be mended by machine")
    parse.add_argument("--only", metavar="NAME", choices=sorted(CHECKS), action="append", help="one check")
    return parse


def main(arguments: list[str]) -> int:
    options = parser().parse_args(arguments)
    environment.reenter(development=True, steps=1)
    failed = []
    for name in options.only or CHECKS:
        start = time.monotonic()
        good = CHECKS[name](options.fix)
        print(f"{name}: {'ok' if good else 'FAILED'} ({time.monotonic() - start:.1f} s)")
        if not good:
            failed.append(name)
    print(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return bool(failed)


def passes(*command: str | Path) -> bool:
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode == 0


def ruff(fix: bool) -> bool:
    check = passes(BIN / "ruff", "check", "--quiet", *(["--fix"] if fix else []), ".")
    return passes(BIN / "ruff", "format", "--quiet", *([] if fix else ["--check"]), ".") and check


def pylint_odoo(_fix: bool) -> bool:
    folders = [file.parent for file in sorted(ADDONS.glob("*/__manifest__.py"))]
    return not folders or passes(BIN / "pylint", "--rcfile=.pylintrc", *folders)


def mypy(_fix: bool) -> bool:
    """The plain logic of the addons and the tools: everything that does not live in the ORM."""
    good = passes(BIN / "mypy", "tools", "benchmarks")
    shadow = shadow_libs()
    files = sorted(file for lib in shadow.glob("*/lib") for file in lib.rglob("*.py"))
    if not files:
        return good
    done = subprocess.run(
        [str(BIN / "mypy"), *map(str, files)],
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": str(shadow)},
        capture_output=True,
        text=True,
        check=False,
    )
    prefix = re.escape(str(shadow.relative_to(ROOT)))
    print(re.sub(rf"^{prefix}/", "addons/", done.stdout + done.stderr, flags=re.MULTILINE), end="")
    return done.returncode == 0 and good


def shadow_libs() -> Path:
    """Links to the libs alone: an addon's own __init__ would lead mypy into all of Odoo."""
    shadow = LOCAL / "mypy_libs"
    shutil.rmtree(shadow, ignore_errors=True)
    for lib in sorted(ADDONS.glob("*/lib")):
        link = shadow / lib.parent.name / "lib"
        link.parent.mkdir(parents=True)
        link.symlink_to(lib)
    shadow.mkdir(exist_ok=True)
    return shadow


def eslint(fix: bool) -> bool:
    install_node_tools()
    command: list[str | Path] = [
        NODE_BIN / "eslint",
        "--no-warn-ignored",
        "--no-error-on-unmatched-pattern",
    ]
    return passes(*command, *(["--fix"] if fix else []), "addons", "tests")


def prettier(fix: bool) -> bool:
    install_node_tools()
    files = [
        str(file.relative_to(ROOT))
        for pattern in ("*/static/**/*.js", "*/static/**/*.scss", "*/**/*.xml")
        for file in sorted(ADDONS.glob(pattern))
    ]
    return not files or passes(
        NODE_BIN / "prettier",
        "--log-level=warn",
        "--no-error-on-unmatched-pattern",
        "--write" if fix else "--check",
        *files,
    )


def imports(_fix: bool) -> bool:
    offences = import_rule.check(ADDONS)
    for offence in offences:
        print(offence)
    return not offences


def install_node_tools() -> None:
    """node_modules as package-lock.json says; nothing to do when they are there."""
    key = stamps.key_of_files([ROOT / "package-lock.json", ROOT / "package.json"], ROOT)
    if stamps.is_stamped("node", key) and NODE_BIN.is_dir():
        return
    if not shutil.which("npm"):
        raise Sorry(
            "the checks of JavaScript and XML need Node.js 20.19 or later with npm: install them, "
            "or run the other checks with --only ruff --only pylint --only mypy --only imports."
        )
    detail("npm ci (eslint, prettier)")
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    run_logged(command, "installing the JavaScript checks", "npm", cwd=ROOT)
    stamps.stamp("node", key)


CHECKS: dict[str, Callable[[bool], bool]] = {
    "ruff": ruff,
    "imports": imports,
    "pylint": pylint_odoo,
    "mypy": mypy,
    "eslint": eslint,
    "prettier": prettier,
}
