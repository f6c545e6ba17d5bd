"""What becomes of goods in the returns area: inspected, decided and signed, one lot at a time."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.med_evidence.lib import canonical

# Held by the methods below only: a client can send any context but never this object.
DECISION_TOKEN = object()
# What whoever handles the return writes down; everything else follows from what happened.
NOTES = {"reason_id", "condition", "storage_proof", "attachment_ids", "note", "decide_quantity", "location_dest_id"}
# Kept in a refrigerator or colder (°C): what comes back needs proof of how it was kept (GSP 67).
COLD = 10


class MedReturnDecision(models.Model):
    """A return record (退货记录, GSP 107) of one lot, and the signature on what becomes of it."""

    _name = "med.return.decision"
    _inherit = ["mail.thread", "mail.activity.mixin", "med.signable", "med.numbering"]
    _description = "Decision on returned goods"
    _order = "id desc"
    _check_company_auto = True
    _numbering = ("med.return.decision", "RET")

    name = fields.Char("Number", required=True, readonly=True, copy=False)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    state = fields.Selection(
        [("open", "To decide"), ("restocked", "Back to stock"), ("rejected", "Not back to stock")],
        "Status",
        required=True,
        readonly=True,
        default="open",
        index=True,
        tracking=True,
    )
    picking_id = fields.Many2one("stock.picking", "Return", readonly=True, index="btree_not_null", ondelete="restrict")
    delivery_id = fields.Many2one(
        "stock.picking", "Original delivery", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    partner_id = fields.Many2one("res.partner", "Returned by", readonly=True, index="btree_not_null")
    product_id = fields.Many2one("product.product", "Product", required=True, readonly=True, ondelete="restrict")
    lot_id = fields.Many2one("stock.lot", "Lot", readonly=True, index="btree_not_null", ondelete="restrict")
    expiration_date = fields.Datetime(related="lot_id.expiration_date")
    med_status = fields.Selection(related="lot_id.med_status", string="Lot status")
    package_id = fields.Many2one("stock.package", "Package", readonly=True, ondelete="restrict")
    owner_id = fields.Many2one("res.partner", "Owner", readonly=True, ondelete="restrict")
    location_id = fields.Many2one("stock.location", "Lies in", required=True, readonly=True, ondelete="restrict")
    quantity = fields.Float(digits="Product Unit", required=True, readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    decide_quantity = fields.Float(
        "Decide on", digits="Product Unit", help="Fewer than came back: the rest stays to be decided."
    )
    reason_id = fields.Many2one("med.return.reason", "Reason", ondelete="restrict", tracking=True)
    condition = fields.Selection(
        [("unopened", "Unopened and whole"), ("opened", "Opened"), ("damaged", "Damaged")], tracking=True
    )
    is_cold = fields.Boolean("Kept cold", compute="_compute_is_cold")
    storage_proof = fields.Text(
        "Kept how while away",
        help="Where and how warm the goods were kept while they were with the consignee, and how that is known.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Photos and records", help="Photos, the temperature record of cold goods."
    )
    note = fields.Text("What the inspection found")
    inspection_ids = fields.Many2many("med.inspection", string="Inspections", compute="_compute_inspection_ids")
    location_dest_id = fields.Many2one(
        "stock.location",
        "Back to",
        check_company=True,
        domain="[('usage', '=', 'internal'), ('med_is_quarantine', '=', False)]",
        help="Empty: the stock of the warehouse.",
    )
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True, copy=False)
    decided_at = fields.Datetime("Decided at", readonly=True, copy=False)
    move_ids = fields.One2many("stock.move", "med_return_decision_id", "Movements back to stock", readonly=True)
    deviation_id = fields.Many2one("med.deviation", "Deviation", readonly=True, copy=False)

    @api.depends("product_id")
    def _compute_is_cold(self):
        for decision in self:
            condition = decision.product_id.med_storage_condition_id
            decision.is_cold = condition.has_max and condition.max_temp <= COLD

    @api.depends("picking_id", "lot_id")
    def _compute_inspection_ids(self):
        found = self.env["med.inspection"].search(
            [("picking_id", "in", self.picking_id.ids), ("lot_id", "in", self.lot_id.ids)]
        )
        of_lot = found.grouped(lambda inspection: (inspection.picking_id, inspection.lot_id))
        for decision in self:
            decision.inspection_ids = of_lot.get((decision.picking_id, decision.lot_id), found.browse())

    # Opening ---------------------------------------------------------------------------

    @api.model
    def _open(self, lines):
        """One open decision per lot, package and owner of what these finished lines brought back."""
        rows = {}
        for line in lines:
            origin = line.move_id.origin_returned_move_id.picking_id
            key = (line.picking_id, origin, line.product_id, line.lot_id, line.result_package_id, line.owner_id)
            rows.setdefault((*key, line.location_dest_id, line.company_id), []).append(line.quantity_product_uom)
        return self._open_rows(
            {
                "company_id": company.id,
                "picking_id": picking.id,
                "delivery_id": origin.id,
                "partner_id": (picking.partner_id or origin.partner_id).id,
                "product_id": product.id,
                "lot_id": lot.id,
                "package_id": package.id,
                "owner_id": owner.id,
                "location_id": place.id,
                "quantity": sum(units),
                "reason_id": picking.med_return_reason_id.id,
            }
            for (picking, origin, product, lot, package, owner, place, company), units in rows.items()
        )

    @api.model
    def _open_rows(self, rows):
        decisions = self.browse()
        by_company = {}
        for row in rows:
            by_company.setdefault(row["company_id"], []).append(row)
        for company_id, vals_list in by_company.items():
            company = self.env["res.company"].browse(company_id)
            numbers = self._next_numbers(company, len(vals_list))
            # sudo: whoever receives the return opens them, and decides nothing
            created = (
                self.sudo()
                .with_context(med_decision_token=DECISION_TOKEN, tracking_disable=True)
                .create(
                    [
                        {**vals, "name": number, "decide_quantity": vals["quantity"]}
                        for vals, number in zip(vals_list, numbers, strict=True)
                    ]
                )
            )
            decisions |= self.browse(created.ids)
        self.env["med.evidence.event"]._record(
            "return.received",
            [
                {
                    "record": decision,
                    "body": {
                        "delivery": [decision.delivery_id.id, decision.delivery_id.name],
                        "lot": [decision.lot_id.id, decision.lot_id.name],
                        "quantity": canonical.quantity(decision.quantity),
                        "location": decision.location_id.complete_name,
                    },
                }
                for decision in decisions.sudo()  # sudo: the names in it, whoever receives
            ],
        )
        return decisions

    @api.model
    def _open_for_quants(self, quants):
        """Decisions on devices that lie in a returns area and that no open decision speaks of."""
        rows = []
        for quant in quants.filtered(lambda q: q.location_id.med_is_quarantine and q.product_id.med_is_device):
            same = [
                ("state", "=", "open"),
                ("location_id", "=", quant.location_id.id),
                ("product_id", "=", quant.product_id.id),
                ("lot_id", "=", quant.lot_id.id),
                ("package_id", "=", quant.package_id.id),
                ("owner_id", "=", quant.owner_id.id),
            ]
            free = quant.quantity - quant.reserved_quantity - sum(self.search(same).mapped("quantity"))
            if quant.product_id.uom_id.compare(free, 0) > 0:
                rows.append(
                    {
                        "company_id": quant.company_id.id,
                        "product_id": quant.product_id.id,
                        "lot_id": quant.lot_id.id,
                        "package_id": quant.package_id.id,
                        "owner_id": quant.owner_id.id,
                        "location_id": quant.location_id.id,
                        "quantity": free,
                    }
                )
        if not rows:
            raise UserError(
                self.env._("Nothing here waits for a decision: choose devices in a returns area that none is open for.")
            )
        return self._open_rows(rows)

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("med_decision_token") is not DECISION_TOKEN:
            raise UserError(self.env._("A decision opens when goods come back. Receive the return."))
        return super().create(vals_list)

    def write(self, vals):
        if self.env.context.get("med_decision_token") is not DECISION_TOKEN:
            own = vals.keys() & (self._fields.keys() - self.pool["mail.thread"]._fields.keys())
            own -= self.pool["mail.activity.mixin"]._fields.keys()
            if own - NOTES:
                raise UserError(self.env._("What came back and what became of it is not written by hand. Sign it."))
            if own and any(decision.state != "open" for decision in self):
                raise UserError(self.env._("This return is decided and signed; its record stays as it is."))
        return super().write(vals)

    @api.constrains("decide_quantity")
    def _check_decide_quantity(self):
        for decision in self:
            compare = decision.product_id.uom_id.compare
            if compare(decision.decide_quantity, 0) <= 0 or compare(decision.decide_quantity, decision.quantity) > 0:
                raise UserError(
                    self.env._(
                        "%(number)s: decide on more than nothing and on no more than the %(quantity)s that are there.",
                        number=decision.name,
                        quantity=canonical.quantity(decision.quantity),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A return is a record and cannot be deleted."))

    # Signature -------------------------------------------------------------------------

    def _signature_meanings(self):
        return {
            "restock": self.env._("I inspected these returned goods; they may go back to stock"),
            "reject": self.env._("I inspected these returned goods; they do not go back to stock"),
        }

    def _signature_snapshot(self, meaning):
        decision = self.sudo()  # sudo: what is signed is the same whoever reads it
        return {
            "number": decision.name,
            "return": decision.picking_id.name or "",
            "delivery": decision.delivery_id.name or "",
            "consignee": [decision.partner_id.id, decision.partner_id.name or ""],
            "product": [decision.product_id.id, decision.product_id.default_code or decision.product_id.name],
            "lot": [decision.lot_id.id, decision.lot_id.name or ""],
            "expiry": fields.Datetime.to_string(decision.lot_id.expiration_date) or "",
            "quantity": canonical.quantity(decision.decide_quantity),
            "reason": decision.reason_id.code or "",
            "condition": decision.condition or "",
            "kept": decision.storage_proof or "",
            "files": sorted(decision.attachment_ids.mapped(lambda file: file.checksum or "")),
            "found": decision.note or "",
            "meaning": meaning,
        }

    def _signature_display(self, meaning):
        conditions = dict(self._fields["condition"]._description_selection(self.env))
        return {
            self.env._("Return"): self.picking_id.name or self.name,
            self.env._("Original delivery"): self.delivery_id.name or "–",
            self.env._("Returned by"): self.partner_id.display_name or "–",
            self.env._("Goods"): self.env._(
                "%(product)s, lot %(lot)s, expires %(expiry)s: %(quantity)s %(unit)s",
                product=self.product_id.display_name,
                lot=self.lot_id.name or "–",
                expiry=format_date(self.env, self.lot_id.expiration_date) or "–",
                quantity=canonical.quantity(self.decide_quantity),
                unit=self.uom_id.name,
            ),
            self.env._("Reason"): self.reason_id.name or "–",
            self.env._("Condition"): conditions.get(self.condition, "–"),
            self.env._("Found"): self.note or "–",
        }

    def _signature_check(self, meaning):
        if not self.env.user.has_group("med_master_data.group_med_quality"):
            raise UserError(self.env._("Only quality decides on returned goods. Ask one of them."))
        self.check_access("write")
        for decision in self:
            if decision.state != "open":
                raise UserError(self.env._("%(number)s is decided already.", number=decision.name))
            if not decision.reason_id or not decision.condition:
                raise UserError(
                    self.env._(
                        "%(number)s: say why the goods came back and in what condition, then sign.",
                        number=decision.name,
                    )
                )
            if meaning == "restock":
                decision._check_restock()

    def _check_restock(self):
        """What has to be so before goods may be sold again (GSP 67, 106; GDP 6.3)."""
        lot = self.lot_id
        name = {"product": self.product_id.display_name, "lot": lot.name or "–"}
        if self.condition != "unopened":
            raise UserError(
                self.env._(
                    "%(product)s, lot %(lot)s: only what is unopened and whole goes back to stock. Decide against it.",
                    **name,
                )
            )
        if lot and lot.med_status != "released":
            raise UserError(
                self.env._(
                    "%(product)s, lot %(lot)s, is not a released lot. Quality decides on the lot first; until then the"
                    " goods stay here.",
                    **name,
                )
            )
        if lot.expiration_date and lot.expiration_date <= fields.Datetime.now():
            raise UserError(
                self.env._(
                    "%(product)s, lot %(lot)s, has expired and cannot go back to stock. Decide against it.", **name
                )
            )
        unfinished = self.inspection_ids.filtered(lambda one: one.state in ("open", "failed"))
        if unfinished:
            raise UserError(
                self.env._(
                    "%(inspection)s of %(product)s, lot %(lot)s, is not passed. Finish the inspection first.",
                    inspection=unfinished[0].name,
                    **name,
                )
            )
        if self.is_cold and not (self.storage_proof and self.attachment_ids):
            raise UserError(
                self.env._(
                    "%(product)s is kept cold. Without the temperature record of the time it was with the consignee it"
                    " does not go back to stock: describe how it was kept and attach the record, or decide against it.",
                    **name,
                )
            )

    def _signature_applied(self, meaning, signatures):
        for signature in signatures:
            # sudo: only the signature says who, when and what; the signer need not move goods himself
            decision = self.browse(signature.res_id).sudo().with_context(med_decision_token=DECISION_TOKEN)
            decision._split_rest()
            decision.write(
                {
                    "state": "restocked" if meaning == "restock" else "rejected",
                    "decided_by_id": signature.user_id.id,
                    "decided_at": signature.signed_at,
                }
            )
            if meaning == "restock":
                decision._create_transfer()
            else:
                decision._open_deviation()

    def _split_rest(self):
        """What is not decided on now stays open under a number of its own."""
        rest = self.quantity - self.decide_quantity
        if self.product_id.uom_id.compare(rest, 0) > 0:
            names = ("picking_id", "delivery_id", "partner_id", "product_id", "lot_id", "package_id", "owner_id")
            self._open_rows(
                [
                    {
                        **{name: self[name].id for name in (*names, "location_id", "company_id", "reason_id")},
                        "quantity": rest,
                    }
                ]
            )
            self.quantity = self.decide_quantity

    def _create_transfer(self):
        """The transfer that brings the goods back to the shelf, for whoever carries them."""
        warehouse = self.location_id.warehouse_id
        target = self.location_dest_id or warehouse.lot_stock_id
        if not target:
            raise UserError(
                self.env._("%(place)s belongs to no warehouse. Say where the goods go.", place=self.location_id.name)
            )
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": warehouse.int_type_id.id,
                "location_id": self.location_id.id,
                "location_dest_id": target.id,
                "origin": self.name,
                "company_id": self.company_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.product_id.id,
                            "product_uom_qty": self.quantity,
                            "location_id": self.location_id.id,
                            "location_dest_id": target.id,
                            "med_return_decision_id": self.id,
                            "move_line_ids": [
                                Command.create(
                                    {
                                        "product_id": self.product_id.id,
                                        "lot_id": self.lot_id.id,
                                        "package_id": self.package_id.id,
                                        "owner_id": self.owner_id.id,
                                        "quantity": self.quantity,
                                        "location_id": self.location_id.id,
                                        "location_dest_id": target.id,
                                    }
                                )
                            ],
                        }
                    )
                ],
            }
        )
        picking.move_ids.move_line_ids.picking_id = picking
        picking.action_confirm()
        return picking

    def _open_deviation(self):
        self.deviation_id = self.env["med.deviation"]._open_all(
            [
                {
                    "source": "return",
                    "severity": "major",
                    "title": self.env._("%(number)s: returned goods not back to stock", number=self.name),
                    "description": self.note or self.reason_id.name,
                    "lot_ids": [Command.set(self.lot_id.ids)],
                    "picking_ids": [Command.set(self.picking_id.ids)],
                    "partner_id": self.partner_id.id,
                    "user_id": self.env.uid,
                }
            ],
            self.company_id,
        )

    def action_show_transfers(self):
        """The transfers that carry the decision out."""
        self.ensure_one()
        pickings = self.move_ids.picking_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Transfers"),
            "res_model": "stock.picking",
            "domain": [("id", "in", pickings.ids)],
            "views": [(False, "list"), (False, "form")] if len(pickings) > 1 else [(False, "form")],
            **({"res_id": pickings.id} if len(pickings) == 1 else {}),
        }


class StockPicking(models.Model):
    _inherit = "stock.picking"

    med_return_reason_id = fields.Many2one(
        "med.return.reason", "Reason of return", copy=False, ondelete="restrict", prefetch="med"
    )
    med_return_decision_ids = fields.One2many("med.return.decision", "picking_id", "Decisions on return")

    def action_med_return_decisions(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decisions on return"),
            "res_model": "med.return.decision",
            "domain": [("picking_id", "=", self.id)],
            "views": [(False, "list"), (False, "form")],
        }


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def action_med_decide(self):
        """Open decisions on what lies in a returns area, however it came there."""
        decisions = self.env["med.return.decision"]._open_for_quants(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decisions on return"),
            "res_model": "med.return.decision",
            "domain": [("id", "in", decisions.ids)],
            "views": [(False, "list"), (False, "form")],
        }
