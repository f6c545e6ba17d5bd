import base64
import binascii
import io

from odoo import Command, fields, models
from odoo.exceptions import UserError

from ..lib import udid
from ..lib.errors import ScanError

# More than anybody reads; the counts above tell the rest.
SHOWN_CHANGES = 2000


class MedCatalogueImport(models.TransientModel):
    _name = "med.catalogue.import"
    _description = "Import a device catalogue"

    file = fields.Binary("Catalogue file", required=True, help="JSON Lines (UTF-8), one device per line, or the XML of China's UDI database.")
    filename = fields.Char()
    state = fields.Selection([("draft", "File"), ("checked", "Checked"), ("done", "Imported")], default="draft")
    created = fields.Integer("New devices", readonly=True)
    updated = fields.Integer("Changed devices", readonly=True)
    unchanged = fields.Integer("Unchanged devices", readonly=True)
    refused = fields.Integer("Refused lines", readonly=True)
    change_ids = fields.One2many("med.catalogue.import.change", "import_id", "Differences", readonly=True)
    line_ids = fields.One2many("med.catalogue.import.line", "import_id", "Remarks", readonly=True)

    def action_check(self):
        """Dry run: say what would happen."""
        return self._run(apply=False)

    def action_import(self):
        return self._run(apply=True)

    def _run(self, apply):
        self.ensure_one()
        report = self.env["med.catalogue"]._import_lines(self._lines(), apply=apply)
        remarks = [
            {"kind": kind, "line": entry["line"], "di": entry["di"], "reason": entry["reason"]}
            for kind in ("refused", "warnings")
            for entry in report[kind]
        ]
        self.write(
            {
                "state": "done" if apply else "checked",
                "created": report["created"],
                "updated": report["updated"],
                "unchanged": report["unchanged"],
                "refused": len(report["refused"]),
                "change_ids": [Command.clear(), *(Command.create(one) for one in report["changes"][:SHOWN_CHANGES])],
                "line_ids": [Command.clear(), *(Command.create(remark) for remark in remarks)],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import a device catalogue"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _lines(self):
        try:
            content = base64.b64decode(self.file, validate=False)
            if udid.looks_like_udid(content[:200]):
                return list(udid.devices(io.BytesIO(content)))
            return content.decode("utf-8-sig").splitlines()
        except ScanError as error:
            raise UserError(self.env["med.message"]._text(error.problem)) from None
        except (binascii.Error, UnicodeDecodeError):
            raise UserError(
                self.env._(
                    "The file %(file)s is not a UTF-8 text. Export the catalogue as JSON Lines in UTF-8.",
                    file=self.filename or "",
                )
            ) from None


class MedCatalogueImportChange(models.TransientModel):
    _name = "med.catalogue.import.change"
    _description = "Difference between a catalogue and the dossiers"
    _order = "id"

    import_id = fields.Many2one("med.catalogue.import", required=True, index=True, ondelete="cascade")
    change = fields.Selection([("new", "New"), ("changed", "Changed"), ("gone", "No longer in the file")])
    di = fields.Char("DI")
    product = fields.Char()
    field = fields.Char()
    old = fields.Char("Here")
    new = fields.Char("In the file")


class MedCatalogueImportLine(models.TransientModel):
    _name = "med.catalogue.import.line"
    _description = "Remark on a catalogue line"
    _order = "kind, line, id"

    import_id = fields.Many2one("med.catalogue.import", required=True, index=True, ondelete="cascade")
    kind = fields.Selection([("refused", "Refused"), ("warnings", "Warning")], "Result")
    line = fields.Integer("Line", aggregator=None)
    di = fields.Char("DI")
    reason = fields.Char()
