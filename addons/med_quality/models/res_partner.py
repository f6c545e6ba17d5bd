from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    med_min_shelf_life_days = fields.Integer(
        "Minimum remaining shelf life (days)",
        help="Lots with fewer days left on the day of delivery are neither reserved nor shipped to this customer.",
    )
    med_min_shelf_life_percent = fields.Float(
        "Minimum remaining shelf life (% of total)",
        digits=(5, 2),
        help="Share of the total shelf life, from production to expiry, that must be left on the day of delivery.",
    )

    med_no_older_lots = fields.Boolean(
        "Never older than the last delivery",
        help="Lots that expire earlier than what this customer got before are neither reserved nor shipped to it.",
    )
    med_max_lots = fields.Integer(
        "Most lots per product and delivery",
        help="A delivery holds no more lots of a product than this. 1 for a single lot; empty for any number.",
    )

    med_release_messages = fields.Boolean(
        "Gets release messages", help="Proposed when quality tells partners which lots it released.", prefetch="med"
    )

    _med_max_lots_range = models.Constraint(
        "CHECK (coalesce(med_max_lots, 0) >= 0)",
        "The most lots of a delivery is a number from 1 up, or empty for any number.",
    )
    _med_shelf_life_range = models.Constraint(
        "CHECK (coalesce(med_min_shelf_life_days, 0) >= 0"
        " AND coalesce(med_min_shelf_life_percent, 0) BETWEEN 0 AND 100)",
        "The minimum remaining shelf life is a number of days from 0 up, or a share from 0 to 100 %.",
    )

    def _med_shelf_life_demand(self, product):
        """(days, percent) this consignee asks of ``product``: his own, else his company's,
        else the product's."""
        for partner in (self, self.commercial_partner_id):
            if partner.med_min_shelf_life_days or partner.med_min_shelf_life_percent:
                return partner.med_min_shelf_life_days, partner.med_min_shelf_life_percent
        return product.product_tmpl_id.med_min_shelf_life_days, 0.0

    def _med_lot_demand(self):
        """(never older than before, most lots or 0): his own wish, else his company's."""
        company = self.commercial_partner_id
        return (
            self.med_no_older_lots or company.med_no_older_lots,
            self.med_max_lots or company.med_max_lots,
        )

    def write(self, vals):
        res = super().write(vals)
        if vals.keys() & {"tz", "country_id"} and self._med_stand_for_a_company():
            # the gate remembers where each company is
            self.env.registry.clear_cache()
        return res

    def _med_stand_for_a_company(self):
        # sudo: whoever changes the address of a company he does not see changes its days too
        return bool(self.env["res.company"].sudo().search_count([("partner_id", "in", self.ids)], limit=1))
