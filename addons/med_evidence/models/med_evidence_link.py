import base64
import binascii
import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib import canonical
from .med_evidence_append_only import APPEND

VALID_DAYS = 30
PNG = b"\x89PNG\r\n\x1a\n"
LARGEST = 2**20


class MedPortalSignable(models.AbstractModel):
    """A signable record that somebody without an account signs on a link: name and drawing.

    Weaker than a signature with password or passkey, and said so: ``auth_method`` is ``link``.
    """

    _name = "med.portal.signable"
    _inherit = ["med.signable"]
    _description = "Records signed on a link"

    def _portal_meanings(self):
        """The codes among ``_signature_meanings`` that a link may be given for."""
        return ()

    def _portal_check(self, meaning):
        """Raise a UserError when this record cannot be signed on a link (any more)."""

    def _issue_link(self, meaning, days=VALID_DAYS):
        """The address on which the receiver of the link signs this record, once."""
        self.ensure_one()
        self.check_access("read")
        if meaning not in self._portal_meanings():
            raise UserError(self.env._("“%(meaning)s” is not signed on a link.", meaning=meaning))
        self._portal_check(meaning)
        return self.env["med.evidence.link"]._issue(self, meaning, days)


class MedEvidenceLink(models.Model):
    """One link for one signature. Only the hash of its token is kept; it counts once."""

    _name = "med.evidence.link"
    _description = "Link to sign on"
    _order = "id desc"
    _rec_name = "res_name"

    res_model = fields.Char("Record type", required=True, readonly=True)
    res_id = fields.Many2oneReference("Record ID", model_field="res_model", required=True, readonly=True)
    res_name = fields.Char("Record", readonly=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    meaning = fields.Char("Meaning code", required=True, readonly=True)
    token_hash = fields.Char("Fingerprint of the link", required=True, readonly=True, groups="base.group_system")
    expires_at = fields.Datetime("Link valid until", required=True, readonly=True)
    signed_at = fields.Datetime("Signed at", readonly=True)

    _token_hash_uniq = models.UniqueIndex("(token_hash)")

    @api.model
    def _hash(self, token):
        return hashlib.sha256((token or "").encode()).hexdigest()

    @api.model
    def _issue(self, record, meaning, days):
        token = secrets.token_urlsafe(32)
        now = fields.Datetime.now()
        # sudo: links are made by this method alone, nobody writes them by hand
        links = self.sudo().with_context(med_link_token=APPEND)
        links.search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("meaning", "=", meaning),
                ("signed_at", "=", False),
                ("expires_at", ">", now),
            ]
        ).write({"expires_at": now})
        link = links.create(
            {
                "res_model": record._name,
                "res_id": record.id,
                "res_name": record.display_name,
                "company_id": record.company_id.id if "company_id" in record._fields else self.env.company.id,
                "meaning": meaning,
                "token_hash": self._hash(token),
                "expires_at": now + timedelta(days=days),
            }
        )
        self.env["med.evidence.event"]._record(
            "link.issued", [{"record": record, "body": {"meaning": meaning, "days": days, "link": link.id}}]
        )
        return f"{record.get_base_url()}/med/sign/{token}"

    @api.model
    def _find(self, token):
        """The link of this token, whatever its state; empty when it is not ours."""
        # sudo: the token is the key; the visitor has no account
        return self.sudo().search([("token_hash", "=", self._hash(token))], limit=1)

    def _record(self):
        model = self.env.get(self.res_model) if self else None
        return model.browse(self.res_id).exists() if model is not None else None

    def _refusal(self):
        """Why this link cannot be signed on (translated), or None."""
        record = self._record()
        if not record:
            return self.env._("This link is not valid. Ask the sender for a new one.")
        if self.signed_at:
            return self.env._("This was signed already. Nothing was changed.")
        if self.expires_at <= fields.Datetime.now():
            return self.env._("This link has expired. Ask the sender for a new one.")
        try:
            record._portal_check(self.meaning)
        except UserError as error:
            return str(error)
        return None

    def _sign(self, name, drawing, shown):
        """The visitor signs: name, drawn signature (base64 PNG), and the hash of what he saw.

        :return: the signature
        :raises UserError: used, expired, changed content, name or drawing missing
        """
        if self:
            # two taps at once: the second waits here and then finds it signed
            self.lock_for_update()
            self.invalidate_recordset(["signed_at"])
        refusal = self._refusal()
        if refusal:
            raise UserError(refusal)
        record = self._record()
        name = (name or "").strip()[:120]
        if not name:
            raise UserError(self.env._("Enter your name, then sign."))
        try:
            image = base64.b64decode(drawing or "", validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(self.env._("The signature did not arrive. Draw it again.")) from error
        if not image.startswith(PNG) or len(image) > LARGEST:
            raise UserError(self.env._("The signature did not arrive. Draw it again."))
        snapshot = canonical.dumps(record._signature_snapshot(self.meaning))
        if shown != canonical.digest(snapshot):
            raise UserError(self.env._("The content has changed since this page was opened. Load it again, then sign."))
        facts = {
            "auth": "link",
            "link": self.id,
            "name": name,
            "image_sha256": hashlib.sha256(image).hexdigest(),
        }
        signatures = record._append_signatures(
            self.meaning, [snapshot], facts, signer={"signer_name": name, "drawing": drawing}
        )
        self.with_context(med_link_token=APPEND).write({"signed_at": signatures.signed_at})
        record._signature_applied(self.meaning, signatures)
        return signatures

    @api.model_create_multi
    def create(self, vals_list):
        self._check_caller()
        return super().create(vals_list)

    def write(self, vals):
        self._check_caller()
        return super().write(vals)

    def _check_caller(self):
        if self.env.context.get("med_link_token") is not APPEND:
            raise UserError(
                self.env._("Links are issued by the system and used by their receiver; nobody enters them.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A link that was issued stays on file."))
