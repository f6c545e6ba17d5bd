from datetime import UTC

from odoo import api, fields, models

from .med_lot_stock import LEVELS


class StockLot(models.Model):
    _inherit = "stock.lot"

    med_expiry_level = fields.Selection(LEVELS, "Expiry level", compute="_compute_med_expiry_level")

    @api.depends("expiration_date", "product_id", "company_id")
    @api.depends_context("company")
    def _compute_med_expiry_level(self):
        """How near the expiry is, by the days of the product or else the company: as ``med.lot.stock`` counts."""
        now = fields.Datetime.now().replace(tzinfo=UTC)
        for lot in self:
            company = lot.company_id or self.env.company
            template, expiry = lot.product_id.product_tmpl_id, lot.expiration_date
            if not expiry:
                lot.med_expiry_level = "undated"
                continue
            zone = self.env["med.gate"]._zone(company)
            expiry = expiry.replace(tzinfo=UTC)
            left = (expiry.astimezone(zone).date() - now.astimezone(zone).date()).days
            if expiry <= now:
                lot.med_expiry_level = "expired"
            elif left <= (template.med_urgent_expiry_days or company.med_urgent_expiry_days):
                lot.med_expiry_level = "urgent"
            elif left <= (template.med_near_expiry_days or company.med_near_expiry_days):
                lot.med_expiry_level = "near"
            else:
                lot.med_expiry_level = "fresh"
