"""Real catalogue files (FDA GUDID, public domain) are read to the last line."""

import csv
import json
from collections import Counter
from decimal import Decimal

import pytest
from med_master_data.lib import catalogue, gtin
from med_master_data.lib.catalogue import Refused

FILES = ("gudid_catalogue_sample.jsonl", "gudid_temperature_devices.jsonl")
LINES = {"gudid_catalogue_sample.jsonl": 1206, "gudid_temperature_devices.jsonl": 1285}


@pytest.fixture(scope="module", params=FILES)
def lines(request, shared):
    return request.param, (shared / "realdata/erp" / request.param).read_text().splitlines()


def own_check(code):
    """A second opinion on the check digit, computed here."""
    total = sum(int(digit) * (3, 1)[index % 2] for index, digit in enumerate(code[-2::-1]))
    return (10 - total % 10) % 10 == int(code[-1])


def test_every_line_gives_a_device_or_a_reason(lines):
    name, texts = lines
    assert len(texts) >= LINES[name]
    records = [catalogue.map_text(text) for text in texts]
    refused = {r.di: [p.code for p in r.problems] for r in records if isinstance(r, Refused)}
    # Exactly the published identifiers whose check digit is wrong are refused, and for that.
    wrong = {json.loads(text)["di"] for text in texts if not own_check(json.loads(text)["di"])}
    assert set(refused) == wrong
    assert all(reasons == ["check_digit"] for reasons in refused.values())


def test_facts_survive(lines):
    _name, texts = lines
    for text in texts:
        data, record = json.loads(text), catalogue.map_text(text)
        if isinstance(record, Refused):
            continue
        assert record.di == data["di"]
        assert record.tracking == ("serial" if data["serial"] == "true" else "lot")
        assert record.has_expiry == (data["exp_date"] == "true")
        assert (record.is_sterile, record.is_single_use) == (
            data["sterile"] == "true",
            data["single_use"] == "true",
        )
        known = {(i["id"], i["agency"]) for i in data["identifiers"]}
        assert {(i.di, i.agency) for i in record.identifiers} <= known
        packages = [i for i in data["identifiers"] if i["type"] == "Package"]
        dropped = [w for w in record.warnings if w.code.startswith(("pack_", "check_"))]
        assert sum(i.level in ("inner", "case", "pallet") for i in record.identifiers) + len(dropped) == len(packages)


def test_absurd_limits_are_flagged(lines):
    """31 to 54 degrees, 28 to 33, up to 70: published, and asked about."""
    _name, texts = lines
    for text in texts:
        record = catalogue.map_text(text)
        if isinstance(record, Refused):
            continue
        high, low = record.storage.maximum, record.storage.minimum
        absurd = (high is not None and high > 60) or (low is not None and low > 25)
        assert absurd == ("temperature_absurd" in [w.code for w in record.warnings])


def test_published_limits_are_those_of_the_source(lines):
    """Celsius limits come through unchanged."""
    _name, texts = lines
    seen = Counter()
    for text in texts:
        data, record = json.loads(text), catalogue.map_text(text)
        rows = [s for s in data.get("storage", []) if s["type"] == "Storage Environment Temperature"]
        if len(rows) != 1 or isinstance(record, Refused) or "Fahrenheit" in json.dumps(rows):
            continue
        for side, value in (("low", record.storage.minimum), ("high", record.storage.maximum)):
            assert value == (Decimal(rows[0][side]) if rows[0].get(side) else None)
            seen[side] += 1
    assert seen["low"] == seen["high"]


def test_package_hierarchy(shared):
    """Package identifiers of the whole slice: quantity multiplies along the chain."""
    with (shared / "realdata/udi/gudid_package_hierarchy.csv").open() as handle:
        rows = list(csv.DictReader(handle))
    by_primary = {}
    for row in rows:
        by_primary.setdefault(row["primary_di"], []).append(row)
    chains = 0
    for primary, packs in by_primary.items():
        if not gtin.has_valid_check_digit(primary):
            continue
        line = {
            "di": primary,
            "name": "x",
            "packs": [[p["package_di"], p["contains_di"], p["quantity"]] for p in packs],
        }
        record = catalogue.map_line(line)
        sizes = {i.di: i.quantity for i in record.identifiers}
        for pack in packs:
            if pack["package_di"] in sizes and pack["contains_di"] in sizes and not record.warnings:
                assert sizes[pack["package_di"]] == sizes[pack["contains_di"]] * int(pack["quantity"])
                chains += 1
        assert len(record.identifiers) - 1 + len(record.warnings) >= len({p["package_di"] for p in packs})
    assert chains > 1000


def test_hibcc_identifiers_keep_their_agency(shared):
    with (shared / "realdata/udi/gudid_gs1_hibcc_pairs.csv").open() as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        assert catalogue.check_identifier(row["hibcc_di"], "HIBCC") == row["hibcc_di"].strip()
    assert rows
