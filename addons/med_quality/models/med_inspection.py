import hashlib
import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, float_repr

from ..lib import sampling

# Held by the methods below only: a client can send any context but never this object.
INSPECTION_TOKEN = object()
FROZEN = {
    "state",
    "lot_id",
    "plan_id",
    "quantity",
    "place",
    "sample_size",
    "accept_number",
    "reject_number",
    "severity",
}


class MedInspection(models.Model):
    """One lot on one occasion: its sample, its checks, and the signature on the result.

    Holds what an acceptance record (验收记录, GSP 65) and a maintenance record (养护记录, GSP 74)
    have to say.
    """

    _name = "med.inspection"
    _inherit = ["med.signable", "med.numbering"]
    _description = "Inspection"
    _order = "id desc"
    _check_company_auto = True
    _numbering = ("med.inspection", "INS")

    name = fields.Char("Number", required=True, readonly=True, default="/", copy=False)
    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    trigger = fields.Selection(
        [
            ("receipt", "Receipt"),
            ("return", "Return"),
            ("periodic", "Periodic"),
            ("demand", "On demand"),
        ],
        "Occasion",
        required=True,
        readonly=True,
        default="demand",
    )
    state = fields.Selection(
        [
            ("open", "To inspect"),
            ("passed", "Passed"),
            ("failed", "Failed"),
            ("skipped", "Skipped"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="open",
        copy=False,
        index=True,
    )
    plan_id = fields.Many2one("med.inspection.plan", "Plan", required=True, readonly=True, ondelete="restrict")
    series_id = fields.Many2one("med.inspection.series", "Severity record", readonly=True, ondelete="restrict")
    lot_id = fields.Many2one("stock.lot", "Lot", required=True, readonly=True, index=True, ondelete="restrict")
    product_id = fields.Many2one(related="lot_id.product_id", store=True, index=True)
    picking_id = fields.Many2one(
        "stock.picking", "Transfer", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    partner_id = fields.Many2one("res.partner", "Supplier or customer", readonly=True, ondelete="restrict")
    quantity = fields.Float("Quantity", digits="Product Unit", readonly=True)
    severity = fields.Selection(
        [("normal", "Normal"), ("tightened", "Tightened"), ("reduced", "Reduced")], readonly=True, default="normal"
    )
    code_letter = fields.Char("Code letter", readonly=True)
    sample_size = fields.Integer("Sample", readonly=True)
    accept_number = fields.Integer("Accept up to", readonly=True)
    reject_number = fields.Integer("Refuse from", readonly=True)
    check_ids = fields.One2many("med.inspection.check", "inspection_id", "Checks")
    defects = fields.Integer("Defective units", compute="_compute_verdict")
    verdict = fields.Selection(
        [("pending", "Checks open"), ("pass", "Passes"), ("fail", "Fails")], compute="_compute_verdict"
    )
    accepted_quantity = fields.Float("Accepted quantity", digits="Product Unit", readonly=True, copy=False)
    measures = fields.Text("Measures taken", help="On a failure: what was done with the goods, and why they failed.")
    attachment_ids = fields.Many2many("ir.attachment", string="Attachments")
    inspector_id = fields.Many2one("res.users", "Inspected by", readonly=True, copy=False)
    inspected_at = fields.Datetime("Inspected at", readonly=True, copy=False)
    external_keys = fields.Json("Results received", export_string_translation=False, readonly=True, copy=False)
    deviation_ids = fields.One2many("med.deviation", "inspection_id", "Deviations")

    # A cron that runs twice at once opens no second one.
    _periodic_uniq = models.UniqueIndex("(plan_id, lot_id) WHERE trigger = 'periodic' AND state = 'open'")
    _receipt_uniq = models.UniqueIndex("(picking_id, lot_id) WHERE picking_id IS NOT NULL AND state = 'open'")

    @api.depends("check_ids.result", "check_ids.defects", "check_ids.is_critical", "reject_number")
    def _compute_verdict(self):
        for inspection in self:
            checks = inspection.check_ids
            failed = checks.filtered(lambda c: c.result == "fail")
            # one unit may fail two checks; counted twice it is judged on the safe side
            inspection.defects = min(sum(failed.mapped("defects")), max(inspection.sample_size, 1))
            if not checks or any(check.result == "pending" for check in checks):
                inspection.verdict = "pending"
            elif failed.filtered("is_critical") or inspection.defects >= inspection.reject_number:
                inspection.verdict = "fail"
            else:
                inspection.verdict = "pass"

    # Opening ---------------------------------------------------------------------------

    @api.model
    def _open(self, trigger, rows, company):
        """Open inspections for lots, in sets: the number of queries does not grow with the rows.

        :param list[dict] rows: ``lot``, ``quantity`` (in the unit of the product) and optionally
            ``picking``, ``partner``, ``plan``, ``place``; lots of what is no device are left out
        :return: the inspections; lots for which there is no plan get none
        """
        rows = [row for row in rows if row["lot"].product_id.med_is_device]
        book = self.env["med.inspection.plan"]._book(trigger, company) if rows else ()
        found = {}
        for row in rows:
            partner = row.get("partner") or self.env["res.partner"]
            key = (row["lot"].product_id, partner.commercial_partner_id)
            if key not in found:
                found[key] = row.get("plan") or next((plan for plan in book if plan._fits(*key)), None)
            row["plan"], row["key"] = row.get("plan") or found[key], key
        rows = [row for row in rows if row["plan"]]
        if not rows:
            return self.browse()
        series = self._series(rows, company)
        states = {key: record._state() for key, record in series.items()}
        begin = dict(states)
        vals_list = []
        for row, number in zip(rows, self._next_numbers(company, len(rows)), strict=True):
            key = (row["plan"].id, row["key"][0].id, row["key"][1].id)
            vals, states[key] = self._opening_vals(row, series[key], states[key])
            vals_list.append({**vals, "name": number, "trigger": trigger, "company_id": company.id})
        for key, state in states.items():
            if state != begin[key]:
                series[key]._set_state(state)
        # sudo: the receipt opens them, whoever receives
        created = self.sudo().with_context(med_inspection_token=INSPECTION_TOKEN).create(vals_list)
        inspections = self.browse(created.ids)  # without the token, which would open every door
        self.env["med.evidence.event"]._record(
            "inspection.opened",
            [
                {
                    "record": inspection,
                    "body": {
                        "lot": [vals["lot_id"], row["lot"].name],
                        "plan": vals["plan_id"],
                        "sample": vals["sample_size"],
                        "state": vals["state"],
                    },
                }
                for inspection, vals, row in zip(inspections, vals_list, rows, strict=True)
            ],
        )
        return inspections

    def _series(self, rows, company):
        """{(plan, product, partner): series}, missing ones begun."""
        keys = {(row["plan"].id, row["key"][0].id, row["key"][1].id): None for row in rows}
        # sudo: nobody writes a severity by hand
        model = self.env["med.inspection.series"].sudo()
        known = model.search(
            [
                ("company_id", "=", company.id),
                ("plan_id", "in", list({key[0] for key in keys})),
                ("product_id", "in", list({key[1] for key in keys})),
            ]
        )
        series = {(s.plan_id.id, s.product_id.id, s.partner_id.id): s for s in known}
        missing = [key for key in keys if key not in series]
        created = model.create(
            [
                {"plan_id": plan, "product_id": product, "partner_id": partner, "company_id": company.id}
                for plan, product, partner in missing
            ]
        )
        series.update(zip(missing, created, strict=True))
        return {key: series[key] for key in keys}

    def _opening_vals(self, row, series, state):
        plan = row["plan"]
        # inspection that is discontinued goes on, tightened: the goods are here, and stay held
        severity = "tightened" if state.severity == "discontinued" else state.severity
        drawn = plan._sample(row["quantity"], severity)
        skip = sampling.skips(state, plan.skip_after, plan.skip_one_in)
        vals = {
            "state": "skipped" if skip else "open",
            "plan_id": plan.id,
            "series_id": series.id,
            "lot_id": row["lot"].id,
            "picking_id": row["picking"].id if row.get("picking") else False,
            "partner_id": row["key"][1].id,
            "quantity": row["quantity"],
            "place": row.get("place"),
            "severity": severity,
            "code_letter": drawn.letter,
            "sample_size": 0 if skip else drawn.size,
            "accept_number": drawn.accept,
            "reject_number": drawn.reject,
            "check_ids": [] if skip else [(0, 0, check._check_vals()) for check in plan.check_ids],
        }
        return vals, sampling.skipped(state) if skip else state

    @api.model
    def _cron_periodic(self):
        """Open what is due by now. Due is what lies in stock and was last inspected (or received)
        an interval ago or longer: a night that was missed loses nothing, and an open inspection
        is never doubled."""
        for company in self.env["res.company"].search([]):
            model = self.with_company(company)
            for plan in model.env["med.inspection.plan"]._book("periodic", company):
                model._open("periodic", model._periodic_rows(plan, company), company)

    def _periodic_rows(self, plan, company):
        now = fields.Datetime.now()
        self.env.flush_all()
        zone = plan.location_id.parent_path or ""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT quant.lot_id, sum(quant.quantity), string_agg(DISTINCT loc.complete_name, ', ')
                  FROM stock_quant quant
                  JOIN stock_location loc ON loc.id = quant.location_id AND loc.usage = 'internal'
                  JOIN stock_lot lot ON lot.id = quant.lot_id
                  JOIN product_product product ON product.id = quant.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id AND template.med_is_device
                 WHERE quant.company_id = %(company)s AND quant.quantity > 0 AND loc.parent_path LIKE %(zone)s
                   AND (%(within)s = 0 OR lot.expiration_date <= %(expiry)s)
                   AND NOT EXISTS (
                       SELECT FROM med_inspection i
                        WHERE i.lot_id = quant.lot_id AND i.state != 'cancelled'
                          AND (i.state = 'open' OR coalesce(i.inspected_at, i.create_date) > %(since)s))
                 GROUP BY quant.lot_id
                HAVING min(quant.in_date) <= %(since)s
                 ORDER BY quant.lot_id
                """,
                company=company.id,
                zone=zone + "%",
                within=plan.expiry_within_days,
                expiry=now + timedelta(days=plan.expiry_within_days),
                since=now - timedelta(days=plan.interval_days),
            )
        )
        found = {lot_id: (quantity, place) for lot_id, quantity, place in rows}
        lots = self.env["stock.lot"].browse(found)
        return [
            {"lot": lot, "quantity": found[lot.id][0], "place": found[lot.id][1], "plan": plan}
            for lot in lots
            if plan._fits(lot.product_id, self.env["res.partner"])
        ]

    # Results from elsewhere --------------------------------------------------------------

    def record_results(self, key, results):
        """Results of a laboratory system, sent once or many times.

        :param str key: names this message; the same key is applied once
        :param list[dict] results: ``check`` (id), and ``result`` (pass, fail) or ``value`` (float)
            with ``uom`` (name of the unit, else that of the check); optionally ``defects``,
            ``instrument`` (serial number), ``note``
        :return: the verdict so far
        :raises UserError: the key was used for other results, a check is not of this inspection,
            or the inspection is ended; then nothing of the message is kept
        """
        self.ensure_one()
        self.check_access("write")
        self.lock_for_update()
        digest = hashlib.sha256(json.dumps(results, sort_keys=True).encode()).hexdigest()
        known = (self.external_keys or {}).get(str(key))
        if known == digest:
            return self.verdict
        if known or not key:
            raise UserError(
                self.env._("The key “%(key)s” was used for other results already. Send a new key.", key=key or "")
            )
        self._check_open()
        for result in results:
            self._record_result(result)
        self.with_context(med_inspection_token=INSPECTION_TOKEN).write(
            {"external_keys": {**(self.external_keys or {}), str(key): digest}}
        )
        return self.verdict

    def _record_result(self, result):
        check = self.check_ids.filtered(lambda c: c.id == result.get("check"))
        if not check:
            raise UserError(
                self.env._(
                    "Check %(check)s is not part of inspection %(inspection)s.",
                    check=str(result.get("check")),
                    inspection=self.name,
                )
            )
        vals = {name: result[name] for name in ("result", "value", "defects", "note") if name in result}
        if result.get("uom"):
            uom = self.env["uom.uom"].search([("name", "=", result["uom"])], limit=1)
            if not uom:
                raise UserError(self.env._("There is no unit “%(unit)s”.", unit=result["uom"]))
            vals["value_uom_id"] = uom.id
        if result.get("instrument"):
            vals["instrument_id"] = (
                self.env["med.instrument"]
                .search([("serial", "=", result["instrument"]), ("company_id", "=", self.company_id.id)], limit=1)
                .id
            )
        check.write(vals)

    # Signature -------------------------------------------------------------------------

    def _signature_meanings(self):
        return {
            "pass": self.env._("I inspected the sample; it passes, and I release the lot"),
            "fail": self.env._("I inspected the sample; it fails, and the lot stays held"),
        }

    def _signature_snapshot(self, meaning):
        # sudo: the signed content is the same whoever reads it
        record = self.sudo()
        return {
            "inspection": record.name,
            "lot": [record.lot_id.id, record.lot_id.name],
            "product": [record.product_id.id, record.product_id.default_code or ""],
            "quantity": float_repr(record.quantity, 6),
            "plan": record.plan_id.id,
            "severity": record.severity,
            "sample": [record.sample_size, record.accept_number, record.reject_number],
            "defects": record.defects,
            "checks": [check._snapshot() for check in record.check_ids],
            "measures": record.measures or "",
            "attachments": sorted(hashlib.sha256(a.raw or b"").hexdigest() for a in record.attachment_ids),
        }

    def _signature_display(self, meaning):
        return {
            self.env._("Inspection"): self.name,
            self.env._("Product"): self.product_id.display_name,
            self.env._("Lot"): self.lot_id.name,
            self.env._("Sample"): str(self.sample_size),
            self.env._("Defective units"): str(self.defects),
            self.env._("Checks"): [check._told() for check in self.check_ids],
        }

    def _signature_check(self, meaning):
        if not self.env.user.has_group("med_master_data.group_med_quality"):
            raise UserError(self.env._("Only quality signs inspections. Ask a quality manager to sign."))
        self.check_access("write")
        self._check_open()
        for inspection in self:
            if inspection.verdict != meaning:
                raise UserError(
                    self.env._(
                        "Inspection %(inspection)s: the checks do not say so. Answer every check first.",
                        inspection=inspection.name,
                    )
                )
            inspection.check_ids._check_complete()
            if meaning == "fail" and not (inspection.measures or "").strip():
                raise UserError(
                    self.env._(
                        "Inspection %(inspection)s: enter why it failed and what was done, then sign.",
                        inspection=inspection.name,
                    )
                )
        if meaning == "pass":
            self.lot_id.filtered(lambda lot: lot.med_status != "released")._signature_check("release")

    def _signature_applied(self, meaning, signatures):
        state = "passed" if meaning == "pass" else "failed"
        for inspection in self:
            inspection.with_context(med_inspection_token=INSPECTION_TOKEN).write(
                {
                    "state": state,
                    "inspector_id": self.env.uid,
                    "inspected_at": fields.Datetime.now(),
                    "accepted_quantity": inspection.quantity if meaning == "pass" else 0,
                }
            )
            inspection._switch(meaning == "pass")
        self.env["med.evidence.event"]._record(
            "inspection.ended", [{"record": i, "body": {"state": state, "defects": i.defects}} for i in self]
        )
        reasons = {i.lot_id.id: i.name for i in self}
        if meaning == "pass":
            lots = self.lot_id.filtered(lambda lot: lot.med_status != "released")
            lots._med_set_status("released", reasons)
        else:
            self.lot_id.filtered(lambda lot: lot.med_status == "released")._med_set_status("on_hold", reasons)
            self._open_deviations()

    def _switch(self, accepted):
        """Feed the series; a periodic inspection or a second look is no first presentation."""
        if self.trigger not in ("receipt", "return") or not self.series_id:
            return
        series, plan = self.series_id, self.plan_id
        tighter = accepted and (
            plan.sampling == "iso"
            and sampling.accepts_one_step_tighter(max(1, int(self.quantity)), plan.aql, plan.level, self.defects)
        )
        outcome = sampling.Outcome(
            accepted, self.accept_number, bool(tighter), accepted and self.defects > self.accept_number
        )
        series._set_state(sampling.switched(series._state(), outcome, reduced_allowed=plan.allow_reduced))

    def _open_deviations(self):
        self.env["med.deviation"]._open_all(
            [
                {
                    "source": "inspection",
                    "title": self.env._("Inspection %(inspection)s failed", inspection=i.name),
                    "description": i.measures,
                    "inspection_id": i.id,
                    "lot_ids": [(6, 0, i.lot_id.ids)],
                    "picking_ids": [(6, 0, i.picking_id.ids)],
                    "partner_id": i.partner_id.id,
                    "severity": "major",
                }
                for i in self
            ],
            self.company_id[:1],
        )

    # Doors -----------------------------------------------------------------------------

    def _check_open(self):
        ended = self.filtered(lambda i: i.state != "open")
        if ended:
            raise UserError(
                self.env._(
                    "%(inspections)s: ended already. Open another inspection for the lot.",
                    inspections=", ".join(ended.mapped("name")),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("med_inspection_token") is not INSPECTION_TOKEN:
            raise UserError(self.env._("Open the lot and choose “Inspect”; the plan draws the sample."))
        return super().create(vals_list)

    def write(self, vals):
        if self.env.context.get("med_inspection_token") is not INSPECTION_TOKEN:
            if vals.keys() & (FROZEN | {"inspector_id", "inspected_at", "external_keys", "accepted_quantity"}):
                raise UserError(self.env._("An inspection ends by signature, and its sample is drawn by its plan."))
            self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("An inspection is a record and cannot be deleted."))

    # Actions ---------------------------------------------------------------------------

    def action_inspect(self):
        """The tablet's screen: the next open check, one after the other."""
        self.ensure_one()
        self._check_open()
        check = self.check_ids.filtered(lambda c: c.result == "pending")[:1]
        if not check:
            return {
                "type": "ir.actions.act_window",
                "res_model": "med.inspection",
                "res_id": self.id,
                "views": [(False, "form")],
            }
        return check._action_tablet()
