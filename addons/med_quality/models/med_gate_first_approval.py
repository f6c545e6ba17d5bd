from dataclasses import replace

from odoo import api, models

from odoo.addons.med_master_data.lib import first_approval

from ..lib.rules_first_approval import FACT


class MedGate(models.AbstractModel):
    _inherit = "med.gate"

    def _product_facts(self, products, stored):
        """As what each product is approved: stored on it, it comes with its other fields."""
        facts = super()._product_facts(products, stored)
        approved = {product.id: first_approval.unpack(product.product_tmpl_id.med_approved_as) for product in products}
        return self._add_facts(facts, FACT, approved)

    def _party_facts(self, party, licences):
        facts = super()._party_facts(party, licences)
        return replace(facts, approved_as=first_approval.unpack(party.commercial_partner_id.med_approved_as))

    @api.model
    def _rule_labels(self):
        return {
            **super()._rule_labels(),
            "product_not_approved": self.env._("First approval of the product"),
            "partner_not_approved": self.env._("First approval of the partner"),
        }

    @api.model
    def _remedy_texts(self):
        return {
            **super()._remedy_texts(),
            "propose_first_approval": self.env._("Propose the first approval, and have the quality head sign it."),
        }

    def _sentences(self, params):
        _ = self.env._
        p = {"partner": "–", **params}
        return {
            **super()._sentences(params),
            ("product_not_approved", "missing"): _(
                "%(product)s has no first approval in force. Have it proposed, and approved by the quality head.", **p
            ),
            ("partner_not_approved", "no_party"): _(
                "Nobody can tell whether the partner is approved: none is named. Enter the partner on the transfer.",
                **p,
            ),
            ("partner_not_approved", "supplier"): _(
                "%(partner)s is not approved as a supplier. Have it proposed, and approved by the quality head.", **p
            ),
            ("partner_not_approved", "customer"): _(
                "%(partner)s is not approved as a customer. Have it proposed, and approved by the quality head.", **p
            ),
        }
