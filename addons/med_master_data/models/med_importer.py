from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import psycopg2
from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import float_compare

from ..lib import catalogue, tabular
from ..lib.errors import Problem, ScanError

# Kept in full up to here; more in one file means that the file itself is wrong.
MAX_ERRORS = 10_000

# What is said when nothing answers to a key, by what the key refers to.
NOT_FOUND = {
    "product": "product_not_found",
    "partner": "partner_not_found",
    "category": "category_not_found",
    "location": "location_not_found",
}


@dataclass(slots=True)
class ImportRow:
    number: int
    values: dict
    record: Any = None


@dataclass
class ImportRun:
    """One passage through a file: what was found so far."""

    source: Any
    kind: Any
    how: tabular.Format
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list = field(default_factory=list)
    dropped: int = 0
    """Errors beyond MAX_ERRORS, counted only."""
    headers: dict = field(default_factory=dict)
    """{column name: header of the file}, to speak of columns as the file does."""
    first_row: dict = field(default_factory=dict)
    found: dict = field(default_factory=dict)
    """{(what, text): id} of everything looked up so far."""
    totals: dict = field(default_factory=dict)
    """{measure: [in the file, in Odoo]}"""
    work: dict = field(default_factory=dict)

    def error(self, row, column, value, problem):
        if len(self.errors) < MAX_ERRORS:
            self.errors.append((row, self.headers.get(column, column or ""), tabular.show(value), problem))
        else:
            self.dropped += 1

    @property
    def error_count(self):
        return len(self.errors) + self.dropped

    def add(self, measure, in_file=0, in_odoo=0):
        total = self.totals.setdefault(measure, [Decimal(0), Decimal(0)])
        total[0] += Decimal(str(in_file))
        total[1] += Decimal(str(in_odoo))


class MedImporter(models.AbstractModel):
    """One kind of file: how its rows become records. A kind is a model ``med.importer.<kind>``.

    A batch goes through :meth:`_take` in sets: find what is there, work out values, compare,
    create, write. Only where the database refuses a batch is it tried row by row, to name the
    rows that are wrong.
    """

    _name = "med.importer"
    _description = "Import of one kind of file"

    _target = None

    @api.model
    def _begin(self, run):
        """Before the first row."""

    @api.model
    def _finish(self, run):
        """After the last row; still inside the file's transaction."""

    @api.model
    def _identity(self, values):
        """What may not occur twice in a file, or None."""
        return values.get("key") or values.get("code")

    @api.model
    def _find(self, run, rows):
        """Set ``row.record`` of the rows whose record exists."""
        raise NotImplementedError

    @api.model
    def _values(self, run, row):
        """Field values of the row; only what the row says. None after an error was added."""
        raise NotImplementedError

    @api.model
    def _defaults(self, run, row):
        """More values for a record that is new."""
        return {}

    @api.model
    def _count(self, run, row, record):
        """Add to the run's totals what this row and its record say."""

    # The batch -----------------------------------------------------------------------------

    @api.model
    def _take(self, run, rows):
        rows = self._without_repeats(run, rows)
        self._look_up(run, rows)
        self._find(run, rows)
        fresh, changes = [], {}
        for row in rows:
            values = self._values(run, row)
            if values is None:
                continue
            if row.record is None:
                fresh.append((row, {**self._defaults(run, row), **values}))
                continue
            changed = {name: value for name, value in values.items() if self._differs(row.record, name, value)}
            if not changed:
                run.unchanged += 1
                self._count(run, row, row.record)
                continue
            # rows that change the same way are written together
            changes.setdefault(repr(sorted(changed.items(), key=lambda item: item[0])), (changed, []))[1].append(row)
        self._create_rows(run, fresh)
        for changed, same in changes.values():
            self._write_rows(run, changed, same)

    @api.model
    def _without_repeats(self, run, rows):
        kept = []
        for row in rows:
            identity = self._identity(row.values)
            first = run.first_row.setdefault(identity, row.number) if identity is not None else row.number
            if first == row.number:
                kept.append(row)
            else:
                shown = identity if isinstance(identity, str) else " / ".join(str(part) for part in identity if part)
                run.error(row.number, "", shown, Problem("row_repeated", {"row": str(first), "value": shown}))
        return kept

    @api.model
    def _differs(self, record, name, value):
        field_, current = record._fields[name], record[name]
        if field_.type == "many2one":
            return current.id != (value or False)
        if field_.type in ("float", "monetary"):
            return float_compare(current, value or 0.0, precision_digits=6) != 0
        if field_.type == "many2many":
            return any(command[1] not in current.ids for command in value)
        return (current or False) != (value or False)

    @api.model
    def _create_rows(self, run, fresh):
        if not fresh:
            return
        records = self._tried(lambda: self._create([values for _row, values in fresh]))
        if records is None:
            for row, values in fresh:
                one = self._tried(lambda values=values: self._create([values]), run, row)
                if one is not None:
                    self._created(run, [row], one)
            return
        self._created(run, [row for row, _values in fresh], records)

    @api.model
    def _create(self, vals_list):
        # One chatter line per record would say less than the import's own evidence.
        model = self.env[self._target].with_context(tracking_disable=True, mail_create_nolog=True)
        # Odoo asks each record for its defaults, a product with four queries; a batch asks once.
        defaults = self._model_defaults(model)
        return model.create([defaults | values for values in vals_list])

    @api.model
    def _model_defaults(self, model):
        return model.default_get([name for name, one in model._fields.items() if one.default and not one.inverse])

    @api.model
    def _created(self, run, rows, records):
        run.created += len(rows)
        for row, record in zip(rows, records, strict=True):
            row.record = record
            self._count(run, row, record)
        self._keep_keys(run, rows)

    @api.model
    def _write_rows(self, run, values, rows):
        records = self.env[self._target].union(*(row.record for row in rows)).with_context(tracking_disable=True)
        if self._tried(lambda: records.write(values)) is None:
            for row in rows:
                self._tried(lambda row=row: row.record.write(values), run, row)
        run.updated += len(rows)
        for row in rows:
            self._count(run, row, row.record)
        self._keep_keys(run, rows)

    @api.model
    def _tried(self, work, run=None, row=None):
        """What ``work`` gives, or None when Odoo or the database refused it. With ``row`` the
        reason becomes that row's error."""
        try:
            with self.env.cr.savepoint():
                result = work()
                self.env.flush_all()
                return result
        except AccessError:
            raise
        except (UserError, ValidationError) as error:
            reason = str(error)
        except psycopg2.IntegrityError as error:
            reason = (error.diag.message_detail or error.diag.message_primary or str(error)).strip()
        if run is not None:
            run.error(row.number, "", self._identity(row.values) or "", Problem("row_refused", {"error": reason}))
        return None

    # Keys and references -------------------------------------------------------------------

    @api.model
    def _keys(self, run, kind, keys):
        """``{key: (record id, what the row said)}`` of keys of this source, in one query."""
        keys = {key for key in keys if key}
        if not keys:
            return {}
        rows = self.env["med.import.key"].search_read(
            [
                ("source_id", "=", run.source.id),
                ("kind", "=", kind),
                ("company_id", "=", self.env.company.id),
                ("key", "in", list(keys)),
            ],
            ["key", "res_id", "said"],
        )
        return {row["key"]: (row["res_id"], row["said"]) for row in rows}

    @api.model
    def _keep_keys(self, run, rows):
        known = self._keys(run, run.kind.code, (row.values.get("key") for row in rows))
        # sudo: keys are the importer's own memory; nobody edits them
        self.env["med.import.key"].sudo().create(
            [
                {
                    "source_id": run.source.id,
                    "kind": run.kind.code,
                    "key": row.values["key"],
                    "company_id": self.env.company.id,
                    "res_model": self._target,
                    "res_id": row.record.id,
                    "said": row.values.get("said"),
                }
                for row in rows
                if row.values.get("key") and row.values["key"] not in known
            ]
        )

    @api.model
    def _by_key(self, run, rows):
        keys = self._keys(run, run.kind.code, (row.values.get("key") for row in rows))
        existing = self.env[self._target].browse({res_id for res_id, _said in keys.values()}).exists()
        for row in rows:
            res_id = keys.get(row.values.get("key"), (None, None))[0]
            if res_id in existing._ids:
                row.record = self.env[self._target].browse(res_id)

    @api.model
    def _look_up(self, run, rows):
        """Read what the rows refer to, once per batch and kind of reference."""
        self._look_up_products(run, {row.values.get("product") for row in rows})
        names = {row.values.get(name) for row in rows for name in ("partner", "registrant", "holder")}
        self._look_up_partners(run, names)

    @api.model
    def _new_texts(self, run, what, texts):
        texts = {text for text in texts if text and (what, text) not in run.found}
        for text in texts:
            run.found[what, text] = None
        return texts

    @api.model
    def _look_up_products(self, run, texts):
        """``run.found["product", text]``: id of the variant, or a Problem, or None."""
        texts = self._new_texts(run, "product", texts)
        if not texts:
            return
        Product = self.env["product.product"]
        keys = self._keys(run, "product", texts)
        variants = dict(
            Product._read_group(
                [("product_tmpl_id", "in", [res_id for res_id, _said in keys.values()])],
                ["product_tmpl_id"],
                ["id:min"],
            )
        )
        by_template = {template.id: variant for template, variant in variants.items()}
        hits = {}
        for code, ids in Product._read_group(
            [("default_code", "in", list(texts)), ("company_id", "in", [False, self.env.company.id])],
            ["default_code"],
            ["id:array_agg"],
        ):
            hits[code] = ids
        stored = {}
        for text in texts:
            try:
                stored.setdefault(catalogue.check_identifier(text, "GS1"), set()).add(text)
            except ScanError:
                stored.setdefault(text, set()).add(text)
        identifiers = self.env["med.product.identifier"].search(
            [("di", "in", list(stored)), ("company_id", "in", [False, self.env.company.id])]
        )
        by_di = {text: one.product_id.id for one in identifiers for text in stored[one.di] if one.product_id}
        for text in texts:
            if text in keys and keys[text][0] in by_template:
                run.found["product", text] = by_template[keys[text][0]]
            elif len(hits.get(text, ())) > 1:
                run.found["product", text] = Problem(
                    "product_ambiguous", {"value": text, "count": str(len(hits[text]))}
                )
            else:
                run.found["product", text] = hits[text][0] if text in hits else by_di.get(text)

    @api.model
    def _look_up_partners(self, run, texts):
        texts = self._new_texts(run, "partner", texts)
        if not texts:
            return
        Partner = self.env["res.partner"]
        keys = self._keys(run, "partner", texts)
        domain = [("company_id", "in", [False, self.env.company.id])]
        for name in ("name", "ref"):  # a code says more than a name, so it is read last
            groups = Partner._read_group([*domain, (name, "in", list(texts))], [name], ["id:array_agg"])
            for text, ids in groups:
                run.found["partner", text] = (
                    ids[0] if len(ids) == 1 else Problem("partner_ambiguous", {"value": text, "count": str(len(ids))})
                )
        for text, (res_id, _said) in keys.items():
            run.found["partner", text] = res_id

    @api.model
    def _refer(self, run, row, column, what):
        """The id of what a cell refers to; None, with an error, where there is none."""
        text = row.values.get(column)
        found = run.found.get((what, text))
        if isinstance(found, Problem):
            run.error(row.number, column, text, found)
            return None
        if not found:
            run.error(row.number, column, text, Problem(NOT_FOUND[what], {"value": text or ""}))
        return found
