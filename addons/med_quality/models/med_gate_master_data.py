from odoo import api, models

from ..lib.rules_master_data import FACT


class MedGate(models.AbstractModel):
    _inherit = "med.gate"

    def _product_facts(self, products, stored):
        """The score of products whose master data may not enter outbound. Flag and score are
        stored on the product and come with its other fields: no query of their own."""
        facts = super()._product_facts(products, stored)
        templates = {product.id: product.product_tmpl_id for product in products}
        scores = {key: template.med_data_score for key, template in templates.items() if template.med_data_blocked}
        return self._add_facts(facts, FACT, scores)

    @api.model
    def _rule_labels(self):
        return {**super()._rule_labels(), "master_data_incomplete": self.env._("Master data incomplete")}

    def _sentences(self, params):
        sentence = self.env._(
            "%(product)s: its master data are incomplete (%(score)s %%). "
            "Have quality fill in what the data workbench shows for it.",
            product=params["product"],
            score=params.get("score", "–"),
        )
        return {**super()._sentences(params), ("master_data_incomplete", "below"): sentence}
