"""`python tools/i18n.py --config CONF --db DB [module ...]`: brings the translations up to date.

Odoo's own exporter says which terms a module has; they go to `i18n/MODULE.pot`, and into
`i18n/zh_CN.po` beside the translations that are there. A term that is not said any more goes.
The files hold no dates and are sorted, so that a diff shows what was said differently.

Runs in a Python that imports Odoo, on a database where the modules are installed and up to
date (`odoo -u`). Without names: every addon of this project that is installed there. `--check`
writes nothing and fails when a file is old or a term untranslated.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import polib  # type: ignore[import-untyped,import-not-found,unused-ignore]

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from tools import addons
from tools.in_odoo.session import environment
from tools.places import ADDONS

LANGUAGE = "zh_CN"
HEADER = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}


class Outcome(NamedTuple):
    """What became of one module's files."""

    module: str
    terms: int
    untranslated: list[str]
    dropped: list[str]
    changed: bool

    def __str__(self) -> str:
        parts = [f"{self.module}: {self.terms} terms"]
        if self.untranslated:
            parts.append(f"{len(self.untranslated)} to translate")
        if self.dropped:
            parts.append(f"{len(self.dropped)} not said any more")
        parts.append("changed" if self.changed else "as it was")
        return ", ".join(parts)


def exported(env: Any, module: str) -> Any:
    """What Odoo exports for the module, as a parsed file without translations."""
    from odoo.tools.translate import trans_export

    buffer = io.BytesIO()
    if not trans_export(None, [module], buffer, "po", env):
        return polib.POFile()
    return polib.pofile(buffer.getvalue().decode())


def template(found: Any, module: str) -> Any:
    """The same without what changes from one export to the next."""
    po = polib.POFile()
    po.header = f"Terms of {module}, made by tools/i18n.py."
    po.metadata = dict(HEADER)
    for entry in sorted(found, key=lambda entry: str(entry.msgid)):
        po.append(
            polib.POEntry(
                msgid=entry.msgid,
                comment=entry.comment,
                occurrences=sorted(entry.occurrences),
            )
        )
    return po


def merged(pot: Any, old: Iterable[Any], siblings: Iterable[Any] = ()) -> Any:
    """The template with the translations at hand: the module's own, else how another addon
    of ours says the very same."""
    said = {e.msgid: e.msgstr for e in siblings if e.msgstr and not e.obsolete and not e.fuzzy}
    known = {e.msgid: e for e in old if not e.obsolete}
    po = polib.POFile()
    po.header = pot.header
    po.metadata = {**HEADER, "Language": LANGUAGE, "Plural-Forms": "nplurals=1; plural=0;"}
    for term in pot:
        own = known.get(term.msgid)
        entry = polib.POEntry(msgid=term.msgid, comment=term.comment, occurrences=list(term.occurrences))
        entry.msgstr = own.msgstr if own and own.msgstr else said.get(term.msgid, "")
        if own and own.fuzzy:
            entry.flags.append("fuzzy")
        if own:
            entry.tcomment = own.tcomment
        po.append(entry)
    return po


def read(file: Path) -> Any:
    return polib.pofile(str(file)) if file.is_file() else polib.POFile()


def update(env: Any, module: str, folder: Path = ADDONS, *, write: bool = True) -> Outcome:
    """Bring the two files of a module up to date."""
    i18n = folder / module / "i18n"
    pot_file, po_file = i18n / f"{module}.pot", i18n / f"{LANGUAGE}.po"
    pot = template(exported(env, module), module)
    old = read(po_file)
    others = sorted(folder.glob(f"*/i18n/{LANGUAGE}.po"))
    po = merged(pot, old, [entry for file in others if file != po_file for entry in read(file)])
    terms = {entry.msgid for entry in pot}
    changed = False
    for file, content in ((pot_file, str(pot)), (po_file, str(po))):
        text = content.rstrip("\n") + "\n"
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            changed = True
            if write:
                i18n.mkdir(exist_ok=True)
                file.write_text(text, encoding="utf-8", newline="\n")
    return Outcome(
        module,
        len(terms),
        [entry.msgid for entry in po if not entry.msgstr or entry.fuzzy],
        sorted(entry.msgid for entry in old if entry.msgid not in terms),
        changed,
    )


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="tools/i18n.py", description=__doc__)
    parser.add_argument("--config", required=True, help="Odoo's configuration file")
    parser.add_argument("--db", required=True, help="a database that has the modules")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when files lag")
    parser.add_argument("modules", nargs="*", metavar="module")
    options = parser.parse_args(arguments)
    good = True
    with environment(options.config, options.db) as env:
        installed = set(env["ir.module.module"].search([("state", "=", "installed")]).mapped("name"))
        for module in options.modules or [name for name in addons.ours() if name in installed]:
            if module not in installed or not (ADDONS / module).is_dir():
                print(f"{module}: is not an addon of ours that {options.db} has", file=sys.stderr)
                good = False
                continue
            outcome = update(env, module, write=not options.check)
            print(outcome)
            for term in outcome.untranslated:
                print(f"  to translate: {term}")
            for term in outcome.dropped:
                print(f"  dropped: {term}")
            if options.check and (outcome.changed or outcome.untranslated):
                good = False
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
