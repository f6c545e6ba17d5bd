"""A reserved lot is exchanged for another: by whoever may, with a reason, and within the gate."""

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.med_evidence.lib import canonical

EXCHANGERS = ("med_master_data.group_med_supervisor", "med_master_data.group_med_quality")


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def med_exchange_lot(self, lot_id, reason):
        """Reserve another lot for this line, from the free stock or from another delivery that gets ours instead.

        :param int lot_id: a lot of the same product
        :param str reason: why; it is evidence on every delivery that is touched
        :return: ids of the line's delivery and, where two exchanged their lots, of the other one
        :raises UserError: not permitted, no reason, picked already, or the lot is not there
        :raises GateRefusedError: the lot may not go to that consignee; nothing is changed then
        """
        self.ensure_one()
        self.check_access("write")
        if not any(self.env.user.has_group(group) for group in EXCHANGERS):
            raise UserError(
                self.env._("Only the warehouse supervisor and quality exchange reserved lots. Ask one of them.")
            )
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the lot is exchanged: the reason stays on record."))
        lot = self.env["stock.lot"].browse(lot_id).exists()
        self._med_check_exchangeable(lot)
        old, picking = self.lot_id, self.picking_id
        lines, other = self._med_exchange(lot)
        # nobody else's rights: what may leave is judged anew, for both
        verdicts = self.env["med.gate"]._judge(lines._med_devices(), "reserve")
        blocking = [verdict for verdict in verdicts if verdict.blocks]
        if blocking:
            self.env["med.gate"]._refuse(blocking, "reserve")
        told = [(picking, old, lot)] + ([(other, lot, old)] if other else [])
        self.env["med.evidence.event"]._record(
            "outbound.lot_exchanged",
            [
                {
                    "record": one,
                    "reason": reason,
                    "body": {"from": [before.id, before.name], "to": [after.id, after.name]},
                }
                for one, before, after in told
            ],
        )
        return [picking.id, *other.ids]

    def _med_check_exchangeable(self, lot):
        if not self.lot_id or self.state in ("done", "cancel", "draft"):
            raise UserError(self.env._("Only a reserved lot of an open transfer can be exchanged."))
        if self.picked or self.result_package_id:
            raise UserError(
                self.env._(
                    "Lot %(lot)s is picked or packed already. Put it back first, then exchange it.",
                    lot=self.lot_id.name,
                )
            )
        if not lot or lot.product_id != self.product_id or lot == self.lot_id:
            raise UserError(
                self.env._("Choose another lot of %(product)s.", product=self.product_id.display_name),
            )

    def _med_exchange(self, lot):
        """(the lines as they are now, the other delivery that got our lot)"""
        move, need, place = self.move_id, self.quantity_product_uom, self._med_place()
        quants = self.env["stock.quant"]._gather(self.product_id, move.location_id, lot_id=lot, strict=False)
        quants = quants.filtered(lambda quant: quant.lot_id == lot and quant.owner_id == self.owner_id)
        compare = self.product_id.uom_id.compare
        free = quants.filtered(lambda quant: compare(quant.quantity - quant.reserved_quantity, need) >= 0)[:1]
        partner, theirs = self.browse(), None
        if not free:
            partner = self._med_exchange_partner(lot, need)
            if not partner:
                raise UserError(
                    self.env._(
                        "There are no %(need)s of lot %(lot)s free in one place, and no open delivery has them reserved"
                        " to exchange. Take another lot.",
                        need=canonical.quantity(need),
                        lot=lot.name,
                    )
                )
            theirs = (partner.move_id, partner._med_place())
        self.unlink()
        if partner:
            rest = partner.quantity_product_uom - need
            if compare(rest, 0) > 0:
                uom = partner.product_id.uom_id
                partner.quantity = uom._compute_quantity(rest, partner.product_uom_id, rounding_method="HALF-UP")
            else:
                partner.unlink()
            source = theirs[1]
        else:
            source = (free.location_id, lot, free.package_id, free.owner_id)
        lines = move._med_reserve_exactly(need, *source)
        if not theirs:
            return lines, self.env["stock.picking"]
        return lines | theirs[0]._med_reserve_exactly(need, *place), theirs[0].picking_id

    def _med_place(self):
        return (self.location_id, self.lot_id, self.package_id, self.owner_id)

    def _med_exchange_partner(self, lot, need):
        """A line of another open delivery of the same warehouse that can give so much of ``lot``."""
        lines = self.search(
            [
                ("lot_id", "=", lot.id),
                ("state", "in", ("assigned", "partially_available")),
                ("picked", "=", False),
                ("result_package_id", "=", False),
                ("move_id", "!=", self.move_id.id),
                ("owner_id", "=", self.owner_id.id),
                ("company_id", "=", self.company_id.id),
                ("location_id", "child_of", self.move_id.location_id.id),
                ("move_id.location_id", "parent_of", self.location_id.id),
            ],
            order="date desc, id",
        )
        compare = self.product_id.uom_id.compare
        return lines.filtered(lambda line: compare(line.quantity_product_uom, need) >= 0)[:1]


class StockMove(models.Model):
    _inherit = "stock.move"

    def _med_reserve_exactly(self, need, location, lot, package, owner):
        """Reserve exactly this; the lines of the move that hold it."""
        taken = self._update_reserved_quantity(need, location, lot_id=lot, package_id=package, owner_id=owner)
        if self.product_id.uom_id.compare(taken, need) != 0:
            raise UserError(
                self.env._(
                    "Lot %(lot)s could not be reserved as a whole in %(place)s; somebody took it at the same moment."
                    " Nothing was changed.",
                    lot=lot.name or "–",
                    place=location.complete_name,
                )
            )
        self._recompute_state()
        return self.move_line_ids.filtered(
            lambda line: line._med_place() == (location, lot, package, owner) and not line.picked
        )
