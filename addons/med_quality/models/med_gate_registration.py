from odoo import api, models
from odoo.tools import SQL

from ..lib.facts import as_date
from ..lib.rules_registration import FACT, RegistrationFacts


class MedGate(models.AbstractModel):
    _inherit = "med.gate"

    def init(self):
        super().init()
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION med_gate_registrations(templates integer[], company integer)
            RETURNS TABLE (key integer, facts json) AS $$
            BEGIN RETURN QUERY
                SELECT covers.product_tmpl_id,
                       json_agg(json_build_array(cert.number, cert.device_class, cert.valid_from, cert.valid_to)
                                ORDER BY cert.id)
                  FROM med_certificate_product_rel covers
                  JOIN med_registration_certificate cert ON cert.id = covers.certificate_id
                 WHERE covers.product_tmpl_id = ANY(templates)
                   AND cert.active
                   AND (cert.company_id IS NULL OR cert.company_id = company)
                 GROUP BY covers.product_tmpl_id;
            END $$ LANGUAGE plpgsql STABLE
            """
        )

    @api.model
    def _fact_queries(self, lines, parties, company):
        """The certificates that name each product, renewals and past periods alike."""
        queries = super()._fact_queries(lines, parties, company)
        templates = lines.product_id.product_tmpl_id.ids
        if not templates or self._is_base_only():
            return queries
        self.env["med.registration.certificate"].flush_model()
        registrations = SQL("SELECT * FROM med_gate_registrations(%s, %s)", templates, company.id)
        return {**queries, FACT: registrations}

    def _product_facts(self, products, stored):
        facts = super()._product_facts(products, stored)
        registrations = {
            template_id: tuple(
                RegistrationFacts(number, device_class, as_date(first), as_date(last))
                for number, device_class, first, last in rows
            )
            for template_id, rows in stored.get(FACT, {}).items()
        }
        return self._add_facts(
            facts, FACT, {product.id: registrations.get(product.product_tmpl_id.id, ()) for product in products}
        )

    @api.model
    def _rule_labels(self):
        return {**super()._rule_labels(), "registration_invalid": self.env._("Registration certificate")}

    def _sentences(self, params):
        _ = self.env._
        p = {"number": "", "day": "", **params}
        sentences = {
            "missing": _(
                "%(product)s has no registration or filing certificate on file. Have quality complete its dossier.", **p
            ),
            "other_class": _(
                "Certificate %(number)s is for another class than %(product)s. Have quality check the dossier.", **p
            ),
            "expired": _(
                "Certificate %(number)s of %(product)s has expired, and lot %(lot)s has no production date."
                " Have quality enter it from the label, or file the renewed certificate.",
                **p,
            ),
            "not_yet": _(
                "Certificate %(number)s of %(product)s is not in force on %(day)s, and lot %(lot)s has no"
                " production date. Have quality check both.",
                **p,
            ),
            "made_after": _(
                "%(product)s, lot %(lot)s was made on %(day)s, after certificate %(number)s had expired."
                " It must not be traded; ask quality for the renewed certificate.",
                **p,
            ),
            "made_before": _(
                "%(product)s, lot %(lot)s was made on %(day)s, when no certificate was in force (%(number)s)."
                " It must not be traded; ask quality for the certificate of that time.",
                **p,
            ),
        }
        ours = {("registration_invalid", problem): sentence for problem, sentence in sentences.items()}
        return {**super()._sentences(params), **ours}
