import base64
import csv
import hashlib
import io
import logging
import time
from itertools import islice
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..lib import import_kinds, tabular
from ..lib.errors import Problem, ScanError
from .med_importer import ImportRow, ImportRun

_logger = logging.getLogger(__name__)

BATCH = 1000
# Longer files are worked on by the scheduled action, so that no browser waits for them.
AT_ONCE_BYTES = 300_000
MAX_BYTES = 100_000_000
SHOWN_ERRORS = 500
# One line of progress a second tells enough.
PROGRESS_EVERY = 1.0


class _DryRunError(Exception):
    """Leaves the savepoint of a dry run."""


class MedImport(models.Model):
    """A file on its way into the master data: checked as a whole, taken as a whole or not at all.

    A dry run does everything and takes it back, so it finds what only the database knows.
    """

    _name = "med.import"
    _inherit = ["mail.thread"]
    _description = "Import of a file"
    _order = "id desc"
    _rec_name = "filename"
    _check_company_auto = True

    kind = fields.Selection(selection="_selection_kind", string="What", required=True, default="product")
    source_id = fields.Many2one(
        "med.import.source",
        "Source",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.ref("med_master_data.med_import_source_own", raise_if_not_found=False),
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True, readonly=True
    )
    file = fields.Binary(required=True, attachment=True, help="CSV in any common encoding, or XLSX.")
    filename = fields.Char(required=True, default="import")
    sha256 = fields.Char("SHA-256", readonly=True)
    state = fields.Selection(
        [
            ("draft", "File"),
            ("queued", "Waiting"),
            ("refused", "With errors"),
            ("checked", "Checked"),
            ("done", "Imported"),
        ],
        default="draft",
        readonly=True,
        tracking=True,
        copy=False,
    )
    is_waiting_to_apply = fields.Boolean(readonly=True, copy=False, export_string_translation=False)
    user_id = fields.Many2one("res.users", "Run by", readonly=True, copy=False, index="btree_not_null")
    run_at = fields.Datetime(readonly=True, copy=False)
    row_count = fields.Integer("Rows", readonly=True, copy=False)
    created_count = fields.Integer("New", readonly=True, copy=False)
    updated_count = fields.Integer("Changed", readonly=True, copy=False)
    unchanged_count = fields.Integer("Unchanged", readonly=True, copy=False)
    error_count = fields.Integer("Errors", readonly=True, copy=False)
    ignored_headers = fields.Char("Columns not read", readonly=True, copy=False)
    rows_done = fields.Integer("Rows worked on", compute="_compute_rows_done")
    error_ids = fields.One2many("med.import.error", "import_id", "Errors by row", readonly=True)
    total_ids = fields.One2many("med.import.total", "import_id", "Reconciliation", readonly=True)
    @api.model
    def _selection_kind(self):
        return [(kind.code, self._word(kind)) for kind in import_kinds.kinds().values()]

    @api.model
    def _word(self, thing):
        """The label of a kind or column in the user's language."""
        return thing.label_zh if (self.env.lang or "").startswith("zh") else thing.label

    @api.model
    def _zone(self):
        """The time zone in which the company's days begin and end."""
        return ZoneInfo(self.env.company.partner_id.tz or self.env.user.tz or "UTC")

    @api.depends("state")
    def _compute_rows_done(self):
        # written by another transaction while this one is open, so it is read past the cache
        self.env.cr.execute(SQL("SELECT id, rows FROM med_import_progress WHERE id = ANY(%s)", list(self._ids)))
        done = dict(self.env.cr.fetchall())
        for one in self:
            one.rows_done = done.get(one._origin.id, 0)

    def init(self):
        # A table beside the record: a row that two transactions write cannot be both progress and result.
        self.env.cr.execute(
            "CREATE TABLE IF NOT EXISTS med_import_progress (id integer PRIMARY KEY, rows integer NOT NULL)"
        )

    @api.onchange("file", "kind", "source_id")
    def _onchange_file(self):
        self.state = "draft"

    @api.constrains("file")
    def _check_file(self):
        for one in self:
            if len(one.file or b"") * 3 // 4 > MAX_BYTES:
                raise UserError(
                    self.env._(
                        "The file %(file)s is larger than %(size)s MB. Split it.",
                        file=one.filename,
                        size=MAX_BYTES // 1_000_000,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_if_not_done(self):
        if any(one.state == "done" for one in self):
            raise UserError(self.env._("An import that was carried out is kept. Only drafts may be deleted."))

    def write(self, vals):
        if {"file", "kind", "source_id"} & vals.keys() and any(one.state == "done" for one in self):
            raise UserError(self.env._("This file has been imported. Make a new import for another file."))
        return super().write(vals)

    # What a person does ----------------------------------------------------------------------

    def action_read_headers(self):
        """Match the headers of the file; what was mapped before stays."""
        self.ensure_one()
        self._check_may_import()
        first = next(self._read_lines(), None)
        headers = [tabular.show(cell) for cell in first.cells] if first else []
        self._propose_mapping(headers)
        title = self.env._("What the columns mean")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "med.import.mapping",
            "view_mode": "list",
            "target": "new",
            "domain": [("source_id", "=", self.source_id.id), ("kind", "=", self.kind), ("header", "in", headers)],
            "context": {"med_import_kind": self.kind},
        }

    def action_check(self):
        """Dry run: everything is done and taken back."""
        return self._start(apply=False)

    def action_import(self):
        return self._start(apply=True)

    def _start(self, apply):
        self.ensure_one()
        self._check_may_import()
        if self.state == "done":
            raise UserError(self.env._("This file has been imported. Make a new import for another file."))
        if len(self._content()) <= AT_ONCE_BYTES:
            self._execute(apply)
        else:
            self.write({"state": "queued", "is_waiting_to_apply": apply, "user_id": self.env.uid})
            # sudo: only the trigger of the job
            self.env.ref("med_master_data.ir_cron_import").sudo()._trigger()
        return True

    def action_error_file(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/med/import/{self.id}/errors.csv", "target": "download"}

    def action_template(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/med/import/template/{self.kind}.xlsx", "target": "download"}

    @api.model
    def _check_may_import(self):
        if not self.env.su and not self.env.user.has_group("med_master_data.group_med_quality"):
            raise AccessError(self.env._("Only quality staff may import files. Ask a colleague of the group Quality."))

    @api.model
    def _cron_run(self, limit=10):
        """Work on the files that wait, as the people who sent them, one transaction each."""
        waiting = self.search([("state", "=", "queued")], order="id", limit=limit)
        for one in waiting:
            try:
                with self.env.cr.savepoint():
                    one.with_user(one.user_id).with_company(one.company_id)._execute(one.is_waiting_to_apply)
            except Exception as error:
                _logger.exception("Import %s failed", one.id)
                one.env.invalidate_all(flush=False)
                one._refuse_file(Problem("import_failed", {"error": str(error)}))
            if not self.env["ir.cron"]._commit_progress(1, remaining=max(0, len(waiting) - 1)):
                break

    # The passage -----------------------------------------------------------------------------

    def _content(self):
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    def _read_lines(self):
        try:
            yield from tabular.lines(io.BytesIO(self._content()), self.source_id._format())
        except ScanError as error:
            raise UserError(self.env["med.message"]._text(error.problem)) from None

    def _propose_mapping(self, headers):
        """Rows for headers that are new to the source; returns ``{header: column name}``."""
        kind = import_kinds.kinds()[self.kind]
        known = {one.header: one for one in self.source_id.mapping_ids if one.kind == self.kind}
        proposed = import_kinds.match_headers(kind, headers)
        taken = {one.target for one in known.values()}
        fresh = []
        for position, header in enumerate(headers):
            if header and header not in known and header not in [one["header"] for one in fresh]:
                target = f"{kind.code}.{proposed[header]}" if header in proposed else False
                fresh.append(
                    {
                        "source_id": self.source_id.id,
                        "kind": self.kind,
                        "header": header,
                        "sequence": position,
                        "target": target if target not in taken else False,
                    }
                )
        if fresh:
            self.env["med.import.mapping"].create(fresh)
            self.source_id.invalidate_recordset(["mapping_ids"])
        return {
            one.header: one.target.partition(".")[2]
            for one in self.source_id.mapping_ids
            if one.kind == self.kind and one.target
        }

    def _execute(self, apply):
        """One passage through the file; the record then says what came of it.

        :param bool apply: False takes everything back in the end
        """
        self.ensure_one()
        content = self._content()
        kind = import_kinds.kinds()[self.kind]
        run = ImportRun(self.source_id, kind, self.source_id._format())
        importer = self.env[f"med.importer.{self.kind}"]
        try:
            lines = tabular.lines(io.BytesIO(content), run.how)
            head = next(lines, None)
            headers = [tabular.show(cell) for cell in head.cells] if head else []
            mapping = self._propose_mapping(headers)
            if not self._check_headers(run, headers, mapping):
                return self._keep(run, content, applied=False)
            columns = [(index, kind.column(mapping[text])) for index, text in enumerate(headers) if mapping.get(text)]
            with self.env.cr.savepoint():
                self._pass(run, importer, columns, lines)
                if run.error_count or not apply:
                    raise _DryRunError
        except _DryRunError:
            self.env.invalidate_all(flush=False)
        except ScanError as error:
            self.env.invalidate_all(flush=False)
            run.error(int(error.params.get("row", 0)), "", "", error.problem)
        return self._keep(run, content, applied=apply and not run.error_count)

    def _pass(self, run, importer, columns, lines):
        importer._begin(run)
        last = time.monotonic()
        for batch in iter(lambda: list(islice(lines, BATCH)), []):
            rows = [row for line in batch if (row := self._row(run, columns, line))]
            run.rows += len(batch)
            importer._take(run, rows)
            # flat memory: nothing of a batch is needed after it
            self.env.flush_all()
            self.env.invalidate_all(flush=False)
            if time.monotonic() - last > PROGRESS_EVERY:
                last = time.monotonic()
                self._tell_progress(run.rows)
        importer._finish(run)
        self.env.flush_all()

    def _check_headers(self, run, headers, mapping):
        """Whether the file has what its kind needs; says what it lacks."""
        run.headers = {column: header for header, column in mapping.items()}
        present = [mapping[text] for text in headers if text in mapping]
        if not present:
            params = {"headers": ", ".join(headers[:10])}
            run.error(1, "", "", Problem("no_column_known", params))
        for column in present:
            if present.count(column) > 1:
                both = ", ".join(text for text in headers if mapping.get(text) == column)
                run.error(1, column, both, Problem("column_twice", {"headers": both}))
        for column in run.kind.columns:
            if present and column.required and column.name not in present:
                run.error(1, "", column.name, Problem("column_missing", {"column": self._word(column)}))
        run.work["ignored"] = [text for text in headers if text and text not in mapping]
        return not run.errors

    def _row(self, run, columns, line):
        """The values of a line by column name; None when a cell cannot be read."""
        values = dict.fromkeys((column.name for column in run.kind.columns), None)
        wrong = False
        for index, column in columns:
            cell = line.cells[index] if index < len(line.cells) else None
            try:
                values[column.name] = import_kinds.read_cell(column, cell, run.how)
            except ScanError as error:
                run.error(line.number, column.name, cell, error.problem)
                wrong = True
                continue
            if column.required and values[column.name] is None:
                run.error(line.number, column.name, "", Problem("cell_required"))
                wrong = True
        if run.source.is_name_key and "key" in values and values.get("name"):
            values["key"] = values["key"] or values["name"]
        return None if wrong else ImportRow(line.number, values)

    def _tell_progress(self, rows):
        # A cursor of its own: the import's transaction shows nothing until it ends.
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    "INSERT INTO med_import_progress (id, rows) VALUES (%s, %s)"
                    " ON CONFLICT (id) DO UPDATE SET rows = excluded.rows",
                    self.id,
                    rows,
                )
            )

    # What came of it -------------------------------------------------------------------------

    def _keep(self, run, content, applied):
        digest = hashlib.sha256(content).hexdigest()
        text = self.env["med.message"]._text
        self.error_ids.unlink()
        self.total_ids.unlink()
        self.env["med.import.error"].create(
            [
                {"import_id": self.id, "row": row, "column": column, "value": value[:200], "message": text(problem)}
                for row, column, value, problem in sorted(run.errors, key=lambda error: error[0])
            ]
        )
        self.env["med.import.total"].create(
            [
                {"import_id": self.id, "measure": measure, "in_file": float(in_file), "in_odoo": float(in_odoo)}
                for measure, (in_file, in_odoo) in run.totals.items()
            ]
        )
        self.write(
            {
                "state": "done" if applied else "refused" if run.error_count else "checked",
                "sha256": digest,
                "user_id": self.env.uid,
                "run_at": fields.Datetime.now(),
                "row_count": run.rows,
                "created_count": run.created,
                "updated_count": run.updated,
                "unchanged_count": run.unchanged,
                "error_count": run.error_count,
                "ignored_headers": ", ".join(run.work.get("ignored", [])) or False,
                "is_waiting_to_apply": False,
            }
        )
        if applied:
            body = {
                "kind": self.kind,
                "source": self.source_id.name,
                "sha256": digest,
                "rows": run.rows,
                "created": run.created,
                "updated": run.updated,
                "unchanged": run.unchanged,
                "totals": {name: [str(one) for one in pair] for name, pair in run.totals.items()},
            }
            self.env["med.evidence.event"]._record("import.done", [{"record": self, "body": body}])
        _logger.info(
            "Import %s by user %s: %s rows, %s new, %s changed, %s unchanged, %s errors, applied: %s",
            self.id, self.env.uid, run.rows, run.created, run.updated, run.unchanged, run.error_count, applied,
        )  # fmt: skip
        return run

    def _refuse_file(self, problem):
        run = ImportRun(self.source_id, import_kinds.kinds()[self.kind], self.source_id._format())
        run.error(0, "", "", problem)
        self._keep(run, self._content(), applied=False)

    def _error_file(self):
        """The errors as CSV that every spreadsheet program opens as it should."""
        handle = io.StringIO()
        writer = csv.writer(handle)
        labels = self.env["med.import.error"].fields_get(["row", "column", "value", "message"], ["string"])
        writer.writerow(labels[name]["string"] for name in ("row", "column", "value", "message"))
        for error in self.error_ids:
            cells = (error.row, error.column or "", error.value or "", error.message)
            # a cell that begins like a formula is a text here, whatever a stranger wrote into it
            writer.writerow(f"'{c}" if isinstance(c, str) and c[:1] in ("=", "+", "-", "@") else c for c in cells)
        return b"\xef\xbb\xbf" + handle.getvalue().encode()

    # Templates -------------------------------------------------------------------------------

    @api.model
    def _template(self, code, extension):
        """An empty file of this kind with one example row (content)."""
        kind = import_kinds.kinds()[code]
        headers = [self._word(column) for column in kind.columns]
        if extension == "csv":
            handle = io.StringIO()
            csv.writer(handle).writerows([headers, [column.example for column in kind.columns]])
            return b"\xef\xbb\xbf" + handle.getvalue().encode()
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font
        from openpyxl.utils import get_column_letter

        book = Workbook(write_only=True)
        sheet = book.create_sheet(self._word(kind)[:31])
        for number, header in enumerate(headers, start=1):
            sheet.column_dimensions[get_column_letter(number)].width = max(14, len(header) + 4)
        cells = []
        for column, header in zip(kind.columns, headers, strict=True):
            cell = WriteOnlyCell(sheet, value=f"{header} *" if column.required else header)
            cell.font = Font(bold=column.required)
            cells.append(cell)
        sheet.append(cells)
        example = []
        for column in kind.columns:
            cell = WriteOnlyCell(sheet, value=column.example)
            # as text: what a spreadsheet takes for a number loses zeros and digits
            cell.number_format = "@"
            example.append(cell)
        sheet.append(example)
        about = book.create_sheet(self.env._("Columns"))
        _ = self.env._
        about.append([_("Column"), _("Required"), _("Type"), _("Meaning"), _("Allowed"), _("Example")])
        for column in kind.columns:
            allowed = ", ".join(dict.fromkeys((column.choices or {}).values()))
            required = _("yes") if column.required else ""
            about.append([self._word(column), required, column.type, column.meaning, allowed, column.example])
        handle = io.BytesIO()
        book.save(handle)
        return handle.getvalue()


class MedImportError(models.Model):
    _name = "med.import.error"
    _description = "Error in a row of an imported file"
    _order = "row, id"
    _rec_name = "message"
    _log_access = False

    import_id = fields.Many2one("med.import", required=True, index=True, ondelete="cascade")
    row = fields.Integer(aggregator=None, help="As the spreadsheet counts: the headers are row 1. 0: the file itself.")
    column = fields.Char()
    value = fields.Char()
    message = fields.Char("What is wrong, and what to do", required=True)


class MedImportTotal(models.Model):
    _name = "med.import.total"
    _description = "Reconciliation of an imported file"
    _order = "id"
    _rec_name = "measure"
    _log_access = False

    import_id = fields.Many2one("med.import", required=True, index=True, ondelete="cascade")
    measure = fields.Selection(
        [
            ("records", "Records"),
            ("rows", "Rows"),
            ("quantity", "Quantity"),
            ("cost", "Sum of costs"),
            ("value", "Value"),
            ("in", "Added"),
            ("out", "Taken away"),
            ("set", "Counted"),
            ("amount", "Amount"),
        ],
        required=True,
    )
    in_file = fields.Float("In the file", digits=(16, 4), aggregator=None)
    in_odoo = fields.Float("In Odoo", digits=(16, 4), aggregator=None)
    difference = fields.Float(compute="_compute_difference", digits=(16, 4))

    @api.depends("in_file", "in_odoo")
    def _compute_difference(self):
        for total in self:
            total.difference = round(total.in_odoo - total.in_file, 4)
