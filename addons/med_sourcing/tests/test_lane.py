"""Which lane counts for which consignee."""

from odoo import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from odoo.addons.med_outbound.tests.common import OutboundCase


@tagged("post_install", "-at_install")
class TestLane(OutboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.south = cls.env["stock.warehouse"].create({"name": "South", "code": "SOU"})
        cls.china = cls.env.ref("base.cn")
        cls.province = cls.env["res.country.state"].search([("country_id", "=", cls.china.id)], limit=1)
        cls.hospital.write({"country_id": cls.china.id, "state_id": cls.province.id})

    def lane(self, **values):
        return self.env["med.supply.lane"].create({"from_id": self.warehouse.id, "days": 1, **values})

    def network(self):
        return self.env["med.supply.lane"]._network(self.warehouse | self.south, self.hospital)

    def test_the_nearest_lane_counts(self):
        self.lane(days=9)
        self.assertEqual(self.network()[0][self.warehouse.id].days, 9)
        self.lane(days=5, country_ids=[Command.set(self.china.ids)], cost=1)
        self.assertEqual(self.network()[0][self.warehouse.id].days, 5)
        self.lane(days=2, state_ids=[Command.set(self.province.ids)], cost=9)
        self.assertEqual(self.network()[0][self.warehouse.id].days, 2)
        self.lane(days=3, state_ids=[Command.set(self.province.ids)], cost=4)
        self.assertEqual(self.network()[0][self.warehouse.id].cost, 4)

    def test_lanes_to_elsewhere_do_not_count(self):
        other = self.env.ref("base.state_us_1")
        self.lane(state_ids=[Command.set(other.ids)])
        self.lane(country_ids=[Command.set(self.env.ref("base.us").ids)])
        self.lane(to_id=self.south.id, days=3, cost_per_kg=2)
        self.assertEqual(self.network()[0], {})
        [(pair, lane)] = self.network()[1].items()
        self.assertEqual(pair, (self.warehouse.id, self.south.id))
        self.assertEqual((lane.days, lane.price(2.5)), (3, 5))

    @mute_logger("odoo.sql_db")
    def test_what_no_lane_can_be(self):
        for values in ({"days": -1}, {"cost": -1}, {"cost_per_kg": -1}, {"to_id": self.warehouse.id}):
            with self.subTest(values), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.lane(**values)

    def test_entered_in_the_list(self):
        with Form(self.env["med.supply.lane"]) as form:
            form.from_id = self.warehouse
            form.to_id = self.south
            form.days = 2
            form.cost = 30
        self.assertEqual(form.record.display_name, f"{self.warehouse.name} → South")
        self.assertEqual(form.record.company_id, self.env.company)
