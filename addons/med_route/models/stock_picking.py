import math
import random
import time
from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib.tour import length, shortest
from ..lib.walk import Floor, Point, Rack

# For one walk; a person waits for the answer.
SECONDS = 0.5
# Kept in a refrigerator or colder (°C).
COLD = 8


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def action_med_route(self):
        """The walk through the warehouse for these transfers, on a map. Lines are numbered in its order."""
        open_ = self.filtered(lambda picking: picking.state not in ("done", "cancel"))
        if not open_:
            raise UserError(self.env._("Nothing is left to walk for: these transfers are done."))
        return {
            "type": "ir.actions.client",
            "tag": "med_route.map",
            "name": self.env._("Picking route"),
            "params": {"picking_ids": open_.ids},
        }

    def med_route(self):
        """Order the stops of these open transfers of one warehouse, number their lines, and tell the map.

        :return: JSON, metres: ``stops`` [{number, location, x, y, cold, lines: [{product, lot, quantity, unit,
            transfer}]}] in walking order, ``path`` [[x, y]], ``racks`` [[x, y, width, depth]], ``start``, ``end``,
            ``metres``, ``saved`` (against the order of the list), ``unplaced`` (names of locations without coordinates)
        :raises UserError: several warehouses, nothing reserved, or a stop no way leads to
        """
        self.check_access("write")
        warehouse = self.picking_type_id.warehouse_id
        if len(warehouse) != 1:
            raise UserError(
                self.env._(
                    "One walk goes through one warehouse; these transfers are in %(count)s.", count=len(warehouse)
                )
            )
        lines = self.move_line_ids.filtered(lambda line: line.state not in ("done", "cancel") and line.quantity > 0)
        if not lines:
            raise UserError(self.env._("No goods are reserved yet. Reserve them first; then there is somewhere to go."))
        # as the list has them: by the names of the places
        places = lines.location_id.sorted("complete_name")
        on_map = places.filtered("med_on_map")
        cold = {line.location_id.id for line in lines if line._med_is_cold()}
        floor = Floor([Rack(r.x, r.y, r.x + r.width, r.y + r.depth) for r in warehouse.med_rack_ids])
        start, end = (
            Point(warehouse.med_start_x, warehouse.med_start_y),
            Point(warehouse.med_end_x, warehouse.med_end_y),
        )
        points = [start, *(Point(place.med_x, place.med_y) for place in on_map), end]
        matrix = floor.distances(points)
        for place, row in zip(on_map, matrix[1:-1], strict=True):
            if math.isinf(row[0]) or math.isinf(row[-1]):
                raise UserError(
                    self.env._(
                        "No way leads to %(place)s: its coordinates lie inside of an obstacle. Correct them.",
                        place=place.display_name,
                    )
                )
        is_cold = [False, *(place.id in cold for place in on_map), False]
        strategies = set(self.picking_type_id.mapped("med_walk"))
        order = self._med_order(matrix, is_cold if "cold_last" in strategies else [False] * len(points))
        walked = [on_map[index - 1] for index in order[1:-1]]
        listed = self._med_listed(matrix, is_cold if "cold_last" in strategies else [False] * len(points))
        stops = [*walked, *(places - on_map)]
        numbers = {place.id: number for number, place in enumerate(stops, 1)}
        self._med_number(lines, numbers)
        # one by one: of a filtered set, each asks for its lot alone
        by_place = defaultdict(list)
        for line in lines:
            by_place[line.location_id].append(line)
        metres = length(matrix, order)
        return {
            "stops": [
                {
                    "number": numbers[place.id],
                    "location": place.display_name,
                    "on_map": place.med_on_map,
                    "x": place.med_x,
                    "y": place.med_y,
                    "cold": place.id in cold,
                    "lines": [
                        {
                            "id": line.id,
                            "product": line.product_id.display_name,
                            "lot": line.lot_id.name or "",
                            "quantity": line.quantity,
                            "unit": line.product_uom_id.name,
                            "transfer": line.picking_id.name,
                        }
                        for line in by_place[place]
                    ],
                }
                for place in stops
            ],
            "path": [list(point) for point in floor.path([points[index] for index in order])],
            "racks": [[rack.x, rack.y, rack.width, rack.depth, rack.name] for rack in warehouse.med_rack_ids],
            "start": list(start),
            "end": list(end),
            "metres": metres,
            "saved": max(0.0, length(matrix, listed) - metres),
            "unplaced": (places - on_map).mapped("display_name"),
        }

    def _med_number(self, lines, numbers):
        """Number the lines by their places, in one statement: it changes what is shown and nothing else."""
        lines.flush_recordset(["med_stop"])
        self.env.cr.execute(
            SQL(
                "UPDATE stock_move_line line SET med_stop = new.number"
                " FROM unnest(%s::integer[], %s::integer[]) AS new(id, number) WHERE line.id = new.id",
                lines.ids,
                [numbers[line.location_id.id] for line in lines],
            )
        )
        lines.invalidate_recordset(["med_stop"])

    def _med_order(self, matrix, is_cold):
        """The walk; where some stops are cold, all of them after all others, each part as short as it can be."""
        indexes = range(len(matrix))
        warm = [i for i in indexes[1:-1] if not is_cold[i]]
        cold = [i for i in indexes[1:-1] if is_cold[i]]
        last = len(matrix) - 1
        if not cold or not warm:
            order = self._med_shortest(matrix, SECONDS)
            # a round is as long either way: begin where the list begins
            return [0, *order[-2:0:-1], last] if not matrix[0][last] and order[1] > order[-2] else order
        # the first part ends where the cold room is nearest
        door = min(cold, key=lambda i: matrix[i][last] + min(matrix[i][j] for j in warm))
        first = self._med_part(matrix, [0, *warm, door])[:-1]
        return first + self._med_part(matrix, [first[-1], *cold, last])[1:]

    def _med_part(self, matrix, indexes):
        part = [[matrix[i][j] for j in indexes] for i in indexes]
        return [indexes[i] for i in self._med_shortest(part, SECONDS / 2)]

    def _med_shortest(self, matrix, seconds):
        # the same goods get the same walk whenever it is asked for
        return shortest(matrix, seconds, time.monotonic, random.Random(0))

    def _med_listed(self, matrix, is_cold):
        """The order of the list, with which the walk is compared: by name, and by the same rule of cold goods."""
        inner = range(1, len(matrix) - 1)
        return [0, *sorted(inner, key=lambda i: (is_cold[i], i)), len(matrix) - 1]


class StockPickingBatch(models.Model):
    _inherit = "stock.picking.batch"

    def action_med_route(self):
        self.ensure_one()
        return self.picking_ids.action_med_route()


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    med_stop = fields.Integer(
        "Stop", readonly=True, copy=False, prefetch="med", help="In which order to walk; numbered by the picking route."
    )

    def _med_is_cold(self):
        """Whether the goods are kept below room temperature."""
        condition = self.product_id.product_tmpl_id.med_storage_condition_id
        return condition.has_max and condition.max_temp <= COLD
