import argparse
import json
import sys
from pathlib import Path

import odoo.api
from odoo.cli import Command
from odoo.modules.registry import Registry
from odoo.tools import config


class EvidenceVerify(Command):
    """Verify all evidence of a database and show how far it is.

    Exits with 0 when everything verifies, 1 when something does not (the first finding is named
    on standard error), and 2 when it could not be done.
    """

    name = "evidence_verify"

    def run(self, args):
        parser = argparse.ArgumentParser(prog=self.prog, description=self.__doc__)
        parser.add_argument("-c", "--config", help="Odoo's configuration file")
        parser.add_argument("-d", "--database", required=True, help="the database to verify")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the whole report there")
        parser.add_argument("--quiet", action="store_true", help="no progress")
        parser.add_argument(
            "--seal",
            type=Path,
            metavar="FILE",
            help="a seal that was downloaded earlier and kept elsewhere: the log must still begin with it",
        )
        parser.add_argument(
            "--accept-restore",
            metavar="REASON",
            help="after a backup was restored on purpose: record the reason and the seals that are gone with it,"
            " and begin the notes outside of the database anew",
        )
        options = parser.parse_args(args)
        arguments = ["-d", options.database, "--no-http", "--log-level=critical"]
        if options.config:
            arguments[:0] = ["-c", options.config]
        config.parse_config(arguments, setup_logging=True)
        sys.exit(self._verify(options))

    def _verify(self, options):
        registry = Registry(options.database)
        if "med.evidence.verification" not in registry:
            self._say(f"The addon med_evidence is not installed in {options.database}.")
            return 2
        with registry.cursor() as cr:
            env = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
            if options.accept_restore:
                env["med.evidence.seal"]._accept_restore(options.accept_restore)
                cr.commit()  # pylint: disable=invalid-commit
            run = env["med.evidence.verification"]._start("command")
            report = run._run(None if options.quiet else self._progress)
            if options.seal:
                env.invalidate_all()
                report["findings"] += env["med.evidence.seal"]._verify_kept_seal(options.seal.read_text("utf-8"))
                report["ok"] = not report["findings"]
            sentence = env["med.evidence.seal"]._finding_sentence
            sentences = [sentence(finding) for finding in report["findings"]]
            notes = [sentence(note) for note in report["notes"]]
        if options.json:
            options.json.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
        for note in notes:
            self._say(f"Note: {note}.")
        if report["ok"]:
            self._out(f"{report['checked']} sealed entries verified, {report['unsealed']} wait for their seal.")
            self._out(f"Root: {report['root']}")
            return 0
        self._say(f"THE EVIDENCE DOES NOT VERIFY: {max(report['count'], len(sentences))} findings.")
        self._say(f"The first: {sentences[0]}.")
        first = next((finding["event_id"] for finding in report["findings"] if finding.get("event_id")), None)
        if first:
            self._say(f"First bad event: {first}")
        return 1

    def _progress(self, checked, total):
        if sys.stderr.isatty() or checked == total or checked % (1 << 17) < 1 << 14:
            print(f"\r{checked} of {total}", end="", file=sys.stderr, flush=True)  # pylint: disable=print-used # noqa: T201
            if checked >= total:
                self._say("")

    def _say(self, text):
        print(text, file=sys.stderr)  # pylint: disable=print-used # noqa: T201

    def _out(self, text):
        print(text)  # pylint: disable=print-used # noqa: T201
