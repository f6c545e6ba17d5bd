from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ..lib import ledger


class OutRow(NamedTuple):
    """A finished movement that took a lot to a consignee (1) or brought it back (-1)."""

    root_id: int
    lot_id: int
    line_id: int
    way: int
    quantity: float
    date: object
    company_id: int
    picking_id: int | None
    order_id: int | None
    partner_id: int | None
    package_id: int | None
    signed_for_at: object


class InRow(NamedTuple):
    """A finished movement that brought a lot into our hands: from whom, on which purchase."""

    root_id: int
    lot_id: int
    line_id: int
    origin: str
    quantity: float
    date: object
    company_id: int
    picking_id: int | None
    purchase_id: int | None
    partner_id: int | None


class StockRow(NamedTuple):
    """Units that are here now."""

    root_id: int
    lot_id: int
    location_id: int
    usage: str
    package_id: int | None
    owner_id: int | None
    company_id: int | None
    quantity: float
    reserved: float


class MedRecallTrace(models.AbstractModel):
    """Where every unit of some lots is, whom it went to and where it came from.

    Each question is one recursive query over lots and one set-wise query from lots to rows. A lot that was consumed is followed into
    the lots that were made of it, and back, at any depth. Movements carry their lot at every step,
    so splits, partial returns and second deliveries need no walk along moves.

    Everything is read across the companies the user belongs to, whichever are ticked at the moment.
    """

    _name = "med.recall.trace"
    _description = "Recall trace"

    @api.model
    def _companies(self):
        if self.env.su:
            return self.env["res.company"].search([]).ids
        return self.env.user.company_ids.ids

    @api.model
    def _scope(self, lots, back=False):
        """The recursive part: the lots and all lots made of them (or, back, all they were made
        of), each with the lot it was reached from, as a table ``scope(lot_id, root_id)``.

        It is walked first and handed on as a list: a planner that knows how many lots there are
        reads their movements by the index, one that guesses reads the whole table.

        Odoo's relation is named from the other side: in a row, ``consume_line_id`` is the line
        that was produced, ``produce_line_id`` the one consumed.
        """
        known, wanted = ("consume_line_id", "produce_line_id") if back else ("produce_line_id", "consume_line_id")
        self.env.flush_all()  # raw SQL sees what is in the database
        self.env.cr.execute(
            SQL(
                """WITH RECURSIVE scope(lot_id, root_id) AS (
                       SELECT id, id FROM unnest(%(lots)s::integer[]) AS id
                       UNION
                       SELECT other.lot_id, scope.root_id
                       FROM scope
                       JOIN stock_move_line line ON line.lot_id = scope.lot_id AND line.state = 'done'
                       JOIN stock_move_line_consume_rel rel ON rel.%(known)s = line.id
                       JOIN stock_move_line other ON other.id = rel.%(wanted)s
                       WHERE other.lot_id IS NOT NULL AND other.state = 'done')
                   SELECT lot_id, root_id FROM scope ORDER BY root_id, lot_id""",
                lots=list(lots.ids),
                known=SQL.identifier(known),
                wanted=SQL.identifier(wanted),
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _scope_table(self, lots, back=False):
        pairs = self._scope(lots, back)
        return SQL(
            "unnest(%s::integer[], %s::integer[]) AS scope(lot_id, root_id)",
            [lot_id for lot_id, _root in pairs],
            [root_id for _lot, root_id in pairs],
        )

    # Forward ---------------------------------------------------------------------------

    @api.model
    def _forward(self, lots):
        """Every movement over the border between us and consignees, oldest first.

        A return belongs to the consignee of the delivery it returns, whoever sent it. What a
        supplier ships straight to a consignee names the supplier on the transfer, so there the
        movement and the order say who got it.

        :return: list of :class:`OutRow`
        """
        self.env.cr.execute(
            SQL(
                """SELECT scope.root_id, line.lot_id, line.id,
                       CASE WHEN came.usage = 'customer' THEN -1 ELSE 1 END,
                       line.quantity_product_uom, line.date, line.company_id, line.picking_id, sol.order_id,
                       CASE WHEN came.usage = 'customer'
                            THEN COALESCE(op.partner_id, om.partner_id, picking.partner_id, move.partner_id)
                            WHEN came.usage = 'supplier'
                            THEN COALESCE(move.partner_id, sale.partner_shipping_id, picking.partner_id)
                            ELSE COALESCE(picking.partner_id, move.partner_id) END,
                       CASE WHEN came.usage = 'customer' THEN line.package_id ELSE line.result_package_id END,
                       picking.med_signed_for_at
                FROM %(scope)s
                JOIN stock_move_line line ON line.lot_id = scope.lot_id AND line.state = 'done'
                JOIN stock_location came ON came.id = line.location_id
                JOIN stock_location went ON went.id = line.location_dest_id
                LEFT JOIN stock_move move ON move.id = line.move_id
                LEFT JOIN stock_picking picking ON picking.id = line.picking_id
                LEFT JOIN sale_order_line sol ON sol.id = move.sale_line_id
                LEFT JOIN sale_order sale ON sale.id = sol.order_id
                LEFT JOIN stock_move om ON om.id = move.origin_returned_move_id
                LEFT JOIN stock_picking op ON op.id = om.picking_id
                WHERE (came.usage = 'customer') <> (went.usage = 'customer')
                  AND line.company_id = ANY(%(companies)s)
                ORDER BY line.date, line.id, scope.root_id""",
                scope=self._scope_table(lots),
                companies=self._companies(),
            )
        )
        return list(map(OutRow._make, self.env.cr.fetchall()))

    # Backward --------------------------------------------------------------------------

    @api.model
    def _backward(self, lots):
        """Every movement that brought the lots, or what they were made of, to us.

        ``origin`` is the usage of the place it came from: supplier, production or inventory.

        :return: list of :class:`InRow`
        """
        # purchase is a wing of Odoo's that need not be there
        has_purchase = "purchase_line_id" in self.env["stock.move"]._fields
        self.env.cr.execute(
            SQL(
                """SELECT scope.root_id, line.lot_id, line.id, came.usage, line.quantity_product_uom, line.date,
                       line.company_id, line.picking_id, %(purchase)s,
                       COALESCE(picking.partner_id, move.partner_id)
                FROM %(scope)s
                JOIN stock_move_line line ON line.lot_id = scope.lot_id AND line.state = 'done'
                JOIN stock_location came ON came.id = line.location_id
                JOIN stock_location went ON went.id = line.location_dest_id
                LEFT JOIN stock_move move ON move.id = line.move_id
                LEFT JOIN stock_picking picking ON picking.id = line.picking_id
                %(join)s
                WHERE came.usage IN ('supplier', 'production', 'inventory')
                  AND went.usage IN ('internal', 'transit', 'view', 'customer')
                  AND line.company_id = ANY(%(companies)s)
                ORDER BY line.date, line.id, scope.root_id""",
                scope=self._scope_table(lots, back=True),
                purchase=SQL("pol.order_id") if has_purchase else SQL("NULL::integer"),
                join=SQL("LEFT JOIN purchase_order_line pol ON pol.id = move.purchase_line_id")
                if has_purchase
                else SQL(),
                companies=self._companies(),
            )
        )
        return list(map(InRow._make, self.env.cr.fetchall()))

    # Here ------------------------------------------------------------------------------

    @api.model
    def _on_hand(self, lots):
        """Where the units are that are with us: shelf, transit, package.

        :return: list of :class:`StockRow`
        """
        self.env.cr.execute(
            SQL(
                """SELECT scope.root_id, quant.lot_id, quant.location_id, place.usage, quant.package_id,
                       quant.owner_id, quant.company_id, quant.quantity, quant.reserved_quantity
                FROM %(scope)s
                JOIN stock_quant quant ON quant.lot_id = scope.lot_id
                JOIN stock_location place ON place.id = quant.location_id
                WHERE place.usage IN ('internal', 'transit') AND quant.quantity <> 0
                  AND (quant.company_id IS NULL OR quant.company_id = ANY(%(companies)s))
                ORDER BY scope.root_id, quant.lot_id, quant.location_id, quant.id""",
                scope=self._scope_table(lots),
                companies=self._companies(),
            )
        )
        return list(map(StockRow._make, self.env.cr.fetchall()))

    # Balance ---------------------------------------------------------------------------

    @api.model
    def _flows(self, lots):
        """The movements of these very lots, summed by where from and where to."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT line.lot_id, came.usage, came.company_id IS NOT NULL, went.usage, went.company_id IS NOT NULL,
                          ROUND(SUM(line.quantity_product_uom), 6)::text,
                          CASE WHEN came.usage = 'customer'
                               THEN COALESCE(op.partner_id, om.partner_id, picking.partner_id, move.partner_id)
                               WHEN went.usage = 'customer' AND came.usage = 'supplier'
                               THEN COALESCE(move.partner_id, sale.partner_shipping_id, picking.partner_id)
                               WHEN went.usage = 'customer'
                               THEN COALESCE(picking.partner_id, move.partner_id) END
                   FROM stock_move_line line
                   JOIN stock_location came ON came.id = line.location_id
                   JOIN stock_location went ON went.id = line.location_dest_id
                   LEFT JOIN stock_move move ON move.id = line.move_id
                   LEFT JOIN stock_picking picking ON picking.id = line.picking_id
                   LEFT JOIN sale_order_line sol ON sol.id = move.sale_line_id
                   LEFT JOIN sale_order sale ON sale.id = sol.order_id
                   LEFT JOIN stock_move om ON om.id = move.origin_returned_move_id
                   LEFT JOIN stock_picking op ON op.id = om.picking_id
                   WHERE line.lot_id = ANY(%(lots)s) AND line.state = 'done' AND line.company_id = ANY(%(companies)s)
                   GROUP BY 1, 2, 3, 4, 5, 7""",
                lots=list(lots.ids),
                companies=self._companies(),
            )
        )
        return [
            ledger.Flow(
                lot,
                ledger.place_class(came, came_company),
                ledger.place_class(went, went_company),
                Decimal(quantity),
                partner,
            )
            for lot, came, came_company, went, went_company, quantity, partner in self.env.cr.fetchall()
        ]

    @api.model
    def _balances(self, lots):
        """{lot id: (Balance, what the stock figures say is here)}.

        The two are kept apart by Odoo and must agree; a difference is a lot that does not balance.
        """
        found = ledger.balances(self._flows(lots))
        figures = defaultdict(Decimal)
        self.env.cr.execute(
            SQL(
                """SELECT quant.lot_id, ROUND(SUM(quant.quantity), 6)::text
                   FROM stock_quant quant JOIN stock_location place ON place.id = quant.location_id
                   WHERE quant.lot_id = ANY(%s) AND quant.company_id = ANY(%s)
                     AND (place.usage = 'internal' OR place.usage = 'transit' AND place.company_id IS NOT NULL)
                   GROUP BY quant.lot_id""",
                list(lots.ids),
                self._companies(),
            )
        )
        figures.update((lot_id, Decimal(quantity)) for lot_id, quantity in self.env.cr.fetchall())
        return {lot_id: (found.get(lot_id) or ledger.Balance(), figures[lot_id]) for lot_id in lots.ids}

    @api.model
    def _lots(self, lots):
        """The lots and every lot that was made of them."""
        return self.env["stock.lot"].browse(sorted({lot_id for lot_id, _root in self._scope(lots)}))
