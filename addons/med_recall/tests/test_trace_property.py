"""Random histories of real movements; the trace must say what a simple simulation counts."""

from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from odoo.tests import tagged

from ..lib.simulation import World
from .common import RecallCase

LOTS = ("P", "Q")
CONSIGNEES = ("hospital", "clinic", "ward")
SHELVES = ("one", "two")

# (verb, lot, from, to, count, in dozens?)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("deliver", "deliver", "return", "transfer", "scrap", "cancel", "supplier")),
        st.sampled_from(LOTS),
        st.sampled_from(SHELVES),
        st.sampled_from(CONSIGNEES),
        st.integers(1, 12),
        st.booleans(),
    ),
    max_size=8,
)


@tagged("post_install", "-at_install")
class TestTraceProperty(RecallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shelves = {"one": cls.stock, "two": cls.second.lot_stock_id}
        cls.people = {"hospital": cls.hospital, "clinic": cls.clinic, "ward": cls.ward}
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.waste = cls.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "=", cls.env.company.id)], limit=1
        )

    # a history of eight transfers takes about a second
    @settings(
        max_examples=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
    )
    @given(STEPS)
    def test_trace_and_balance_equal_the_simulation(self, steps):
        self.env.cr.execute("SAVEPOINT history")
        try:
            self._live(steps)
        finally:
            self.env.cr.execute("ROLLBACK TO SAVEPOINT history")
            self.env.invalidate_all(flush=False)

    def _live(self, steps):
        world, lots, deliveries = World(), {}, {}
        for name in LOTS:
            lots[name] = self.received_lot(f"PROP-{name}", 24)
            world.receive(name, "one", 24)
        for verb, name, shelf, person, count, in_dozens in steps:
            self._step(world, lots[name], deliveries, verb, name, shelf, person, 12 if in_dozens else count, in_dozens)
        self._compare(world, lots)

    def _step(self, world, lot, deliveries, verb, name, shelf, person, count, in_dozens):
        here, partner = self.shelves[shelf], self.people[person]
        measure = {"quantity": count / 12, "uom": self.dozen} if in_dozens else {"quantity": count}
        try:
            place = f"shelf:{shelf}"
            if verb == "deliver":
                world.move(name, place, f"customer:{person}", count)
                deliveries[name, person] = self.deliver(lot, partner=partner, shelf=here, **measure)
            elif verb == "return":
                world.move(name, f"customer:{person}", place, count)
                first = deliveries[name, person].move_ids
                self.move(lot, self.customers, here, partner=partner, returns=first, **measure)
            elif verb == "transfer":
                other = "two" if shelf == "one" else "one"
                world.move(name, place, f"shelf:{other}", count)
                self.move(lot, here, self.shelves[other], **measure)
            elif verb == "scrap":
                world.move(name, place, "scrap", count)
                self.move(lot, here, self.waste, **measure)
            elif verb == "supplier":
                world.move(name, place, "supplier", count)
                self.move(lot, here, self.suppliers, partner=self.supplier, **measure)
            elif verb == "cancel" and world.at(name, place) >= count:
                self.deliver(lot, partner=partner, shelf=here, done=False, **measure).action_cancel()
        except ValueError:
            return  # the world had not so many; nothing happened there, nothing is done here

    def _compare(self, world, lots):
        trace = self.env["med.recall.trace"]
        balances = trace._balances(self.env["stock.lot"].union(*lots.values()))
        names = {lot.id: name for name, lot in lots.items()}
        for name, lot in lots.items():
            places, (balance, figure) = world.places(name), balances[lot.id]
            self.assertTrue(balance.closes)
            shelves = sum(places[f"shelf:{shelf}"] for shelf in SHELVES)
            self.assertEqual((balance.received, balance.here, figure), (24, shelves, shelves))
            self.assertEqual((balance.lost, balance.to_supplier), (places["scrap"], places["supplier"]))
            for person in CONSIGNEES:
                has = balance.consignees.get(self.people[person].id, 0)
                self.assertEqual(has, places[f"customer:{person}"], person)
        out, back = Counter(), Counter()
        people = {partner.id: person for person, partner in self.people.items()}
        for row in trace._forward(self.env["stock.lot"].union(*lots.values())):
            (out if row.way > 0 else back)[names[row.lot_id], people[row.partner_id]] += row.quantity
        self.assertEqual(+out, +world.ever_delivered)
        self.assertEqual(+back, +world.ever_returned)
