from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    med_source_summary = fields.Char("Served from", compute="_compute_med_source_summary")
    med_can_source = fields.Boolean("May be served from several warehouses", compute="_compute_med_can_source")

    @api.depends("order_line.med_source_ids")
    def _compute_med_source_summary(self):
        for order in self:
            sources = order.order_line.med_source_ids
            ways = [" → ".join(filter(None, (source.warehouse_id.name, source.via_id.name))) for source in sources]
            order.med_source_summary = ", ".join(dict.fromkeys(ways)) or False

    @api.depends("state", "company_id", "order_line.product_id")
    def _compute_med_can_source(self):
        groups = self.env["stock.warehouse"]._read_group([], ["company_id"], ["__count"])
        several = {company.id for company, count in groups if count > 1}
        for order in self:
            order.med_can_source = (
                order.state in ("draft", "sent", "sale")
                and order.company_id.id in several
                and any(order._med_lines_to_source())
            )

    def _med_lines_to_source(self):
        """Lines whose goods a warehouse of ours can give: not services, and no route that somebody chose."""
        return self.order_line.filtered(
            lambda line: line.product_id.is_storable and not line.display_type and not line.route_ids
        )

    def action_med_sourcing(self):
        """The proposal from which warehouses this order is served."""
        self.ensure_one()
        proposal = self.env["med.sourcing"]._propose(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Where from?"),
            "res_model": "med.sourcing",
            "res_id": proposal.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _med_moves_under_way(self):
        """Moves of this order that somebody worked on: goods picked, in transit, or gone."""
        # sudo: whoever sells sees no transfers between our warehouses
        return (
            self.sudo()
            ._med_all_moves()
            .filtered(lambda move: move.state == "done" or (move.state != "cancel" and move.picked))
        )

    def _med_serve_from(self, shares):
        """Serve this order from these sources; its open transfers are made anew.

        :param list shares: values of ``med.sale.source``
        :raises UserError: goods are picked or on their way already
        """
        self.ensure_one()
        busy = self._med_moves_under_way()
        if busy:
            raise UserError(
                self.env._(
                    "Goods of %(order)s are picked or on their way already (%(transfer)s). Finish or return them first;"
                    " what is still missing can be ordered on a new line.",
                    order=self.name,
                    transfer=busy.picking_id[:1].name or busy[:1].display_name,
                )
            )
        # sudo: as Odoo's own procurement, see stock.rule._run_pull; a supervisor decides without selling
        order = self.sudo()
        order._med_all_moves().filtered(lambda move: move.state not in ("done", "cancel"))._action_cancel()
        order.order_line.med_source_ids.unlink()
        self.env["med.sale.source"].sudo().create(shares)
        if order.state == "sale":
            order.order_line._action_launch_stock_rule()

    def _action_cancel(self):
        # sudo: see _med_serve_from
        order_lines = self.sudo().order_line
        transfers = self.sudo()._med_transfers().move_ids
        res = super()._action_cancel()
        # goods that did not leave for this order yet stay where they are
        transfers.filtered(lambda move: move.state not in ("done", "cancel") and not move.picked)._action_cancel()
        # what was confirmed for the stock of that day is no plan for another one
        order_lines.med_source_ids.unlink()
        return res

    def _med_transfers(self):
        """Transfers between our warehouses that bring goods of this order."""
        moves = self._med_all_moves().filtered(lambda move: move._med_final_usage() != "customer")
        return moves.picking_id

    def _med_all_moves(self):
        """The moves of this order, and those that they wait for."""
        moves = self.order_line.move_ids
        return moves | moves.browse(moves._rollup_move_origs())

    def _med_timeline_records(self):
        records = super()._med_timeline_records()
        transfers = self._med_transfers()
        return [*records, transfers] if transfers else records


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    med_source_ids = fields.One2many("med.sale.source", "sale_line_id", "Sources", copy=False)

    def _create_procurements(self, product_qty, procurement_uom, values):
        """A procurement for each source that somebody confirmed, and one for the rest, as in plain Odoo."""
        if procurement_uom.compare(product_qty, 0) <= 0 or not self.med_source_ids:
            return super()._create_procurements(product_qty, procurement_uom, values)
        procurements, left = [], product_qty
        # sudo: who sells reads the sources and does not write them
        for source, units in self.sudo().med_source_ids._launch(product_qty, procurement_uom):
            own = source._procurement_values(values)
            procurements += super()._create_procurements(units, procurement_uom, own)
            left -= units
        if procurement_uom.compare(left, 0) > 0:
            procurements += super()._create_procurements(left, procurement_uom, values)
        return procurements

    def _get_outgoing_incoming_moves(self, strict=True):
        """Odoo counts one rule for each warehouse as what began a delivery; a route of ours is a second one."""
        outgoing, incoming = super()._get_outgoing_incoming_moves(strict=strict)
        if not strict:
            outgoing |= self.move_ids.filtered(
                lambda move: (
                    move.state != "cancel"
                    and move.med_source_id
                    and move.rule_id.action == "pull"
                    and move.rule_id.route_id.med_sourcing_steps
                    and (move.location_final_id or move.location_dest_id)._is_outgoing()
                )
            )
        return outgoing, incoming

    def _med_expected(self, move, missing, arriving, waiting):
        """What comes from another warehouse of ours for this line is not waited for from a supplier."""
        coming = self.move_ids._origin.filtered(
            lambda one: one.state not in ("done", "cancel") and one.location_id.usage == "transit"
        )
        missing -= sum(coming.mapped("product_qty"))
        if coming and missing <= 1e-9:
            return max(coming.mapped("date"))
        return super()._med_expected(move, missing, arriving, waiting)
