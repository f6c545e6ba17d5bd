from odoo import api, models

from ..lib import rules_three_sides as _rules  # noqa: F401 - registers the rules
from ..lib.rules_udi import FACT, UdiFacts


class MedGate(models.AbstractModel):
    _inherit = "med.gate"

    def _product_facts(self, products, stored):
        """Whether each product carries a UDI and from when it must: stored fields, and a table
        that is remembered."""
        duties = self.env["med.udi.duty"]

        def udi(template):
            since = duties._duty_from(template.med_device_class, template.med_udi_group)
            return UdiFacts(bool(template.med_primary_di), since)

        facts = super()._product_facts(products, stored)
        return self._add_facts(facts, FACT, {product.id: udi(product.product_tmpl_id) for product in products})

    @api.model
    def _rule_labels(self):
        return {
            **super()._rule_labels(),
            "own_licence_invalid": self.env._("Our own licence"),
            "supplier_licence_invalid": self.env._("Licence of the lot's supplier"),
            "owner_licence_invalid": self.env._("Licence of the goods' owner"),
            "udi_missing": self.env._("UDI duty"),
        }

    def _sentences(self, params):
        _ = self.env._
        p = {"partner": "–", "number": "–", "day": "–", **params}
        return {
            **super()._sentences(params),
            ("own_licence_invalid", "missing"): _(
                "Our own company %(partner)s has no licence on file. Have quality file it on the company's contact.",
                **p,
            ),
            ("own_licence_invalid", "out_of_scope"): _(
                "Our own licence does not cover %(product)s. Have quality check its business scope.", **p
            ),
            ("own_licence_invalid", "expired"): _(
                "Our own licence %(number)s had expired on %(day)s. Have quality file the renewed one.", **p
            ),
            ("own_licence_invalid", "not_yet"): _(
                "Our own licence %(number)s is not valid yet on %(day)s. Have quality check its period.", **p
            ),
            ("supplier_licence_invalid", "missing"): _(
                "%(partner)s, who delivered lot %(lot)s of %(product)s, has no licence on file."
                " Have quality file the one of that day.",
                **p,
            ),
            ("supplier_licence_invalid", "out_of_scope"): _(
                "The licence of %(partner)s, who delivered lot %(lot)s, does not cover %(product)s."
                " Have quality check its scope.",
                **p,
            ),
            ("supplier_licence_invalid", "expired"): _(
                "Licence %(number)s of %(partner)s had expired when lot %(lot)s of %(product)s was delivered on %(day)s."
                " Have quality decide on the lot.",
                **p,
            ),
            ("supplier_licence_invalid", "not_yet"): _(
                "Licence %(number)s of %(partner)s was not valid yet when lot %(lot)s of %(product)s was delivered on"
                " %(day)s. Have quality decide on the lot.",
                **p,
            ),
            ("owner_licence_invalid", "missing"): _(
                "%(partner)s, who owns %(product)s, lot %(lot)s kept here, has no licence on file. Have quality file it.",
                **p,
            ),
            ("owner_licence_invalid", "out_of_scope"): _(
                "The licence of %(partner)s, who owns lot %(lot)s, does not cover %(product)s. Have quality check its"
                " scope.",
                **p,
            ),
            ("owner_licence_invalid", "expired"): _(
                "Licence %(number)s of %(partner)s, who owns %(product)s, lot %(lot)s, had expired on %(day)s. Have"
                " quality file the renewed one.",
                **p,
            ),
            ("owner_licence_invalid", "not_yet"): _(
                "Licence %(number)s of %(partner)s, who owns %(product)s, lot %(lot)s, is not valid yet on %(day)s."
                " Have quality check its period.",
                **p,
            ),
            ("udi_missing", "missing"): _(
                "%(product)s, lot %(lot)s must carry a UDI, as made on or after %(day)s, and its dossier has no DI."
                " Have quality enter it.",
                **p,
            ),
            ("udi_missing", "unknown_day"): _(
                "%(product)s must carry a UDI when made on or after %(day)s; its dossier has no DI, and lot %(lot)s no"
                " production date. Have quality enter one of them.",
                **p,
            ),
        }
