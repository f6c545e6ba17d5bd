import base64
import binascii
import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.med_evidence.models.med_evidence_append_only import APPEND

VALID_DAYS = 30
PNG = b"\x89PNG\r\n\x1a\n"


class MedOutboundReceipt(models.Model):
    """One link on which the consignee signs for a delivery, without an account.

    The link carries a random token of which only the hash is kept; it counts once and ends
    after thirty days.
    """

    _name = "med.outbound.receipt"
    _description = "Receipt signature"
    _order = "id desc"
    _rec_name = "picking_id"

    picking_id = fields.Many2one(
        "stock.picking", "Delivery", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(related="picking_id.partner_id", string="Consignee")
    company_id = fields.Many2one(related="picking_id.company_id", store=True)
    token_hash = fields.Char("Fingerprint of the link", required=True, readonly=True, groups="base.group_system")
    expires_at = fields.Datetime("Link valid until", required=True, readonly=True)
    signed_at = fields.Datetime("Signed at", readonly=True)
    signer_name = fields.Char("Signed by", readonly=True)
    signature = fields.Image("Signature", readonly=True, attachment=True, max_width=1024, max_height=1024)
    remark = fields.Text("Remark of the consignee", readonly=True)

    _token_hash_uniq = models.UniqueIndex("(token_hash)")

    @api.model
    def _hash(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

    @api.model
    def _issue(self, picking, keep_earlier=False):
        """A new link for a shipped delivery. Earlier unsigned links end now, unless
        ``keep_earlier``: a note printed twice carries two links, and one signature ends both."""
        picking.check_access("read")
        if picking.state != "done" or picking.picking_type_id.code not in ("outgoing", "dropship"):
            raise UserError(
                self.env._(
                    "%(picking)s has not been shipped yet; there is nothing to sign for.",
                    picking=picking.name,
                )
            )
        if picking.med_signed_for_at:
            raise UserError(self.env._("%(picking)s is signed for already.", picking=picking.name))
        token = secrets.token_urlsafe(32)
        now = fields.Datetime.now()
        # sudo: links are made by this method alone, nobody writes them by hand
        receipts = self.sudo().with_context(med_receipt_token=APPEND)
        if not keep_earlier:
            receipts._end_unsigned(picking, now)
        receipt = receipts.create(
            {
                "picking_id": picking.id,
                "token_hash": self._hash(token),
                "expires_at": now + timedelta(days=VALID_DAYS),
            }
        )
        self.env["med.evidence.event"]._record("receipt.issued", [{"record": receipt, "body": {"days": VALID_DAYS}}])
        return f"{picking.get_base_url()}/med/receipt/{token}"

    def _end_unsigned(self, picking, now):
        self.search([("picking_id", "=", picking.id), ("signed_at", "=", False), ("expires_at", ">", now)]).write(
            {"expires_at": now}
        )

    @api.model
    def _find(self, token):
        """The receipt of this link, whatever its state; empty when the link is not ours."""
        # sudo: the token is the key; the visitor has no account
        return self.sudo().search([("token_hash", "=", self._hash(token or ""))], limit=1)

    def _refusal(self):
        """Why this link cannot be signed on (translated), or None."""
        if not self:
            return self.env._("This link is not valid. Ask the sender for a new one.")
        if self.signed_at or self.picking_id.med_signed_for_at:
            return self.env._("This delivery was signed for already. Nothing was changed.")
        if self.expires_at <= fields.Datetime.now():
            return self.env._("This link has expired. Ask the sender for a new one.")
        return None

    def _sign_receipt(self, name, signature, remark=None):
        """The consignee signs: printed name and drawn signature (base64 PNG).

        :raises UserError: the link is used or expired, name or drawing missing or not a picture
        """
        if self:
            # two taps at once, on one link or two of one delivery: the second waits here and
            # then finds it signed
            self.picking_id.lock_for_update()
            self.invalidate_recordset(["signed_at"])
            self.picking_id.invalidate_recordset(["med_signed_for_at"])
        refusal = self._refusal()
        if refusal:
            raise UserError(refusal)
        name = (name or "").strip()
        if not name:
            raise UserError(self.env._("Enter your name, then sign."))
        try:
            image = base64.b64decode(signature or "", validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(self.env._("The signature did not arrive. Draw it again.")) from error
        if not image.startswith(PNG) or len(image) > 2**20:
            raise UserError(self.env._("The signature did not arrive. Draw it again."))
        now = fields.Datetime.now()
        self.with_context(med_receipt_token=APPEND).write(
            {
                "signed_at": now,
                "signer_name": name[:120],
                "signature": signature,
                "remark": (remark or "")[:2000],
            }
        )
        self.env["med.evidence.event"]._record(
            "receipt.signed",
            [
                {
                    "record": self,
                    "body": {
                        "name": name[:120],
                        "delivery": [self.picking_id.id, self.picking_id.name],
                        "content": self.picking_id._med_review_content(),
                        "image_sha256": hashlib.sha256(image).hexdigest(),
                        "remark": (remark or "")[:2000],
                    },
                }
            ],
        )
        self.picking_id._med_set_signed_for(now)
        self.with_context(med_receipt_token=APPEND)._end_unsigned(self.picking_id, now)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_caller()
        return super().create(vals_list)

    def write(self, vals):
        self._check_caller()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A receipt is a record and cannot be deleted."))

    def _check_caller(self):
        if self.env.context.get("med_receipt_token") is not APPEND:
            raise UserError(self.env._("Receipts are signed by the consignee on his link; nobody enters them."))
