from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    med_is_recall_contact = fields.Boolean(
        "Recall contact",
        help="Gets the recall notices for the whole company, wherever goods were sent.",
        prefetch="med",
    )

    def _med_recall_contact(self):
        """{partner: who of his company gets recall notices}: the named contacts, or itself."""
        accounts = self.commercial_partner_id
        contacts = self.search([("commercial_partner_id", "in", accounts.ids), ("med_is_recall_contact", "=", True)])
        named = {}
        for contact in contacts:
            named.setdefault(contact.commercial_partner_id, contact)
        return {account: named.get(account, account) for account in accounts}
