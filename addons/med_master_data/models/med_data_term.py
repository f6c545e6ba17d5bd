import csv
import io

import openpyxl
from odoo import api, fields, models
from odoo.tools import SQL
from openpyxl.styles import Font

from ..lib import dictionary
from ..lib import dictionary_terms as _terms  # noqa: F401 - registers the terms

HEADERS = (
    ("Record", "记录"),
    ("Field", "字段"),
    ("Technical name", "技术名称"),
    ("Meaning", "含义"),
    ("Format", "格式"),
    ("Owner", "负责人"),
    ("Source", "来源"),
    ("Example", "示例"),
)


class MedDataTerm(models.Model):
    """The data dictionary as records: read from the registry and the fields each time it is asked.

    There is no table behind it, so it says what this very system does, in the reader's language.
    """

    _name = "med.data.term"
    _description = "Data dictionary"
    _auto = False
    _order = "model_label, id"
    _rec_name = "label"

    model = fields.Char("Record type", readonly=True)
    model_label = fields.Char("Record", readonly=True)
    field = fields.Char("Technical name", readonly=True)
    label = fields.Char("Field", readonly=True)
    meaning = fields.Char(readonly=True)
    format = fields.Char(readonly=True)
    owner = fields.Char(readonly=True)
    source = fields.Char(readonly=True)
    example = fields.Char(readonly=True)

    @property
    def _table_query(self):
        rows = [
            SQL("(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", number, *values)
            for number, values in enumerate(self._rows(self.env.lang), 1)
        ]
        return SQL(
            "SELECT * FROM (VALUES %s)"
            " AS term (id, model, model_label, field, label, meaning, format, owner, source, example)",
            SQL(", ").join(rows),
        )

    @api.model
    def _rows(self, lang):
        """(model, its label, field, its label, meaning, format, owner, source, example) per term
        of what is installed, in one language."""
        chinese = 1 if (lang or "").startswith("zh") else 0
        # labels of a language that is not installed are nowhere; what is declared is there in both
        known = lang if lang in dict(self.env["res.lang"].get_installed()) else None
        env = self.with_context(lang=known).env
        found = []
        for term in dictionary.terms():
            model = self.env.get(term.model)
            field = model._fields.get(term.field) if model is not None else None
            if field is None:
                continue
            # sudo: which kinds of records there are is no secret
            name = env["ir.model"].sudo()._get(term.model).name
            found.append(
                (
                    term.model,
                    name,
                    term.field,
                    field._description_string(env) or term.field,
                    (term.meaning, term.meaning_zh)[chinese],
                    (term.format, term.format_zh)[chinese] or self._format(field, env),
                    dictionary.OWNERS[term.owner][chinese],
                    dictionary.SOURCES[term.source][chinese],
                    self._example(term, field, env) or "–",
                )
            )
        return found

    @api.model
    def _example(self, term, field, env):
        """The example; where it is the code of a choice, as the choice is shown."""
        if field.type == "selection":
            return dict(field._description_selection(env)).get(term.example, term.example)
        return term.example

    @api.model
    def _format(self, field, env):
        """What the field takes, from the field itself."""
        _ = env._
        if field.type == "selection":
            choices = field._description_selection(env)
            return _("one of: %s", ", ".join(str(label) for _code, label in choices))
        if field.relational:
            # sudo: see _rows
            other = env["ir.model"].sudo()._get(field.comodel_name).name
            return _("link to %s", other) if field.type == "many2one" else _("list of %s", other)
        return {
            "boolean": _("yes or no"),
            "char": _("text of one line"),
            "text": _("text"),
            "html": _("text"),
            "integer": _("whole number"),
            "float": _("decimal number"),
            "date": _("day, YYYY-MM-DD"),
            "datetime": _("instant, YYYY-MM-DD hh:mm:ss in UTC"),
        }.get(field.type, field.type)

    @api.model
    def _export_rows(self):
        """The dictionary in both languages, header first; what is not installed is left out."""
        header = [word for pair in HEADERS for word in pair]
        sides = [
            [(label, name, f"{model}.{field}", *told) for model, label, field, name, *told in self._rows(lang)]
            for lang in ("en_US", "zh_CN")
        ]
        rows = [
            [cell for pair in zip(english, chinese, strict=True) for cell in pair]
            for english, chinese in zip(*sides, strict=True)
        ]
        # a technical name reads the same in both languages
        once = {5}
        return [[cell for n, cell in enumerate(row) if n not in once] for row in (header, *rows)]

    @api.model
    def _export(self, extension):
        """The dictionary as a file, ``csv`` (UTF-8 with mark, for spreadsheets) or ``xlsx``."""
        rows = self._export_rows()
        if extension == "csv":
            text = io.StringIO()
            csv.writer(text).writerows(rows)
            return text.getvalue().encode("utf-8-sig")
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "Data dictionary"
        for row in rows:
            sheet.append(row)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
            sheet.column_dimensions[cell.column_letter].width = 24
        sheet.freeze_panes = "A2"
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()

    @api.model
    def action_export(self, *_args):
        """Take the dictionary away as a spreadsheet."""
        return {"type": "ir.actions.act_url", "url": "/med/dictionary/data_dictionary.xlsx", "target": "download"}


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """The dictionary is shown where the field is: in the tooltip of its label."""
        described = super().fields_get(allfields, attributes)
        if attributes is not None and "help" not in attributes:
            return described
        terms = dictionary.of_model(self._name)
        if self._name == "product.product":
            terms = dictionary.of_model("product.template") | terms
        if not terms:
            return described
        chinese = 1 if (self.env.lang or "").startswith("zh") else 0
        for name in terms.keys() & described.keys():
            term = terms[name]
            meaning = (term.meaning, term.meaning_zh)[chinese]
            told = [text for text in (described[name].get("help"), meaning) if text]
            facts = [
                self.env._("Owner: %s", dictionary.OWNERS[term.owner][chinese]),
                self.env._("Source: %s", dictionary.SOURCES[term.source][chinese]),
            ]
            example = self.env["med.data.term"]._example(term, self._fields[name], self.env)
            if example:
                facts.append(self.env._("Example: %s", example))
            described[name]["help"] = "\n".join([*told, " · ".join(facts)])
        return described
