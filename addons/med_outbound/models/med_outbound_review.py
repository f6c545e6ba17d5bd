from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.med_evidence.lib import canonical

REVIEWERS = ("med_master_data.group_med_reviewer", "med_master_data.group_med_quality")


class MedOutboundReview(models.Model):
    """The outbound review (出库复核) of one delivery: goods, lots, expiry, quantity and looks,
    checked line by line by a second person and signed.

    What is signed is the delivery as it is at that moment, so a lot swapped afterwards voids
    the signature.
    """

    _name = "med.outbound.review"
    _inherit = ["med.signable"]
    _description = "Outbound review"
    _order = "id desc"
    _rec_name = "picking_id"

    picking_id = fields.Many2one("stock.picking", "Delivery", required=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(related="picking_id.partner_id", string="Consignee")
    company_id = fields.Many2one(related="picking_id.company_id", store=True)
    line_ids = fields.One2many("med.outbound.review.line", "review_id", "Lines")
    reviewer_id = fields.Many2one("res.users", "Reviewed by", readonly=True, copy=False)
    signed_at = fields.Datetime("Signed at", readonly=True, copy=False)
    state = fields.Selection(
        [("open", "Open"), ("signed", "Signed"), ("void", "Void")],
        compute="_compute_state",
        string="Status",
    )

    @api.depends("signed_at", "signature_ids")
    def _compute_state(self):
        for review in self:
            if not review.signed_at:
                review.state = "open"
            else:
                review.state = "signed" if review._valid_signatures("review") else "void"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.update(reviewer_id=False, signed_at=False)
        reviews = super().create(vals_list)
        for review in reviews:
            if not review.line_ids:
                review._fill()
        return reviews

    def write(self, vals):
        if vals.keys() & {"reviewer_id", "signed_at", "picking_id"}:
            raise UserError(self.env._("Who reviewed and when comes from the signature. Sign the review."))
        if any(review.signed_at for review in self):
            raise UserError(self.env._("A signed review stays as it is. Start a new one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        if any(review.signed_at for review in self):
            raise UserError(self.env._("A signed review is a record and cannot be deleted."))

    def _fill(self):
        """One line per lot of the delivery, to be counted by the reviewer."""
        self.line_ids = [
            Command.create(
                {
                    "product_id": line.product_id.id,
                    "lot_id": line.lot_id.id,
                    "move_line_id": line.id,
                    "expected_quantity": line.quantity_product_uom,
                }
            )
            for line in self.picking_id.move_line_ids._med_devices()
        ]

    # Signature ---------------------------------------------------------------------------

    def _signature_meanings(self):
        return {"review": self.env._("I reviewed this delivery and it may leave")}

    def _signature_snapshot(self, meaning):
        # sudo: the signed content is the same whoever reads it
        return self.sudo().picking_id._med_review_snapshot()

    def _signature_display(self, meaning):
        lines = self.picking_id.move_line_ids._med_devices()
        return {
            self.env._("Delivery"): self.picking_id.name,
            self.env._("Consignee"): self.picking_id.partner_id.display_name or "–",
            self.env._("Goods"): [
                self.env._(
                    "%(product)s, lot %(lot)s, expires %(expiry)s: %(quantity)s %(unit)s",
                    product=line.product_id.display_name,
                    lot=line.lot_id.name or "–",
                    expiry=format_date(self.env, line.lot_id.expiration_date) or "–",
                    quantity=canonical.quantity(line.quantity),
                    unit=line.product_uom_id.name,
                )
                for line in lines
            ],
        }

    def _signature_check(self, meaning):
        user = self.env.user
        if not any(user.has_group(group) for group in REVIEWERS):
            raise UserError(self.env._("Only reviewers sign an outbound review. Ask one of them."))
        self.check_access("read")
        for review in self:
            lines = review.picking_id.move_line_ids._med_devices()
            if review.signed_at:
                raise UserError(self.env._("This review is signed already."))
            if review.picking_id.state in ("done", "cancel"):
                raise UserError(
                    self.env._(
                        "%(picking)s is finished; there is nothing left to review.",
                        picking=review.picking_id.name,
                    )
                )
            if not lines or not all(lines.mapped("picked")):
                raise UserError(
                    self.env._(
                        "%(picking)s is not picked completely yet. Finish picking first.",
                        picking=review.picking_id.name,
                    )
                )
            if user in lines.med_picked_by_id:
                raise UserError(
                    self.env._(
                        "You picked %(picking)s yourself. Somebody else has to review it.",
                        picking=review.picking_id.name,
                    )
                )
            review._check_counted(lines)
            verdicts = self.env["med.gate"]._judge(lines._med_leaving(), "review")
            blocking = [verdict for verdict in verdicts if verdict.policy.effect != "warn"]
            if blocking:
                self.env["med.gate"]._refuse(blocking, "review")

    def _check_counted(self, lines):
        """Every lot of the delivery counted, nothing else, and no defect."""
        self._check_defects()
        counted, expected = self._counts(lines)
        for lot in self._differing_lots(lines):
            raise UserError(
                self.env._(
                    "Lot %(lot)s: the delivery says %(expected)s, you counted %(counted)s. Count again, or have the"
                    " picker correct the delivery.",
                    lot=lot.name or "–",
                    expected=canonical.quantity(expected.get(lot, 0)),
                    counted=canonical.quantity(counted.get(lot, 0)),
                )
            )

    def _check_defects(self):
        for line in self.line_ids:
            if line.defect:
                raise UserError(
                    self.env._(
                        "%(product)s, lot %(lot)s: %(defect)s. It must not leave; report it to quality and take it out.",
                        product=line.product_id.display_name,
                        lot=line.lot_id.name or "–",
                        defect=dict(line._fields["defect"]._description_selection(self.env))[line.defect],
                    )
                )

    def _counts(self, lines):
        """({lot: units counted}, {lot: units on the delivery})"""
        counted, expected = {}, {}
        for line in self.line_ids:
            counted[line.lot_id] = counted.get(line.lot_id, 0) + line.counted_quantity
        for line in lines:
            expected[line.lot_id] = expected.get(line.lot_id, 0) + line.quantity_product_uom
        return counted, expected

    def _differing_lots(self, lines):
        """The lots of which the count says something else than the delivery."""
        counted, expected = self._counts(lines)
        return [
            lot
            for lot in expected | counted
            if canonical.quantity(expected.get(lot, 0)) != canonical.quantity(counted.get(lot, 0))
        ]

    def _signature_applied(self, meaning, signatures):
        for signature in signatures:
            review = self.browse(signature.res_id)
            # past write(): only the signature says who and when; sudo: it is not the reviewer's choice
            super(MedOutboundReview, review.sudo()).write(
                {"reviewer_id": signature.user_id.id, "signed_at": signature.signed_at}
            )
            review.picking_id.sudo()._med_set_reviewed(signature.signed_at)  # sudo: as above

    def action_count_as_expected(self):
        """The reviewer found what the list says; he still signs for it."""
        for line in self.line_ids:
            line.counted_quantity = line.expected_quantity
        return True


class MedOutboundReviewLine(models.Model):
    _name = "med.outbound.review.line"
    _description = "Outbound review line"

    review_id = fields.Many2one("med.outbound.review", required=True, ondelete="cascade", index=True)
    product_id = fields.Many2one("product.product", "Product", required=True)
    lot_id = fields.Many2one("stock.lot", "Lot")
    move_line_id = fields.Many2one("stock.move.line", ondelete="set null")
    expiration_date = fields.Datetime(related="lot_id.expiration_date")
    med_status = fields.Selection(related="lot_id.med_status")
    expected_quantity = fields.Float("On the list", digits="Product Unit", readonly=True)
    counted_quantity = fields.Float("Counted", digits="Product Unit")
    uom_id = fields.Many2one(related="product_id.uom_id")
    defect = fields.Selection(
        [
            ("package", "Package broken, dirty or badly sealed"),
            ("label", "Label off, unreadable or not of these goods"),
            ("expired", "Past its expiry date"),
            ("other", "Something else is wrong"),
        ],
        help="Any of these stops the line; quality decides (GSP 87).",
    )
    company_id = fields.Many2one(related="review_id.company_id", store=True)

    def write(self, vals):
        if any(line.review_id.signed_at for line in self):
            raise UserError(self.env._("A signed review stays as it is. Start a new one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        if any(line.review_id.signed_at for line in self):
            raise UserError(self.env._("A signed review is a record and cannot be deleted."))
