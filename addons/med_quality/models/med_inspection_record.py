"""What the acceptance record (GSP 65) and the maintenance record (GSP 74) say, field by field."""

from odoo import fields, models
from odoo.tools import format_date, format_datetime


class MedRegistrationCertificate(models.Model):
    _inherit = "med.registration.certificate"

    med_contract_maker_id = fields.Many2one(
        "res.partner",
        "Contract manufacturer",
        index="btree_not_null",
        ondelete="restrict",
        help="Who makes the device for the registrant, where it is not the registrant himself.",
    )


class MedInspection(models.Model):
    _inherit = "med.inspection"

    place = fields.Char("Storage place", readonly=True, help="Where the lot lay when the inspection was opened.")

    def _record_rows(self):
        """[(key, label, text)] of the printed record, in the order of the law's list; keys are stable.

        Every row is there, empty or not: what nobody knows is to be seen.
        """
        self.ensure_one()
        _ = self.env._
        product, lot = self.product_id, self.lot_id
        certificates = product.med_registration_ids
        registrants = product.med_registrant_id or certificates.holder_id
        makers = certificates.med_contract_maker_id
        states = dict(self._fields["state"]._description_selection(self.env))
        severities = dict(self._fields["severity"]._description_selection(self.env))
        # texts first: the reader of translations stumbles over an f-string between two terms
        unit = product.uom_id.name
        quantity, accepted = f"{self.quantity:g} {unit}", f"{self.accepted_quantity:g} {unit}"
        severity = " ".join(filter(None, [severities.get(self.severity), self.code_letter]))
        sample = f"{self.sample_size} ({self.accept_number}/{self.reject_number}), {severity}"
        acceptance = self.trigger != "periodic"
        rows = [
            ("name", _("Name"), ", ".join(filter(None, [product.name, *certificates.mapped("device_name")]))),
            ("specification", _("Model and specification"), self._specification()),
            ("quantity", _("Quantity"), quantity),
            ("certificate", _("Registration certificate"), ", ".join(certificates.mapped("number"))),
            ("registrant", _("Registrant"), ", ".join(registrants.mapped("name"))),
            ("contract_maker", _("Contract manufacturer"), ", ".join(makers.mapped("name"))),
            ("production_licence", _("Production licence"), self._production_licences(registrants | makers)),
            ("lot", _("Lot or serial number"), lot.name),
            ("production", _("Production date"), self._told_day(lot.med_production_date)),
            ("expiry", _("Expiry date"), self._told_day(lot.expiration_date)),
            ("udi", _("UDI-DI"), product.med_primary_di or ""),
            ("storage", _("Storage condition"), product.med_storage_condition_id.name or ""),
        ]
        if acceptance:
            rows += [
                ("partner", _("Supplier or customer"), self.partner_id.display_name or ""),
                ("purchased", _("Purchase date"), self._told_day(self._purchase_date())),
                ("arrived", _("Arrival date"), self._told_day(self.picking_id.date_done)),
                ("transfer", _("Transfer"), self.picking_id.name or ""),
            ]
        else:
            rows.append(("place", _("Storage place"), self.place or ""))
        return [
            *rows,
            ("sample", _("Sample"), sample),
            ("defects", _("Defective units"), str(self.defects)),
            ("conclusion", _("Conclusion"), states[self.state]),
            ("accepted", _("Accepted quantity"), accepted),
            ("inspector", _("Inspected by"), self.inspector_id.name or ""),
            (
                "inspected",
                _("Inspected at"),
                format_datetime(self.env, self.inspected_at, self._record_zone()) if self.inspected_at else "",
            ),
            ("measures", _("What did not conform, and what was done"), self._told_measures()),
        ]

    def _record_zone(self):
        """A record is read where the goods are."""
        return self.company_id._med_place()[0] or self.env.context.get("tz") or "UTC"

    def _told_day(self, value):
        """A day as people write it; of an instant, the day it is at the company."""
        if not value:
            return ""
        if hasattr(value, "hour"):
            value = fields.Datetime.context_timestamp(self.with_context(tz=self._record_zone()), value)
        return format_date(self.env, value)

    def _specification(self):
        product = self.product_id
        values = product.product_template_variant_value_ids.mapped("name")
        return ", ".join(filter(None, [product.default_code, *values]))

    def _production_licences(self, makers):
        # sudo: the inspector need not read the files of partners
        licences = (
            self.env["med.partner.licence"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", makers.commercial_partner_id.ids),
                    ("kind", "=", "production"),
                    ("company_id", "in", (False, self.company_id.id)),
                ]
            )
        )
        return ", ".join(licences.mapped("number"))

    def _purchase_date(self):
        """The day of the order, where Odoo's purchase is installed."""
        picking = self.picking_id
        if not picking or "purchase_id" not in picking._fields:
            return None
        return picking.sudo().purchase_id.date_order or None  # sudo: as above

    def _told_measures(self):
        deviations = ", ".join(self.deviation_ids.mapped("display_name"))
        return "; ".join(filter(None, [(self.measures or "").strip(), deviations]))
