"""What a recall costs and who pays: Odoo's own credit notes, vendor credit notes, orders and analytic
account. The accountant finds drafts like any other; nothing of this suite is to be learned."""

from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

NOTHING = 1e-6


class MedRecall(models.Model):
    _inherit = "med.recall"

    analytic_account_id = fields.Many2one("account.analytic.account", "Analytic account", readonly=True, copy=False)
    cost = fields.Monetary(
        "Cost so far", compute="_compute_cost", help="What was booked on the recall's analytic account, taken together."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    claim_ids = fields.One2many("med.recall.claim", "recall_id", "Claims on suppliers")
    move_ids = fields.One2many("account.move", "med_recall_id", "Credit notes and claims", readonly=True)
    move_count = fields.Integer("Documents", compute="_compute_document_counts")
    replacement_ids = fields.One2many("sale.order", "med_recall_id", "Replacement orders", readonly=True)
    replacement_count = fields.Integer("Replacements", compute="_compute_document_counts")

    @api.depends("analytic_account_id")
    def _compute_cost(self):
        # sudo: the sum is told to everybody who sees the recall, what it is made of to accountants
        for recall in self:
            recall.cost = -recall.sudo().analytic_account_id.balance

    @api.depends("move_ids", "replacement_ids")
    def _compute_document_counts(self):
        # sudo: how many there are, whoever may open them
        for recall in self.sudo():
            recall.move_count, recall.replacement_count = len(recall.move_ids), len(recall.replacement_ids)

    def _hold(self, reason=None):
        super()._hold(reason)
        if not self.is_drill:
            self._open_account()

    def _open_account(self):
        """The analytic account that freight, labour, credits and claims of this recall are booked on."""
        # sudo: a consequence of the hold, whatever quality may do in accounting
        plans = self.env["account.analytic.plan"].sudo()
        plan = plans.search([("parent_id", "=", False)], limit=1) or plans.create({"name": self.env._("Recalls")})
        account = (
            self.env["account.analytic.account"]
            .sudo()
            .create({"name": " ".join((self.name, self.title)), "plan_id": plan.id, "company_id": self.company_id.id})
        )
        self.sudo().analytic_account_id = account

    def _check_money(self):
        self.ensure_one()
        self.check_access("write")  # what follows is done by the system on behalf of quality
        if self.is_drill:
            raise UserError(self.env._("This is a drill: nothing is booked and nothing is ordered."))
        if self.state not in ("notified", "closed"):
            raise UserError(self.env._("Notify the consignees first; their answers say what is to be settled."))

    def _on_account(self, moves):
        """Book documents on the recall: its analytic account, and a way back to it."""
        # sudo: drafts that an accountant checks and posts
        moves = moves.sudo()
        moves.med_recall_id = self
        if self.analytic_account_id:
            for line in moves.invoice_line_ids:
                line.analytic_distribution = line.analytic_distribution or {str(self.analytic_account_id.id): 100}
        return moves

    def action_credit_notes(self):
        """Credit notes of Odoo's for what came back, on the recall's analytic account."""
        action = super().action_credit_notes()
        self._on_account(self.env["account.move"].search(action["domain"]))
        return action

    # Claims ------------------------------------------------------------------------------

    def _lost_units(self):
        """{lot: units that are lost to us}: what is with us, was disposed of, or was destroyed at a
        consignee. What was used is no loss of goods."""
        lost = defaultdict(float)
        balances = self.env["med.recall.trace"].sudo()._balances(self.lot_ids)  # sudo: as traced
        for lot in self.lot_ids:
            lost[lot] += float(balances[lot.id][0].here)
        for disposal in self.disposal_ids.filtered(lambda one: one.state == "done"):
            moved = disposal.scrap_id or disposal.picking_id.state == "done"
            lost[disposal.lot_id] += disposal.quantity if moved else 0
        for answer in self.answer_ids:
            lost[answer.lot_id] += answer.destroyed
        return lost

    def action_prepare_claims(self):
        """Lines to claim, one per lot, for what is lost and not claimed yet; open lines are anew."""
        self._check_money()
        self.claim_ids.filtered(lambda claim: not claim.move_id).unlink()
        claimed = defaultdict(float)
        for claim in self.claim_ids:
            claimed[claim.lot_id] += claim.quantity
        # sudo: prices of purchases and products are copied, not shown elsewhere
        values = [
            {
                "recall_id": self.id,
                "lot_id": lot.id,
                "partner_id": lot.med_supplier_id.id,
                "quantity": units - claimed[lot],
                "price": self.env["med.recall.claim"].sudo()._bought_at(lot),
            }
            for lot, units in self._lost_units().items()
            if units - claimed[lot] > NOTHING
        ]
        if not values:
            raise UserError(self.env._("There is nothing to claim: no unit is lost that is not claimed already."))
        self.env["med.recall.claim"].create(values)

    def action_claim(self):
        """One draft vendor credit note per supplier, for the accountant to send and post."""
        self._check_money()
        claims = self.claim_ids.filtered(lambda claim: not claim.move_id)
        nameless = claims.filtered(lambda claim: not claim.partner_id)
        if not claims:
            raise UserError(self.env._("Prepare the claims first."))
        if nameless:
            raise UserError(
                self.env._(
                    "Lot %(lot)s: nobody knows who delivered it. Enter the supplier.", lot=nameless[0].lot_id.name
                )
            )
        for partner, lines in claims.grouped("partner_id").items():
            # sudo: a draft; posting it is the accountant's
            move = (
                self.env["account.move"]
                .sudo()
                .with_company(self.company_id)
                .create(
                    {
                        "move_type": "in_refund",
                        "partner_id": partner.id,
                        "company_id": self.company_id.id,
                        "invoice_origin": self.name,
                        "ref": " ".join((self.name, self.title)),
                        "invoice_line_ids": [Command.create(line._invoice_line()) for line in lines],
                    }
                )
            )
            self._on_account(move)
            lines._keep_move(move)
            self.env["med.evidence.event"]._record(
                "recall.claimed",
                [{"record": self, "body": {"supplier": partner.name, "lots": lines.lot_id.ids, "document": move.id}}],
            )
        return self.action_open_documents()

    # Replacements ------------------------------------------------------------------------

    def action_replacements(self):
        """Draft orders, free of charge, for what each place sent back or destroyed."""
        self._check_money()
        wanted = defaultdict(float)
        for answer in self.answer_ids:
            wanted[answer.partner_id, answer.product_id] += answer.returned + answer.destroyed
        # sudo: what is ordered already, whoever may read orders
        for line in self.sudo().replacement_ids.filtered(lambda order: order.state != "cancel").order_line:
            key = line.order_id.partner_shipping_id, line.product_id
            wanted[key] -= line.product_uom_id._compute_quantity(line.product_uom_qty, line.product_id.uom_id)
        by_place = defaultdict(list)
        for (place, product), units in wanted.items():
            if units > NOTHING:
                by_place[place].append((product, units))
        if not by_place:
            raise UserError(
                self.env._("Nothing is to be replaced: nobody sent back or destroyed units without a replacement.")
            )
        # sudo: drafts that sales checks and confirms
        orders = (
            self.env["sale.order"]
            .sudo()
            .with_company(self.company_id)
            .create(
                [
                    {
                        "partner_id": place.commercial_partner_id.id,
                        "partner_shipping_id": place.id,
                        "company_id": self.company_id.id,
                        "origin": self.name,
                        "med_recall_id": self.id,
                        "order_line": [
                            Command.create(
                                {
                                    "product_id": product.id,
                                    "product_uom_qty": units,
                                    "product_uom_id": product.uom_id.id,
                                    "discount": 100,
                                }
                            )
                            for product, units in lines
                        ],
                    }
                    for place, lines in by_place.items()
                ]
            )
        )
        self.env["med.evidence.event"]._record(
            "recall.replaced", [{"record": self, "body": {"orders": orders.mapped("name")}}]
        )
        return self.action_open_replacements()

    # Opening -----------------------------------------------------------------------------

    def action_open_documents(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("med_recall_id", "=", self.id)],
            "context": {"create": False},
            # last: the reader of translations stumbles over brackets behind a term
            "name": self.env._("Credit notes and claims"),
        }

    def action_open_replacements(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "view_mode": "list,form",
            "domain": [("med_recall_id", "=", self.id)],
            "context": {"create": False},
            "name": self.env._("Replacement orders"),
        }

    def action_open_cost(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cost of %(recall)s", recall=self.name),
            "res_model": "account.analytic.line",
            "view_mode": "list,pivot,graph",
            "domain": [("auto_account_id", "=", self.analytic_account_id.id)],
        }


class MedRecallClaim(models.Model):
    """Units of one lot that the supplier shall pay for."""

    _name = "med.recall.claim"
    _description = "Claim on the supplier of recalled goods"
    _order = "recall_id, id"
    _rec_name = "lot_id"

    recall_id = fields.Many2one("med.recall", "Recall", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="recall_id.company_id", store=True)
    currency_id = fields.Many2one(related="recall_id.currency_id")
    lot_id = fields.Many2one("stock.lot", "Lot", required=True, ondelete="restrict")
    product_id = fields.Many2one(related="lot_id.product_id")
    partner_id = fields.Many2one("res.partner", "Supplier")
    quantity = fields.Float("Units", required=True, digits="Product Unit")
    price = fields.Monetary(
        "Price per unit", help="As bought, before taxes; the product's cost where that is not known."
    )
    amount = fields.Monetary(compute="_compute_amount")
    move_id = fields.Many2one("account.move", "Document", readonly=True, copy=False)

    _quantity_range = models.Constraint("CHECK (quantity > 0)", "Enter how many units are claimed.")

    @api.depends("quantity", "price")
    def _compute_amount(self):
        for claim in self:
            claim.amount = claim.quantity * claim.price

    def write(self, vals):
        self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_open(self):
        self._check_open()

    def _check_open(self):
        for claim in self:
            if claim.move_id:
                raise UserError(
                    self.env._(
                        "Lot %(lot)s is claimed already; what is written is in the vendor credit note.",
                        lot=claim.lot_id.name,
                    )
                )

    def _keep_move(self, move):
        # once: from then on the line is what was claimed
        super().write({"move_id": move.id})

    @api.model
    def _bought_at(self, lot):
        """What a unit of the lot cost when it was bought, in the company's currency."""
        lines = lot.env["med.recall.trace"]._backward(lot)
        if lines and "purchase_line_id" in self.env["stock.move"]._fields:
            move = (
                self.env["stock.move.line"]
                .browse([row.line_id for row in lines])
                .move_id.filtered("purchase_line_id")[:1]
            )
            bought = move.purchase_line_id
            if bought:
                price = bought.product_uom_id._compute_price(bought.price_unit_discounted, lot.product_id.uom_id)
                company = bought.company_id
                return bought.currency_id._convert(price, company.currency_id, company, bought.date_order)
        return lot.product_id.standard_price

    def _invoice_line(self):
        return {
            "product_id": self.product_id.id,
            "name": self.env._(
                "%(product)s, lot %(lot)s, recall %(recall)s",
                product=self.product_id.display_name,
                lot=self.lot_id.name,
                recall=self.recall_id.name,
            ),
            "quantity": self.quantity,
            "product_uom_id": self.product_id.uom_id.id,
            "price_unit": self.price,
        }


class AccountMove(models.Model):
    _inherit = "account.move"

    med_recall_id = fields.Many2one("med.recall", "Recall", readonly=True, copy=False, index="btree_not_null")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    med_recall_id = fields.Many2one("med.recall", "Recall", readonly=True, copy=False, index="btree_not_null")
