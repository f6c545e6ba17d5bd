"""Test kit: lots with a history of real movements, and a recall of them."""

from odoo import Command

from odoo.addons.med_outbound.tests.common import OutboundCase


class RecallCase(OutboundCase):
    # What goes out here is old history; its rules are tested elsewhere.
    rules_under_test = ("lot_not_released", "expired", "history_edit", "state_write", "quant_write", "lot_identity")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls._partner("Knee Maker Ltd", country_id=cls.env.ref("base.us").id)
        cls.clinic = cls._partner("Second Clinic")
        cls.ward = cls.env["res.partner"].create({"name": "Ward 7", "parent_id": cls.hospital.id, "type": "delivery"})
        cls.second = cls.env["stock.warehouse"].create({"name": "Second warehouse", "code": "W2"})

    @classmethod
    def move(cls, lot, origin, destination, quantity, partner=None, uom=None, returns=None, done=True, **values):
        """One finished movement of the lot, as a transfer of its own."""
        kind = "in_type_id" if origin.usage in ("supplier", "customer") else "out_type_id"
        if destination.usage not in ("customer", "supplier") and kind == "out_type_id":
            kind = "int_type_id"
        uom = uom or lot.product_id.uom_id
        line = {
            "product_id": lot.product_id.id,
            "lot_id": lot.id,
            "quantity": quantity,
            "product_uom_id": uom.id,
            "location_id": origin.id,
            "location_dest_id": destination.id,
        }
        picking = cls.env["stock.picking"].create(
            {
                "picking_type_id": cls.warehouse[kind].id,
                "partner_id": partner.id if partner else False,
                "location_id": origin.id,
                "location_dest_id": destination.id,
            }
        )
        picking.move_ids = [
            Command.create(
                {
                    "product_id": lot.product_id.id,
                    "product_uom_qty": quantity,
                    "product_uom": uom.id,
                    "location_id": origin.id,
                    "location_dest_id": destination.id,
                    "origin_returned_move_id": returns.id if returns else False,
                    "move_line_ids": [Command.create({**line, "picking_id": picking.id})],
                    **values,
                }
            )
        ]
        picking.action_confirm()
        if done:
            picking.move_ids.picked = True
            picking.with_context(skip_sms=True, skip_backorder=True).button_validate()
            assert picking.state == "done", picking.state
        return picking

    @classmethod
    def received_lot(cls, name, quantity, product=None, shelf=None, **values):
        """A released lot of which ``quantity`` really came from the supplier."""
        lot = cls.make_lot(name, quantity=0, product=product, **values)
        cls.move(lot, cls.suppliers, shelf or cls.stock, quantity, cls.supplier)
        return lot

    @classmethod
    def deliver(cls, lot, quantity, partner=None, shelf=None, **values):
        return cls.move(lot, shelf or cls.stock, cls.customers, quantity, partner or cls.hospital, **values)

    @classmethod
    def take_back(cls, delivery, quantity, partner=None, shelf=None):
        """A partial return of a delivery's first movement."""
        move = delivery.move_ids[0]
        lot = move.move_line_ids.lot_id[:1]
        return cls.move(lot, cls.customers, shelf or cls.stock, quantity, partner or delivery.partner_id, returns=move)

    # Recalls -----------------------------------------------------------------------------

    def recall(self, *lots, confirm=True, hold=True, **values):
        """A recall of these lots; held by quality unless told otherwise."""
        recall = (
            self.env["med.recall"]
            .with_user(self.quality)
            .create(
                {
                    "title": "Screws may break",
                    "profile_id": self.env.ref("med_recall.profile_cn_1").id,
                    "reason": "Screws may break",
                    "scope_ids": [Command.create({"kind": "lot", "first": lot.name}) for lot in lots],
                    **values,
                }
            )
        )
        if confirm:
            recall.action_confirm_scope()
        if hold:
            recall._sign("hold", self.credential)
        return recall

    def notified_recall(self, *lots, **values):
        recall = self.recall(*lots, **values)
        recall.action_notify()
        return recall

    def answer(self, consignee, **figures):
        """The consignee's answer, the same for each of his lines."""
        consignee.sudo()._receive_answer("Dr Li", {line.id: figures for line in consignee.answer_ids})
        consignee.invalidate_recordset()
