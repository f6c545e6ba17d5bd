import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.med_evidence.models.med_evidence_append_only import APPEND


class MedRecallLink(models.Model):
    """A link on which a consignee answers, without an account. Of the token only the hash is kept.

    Each letter has its own link; an earlier one stays good, since nobody knows which letter the
    reader has at hand.
    """

    _name = "med.recall.link"
    _description = "Link to answer a recall"
    _order = "id desc"
    _rec_name = "consignee_id"

    consignee_id = fields.Many2one(
        "med.recall.consignee", "Consignee", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="consignee_id.company_id", store=True)
    token_hash = fields.Char("Fingerprint of the link", required=True, readonly=True, groups="base.group_system")
    expires_at = fields.Datetime("Valid until", required=True, readonly=True)
    opened_at = fields.Datetime("First opened at", readonly=True)

    _token_hash_uniq = models.UniqueIndex("(token_hash)")

    @api.model
    def _hash(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

    @api.model
    def _issue(self, consignees):
        """{consignee: address of a new link}."""
        tokens = {consignee: secrets.token_urlsafe(32) for consignee in consignees}
        now = fields.Datetime.now()
        # sudo: links are made by this method alone, nobody writes them by hand
        self.sudo().with_context(med_recall_token=APPEND).create(
            [
                {
                    "consignee_id": consignee.id,
                    "token_hash": self._hash(token),
                    "expires_at": now + timedelta(days=consignee.recall_id.profile_id.link_days),
                }
                for consignee, token in tokens.items()
            ]
        )
        return {consignee: f"{consignee.get_base_url()}/med/recall/{token}" for consignee, token in tokens.items()}

    @api.model
    def _end(self, consignees):
        """Nothing can be answered on these consignees' links any more."""
        now = fields.Datetime.now()
        # sudo: see _issue
        self.sudo().search([("consignee_id", "in", consignees.ids), ("expires_at", ">", now)]).with_context(
            med_recall_token=APPEND
        ).write({"expires_at": now})

    @api.model
    def _find(self, token):
        """The link of this token, whatever its state; empty when it is not ours."""
        # sudo: the token is the key; the visitor has no account
        return self.sudo().search([("token_hash", "=", self._hash(token or ""))], limit=1)

    def _refusal(self):
        """Why this link cannot be answered on (translated), or None."""
        if not self:
            return self.env._("This link is not valid. Ask the sender for a new one.")
        if self.consignee_id.recall_id.state in ("closed", "withdrawn"):
            return self.env._("This recall is closed. Nothing can be answered any more.")
        if self.expires_at <= fields.Datetime.now():
            return self.env._("This link has expired. Ask the sender for a new one.")
        return None

    def _opened(self):
        if self and not self.opened_at:
            self.with_context(med_recall_token=APPEND).write({"opened_at": fields.Datetime.now()})
            self.consignee_id._seen()

    @api.model_create_multi
    def create(self, vals_list):
        self._check_caller()
        return super().create(vals_list)

    def write(self, vals):
        self._check_caller()
        return super().write(vals)

    def _check_caller(self):
        if self.env.context.get("med_recall_token") is not APPEND:
            raise UserError(self.env._("Links are made with the letters; nobody enters them."))
