"""Documents that end: who is responsible, what comes next, and whether a newer one stands for them."""

from odoo import fields, models
from odoo.tools import format_date

from ..lib import renewal


class MedValidity(models.AbstractModel):
    _inherit = "med.validity"

    responsible_id = fields.Many2one(
        "res.users", "Responsible", help="Is reminded before it ends. Empty: the company's quality contact."
    )
    next_step = fields.Char("Next step", compute="_compute_next_step")

    def _compute_next_step(self):
        reminders = self.env["med.expiry.reminder"].sudo()  # sudo: everybody may know when to renew
        known = reminders.search([("document", "=like", f"{self._name}%")])
        days_off, today = reminders._days_off(), fields.Date.context_today(self)
        for record in self:
            record.next_step = False
            if not record.valid_to:
                continue
            own = {self._name, f"{self._name}:{record.kind}" if "kind" in record._fields else ""}
            coming = sorted(
                (renewal.due_day(record.valid_to, reminder.amount, reminder.unit, days_off), reminder.id, reminder)
                for reminder in known
                if reminder.document in own
            )
            for day, _id, reminder in coming:
                if day >= today:
                    record.next_step = f"{format_date(self.env, day)}: {reminder.name}"
                    break

    def _med_superseded(self):
        """Those of these documents for which a newer one is on file."""
        return self.browse()


class MedPartnerLicence(models.Model):
    _name = "med.partner.licence"
    _inherit = ["med.partner.licence", "mail.activity.mixin"]

    def _med_superseded(self):
        """The same partner has a licence of the kind that lasts longer."""
        rows = self.search([("partner_id", "in", self.partner_id.ids), ("kind", "in", self.mapped("kind"))]).grouped(
            lambda licence: (licence.partner_id, licence.kind, licence.company_id)
        )
        return self.filtered(
            lambda licence: _lasts_longer(licence, rows[licence.partner_id, licence.kind, licence.company_id])
        )


class MedRegistrationCertificate(models.Model):
    _name = "med.registration.certificate"
    _inherit = ["med.registration.certificate", "mail.activity.mixin"]

    def _med_superseded(self):
        """The same number was renewed, or every device it covers has a certificate that lasts longer."""
        numbers = self.search([("number", "in", self.mapped("number"))]).grouped("number")

        def renewed(certificate):
            if _lasts_longer(certificate, numbers[certificate.number]):
                return True
            covered = certificate.product_tmpl_ids
            return bool(covered) and all(_lasts_longer(certificate, device.med_registration_ids) for device in covered)

        return self.filtered(renewed)


class MedAuthorisedPerson(models.Model):
    _name = "med.authorised.person"
    _inherit = ["med.authorised.person", "mail.thread", "mail.activity.mixin"]


def _lasts_longer(document, others):
    return any(
        not other.valid_to or other.valid_to > document.valid_to
        for other in others - document
        if not other.valid_from
        or not document.valid_to
        or other.valid_from <= fields.Date.add(document.valid_to, days=1)
    )
