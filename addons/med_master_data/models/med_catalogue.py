import hashlib
import logging
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import file_open, split_every

from ..lib import catalogue, registration_number
from ..lib.catalogue import DeviceRecord, Refused
from ..lib.errors import Problem

_logger = logging.getLogger(__name__)
BATCH = 500
# Facts that are records of their own.
RELATED = ("registrant", "storage", "identifiers", "registration")


@dataclass
class Row:
    """One catalogue line on its way: what it says, and what it belongs to here."""

    number: int
    record: DeviceRecord
    product: Any = None
    identifiers: list = field(default_factory=list)
    changed: dict = field(default_factory=dict)
    own: dict = field(default_factory=dict)


class MedCatalogue(models.AbstractModel):
    """Takes a device catalogue into the product master: repeatable, in sets, nothing silently.

    Plan first (reads in sets), then write: a dry run is the plan alone. A line is recognised by
    its primary identifier (agency and DI), so the same file again changes nothing.
    """

    _name = "med.catalogue"
    _description = "Device catalogue import"

    @api.model
    def _import_lines(self, lines, apply=True):
        """Import catalogue lines (see ``lib.catalogue`` for the formats).

        :param lines: iterable of JSON texts, one device each (blank lines are skipped), or of
            what ``lib.udid`` has read
        :param bool apply: False only reports what would happen
        :return dict: ``created``, ``updated``, ``unchanged`` (numbers) and ``refused``,
            ``warnings`` (lists of dict: line, di, code, reason), ``changes`` (list of dict: di,
            product, change, field, old, new): what differs, field by field
        :raises AccessError: for a user who is not quality staff
        """
        if not self.env.su and not self.env.user.has_group("med_master_data.group_med_quality"):
            raise AccessError(
                self.env._("Only quality staff may import a device catalogue. Ask a colleague of the group Quality.")
            )
        report = {"created": 0, "updated": 0, "unchanged": 0, "refused": [], "warnings": [], "changes": []}
        digest = hashlib.sha256()
        rows = self._read(lines, report, digest)
        self._match(rows, report)
        rows = [row for row in rows if row.identifiers]
        new = [row for row in rows if not row.product]
        known = [row for row in rows if row.product]
        self._compare(known)
        report["created"] = len(new)
        changed = [row for row in known if row.changed]
        report["unchanged"] = len(known) - len(changed)
        report["updated"] = len(changed)
        self._tell_changes(new, changed, rows, report)
        if apply:
            self._create(new)
            self._update(changed, report)
            self._record_import(report, digest)
        report["refused"].sort(key=lambda entry: entry["line"])
        report["warnings"].sort(key=lambda entry: entry["line"])
        return report

    @api.model
    def _import_file(self, path):
        """Import a catalogue that an addon ships; ``path`` begins with the addon's name."""
        with file_open(path) as handle:
            return self._import_lines(handle.read().splitlines())

    # ------------------------------------------------------------------
    # Plan
    # ------------------------------------------------------------------

    @api.model
    def _note(self, report, kind, line, di, problem):
        reason = self.env["med.message"]._text(problem)
        report[kind].append({"line": line, "di": di, "code": problem.code, "reason": reason})

    @api.model
    def _read(self, lines, report, digest):
        rows, first_line = [], {}
        for number, text in enumerate(lines, start=1):
            digest.update((text if isinstance(text, str) else repr(text)).encode() + b"\n")
            if isinstance(text, str) and not text.strip():
                continue
            record = catalogue.map_text(text) if isinstance(text, str) else text
            if isinstance(record, Refused):
                for problem in record.problems:
                    self._note(report, "refused", number, record.di, problem)
                continue
            key = (record.agency, record.di)
            if key in first_line:
                problem = Problem("di_repeated", {"di": record.di, "line": str(first_line[key])})
                self._note(report, "refused", number, record.di, problem)
                continue
            first_line[key] = number
            for problem in record.warnings:
                self._note(report, "warnings", number, record.di, problem)
            rows.append(Row(number, record))
        return rows

    @api.model
    def _match(self, rows, report):
        """Find each row's product, and drop identifiers that are another device's."""
        company_domain = Domain("company_id", "in", [False, self.env.company.id])
        dis = {identifier.di for row in rows for identifier in row.record.identifiers}
        # Archived products keep their identifiers: they are updated, not created anew.
        Identifier = self.env["med.product.identifier"].with_context(active_test=False)
        existing = {(one.agency, one.di): one for one in Identifier.search(Domain("di", "in", dis) & company_domain)}
        owner = {(row.record.agency, row.record.di): row for row in rows}
        for row in rows:
            primary = row.record.identifiers[0]
            found = existing.get((primary.agency, primary.di))
            if found and found.level != "unit":
                params = {"di": primary.di, "product": found.product_tmpl_id.display_name}
                self._note(report, "refused", row.number, primary.di, Problem("di_taken", params))
                continue
            row.product = found.product_tmpl_id if found else None
            for identifier in row.record.identifiers:
                key = (identifier.agency, identifier.di)
                other = existing.get(key)
                if owner.setdefault(key, row) is not row or (other and other.product_tmpl_id != row.product):
                    problem = Problem("di_other_device", {"di": identifier.di})
                    self._note(report, "warnings", row.number, primary.di, problem)
                    continue
                row.identifiers.append((identifier, other))

    @api.model
    def _facts(self, record):
        """What the catalogue says, in terms that can be compared with a product: names, not ids."""
        facts = {
            "name": record.name,
            "default_code": record.model or False,
            "tracking": record.tracking,
            "use_expiration_date": record.has_expiry,
            "med_no_expiry": not record.has_expiry,
            "med_is_device": True,
            "med_is_sterile": record.is_sterile,
            "med_is_single_use": record.is_single_use,
            "registrant": record.company or False,
            "storage": self._limits(record.storage),
        }
        # What a catalogue does not know stays as quality has entered it.
        if record.is_implant is not None:
            facts["med_is_implant"] = record.is_implant
        if record.device_class:
            facts["med_device_class"] = record.device_class
        if record.classification_code:
            facts["med_classification_code"] = record.classification_code
        if record.registration:
            facts["registration"] = record.registration
        return facts

    @api.model
    def _limits(self, storage):
        """(lower, upper) as floats; None where the catalogue gives no usable limits at all."""
        if storage.is_empty or any(problem.code == "temperature_inverted" for problem in storage.problems):
            return None
        return tuple(None if limit is None else float(Decimal(limit)) for limit in (storage.minimum, storage.maximum))

    @api.model
    def _compare(self, rows):
        products = self.env["product.template"].union(*(row.product for row in rows))
        current = {
            product.id: {
                "registrant": product.med_registrant_id.name or False,
                "registration": tuple(product.med_registration_ids.mapped("number")),
                "storage": product.med_storage_condition_id._limits() if product.med_storage_condition_id else None,
            }
            for product in products
        }
        for row in rows:
            facts = self._facts(row.record)
            own = row.own = current[row.product.id]
            row.changed = {
                name: value
                for name, value in facts.items()
                if (own[name] if name in own else row.product[name]) != value
                and not (name == "registration" and value in own["registration"])
                # No published limits: keep those that quality has entered from the label.
                and not (name == "storage" and value is None)
            }
            wanted = {(i.agency, i.di): (i.level, i.quantity) for i, _found in row.identifiers}
            stored = {(f.agency, f.di): (f.level, f.quantity) for _i, f in row.identifiers if f}
            if wanted != stored:
                row.changed["identifiers"] = True

    @api.model
    def _tell_changes(self, new, changed, rows, report):
        """What the file would make different: new devices, fields that change, and devices of
        its registrants that it no longer holds (those are only shown, never touched)."""
        for row in new:
            report["changes"].append(self._change(row, "new", "", "", row.record.name))
        for row in changed:
            for name, value in row.changed.items():
                old = row.own[name] if name in row.own else row.product._fields.get(name) and row.product[name]
                if name == "identifiers":
                    old = ", ".join(sorted(row.product.med_identifier_ids.mapped("di")))
                    value = ", ".join(sorted(one.di for one, _found in row.identifiers))
                report["changes"].append(
                    self._change(row, "changed", self._fact_label(name), self._shown(name, old), self._shown(name, value))
                )
        names = {row.record.company for row in rows if row.record.company}
        seen = self.env["product.template"].union(*(row.product for row in rows if row.product))
        gone = self.env["product.template"].search(
            [
                ("med_registrant_id.name", "in", list(names)),
                ("med_primary_di", "!=", False),
                ("id", "not in", seen.ids),
                ("company_id", "in", [False, self.env.company.id]),
            ]
        )
        for product in gone:
            report["changes"].append(
                {
                    "di": product.med_primary_di,
                    "product": product.display_name,
                    "change": "gone",
                    "field": "",
                    "old": product.name,
                    "new": "",
                }
            )

    @api.model
    def _change(self, row, change, label, old, new):
        product = row.product.display_name if row.product else row.record.name
        return {"di": row.record.di, "product": product, "change": change, "field": label, "old": old, "new": new}

    @api.model
    def _fact_label(self, name):
        field_name = {
            "registrant": "med_registrant_id",
            "storage": "med_storage_condition_id",
            "registration": "med_registration_ids",
            "identifiers": "med_identifier_ids",
        }.get(name, name)
        return self.env["product.template"]._fields[field_name]._description_string(self.env)

    @api.model
    def _shown(self, name, value):
        if name == "storage":
            return self.env["med.storage.condition"]._limits_name(*value) if value else ""
        if isinstance(value, bool):
            return (self.env._("Yes") if value else self.env._("No")) if name.startswith(("med_", "use_")) else ""
        return ", ".join(value) if isinstance(value, tuple) else str(value or "")

    # ------------------------------------------------------------------
    # Write
    # ------------------------------------------------------------------

    @api.model
    def _certificates(self, facts_list):
        """``{number: certificate}``, those that are not on file yet created in one go."""
        wanted = {facts["registration"]: facts for facts in facts_list if facts.get("registration")}
        Certificate = self.env["med.registration.certificate"]
        domain = Domain("number", "in", list(wanted)) & Domain("company_id", "in", [False, self.env.company.id])
        known = {one.number: one for one in reversed(Certificate.search(domain))}
        missing = [number for number in wanted if number not in known]
        created = Certificate.with_context(tracking_disable=True).create(
            [
                {
                    "number": number,
                    "kind": registration_number.parse(number).kind,
                    "country_id": self.env.ref("base.cn").id,
                    "device_class": wanted[number].get("med_device_class") or False,
                    "device_name": wanted[number].get("name"),
                }
                for number in missing
            ]
        )
        return known | dict(zip(missing, created, strict=True))

    @api.model
    def _registrants(self, names):
        """``{name: partner}``, with one search and one create."""
        names = {name for name in names if name}
        Partner = self.env["res.partner"].with_context(tracking_disable=True)
        company_domain = Domain("company_id", "in", [False, self.env.company.id])
        found = Partner.search(Domain("name", "in", names) & Domain("is_company", "=", True) & company_domain)
        partners = {partner.name: partner for partner in reversed(found)}
        missing = sorted(names - partners.keys())
        created = Partner.create([{"name": name, "is_company": True} for name in missing])
        return partners | dict(zip(missing, created, strict=True))

    @api.model
    def _to_values(self, facts_list):
        """Facts -> field values, related records found or made for all of them at once."""
        partners = self._registrants(facts.get("registrant") for facts in facts_list)
        certificates = self._certificates(facts_list)
        limits = [facts["storage"] for facts in facts_list if facts.get("storage")]
        conditions = self.env["med.storage.condition"]._find_or_create(limits)
        result = []
        for facts in facts_list:
            values = {name: v for name, v in facts.items() if name not in RELATED}
            if "registrant" in facts:
                values["med_registrant_id"] = partners[facts["registrant"]].id if facts["registrant"] else False
            if facts.get("storage"):
                values["med_storage_condition_id"] = conditions[facts["storage"]].id
            if facts.get("registration"):
                values["med_registration_ids"] = [Command.link(certificates[facts["registration"]].id)]
            result.append(values)
        return result

    @api.model
    def _create(self, rows):
        category = self.env.ref("med_master_data.product_category_device", raise_if_not_found=False)
        fixed = {"type": "consu", "is_storable": True, "list_price": 0.0}
        if category:
            fixed["categ_id"] = category.id
        # One chatter line per product would say less than the import's own evidence.
        Product = self.env["product.template"].with_context(tracking_disable=True, mail_create_nolog=True)
        for batch in split_every(BATCH, rows, list):
            values = self._to_values([self._facts(row.record) for row in batch])
            products = Product.create([fixed | one for one in values])
            for row, product in zip(batch, products, strict=True):
                row.product = product
            self._create_identifiers(batch)

    @api.model
    def _create_identifiers(self, rows):
        self.env["med.product.identifier"].create(
            [
                {
                    "product_tmpl_id": row.product.id,
                    "agency": identifier.agency,
                    "di": identifier.di,
                    "level": identifier.level,
                    "quantity": identifier.quantity,
                }
                for row in rows
                for identifier, found in row.identifiers
                if not found
            ]
        )

    @api.model
    def _update(self, rows, report):
        values = self._to_values([row.changed for row in rows])
        for row, vals in zip(rows, values, strict=True):
            # One by one, only for what has changed: a product in use may refuse a change of
            # tracking, and that must not undo the other lines.
            try:
                with self.env.cr.savepoint():
                    if vals:
                        row.product.with_context(tracking_disable=True).write(vals)
                    for identifier, found in row.identifiers:
                        if found and (found.level, found.quantity) != (
                            identifier.level,
                            identifier.quantity,
                        ):
                            found.write({"level": identifier.level, "quantity": identifier.quantity})
                    self._create_identifiers([row])
            except UserError as error:
                report["updated"] -= 1
                params = {"product": row.product.display_name, "error": str(error)}
                self._note(report, "refused", row.number, row.record.di, Problem("write_refused", params))

    @api.model
    def _record_import(self, report, digest):
        body = {name: report[name] for name in ("created", "updated", "unchanged")}
        body |= {name: len(report[name]) for name in ("refused", "warnings")}
        body["sha256"] = digest.hexdigest()
        self.env["med.evidence.event"]._record("catalogue.imported", [{"record": None, "body": body}])
        _logger.info("Catalogue import by user %s: %s", self.env.uid, body)
