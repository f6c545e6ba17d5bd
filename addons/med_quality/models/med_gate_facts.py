from odoo import api, models
from odoo.tools import SQL

from odoo.addons.med_master_data.models.med_partner_licence import TRADE_KINDS

from ..lib.facts import LICENCES
from .med_gate import BASE_FACTS


class MedGate(models.AbstractModel):
    """What the judges must know from tables that a movement itself does not read.

    One query for the facts of all rules of all addons: a rule more is no query more, and a
    movement of one line costs the same few as one of a thousand. Each SELECT is a function of the
    database, whose plan PostgreSQL keeps: planning took longer than asking.
    """

    _inherit = "med.gate"

    def init(self):
        super().init()
        # by the partner asked for, not his company: reading that would be a query of its own
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION med_gate_licences(partners integer[], kinds text[], company integer)
            RETURNS TABLE (key integer, facts json) AS $$
            BEGIN RETURN QUERY
                SELECT asked.id,
                       json_build_array(owner.name, COALESCE(
                           json_agg(json_build_array(number, valid_from, valid_to,
                                                     scope_class_1, scope_class_2, scope_class_3, scope_codes)
                                    ORDER BY kind, valid_to, licence.id) FILTER (WHERE licence.id IS NOT NULL),
                           '[]'))
                  FROM res_partner asked
                  JOIN res_partner owner ON owner.id = asked.commercial_partner_id
                  LEFT JOIN med_partner_licence licence
                    ON licence.partner_id = owner.id AND licence.kind = ANY(kinds) AND licence.active
                   AND (licence.company_id IS NULL OR licence.company_id = company)
                 WHERE asked.id = ANY(partners)
                 GROUP BY asked.id, owner.id;
            END $$ LANGUAGE plpgsql STABLE
            """
        )

    @api.model
    def _is_base_only(self):
        """Is this a replay of a rule of this addon, which spares the facts of those above?"""
        return self.env.context.get("med_base_facts") is BASE_FACTS

    @api.model
    def _fact_queries(self, lines, parties, company):
        queries = super()._fact_queries(lines, parties, company)
        if not parties:
            return queries
        self.env["med.partner.licence"].flush_model()
        self.env["res.partner"].flush_model(["name", "commercial_partner_id"])
        licences = SQL("SELECT * FROM med_gate_licences(%s, %s, %s)", parties.ids, list(TRADE_KINDS), company.id)
        return {**queries, LICENCES: licences}

    @api.model
    def _stored_facts(self, lines, parties, company):
        """{name: {key: rows}} of every fact query, asked at once."""
        queries = self._fact_queries(lines, parties, company)
        stored = {name: {} for name in (LICENCES, *queries)}
        if queries:
            union = SQL(" UNION ALL ").join(
                SQL("SELECT %s, * FROM (%s) AS facts_%s", name, query, SQL(str(index)))
                for index, (name, query) in enumerate(queries.items())
            )
            for name, key, rows in self.env.execute_query(union):
                stored[name][key] = rows
        return stored
