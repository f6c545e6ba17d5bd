from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib import effectiveness


class MedRecallCheck(models.Model):
    """Whether the recall really reached one consignee, asked by somebody who did not write to him.
    A failed check is repeated, and stays on file."""

    _name = "med.recall.check"
    _inherit = ["med.evidence.tracked"]
    _description = "Effectiveness check"
    _order = "recall_id, id"
    _rec_name = "consignee_id"
    _evidence_fields = ("consignee_id", "knows", "stopped", "apart", "result", "note")

    recall_id = fields.Many2one("med.recall", "Recall", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="recall_id.company_id", store=True)
    consignee_id = fields.Many2one("med.recall.consignee", "Consignee", required=True, readonly=True)
    knows = fields.Boolean("Knows of the recall")
    stopped = fields.Boolean("Stopped using the goods")
    apart = fields.Boolean("Put the goods apart or sent them back")
    note = fields.Text()
    result = fields.Selection(
        [("open", "Open"), ("passed", "Effective"), ("failed", "Not effective")],
        default="open",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", "Checked by", readonly=True)
    checked_at = fields.Datetime("Checked at", readonly=True)
    repeated_by_id = fields.Many2one("med.recall.check", "Repeated as", readonly=True)

    @api.model
    def _draw(self, recall):
        """The sample of the recall's class; drawn once, and the same whoever draws it."""
        if recall.check_ids:
            raise UserError(self.env._("The sample is drawn already; it cannot be drawn again."))
        if recall.state != "notified":
            raise UserError(self.env._("Notify the consignees first, then check whether it had an effect."))
        ids = effectiveness.sample(recall.consignee_ids.ids, recall.profile_id.check_level, recall.name)
        return self.create([{"recall_id": recall.id, "consignee_id": consignee_id} for consignee_id in ids])

    def action_finish(self):
        for check in self:
            if check.result != "open":
                raise UserError(self.env._("This check is finished. Repeat it instead."))
            passed = check.knows and check.stopped and check.apart
            check.write(
                {
                    "result": "passed" if passed else "failed",
                    "user_id": self.env.uid,
                    "checked_at": fields.Datetime.now(),
                }
            )

    def action_repeat(self):
        for check in self:
            if check.result != "failed" or check.repeated_by_id:
                raise UserError(self.env._("Only a failed check is repeated, once."))
            check.repeated_by_id = self.create({"recall_id": check.recall_id.id, "consignee_id": check.consignee_id.id})
