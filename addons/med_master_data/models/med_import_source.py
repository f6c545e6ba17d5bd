from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib import import_kinds
from ..lib.tabular import Format


class MedImportSource(models.Model):
    """Where files come from: how they are written, and which header means which column.

    Kept, so that the second file of the same system needs no mapping.
    """

    _name = "med.import.source"
    _inherit = ["med.evidence.tracked"]
    _description = "Source of imported files"
    _order = "name, id"
    _evidence_fields = ("name", "encoding", "separator", "date_order", "decimal_mark", "is_name_key")

    name = fields.Char(required=True, translate=True)
    encoding = fields.Selection(
        [
            ("utf-8", "UTF-8"),
            ("gb18030", "GBK / GB 18030"),
            ("utf-16", "UTF-16"),
            ("cp1252", "Western (Windows 1252)"),
            ("big5", "Traditional Chinese (Big5)"),
        ],
        help="Empty: found out from the file itself. Set it where the file does not say.",
    )
    separator = fields.Selection([(",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Bar")])
    date_order = fields.Selection(
        [("ymd", "Year, month, day"), ("dmy", "Day, month, year"), ("mdy", "Month, day, year")],
        help="Asked for where a date such as 03/04/2026 could be read in two ways.",
    )
    decimal_mark = fields.Selection([(".", "Point"), (",", "Comma")], required=True, default=".")
    is_name_key = fields.Boolean(
        "Known by name only", help="The old system has no codes: the name identifies products and partners."
    )
    mapping_ids = fields.One2many("med.import.mapping", "source_id", "Columns", copy=True)
    active = fields.Boolean(default=True)

    def _format(self):
        return Format(
            encoding=self.encoding or "",
            separator=self.separator or "",
            date_order=self.date_order or "",
            decimal_mark=self.decimal_mark or ".",
        )


class MedImportMapping(models.Model):
    _name = "med.import.mapping"
    _description = "Header of a source and the column it means"
    _order = "source_id, kind, sequence, id"
    _rec_name = "header"

    source_id = fields.Many2one("med.import.source", required=True, index=True, ondelete="cascade")
    kind = fields.Selection(selection="_selection_kind", required=True)
    sequence = fields.Integer(default=10)
    header = fields.Char(required=True, help="As it stands in the first row of the file.")
    target = fields.Selection(selection="_selection_target", string="Means", help="Empty: the column is not read.")

    _header_uniq = models.UniqueIndex(
        "(source_id, kind, header)", "This header is mapped already for this source. Change that row."
    )

    @api.constrains("kind", "target")
    def _check_target(self):
        for mapping in self:
            if mapping.target and not mapping.target.startswith(f"{mapping.kind}."):
                raise ValidationError(
                    self.env._(
                        "“%(header)s” cannot mean a column of another kind of file. Choose one of its own kind.",
                        header=mapping.header,
                    )
                )

    @api.model
    def _selection_kind(self):
        return self.env["med.import"]._selection_kind()

    @api.model
    def _selection_target(self):
        """Every column of every kind; the list of one file offers those of its kind."""
        only = self.env.context.get("med_import_kind")
        return [
            (f"{kind.code}.{column.name}", f"{self.env['med.import']._word(kind)}: {self.env['med.import']._word(column)}")
            for kind in import_kinds.kinds().values()
            if only in (None, kind.code)
            for column in kind.columns
        ]


class MedImportKey(models.Model):
    """Which record a row of the old system has become: what makes a second run change nothing."""

    _name = "med.import.key"
    _description = "Key of an imported row"
    _rec_name = "key"
    _log_access = False

    source_id = fields.Many2one("med.import.source", required=True, ondelete="restrict")
    kind = fields.Char(required=True)
    key = fields.Char(required=True)
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    res_id = fields.Many2oneReference("Record", model_field="res_model")
    res_model = fields.Char("Model", required=True)
    said = fields.Char(help="What the row said where it cannot be compared with the record, e.g. a quantity.")

    _key_uniq = models.UniqueIndex("(source_id, kind, company_id, key)", "This key has been imported already.")
