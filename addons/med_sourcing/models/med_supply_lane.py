from odoo import api, fields, models

from ..lib.sourcing import Lane


class MedSupplyLane(models.Model):
    """What a shipment takes and costs: from a warehouse to another one, or to the consignees of a region."""

    _name = "med.supply.lane"
    _description = "Lane of shipments"
    _order = "from_id, to_id, id"
    _check_company_auto = True

    from_id = fields.Many2one("stock.warehouse", "From", required=True, index=True, ondelete="cascade")
    to_id = fields.Many2one(
        "stock.warehouse",
        "To warehouse",
        check_company=True,
        ondelete="cascade",
        help="Empty: the lane leads to consignees.",
    )
    country_ids = fields.Many2many("res.country", string="Countries")
    state_ids = fields.Many2many(
        "res.country.state",
        string="Provinces",
        help="Where the consignees are. Without country and province the lane leads to all that no other lane names.",
    )
    days = fields.Integer(
        "Days", required=True, default=1, help="From leaving the warehouse to arriving, in calendar days."
    )
    cost = fields.Monetary("Cost of a shipment")
    cost_per_kg = fields.Monetary("Cost per kg", help="Weight is on the product.")
    company_id = fields.Many2one(related="from_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    active = fields.Boolean(default=True)

    _not_back = models.Constraint("CHECK(days >= 0)", "A shipment does not arrive before it leaves: no negative days.")
    _no_gain = models.Constraint("CHECK(cost >= 0 AND cost_per_kg >= 0)", "The cost of a lane is not negative.")
    _elsewhere = models.Constraint(
        "CHECK(to_id IS NULL OR to_id <> from_id)", "A lane leads to another warehouse, or to consignees."
    )

    @api.depends("from_id.name", "to_id.name", "state_ids.name", "country_ids.name")
    def _compute_display_name(self):
        for lane in self:
            places = lane.state_ids.mapped("name") or lane.country_ids.mapped("name") or [self.env._("consignees")]
            end = lane.to_id.name or ", ".join(places)
            lane.display_name = f"{lane.from_id.name or ''} → {end}"

    @api.model
    def _network(self, warehouses, address):
        """The lanes among ``warehouses`` and from them to ``address``, as the planner takes them.

        A lane that names the province goes before one that names the country, and that one before one for all;
        of several alike the cheapest goes.

        :return: ({warehouse id: Lane}, {(from id, to id): Lane})
        """
        direct, between = {}, {}
        for lane in self.search([("from_id", "in", warehouses.ids)]):
            way = Lane(lane.days, lane.cost, lane.cost_per_kg)
            if lane.to_id:
                key, found, rank = (lane.from_id.id, lane.to_id.id), between, 0
            else:
                key, found, rank = lane.from_id.id, direct, lane._how_near(address)
            if rank is None or (lane.to_id and lane.to_id not in warehouses):
                continue
            best = (rank, way.cost, way.days)
            if key not in found or best < found[key][0]:
                found[key] = (best, way)
        return (
            {warehouse: way for warehouse, (_best, way) in direct.items()},
            {pair: way for pair, (_best, way) in between.items()},
        )

    def _how_near(self, address):
        """0 for a lane to the province of ``address``, 1 to its country, 2 to anybody, None for elsewhere."""
        if self.state_ids:
            return 0 if address.state_id in self.state_ids else None
        if self.country_ids:
            return 1 if address.country_id in self.country_ids else None
        return 2
