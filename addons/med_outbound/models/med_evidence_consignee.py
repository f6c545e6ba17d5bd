from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, Query


class MedEvidenceEvent(models.Model):
    """Events found by the consignee: of deliveries to him, their reviews, receipts and orders,
    and of himself and his licences."""

    _inherit = "med.evidence.event"

    consignee_id = fields.Many2one(
        "res.partner", "Consignee", compute="_compute_consignee_id", search="_search_consignee_id"
    )

    @api.depends("res_model", "res_id")
    def _compute_consignee_id(self):
        deliveries = self.filtered(lambda event: event.res_model == "stock.picking")
        # sudo: who may read an event may read to whom the delivery of it went
        pickings = self.env["stock.picking"].sudo().browse(deliveries.mapped("res_id")).exists()
        partners = {picking.id: picking.partner_id.id for picking in pickings}
        for event in self:
            event.consignee_id = partners.get(event.res_id) if event in deliveries else False

    @api.model
    def _search_consignee_id(self, operator, value):
        # sudo: only numbers of records are asked for; which events may be read, their own rules say
        Partner = self.env["res.partner"].sudo()
        if operator in ("any", "any!"):
            # a name that is searched for arrives as a domain
            partners = Partner.search(Domain(value) if not isinstance(value, Query) else [("id", "in", value)])
        elif operator == "child_of":
            partners = Partner.search([("id", "child_of", value)])
        elif operator == "in":
            partners = Partner.browse([number for number in value if number])
        else:
            return NotImplemented
        wanted = [(records._name, records.ids) for records in self._of_consignees(partners) if records]
        if not wanted:
            return [(0, "=", 1)]
        # Materialized, or PostgreSQL might walk the whole table backwards to save the sort.
        rows = self.env.execute_query(
            SQL(
                "WITH found AS MATERIALIZED (SELECT id FROM %s WHERE %s) SELECT id FROM found",
                SQL.identifier(self._table),
                SQL(" OR ").join(SQL("(res_model = %s AND res_id = ANY(%s))", name, ids) for name, ids in wanted),
            )
        )
        return [("id", "in", [event_id for (event_id,) in rows])]

    def _of_consignees(self, partners):
        """Recordsets of everything that is about these consignees and those below them."""
        partners = partners.search([("id", "child_of", partners.ids)]) if partners else partners
        if not partners:
            return []
        search = {
            "stock.picking": [("partner_id", "in", partners.ids), ("picking_type_code", "=", "outgoing")],
            "sale.order": [("partner_shipping_id", "in", partners.ids)],
            "med.partner.licence": [("partner_id", "in", partners.ids)],
        }
        env = partners.env
        found = {name: env[name].with_context(active_test=False).search(domain) for name, domain in search.items()}
        of_deliveries = [("picking_id", "in", found["stock.picking"].ids)]
        return [
            partners,
            *found.values(),
            env["med.outbound.review"].search(of_deliveries),
            env["med.outbound.receipt"].search(of_deliveries),
        ]
