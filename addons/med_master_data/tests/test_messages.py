import re
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from odoo.addons.med_master_data.lib.errors import Problem

ADDON = Path(__file__).parents[1]
CODE = re.compile(r'(?:ScanError|Problem|_add|_note)\(\s*(?:result,\s*)?"([a-z_]+)"')
RULE_CODE = re.compile(r'(?:else|return|or) "((?:bad|check|company)_[a-z]+)"')


@tagged("post_install", "-at_install")
class TestMessages(TransactionCase):
    def test_every_code_has_a_sentence(self):
        """A person never sees a bare code."""
        codes = set()
        for path in [*ADDON.glob("lib/*.py"), *ADDON.glob("models/*.py")]:
            codes |= set(CODE.findall(path.read_text()))
        codes |= set(RULE_CODE.findall((ADDON / "lib/gs1_rules.py").read_text()))
        self.assertGreater(len(codes), 45)
        self.assertEqual(codes - set(self.env["med.message"]._sentences()), set())

    def test_no_sentence_without_a_code(self):
        source = "".join(path.read_text() for path in [*ADDON.glob("lib/*.py"), *ADDON.glob("models/*.py")])
        for path in ADDON.glob("models/med_message*.py"):
            source = source.replace(path.read_text(), "")
        message = self.env["med.message"]
        # those of this addon; the ones above say their own
        groups = ("scan", "lookup", "dossier", "table", "cell", "row", "scheme", "reading")
        ours = [code for group in groups for code in getattr(message, f"_{group}_sentences")()]
        self.assertGreater(len(ours), 80)
        unused = [code for code in ours if f'"{code}"' not in source]
        self.assertEqual(unused, [])

    def test_sentence_names_value_and_remedy(self):
        problem = Problem("check_digit", {"value": "06901234567893", "expected": "2", "ai": "01"})
        text = self.env["med.scan"]._message(problem)
        self.assertIn("06901234567893", text)
        self.assertIn("2", text)

    def test_unknown_code_still_tells_the_facts(self):
        self.assertIn("7", self.env["med.message"]._text(Problem("no_such_code", {"n": "7"})))
