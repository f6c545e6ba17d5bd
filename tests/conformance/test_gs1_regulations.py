"""The project's own worked examples: UDI element strings, check digits, GMN pair."""

import json
from datetime import date

import pytest
from med_master_data.lib import gs1_rules, gtin, scan


@pytest.fixture(scope="module")
def vectors(shared):
    return json.loads((shared / "vectors/regulations.json").read_text())


def test_element_strings(vectors):
    assert vectors["gs1_element_strings"]
    for case in vectors["gs1_element_strings"]:
        read = scan.parse(case["raw"], date(case["ref_year"], 7, 1))
        assert [list(element) for element in read.elements] == case["elements"], case["id"]
        assert read.symbology == case["symbology"]
        assert read.accepted, (case["id"], read.problems)
        dates = case.get("dates", {})
        if "17" in dates:
            assert read.expiry.isoformat() == dates["17"], case["id"]
        if "11" in dates:
            assert read.production_date.isoformat() == dates["11"], case["id"]


def test_check_digits(vectors):
    for case in vectors["gs1_check_digits"]:
        assert gtin.check_digit(case["body"]) == case["check"]


def test_gmn_pair(vectors):
    for case in vectors["gmn"]:
        assert gs1_rules.pair_for(case["body"]) == case["pair"]


def test_unseparated_public_sample_is_ambiguous(shared):
    samples = json.loads((shared / "realdata/udi/cn_udi_samples.json").read_text())
    sample = next(s for s in samples["udi_carrier_examples_other_agencies"] if "ambiguous" in s.get("remark", ""))
    assert scan.parse(sample["udi"], date(2026, 1, 1)).has_problem("ambiguous")
