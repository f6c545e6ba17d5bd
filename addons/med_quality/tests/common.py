"""Test kit: a warehouse with one device, one hospital, and the people who handle them."""

from contextlib import contextmanager
from datetime import datetime, timedelta

from odoo import Command, fields

from odoo.addons.med_evidence.tests.common import EvidenceCase

from ..exceptions import GateRefusedError


class QualityCase(EvidenceCase):
    # Rules of addons above are switched off, so that a test says the same whatever is installed.
    rules_under_test = (
        "lot_missing",
        "expired",
        "lot_not_released",
        "shelf_life_short",
        "licence_invalid",
        "no_picking",
        "history_edit",
        "state_write",
        "quant_write",
        "lot_identity",
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["med.gate.policy"].search([("rule", "not in", cls.rules_under_test)]).active = False
        cls.env.company.partner_id.tz = "Asia/Shanghai"
        cls.picker = cls._user("picker", "med_master_data.group_med_picker")
        cls.reviewer = cls._user("reviewer", "med_master_data.group_med_reviewer")
        cls.quality = cls._user("quality", "med_master_data.group_med_quality")
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.stock = cls.warehouse.lot_stock_id
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.device = cls._device("Knee implant")
        cls.plain = cls.env["product.product"].create(
            {
                "name": "Plain tape",
                "is_storable": True,
                "tracking": "lot",
                "use_expiration_date": True,
            }
        )
        cls.hospital = cls._partner("First Hospital")

    @classmethod
    def _device(cls, name, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "tracking": "lot",
                "use_expiration_date": True,
                "med_is_device": True,
                "med_device_class": "III",
                **values,
            }
        )

    @classmethod
    def today(cls):
        """The day it is for the company; in China it begins eight hours before UTC's."""
        return datetime.now(cls.env["med.gate"]._zone(cls.env.company)).date()

    @classmethod
    def _partner(cls, name, valid_days=365, classes=(2, 3), **values):
        partner = cls.env["res.partner"].create({"name": name, "is_company": True, **values})
        if valid_days is not None:
            cls._licence(partner, valid_days, classes)
        return partner

    @classmethod
    def _licence(cls, partner, valid_days=365, classes=(2, 3), **values):
        today = fields.Date.today()
        return cls.env["med.partner.licence"].create(
            {
                "partner_id": partner.id,
                "kind": "distribution",
                "number": f"L-{partner.id}",
                "valid_from": today - timedelta(days=700),
                "valid_to": today + timedelta(days=valid_days),
                **{f"scope_class_{number}": True for number in classes},
                **values,
            }
        )

    # Stock -------------------------------------------------------------------------------

    @classmethod
    def make_lot(cls, name, days=400, status="released", quantity=10, product=None, location=None, **values):
        """A lot that expires in ``days`` days with ``quantity`` on the shelf."""
        product = product or cls.device
        lot = cls.env["stock.lot"].create({"name": name, "product_id": product.id, **values})
        expiry = fields.Datetime.now() + timedelta(days=days)
        lot.write(
            {
                "expiration_date": expiry,
                "removal_date": expiry,
                "use_date": expiry,
                "alert_date": expiry,
            }
        )
        if product.med_is_device and status != "quarantine":
            lot._med_set_status(status)
        if quantity:
            cls.env["stock.quant"]._update_available_quantity(product, location or cls.stock, quantity, lot_id=lot)
        return lot

    @classmethod
    def make_delivery(cls, *lots, quantity=1, partner=None, destination=None, picking_type=None, **values):
        """A delivery with one line per lot, reserved and counted, ready to validate."""
        picking_type = picking_type or cls.warehouse.out_type_id
        destination = destination or cls.customers
        picking = cls.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "partner_id": (cls.hospital if partner is None else partner).id,
                "location_id": cls.stock.id,
                "location_dest_id": destination.id,
                **values,
            }
        )
        for lot in lots:
            picking.move_ids = [
                Command.create(
                    {
                        "product_id": lot.product_id.id,
                        "product_uom_qty": quantity,
                        "location_id": cls.stock.id,
                        "location_dest_id": destination.id,
                        "move_line_ids": [Command.create(cls._line(lot, quantity, destination, picking))],
                    }
                )
            ]
        picking.action_confirm()
        picking.move_ids.picked = True
        return picking

    @classmethod
    def _line(cls, lot, quantity, destination, picking):
        return {
            "product_id": lot.product_id.id,
            "lot_id": lot.id,
            "quantity": quantity,
            "location_id": cls.stock.id,
            "location_dest_id": destination.id,
            "picking_id": picking.id,
        }

    def on_hand(self, lot, location=None):
        quants = self.env["stock.quant"].search(
            [("lot_id", "=", lot.id), ("location_id", "=", (location or self.stock).id)]
        )
        return sum(quants.mapped("quantity"))

    def validate(self, picking, user=None, **context):
        """Validate as an ordinary stock user would, answering no dialog."""
        context = {"skip_sms": True, "skip_backorder": True, **context}
        return picking.with_user(user or self.picker).with_context(**context).button_validate()

    # Gate --------------------------------------------------------------------------------

    @contextmanager
    def assertRefused(self, *rules):
        """The block is refused by exactly these rules, with a sentence, and nothing stays."""
        with self.assertRaises(GateRefusedError) as caught, self.env.cr.savepoint():
            yield caught
        self.env.invalidate_all()
        found = {finding["rule"] for finding in caught.exception.findings}
        self.assertEqual(found, set(rules), caught.exception.args[0])
        self.assertNotIn("False", caught.exception.args[0])
        self.assertNotIn("None", caught.exception.args[0])

    @classmethod
    def gate_off(cls, *rules):
        """Archive the policies (of these rules), so that the gate has nothing to say."""
        domain = [("rule", "in", rules)] if rules else []
        cls.env["med.gate.policy"].search(domain).active = False

    def policy(self, rule, effect, **values):
        """Replace the shipped policy of ``rule`` by another effect."""
        self.gate_off(rule)
        return self.env["med.gate.policy"].create(
            {
                "rule": rule,
                "effect": effect,
                "date_from": "2024-01-01",
                "at_receive": True,
                **values,
            }
        )
