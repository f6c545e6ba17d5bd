"""Every rule at its boundaries: the day before, the day itself, the day after, and not known."""

import ast
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from line_kit import (
    DAY,
    INSTANT,
    LINE,
    NOW,
    PARTY,
    SHANGHAI,
    TODAY,
    UTC,
    at,
    expires,
    licence,
    line,
)
from med_quality.lib import lot_status, registry, rules

ADDON = Path(__file__).resolve().parents[3] / "addons" / "med_quality"
# Rules of addons above register in the same place when their tests run in the same process.
OURS = {
    code: rule
    for code, rule in registry.rules().items()
    if rule.judge.__module__ == rules.__name__ or not rule.per_line
}
JUDGES = {code: rule for code, rule in OURS.items() if rule.per_line}

MIDNIGHT = datetime(2027, 3, 1, tzinfo=SHANGHAI)  # 16:00 of 28 February in UTC
NO_DEMAND = {"min_days": 0, "min_percent": Decimal(0)}


def left(days, **facts):
    """A lot with so many days of life left on delivery; asked are 30 days."""
    lot = {"expiry_day": TODAY + days * DAY}
    return line(lot=lot, **{"min_days": 30, "min_percent": Decimal(0), **facts})


def share(percent, left_days, total, **facts):
    """So many days left of a total life of so many, and a share of it asked."""
    expiry = TODAY + left_days * DAY
    lot = {"expiry_day": expiry, "production_day": expiry - total * DAY}
    return line(lot=lot, **{"min_days": 0, "min_percent": Decimal(percent), **facts})


def licensed(*licences, **facts):
    return line(covering=licences, **facts)


# (rule, what is special, the line, the problem found or None)
TABLE = [
    ("lot_missing", "a lot is there", line(), None),
    ("lot_missing", "no lot", line(lot=None), "missing"),
    ("lot_missing", "no lot, into a product", line(lot=None, destination="production"), "missing"),
    ("lot_missing", "no lot, to another company", line(lot=None, destination="transit"), "missing"),
    ("lot_missing", "no lot, but not tracked", line(lot=None, is_tracked=False), None),
    ("lot_missing", "no lot, stays with us", line(lot=None, destination="internal"), None),
    ("lot_missing", "no lot, back to the supplier", line(lot=None, destination="supplier"), None),
    ("lot_missing", "no lot, counted away", line(lot=None, destination="inventory"), None),
    # expired: an instant, not a day
    ("expired", "the day before", line(lot=expires(NOW + DAY)), None),
    ("expired", "one instant before", line(lot=expires(NOW + INSTANT)), None),
    ("expired", "the very instant", line(lot=expires(NOW)), "past"),
    ("expired", "one instant after", line(lot=expires(NOW - INSTANT)), "past"),
    ("expired", "the day after", line(lot=expires(NOW - DAY)), "past"),
    ("expired", "midnight in Shanghai comes", at(MIDNIGHT - INSTANT, lot=expires(MIDNIGHT)), None),
    ("expired", "midnight in Shanghai is", at(MIDNIGHT, lot=expires(MIDNIGHT)), "past"),
    (
        "expired",
        "an instant is the same in every zone",
        at(MIDNIGHT.astimezone(UTC), UTC, lot=expires(MIDNIGHT, UTC)),
        "past",
    ),
    ("expired", "no date", line(lot={"expiry": None, "expiry_day": None}), "unknown"),
    ("expired", "an instant without its day", line(lot={"expiry_day": None}), "unknown"),
    ("expired", "no date, none needed", line(has_expiry=False, lot={"expiry": None}), None),
    ("expired", "past, but none needed", line(has_expiry=False, lot=expires(NOW - DAY)), None),
    ("expired", "past, no lot", line(lot=None), None),
    ("expired", "past, stays", line(destination="internal", lot=expires(NOW - DAY)), None),
    ("expired", "past, back", line(destination="supplier", lot=expires(NOW - DAY)), None),
    ("expired", "past, used up", line(destination="production", lot=expires(NOW - DAY)), "past"),
    (
        "expired",
        "29 February, a leap day",
        at(
            datetime(2028, 2, 29, tzinfo=SHANGHAI),
            lot=expires(datetime(2028, 2, 29, tzinfo=SHANGHAI)),
        ),
        "past",
    ),
    # lot_not_released
    ("lot_not_released", "released", line(), None),
    *(
        ("lot_not_released", status, line(lot={"status": status}), status)
        for status in lot_status.STATES
        if status != "released"
    ),
    ("lot_not_released", "no lot", line(lot=None), None),
    (
        "lot_not_released",
        "its package is on hold",
        line(lot={"held_packages": frozenset({7})}, package_id=7),
        "package_on_hold",
    ),
    (
        "lot_not_released",
        "held, stays",
        line(destination="internal", lot={"status": "on_hold"}),
        None,
    ),
    (
        "lot_not_released",
        "recalled, back to the supplier",
        line(destination="supplier", lot={"status": "recalled"}),
        None,
    ),
    (
        "lot_not_released",
        "quarantined, into a product",
        line(destination="production", lot={"status": "quarantine"}),
        "quarantine",
    ),
    # shelf_life_short: days, on the day of delivery
    ("shelf_life_short", "one day more than asked", left(31), None),
    ("shelf_life_short", "just what is asked", left(30), None),
    ("shelf_life_short", "one day less", left(29), "short"),
    ("shelf_life_short", "the last day", left(0, min_days=1), "short"),
    ("shelf_life_short", "long gone", left(-400), "short"),
    (
        "shelf_life_short",
        "enough today, not on delivery",
        left(30, delivery_day=TODAY + DAY),
        "short",
    ),
    ("shelf_life_short", "nothing asked", left(0, **NO_DEMAND), None),
    ("shelf_life_short", "no expiry day", line(lot={"expiry_day": None}), "no_expiry"),
    (
        "shelf_life_short",
        "no expiry day, nothing asked",
        line(lot={"expiry_day": None}, **NO_DEMAND),
        None,
    ),
    ("shelf_life_short", "never expires", left(0, has_expiry=False), None),
    ("shelf_life_short", "no lot", line(lot=None), None),
    ("shelf_life_short", "into a product", left(0, destination="production"), None),
    ("shelf_life_short", "to another company", left(0, destination="transit"), None),
    # ... and a share of the whole life, rounded up
    ("shelf_life_short", "a third of 100 days is 34: 34 left", share("33.34", 34, 100), None),
    ("shelf_life_short", "a third of 100 days is 34: 33 left", share("33.34", 33, 100), "short"),
    ("shelf_life_short", "an even share is not rounded: 50 of 100", share(50, 50, 100), None),
    ("shelf_life_short", "an even share is not rounded: 49 of 100", share(50, 49, 100), "short"),
    ("shelf_life_short", "all of it, made today", share(100, 100, 100), None),
    ("shelf_life_short", "all of it, made yesterday", share(100, 99, 100), "short"),
    ("shelf_life_short", "a tiny share is one day", share("0.01", 1, 100), None),
    ("shelf_life_short", "a tiny share is one day, none left", share("0.01", 0, 100), "short"),
    ("shelf_life_short", "the longer of both: days", share(10, 29, 100, min_days=30), "short"),
    ("shelf_life_short", "the longer of both: share", share(50, 49, 100, min_days=30), "short"),
    ("shelf_life_short", "both met", share(50, 50, 100, min_days=30), None),
    (
        "shelf_life_short",
        "share, day made unknown",
        line(lot={"production_day": None}),
        "no_production_day",
    ),
    (
        "shelf_life_short",
        "days only, day made unknown",
        line(lot={"production_day": None}, min_percent=Decimal(0)),
        None,
    ),
    # licence_invalid: both ends are valid days
    ("licence_invalid", "its first day", licensed(licence(0, 10)), None),
    ("licence_invalid", "its last day", licensed(licence(-10, 0)), None),
    ("licence_invalid", "its only day", licensed(licence(0, 0)), None),
    ("licence_invalid", "the day before it starts", licensed(licence(1, 10)), "not_yet"),
    ("licence_invalid", "the day after it ends", licensed(licence(-10, -1)), "expired"),
    ("licence_invalid", "no beginning", licensed(licence(None, 0)), None),
    ("licence_invalid", "no end", licensed(licence(0, None)), None),
    ("licence_invalid", "neither", licensed(licence(None, None)), None),
    ("licence_invalid", "no end, not begun", licensed(licence(1, None)), "not_yet"),
    ("licence_invalid", "one of two is good", licensed(licence(-9, -1), licence(-9, 9)), None),
    (
        "licence_invalid",
        "the renewed one not begun",
        licensed(licence(-9, -1), licence(1, 9)),
        "not_yet",
    ),
    (
        "licence_invalid",
        "the renewed one, without end, not begun",
        licensed(licence(-9, -1), licence(1, None)),
        "not_yet",
    ),
    ("licence_invalid", "both ended", licensed(licence(-9, -2), licence(-9, -1)), "expired"),
    (
        "licence_invalid",
        "ended in Shanghai, where it is tomorrow",
        at(MIDNIGHT, covering=(licence(None, -1),)),
        "expired",
    ),
    (
        "licence_invalid",
        "not ended in UTC, where it is today",
        at(MIDNIGHT, UTC, covering=(licence(None, -1),)),
        None,
    ),
    ("licence_invalid", "on file, none covers", licensed(), "out_of_scope"),
    ("licence_invalid", "none on file", licensed(party=PARTY.__class__(5, "X", False)), "missing"),
    ("licence_invalid", "nobody named", licensed(party=None), "no_party"),
    ("licence_invalid", "class not known", licensed(device_class=None), "class_unknown"),
    ("licence_invalid", "class not known, nobody named", licensed(device_class=None, party=None), "class_unknown"),
    ("licence_invalid", "class II", licensed(device_class="II"), "out_of_scope"),
    ("licence_invalid", "class I needs none", licensed(device_class="I"), None),
    ("licence_invalid", "class I, nobody named", licensed(device_class="I", party=None), None),
    ("licence_invalid", "class I, ended", licensed(licence(-9, -1), device_class="I"), None),
    (
        "licence_invalid",
        "bought",
        licensed(origin="supplier", destination="internal"),
        "out_of_scope",
    ),
    ("licence_invalid", "between our own shelves", licensed(destination="internal"), None),
    ("licence_invalid", "back to the supplier", licensed(destination="supplier"), None),
    ("licence_invalid", "into a product", licensed(destination="production"), None),
    # no_picking
    ("no_picking", "with a delivery", line(), None),
    ("no_picking", "to a customer without one", line(picking_id=None), "bare_move"),
    (
        "no_picking",
        "in transit without one",
        line(picking_id=None, destination="transit"),
        "bare_move",
    ),
    ("no_picking", "into a product", line(picking_id=None, destination="production"), None),
    ("no_picking", "between our own shelves", line(picking_id=None, destination="internal"), None),
]


@pytest.mark.parametrize(("code", "what", "facts", "problem"), TABLE, ids=lambda v: v if isinstance(v, str) else "")
def test_table(code, what, facts, problem):
    finding = JUDGES[code].judge(facts)
    assert (finding and finding.problem) == problem
    if finding:
        assert finding.rule == code
        assert all(isinstance(value, str | int) for value in finding.params.values())


def test_the_line_of_the_kit_passes_everything():
    assert {code: rule.judge(LINE) for code, rule in JUDGES.items()} == dict.fromkeys(JUDGES)


def test_every_rule_has_a_row_that_passes_and_one_that_fails():
    passing = {code for code, _what, _facts, problem in TABLE if problem is None}
    failing = {code for code, _what, _facts, problem in TABLE if problem}
    assert passing == failing == set(JUDGES)


def test_every_rule_names_its_source_and_explains_itself():
    for code, rule in OURS.items():
        assert rule.code == code
        assert rule.clause.strip()
        assert not rule.per_line or (rule.judge.__doc__ or "").strip(), code


def test_the_numbers_that_fill_the_sentences():
    short = JUDGES["shelf_life_short"].judge(left(29))
    assert short.params == {"remaining": 29, "required": 30}
    unknown = JUDGES["shelf_life_short"].judge(line(lot={"production_day": None}))
    assert unknown.params == {"percent": "10"}
    past = JUDGES["expired"].judge(line(lot=expires(MIDNIGHT)))
    assert past.params == {"expiry": "2027-03-01"}, "the day in the company's zone, not in UTC"
    ended = JUDGES["licence_invalid"].judge(licensed(licence(-9, -2, "old"), licence(-9, -1, "new")))
    assert ended.params == {"number": "new", "valid_to": "2027-02-28"}


@pytest.mark.parametrize(
    ("production", "expiry", "delivery", "problem"),
    [
        # 29 February counts: 366 days from 1 March 2027 to 1 March 2028, half of them is 183
        ("2027-03-01", "2028-03-01", "2027-08-31", None),
        ("2027-03-01", "2028-03-01", "2027-09-01", "short"),
        # a year without it has 365, half of them is 182.5, which is 183 as well
        ("2026-03-01", "2027-03-01", "2026-08-30", None),
        ("2026-03-01", "2027-03-01", "2026-08-31", "short"),
        ("2024-02-29", "2028-02-29", "2026-02-28", None),  # 1461 days, 731 asked, 731 left
        ("2024-02-29", "2028-02-29", "2026-03-01", "short"),
    ],
)
def test_leap_days_count(production, expiry, delivery, problem):
    production, expiry, delivery = (datetime.fromisoformat(d).date() for d in (production, expiry, delivery))
    lot = {"production_day": production, "expiry_day": expiry}
    facts = line(lot=lot, delivery_day=delivery, min_days=0, min_percent=Decimal(50))
    finding = JUDGES["shelf_life_short"].judge(facts)
    assert (finding and finding.problem) == problem


@pytest.mark.parametrize("hours", range(0, 48, 3))
def test_a_licence_ends_at_midnight_of_the_companys_zone(hours):
    """Its last day is 28 February; in Shanghai that ends at 16:00 UTC, in UTC eight hours later."""
    now = datetime(2027, 2, 28, tzinfo=UTC) + timedelta(hours=hours)
    for zone, last_hour in ((SHANGHAI, 16), (UTC, 24)):
        finding = JUDGES["licence_invalid"].judge(at(now, zone, covering=(licence(None, -1),)))
        assert (finding is None) == (hours < last_hour), (zone, hours)


# Words: the sentences live in the model, which needs Odoo; here they are read as text -----


def _method(name):
    tree = ast.parse((ADDON / "models" / "med_gate.py").read_text(encoding="utf-8"))
    return next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == name)


def _keys(method):
    return [key for node in ast.walk(method) if isinstance(node, ast.Dict) for key in node.keys if key]


def _sentences():
    """(rule, problem) of every sentence; a lot that is not released has one per status."""
    keys = {ast.literal_eval(k) for k in _keys(_method("_sentences")) if isinstance(k, ast.Tuple) and _plain(k)}
    words = {k.value for k in _keys(_method("_sentences")) if isinstance(k, ast.Constant)}
    return keys | {("lot_not_released", word) for word in words & {*lot_status.STATES, "package_on_hold"}}


def _plain(key):
    return all(isinstance(part, ast.Constant) for part in key.elts)


def test_every_problem_has_a_sentence_and_every_sentence_its_problem():
    assert _sentences() == {(code, problem) for code, _what, _facts, problem in TABLE if problem}


def test_every_finding_written_in_the_rules_is_in_the_table():
    tree = ast.parse((ADDON / "lib" / "rules.py").read_text(encoding="utf-8"))
    written = {
        tuple(argument.value for argument in node.args[:2])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Finding"
        and isinstance(node.args[1], ast.Constant)
    }
    assert written <= {(code, problem) for code, _what, _facts, problem in TABLE}


def test_every_rule_has_a_label_and_every_door_a_sentence():
    labels = {key.value for key in _keys(_method("_rule_labels"))}
    assert labels == set(OURS)
    doors = {key.value for key in _keys(_method("_door_sentence"))}
    assert doors == {code for code, rule in OURS.items() if not rule.per_line}
