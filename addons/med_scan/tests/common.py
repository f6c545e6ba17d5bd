"""Test kit: a delivery, its labels, and a phone that scans them."""

from itertools import count

from odoo import Command

from odoo.addons.med_master_data.lib import gs1
from odoo.addons.med_outbound.tests.common import OutboundCase

GTIN = "09506000134352"
CASE_GTIN = "19506000134359"
OTHER_GTIN = "09506000134369"
keys = count(1)


class ScanCase(OutboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hip = cls._device("Hip implant")
        for product, di, level, quantity in (
            (cls.device, GTIN, "unit", 1),
            (cls.device, CASE_GTIN, "case", 5),
            (cls.hip, OTHER_GTIN, "unit", 1),
        ):
            cls.env["med.product.identifier"].create(
                {
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "di": di,
                    "agency": "GS1",
                    "level": level,
                    "quantity": quantity,
                }
            )
        cls.shelf_a, cls.shelf_b = cls.env["stock.location"].create(
            [{"name": name, "location_id": cls.stock.id, "barcode": f"SHELF-{name}"} for name in ("A", "B")]
        )
        cls.lot = cls.make_lot("LOT-A", location=cls.shelf_a, quantity=10)
        cls.other = cls.make_lot("LOT-B", location=cls.shelf_a, quantity=10)

    @classmethod
    def delivery(cls, *lots, quantity=1, location=None, **values):
        """Reserved and not picked, from the shelf the goods are on."""
        picking = cls.make_delivery(quantity=quantity, **values)
        for lot in lots:
            source = location or cls.shelf_a
            picking.move_ids = [
                Command.create(
                    {
                        "product_id": lot.product_id.id,
                        "product_uom_qty": quantity,
                        "location_id": cls.stock.id,
                        "location_dest_id": cls.customers.id,
                        "picking_id": picking.id,
                        "move_line_ids": [
                            Command.create(
                                {**cls._line(lot, quantity, cls.customers, picking), "location_id": source.id}
                            )
                        ],
                    }
                )
            ]
        picking.action_confirm()
        picking.move_ids.picked = False
        return picking

    @classmethod
    def label(cls, lot, gtin=GTIN, expiry=None):
        day = (expiry or lot.expiration_date).strftime("%y%m%d")
        return gs1.build([("01", gtin), ("17", day), ("10", lot.name)])

    def phone(self, picking, code, user=None, state=None, key=None, **kwargs):
        app = self.env["med.scan.app"].with_user(user or self.picker)
        return app.scan(picking.id, code, key or f"test-key-{next(keys):06}", device="phone-1", state=state, **kwargs)

    def assertWrong(self, answer, problem, *parts):
        self.assertEqual((answer["ok"], answer["problem"]), (False, problem), answer["message"])
        self.assertEqual(answer["changed"], [])
        for part in parts:
            self.assertIn(part, answer["message"])
        for word in ("False", "None", "%("):
            self.assertNotIn(word, answer["message"])
