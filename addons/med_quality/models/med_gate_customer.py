from datetime import UTC, datetime

from odoo import api, models
from odoo.tools import SQL

from ..lib.rules_customer import FACT, CustomerFacts


class MedGate(models.AbstractModel):
    """Facts for customers who take no older goods than they have, or few lots at once. Where
    nobody asks for either, nothing is read."""

    _inherit = "med.gate"

    _customer_rules = frozenset({"older_than_last", "too_many_lots"})

    def init(self):
        super().init()
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION med_gate_last_expiry(partners integer[], products integer[])
            RETURNS TABLE (key integer, facts json) AS $$
            BEGIN RETURN QUERY
                SELECT last.id, json_agg(json_build_array(last.product_id, last.expiry)) FROM (
                    SELECT asked.id, line.product_id, max(lot.expiration_date) AS expiry
                      FROM res_partner asked
                      -- to whichever address of the company they went
                      JOIN res_partner place ON place.commercial_partner_id = asked.commercial_partner_id
                      JOIN stock_picking picking ON picking.partner_id = place.id
                      JOIN stock_move_line line ON line.picking_id = picking.id AND line.state = 'done'
                      JOIN stock_location destination
                        ON destination.id = line.location_dest_id AND destination.usage = 'customer'
                      JOIN stock_lot lot ON lot.id = line.lot_id
                     WHERE asked.id = ANY(partners) AND line.product_id = ANY(products)
                     GROUP BY asked.id, line.product_id) AS last
                 WHERE last.expiry IS NOT NULL GROUP BY last.id;
            END $$ LANGUAGE plpgsql STABLE
            """
        )

    @api.model
    def _last_expiry_query(self, partners, products):
        """SELECT of partner id and [[product id, latest expiry he got]], as JSON."""
        self.env["stock.move.line"].flush_model(["state", "lot_id", "product_id", "picking_id", "location_dest_id"])
        self.env["stock.picking"].flush_model(["partner_id"])
        self.env["stock.lot"].flush_model(["expiration_date"])
        return SQL("SELECT * FROM med_gate_last_expiry(%s, %s)", partners.ids, products.ids)

    @api.model
    def _fact_queries(self, lines, parties, company):
        queries = super()._fact_queries(lines, parties, company)
        # those who are read anyway; asking our own company or suppliers would be a query of its own
        others = company.sudo().partner_id | lines.lot_id.med_supplier_id | lines.owner_id
        asking = (parties - others).filtered(lambda party: party._med_lot_demand()[0])
        if asking and not self._is_base_only():
            queries[FACT] = self._last_expiry_query(asking, lines.product_id)
        return queries

    def _way_facts(self, line, party, stored, zone):
        facts = super()._way_facts(line, party, stored, zone)
        asks = self._customer_facts(party, line.product_id, line.picking_id, dict(stored.get(FACT, {})), zone)
        return {**facts, FACT: asks} if asks else facts

    @api.model
    def _customer_facts_of_move(self, move, party, zone):
        """What the consignee of ``move`` asks; None where he asks nothing."""
        wants_younger, _limit = party._med_lot_demand()
        stored = dict(self.env.execute_query(self._last_expiry_query(party, move.product_id))) if wants_younger else {}
        return self._customer_facts(party, move.product_id, move.picking_id, stored, zone)

    @api.model
    def _customer_facts(self, party, product, picking, stored, zone):
        wants_younger, limit = party._med_lot_demand()
        if not wants_younger and not limit:
            return None
        last = dict(stored.get(party.id, ())).get(product.id)
        # of lines that exist: one that is only thought of asks whether it may join them
        lines = picking._origin.move_line_ids.filtered(lambda line: line.product_id == product and line.quantity > 0)
        return CustomerFacts(
            last_expiry=datetime.fromisoformat(last).replace(tzinfo=UTC).astimezone(zone).date() if last else None,
            max_lots=limit,
            lots=frozenset(line.lot_id.id or line.lot_name for line in lines if line.lot_id or line.lot_name),
        )

    @api.model
    def _rule_labels(self):
        return {
            **super()._rule_labels(),
            "older_than_last": self.env._("Older than what the customer has"),
            "too_many_lots": self.env._("Too many lots in a delivery"),
        }

    @api.model
    def _remedy_texts(self):
        return {
            **super()._remedy_texts(),
            "take_fewer_lots": self.env._("Take the goods from fewer lots, or agree with the customer."),
        }

    def _sentences(self, params):
        _ = self.env._
        p = {"last": "–", "expiry": "–", "count": 0, "limit": 0, **params}
        return {
            **super()._sentences(params),
            ("older_than_last", "older"): _(
                "%(product)s, lot %(lot)s expires on %(expiry)s; %(party)s got goods that expire on %(last)s before and"
                " takes none that are older. Take a younger lot or agree with the customer.",
                **p,
            ),
            ("older_than_last", "no_expiry"): _(
                "%(product)s, lot %(lot)s has no expiry date, and %(party)s takes none older than %(last)s."
                " Have quality enter it from the label.",
                **p,
            ),
            ("too_many_lots", "more"): _(
                "%(product)s: this delivery has %(count)s lots; %(party)s takes at most %(limit)s."
                " Take the goods from fewer lots or agree with the customer.",
                **p,
            ),
        }
