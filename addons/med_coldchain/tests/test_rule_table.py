"""The rules of this addon at their boundaries, judged without a delivery."""

from dataclasses import replace
from datetime import date

from odoo.tests import BaseCase, tagged

from odoo.addons.med_outbound.tests.test_rule_table import LINE as OUTBOUND_LINE
from odoo.addons.med_quality.lib.facts import LotFacts
from odoo.addons.med_quality.lib.remedies import ASK_QUALITY, find

from ..lib.cold_facts import ColdFacts, Equipment, Qualification, Range, Transport, standing
from ..models.med_gate import FACT, cold_transport_incomplete, storage_unsuitable, temperature_excursion

LOT = LotFacts(7, "L1", "released", None, None, None)
LINE = replace(OUTBOUND_LINE, lot=LOT)
FRIDGE = Range(2.0, 8.0)
GOOD = {"calibration": "valid", "verification": "valid"}
ROOM = Equipment("Room", FRIDGE, False, GOOD)
COLD = ColdFacts(FRIDGE, source=ROOM)
WATCHED = replace(COLD, is_duty=True)
LOGGER = Equipment("Logger", standing={"calibration": "valid"})
VAN = Equipment("Van", FRIDGE, standing=GOOD)
WAY = Transport((VAN,), LOGGER, 4.5)

TABLES = {
    temperature_excursion: [
        ("nothing happened", COLD, {}, None),
        ("no cold goods", None, {}, None),
        ("the room is out of range", replace(COLD, source=replace(ROOM, is_out=True)), {}, "lasts"),
        (
            "out of the bad room to another one",
            replace(COLD, source=replace(ROOM, is_out=True)),
            {"destination": "internal"},
            None,
        ),
        ("it was out of range", replace(COLD, excursions={7: "Room"}), {}, "unassessed"),
        ("another lot was", replace(COLD, excursions={8: "Room"}), {}, None),
        ("back to the supplier", replace(COLD, excursions={7: "Room"}), {"destination": "supplier"}, None),
        ("into the quarantine", replace(COLD, excursions={7: "Room"}), {"destination": "internal"}, None),
        ("no lot: another rule tells that", replace(COLD, excursions={7: "Room"}), {"lot": None}, None),
    ],
    storage_unsuitable: [
        ("into a good room", replace(COLD, target=ROOM), {"destination": "internal"}, None),
        ("to the consignee", COLD, {}, None),
        ("no equipment, nobody watches", COLD, {"destination": "internal"}, None),
        ("no equipment", WATCHED, {"destination": "internal"}, "no_equipment"),
        (
            "room temperature needs none",
            replace(WATCHED, range=Range(None, 25.0)),
            {"destination": "internal"},
            None,
        ),
        (
            "a warmer room",
            replace(COLD, target=replace(ROOM, kept=Range(2.0, 8.1))),
            {"destination": "internal"},
            "other_range",
        ),
        (
            "a colder room",
            replace(COLD, target=replace(ROOM, kept=Range(None, 8.0))),
            {"destination": "internal"},
            "other_range",
        ),
        (
            "a narrower room",
            replace(COLD, target=replace(ROOM, kept=Range(3.0, 7.0))),
            {"destination": "internal"},
            None,
        ),
        (
            "a room out of range",
            replace(COLD, target=replace(ROOM, is_out=True)),
            {"destination": "internal"},
            "out_of_range",
        ),
        (
            "its verification ended",
            replace(COLD, target=replace(ROOM, standing={**GOOD, "verification": "ended"})),
            {"destination": "internal"},
            "unqualified",
        ),
        (
            "never verified, nobody watches",
            replace(COLD, target=replace(ROOM, standing={**GOOD, "verification": "missing"})),
            {"destination": "internal"},
            None,
        ),
        (
            "never verified",
            replace(WATCHED, target=replace(ROOM, standing={**GOOD, "verification": "missing"})),
            {"destination": "internal"},
            "unqualified",
        ),
    ],
    cold_transport_incomplete: [
        ("all there", replace(WATCHED, transport=WAY), {}, None),
        ("nothing there, nobody watches", COLD, {}, None),
        ("nothing there", WATCHED, {}, "no_packaging"),
        ("within the house", WATCHED, {"destination": "internal"}, None),
        ("not cold", replace(WATCHED, range=Range(15.0, 25.0)), {}, None),
        ("no logger", replace(WATCHED, transport=replace(WAY, logger=None)), {}, "no_logger"),
        ("no temperature", replace(WATCHED, transport=replace(WAY, departure=None)), {}, "no_departure"),
        ("left at the limit", replace(WATCHED, transport=replace(WAY, departure=8.0)), {}, None),
        ("left too warm", replace(COLD, transport=replace(WAY, departure=8.1)), {}, "left_out_of_range"),
        ("left too cold", replace(COLD, transport=replace(WAY, departure=1.9)), {}, "left_out_of_range"),
        (
            "the logger's calibration ended",
            replace(COLD, transport=replace(WAY, logger=replace(LOGGER, standing={"calibration": "ended"}))),
            {},
            "unqualified",
        ),
    ],
}
DAY = date(2026, 7, 1)


@tagged("post_install", "-at_install")
class TestRuleTable(BaseCase):
    def test_rules(self):
        for judge, table in TABLES.items():
            for what, cold, facts, problem in table:
                with self.subTest(f"{judge.__name__}: {what}"):
                    finding = judge(replace(LINE, extra={} if cold is None else {FACT: cold}, **facts))
                    self.assertEqual(finding and finding.problem, problem)
                    if finding:
                        self.assertIsNot(find(finding.rule, finding.problem), ASK_QUALITY)

    def test_a_qualification_stands_on_its_days_and_in_its_season(self):
        year = (date(2026, 1, 1), date(2026, 12, 31))
        for what, passed, wanted in (
            ("none", [], "missing"),
            ("whole year", [Qualification("calibration", "all", *year)], "valid"),
            ("first day", [Qualification("calibration", "all", DAY, DAY)], "valid"),
            ("summer", [Qualification("calibration", "summer", *year)], "valid"),
            ("winter", [Qualification("calibration", "winter", *year)], "ended"),
            ("last year", [Qualification("calibration", "all", date(2025, 1, 1), date(2026, 6, 30))], "ended"),
            ("from tomorrow", [Qualification("calibration", "all", date(2026, 7, 2), date(2027, 1, 1))], "ended"),
            ("another kind", [Qualification("verification", "all", *year)], "missing"),
        ):
            with self.subTest(what):
                self.assertEqual(standing("logger", passed, DAY), {"calibration": wanted})
        self.assertEqual(standing("box", [], DAY), {"verification": "missing"})
