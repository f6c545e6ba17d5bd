import base64
import json
from datetime import UTC

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.med_evidence.lib import canonical
from odoo.addons.med_master_data.lib import epcis, gtin


class MedLotReleaseMessage(models.TransientModel):
    """Tells partners that quality released lots: a letter, and the same as EPCIS for their systems."""

    _name = "med.lot.release.message"
    _description = "Release message"

    lot_ids = fields.Many2many("stock.lot", string="Released lots", required=True)
    partner_ids = fields.Many2many("res.partner", string="Partners", required=True)
    note = fields.Text("Remark")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if "lot_ids" in fields_list and self.env.context.get("active_model") == "stock.lot":
            values["lot_ids"] = [fields.Command.set(self.env.context.get("active_ids", []))]
        if "partner_ids" in fields_list:
            told = self.env["res.partner"].search([("med_release_messages", "=", True)])
            values["partner_ids"] = [fields.Command.set(told.ids)]
        return values

    def action_send(self):
        """Queue one letter per partner, in his language; Odoo's mail queue sends it and tries again."""
        self.ensure_one()
        self.lot_ids.check_access("read")
        self._check()
        # sudo: the letter is the system's, and the mail queue belongs to nobody
        mails = self.env["mail.mail"].sudo().create([self._letter(partner) for partner in self.partner_ids])
        self.env["med.evidence.event"]._record(
            "lot.release_told",
            [
                {
                    "record": lot,
                    "body": {
                        "partners": [[partner.id, partner.name] for partner in self.partner_ids],
                        "mails": mails.ids,
                        "events": [event["eventID"] for event in self._events(lot)],
                    },
                }
                for lot in self.lot_ids
            ],
        )
        for lot in self.lot_ids:
            lot.message_post(
                body=self.env._(
                    "Release told to %(partners)s.", partners=", ".join(self.partner_ids.mapped("display_name"))
                )
            )
        return {"type": "ir.actions.act_window_close"}

    def _check(self):
        if not self.partner_ids:
            raise UserError(self.env._("Name at least one partner to be told."))
        for lot in self.lot_ids:
            if lot.med_status != "released" or not lot._med_release_signature():
                raise UserError(
                    self.env._(
                        "Lot %(lot)s is not released by signature. Release it first, then tell the partners.",
                        lot=lot.name,
                    )
                )
        nowhere = self.partner_ids.filtered(lambda partner: not partner.email)
        if nowhere:
            raise UserError(
                self.env._(
                    "%(partners)s: no e-mail address on file. Enter it on the contact, or take it off the list.",
                    partners=", ".join(nowhere.mapped("display_name")),
                )
            )

    def _events(self, lots):
        """The EPCIS event of each lot whose product has a GTIN; without one the letter alone tells."""
        events = []
        for lot in lots:
            di = lot.product_id.med_primary_di or ""
            if not gtin.has_valid_check_digit(di):
                continue  # a DI of another agency has no Digital Link
            signature = lot._med_release_signature()
            zone = self.env["med.gate"]._zone(lot.company_id or self.env.company)
            events.append(
                epcis.released(
                    [epcis.LotQuantity(di.zfill(14), lot.name)],
                    signature.signed_at.replace(tzinfo=UTC).astimezone(zone),
                    signed_as=f"urn:sha256:{signature.snapshot_hash}",
                )
            )
        return events

    def _letter(self, partner):
        lang = partner.lang or self.env.lang
        words = self.with_context(lang=lang)
        company = self.env.company
        events = self._events(self.lot_ids)
        values = {
            "subject": words.env._("Released by quality: %(lots)s", lots=", ".join(self.lot_ids.mapped("name"))[:120]),
            "email_from": company.email_formatted or self.env.user.email_formatted,
            "email_to": partner.email_formatted,
            "body_html": words.env["ir.qweb"]._render(
                "med_quality.release_letter",
                {"message": words, "partner": partner.with_context(lang=lang), "company": company},
                lang=lang,
            ),
            "auto_delete": False,
        }
        if events:
            text = json.dumps(
                epcis.document(events, fields.Datetime.now().replace(tzinfo=UTC)), ensure_ascii=False, indent=2
            )
            values["attachment_ids"] = [
                fields.Command.create(
                    {
                        "name": f"release-{canonical.digest(text)[:12]}.jsonld",
                        "mimetype": "application/ld+json",
                        "datas": base64.b64encode(text.encode()),
                    }
                )
            ]
        return values
