from odoo import api, models
from odoo.tools import SQL

from ..lib.rules_registration import FACT, RegistrationFacts


class MedGate(models.AbstractModel):
    _inherit = "med.gate"

    def _extra_facts(self, lines):
        """The certificates that name each product, of all lines in one query."""
        extra = super()._extra_facts(lines)
        registrations = self._registrations(lines.product_id.product_tmpl_id, lines.company_id)
        for line in lines:
            facts = registrations.get(line.product_id.product_tmpl_id.id, ())
            extra[line.id] = {**extra.get(line.id, {}), FACT: facts}
        return extra

    @api.model
    def _registrations(self, templates, companies):
        """{template id: its certificates, renewals and past periods alike, as facts}.

        By SQL, because the ORM asks for the relation and for the certificates in turn, and
        without access rights, because the gate sees what the user may not.
        """
        if not templates:
            return {}
        certificates = self.env["med.registration.certificate"]
        certificates.flush_model(["number", "device_class", "valid_from", "valid_to", "company_id", "active"])
        certificates.flush_model(["product_tmpl_ids"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT covers.product_tmpl_id, cert.number, cert.device_class, cert.valid_from, cert.valid_to
                  FROM med_certificate_product_rel covers
                  JOIN med_registration_certificate cert ON cert.id = covers.certificate_id
                 WHERE covers.product_tmpl_id IN %s
                   AND cert.active
                   AND (cert.company_id IS NULL OR cert.company_id IN %s)
                 ORDER BY cert.id
                """,
                tuple(templates.ids),
                tuple(companies.ids) or (0,),
            )
        )
        found = {}
        for template_id, *values in rows:
            found.setdefault(template_id, []).append(RegistrationFacts(*values))
        return {template_id: tuple(facts) for template_id, facts in found.items()}

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
