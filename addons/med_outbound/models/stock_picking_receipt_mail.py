"""The receipt link by mail: when goods leave, where the company wants it, or when somebody asks for it.

The link signs for the goods, so it is no message on the delivery that colleagues can read: the letter
goes out by the mail queue and is deleted when it is sent. Only the hash of its token stays.
"""

from markupsafe import Markup
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize


class ResCompany(models.Model):
    _inherit = "res.company"

    med_mail_receipt = fields.Boolean(
        "Mail the receipt link",
        help="When medical devices leave, the consignee gets the link on which he signs for them.",
        prefetch="med",
    )


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        res = super()._action_done()
        left = self.filtered(
            lambda one: (
                one.state == "done"
                and one.company_id.med_mail_receipt
                and one.picking_type_id.code in ("outgoing", "dropship")
                and one.move_line_ids._med_devices()
                and one._med_receipt_address()
            )
        )
        left._med_mail_receipts()
        return res

    def action_med_mail_receipt(self):
        """Mail the consignee a new link; links mailed or copied before end now, those on printed notes too."""
        self.ensure_one()
        address = self._med_receipt_address()
        if not address:
            raise UserError(
                self.env._(
                    "%(consignee)s has no e-mail address. Enter one on the contact, or copy the link.",
                    consignee=self.partner_id.display_name or self.name,
                )
            )
        self._med_mail_receipts(keep_earlier=False)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("The link is on its way to %(address)s.", address=address),
                "type": "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _med_receipt_address(self):
        """Where the consignee reads mail: the address goods go to, else his company."""
        partner = self.partner_id
        return email_normalize(partner.email) or email_normalize(partner.commercial_partner_id.email) or False

    def _med_mail_receipts(self, keep_earlier=True):
        """Queue a letter with a link for each of these deliveries, in the consignee's language."""
        letters = []
        for picking in self:
            url = self.env["med.outbound.receipt"]._issue(picking, keep_earlier=keep_earlier)
            said = picking.with_context(lang=picking.partner_id.lang or self.env.lang)
            _ = said.env._
            rows = [
                _("%(company)s has sent you delivery %(delivery)s.", company=said.company_id.name, delivery=said.name),
                _("Please check goods, lots and quantities, and sign on this page. It counts once, for 30 days:"),
            ]
            letters.append(
                {
                    "subject": _("Please sign for delivery %(delivery)s", delivery=said.name),
                    "email_from": picking.company_id.email_formatted or self.env.user.email_formatted,
                    "email_to": picking._med_receipt_address(),
                    "body_html": Markup("<p>%s</p><p>%s</p><p><a href='%s'>%s</a></p>") % (*rows, url, url),
                    "auto_delete": True,
                }
            )
        if letters:
            # sudo: the queue belongs to the system; nobody else may read a link that signs
            self.env["mail.mail"].sudo().create(letters)
            # sudo: anybody who ships starts the queue, which runs as the system
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
