"""The consignee refuses goods, or reports that they are not what the note says."""

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.med_evidence.models.med_evidence_append_only import APPEND


class MedOutboundReceipt(models.Model):
    _inherit = "med.outbound.receipt"

    refused_at = fields.Datetime("Difference reported at", readonly=True)
    refused_by_name = fields.Char("Difference reported by", readonly=True)
    refusal = fields.Text("What the consignee does not accept", readonly=True)
    deviation_ids = fields.Many2many("med.deviation", string="Deviations", compute="_compute_deviation_ids")

    def _compute_deviation_ids(self):
        found = self.env["med.deviation"].search(
            [("source", "=", "receipt"), ("picking_ids", "in", self.picking_id.ids)]
        )
        for receipt in self:
            receipt.deviation_ids = found.filtered(lambda d, receipt=receipt: receipt.picking_id in d.picking_ids)

    def _refuse_receipt(self, name, what, line_ids=()):
        """The consignee does not accept (all of) the goods; quality gets a deviation. He may still
        sign for what he keeps.

        :param str name: who says so
        :param str what: what is wrong, in his words
        :param line_ids: ids of the delivery's lines he means; none of them means the delivery
        :raises UserError: the link is used up, it was reported already, or a word is missing
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
        lines = self.picking_id.move_line_ids.filtered(lambda line: line.id in set(line_ids))
        self.with_context(med_receipt_token=APPEND).write(
            {"refused_at": fields.Datetime.now(), "refused_by_name": name, "refusal": what}
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
                        "lines": [[line.id, line.lot_id.name or None, str(line.quantity)] for line in lines],
                    },
                }
            ],
        )
        return self._open_refusal_deviation(lines)

    def _open_refusal_deviation(self, lines):
        picking = self.picking_id
        # the visitor has no account, so he is not responsible for what follows
        deviation = self.env["med.deviation"]._open_all(
            [
                {
                    "source": "receipt",
                    "severity": "major",
                    "title": self.env._("%(delivery)s was not accepted as delivered", delivery=picking.name),
                    "description": f"{self.refused_by_name}: {self.refusal}",
                    "lot_ids": [(6, 0, lines.lot_id.ids)],
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
