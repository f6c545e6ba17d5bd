from collections import defaultdict

from odoo import fields, models
from odoo.tools import float_repr, format_date

from odoo.addons.med_master_data.models.med_partner_licence import TRADE_KINDS


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _med_note(self):
        """What the delivery note (随货同行单) says; one dict, texts in the language of ``self``.

        The seven groups of content of GSP 92, the order's number (NET 17), and of the law of
        other markets what costs nothing: the UDI-DI and who reviewed.
        """
        self.ensure_one()
        orders = self.move_ids.sale_line_id.order_id
        # sudo: the note is about this delivery; the warehouse prints it without rights on
        # orders, carriers or reviews of others
        picking = self.sudo()
        review = picking.med_review_ids.filtered(lambda review: review.state == "signed")[:1]
        return {
            "supplier": picking.company_id.partner_id,
            "supplier_licences": ", ".join(picking._med_note_licences(picking.company_id.partner_id)),
            "owner": picking.owner_id,
            "sent_by": picking.partner_id.commercial_partner_id if picking.med_is_direct else None,
            "consignee": picking._med_note_address().commercial_partner_id,
            "address": picking._med_note_address(),
            "orders": ", ".join(orders.sudo().mapped("name")) or picking.origin or "",
            "their_orders": ", ".join(filter(None, orders.sudo().mapped("client_order_ref"))),
            "shipped_at": picking.date_done,
            "tz": picking._med_local().env.context["tz"],
            "carrier": picking.carrier_id.name or "",
            "tracking": picking.carrier_tracking_ref or "",
            "lines": picking._med_note_lines(),
            "reviewer": review.reviewer_id.name or "",
            "pickers": ", ".join(picking.med_picked_by_ids.mapped("name")),
            "seal": picking.company_id.med_outbound_seal,
        }

    def _med_local(self):
        """With the time zone of the company: a note is read where the goods left."""
        return self.with_context(tz=self.company_id._med_place()[0] or self.env.context.get("tz") or "UTC")

    def _med_note_address(self):
        """Where the goods go. A direct dispatch names the supplier; its moves name the consignee."""
        if not self.med_is_direct:
            return self.partner_id
        moves = self.move_ids
        return moves.partner_id[:1] or moves[:1]._med_consignee() or self.partner_id

    def _med_note_licences(self, partner):
        today = fields.Date.context_today(self._med_local())
        licences = self.env["med.partner.licence"].search(
            [
                ("partner_id", "=", partner.id),
                ("kind", "in", TRADE_KINDS),
                ("company_id", "in", (False, self.company_id.id)),
            ]
        )
        return [
            licence.number
            for licence in licences
            if (not licence.valid_from or licence.valid_from <= today)
            and (not licence.valid_to or licence.valid_to >= today)
        ]

    def _med_note_lines(self):
        """One row per product, lot and package, in the order of the products' names."""
        rows = defaultdict(float)
        for line in self.move_line_ids.filtered("quantity"):
            key = (line.product_id, line.lot_id, line.result_package_id, line.product_id.uom_id)
            rows[key] += line.quantity_product_uom
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        ordered = sorted(rows.items(), key=lambda row: (row[0][0].display_name, row[0][1].name or "", row[0][2].id))
        return [
            {
                "product": product,
                "specification": ", ".join(product.product_template_variant_value_ids.mapped("name")),
                "di": product.product_tmpl_id.med_primary_di or "",
                "certificates": product.med_registration_ids.mapped("number"),
                "registrant": product.med_registrant_id.name or product.med_registration_ids.holder_id[:1].name or "",
                "lot": lot.name or "",
                "production": format_date(self.env, lot.med_production_date) if lot.med_production_date else "",
                "expiry": format_date(
                    self.env, fields.Datetime.context_timestamp(self._med_local(), lot.expiration_date)
                )
                if lot.expiration_date
                else "",
                "quantity": float_repr(quantity, digits).rstrip("0").rstrip("."),
                "uom": uom.name,
                "package": package.name or "",
                "storage": product.med_storage_condition_id.name or "",
            }
            for (product, lot, package, uom), quantity in ordered
        ]
