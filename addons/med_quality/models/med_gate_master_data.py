from odoo import api, models

from ..lib.rules_master_data import FACT


class MedGate(models.AbstractModel):
    _inherit = "med.gate"

    def _extra_facts(self, lines, stored):
        """The score of products whose master data may not enter outbound. Flag and score are
        stored on the product and come with its other fields: no query of their own."""
        extra = super()._extra_facts(lines, stored)
        for line in lines:
            template = line.product_id.product_tmpl_id
            if template.med_data_blocked:
                extra[line.id] = {**extra.get(line.id, {}), FACT: template.med_data_score}
        return extra

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
