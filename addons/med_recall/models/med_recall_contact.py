from odoo import api, fields, models


class MedRecallContact(models.Model):
    """One attempt to reach a consignee by telephone. Who and when come from the system."""

    _name = "med.recall.contact"
    _description = "Telephone call about a recall"
    _order = "id desc"
    _rec_name = "consignee_id"

    consignee_id = fields.Many2one("med.recall.consignee", "Consignee", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="consignee_id.company_id", store=True)
    user_id = fields.Many2one(
        "res.users", "Called by", required=True, readonly=True, default=lambda self: self.env.user
    )
    called_at = fields.Datetime("Called at", required=True, readonly=True, default=fields.Datetime.now)
    person = fields.Char("Spoke with")
    result = fields.Selection(
        [("reached", "Reached"), ("missed", "Nobody answered"), ("refused", "Refused to answer")], required=True
    )
    note = fields.Text()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.update(user_id=self.env.uid, called_at=fields.Datetime.now())
        calls = super().create(vals_list)
        self.env["med.evidence.event"]._record(
            "recall.called",
            [
                {
                    "record": call.consignee_id,
                    "body": {"result": call.result, "person": call.person or ""},
                    "reason": call.note,
                }
                for call in calls
            ],
        )
        return calls
