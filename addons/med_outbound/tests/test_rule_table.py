"""The rules of this addon at their boundaries, judged without a delivery."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.med_quality.lib.facts import LineFacts, Scope
from odoo.addons.med_quality.lib.remedies import ASK_QUALITY, find

from ..lib.review import ReviewFacts
from ..models.med_gate import FACT, review_missing
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
