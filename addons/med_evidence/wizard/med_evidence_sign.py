import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib import signing

# What identifies the signer travels in the button's context, is never stored, and must not ride
# along in the context of what the signature brings about.
SECRETS = ("login", "password", "totp", "passkey")


class MedEvidenceSign(models.TransientModel):
    """The dialog in which a person signs: content, meaning, reason, own credential.

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
    count = fields.Integer("Records to be signed", compute="_compute_content")
    content = fields.Html("Content to be signed", compute="_compute_content", sanitize=False)
    # set with the content that the client shows and sent back by it: what the signer saw
    shown = fields.Char("Fingerprints of the content shown", default=lambda self: self._default_shown())
    reason = fields.Text("Reason")
    needs_login = fields.Boolean("Asks for the user name", compute="_compute_needed")
    needs_totp = fields.Boolean("Asks for a one-time code", compute="_compute_needed")
    has_passkey = fields.Boolean("Offers a passkey", compute="_compute_needed")
    login = fields.Char("Your user name", store=False)
    password = fields.Char("Your password", store=False)
    totp = fields.Char("Code of your authenticator app", store=False)
    passkey = fields.Char("Answer of the passkey", store=False)

    @api.model
    def _target(self, res_model, res_ids):
        model = self.env.get(res_model)
        if model is None or not hasattr(model, "_signature_snapshot"):
            raise UserError(self.env._("Records of this kind are not signed."))
        records = model.browse(int(i) for i in (res_ids or "").split(",") if i.isdigit()).exists()
        records.check_access("read")
        return records

    def _records(self):
        self.ensure_one()
        return self._target(self.res_model, self.res_ids)

    @api.model
    def _default_shown(self):
        context = self.env.context
        if not context.get("default_res_model"):
            return False
        records = self._target(context["default_res_model"], context.get("default_res_ids"))
        meaning = context.get("default_meaning")
        return json.dumps({record.id: record._signature_hash(meaning) for record in records})

    @api.depends("res_model", "res_ids", "meaning")
    def _compute_content(self):
        for wizard in self:
            records = wizard._records()
            wizard.meaning_label = records._signature_meanings().get(wizard.meaning, wizard.meaning)
            wizard.signer_name = self.env.user.name
            wizard.count = len(records)
            wizard.content = self.env["ir.qweb"]._render(
                "med_evidence.signature_content",
                {
                    "records": [
                        (r.display_name, r._signature_display(wizard.meaning), r._signature_hash(wizard.meaning))
                        for r in records
                    ]
                },
            )

    @api.depends("res_model")
    def _compute_needed(self):
        needed = self.env["med.signature.identity"]._needed()
        self.needs_login = signing.LOGIN in needed
        self.needs_totp = signing.TOTP in needed
        self.has_passkey = bool(self.env.user.sudo().auth_passkey_key_ids)  # sudo: only whether he has one

    def _shown(self):
        """{record id: hash} of what the client says it showed."""
        try:
            return {int(key): str(value) for key, value in json.loads(self.shown or "").items()}
        except (ValueError, AttributeError) as error:
            raise UserError(self.env._("Open the window again: it does not say what it showed you.")) from error

    @api.model
    def passkey_options(self, res_model, res_ids, meaning):
        """What the browser asks the signer's passkey for; its challenge is bound to the content."""
        records = self._target(res_model, res_ids)
        if meaning not in records._signature_meanings():
            raise UserError(self.env._("Say what the signature means before signing."))
        hashes = [record._signature_hash(meaning) for record in records]
        return self.env["med.signature.identity"]._passkey_options(records, meaning, hashes)

    def action_sign(self):
        self.ensure_one()
        said = self.env.context
        if said.get("passkey"):
            credential = {"type": "webauthn", "webauthn_response": said["passkey"]}
        else:
            credential = {"type": "password", **{key: said.get(key) for key in ("login", "password", "totp")}}
        context = {key: value for key, value in said.items() if key not in SECRETS}
        records = self.with_context(context)._records()  # pylint: disable=context-overridden
        records._sign(self.meaning, credential, reason=self.reason, shown=self._shown())
        return {"type": "ir.actions.act_window_close"}

    def action_sign_passkey(self):
        """As ``action_sign``; the client asks the passkey first (see med_evidence_sign_form.js)."""
        return self.action_sign()
