"""Importers of what does not move: products, identifiers, partners, licences, certificates."""

from odoo import api, models
from odoo.fields import Command

from ..lib import catalogue
from ..lib.errors import Problem, ScanError


class MedImporterProduct(models.AbstractModel):
    _name = "med.importer.product"
    _inherit = "med.importer"
    _description = "Import of products"
    _target = "product.template"

    @api.model
    def _identity(self, values):
        return values.get("key") or values.get("code") or values.get("di")

    @api.model
    def _look_up(self, run, rows):
        super()._look_up(run, rows)
        names = self._new_texts(run, "category", {row.values.get("category") for row in rows})
        if names:
            for category in self.env["product.category"].search([("name", "in", list(names))], order="id desc"):
                run.found["category", category.name] = category.id
        limits = {self._limits(row.values) for row in rows} - {None}
        wanted = {pair for pair in limits if ("limits", pair) not in run.found and self._in_order(pair)}
        if wanted:
            for pair, condition in self.env["med.storage.condition"]._find_or_create(list(wanted)).items():
                run.found["limits", pair] = condition.id

    @api.model
    def _limits(self, values):
        low, high = values.get("storage_min"), values.get("storage_max")
        if low is None and high is None:
            return None
        return tuple(None if limit is None else float(limit) for limit in (low, high))

    @api.model
    def _in_order(self, pair):
        return pair[0] is None or pair[1] is None or pair[0] <= pair[1]

    @api.model
    def _find(self, run, rows):
        self._by_key(run, rows)
        rest = [row for row in rows if row.record is None]
        domain = [("company_id", "in", [False, self.env.company.id])]
        codes = [row.values["code"] for row in rest if row.values.get("code")]
        by_code = dict(
            self.env["product.template"]._read_group(
                [*domain, ("default_code", "in", codes)], ["default_code"], ["id:recordset"]
            )
        )
        stored = {row.number: self._di(run, row) for row in rows}
        identifiers = self.env["med.product.identifier"].search(
            [*domain, ("di", "in", [pair[1] for pair in stored.values() if pair and pair[1]])]
        )
        owner = {(one.agency, one.di): one for one in identifiers}
        run.work["identifiers"], run.work["stored"] = owner, stored
        for row in rest:
            same = by_code.get(row.values.get("code"), self.env["product.template"])
            if len(same) > 1:
                params = {"value": row.values["code"], "count": str(len(same))}
                run.error(row.number, "code", row.values["code"], Problem("product_ambiguous", params))
                stored[row.number] = None
            elif same:
                row.record = same
            elif stored[row.number] and stored[row.number] in owner and not row.values.get("code"):
                row.record = owner[stored[row.number]].product_tmpl_id

    @api.model
    def _di(self, run, row):
        di, agency = row.values.get("di"), row.values.get("agency") or "GS1"
        if not di:
            return (agency, None)
        try:
            return (agency, catalogue.check_identifier(di, agency))
        except ScanError as error:
            run.error(row.number, "di", di, error.problem)
            return None

    @api.model
    def _values(self, run, row):
        given = row.values
        identifier = run.work["stored"][row.number]
        if identifier is None:
            return None
        if self._identity(given) is None:
            run.error(row.number, "code", "", Problem("product_without_identity"))
            return None
        simple = {
            "code": "default_code",
            "name": "name",
            "device": "med_is_device",
            "device_class": "med_device_class",
            "classification_code": "med_classification_code",
            "tracking": "tracking",
            "implant": "med_is_implant",
            "sterile": "med_is_sterile",
            "single_use": "med_is_single_use",
            "price": "list_price",
            "cost": "standard_price",
        }
        values = {name: given[column] for column, name in simple.items() if given.get(column) is not None}
        for name in ("list_price", "standard_price"):
            if name in values:
                values[name] = float(values[name])
        if given.get("no_expiry") is not None:
            values["med_no_expiry"] = given["no_expiry"]
            values["use_expiration_date"] = not given["no_expiry"]
        limits = self._limits(given)
        if limits and not self._in_order(limits):
            params = {"low": str(given["storage_min"]), "high": str(given["storage_max"])}
            run.error(row.number, "storage_min", given["storage_min"], Problem("cell_limits_inverted", params))
            return None
        if limits:
            values["med_storage_condition_id"] = run.found["limits", limits]
        for column, what, name in (
            ("registrant", "partner", "med_registrant_id"),
            ("category", "category", "categ_id"),
        ):
            if given.get(column):
                values[name] = self._refer(run, row, column, what)
                if not values[name]:
                    return None
        return self._with_identifier(run, row, values, identifier)

    @api.model
    def _with_identifier(self, run, row, values, identifier):
        agency, di = identifier
        if not di:
            return values
        found = run.work["identifiers"].get(identifier)
        if found and found.product_tmpl_id != row.record:
            params = {"di": di, "product": found.product_tmpl_id.display_name}
            run.error(row.number, "di", di, Problem("di_taken", params))
            return None
        if not found:
            values["med_identifier_ids"] = [Command.create({"agency": agency, "di": di, "level": "unit"})]
        return values

    @api.model
    def _create(self, vals_list):
        """Through the variant: there a cost is taken for all products at once, where the template
        would hand it on one by one with ten queries each."""
        model = self.env["product.product"].with_context(tracking_disable=True, mail_create_nolog=True)
        defaults = self._model_defaults(self.env["product.template"])
        commands = [values.get("med_identifier_ids", []) for values in vals_list]
        products = model.create(
            [defaults | {name: v for name, v in values.items() if name != "med_identifier_ids"} for values in vals_list]
        )
        self.env["med.product.identifier"].create(
            [
                {**command[2], "product_tmpl_id": product.product_tmpl_id.id, "product_id": product.id}
                for product, some in zip(products, commands, strict=True)
                for command in some
            ]
        )
        return products.product_tmpl_id

    @api.model
    def _differs(self, record, name, value):
        # an identifier command is only there for one that is not on file
        return name == "med_identifier_ids" or super()._differs(record, name, value)

    @api.model
    def _defaults(self, run, row):
        values = {"type": "consu", "is_storable": True}
        if row.values.get("device"):
            no_expiry = bool(row.values.get("no_expiry"))
            values |= {"tracking": "lot", "use_expiration_date": not no_expiry}
            category = self.env.ref("med_master_data.product_category_device", raise_if_not_found=False)
            if category:
                values["categ_id"] = category.id
        elif row.values.get("tracking") in ("lot", "serial") and row.values.get("no_expiry") is None:
            values["use_expiration_date"] = True
        return values

    @api.model
    def _count(self, run, row, record):
        run.add("records", 1, 1)
        if row.values.get("cost") is not None:
            run.add("cost", row.values["cost"], record.standard_price)


class MedImporterIdentifier(models.AbstractModel):
    _name = "med.importer.identifier"
    _inherit = "med.importer"
    _description = "Import of packaging and identifiers"
    _target = "med.product.identifier"

    @api.model
    def _identity(self, values):
        return ((values.get("agency") or "GS1"), values["di"])

    @api.model
    def _find(self, run, rows):
        stored = {}
        for row in rows:
            try:
                stored[row.number] = catalogue.check_identifier(row.values["di"], row.values.get("agency") or "GS1")
            except ScanError as error:
                run.error(row.number, "di", row.values["di"], error.problem)
        run.work["stored"] = stored
        found = self.env["med.product.identifier"].search(
            [("di", "in", list(stored.values())), ("company_id", "in", [False, self.env.company.id])]
        )
        known = {(one.agency, one.di): one for one in found}
        for row in rows:
            row.record = known.get((row.values.get("agency") or "GS1", stored.get(row.number)))

    @api.model
    def _values(self, run, row):
        product = self._refer(run, row, "product", "product")
        if row.number not in run.work["stored"] or not product:
            return None
        product = self.env["product.product"].browse(product)
        if row.values["quantity"] <= 0:
            run.error(row.number, "quantity", row.values["quantity"], Problem("cell_not_positive"))
            return None
        if row.record and row.record.product_tmpl_id != product.product_tmpl_id:
            params = {"di": row.record.di, "product": row.record.product_tmpl_id.display_name}
            run.error(row.number, "di", row.values["di"], Problem("di_taken", params))
            return None
        values = {
            "product_tmpl_id": product.product_tmpl_id.id,
            "product_id": product.id,
            "level": row.values["level"],
            "quantity": row.values["quantity"],
            "valid_from": row.values.get("valid_from"),
            "valid_to": row.values.get("valid_to"),
        }
        if row.record is None:
            values |= {"di": run.work["stored"][row.number], "agency": row.values.get("agency") or "GS1"}
        return {name: value for name, value in values.items() if value is not None}

    @api.model
    def _count(self, run, row, record):
        run.add("records", 1, 1)
        run.add("quantity", row.values["quantity"], record.quantity)


class MedImporterPartner(models.AbstractModel):
    _name = "med.importer.partner"
    _inherit = "med.importer"
    _description = "Import of partners"
    _target = "res.partner"

    @api.model
    def _find(self, run, rows):
        self._by_key(run, rows)
        codes = [row.values["code"] for row in rows if row.record is None and row.values.get("code")]
        by_code = dict(
            self.env["res.partner"]._read_group(
                [("ref", "in", codes), ("company_id", "in", [False, self.env.company.id])], ["ref"], ["id:recordset"]
            )
        )
        for row in rows:
            if row.record is not None:
                continue
            same = by_code.get(row.values.get("code"), self.env["res.partner"])
            if len(same) > 1:
                params = {"value": row.values["code"], "count": str(len(same))}
                run.error(row.number, "code", row.values["code"], Problem("partner_ambiguous", params))
            elif same:
                row.record = same

    @api.model
    def _look_up(self, run, rows):
        super()._look_up(run, rows)
        codes = self._new_texts(run, "country", {(row.values.get("country") or "").upper() for row in rows})
        if codes:
            for country in self.env["res.country"].search([("code", "in", list(codes))]):
                run.found["country", country.code] = country.id

    @api.model
    def _values(self, run, row):
        given = row.values
        if self._identity(given) is None:
            run.error(row.number, "code", "", Problem("partner_without_identity"))
            return None
        simple = {"code": "ref"} | {name: name for name in ("name", "vat", "street", "city", "zip", "phone", "email")}
        values = {name: given[column] for column, name in simple.items() if given.get(column)}
        if given.get("country"):
            values["country_id"] = run.found.get(("country", given["country"].upper()))
            if not values["country_id"]:
                run.error(row.number, "country", given["country"], Problem("country_not_found", {"value": given["country"]}))
                return None
        return values

    @api.model
    def _defaults(self, run, row):
        return {"is_company": True}

    @api.model
    def _count(self, run, row, record):
        run.add("records", 1, 1)


class MedImporterLicence(models.AbstractModel):
    _name = "med.importer.licence"
    _inherit = "med.importer"
    _description = "Import of partner licences"
    _target = "med.partner.licence"

    @api.model
    def _identity(self, values):
        return (values["partner"], values["kind"], values["number"], values.get("valid_from"))

    @api.model
    def _find(self, run, rows):
        found = self.env["med.partner.licence"].search(
            [("number", "in", [row.values["number"] for row in rows]), ("company_id", "in", [False, self.env.company.id])]
        )
        known = {(one.partner_id.id, one.kind, one.number, one.valid_from or None): one for one in found}
        for row in rows:
            partner = run.found.get(("partner", row.values["partner"]))
            if isinstance(partner, int):
                key = (partner, row.values["kind"], row.values["number"], row.values.get("valid_from"))
                row.record = known.get(key)

    @api.model
    def _values(self, run, row):
        partner = self._refer(run, row, "partner", "partner")
        if not partner:
            return None
        names = {"class_1": "scope_class_1", "class_2": "scope_class_2", "class_3": "scope_class_3"} | {
            "kind": "kind",
            "number": "number",
            "valid_from": "valid_from",
            "valid_to": "valid_to",
            "codes": "scope_codes",
        }
        values = {name: row.values[column] for column, name in names.items() if row.values.get(column) is not None}
        return {"partner_id": partner, **values}

    @api.model
    def _count(self, run, row, record):
        run.add("records", 1, 1)


class MedImporterCertificate(models.AbstractModel):
    """One row per certificate and product; rows of one certificate must say the same of it."""

    _name = "med.importer.certificate"
    _inherit = "med.importer"
    _description = "Import of registration certificates"
    _target = "med.registration.certificate"

    @api.model
    def _identity(self, values):
        return (values["number"], values.get("valid_from"), values.get("product"))

    @api.model
    def _find(self, run, rows):
        found = self.env["med.registration.certificate"].search(
            [("number", "in", [row.values["number"] for row in rows]), ("company_id", "in", [False, self.env.company.id])]
        )
        known = {(one.number, one.valid_from or None): one for one in found}
        for row in rows:
            row.record = known.get((row.values["number"], row.values.get("valid_from")))

    @api.model
    def _values(self, run, row):
        names = ("number", "kind", "device_name", "device_class", "valid_from", "valid_to")
        values = {name: row.values[name] for name in names if row.values.get(name) is not None}
        if row.values.get("holder"):
            values["holder_id"] = self._refer(run, row, "holder", "partner")
            if not values["holder_id"]:
                return None
        if row.values.get("product"):
            product = self._refer(run, row, "product", "product")
            if not product:
                return None
            template = self.env["product.product"].browse(product).product_tmpl_id
            values["product_tmpl_ids"] = [Command.link(template.id)]
        return values

    @api.model
    def _create_rows(self, run, fresh):
        """The second row of a new certificate only adds its product."""
        heads, more = {}, []
        for row, values in fresh:
            key = (values["number"], values.get("valid_from"))
            if key in heads:
                heads[key][1].setdefault("product_tmpl_ids", []).extend(values.get("product_tmpl_ids", []))
                more.append((row, heads[key][0]))
            else:
                heads[key] = (row, values)
        super()._create_rows(run, list(heads.values()))
        for row, head in more:
            if head.record:
                row.record = head.record
                run.updated += 1
                self._count(run, row, row.record)

    @api.model
    def _count(self, run, row, record):
        run.add("records", 1, 1)
