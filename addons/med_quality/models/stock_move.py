from odoo import api, models

from .stock_quant_reserve import ANY_DATE

HISTORY_FIELDS = {
    "location_id",
    "location_dest_id",
    "picking_id",
    "product_id",
    "partner_id",
    "date",
    "company_id",
    "is_inventory",
}


class StockMove(models.Model):
    _inherit = "stock.move"

    # Third door: a movement is done by moving goods, not by writing a word -----------------

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        done = moves.filtered(lambda move: move.state == "done" and move.product_id.med_is_device)
        done = done.filtered(lambda move: not move._med_passed())
        if done:
            self.env["med.gate"]._guard("state_write", done.picking_id or done, "created_done", done.company_id)
        return moves

    def write(self, vals):
        if not self:  # Odoo writes to no moves dozens of times for one transfer
            return super().write(vals)
        if vals.get("state") == "done":
            forced = self.filtered(
                lambda move: (
                    move.product_id.med_is_device
                    and move.state != "done"
                    and not move._med_passed()
                    and not move._med_is_idle(vals)
                )
            )
            if forced:
                self.env["med.gate"]._guard("state_write", forced.picking_id or forced, "move_done", forced.company_id)
        # also beside the state: saying "done" again must not carry another consignee past
        if vals.get("state") or vals.keys() & HISTORY_FIELDS:
            rewritten = self.filtered(
                lambda move: move.state == "done" and move.product_id.med_is_device and move._med_rewrites(vals)
            )
            if rewritten:
                names = ",".join(sorted(vals.keys() & (HISTORY_FIELDS | {"state"})))
                self.env["med.gate"]._guard(
                    "history_edit", rewritten.picking_id or rewritten, names, rewritten.company_id
                )
        return super().write(vals)

    def _med_passed(self):
        """Whether every line of this move went through the gate in this transaction."""
        lines = self.move_line_ids.filtered("quantity")
        return bool(lines) and set(lines.ids) <= lines._med_passed()

    def _med_is_idle(self, vals):
        """Production closes moves that moved nothing by writing their state; they belong to no
        transfer, so nothing seems shipped."""
        return not (
            self.picking_id or vals.get("picking_id") or self.move_line_ids.filtered("quantity")
        ) and not vals.get("product_uom_qty", self.product_uom_qty)

    def _med_rewrites(self, vals):
        if vals.get("state", "done") != "done":
            return True
        names = vals.keys() & HISTORY_FIELDS
        # Odoo dates moves while it finishes them, and re-dates counts
        if "date" in names and not self.is_inventory and not self._med_passed():
            return True
        return any(
            self[name]
            != self._fields[name].convert_to_record(self._fields[name].convert_to_cache(vals[name], self), self)
            for name in names - {"date"}
        )

    # Reservation that agrees with the gate -------------------------------------------------

    def _med_consignee(self):
        """The consignee where no transfer names one yet; an addon above knows the order."""
        return self.env["res.partner"]

    def _med_final_usage(self):
        """Where the goods of this move end up, at the end of a pick - pack - ship chain too."""
        return (self.location_final_id or self.location_dest_id).usage

    def _med_end_move(self):
        """The last move of the chain that these goods are moved for: a transfer between two warehouses that was
        made for one delivery takes what that delivery may take. Itself where it was made for none."""
        move = self
        # a chain has few steps; one that goes in a circle ends all the same
        for _step in range(9):
            following = move.move_dest_ids.filtered(lambda one: one.state != "cancel")
            if move._med_final_usage() in ("customer", "production") or len(following) != 1:
                return move
            move = following
        return move

    def _med_terms(self):
        """What a lot must meet to be reserved for this move; None when anything may be."""
        product = self.product_id
        if not product.med_is_device or product.tracking == "none":
            return None  # without lots there is nothing to choose
        move = self._med_end_move()
        if move._med_final_usage() not in ("customer", "production"):
            return None
        return self.env["stock.quant"]._med_reserve_terms(move)

    def _med_any_date(self):
        """Odoo offers no lot past its removal date, not even to be destroyed or sent back."""
        goes = self.product_id.med_is_device and self._med_final_usage() in ("supplier", "inventory")
        return ANY_DATE if goes else None

    def _update_reserved_quantity(self, need, location_id, lot_id=None, package_id=None, owner_id=None, strict=True):
        terms = self._med_terms() or self._med_any_date()
        if terms is not None:
            self = self.with_context(med_reserve_terms=terms)
        return super()._update_reserved_quantity(need, location_id, lot_id, package_id, owner_id, strict)

    def _get_available_quantity(
        self,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=False,
        allow_negative=False,
    ):
        terms = self._med_terms() or self._med_any_date()
        if terms is not None:
            self = self.with_context(med_reserve_terms=terms)
        return super()._get_available_quantity(location_id, lot_id, package_id, owner_id, strict, allow_negative)

    def _get_available_move_lines(self, assigned_moves_ids, partially_available_moves_ids):
        """Continuation moves take what the move before brought. Odoo looks at no date here, so
        a lot that expired or was held in between would be reserved again."""
        available = super()._get_available_move_lines(assigned_moves_ids, partially_available_moves_ids)
        terms = self._med_terms()
        if terms is None:
            return available
        allowed = {allowance.lot_id for allowance in terms.allowances}
        return {
            key: quantity
            for key, quantity in available.items()
            if not key[1] or key[1].id in allowed or terms.accepts(key[1], key[2])
        }
