"""What every addon of the suite must be, tested the same way everywhere.

    class TestModule(ModuleCase):
        module = "med_quality"

Each check is a function that answers with sentences: which file or record, what is wrong, what
to do. ``test_module_case`` breaks every one of them once, to be sure that it can fail.
"""

import ast
import csv
import logging
import re
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from string import Formatter

import polib
from lxml import etree
from odoo import Command, fields, models
from odoo.exceptions import AccessError
from odoo.modules import Manifest
from odoo.service.model import get_public_method
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools.misc import file_open
from odoo.tools.safe_eval import datetime, safe_eval, time
from odoo.tools.translate import TranslationModuleReader

FLOORS = ("med_evidence", "med_master_data", "med_quality", "med_outbound")
LANGUAGE = "zh_CN"
GLOSSARY = Path(__file__).resolve().parents[3] / "docs" / "glossary.csv"


@tagged("post_install", "-at_install")
class ModuleCase(TransactionCase):
    """Inherit, name the module, and twenty checks run on it."""

    module = None
    # Models whose rows may be deleted by somebody; what the law wants kept is never among them.
    deletable = ()
    # "model.field" of sentences in data files that need no translation.
    untranslated = ()
    # The groups under it are ours: one of them must reach every menu.
    privilege = "med_evidence.res_groups_privilege_med"

    # Odoo collects inherited tests only where it is told to; pytest collects imported classes
    # too, and this one tests nothing by itself.
    allow_inherited_tests_method = True
    __test__ = False

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.__test__ = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.manifest = Manifest.for_addon(cls.module)
        cls.folder = Path(cls.manifest.path)

    def _none(self, problems):
        problems = sorted(set(problems))
        if problems:
            self.fail(f"{self.module}: {len(problems)} to mend\n" + "\n".join(problems))

    # Files -----------------------------------------------------------------------------

    def test_manifest(self):
        self._none(manifest_problems(self.module, ast.literal_eval((self.folder / "__manifest__.py").read_text())))

    def test_every_data_file_is_named_and_every_named_file_exists(self):
        self._none(data_file_problems(self.folder, self.manifest))

    def test_every_python_file_is_imported(self):
        self._none(import_problems(self.folder))

    def test_every_kind_of_evidence_has_a_label(self):
        self._none(kind_problems(self.folder, self.env["med.evidence.event"]._kind_labels()))

    def test_readme(self):
        self._none(readme_problems(self.folder, self.manifest["name"]))

    # Interface -------------------------------------------------------------------------

    def test_views_validate(self):
        self._none(view_problems(self.env, self.module))

    def test_buttons_lead_somewhere(self):
        self._none(button_problems(self.env, self.module))

    def test_actions(self):
        self._none(action_problems(self.env, self.module))

    def test_server_actions_call_methods_that_exist(self):
        self._none(server_action_problems(self.env, self.module))

    def test_menus_can_be_reached(self):
        groups = self.env["res.groups"].search([("privilege_id", "=", self.env.ref(self.privilege).id)])
        self._none(menu_problems(self.env, self.module, groups))

    # Models ----------------------------------------------------------------------------

    def test_models_are_described(self):
        self._none(description_problems(self.env, self.module))

    def test_labels(self):
        self._none(label_problems(self.env, self.module))

    def test_selections(self):
        self._none(selection_problems(self.env, self.module))

    def test_computed_fields(self):
        self._none(compute_problems(self.env, self.module))

    # Access ----------------------------------------------------------------------------

    def test_every_model_has_an_access_right(self):
        self._none(access_problems(self.env, self.module))

    def test_access_rights_name_groups_and_delete_nothing(self):
        self._none(access_row_problems(self.env, self.module, self.deletable))

    def test_models_of_a_company_have_a_company_rule(self):
        self._none(company_rule_problems(self.env, self.module))

    # Words -----------------------------------------------------------------------------

    def test_translation_is_complete(self):
        terms = exported_terms(self.env, self.module)
        self._none(translation_problems(self.folder, self.module, terms))

    def test_translation_agrees_with_the_glossary(self):
        if not GLOSSARY.is_file():
            self.skipTest("installed without the project's docs")
        self._none(glossary_problems(read_po(self.folder), read_glossary(GLOSSARY)))

    def test_nothing_in_xml_escapes_translation(self):
        self._none(literal_problems(self.env, self.module))
        self._none(data_literal_problems(self.env, self.folder, self.manifest, self.untranslated))


# Files ---------------------------------------------------------------------------------


def manifest_problems(module, manifest):
    where = f"{module}/__manifest__.py"
    wanted = {
        "license": ("LGPL-3", re.compile(r"LGPL-3")),
        "author": ("who wrote it", re.compile(r".*\S.*")),
        "website": ("an https address", re.compile(r"https://\S+")),
        "version": ("19.0.x.y.z", re.compile(r"19\.0\.\d+\.\d+\.\d+")),
        "name": ("its name", re.compile(r".*\S.*")),
        "summary": ("one line on what it is for", re.compile(r".*\S.*")),
        "category": ("its category", re.compile(r".*\S.*")),
    }
    for key, (what, pattern) in wanted.items():
        if not pattern.fullmatch(manifest.get(key) or ""):
            yield f"{where}: {key} is {manifest.get(key)!r}; give {what}"
    allowed = set(FLOORS)
    if module in FLOORS:
        allowed = set(FLOORS[: FLOORS.index(module)])
    for other in manifest.get("depends", ()):
        glue = module not in FLOORS and manifest.get("auto_install")
        if other.startswith("med_") and other not in allowed and not glue:
            yield f"{where}: depends on {other}, which is not below {module}; take it out"


def data_file_problems(folder, manifest):
    named = [name for key in ("data", "demo") for name in manifest.get(key) or ()]
    for name, count in Counter(named).items():
        if not (folder / name).is_file():
            yield f"{folder.name}/__manifest__.py: names {name}, which does not exist"
        if count > 1:
            yield f"{folder.name}/__manifest__.py: names {name} {count} times"
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        if file.suffix not in (".xml", ".csv") or inside.parts[0] in (
            "static",
            "tests",
            "i18n",
            "migrations",
        ):
            continue
        if inside.as_posix() not in named:
            yield f"{folder.name}/{inside}: name it in data or demo of the manifest, or delete it"


def import_problems(folder):
    """A model that is not imported does not exist, and a test that is not imported never runs."""
    for init in sorted(folder.rglob("__init__.py")):
        package, inside = init.parent, init.parent.relative_to(folder)
        if inside.parts[:1] not in (
            ("models",),
            ("wizard",),
            ("controllers",),
            ("report",),
            ("tests",),
        ):
            continue
        imported = {
            alias.name.split(".")[0]
            for node in ast.walk(ast.parse(init.read_text()))
            if isinstance(node, ast.ImportFrom) and node.level == 1
            for alias in ([ast.alias(node.module)] if node.module else node.names)
        }
        pattern = "test_*.py" if inside.parts[0] == "tests" else "*.py"
        for file in sorted(package.glob(pattern)):
            if file.stem != "__init__" and file.stem not in imported:
                yield f"{folder.name}/{inside}/{file.name}: import it in __init__.py, or delete it"


def readme_problems(folder, name):
    readme = folder / "README.md"
    if not readme.is_file():
        yield f"{folder.name}/README.md: write what {name} does, for whom, and what it does not"
    elif name not in readme.read_text() and folder.name not in readme.read_text():
        yield f"{folder.name}/README.md: does not name the module ({name})"


AUTOMATIC = {*models.MAGIC_COLUMNS, "display_name"}

# Records of a module -------------------------------------------------------------------


def _records(env, model, module):
    """{xml id: record} of what the module made of this model."""
    data = env["ir.model.data"].search([("module", "=", module), ("model", "=", model)])
    records = {row.complete_name: env[model].browse(row.res_id) for row in data}
    return {xmlid: record for xmlid, record in sorted(records.items()) if record.exists()}


def _own_models(env, module):
    """The models that the module made (not those it extends)."""
    return [model for model in env.values() if model._original_module == module and not _is_of_tests(model)]


def _is_of_tests(model):
    """Whether a test made up the model."""
    return any(".tests." in parent.__module__ for parent in type(model).mro())


def _own_fields(env, module):
    """(model, field) for what the module was the first to define."""
    for model in env.values():
        for field in model._fields.values():
            own = field._modules[:1] == (module,) and not field.inherited
            if own and field.name not in AUTOMATIC and not _is_of_tests(model):
                yield model, field


@contextmanager
def _warnings_of(name):
    """What this logger warns of meanwhile, as a list of first lines."""
    heard = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: heard.append(record.getMessage().strip().split("\n")[0])
    logger = logging.getLogger(name)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    try:
        yield heard
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


# Interface -----------------------------------------------------------------------------


def view_problems(env, module):
    for xmlid, view in _records(env, "ir.ui.view", module).items():
        with _warnings_of("odoo.addons.base.models.ir_ui_view") as warnings:
            try:
                view._check_xml()
                if view.type == "qweb":
                    env["ir.qweb"]._compile(view.id)
            except Exception as error:  # noqa: BLE001 - any error is one
                yield f"view {xmlid}: {str(error).strip()}"
        for warning in warnings:
            yield f"view {xmlid}: {warning}"
        if view.type != "qweb" and "<tree" in (view.arch_db or ""):
            yield f"view {xmlid}: <tree> is <list> now"


def _buttons(node, model):
    """(button, model) of a form, list, kanban ... and of the views inside its fields."""
    if node.tag == "field" and len(node) and node.get("name") in model._fields:
        field = model._fields[node.get("name")]
        if field.relational:
            model = model.env[field.comodel_name]
    if node.get("type") in ("object", "action") and node.get("name"):
        yield node, model
    for child in node:
        if isinstance(child.tag, str):
            yield from _buttons(child, model)


def button_problems(env, module):
    for xmlid, view in _records(env, "ir.ui.view", module).items():
        if view.type == "qweb" or view.model not in env:
            continue
        own = {(node.get("type"), node.get("name")) for node in etree.fromstring(view.arch).iter("*")}
        for node, model in _buttons(view._get_combined_arch(), env[view.model]):
            kind, name = node.get("type"), node.get("name")
            if (kind, name) not in own:
                continue
            if kind == "action":
                if not _action_exists(env, name):
                    yield f"view {xmlid}: the button's action {name} does not exist"
                continue
            try:
                get_public_method(model, name)
            except (AccessError, AttributeError):
                yield f"view {xmlid}: {model._name} has no public method {name}() for the button"


def _action_exists(env, name):
    if name.isdigit():
        return bool(env["ir.actions.actions"].browse(int(name)).exists())
    return bool(env.ref(name, raise_if_not_found=False))


def action_problems(env, module):
    for xmlid, action in _records(env, "ir.actions.act_window", module).items():
        where = f"action {xmlid}"
        if action.res_model not in env:
            yield f"{where}: there is no model {action.res_model}"
            continue
        model = env[action.res_model]
        views = action.view_mode.split(",")
        listed = {"list", "kanban", "calendar", "graph", "pivot"} & set(views) and action.target != "new"
        if listed and not etree.fromstring(f"<a>{action.help or ''}</a>").xpath("string()").strip():
            yield f"{where}: has no help; say what an empty list means and what to do"
        if "tree" in views:
            yield f"{where}: view_mode tree is list now"
        values = {
            "uid": env.uid,
            "active_id": 1,
            "active_ids": [1],
            "active_model": action.res_model,
            "context_today": lambda model=model: fields.Date.context_today(model),
            "time": time,
            "datetime": datetime,
            "allowed_company_ids": env.companies.ids,
        }
        try:
            model.search_count(safe_eval(action.domain or "[]", values), limit=1)
        except Exception as error:  # noqa: BLE001 - any error is one
            yield f"{where}: the domain {action.domain} fails: {error}"
        try:
            context = safe_eval(action.context or "{}", values)
        except Exception as error:  # noqa: BLE001 - any error is one
            yield f"{where}: the context {action.context} fails: {error}"
            continue
        arch = etree.fromstring(model.get_view(action.search_view_id.id, "search")["arch"])
        names = {node.get("name") for node in arch.iter("field", "filter")}
        for key in context:
            if key.startswith("search_default_") and key.removeprefix("search_default_") not in names:
                yield f"{where}: {key} names no filter or field of the search view"


def server_action_problems(env, module):
    for xmlid, action in _records(env, "ir.actions.server", module).items():
        model = env.get(action.model_name)
        for name in re.findall(r"\b(?:model|records?)\.(\w+)\(", action.code or ""):
            if model is None or not callable(getattr(model, name, None)):
                yield f"server action {xmlid}: {action.model_name} has no method {name}()"


def menu_problems(env, module, groups):
    menus = _records(env, "ir.ui.menu", module)
    if not menus:
        return
    seen = set()
    for group in groups:
        user = new_test_user(env, f"menu_of_{group.id}", groups="base.group_user")
        user.group_ids = [Command.link(group.id)]
        seen |= set(env["ir.ui.menu"].with_user(user)._visible_menu_ids())
    for xmlid, menu in menus.items():
        where = f"menu {xmlid}"
        if not menu.action and not menu.child_id:
            yield f"{where}: has neither an action nor a menu below it; delete it or give it one"
        if not menu.action and env["ir.ui.menu"].browse(menu.id).read(["action"])[0]["action"]:
            yield f"{where}: its action does not exist"
        chain = menu
        while chain:
            if chain.id not in seen:
                name = "" if chain == menu else f" above it ({chain.complete_name})"
                yield f"{where}: nobody sees it{name}; give a group of ours menu and right to read"
                break
            chain = chain.parent_id


# Models --------------------------------------------------------------------------------


def description_problems(env, module):
    for model in _own_models(env, module):
        if not (model._description or "").strip() or model._description == model._name:
            yield f"model {model._name}: has no _description; say in a few words what a record is"


# Words of the database that mean nothing to a reader.
TECHNICAL = frozenset("Med Res Id Ids Uid Qty Uom Dest Tmpl Categ Num Seq Src Attr Val Vals".split())


def label_problems(env, module):
    for model, field in _own_fields(env, module):
        where = f"field {model._name}.{field.name}"
        words = (field.string or "").split()
        given = field.name.removesuffix("_ids").removesuffix("_id").replace("_", " ").title()
        if not words:
            yield f"{where}: has no label"
        elif words[-1] in ("Id", "Ids") or "_" in field.string:
            yield f"{where}: the label “{field.string}” is a column name; write one for people"
        elif field.string == given and TECHNICAL & set(words) and field.export_string_translation:
            yield (
                f"{where}: the label “{field.string}” is the column's name; write one for people"
                " (or export_string_translation=False when nobody ever sees it)"
            )


def selection_problems(env, module):
    for model, field in _own_fields(env, module):
        # what a related field offers is said where the field it shows is
        if field.type != "selection" or model._abstract or field.related:
            continue
        where = f"field {model._name}.{field.name}"
        pairs = field._description_selection(env)
        values = [value for value, _label in pairs]
        for value, count in Counter(values).items():
            if count > 1:
                yield f"{where}: the value {value!r} occurs {count} times"
        for value, label in pairs:
            if not label or "_" in str(label):
                yield f"{where}: the value {value!r} has the label {label!r}; write one for people"
        default = field.default(model) if field.default and not field.related else None
        if default and default not in values:
            yield f"{where}: the default {default!r} is not among its values"


def compute_problems(env, module):
    for model, field in _own_fields(env, module):
        where = f"field {model._name}.{field.name}"
        for role in ("compute", "inverse", "search"):
            method = getattr(field, role)
            if isinstance(method, str) and not callable(getattr(type(model), method, None)):
                yield f"{where}: {role} names {method}(), which does not exist"
        if not isinstance(field.compute, str) or not callable(getattr(type(model), field.compute, None)):
            continue
        if field.store and not env.registry.field_depends.get(field):
            yield f"{where}: is stored and never changes; name what it depends on"
        if not model._abstract:
            try:
                getattr(model.browse(), field.compute)()
            except Exception as error:  # noqa: BLE001 - any error is one
                yield f"{where}: {field.compute}() fails on the empty set: {error!r}"


# Access --------------------------------------------------------------------------------


def access_problems(env, module):
    rights = env["ir.model.access"].search([("perm_read", "=", True)]).mapped("model_id.model")
    for model in _own_models(env, module):
        if not model._abstract and model._name not in rights:
            yield f"model {model._name}: nobody may read it; add it to security/ir.model.access.csv"


def access_row_problems(env, module, deletable=()):
    for xmlid, right in _records(env, "ir.model.access", module).items():
        where = f"access right {xmlid}"
        if not right.group_id:
            yield f"{where}: is everybody's; name a group"
        model = env.get(right.model_id.model)
        if model is None:
            yield f"{where}: there is no model {right.model_id.model}"
        elif right.perm_unlink and not model._transient and model._name not in deletable:
            yield (
                f"{where}: lets {right.group_id.name} delete {model._name}; set perm_unlink to 0,"
                " or name the model in `deletable` of the module's TestModule"
            )
    path = f"{module}/security/ir.model.access.csv"
    try:
        with file_open(path, "r") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError:
        return
    for row in rows:
        name = row.get("group_id:id") or row.get("group_id/id") or ""
        group = env.ref(name if "." in name else f"{module}.{name}", raise_if_not_found=False)
        if name and (group is None or group._name != "res.groups"):
            yield f"{path}: {row['id']} names the group {name}, which does not exist"


def company_rule_problems(env, module):
    rules = env["ir.rule"].search([("groups", "=", False), ("perm_read", "=", True)])
    ruled = {rule.model_id.model for rule in rules if "company" in (rule.domain_force or "")}
    for model in _own_models(env, module):
        if model._abstract or model._transient or "company_id" not in model._fields:
            continue
        if model._name not in ruled:
            yield (
                f"model {model._name}: has company_id and no record rule on it for everybody;"
                " add one with ('company_id', 'in', company_ids)"
            )


# Words ---------------------------------------------------------------------------------


def exported_terms(env, module):
    """Every term that Odoo exports for the module."""
    return {row[4] for row in TranslationModuleReader(env.cr, modules=[module])}


def read_po(folder, name=f"{LANGUAGE}.po"):
    file = folder / "i18n" / name
    return polib.pofile(str(file)) if file.is_file() else polib.POFile()


CJK = re.compile(r"[\u3400-\u9fff]")
HOW = "run tools/i18n.py and translate"


def translation_problems(folder, module, terms):
    where = f"{module}/i18n/{LANGUAGE}.po"
    if not (folder / "i18n" / f"{LANGUAGE}.po").is_file():
        yield f"{where}: does not exist; {HOW}"
        return
    template = {entry.msgid for entry in read_po(folder, f"{module}.pot")}
    if template != terms:
        odd = sorted(template ^ terms)[0]
        yield f"{module}/i18n/{module}.pot: is not up to date (see “{odd}”); run tools/i18n.py"
    entries = {entry.msgid: entry for entry in read_po(folder) if not entry.obsolete}
    for term in terms - entries.keys():
        yield f"{where}: “{term}” is missing; {HOW}"
    for term in entries.keys() - terms:
        yield f"{where}: “{term}” is not said any more; run tools/i18n.py"
    for term in terms & entries.keys():
        for problem in entry_problems(entries[term]):
            yield f"{where}: “{term}” {problem}"


def entry_problems(entry):
    said, term = entry.msgstr, entry.msgid
    if not said.strip():
        yield "is not translated"
        return
    if entry.fuzzy:
        yield "is marked as a guess; check it and take the mark away"
    if _holes(term) != _holes(said):
        yield f"has {sorted(_holes(term))} to fill in, “{said}” has {sorted(_holes(said))}"
    if not CJK.search(said) and not _is_name(term):
        yield f"is said as “{said}”, which is not Chinese"
    if re.search(r"[\u3400-\u9fff][,;:!?]|[\u3400-\u9fff]\.(?![A-Za-z0-9_])", said):
        yield f"has a half-width mark in “{said}”; Chinese text takes ，。；：！？"
    if term[:1].isspace() != said[:1].isspace() or term.count("\n") != said.count("\n"):
        yield f"begins or breaks lines otherwise than “{said}”"


def _is_name(term):
    """GS1, HIBCC, MA (IDcode): nothing but abbreviations, which are the same in Chinese."""
    return all(sum(map(str.isupper, word)) > 1 for word in re.findall(r"[A-Za-z]{3,}", _bare(term)))


PERCENT = re.compile(r"%(?:\((\w+)\))?([a-zA-Z%])")
TAG = re.compile(r"</?\w[^>]*>")


def _holes(text):
    """What is filled in and marked up, as often as it occurs."""
    holes = [match.group(0) for match in PERCENT.finditer(text)] + TAG.findall(text)
    if not PERCENT.search(text) and "{" in text:
        holes += [f"{{{name}}}" for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None]
    return Counter(holes)


def _bare(text):
    """The words alone: no placeholders, no tags."""
    return TAG.sub(" ", PERCENT.sub(" ", text))


def read_glossary(file):
    """{English term: (Chinese terms allowed)}, longer terms first."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    terms = {row["term_en"]: tuple(row["term_zh"].split("|")) for row in rows}
    return dict(sorted(terms.items(), key=lambda pair: -len(pair[0])))


def _pattern(term):
    plural = f"{re.escape(term[:-1])}(?:y|ies)" if term[-1] == "y" else f"{re.escape(term)}(?:s|es)?"
    # an abbreviation is one only in capitals
    return re.compile(rf"(?<!\w){plural}(?!\w)", 0 if term.isupper() else re.IGNORECASE)


def glossary_problems(entries, glossary):
    """A longer term takes its words away from the shorter ones inside it."""
    patterns = [(term, _pattern(term), allowed) for term, allowed in glossary.items()]
    for entry in entries:
        if entry.obsolete or not entry.msgstr:
            continue
        text = _bare(entry.msgid)
        for term, pattern, allowed in patterns:
            text, found = pattern.subn(" ", text)
            if found and not any(word.lower() in entry.msgstr.lower() for word in allowed):
                yield (
                    f"“{entry.msgid}”: {term} is {' or '.join(allowed)} in docs/glossary.csv, but"
                    f" not in “{entry.msgstr}”"
                )


SENTENCE = re.compile(r"[A-Za-z]{2,}[,;:]? +[A-Za-z]{2,}")
OUR_FIELDS = "//record[starts-with(@model, 'med.')]/field"
SPOKEN = (
    "t-out",
    "t-esc",
    "t-value",
    "t-att-title",
    "t-att-alt",
    "t-att-placeholder",
    "t-att-aria-label",
)


def literal_problems(env, module):
    """Sentences inside expressions, which Odoo's exporter does not see."""
    for xmlid, view in _records(env, "ir.ui.view", module).items():
        for node in etree.fromstring(view.arch).iter("*"):
            if node.get("t-translation") == "off" and SENTENCE.search(" ".join(node.itertext())):
                words = " ".join(node.itertext()).strip()
                yield f"view {xmlid}: switches translation off for “{words}”"
            if node.tag == "t" and "class" in node.get("t-set", ""):
                continue
            for name in SPOKEN:
                for literal in _literals(node.get(name)):
                    if SENTENCE.search(literal):
                        yield f"view {xmlid}: “{literal}” in {name} is not translated; make it text"


def _literals(expression):
    try:
        tree = ast.parse(expression.strip(), mode="eval") if expression else None
    except SyntaxError:
        return []
    return [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)] if tree else []


def data_literal_problems(env, folder, manifest, exempt=()):
    """Sentences in data of our own models, in fields that hold one language only. Demo data is
    a story full of names, and may be in one language."""
    for name in manifest.get("data") or ():
        if not name.endswith(".xml"):
            continue
        for node in etree.parse(str(folder / name)).xpath(OUR_FIELDS):
            model, text = node.getparent().get("model"), node.text or ""
            field = env[model]._fields.get(node.get("name")) if model in env else None
            full = f"{model}.{node.get('name')}"
            if not isinstance(field, fields.Char | fields.Text | fields.Html) or field.translate:
                continue
            if full not in exempt and SENTENCE.search(text):
                yield (f"{folder.name}/{name}: “{text}” is shown in English to everybody; make {full} translate=True")


def kind_problems(folder, labels):
    """Kinds of evidence that the sources under ``folder`` record and that no label names."""
    for path in sorted(folder.rglob("*.py")):
        if "tests" in path.relative_to(folder).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args
            if not is_call or node.func.attr not in ("_record", "_record_refused"):
                continue
            kind = node.args[0]
            if isinstance(kind, ast.Constant) and isinstance(kind.value, str) and kind.value not in labels:
                yield f"{path.name}:{node.lineno}: {kind.value} has no label: add it to _kind_labels"
