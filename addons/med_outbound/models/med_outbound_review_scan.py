"""Counting a review with the scanner, blind where the company wants it, and defects with their photo."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

# Held by the methods below only: a client can send any context but never this object.
COUNT_TOKEN = object()


class ResCompany(models.Model):
    _inherit = "res.company"

    med_blind_review = fields.Boolean(
        "Blind outbound review",
        help="The reviewer does not see what the list says: he scans every unit again, and the second count must equal"
        " the first.",
        prefetch="med",
    )


class MedOutboundReview(models.Model):
    _inherit = "med.outbound.review"

    is_blind = fields.Boolean("Blind", readonly=True, copy=False)
    deviation_ids = fields.Many2many("med.deviation", string="Deviations", readonly=True, copy=False)
    has_unreported_defect = fields.Boolean(compute="_compute_has_unreported_defect")

    @api.depends("line_ids.defect", "line_ids.deviation_id")
    def _compute_has_unreported_defect(self):
        for review in self:
            review.has_unreported_defect = any(line.defect and not line.deviation_id for line in review.line_ids)

    @api.model_create_multi
    def create(self, vals_list):
        pickings = self.env["stock.picking"].browse([vals.get("picking_id") for vals in vals_list])
        for vals, picking in zip(vals_list, pickings, strict=True):
            vals["is_blind"] = picking.company_id.med_blind_review
        return super().create(vals_list)

    def write(self, vals):
        if "is_blind" in vals:
            raise UserError(self.env._("Whether a review is blind is set on the company, before the review begins."))
        return super().write(vals)

    def action_count_as_expected(self):
        if any(review.is_blind for review in self):
            raise UserError(self.env._("This review is blind: scan every unit."))
        return super().action_count_as_expected()

    def scan(self, code):
        """Count what one label stands for.

        :param str code: what the scanner sent, or a list of it for a label with several symbols
        :return: dict with ``product``, ``lot``, ``counted`` (units of this lot so far) and ``added``
        :raises GateRefusedError: unreadable, not of this delivery, or a serial number counted before
        :raises UserError: the review is signed, or not yours to fill in
        """
        self.ensure_one()
        self.check_access("write")
        if self.signed_at:
            raise UserError(self.env._("A signed review stays as it is. Start a new one."))
        picking, readers = self.picking_id, self.env["med.scan"]
        lines = picking.move_line_ids._med_devices()
        read = readers._resolve(code, expected_products=lines.product_id, expected_lots=lines.lot_id)
        if not read.accepted:
            sentences = [readers._message(problem) for problem in read.problems]
            picking._med_refuse_scan(code, [problem.code for problem in read.problems], "\n".join(sentences))
        if not lines.filtered(lambda line: line.product_id == read.product and line.lot_id == read.lot):
            picking._med_refuse_scan(
                code,
                ["not_here"],
                self.env._(
                    "%(product)s, lot %(lot)s, is not of this delivery. Set it aside and have the picker look.",
                    product=read.product.display_name,
                    lot=read.lot_name or "–",
                ),
            )
        return self._count(code, read)

    def _count(self, code, read):
        line = self.line_ids.filtered(lambda one: one.product_id == read.product and one.lot_id == read.lot)[:1]
        if line.counted_quantity and read.product.tracking == "serial":
            self.picking_id._med_refuse_scan(
                code,
                ["counted_already"],
                self.env._("Serial number %(serial)s is counted already. Scan the next one.", serial=read.lot.name),
            )
        if not line:  # reserved after the review was begun
            line = line.create({"review_id": self.id, "product_id": read.product.id, "lot_id": read.lot.id})
        line.with_context(med_count_token=COUNT_TOKEN).counted_quantity += read.quantity
        return {
            "product": read.product.display_name,
            "lot": read.lot.name or "",
            "counted": line.counted_quantity,
            "added": read.quantity,
        }

    def action_count_again(self):
        """Forget the count, and begin anew."""
        self.line_ids.with_context(med_count_token=COUNT_TOKEN).counted_quantity = 0
        return True

    def _check_counted(self, lines):
        if not self.is_blind:
            super()._check_counted(lines)
            return
        self._check_defects()
        differing = self._differing_lots(lines)
        if differing:
            # how many there should be is not told: the count must find it
            raise UserError(
                self.env._(
                    "Your count differs from the delivery for: %(lots)s. Count these again; if it stays so, have the"
                    " picker look.",
                    lots=", ".join(lot.name or "–" for lot in differing),
                )
            )

    # Defects ---------------------------------------------------------------------------

    def action_report_defects(self):
        """One deviation with the lots and photos of the defects found; quality decides on them."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.defect and not line.deviation_id)
        if not lines:
            raise UserError(self.env._("No defect is noted that was not reported. Note it on its line first."))
        bare = lines.filtered(lambda line: not line.photo_ids)
        if bare:
            raise UserError(
                self.env._(
                    "%(product)s, lot %(lot)s: take a photo of the defect and attach it to its line, then report it.",
                    product=bare[0].product_id.display_name,
                    lot=bare[0].lot_id.name or "–",
                )
            )
        defects = dict(lines._fields["defect"]._description_selection(self.env))
        deviation = self.env["med.deviation"]._open_all(
            [
                {
                    "source": "review",
                    "severity": "major",
                    "title": self.env._("Defect found in the review of %(delivery)s", delivery=self.picking_id.name),
                    "description": "\n".join(
                        f"{line.product_id.display_name} {line.lot_id.name or ''}: {defects[line.defect]}"
                        for line in lines
                    ),
                    "lot_ids": [Command.set(lines.lot_id.ids)],
                    "picking_ids": [Command.set(self.picking_id.ids)],
                    "partner_id": self.picking_id.partner_id.id,
                    "user_id": self.env.uid,
                }
            ],
            self.company_id,
        )
        for photo in lines.photo_ids:
            # sudo: the reviewer adds a copy to what quality reads, not to any record of his choice
            photo.sudo().copy({"res_model": "med.deviation", "res_id": deviation.id})
        lines.deviation_id = deviation
        super().write({"deviation_ids": [Command.link(deviation.id)]})
        return deviation._action_show()


class MedOutboundReviewLine(models.Model):
    _inherit = "med.outbound.review.line"

    photo_ids = fields.Many2many("ir.attachment", string="Photos")
    deviation_id = fields.Many2one("med.deviation", "Deviation", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if self.env.context.get("med_count_token") is not COUNT_TOKEN:
            lines.filtered("counted_quantity")._check_not_blind()
        return lines

    def write(self, vals):
        if "counted_quantity" in vals and self.env.context.get("med_count_token") is not COUNT_TOKEN:
            self._check_not_blind()
        return super().write(vals)

    def _check_not_blind(self):
        if any(line.review_id.is_blind for line in self):
            raise UserError(self.env._("This review is blind: scan every unit."))
