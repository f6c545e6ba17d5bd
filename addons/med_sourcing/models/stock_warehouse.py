from odoo import fields, models


class StockRoute(models.Model):
    _inherit = "stock.route"

    med_sourcing_steps = fields.Char(
        "Made for orders, with steps",
        readonly=True,
        copy=False,
        help="Delivery steps of both warehouses when this route was made for orders.",
    )


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    def _med_route_from(self, supplier, days):
        """Odoo's route for goods of ``supplier`` that this warehouse ships on: out, transit, in, delivery,
        each step made for the next, so that what arrives is the order's and nobody else's.

        Made when it is first needed, and again when one of the two changes its steps of delivery.
        """
        self.ensure_one()
        # sudo: routes are the configuration of stock managers; who confirms a proposal follows one of ours
        routes = self.env["stock.route"].sudo()
        steps = f"{supplier.delivery_steps}/{self.delivery_steps}/{self.reception_steps}"
        known = routes.search(
            [
                ("supplied_wh_id", "=", self.id),
                ("supplier_wh_id", "=", supplier.id),
                ("med_sourcing_steps", "!=", False),
            ]
        )
        route = known.filtered(lambda one: one.med_sourcing_steps == steps)[:1]
        (known - route).active = False
        route = route or self.sudo()._med_make_route(supplier, steps)
        out = route.rule_ids.filtered(lambda rule: rule.location_dest_id.usage == "transit")
        if out.delay != days:
            out.delay = days
        return route.sudo(False)

    def _med_make_route(self, supplier, steps):
        transit = self.company_id.internal_transit_location_id
        transit.active = True
        route = self.env["stock.route"].create(
            {
                **self._get_inter_warehouse_route_values(supplier),
                "name": self.env._("%(hub)s: ship goods of %(supplier)s", hub=self.name, supplier=supplier.name),
                "product_selectable": False,
                "product_categ_selectable": False,
                "med_sourcing_steps": steps,
            }
        )
        values = {"route_id": route.id}
        out = supplier.lot_stock_id if supplier.delivery_steps == "ship_only" else supplier.wh_output_stock_loc_id
        rules = supplier._get_supply_pull_rules_values(
            [self.Routing(out, transit, supplier.out_type_id, "pull")],
            values={**values, "location_dest_from_rule": True},
        )
        if out != supplier.lot_stock_id:
            rules += supplier._get_supply_pull_rules_values(
                [self.Routing(supplier.lot_stock_id, out, supplier.pick_type_id, "pull")], values=values
            )
        rules += self._get_supply_pull_rules_values(
            [self.Routing(transit, self.lot_stock_id, self.in_type_id, "pull")], values=values
        )
        self.env["stock.rule"].create(rules)
        first = self.delivery_route_id.rule_ids.filtered(
            lambda rule: rule.action == "pull" and rule.location_src_id == self.lot_stock_id
        )[:1]
        first.copy({**values, "procure_method": "make_to_order"})
        return route
