"""Every check of ``module_case`` is broken once: a check that cannot fail says nothing."""

import re
import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

import polib
from odoo import Command
from odoo.modules import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from . import module_case

MODULE = "med_evidence"


@tagged("post_install", "-at_install")
class TestModuleCase(TransactionCase):
    def _says(self, problems, *words):
        """Exactly one problem, with all these words; before the mutation there was none."""
        problems = sorted(set(problems))
        self.assertEqual(len(problems), 1, problems)
        for word in words:
            self.assertIn(word, problems[0])

    # Files -----------------------------------------------------------------------------

    def setUp(self):
        super().setUp()
        manifest = Manifest.for_addon(MODULE)
        self.manifest = {key: manifest[key] for key in ("name", "data", "demo")}
        self.folder = Path(tempfile.mkdtemp(prefix="module_case")) / MODULE
        self.addCleanup(shutil.rmtree, self.folder.parent)
        shutil.copytree(manifest.path, self.folder, ignore=shutil.ignore_patterns("__pycache__"))
        self.good = {
            "name": "Medical Quality",
            "summary": "Gate",
            "category": "Supply Chain",
            "version": "19.0.1.0.0",
            "license": "LGPL-3",
            "author": "Medical Outbound contributors",
            "website": "https://example.org",
            "depends": ["stock", "med_master_data"],
        }

    def test_manifest(self):
        self.assertEqual(list(module_case.manifest_problems("med_quality", self.good)), [])
        for key, bad in (
            ("name", ""),
            ("summary", None),
            ("category", ""),
            ("license", "AGPL-3"),
            ("author", ""),
            ("website", "example.org"),
            ("version", "19.0.1.0"),
            ("version", "18.0.1.0.0"),
        ):
            self._says(module_case.manifest_problems("med_quality", {**self.good, key: bad}), key)

    def test_dependencies_point_down(self):
        def problems(module, *depends, **keys):
            return module_case.manifest_problems(module, {**self.good, "depends": depends, **keys})

        self._says(problems("med_quality", "med_outbound"), "med_outbound")
        self._says(problems("med_evidence", "med_quality"), "med_quality")
        self._says(problems("med_scan", "med_recall"), "med_recall")
        self.assertEqual(list(problems("med_scan", "med_outbound")), [])
        self.assertEqual(list(problems("med_scan_recall", "med_recall", auto_install=True)), [])

    def test_data_files(self):
        def problems(**keys):
            return module_case.data_file_problems(self.folder, {**self.manifest, **keys})

        self.assertEqual(list(problems()), [])
        first = self.manifest["data"][0]
        self._says(problems(data=self.manifest["data"][1:]), first, "name it")
        self._says(problems(data=[*self.manifest["data"], first]), first, "2 times")
        self._says(problems(demo=["demo/none.xml"]), "demo/none.xml", "does not exist")
        (self.folder / "data" / "more.csv").write_text("id\n")
        self._says(problems(), "data/more.csv")

    def test_imports(self):
        self.assertEqual(list(module_case.import_problems(self.folder)), [])
        for file in ("models/forgotten.py", "tests/test_forgotten.py", "wizard/forgotten.py"):
            (self.folder / file).write_text("")
            self._says(module_case.import_problems(self.folder), file)
            (self.folder / file).unlink()

    def test_readme(self):
        readme = self.folder / "README.md"
        readme.write_text("# Medical Evidence\n")
        self.assertEqual(list(module_case.readme_problems(self.folder, "Medical Evidence")), [])
        readme.write_text("# Something else\n")
        self._says(module_case.readme_problems(self.folder, "Medical Evidence"), "does not name")
        readme.unlink()
        self._says(module_case.readme_problems(self.folder, "Medical Evidence"), "README.md")

    def test_kinds(self):
        labels = self.env["med.evidence.event"]._kind_labels()
        self.assertEqual(list(module_case.kind_problems(self.folder, labels)), [])
        self._says(module_case.kind_problems(self.folder, labels.keys() - {"attachment.added"}), "has no label")

    # Records ---------------------------------------------------------------------------

    def _make(self, model, values, name="mutation"):
        """A record that the module seems to have made."""
        record = self.env[model].create(values)
        self._claim(record, name)
        return record

    def _claim(self, record, name="mutation"):
        self.env["ir.model.data"].create({"module": MODULE, "name": name, "model": record._name, "res_id": record.id})

    def _view(self, arch, model="med.evidence.event", **values):
        return self._make("ir.ui.view", {"name": "mutation", "model": model, "arch": arch, **values})

    def _spoil(self, view, arch):
        """Past Odoo's own checks, as a change of Python code would."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_ui_view SET arch_db = jsonb_build_object('en_US', %s::text) WHERE id = %s",
            [arch, view.id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache("templates")

    def _nothing_before(self, check, *arguments):
        self.assertEqual(list(check(self.env, MODULE, *arguments)), [])

    def test_views(self):
        self._nothing_before(module_case.view_problems)
        view = self._view("<list><field name='kind' /></list>")
        for arch, words in (
            ("<list><field name='gone' /></list>", "gone"),
            ("<list><field name='kind' invisible='gone == 1' /></list>", "gone"),
        ):
            self._spoil(view, arch)
            self._says(module_case.view_problems(self.env, MODULE), "mutation", words)

    def test_views_that_odoo_only_warns_of(self):
        view = self._view("<form><field name='kind' /></form>")
        self._spoil(view, "<form><i class='fa fa-check' /><field name='kind' /></form>")
        with mute_logger("odoo.addons.base.models.ir_ui_view"):
            problems = list(module_case.view_problems(self.env, MODULE))
        self._says(problems, "mutation", "title")

    def test_templates_compile(self):
        view = self._make("ir.ui.view", {"name": "m", "type": "qweb", "key": "med_evidence.m", "arch": "<p>a</p>"})
        self._spoil(view, "<p><t t-out='a +' /></p>")
        self._says(module_case.view_problems(self.env, MODULE), "mutation")

    def test_buttons(self):
        self._nothing_before(module_case.button_problems)
        view = self._view("<form><button name='action_open_record' type='object' /></form>")
        self._nothing_before(module_case.button_problems)
        for button, words in (
            ("<button name='action_gone' type='object' />", ("action_gone", "med.evidence.event")),
            ("<button name='_record' type='object' />", ("_record",)),
            ("<button name='_rec_name' type='object' />", ("_rec_name",)),
            ("<button name='99999999' type='action' />", ("99999999",)),
            ("<button name='med_evidence.gone' type='action' />", ("med_evidence.gone",)),
        ):
            self._spoil(view, f"<form>{button}</form>")
            self._says(module_case.button_problems(self.env, MODULE), "mutation", *words)

    def test_buttons_of_a_list_inside_a_form_belong_to_its_model(self):
        view = self._view("<form><field name='name' /></form>", model="res.partner")
        inside = "<form><field name='user_ids'><list><button name='{}' type='object' /></list></field></form>"
        self._spoil(view, inside.format("action_show_groups"))
        self._nothing_before(module_case.button_problems)
        self._spoil(view, inside.format("create_company"))  # a method of the partner
        self._says(module_case.button_problems(self.env, MODULE), "create_company", "res.users")

    def test_actions(self):
        self._nothing_before(module_case.action_problems)
        action = self._make(
            "ir.actions.act_window",
            {
                "name": "m",
                "res_model": "med.evidence.event",
                "view_mode": "list",
                "help": "<p>Empty</p>",
            },
        )
        self._nothing_before(module_case.action_problems)
        for values, words in (
            ({"help": False}, "help"),
            ({"help": "<p> </p>"}, "help"),
            ({"domain": "[('gone', '=', 1)]"}, "domain"),
            ({"domain": "[('kind', '=', gone)]"}, "domain"),
            ({"context": "{'a': gone}"}, "context"),
            ({"context": "{'search_default_gone': 1}"}, "search_default_gone"),
        ):
            action.write({"help": "<p>Empty</p>", "domain": "[]", "context": "{}", **values})
            self._says(module_case.action_problems(self.env, MODULE), "mutation", words)

    def test_actions_on_a_model_that_is_gone(self):
        action = self.env.ref("med_evidence.med_evidence_event_action")
        self.env.cr.execute("UPDATE ir_act_window SET res_model = 'med.gone' WHERE id = %s", [action.id])
        action.invalidate_recordset()
        self._says(module_case.action_problems(self.env, MODULE), "med.gone")

    def test_server_actions(self):
        self._nothing_before(module_case.server_action_problems)
        self._make(
            "ir.actions.server",
            {
                "name": "m",
                "model_id": self.env["ir.model"]._get_id("med.evidence.seal"),
                "state": "code",
                "code": "model._cron_gone()",
            },
        )
        self._says(module_case.server_action_problems(self.env, MODULE), "_cron_gone")

    def _menu_problems(self):
        auditor = self.env.ref("med_evidence.group_med_auditor")
        with self.env.cr.savepoint() as savepoint:
            problems = list(module_case.menu_problems(self.env, MODULE, auditor))
            savepoint.rollback()
        self.env.invalidate_all()
        return problems

    def test_menus(self):
        self.assertEqual(self._menu_problems(), [])
        menu = self.env.ref("med_evidence.menu_med_evidence_seal")
        menu.group_ids = self.env.ref("base.group_system")
        self._says(self._menu_problems(), "menu_med_evidence_seal")
        menu.group_ids = False
        self.env.ref("med_evidence.access_med_evidence_seal_auditor").perm_read = False
        self._says(self._menu_problems(), "menu_med_evidence_seal")

    def test_menus_below_one_that_nobody_sees(self):
        root = self.env.ref("med_evidence.menu_med_evidence_root")
        root.group_ids = self.env.ref("base.group_system")
        problems = self._menu_problems()
        self.assertIn("menu_med_evidence_seal", " ".join(problems))
        self.assertIn("above it", " ".join(problems))

    def test_menus_without_action(self):
        parent = self.env.ref("med_evidence.menu_med_evidence_root").id
        menu = self._make("ir.ui.menu", {"name": "Nothing", "parent_id": parent})
        problems = self._menu_problems()
        self.assertIn("neither an action", " ".join(problems))
        self.env.cr.execute(
            "UPDATE ir_ui_menu SET action = 'ir.actions.act_window,99999999' WHERE id = %s",
            [menu.id],
        )
        self.env.invalidate_all()
        self.assertIn("mutation", " ".join(self._menu_problems()))

    # Models ----------------------------------------------------------------------------

    def test_descriptions(self):
        self._nothing_before(module_case.description_problems)
        model = type(self.env["med.evidence.seal"])
        for description in ("", "med.evidence.seal"):
            self.patch(model, "_description", description)
            self._says(module_case.description_problems(self.env, MODULE), "med.evidence.seal")

    def _field(self, name="root_hash", model="med.evidence.seal", **attributes):
        field = self.env[model]._fields[name]
        for key, value in attributes.items():
            self.patch(field, key, value)
        return field

    def test_labels(self):
        before = set(module_case.label_problems(self.env, MODULE))
        for name, label in (
            ("root_hash", ""),
            ("root_hash", "Root Id"),
            ("root_hash", "Root Ids"),
            ("root_hash", "root_hash"),
        ):
            self._field(name, string=label)
            found = set(module_case.label_problems(self.env, MODULE)) - before
            self._says(found, "med.evidence.seal.root_hash")

    def _own(self, **attributes):
        """The module seems to have this one field."""
        field = SimpleNamespace(related=None, default=None, export_string_translation=True, **attributes)
        own = [(self.env["med.evidence.seal"], field)]
        self.patch(module_case, "_own_fields", lambda env, module: own)
        return field

    def test_labels_made_from_technical_names(self):
        field = self._own(name="uid_event_id", string="Event")
        self._nothing_before(module_case.label_problems)
        field.string = "Uid Event"
        self._says(module_case.label_problems(self.env, MODULE), "uid_event_id")
        field.export_string_translation = False
        self._nothing_before(module_case.label_problems)

    def test_selections(self):
        field = self._own(name="kind", type="selection")
        for pairs, words in (
            ([("a", "A"), ("a", "B")], "'a' occurs 2 times"),
            ([("a", "")], "label"),
            ([("on_hold", "on_hold")], "on_hold"),
        ):
            field._description_selection = lambda env, pairs=pairs: pairs
            self._says(module_case.selection_problems(self.env, MODULE), "kind", words)
        field._description_selection = lambda env: [("a", "A")]
        self._nothing_before(module_case.selection_problems)
        field.default = lambda model: "b"
        self._says(module_case.selection_problems(self.env, MODULE), "kind", "'b'")

    def test_computed_fields(self):
        self._nothing_before(module_case.compute_problems)
        for attributes, words in (
            ({"compute": "_compute_gone"}, "_compute_gone"),
            ({"compute": None, "inverse": "_inverse_gone"}, "_inverse_gone"),
            ({"inverse": None, "search": "_search_gone"}, "_search_gone"),
        ):
            self._field("root_hash", **attributes)
            self._says(module_case.compute_problems(self.env, MODULE), "root_hash", words)
        self._field("root_hash", search=None, compute="_frontier")
        self._says(module_case.compute_problems(self.env, MODULE), "root_hash", "depends on")

    def test_computing_nothing_does_not_fail(self):
        def fail(records):
            raise ValueError("empty")

        self.patch(type(self.env["med.evidence.event"]), "_compute_is_sealed", fail)
        self._says(module_case.compute_problems(self.env, MODULE), "is_sealed", "empty")

    # Access ----------------------------------------------------------------------------

    def test_access(self):
        self._nothing_before(module_case.access_problems)
        self.env.ref("med_evidence.access_med_evidence_seal_auditor").unlink()
        self._says(module_case.access_problems(self.env, MODULE), "med.evidence.seal")

    def test_access_rows(self):
        self._nothing_before(module_case.access_row_problems)
        right = self.env.ref("med_evidence.access_med_evidence_seal_auditor")
        right.perm_unlink = True
        self._says(module_case.access_row_problems(self.env, MODULE), "delete med.evidence.seal")
        self._nothing_before(module_case.access_row_problems, ("med.evidence.seal",))
        right.write({"perm_unlink": False, "group_id": False})
        self._says(module_case.access_row_problems(self.env, MODULE), "name a group")

    def test_access_rows_of_groups_that_are_gone(self):
        self.env["ir.model.data"].search(
            [("module", "=", MODULE), ("name", "=", "group_med_auditor")]
        ).name = "group_renamed"
        self.env.registry.clear_cache()
        problems = list(module_case.access_row_problems(self.env, MODULE))
        self.assertIn("group_med_auditor", " ".join(problems))

    def test_company_rules(self):
        self._nothing_before(module_case.company_rule_problems)
        rule = self.env.ref("med_evidence.med_evidence_event_rule_company")
        for values in (
            {"active": False},
            {"active": True, "domain_force": "[(1, '=', 1)]"},
            {"domain_force": "[('company_id', 'in', company_ids)]", "groups": [Command.link(1)]},
        ):
            rule.write(values)
            self._says(module_case.company_rule_problems(self.env, MODULE), "med.evidence.event")

    # Words -----------------------------------------------------------------------------

    def _po(self, *pairs, **options):
        (self.folder / "i18n").mkdir(exist_ok=True)
        for name, said in ((f"{MODULE}.pot", False), (f"{module_case.LANGUAGE}.po", True)):
            po = polib.POFile()
            for msgid, msgstr in pairs:
                po.append(polib.POEntry(msgid=msgid, msgstr=msgstr if said else "", **options))
            po.save(str(self.folder / "i18n" / name))

    def _translation(self, *terms):
        return module_case.translation_problems(self.folder, MODULE, set(terms))

    def test_translation_is_complete(self):
        self._po(("Lot", "批号"))
        self.assertEqual(list(self._translation("Lot")), [])
        found = " ".join(self._translation("Lot", "Seal"))
        self.assertIn("“Seal” is missing", found)
        self.assertIn(".pot: is not up to date", found)
        self.assertIn("“Lot” is not said any more", " ".join(self._translation()))
        self._po(("Lot", "批号"), flags=["fuzzy"])
        self._says(self._translation("Lot"), "guess")
        self._po(("Lot", ""))
        self._says(self._translation("Lot"), "is not translated")
        (self.folder / "i18n" / f"{module_case.LANGUAGE}.po").unlink()
        self._says(self._translation("Lot"), "does not exist")

    def test_what_a_translation_must_keep(self):
        for term, good, bad in (
            ("Lot %(lot)s", "批号 %(lot)s", "批号 %(lots)s"),
            ("Lot %(lot)s", "批号 %(lot)s", "批号"),
            ("%(a)s of %(a)s", "%(a)s 的 %(a)s", "%(a)s"),
            ("Lot %s", "批号 %s", "批号 %d"),
            ("%(a)s %% left", "剩余 %(a)s %%", "剩余 %(a)s"),
            ("Lot {lot}", "批号 {lot}", "批号"),
            ("Left <b>now</b>", "<b>立即</b>出库", "立即出库"),
            ("Put on hold", "锁定", "Put on hold"),
            ("Put on hold", "锁定", "Mettre en attente"),
            ("Stop. Wait", "停。等", "停.等"),
            ("Stop, wait", "停，等", "停,等"),
            ("One\ntwo", "一\n二", "一二"),
            (" left", " 剩余", "剩余"),
        ):
            self._po((term, good))
            self.assertEqual(list(self._translation(term)), [], good)
            self._po((term, bad))
            self.assertTrue(list(self._translation(term)), bad)

    def test_names_are_the_same_in_chinese(self):
        self._po(("GS1", "GS1"), ("MA (IDcode)", "MA（IDcode）"), ("SHA-256", "SHA-256"))
        self.assertEqual(list(self._translation("GS1", "MA (IDcode)", "SHA-256")), [])

    def test_a_term_of_the_module_that_is_not_translated(self):
        terms = module_case.exported_terms(self.env, MODULE)
        self.assertIn("Seal now", terms, "of a view")
        self.assertIn("Evidence cannot be deleted.", terms, "of Python")
        po = module_case.read_po(self.folder)
        next(entry for entry in po if entry.msgid == "Seal now").msgstr = ""
        po.save()
        found = module_case.translation_problems(self.folder, MODULE, terms)
        self.assertIn("“Seal now” is not translated", " ".join(found))

    def test_glossary(self):
        file = self.folder / "glossary.csv"
        file.write_text(
            "term_en,term_zh,source\nlot,批号|批次,GSP 88\nshelf life,有效期,\n"
            "remaining shelf life,剩余有效期,\npolicy,策略,\nDI,产品标识,\n"
        )
        glossary = module_case.read_glossary(file)
        for msgid, msgstr, word in (
            ("Lots to release", "待放行的批次", None),
            ("Lots to release", "待放行的货物", "lot"),
            ("Slots and pilots", "位置", None),
            ("%(lot)s is free", "%(lot)s 可用", None),
            ("Remaining shelf life", "剩余有效期", None),
            ("Remaining shelf life", "有效期", "remaining shelf life"),
            ("Shelf life", "剩余时间", "shelf life"),
            ("No policies", "没有规则", "policy"),
            ("Primary DI", "主标识", "DI"),
            ("di capua", "什么", None),
            ("Lot", "", None),
        ):
            problems = list(module_case.glossary_problems([polib.POEntry(msgid=msgid, msgstr=msgstr)], glossary))
            if word:
                self._says(problems, f": {word} is")
            else:
                self.assertEqual(problems, [], msgid)

    def test_the_projects_glossary_can_be_read(self):
        if not module_case.GLOSSARY.is_file():
            self.skipTest("installed without the project's docs")
        glossary = module_case.read_glossary(module_case.GLOSSARY)
        self.assertEqual(glossary["recall"], ("召回",))
        for term, allowed in glossary.items():
            self.assertTrue(all(word == word.strip() != "" for word in allowed), term)
            self.assertFalse(re.search(r"\s$|^\s", term))

    def test_literals_in_views(self):
        self._nothing_before(module_case.literal_problems)
        for number, arch in enumerate(
            (
                "<p><t t-out=\"'Not yet signed' if a else b\" /></p>",
                "<p t-att-title=\"'Not yet signed'\" />",
                "<p t-translation='off'>Not yet signed</p>",
                "<p><t t-set='words' t-value=\"'Not yet signed'\" /></p>",
            )
        ):
            with self.env.cr.savepoint() as savepoint:
                self._make("ir.ui.view", {"name": "m", "type": "qweb", "arch": arch}, f"mutation_{number}")
                self._says(module_case.literal_problems(self.env, MODULE), "Not yet signed")
                savepoint.rollback()
            self.env.invalidate_all()
        self._make(
            "ir.ui.view",
            {
                "name": "m",
                "type": "qweb",
                "arch": "<p><t t-set='row_class' t-value=\"'btn primary'\" /></p>",
            },
        )
        self._nothing_before(module_case.literal_problems)

    def test_literals_in_data(self):
        (self.folder / "data" / "more.xml").write_text(
            "<odoo><record id='a' model='med.evidence.seal'>"
            "<field name='frontier'>Seen by nobody yet</field></record></odoo>"
        )

        def problems(exempt=()):
            manifest = {"data": ["data/more.xml"]}
            return module_case.data_literal_problems(self.env, self.folder, manifest, exempt)

        self._says(problems(), "Seen by nobody yet", "med.evidence.seal.frontier")
        self.assertEqual(list(problems(("med.evidence.seal.frontier",))), [])
