from odoo import fields
from odoo.tests import tagged

from .common import MedMasterDataCase


@tagged("post_install", "-at_install")
class TestRetention(MedMasterDataCase):
    def facts(self, *records):
        Event = self.env["med.evidence.event"]
        ids = Event._record("test.kind", [{"record": record, "body": {}} for record in records])
        facts = Event.browse(ids)._retention_facts()
        return [(facts[number]["expiry"], facts[number]["implant"]) for number in ids]

    def test_expiry_and_implant_come_from_the_lot(self):
        day = fields.Date.to_date("2031-05-01")
        stent, gauze = self.make_device(med_is_implant=True), self.make_device("Gauze")
        lots = (
            self.make_lot(stent, "S", expiration_date="2031-05-01"),
            self.make_lot(gauze, "G", expiration_date="2031-05-01"),
        )
        unknown = self.env.company.partner_id
        self.assertEqual(self.facts(*lots, unknown), [(day, True), (day, False), (None, True)])

    def test_a_delivery_is_kept_as_long_as_the_last_of_its_lots(self):
        gauze = self.make_device("Gauze")
        early, late = (
            self.make_lot(gauze, "E", expiration_date="2030-01-01"),
            self.make_lot(gauze, "L", expiration_date="2031-05-01"),
        )
        kind = self.env["stock.picking.type"].search(
            [("code", "=", "outgoing"), ("company_id", "=", self.env.company.id)], limit=1
        )
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "location_id": kind.default_location_src_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        line = {"picking_id": picking.id, "product_id": gauze.id, "quantity": 1}
        self.assertEqual(self.facts(picking), [(None, True)])
        self.env["stock.move.line"].create([{**line, "lot_id": lot.id} for lot in (late, early)])
        self.assertEqual(self.facts(picking), [(fields.Date.to_date("2031-05-01"), False)])
        # one of them without an expiry date: two rules at once, so as long as anything is kept
        early.expiration_date = False
        self.assertEqual(self.facts(picking), [(None, True)])
