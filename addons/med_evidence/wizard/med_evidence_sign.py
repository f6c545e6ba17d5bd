from odoo import api, fields, models
from odoo.exceptions import UserError


class MedEvidenceSign(models.TransientModel):
    """The dialog in which a person signs: content, meaning, reason, own password.

    It holds no rule: everything is checked by ``med.signable._sign``, which any other
    client reaches as well.
    """

    _name = "med.evidence.sign"
    _description = "Sign"

    res_model = fields.Char("Record type", required=True, readonly=True)
    res_ids = fields.Char("Records", required=True, readonly=True)
    meaning = fields.Char(required=True, readonly=True)
    meaning_label = fields.Char("You sign that", compute="_compute_content")
    signer_name = fields.Char("Signer", compute="_compute_content")
    content = fields.Html("Content to be signed", compute="_compute_content", sanitize=False)
    reason = fields.Text("Reason")
    # never stored: it travels in the button's context, as in Odoo's own identity check
    password = fields.Char("Your password", store=False)

    def _records(self):
        self.ensure_one()
        model = self.env.get(self.res_model)
        if model is None or not hasattr(model, "_signature_snapshot"):
            raise UserError(self.env._("Records of this kind are not signed."))
        records = model.browse(int(i) for i in self.res_ids.split(",") if i.isdigit()).exists()
        records.check_access("read")
        return records

    @api.depends("res_model", "res_ids", "meaning")
    def _compute_content(self):
        for wizard in self:
            records = wizard._records()
            wizard.meaning_label = records._signature_meanings().get(wizard.meaning, wizard.meaning)
            wizard.signer_name = self.env.user.name
            wizard.content = self.env["ir.qweb"]._render(
                "med_evidence.signature_content",
                {"records": [(r.display_name, r._signature_display(wizard.meaning)) for r in records]},
            )

    def action_sign(self):
        self.ensure_one()
        credential = {"type": "password", "password": self.env.context.get("password")}
        # the password must not ride along in the context of what the signature brings about
        context = {key: value for key, value in self.env.context.items() if key != "password"}
        records = self.with_context(context)._records()  # pylint: disable=context-overridden
        records._sign(self.meaning, credential, reason=self.reason)
        return {"type": "ir.actions.act_window_close"}
