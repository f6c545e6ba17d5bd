"""Which goods should change their places, as walked over what was really picked; a person decides."""

from collections import defaultdict
from datetime import timedelta

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib.slotting import NOTHING, propose, walk
from ..lib.walk import Floor, Point, Rack

DAYS = 90
# The youngest deliveries; more say the same and take longer.
TOURS = 400
# So many places are looked at; those that were picked from come first.
PLACES = 300


class MedSlotProposal(models.Model):
    _name = "med.slot.proposal"
    _description = "Suggested change of places"
    _order = "warehouse_id, sequence, id"
    _rec_name = "product_id"

    warehouse_id = fields.Many2one("stock.warehouse", "Warehouse", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="warehouse_id.company_id", store=True)
    sequence = fields.Integer(readonly=True)
    product_id = fields.Many2one("product.product", "Product", required=True, readonly=True, ondelete="cascade")
    location_id = fields.Many2one("stock.location", "From", required=True, readonly=True, ondelete="cascade")
    location_dest_id = fields.Many2one("stock.location", "To", required=True, readonly=True, ondelete="cascade")
    other_product_id = fields.Many2one(
        "product.product", "In exchange for", readonly=True, ondelete="cascade", help="Empty: the place is free."
    )
    saved_metres = fields.Float(
        "Metres saved",
        readonly=True,
        digits=(12, 1),
        help="Over the deliveries looked at, when the changes above it are made before.",
    )
    saved_percent = fields.Float("Of all metres (%)", readonly=True, digits=(8, 1), aggregator="sum")
    deliveries = fields.Integer("Deliveries looked at", readonly=True, aggregator="max")
    picking_id = fields.Many2one("stock.picking", "Transfer", readonly=True, ondelete="set null")

    def action_move(self):
        """The transfer that changes the two places, for whoever carries the goods.

        :raises UserError: goods are reserved there, or lie elsewhere by now
        """
        for one in self:
            one.check_access("write")
            if one.picking_id.filtered(lambda picking: picking.state != "cancel"):
                raise UserError(self.env._("%(product)s has a transfer already.", product=one.product_id.display_name))
            ways = [(one.product_id, one.location_id, one.location_dest_id)]
            if one.other_product_id:
                ways.append((one.other_product_id, one.location_dest_id, one.location_id))
            one.picking_id = one._transfer(ways)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Transfer"),
            "res_model": "stock.picking",
            "res_id": self[-1:].picking_id.id,
            "views": [(False, "form")],
        }

    def _transfer(self, ways):
        moves = []
        for product, source, target in ways:
            quants = self.env["stock.quant"].search(
                [("product_id", "=", product.id), ("location_id", "=", source.id), ("quantity", ">", 0)]
            )
            if not quants or any(quants.mapped("reserved_quantity")):
                raise UserError(
                    self.env._(
                        "%(product)s in %(place)s is reserved for deliveries, or is not there any more. Wait until they"
                        " have left, or look for changes of places anew.",
                        product=product.display_name,
                        place=source.complete_name,
                    )
                )
            lines = [
                Command.create(
                    {
                        "product_id": product.id,
                        "lot_id": quant.lot_id.id,
                        "package_id": quant.package_id.id,
                        "owner_id": quant.owner_id.id,
                        "quantity": quant.quantity,
                        "location_id": source.id,
                        "location_dest_id": target.id,
                    }
                )
                for quant in quants
            ]
            moves.append(
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": sum(quants.mapped("quantity")),
                        "location_id": source.id,
                        "location_dest_id": target.id,
                        "move_line_ids": lines,
                    }
                )
            )
        warehouse = self.warehouse_id
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": warehouse.int_type_id.id,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": warehouse.lot_stock_id.id,
                "origin": self.env._("Change of places"),
                "move_ids": moves,
            }
        )
        picking.move_ids.move_line_ids.picking_id = picking
        picking.action_confirm()
        return picking


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    def action_med_slotting(self):
        """Look for changes of places in this warehouse, and show them. Earlier ones nobody acted on are replaced.

        :raises UserError: nothing on the map, or nothing picked from it
        """
        self.ensure_one()
        proposals = self.env["med.slot.proposal"]
        if not proposals.has_access("create"):
            proposals.check_access("create")
        self._med_propose_slots()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Changes of places"),
            "res_model": "med.slot.proposal",
            "domain": [("warehouse_id", "=", self.id)],
            "views": [(False, "list")],
        }

    def _med_propose_slots(self):
        tours = self._med_picked_tours()
        lies_in, alone = self._med_goods_on_map()
        places = self._med_slots(tours, lies_in)
        if not places or not tours:
            raise UserError(
                self.env._(
                    "Nothing was picked from places of %(warehouse)s that are on the map in the last %(days)s days, so"
                    " there is nothing to compare.",
                    warehouse=self.name,
                    days=DAYS,
                )
            )
        floor = Floor([Rack(r.x, r.y, r.x + r.width, r.y + r.depth) for r in self.med_rack_ids])
        points = [
            Point(self.med_start_x, self.med_start_y),
            *(Point(place.med_x, place.med_y) for place in places),
            Point(self.med_end_x, self.med_end_y),
        ]
        index = {place.id: number for number, place in enumerate(places, 1)}
        place_of = {product: index[place] for product, place in lies_in.items() if place in index}
        fixed = {product for product in place_of if product not in alone}
        free = [
            number for place, number in index.items() if place not in set(lies_in.values()) | self._med_full(places)
        ]
        matrix = floor.distances(points)
        may_lie = self._med_may_lie(places, place_of, fixed)
        found = propose(matrix, 0, len(points) - 1, tours, place_of, may_lie, free=free)
        self._med_keep(found, places, matrix, tours, place_of)

    def _med_keep(self, found, places, matrix, tours, place_of):
        total = sum(
            walk(matrix, [place_of[p] for p in set(tour) if p in place_of], 0, len(matrix) - 1) for tour in tours
        )
        proposals = self.env["med.slot.proposal"]
        proposals.search([("warehouse_id", "=", self.id), ("picking_id", "=", False)]).unlink()
        proposals.create(
            [
                {
                    "warehouse_id": self.id,
                    "sequence": number,
                    "product_id": one.item,
                    "location_id": places[one.source - 1].id,
                    "location_dest_id": places[one.target - 1].id,
                    "other_product_id": False if one.other == NOTHING else one.other,
                    "saved_metres": one.saved,
                    "saved_percent": 100 * one.saved / total if total else 0,
                    "deliveries": len(tours),
                }
                for number, one in enumerate(found, 1)
            ]
        )

    def _med_picked_tours(self):
        """[products picked] of each of the youngest deliveries, from places on the map."""
        for name in ("stock.move.line", "stock.picking", "stock.location"):
            self.env[name].flush_model()
        since = fields.Datetime.now() - timedelta(days=DAYS)
        rows = self.env.execute_query(
            SQL(
                """SELECT array_agg(DISTINCT line.product_id ORDER BY line.product_id)
                     FROM stock_move_line line
                     JOIN stock_location place ON place.id = line.location_id AND place.med_on_map
                     JOIN stock_picking picking ON picking.id = line.picking_id
                     JOIN stock_picking_type type ON type.id = picking.picking_type_id AND type.warehouse_id = %s
                    WHERE line.state = 'done' AND picking.date_done >= %s AND type.code = 'outgoing'
                    GROUP BY picking.id ORDER BY max(picking.date_done) DESC LIMIT %s""",
                self.id,
                since,
                TOURS,
            )
        )
        return [tour for (tour,) in rows]

    def _med_goods_on_map(self):
        """({product id: the place on the map with most of it}, products that lie in one place and alone there)"""
        groups = self.env["stock.quant"]._read_group(
            [
                ("location_id", "child_of", self.lot_stock_id.id),
                ("location_id.med_on_map", "=", True),
                ("quantity", ">", 0),
            ],
            ["product_id", "location_id"],
            ["quantity:sum"],
        )
        most, places_of, products_in = {}, defaultdict(set), defaultdict(set)
        for product, place, quantity in groups:
            places_of[product.id].add(place.id)
            products_in[place.id].add(product.id)
            if quantity > most.get(product.id, (0, 0))[0]:
                most[product.id] = (quantity, place.id)
        lies_in = {product: place for product, (_quantity, place) in most.items()}
        alone = {p for p, place in lies_in.items() if len(places_of[p]) == 1 and len(products_in[place]) == 1}
        return lies_in, alone

    def _med_slots(self, tours, lies_in):
        """Places on the map, those first that hold what was picked."""
        picked = {lies_in[product] for tour in tours for product in tour if product in lies_in}
        places = self.env["stock.location"].search(
            [("id", "child_of", self.lot_stock_id.id), ("med_on_map", "=", True), ("usage", "=", "internal")],
            order="complete_name",
        )
        return places.sorted(lambda place: place.id not in picked)[:PLACES]

    def _med_full(self, places):
        """Ids of the places in which something lies."""
        groups = self.env["stock.quant"]._read_group(
            [("location_id", "in", places.ids), ("quantity", ">", 0)], ["location_id"]
        )
        return {place.id for (place,) in groups}

    def _med_may_lie(self, places, place_of, fixed):
        """Goods change places only with goods that are kept alike, and take free places of their own zone."""
        products = self.env["product.product"].browse(place_of)
        condition = {product.id: product.product_tmpl_id.med_storage_condition_id.id for product in products}
        here = {number: product for product, number in place_of.items()}
        zone = {number: place.location_id.id for number, place in enumerate(places, 1)}

        def may_lie(product, number):
            if product in fixed or here.get(number) in fixed:
                return False
            if number in here:
                return condition[here[number]] == condition[product]
            return zone[number] == zone[place_of[product]]

        return may_lie
