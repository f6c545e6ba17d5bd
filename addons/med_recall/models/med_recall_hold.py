import time
from collections import defaultdict

from odoo import Command, fields, models
from odoo.tools import SQL

from odoo.addons.med_evidence.models.med_evidence_append_only import APPEND

TRACE_COLUMNS = (
    "recall_id, company_id, kind, date, lot_id, product_id, quantity, partner_id, picking_id, order_id,"
    " purchase_name, location_id, package_id, signed_for_at"
)


class MedRecallHold(models.Model):
    """The signed click: freeze first, trace second, in one transaction or not at all."""

    _inherit = "med.recall"

    def _hold(self, reason=None):
        self.ensure_one()
        start = time.monotonic()
        if self.is_drill:
            self._drill()
            return
        lots = self._scope_lots()
        self._freeze(lots, reason)
        freed = self._free_reservations(lots)
        self._quarantine(lots)
        now = fields.Datetime.now()
        self._write_state({"lot_ids": [Command.set(lots.ids)], "state": self._go("hold"), "held_at": now})
        self._trace(lots)
        self._write_state({"hold_seconds": time.monotonic() - start})
        self.env["med.recall.deadline"]._start(self, "decision", self.decided_at)
        self.deadline_ids.filtered(lambda deadline: deadline.kind == "hold")._done(now)
        self.env["med.evidence.event"]._record(
            "recall.held",
            [
                {
                    "record": self,
                    "reason": reason,
                    "body": {"lots": lots.ids, "freed_transfers": freed.ids, "consignees": len(self.consignee_ids)},
                }
            ],
        )

    def _freeze(self, lots, reason):
        """From here on no unit of these lots moves.

        A transfer that is being validated at this moment read the lots as released. Touching the
        stock figures it is about to change makes the database let one of the two win: either it
        finished before, and this hold starts anew and sees it, or it waits for us, is told to
        start anew, and finds the lots recalled.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE stock_quant SET write_date = now() AT TIME ZONE 'UTC' WHERE lot_id = ANY(%s)", list(lots.ids))
        )
        frozen = lots.filtered(lambda lot: lot.product_id.med_is_device and lot.med_status != "recalled")
        # covered by the signature on the recall, whose snapshot names every lot
        frozen._med_set_status("recalled", dict.fromkeys(frozen.ids, reason))

    def _free_reservations(self, lots):
        """Take the lots out of all open work, also where they are picked or packed already: the
        picker's phone has nothing left to take. Returns the transfers concerned."""
        # sudo: open work of every company and warehouse, whatever the signer may write
        lines = (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [("lot_id", "in", lots.ids), ("state", "not in", ("done", "cancel")), ("move_id.state", "!=", "done")]
            )
        )
        # goods on their way in are still to arrive, and then stand recalled
        lines = lines.filtered(lambda line: line.location_id.usage in ("internal", "transit"))
        pickings, moves = lines.picking_id, lines.move_id
        lines.unlink()
        moves.exists().picked = False
        for picking in pickings:
            picking.message_post(
                body=self.env._("Recall %(recall)s took its lots out of this transfer.", recall=self.name)
            )
        return pickings

    def _quarantine(self, lots):
        """One transfer per warehouse that brings what is on the shelves into the recall cage. The
        status holds the goods at once; the transfer tells people where to carry them."""
        # sudo: stock of every company of the group in scope, whatever the signer may write
        quants = (
            self.env["stock.quant"]
            .sudo()
            .search([("lot_id", "in", lots.ids), ("location_id.usage", "=", "internal"), ("quantity", ">", 0)])
        )
        by_warehouse = defaultdict(lambda: quants.browse())
        for quant in quants:
            warehouse = quant.location_id.warehouse_id
            if warehouse and quant.location_id != warehouse.med_recall_location_id:
                by_warehouse[warehouse] |= quant
        for warehouse, found in by_warehouse.items():
            self._quarantine_transfer(warehouse, found)

    def _quarantine_transfer(self, warehouse, quants):
        cage = warehouse._med_recall_cage()
        moves = []
        for (product, source), some in quants.grouped(lambda quant: (quant.product_id, quant.location_id)).items():
            lines = [
                Command.create(
                    {
                        "product_id": product.id,
                        "lot_id": quant.lot_id.id,
                        "package_id": quant.package_id.id,
                        "owner_id": quant.owner_id.id,
                        "quantity": quant.quantity,
                        "location_id": source.id,
                        "location_dest_id": cage.id,
                    }
                )
                for quant in some
            ]
            moves.append(
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": sum(some.mapped("quantity")),
                        "location_id": source.id,
                        "location_dest_id": cage.id,
                        "move_line_ids": lines,
                    }
                )
            )
        picking = (
            self.env["stock.picking"]
            .sudo()
            .create(  # sudo: see _quarantine
                {
                    "picking_type_id": warehouse.int_type_id.id,
                    "location_id": warehouse.lot_stock_id.id,
                    "location_dest_id": cage.id,
                    "origin": self.name,
                    "med_recall_id": self.id,
                    "move_ids": moves,
                }
            )
        )
        picking.move_ids.move_line_ids.picking_id = picking
        picking.action_confirm()
        return picking

    # Trace -----------------------------------------------------------------------------

    def _trace(self, lots):
        """Keep what the trace says at this moment, and who has how many units of which lot."""
        trace = self.env["med.recall.trace"]
        outgoing = trace._forward(lots)
        # lots made of others come under several roots; their units are told once
        outgoing = list({row.line_id: row for row in outgoing}.values())
        rows = self._trace_rows(trace, lots, outgoing)
        self.env.cr.execute_values(
            f"INSERT INTO med_recall_trace_line ({TRACE_COLUMNS}) VALUES %s", rows, page_size=1000
        )
        self.env["med.recall.trace.line"].invalidate_model()
        self.invalidate_recordset(["trace_ids"])
        self._find_consignees(outgoing)

    def _trace_rows(self, trace, lots, outgoing):
        products = {lot.id: lot.product_id.id for lot in lots}
        rows = [
            (
                self.id, row.company_id, "delivered" if row.way > 0 else "returned", row.date, row.lot_id,
                products[row.lot_id], row.quantity, row.partner_id, row.picking_id, row.order_id, None, None,
                row.package_id, row.signed_for_at,
            )
            for row in outgoing
        ]  # fmt: skip
        incoming = {row.line_id: row for row in trace._backward(lots)}.values()
        ancestors = self.env["stock.lot"].browse({row.lot_id for row in incoming} - products.keys())
        products |= {lot.id: lot.product_id.id for lot in ancestors}
        purchases = {}
        if "purchase.order" in self.env:
            # sudo: the number of the order is part of the trace; prices stay where they are
            orders = self.env["purchase.order"].sudo().browse({row.purchase_id for row in incoming if row.purchase_id})
            purchases = {order.id: order.name for order in orders}
        rows += [
            (
                self.id, row.company_id, "received", row.date, row.lot_id, products[row.lot_id], row.quantity,
                row.partner_id, row.picking_id, None, purchases.get(row.purchase_id), None, None, None,
            )
            for row in incoming
        ]  # fmt: skip
        here = {(row.lot_id, row.location_id, row.package_id, row.owner_id): row for row in trace._on_hand(lots)}
        now = fields.Datetime.now()
        rows += [
            (
                self.id, row.company_id, "here", now, row.lot_id, products[row.lot_id], row.quantity, None, None, None,
                None, row.location_id, row.package_id, None,
            )
            for row in here.values()
        ]  # fmt: skip
        return rows

    def _find_consignees(self, outgoing):
        """One consignee per customer company, with one line per lot and place he got it at."""
        units = defaultdict(float)
        for row in outgoing:
            if row.partner_id:
                units[row.partner_id, row.lot_id] += row.way * row.quantity
        units = {key: quantity for key, quantity in units.items() if quantity > 1e-6}
        partners = self.env["res.partner"].browse({partner_id for partner_id, _lot in units})
        # sister companies trace and hold their own stock; they get no letter
        sisters = self.env["res.company"].browse(self.env["med.recall.trace"]._companies()).partner_id
        accounts = {partner.id: partner.commercial_partner_id for partner in partners}
        contacts = partners._med_recall_contact()
        told = [account for account in partners.commercial_partner_id if account not in sisters]
        # sudo: consignees and their units are written by the trace, nobody enters them
        keyed = self.sudo().with_context(med_recall_token=APPEND)
        consignees = keyed.env["med.recall.consignee"].create(
            [{"recall_id": self.id, "partner_id": account.id, "contact_id": contacts[account].id} for account in told]
        )
        by_account = {consignee.partner_id.id: consignee.id for consignee in consignees}
        keyed.env["med.recall.answer"].create(
            [
                {
                    "recall_id": self.id,
                    "consignee_id": by_account[accounts[partner_id].id],
                    "partner_id": partner_id,
                    "lot_id": lot_id,
                    "delivered": quantity,
                }
                for (partner_id, lot_id), quantity in units.items()
                if accounts[partner_id].id in by_account
            ]
        )


class StockPicking(models.Model):
    _inherit = "stock.picking"

    med_recall_id = fields.Many2one(
        "med.recall", "Recall", readonly=True, copy=False, index="btree_not_null", prefetch="med"
    )
