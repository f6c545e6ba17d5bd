from collections import defaultdict
from decimal import Decimal
from math import isfinite

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from odoo.addons.med_evidence.lib import canonical
from odoo.addons.med_evidence.models.med_evidence_append_only import APPEND

from ..lib import ledger


class MedRecallAnswer(models.Model):
    """The units of one lot that one place of a consignee had when the recall began, and what
    became of them: delivered = returned + used + destroyed + explained + unaccounted."""

    _name = "med.recall.answer"
    _description = "Units of a recall at a consignee"
    _order = "consignee_id, id"
    _rec_name = "lot_id"

    recall_id = fields.Many2one("med.recall", "Recall", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="recall_id.company_id", store=True)
    consignee_id = fields.Many2one(
        "med.recall.consignee", "Consignee", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", "Sent to", required=True, readonly=True)
    lot_id = fields.Many2one("stock.lot", "Lot", required=True, readonly=True)
    product_id = fields.Many2one(related="lot_id.product_id")
    uom_id = fields.Many2one(related="lot_id.product_uom_id")
    delivered = fields.Float("Had when held", readonly=True, digits="Product Unit")
    in_stock = fields.Float("Still has", readonly=True, digits="Product Unit")
    used = fields.Float(readonly=True, digits="Product Unit")
    implanted = fields.Float(readonly=True, digits="Product Unit")
    passed_on = fields.Float("Passed on", readonly=True, digits="Product Unit")
    destroyed = fields.Float(readonly=True, digits="Product Unit")
    returning = fields.Float("Sends back", readonly=True, digits="Product Unit")
    returned = fields.Float("Came back", compute="_compute_returned", digits="Product Unit")
    explained = fields.Float(readonly=True, digits="Product Unit")
    explanation = fields.Char(readonly=True)
    unaccounted = fields.Float(compute="_compute_returned", digits="Product Unit")

    _place_uniq = models.UniqueIndex("(recall_id, partner_id, lot_id)")

    @api.depends("delivered", "used", "implanted", "destroyed", "explained")
    def _compute_returned(self):
        # what came back is read from the movements, never typed
        balances = self.env["med.recall.trace"].sudo()._balances(self.lot_id) if self.lot_id else {}  # sudo: as traced
        for answer in self:
            has_now = balances[answer.lot_id.id][0].consignees.get(answer.partner_id.id, ledger.ZERO)
            delivered = Decimal(canonical.quantity(answer.delivered))
            result = ledger.outcome(
                delivered,
                {name: Decimal(canonical.quantity(answer[name])) for name in ("used", "implanted", "destroyed")},
                max(delivered - has_now, ledger.ZERO),
                Decimal(canonical.quantity(answer.explained)),
            )
            answer.returned, answer.unaccounted = float(result.returned), float(result.unaccounted)

    def _snapshot(self):
        names = ("delivered", "returned", "used", "implanted", "destroyed", "explained", "unaccounted")
        return {
            "lot": self.lot_id.id,
            "at": self.partner_id.id,
            **{name: canonical.quantity(self[name]) for name in names},
        }

    @api.model_create_multi
    def create(self, vals_list):
        self._check_caller()
        return super().create(vals_list)

    def write(self, vals):
        self._check_caller()
        return super().write(vals)

    def _check_caller(self):
        if self.env.context.get("med_recall_token") is not APPEND:
            raise UserError(
                self.env._("Units come from the trace, answers from the consignee. Explain what is missing instead.")
            )

    def _check_said(self, said):
        """Raise the sentence the consignee reads when his figures cannot be."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        lot = self.lot_id.name
        for quantity in said.values():
            if not isfinite(quantity) or quantity < 0:
                raise UserError(self.env._("Lot %(lot)s: enter numbers of nought or more.", lot=lot))
        total = sum(quantity for kind, quantity in said.items() if kind != "returning")
        if float_compare(total, self.delivered, precision_digits=digits) > 0:
            raise UserError(
                self.env._(
                    "Lot %(lot)s: that is %(total)s together, but %(delivered)s were delivered. Correct the figures.",
                    lot=lot,
                    total=f"{total:g}",
                    delivered=f"{self.delivered:g}",
                )
            )
        if float_compare(said["returning"], said["in_stock"], precision_digits=digits) > 0:
            raise UserError(
                self.env._("Lot %(lot)s: you cannot send back more than you still have. Correct the figures.", lot=lot)
            )

    def _explain(self, quantity, explanation):
        """Account for units that cannot be found: quality says why."""
        self.ensure_one()
        if not self.env.user.has_group("med_master_data.group_med_quality"):
            raise UserError(self.env._("Only quality explains missing units. Ask a quality manager."))
        if self.recall_id.state in ("closed", "withdrawn"):
            raise UserError(self.env._("This recall is closed; its figures do not change any more."))
        if not (explanation or "").strip():
            raise UserError(self.env._("Say what became of these units."))
        if not isfinite(quantity) or quantity <= 0 or quantity > self.unaccounted + self.explained + 1e-6:
            raise UserError(
                self.env._(
                    "Lot %(lot)s: explain between 0 and %(open)s units.",
                    lot=self.lot_id.name,
                    open=f"{self.unaccounted + self.explained:g}",
                )
            )
        # sudo: the figures of an answer are the system's
        self.sudo().with_context(med_recall_token=APPEND).write({"explained": quantity, "explanation": explanation})
        self.env["med.evidence.event"]._record(
            "recall.explained",
            [
                {
                    "record": self.recall_id,
                    "reason": explanation,
                    "body": {"lot": self.lot_id.id, "at": self.partner_id.id, "quantity": canonical.quantity(quantity)},
                }
            ],
        )

    def action_explain(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Explain missing units"),
            "res_model": "med.recall.explain",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_answer_id": self.id, "default_quantity": self.unaccounted},
        }

    # Returns ---------------------------------------------------------------------------

    def _create_returns(self):
        """Odoo's own returns of the deliveries, for what the consignees send back, into the recall
        cage. What waits on an open return already is not asked for again."""
        wanted = {}
        for answer in self:
            waiting = sum(
                answer.recall_id.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
                .move_line_ids.filtered(
                    lambda line, answer=answer: (
                        line.lot_id == answer.lot_id
                        and line.location_id.usage == "customer"
                        and line.picking_id.partner_id == answer.partner_id
                    )
                )
                .mapped("quantity_product_uom")
            )
            open_ = answer.returning - answer.returned - waiting
            if open_ > 1e-6:
                wanted[answer] = open_
        if not wanted:
            raise UserError(self.env._("Nobody sends anything back that is not on a return already."))
        by_delivery = defaultdict(lambda: defaultdict(float))
        for answer, quantity in wanted.items():
            for line, share in answer._deliveries_to_return(quantity):
                by_delivery[line.picking_id][line.move_id, answer.lot_id] += share
        pickings = self.env["stock.picking"]
        for delivery, shares in by_delivery.items():
            pickings |= self.recall_id[:1]._return_delivery(delivery, shares)
        return pickings

    def _deliveries_to_return(self, quantity):
        """The delivered lines to return, the youngest first, each with its share."""
        # sudo: deliveries of any company in the trace
        lines = (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("lot_id", "=", self.lot_id.id),
                    ("state", "=", "done"),
                    ("location_dest_id.usage", "=", "customer"),
                    ("location_id.usage", "!=", "customer"),
                    ("picking_id.partner_id", "=", self.partner_id.id),
                ],
                order="date desc, id desc",
            )
        )
        for line in lines:
            if quantity <= 1e-6:
                return
            back = sum(
                line.move_id.returned_move_ids.filtered(lambda move: move.state == "done")
                .move_line_ids.filtered(lambda other, line=line: other.lot_id == line.lot_id)
                .mapped("quantity_product_uom")
            )
            share = min(quantity, line.quantity_product_uom - back)
            if share > 1e-6:
                quantity -= share
                yield line, share


class MedRecallReturn(models.Model):
    _inherit = "med.recall"

    def _return_delivery(self, delivery, shares):
        """One return of ``delivery``: {(move, lot): quantity in the product's unit}."""
        cage = delivery.picking_type_id.warehouse_id._med_recall_cage()
        return delivery._med_return(shares, cage, med_recall_id=self.id, origin=f"{self.name} / {delivery.name}")
