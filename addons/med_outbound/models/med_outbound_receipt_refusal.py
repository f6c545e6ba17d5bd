"""The consignee refuses goods, or reports that they are not what the note says."""

import hashlib

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.med_evidence.lib import canonical
from odoo.addons.med_evidence.models.med_evidence_append_only import APPEND

MOST_PHOTOS = 5
LARGEST_PHOTO = 8 * 2**20
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")


class MedOutboundReceipt(models.Model):
    _inherit = "med.outbound.receipt"

    refused_at = fields.Datetime("Difference reported at", readonly=True)
    refused_by_name = fields.Char("Difference reported by", readonly=True)
    refusal = fields.Text("What the consignee does not accept", readonly=True)
    difference_ids = fields.One2many("med.outbound.receipt.difference", "receipt_id", "Differences", readonly=True)
    deviation_ids = fields.Many2many("med.deviation", string="Deviations", compute="_compute_deviation_ids")

    def _compute_deviation_ids(self):
        found = self.env["med.deviation"].search(
            [("source", "=", "receipt"), ("picking_ids", "in", self.picking_id.ids)]
        )
        for receipt in self:
            receipt.deviation_ids = found.filtered(lambda d, receipt=receipt: receipt.picking_id in d.picking_ids)

    def _refuse_receipt(self, name, what, line_ids=(), differences=None, photos=()):
        """The consignee does not accept (all of) the goods; quality gets a deviation, and a return waits
        for what he sends back. He may still sign for what he keeps.

        :param str name: who says so
        :param str what: what is wrong, in his words
        :param line_ids: ids of the delivery's lines he means as a whole; none of them means the delivery
        :param dict differences: {line id: (quantity in the line's unit, condition)} of those he means in part
        :param photos: [(file name, bytes)]
        :raises UserError: the link is used up, it was reported already, a word is missing, more is refused than
            was sent, or a file is no picture
        """
        if self:
            # a form that is sent twice at once opens one deviation
            self.picking_id.lock_for_update()
            self.invalidate_recordset(["refused_at"])
        refusal = self._refusal()
        if refusal:
            raise UserError(refusal)
        if self.refused_at:
            raise UserError(self.env._("This was reported already. The sender knows; nothing was changed."))
        name, what = (name or "").strip()[:120], (what or "").strip()[:2000]
        if not name or not what:
            raise UserError(self.env._("Enter your name and what is wrong, then send it."))
        rows = self._difference_rows(set(line_ids), differences or {})
        files = self._photo_rows(photos)
        self.with_context(med_receipt_token=APPEND).write(
            {
                "refused_at": fields.Datetime.now(),
                "refused_by_name": name,
                "refusal": what,
                "difference_ids": [Command.create({**row, "move_line_id": line.id}) for line, row in rows],
            }
        )
        self.env["med.evidence.event"]._record(
            "receipt.refused",
            [
                {
                    "record": self,
                    "body": {
                        "name": name,
                        "delivery": [self.picking_id.id, self.picking_id.name],
                        "what": what,
                        "lines": [
                            [line.id, line.lot_id.name or None, canonical.quantity(row["quantity"]), row["condition"]]
                            for line, row in rows
                        ],
                        "photos": [hashlib.sha256(file["raw"]).hexdigest() for file in files],
                    },
                }
            ],
        )
        deviation = self._open_refusal_deviation(rows)
        # sudo: the visitor has no account; the photos are for quality
        self.env["ir.attachment"].sudo().create(
            [{**file, "res_model": deviation._name, "res_id": deviation.id} for file in files]
        )
        self._open_refusal_return(rows)
        return deviation

    def _difference_rows(self, whole, differences):
        """[(line of this delivery, {quantity, condition})], each within what was sent."""
        rows = []
        conditions = dict(self.env["med.outbound.receipt.difference"]._fields["condition"].selection)
        for line in self.picking_id.move_line_ids:
            quantity, condition = differences.get(line.id, (line.quantity if line.id in whole else 0, "other"))
            if condition not in conditions:
                raise UserError(self.env._("Choose from the list what is wrong with the goods."))
            compare = line.product_uom_id.compare
            if compare(quantity, 0) < 0 or compare(quantity, line.quantity) > 0:
                raise UserError(
                    self.env._(
                        "%(product)s, lot %(lot)s: %(sent)s were sent, so from 0 to %(sent)s can be not as they should"
                        " be. Correct the number.",
                        product=line.product_id.display_name,
                        lot=line.lot_id.name or "–",
                        sent=canonical.quantity(line.quantity),
                    )
                )
            if compare(quantity, 0) > 0:
                rows.append((line, {"quantity": quantity, "condition": condition}))
        return rows

    def _photo_rows(self, photos):
        photos = [(name, raw) for name, raw in photos if raw]
        if len(photos) > MOST_PHOTOS:
            raise UserError(self.env._("Send at most %(most)s photos.", most=MOST_PHOTOS))
        for name, raw in photos:
            if len(raw) > LARGEST_PHOTO or not raw.startswith(PICTURES):
                raise UserError(
                    self.env._(
                        "“%(name)s” is no photo, or larger than %(megabytes)s MB. Send a JPEG, PNG or WebP picture.",
                        name=name[:80],
                        megabytes=LARGEST_PHOTO // 2**20,
                    )
                )
        return [{"name": (name or "photo")[:120], "raw": raw} for name, raw in photos]

    def _open_refusal_return(self, rows):
        """The return of what the consignee has and does not want; what never came cannot come back."""
        shares = {}
        for line, row in rows:
            if row["condition"] != "missing" and line.product_id.med_is_device:
                units = line.product_uom_id._compute_quantity(row["quantity"], line.product_id.uom_id)
                key = (line.move_id, line.lot_id)
                shares[key] = shares.get(key, 0) + units
        if not shares or self.picking_id.med_is_direct:
            return self.env["stock.picking"]
        picking = self.picking_id
        reason = self.env.ref("med_outbound.med_return_reason_refused", raise_if_not_found=False)
        return picking._med_return(
            shares,
            picking.picking_type_id.warehouse_id._med_return_place(),
            origin=self.env._("%(delivery)s, refused", delivery=picking.name),
            med_return_reason_id=reason.id if reason else False,
        )

    def _open_refusal_deviation(self, rows):
        picking = self.picking_id
        lots = self.env["stock.lot"].concat(*(line.lot_id for line, _row in rows))
        conditions = dict(
            self.env["med.outbound.receipt.difference"]._fields["condition"]._description_selection(self.env)
        )
        told = [
            f"{line.product_id.display_name} {line.lot_id.name or ''}:"
            f" {canonical.quantity(row['quantity'])} {conditions[row['condition']]}"
            for line, row in rows
        ]
        # the visitor has no account, so he is not responsible for what follows
        deviation = self.env["med.deviation"]._open_all(
            [
                {
                    "source": "receipt",
                    "severity": "major",
                    "title": self.env._("%(delivery)s was not accepted as delivered", delivery=picking.name),
                    "description": "\n".join([f"{self.refused_by_name}: {self.refusal}", *told]),
                    "lot_ids": [(6, 0, lots.ids)],
                    "picking_ids": [(6, 0, picking.ids)],
                    "partner_id": picking.partner_id.id,
                    "user_id": picking.user_id.id,
                }
            ],
            picking.company_id,
        )
        group = self.env.ref("med_master_data.group_med_quality").sudo()  # sudo: the visitor reads no groups
        for user in group.all_user_ids.filtered(lambda u: picking.company_id in u.company_ids and not u.share):
            deviation.sudo().activity_schedule(  # sudo: as above
                "mail.mail_activity_data_todo",
                summary=self.with_context(lang=user.lang).env._("A consignee does not accept a delivery"),
                user_id=user.id,
            )
        return deviation


class MedOutboundReceiptDifference(models.Model):
    """So many units of one line did not come as they should have, as the consignee says."""

    _name = "med.outbound.receipt.difference"
    _description = "Difference at receipt"
    _order = "id"

    receipt_id = fields.Many2one("med.outbound.receipt", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="receipt_id.company_id", store=True)
    move_line_id = fields.Many2one("stock.move.line", required=True, readonly=True, ondelete="restrict")
    product_id = fields.Many2one(related="move_line_id.product_id")
    lot_id = fields.Many2one(related="move_line_id.lot_id")
    quantity = fields.Float(digits="Product Unit", required=True, readonly=True)
    uom_id = fields.Many2one(related="move_line_id.product_uom_id")
    condition = fields.Selection(
        [
            ("missing", "Missing"),
            ("damaged", "Damaged"),
            ("wrong", "Not what was ordered"),
            ("expiry", "Too near its expiry date"),
            ("temperature", "Too warm or too cold"),
            ("other", "Something else"),
        ],
        required=True,
        readonly=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.env["med.outbound.receipt"]._check_caller()
        return super().create(vals_list)

    def write(self, vals):
        if vals:
            raise UserError(self.env._("What the consignee reported stays as he reported it."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What the consignee reported stays as he reported it."))
