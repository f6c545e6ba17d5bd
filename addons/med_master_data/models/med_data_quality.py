import logging

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

_logger = logging.getLogger(__name__)

# Where a score is stored; a gate above reads the flag of the product.
SCORED = {
    "product.template": "product_tmpl_id",
    "res.partner": "partner_id",
    "stock.lot": "lot_id",
}
SEVERITIES = [("blocking", "Blocking"), ("important", "Important"), ("advice", "Advice")]
# The same lot, typed in two ways: case, blanks, hyphens, O for 0, I and L for 1.
LOOKALIKE = "translate(upper(regexp_replace(%s, '[[:space:]_.-]', '', 'g')), 'OIL', '011')"
OUTBOUND_MINIMUM = "med_master_data.outbound_min_score"


class MedDataArea(models.Model):
    """A part of the master data that somebody answers for: its score, and what go-live asks of it."""

    _name = "med.data.area"
    _inherit = ["med.evidence.tracked"]
    _description = "Area of master data"
    _order = "sequence, id"
    _evidence_fields = ("name", "threshold")

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    threshold = fields.Integer(
        "Threshold (%)", default=95, required=True, aggregator=None, help="The score the area needs before go-live."
    )
    rule_ids = fields.One2many("med.data.rule", "area_id", "Detection points")
    score = fields.Integer("Score (%)", compute="_compute_score", aggregator=None)
    failed_count = fields.Integer("To mend", compute="_compute_score")
    blocking_count = fields.Integer("Blocking", compute="_compute_score")
    is_ready = fields.Boolean("Ready", compute="_compute_score")

    _threshold_range = models.Constraint(
        "CHECK (threshold BETWEEN 0 AND 100)", "A threshold is a share from 0 to 100 percent."
    )

    @api.depends("threshold", "rule_ids.checked_count", "rule_ids.failed_count", "rule_ids.weight", "rule_ids.severity")
    def _compute_score(self):
        for area in self:
            rules = area.rule_ids
            weight = sum(rule.weight * rule.checked_count for rule in rules)
            lost = sum(rule.weight * rule.failed_count for rule in rules)
            # rounded down: 99.9 % is not everything
            area.score = 100 - -(-100 * lost // weight) if weight else 100
            area.failed_count = sum(rules.mapped("failed_count"))
            blocking = rules.filtered(lambda rule: rule.severity == "blocking")
            area.blocking_count = sum(blocking.mapped("failed_count"))
            area.is_ready = area.score >= area.threshold and not area.blocking_count

    def action_refresh(self):
        self.env["med.data.rule"].search([])._refresh()
        return True

    def action_issues(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("med_master_data.med_data_issue_action")
        return {**action, "domain": [("area_id", "=", self.id), ("is_solved", "=", False)]}


class MedDataRule(models.Model):
    """What good master data is, as data: which field of which records must be how."""

    _name = "med.data.rule"
    _inherit = ["med.evidence.tracked"]
    _description = "Rule of data quality"
    _order = "area_id, sequence, id"
    _evidence_fields = (
        "name",
        "area_id",
        "model",
        "field_name",
        "check_kind",
        "pattern",
        "domain",
        "weight",
        "severity",
        "active",
    )

    name = fields.Char(required=True, translate=True)
    hint = fields.Char("What to do", translate=True)
    area_id = fields.Many2one("med.data.area", "Area", required=True, index=True, ondelete="restrict")
    sequence = fields.Integer(default=10)
    model = fields.Selection(
        [("product.template", "Product"), ("res.partner", "Partner"), ("stock.lot", "Lot")],
        "Records",
        required=True,
        default="product.template",
    )
    field_name = fields.Char("Field", required=True, help="Technical name, e.g. med_device_class.")
    check_kind = fields.Selection(
        [
            ("filled", "Must be filled"),
            ("match", "Must match a pattern"),
            ("unique", "Must be unique"),
            ("lookalike", "Must not look like another"),
            ("gtin", "No other product has this GTIN"),
        ],
        "Check",
        required=True,
        default="filled",
    )
    pattern = fields.Char(help="Regular expression that the whole value must match.")
    within = fields.Char("Within", help="Unique among records that agree in this field, e.g. product_id.")
    domain = fields.Char("For", required=True, default="[]", help="Which records the rule is for.")
    weight = fields.Integer(default=10, required=True, aggregator=None)
    severity = fields.Selection(SEVERITIES, required=True, default="important")
    group_id = fields.Many2one("res.groups", "Owner", help="Who mends it.")
    active = fields.Boolean(default=True)
    issue_ids = fields.One2many("med.data.issue", "rule_id")
    checked_count = fields.Integer("Checked", readonly=True)
    failed_count = fields.Integer("To mend", readonly=True)
    refreshed_at = fields.Datetime("Last run", readonly=True)

    _weight_positive = models.Constraint("CHECK (weight > 0)", "A weight is a whole number above zero.")

    @api.constrains("model", "field_name", "domain", "pattern", "check_kind", "within")
    def _check_rule(self):
        for rule in self:
            for name in filter(None, (rule.field_name, rule.within)):
                field = self.env[rule.model]._fields.get(name)
                if not field or not (field.store or field.search):
                    raise ValidationError(
                        self.env._(
                            "Rule “%(rule)s”: %(model)s has no field “%(field)s” that can be searched. Correct the name.",
                            rule=rule.name,
                            model=rule.model,
                            field=name,
                        )
                    )
            if rule.check_kind in ("match", "unique", "lookalike"):
                field = self.env[rule.model]._fields[rule.field_name]
                if not field.store or field.type not in ("char", "text") or field.translate:
                    raise ValidationError(
                        self.env._("Rule “%(rule)s”: this check needs a field that holds a text.", rule=rule.name)
                    )
            try:
                with self.env.cr.savepoint():
                    self.env.flush_all()
                    self.env.cr.execute(SQL("SELECT '' ~ %s", rule._anchored()))
                    self.env[rule.model].sudo().search_count(rule._failing(), limit=1)
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s” cannot be checked: %(error)s. Correct its domain or pattern.",
                        rule=rule.name,
                        error=str(error).strip().split("\n")[0],
                    )
                ) from error

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        res = super().write(vals)
        self.env.registry.clear_cache()
        return res

    # Domains -----------------------------------------------------------------------------------

    def _anchored(self):
        return f"^(?:{self.pattern or ''})$"

    def _scope(self):
        return Domain(safe_eval(self.domain or "[]"))

    def _failing(self):
        """The domain of the records that break this one rule."""
        self.ensure_one()
        name, scope = self.field_name, self._scope()
        if self.check_kind == "filled":
            field = self.env[self.model]._fields[name]
            empty = 0 if field.type in ("integer", "float", "monetary") else False
            return scope & Domain(name, "=", empty)
        if self.check_kind == "gtin":
            return scope & Domain.custom(to_sql=self._gtin_sql)
        return scope & Domain(name, "!=", False) & Domain.custom(to_sql=self._text_sql)

    def _text_sql(self, model, alias, query):
        value = model._field_to_sql(alias, self.field_name, query)
        if self.check_kind == "match":
            return SQL("%s !~ %s", value, self._anchored())
        column = SQL.identifier("other", self.field_name)
        fold = (lambda sql: SQL(LOOKALIKE, sql)) if self.check_kind == "lookalike" else (lambda sql: sql)
        own, others = fold(value), fold(column)
        if self.within:
            own = SQL("concat_ws(chr(31), %s, %s)", model._field_to_sql(alias, self.within, query), own)
            others = SQL("concat_ws(chr(31), %s, %s)", SQL.identifier("other", self.within), others)
        return SQL(
            # one pass over the table instead of one look for each row
            "%s IN (SELECT %s FROM %s AS other WHERE %s IS NOT NULL GROUP BY 1 HAVING count(*) > 1)",
            own,
            others,
            SQL.identifier(model._table),
            column,
        )

    def _gtin_sql(self, model, alias, query):
        """Products that share a GTIN, be it typed as a barcode or kept as an identifier: 8, 12
        and 13 digits are the same number as 14 with zeros before."""
        return SQL(
            """%s IN (
                SELECT unnest(array_agg(DISTINCT said.tmpl)) FROM (
                    SELECT product_tmpl_id AS tmpl, lpad(barcode, 14, '0') AS gtin
                      FROM product_product WHERE active AND barcode ~ '^[0-9]{8,14}$'
                    UNION
                    SELECT product_tmpl_id, di FROM med_product_identifier WHERE agency = 'GS1'
                ) AS said GROUP BY gtin HAVING count(DISTINCT said.tmpl) > 1
            )""",
            SQL.identifier(alias, "id"),
        )

    # Refresh -----------------------------------------------------------------------------------

    @api.model
    def _cron_refresh(self):
        self.search([])._refresh()

    def _refresh(self, records=None):
        """Judge all records of these rules anew, or only ``records``: issues, scores and flags.

        A few statements per rule, whatever the number of records.
        """
        self.env.flush_all()
        # sudo: whether data are complete does not depend on who asks
        for model, rules in self.sudo().grouped("model").items():
            if records is not None and records._name != model:
                continue
            ids = None if records is None else tuple(records.ids)
            applicable = [rule._refresh_issues(ids) for rule in rules]
            self._refresh_scores(model, applicable, ids)
        self.env["med.data.issue"].invalidate_model()
        self.env["med.data.area"].invalidate_model(["score", "failed_count", "blocking_count", "is_ready"])
        for model in SCORED:
            self.env[model].invalidate_model(["med_data_score"], flush=False)
        self.env["product.template"].invalidate_model(["med_data_blocked"], flush=False)

    def _refresh_issues(self, ids):
        """Bring this one rule's issues in line; returns the statement for the records it is for."""
        model = self.env[self.model]
        some = Domain("id", "in", ids) if ids is not None else Domain.TRUE
        failing = model._search(self._failing() & some)
        scope = model._search(self._scope() & some)
        cr = self.env.cr
        only = SQL("AND res_id IN %s", ids) if ids is not None else SQL("")
        cr.execute(
            SQL(
                """INSERT INTO med_data_issue
                          (rule_id, area_id, severity, res_model, res_id, %s, is_solved, found_at)
                   SELECT %s, %s, %s, %s, id, id, FALSE, now() AT TIME ZONE 'UTC' FROM %s AS failing(id)
                   ON CONFLICT (rule_id, res_id) DO UPDATE
                      SET is_solved = FALSE, found_at = excluded.found_at, severity = excluded.severity,
                          area_id = excluded.area_id
                    WHERE med_data_issue.is_solved OR med_data_issue.severity <> excluded.severity""",
                SQL.identifier(SCORED[self.model]),
                self.id,
                self.area_id.id,
                self.severity,
                self.model,
                failing.subselect(),
            )
        )
        cr.execute(
            SQL(
                "UPDATE med_data_issue SET is_solved = TRUE WHERE rule_id = %s AND NOT is_solved %s"
                " AND res_id NOT IN %s",
                self.id,
                only,
                failing.subselect(),
            )
        )
        if ids is None:
            cr.execute(SQL("SELECT count(*) FROM %s AS scope", scope.subselect()))
            checked = cr.fetchone()[0]
            cr.execute(SQL("SELECT count(*) FROM med_data_issue WHERE rule_id = %s AND NOT is_solved", self.id))
            cr.execute(
                SQL(
                    "UPDATE med_data_rule SET checked_count = %s, failed_count = %s,"
                    " refreshed_at = now() AT TIME ZONE 'UTC' WHERE id = %s",
                    checked,
                    cr.fetchone()[0],
                    self.id,
                )
            )
            self.invalidate_recordset(["checked_count", "failed_count", "refreshed_at"], flush=False)
        return SQL("SELECT id, %s AS weight FROM %s AS scope(id)", self.weight, scope.subselect())

    @api.model
    def _refresh_scores(self, model, applicable, ids):
        table = SQL.identifier(self.env[model]._table)
        only = SQL("AND t.id IN %s", ids) if ids is not None else SQL("")
        # sudo: one number, known to every user through what it does
        minimum = int(self.env["ir.config_parameter"].sudo().get_param(OUTBOUND_MINIMUM, 0) or 0)
        blocked, change, clear = SQL(""), SQL(""), SQL("")
        if model == "product.template":
            judged = SQL("(coalesce(lost.blocking, FALSE) OR %s < %s)", _SCORE, minimum)
            blocked = SQL(", med_data_blocked = %s", judged)
            change = SQL("OR t.med_data_blocked IS DISTINCT FROM %s", judged)
            clear = SQL(", med_data_blocked = FALSE")
        self.env.cr.execute(
            SQL(
                """WITH applicable AS (%(applicable)s),
                        total AS (SELECT id, sum(weight) AS weight FROM applicable GROUP BY id),
                        lost AS (SELECT i.res_id, sum(r.weight) AS weight,
                                        bool_or(r.severity = 'blocking') AS blocking
                                   FROM med_data_issue i JOIN med_data_rule r ON r.id = i.rule_id
                                  WHERE i.res_model = %(model)s AND NOT i.is_solved AND r.active
                                  GROUP BY i.res_id),
                        gone AS (UPDATE %(table)s AS t SET med_data_score = NULL%(clear)s
                                  WHERE t.med_data_score IS NOT NULL %(only)s
                                    AND t.id NOT IN (SELECT id FROM total))
                   UPDATE %(table)s AS t SET med_data_score = %(score)s%(blocked)s
                     FROM total LEFT JOIN lost ON lost.res_id = total.id
                    WHERE t.id = total.id AND (t.med_data_score IS DISTINCT FROM %(score)s %(change)s)""",
                applicable=SQL(" UNION ALL ").join(applicable),
                model=model,
                table=table,
                only=only,
                score=_SCORE,
                blocked=blocked,
                change=change,
                clear=clear,
            )
        )

    @api.model
    @tools.ormcache("model")
    def _fields_watched(self, model):
        """Fields of ``model`` that some rule is about."""
        # sudo: who changes a product need not read the rules
        rules = self.sudo().search([("model", "=", model), ("active", "=", True)])
        named = {leaf.field_expr.split(".")[0] for rule in rules for leaf in rule._scope().iter_conditions()}
        return frozenset(named | set(rules.mapped("field_name")))

    @api.model
    def _refresh_records(self, records):
        """The records have changed: judge them anew by all rules."""
        if records:
            # sudo: who changes a product need not read the rules
            self.sudo().search([("model", "=", records._name)])._refresh(records)


_SCORE = SQL("(100 - ceil(100.0 * coalesce(lost.weight, 0) / total.weight))::integer")


class MedDataIssue(models.Model):
    """A record that breaks a rule, and the missing value itself, to be entered right here."""

    _name = "med.data.issue"
    _description = "Master data to mend"
    _order = "severity, rule_id, id"
    _rec_name = "record_name"
    _log_access = False

    rule_id = fields.Many2one("med.data.rule", "Rule", required=True, ondelete="cascade", readonly=True, index=True)
    area_id = fields.Many2one("med.data.area", "Area", index=True, ondelete="cascade", readonly=True)
    severity = fields.Selection(SEVERITIES, readonly=True)
    res_model = fields.Char("Model", required=True, index=True, readonly=True)
    res_id = fields.Integer("Record ID", required=True, readonly=True, aggregator=None)
    product_tmpl_id = fields.Many2one(
        "product.template", "Product", index="btree_not_null", ondelete="cascade", readonly=True
    )
    partner_id = fields.Many2one("res.partner", "Partner", index="btree_not_null", ondelete="cascade", readonly=True)
    lot_id = fields.Many2one("stock.lot", "Lot", index="btree_not_null", ondelete="cascade", readonly=True)
    is_solved = fields.Boolean("Solved", readonly=True)
    found_at = fields.Datetime("Found", readonly=True)
    record_name = fields.Char("Record", compute="_compute_record_name")
    hint = fields.Char(related="rule_id.hint")
    group_id = fields.Many2one(related="rule_id.group_id")
    cell = fields.Selection(
        [
            ("text", "Text"),
            ("date", "Date"),
            ("class", "Class"),
            ("partner", "Partner"),
            ("storage", "Storage"),
            ("di", "DI"),
            ("certificate", "Certificate"),
            ("none", "On the form only"),
        ],
        compute="_compute_cell",
        export_string_translation=False,
    )
    value_text = fields.Char("Value", compute="_compute_value", inverse="_inverse_value_text")
    value_date = fields.Date("Date", compute="_compute_value", inverse="_inverse_value_date")
    value_class = fields.Selection(
        [("I", "Class I"), ("II", "Class II"), ("III", "Class III")],
        "Device class",
        compute="_compute_value",
        inverse="_inverse_value_class",
    )
    value_partner_id = fields.Many2one(
        "res.partner", "Registrant", compute="_compute_value", inverse="_inverse_value_partner_id"
    )
    value_storage_id = fields.Many2one(
        "med.storage.condition", "Storage condition", compute="_compute_value", inverse="_inverse_value_storage_id"
    )
    value_di = fields.Char("New DI", compute="_compute_value", inverse="_inverse_value_di")
    value_certificate_id = fields.Many2one(
        "med.registration.certificate", "Certificate", compute="_compute_value", inverse="_inverse_value_certificate_id"
    )

    _rule_record_uniq = models.UniqueIndex("(rule_id, res_id)")

    @api.depends("product_tmpl_id", "partner_id", "lot_id")
    def _compute_record_name(self):
        for issue in self:
            issue.record_name = issue._record().display_name

    def _record(self):
        return self[SCORED.get(self.res_model, "product_tmpl_id")]

    @api.depends("rule_id", "res_id")
    def _compute_cell(self):
        cells = {
            "med_device_class": "class",
            "med_registrant_id": "partner",
            "med_storage_condition_id": "storage",
            "med_identifier_ids": "di",
            "med_primary_di": "di",
            "med_registration_ids": "certificate",
        }
        for issue in self:
            name, record = issue.rule_id.field_name, issue._record()
            field = record._fields.get(name)
            kind = field.type if field else None
            by_type = {"char": "text", "text": "text", "date": "date", "datetime": "date"}
            issue.cell = cells.get(name) or (by_type.get(kind, "none") if field and field.store else "none")

    @api.depends("rule_id", "res_id")
    def _compute_value(self):
        for issue in self:
            record = issue._record()
            value = record[issue.rule_id.field_name] if issue.cell != "none" else False
            issue.value_text = value if issue.cell == "text" else False
            issue.value_date = fields.Date.to_date(value) if issue.cell == "date" and value else False
            issue.value_class = value if issue.cell == "class" else False
            issue.value_partner_id = value if issue.cell == "partner" else False
            issue.value_storage_id = value if issue.cell == "storage" else False
            issue.value_di = record.med_primary_di if issue.cell == "di" else False
            issue.value_certificate_id = False

    def _mend(self, values):
        """Write to the record as the person who mends: its own access rights and evidence hold."""
        self.ensure_one()
        record = self._record()
        record.write(values)
        self.env["med.data.rule"]._refresh_records(record)

    def _inverse_value_text(self):
        for issue in self.filtered(lambda one: one.cell == "text"):
            issue._mend({issue.rule_id.field_name: issue.value_text})

    def _inverse_value_date(self):
        for issue in self.filtered(lambda one: one.cell == "date"):
            value = issue.value_date
            if value and issue._record()._fields[issue.rule_id.field_name].type == "datetime":
                value = self.env["med.importer.lot"]._end_of_day(value)
            issue._mend({issue.rule_id.field_name: value})

    def _inverse_value_class(self):
        for issue in self.filtered(lambda one: one.cell == "class"):
            issue._mend({"med_device_class": issue.value_class})

    def _inverse_value_partner_id(self):
        for issue in self.filtered(lambda one: one.cell == "partner"):
            issue._mend({"med_registrant_id": issue.value_partner_id.id})

    def _inverse_value_storage_id(self):
        for issue in self.filtered(lambda one: one.cell == "storage"):
            issue._mend({"med_storage_condition_id": issue.value_storage_id.id})

    def _inverse_value_di(self):
        for issue in self.filtered(lambda one: one.cell == "di" and one.value_di):
            product = issue.product_tmpl_id
            self.env["med.product.identifier"].create({"product_tmpl_id": product.id, "di": issue.value_di})
            self.env["med.data.rule"]._refresh_records(product)

    def _inverse_value_certificate_id(self):
        for issue in self.filtered(lambda one: one.cell == "certificate" and one.value_certificate_id):
            issue._mend({"med_registration_ids": [fields.Command.link(issue.value_certificate_id.id)]})

    def action_open_record(self):
        self.ensure_one()
        if not self._record():
            raise UserError(self.env._("The record no longer exists. Refresh the list."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    @api.autovacuum
    def _gc_solved(self):
        """What was mended is evidence of its own; here it has served."""
        # sudo: nobody may delete a finding by hand
        self.sudo().search(
            [("is_solved", "=", True), ("found_at", "<", fields.Datetime.subtract(fields.Datetime.now(), days=1))]
        ).unlink()
