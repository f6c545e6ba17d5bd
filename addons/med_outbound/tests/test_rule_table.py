"""The rules of this addon at their boundaries, judged without a delivery."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.med_quality.lib.facts import LineFacts, Scope
from odoo.addons.med_quality.lib.remedies import ASK_QUALITY, find

from ..lib.returns import ReturnFacts
from ..lib.review import ReviewFacts
from ..models.med_gate import FACT, review_missing
from ..models.med_gate_return import FACT as RETURN
from ..models.med_gate_return import quarantine_undecided, return_unquarantined, return_without_delivery
from ..models.stock_picking_direct import FACT as DIRECT
from ..models.stock_picking_direct import direct_dispatch_undocumented

NOW = datetime(2027, 3, 1, 4, tzinfo=UTC)
DAY = date(2027, 3, 1)
LINE = LineFacts(
    key=1,
    scope=Scope(company_id=1),
    product_id=3,
    product_name="Knee implant",
    device_class="III",
    is_tracked=True,
    has_expiry=True,
    quantity=Decimal(1),
    origin="internal",
    destination="customer",
    picking_id=9,
    lot=None,
    party=None,
    covering=(),
    now=NOW,
    today=DAY,
    delivery_day=DAY,
)
SIGNED = ReviewFacts("signed", 5, "Li", frozenset({6, 7}))

TABLE = [
    ("no review", None, {}, "missing"),
    ("begun", replace(SIGNED, state="open"), {}, "open"),
    ("signed, then changed", replace(SIGNED, state="void"), {}, "void"),
    ("signed by another", SIGNED, {}, None),
    ("signed, nobody picked", replace(SIGNED, picker_ids=frozenset()), {}, None),
    ("signed by one of two pickers", replace(SIGNED, reviewer_id=7), {}, "self_review"),
    ("signed by nobody known", replace(SIGNED, reviewer_id=None), {}, "self_review"),
    ("no review, into a product", None, {"destination": "production"}, None),
    ("no review, within the house", None, {"destination": "internal"}, None),
    ("no review, back to the supplier", None, {"destination": "supplier"}, None),
    ("no review, no delivery: another rule tells that", None, {"picking_id": None}, None),
]


@tagged("post_install", "-at_install")
class TestRuleTable(BaseCase):
    def test_review_missing(self):
        for what, review, facts, problem in TABLE:
            with self.subTest(what):
                extra = {} if review is None else {FACT: review}
                finding = review_missing(replace(LINE, extra=extra, **facts))
                self.assertEqual(finding and finding.problem, problem)
                if finding:
                    self.assertNotEqual(find("review_missing", problem), ASK_QUALITY)

    def test_direct_dispatch_undocumented(self):
        for origin, destination, reason, problem in (
            ("supplier", "customer", None, "no_reason"),
            ("supplier", "customer", "emergency", None),
            ("supplier", "internal", None, None),
            ("internal", "customer", None, None),
        ):
            with self.subTest(origin=origin, destination=destination, reason=reason):
                extra = {DIRECT: reason} if reason else {}
                line = replace(LINE, origin=origin, destination=destination, extra=extra)
                finding = direct_dispatch_undocumented(line)
                self.assertEqual(finding and finding.problem, problem)

    def _judge_return(self, judge, table):
        """``table``: (what, ReturnFacts or None, other facts of the line, the problem)"""
        for what, known, facts, problem in table:
            with self.subTest(what):
                extra = {} if known is None else {RETURN: known}
                finding = judge(replace(LINE, extra=extra, **facts))
                self.assertEqual(finding and finding.problem, problem)
                if finding:
                    self.assertNotEqual(find(finding.rule, problem), ASK_QUALITY)

    def test_return_unquarantined(self):
        back = {"origin": "customer", "destination": "internal"}
        shelf, cage = ReturnFacts(place="WH/Returns"), ReturnFacts(to_quarantine=True)
        self._judge_return(
            return_unquarantined,
            [
                ("onto the shelf", shelf, back, "shelf"),
                ("facts unknown", None, back, "shelf"),
                ("on its way to another house of ours", shelf, {**back, "destination": "transit"}, "shelf"),
                ("into the returns area", cage, back, None),
                ("to another consignee", shelf, {**back, "destination": "customer"}, None),
                ("straight to the supplier", shelf, {**back, "destination": "supplier"}, None),
                ("within the house", shelf, {**back, "origin": "internal"}, None),
            ],
        )

    def test_return_without_delivery(self):
        back = {"origin": "customer", "destination": "internal"}
        two = ReturnFacts(delivery="OUT/1", delivered={"": Decimal(2)})
        self._judge_return(
            return_without_delivery,
            [
                ("names none", ReturnFacts(), back, "no_delivery"),
                ("facts unknown", None, back, "no_delivery"),
                ("another lot", replace(two, delivered={"A": Decimal(2)}), back, "other_lot"),
                ("brought nothing of it", replace(two, delivered={"": Decimal(0)}), back, "other_lot"),
                ("all of it", replace(two, returned={"": Decimal(2)}), back, None),
                ("one more", replace(two, returned={"": Decimal(3)}), back, "more"),
                ("a delivery", ReturnFacts(), {"destination": "customer"}, None),
            ],
        )

    def test_quarantine_undecided(self):
        out = {"origin": "internal", "destination": "internal"}
        inside = ReturnFacts(from_quarantine=True)
        decided = replace(inside, decided={"": Decimal(2)}, leaving={"": Decimal(2)})
        self._judge_return(
            quarantine_undecided,
            [
                ("nobody decided", inside, out, "undecided"),
                ("to a consignee", inside, {**out, "destination": "customer"}, "undecided"),
                ("into a product", inside, {**out, "destination": "production"}, "undecided"),
                ("as decided", decided, out, None),
                ("one more", replace(decided, leaving={"": Decimal(3)}), out, "more"),
                ("to another quarantine", replace(inside, to_quarantine=True), out, None),
                ("back to the supplier", inside, {**out, "destination": "supplier"}, None),
                ("destroyed", inside, {**out, "destination": "inventory"}, None),
                ("from the shelf", None, out, None),
            ],
        )
