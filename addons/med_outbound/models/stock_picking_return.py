from collections import defaultdict

from odoo import Command, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _med_return(self, shares, place, **values):
        """Odoo's own return of this delivery, of named lots, into one place.

        :param dict shares: {(move, lot): units of the product}
        :param place: the location that takes the goods
        :param values: what else the return says
        :return: the return, waiting for the goods
        """
        self.ensure_one()
        by_move = defaultdict(float)
        for (move, _lot), quantity in shares.items():
            by_move[move] += move.product_id.uom_id._compute_quantity(quantity, move.product_uom)
        # sudo: what comes back was said by the consignee or decided by a recall; whoever records it has no
        # rights on transfers, perhaps no account
        wizard = self.env["stock.return.picking"].sudo().create({"picking_id": self.id})
        for line in wizard.product_return_moves:
            line.quantity = by_move.get(line.move_id, 0)
            if "to_refund" in line._fields:
                line.to_refund = True
        back = wizard._create_return()
        back.write({**values, "location_dest_id": place.id})
        back.move_ids.location_dest_id = place
        back.move_line_ids.unlink()
        moves = {move.origin_returned_move_id: move for move in back.move_ids}
        for (origin, lot), quantity in shares.items():
            move = moves[origin]
            move.move_line_ids = [
                Command.create(
                    {
                        "picking_id": back.id,
                        "product_id": move.product_id.id,
                        "lot_id": lot.id,
                        "quantity": quantity,
                        "product_uom_id": move.product_id.uom_id.id,
                        "location_id": move.location_id.id,
                        "location_dest_id": place.id,
                    }
                )
            ]
        return back
