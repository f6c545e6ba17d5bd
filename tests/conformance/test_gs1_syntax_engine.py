"""GS1's own engine as the oracle (gs1/gs1-syntax-engine, Apache-2.0): element strings.

Source kinds ``parseAIdata``/``processAIdata`` test the format of single elements only, so there a
missing companion (our problem ``needs``) is not a deviation. Everything else must agree, or be in
the list of deviations with its reason. Nothing the source rejects is ever accepted.
"""

import json
from datetime import date

import pytest
from med_master_data.lib import gs1, scan
from med_master_data.lib.errors import ScanError

TODAY = date(2026, 11, 23)
FORMAT_ONLY = {"parseAIdata", "processAIdata"}

# scan text -> why we answer differently from the source
STRICTER = {
    "]Q1": "an empty symbol says nothing about goods",
    "]d1": "an empty symbol says nothing about goods",
    "]J0": "an empty symbol says nothing about goods",
    "]Q1^TESTING": "plain text is no device code",
    "]d1\\^TESTING": "plain text is no device code",
}


@pytest.fixture(scope="module")
def vectors(shared):
    return json.loads((shared / "realdata/udi/gs1_syntax_engine_vectors.json").read_text())


def read(text, reader):
    try:
        return reader(text), None
    except ScanError as error:
        return None, error.code


def test_element_strings(vectors):
    tried, wrong = 0, []
    for vector in vectors:
        if vector["kind"] not in FORMAT_ONLY | {"validateAIs", "linter"}:
            continue
        texts = [vector.get("bracketed"), (vector.get("unbracketed") or "").replace("^", gs1.FNC1)]
        for text in filter(None, texts):
            tried += 1
            result, code = read(text, lambda t: gs1.parse_element_string(t, TODAY))
            problems = [p.code for p in result.problems] if result else []
            if vector["kind"] in FORMAT_ONLY:
                problems = [p for p in problems if p != "needs"]
            accepted = result is not None and not problems
            if accepted != vector["valid"]:
                wrong.append((vector["source"], text, vector["valid"], code or problems))
    assert not wrong
    assert tried >= 140


def test_both_spellings_say_the_same(vectors):
    """Bracketed and raw form of a vector give the same elements; build() gives the raw one."""
    compared = 0
    for vector in vectors:
        if vector["kind"] != "parseAIdata" or not vector["valid"]:
            continue
        raw = vector["unbracketed"].lstrip("^").replace("^", gs1.FNC1)
        elements = gs1.parse_element_string(vector["bracketed"], TODAY).elements
        assert gs1.parse_element_string(raw, TODAY).elements == elements
        assert gs1.build(elements) == raw
        compared += 1
    assert compared == 7


def test_scan_data(vectors):
    """What a scanner sends, with its AIM identifier."""
    agreed, wrong = 0, []
    for vector in vectors:
        if vector["kind"] != "ProcessScanData":
            continue
        text = vector["scan"]
        result, code = read(text, lambda t: scan.parse(t, TODAY))
        if (result is not None) == vector["valid"]:
            agreed += 1
            if result:
                if result.scheme == "digital_link":
                    continue  # compared in test_digital_link
                raw = vector["data"].lstrip("^").replace("^", gs1.FNC1)
                assert result.elements == gs1.parse_element_string(raw, TODAY).elements
        elif text not in STRICTER or not vector["valid"]:
            wrong.append((text, vector["valid"], code))
    assert not wrong
    assert agreed >= 15


def test_generated_scan_data_is_read(vectors):
    """GenerateScanData: the engine's output is our input (composite symbols excepted)."""
    done = 0
    for vector in vectors:
        text = vector.get("scan")
        if vector["kind"] != "GenerateScanData" or not text or text[:3] not in gs1.GS1_SYMBOLOGIES:
            continue
        result = scan.parse(text, TODAY)
        assert gs1.build(result.elements) == text[3:].rstrip(gs1.FNC1)
        done += 1
    assert done >= 8


LINTERS = {
    "csum": "key",
    "csumalpha": "pair",
    "yymmd0": "day0",
    "yymmdd": "day",
    "yyyymmdd": "fullday",
    "hhmi": "hhmi",
    "hh": "hh",
    "mi": "mi",
    "ss": "ss",
    "pieceoftotal": "piece",
    "posinseqslash": "seq",
    "nonzero": "nonzero",
    "zero": "zero",
    "yesno": "bool",
    "hyphen": "hyphen",
    "winding": "winding",
    "iso5218": "sex",
    "nozeroprefix": "nolead0",
    "hasnondigit": "alpha",
    "latitude": "lat",
    "longitude": "lon",
    "iso3166": "country",
    "iso3166999": "country999",
    "pcenc": "pct",
    "iso4217": "currency",
    "iso3166alpha2": "country2",
    "packagetype": "package",
    "mediatype": "media",
    "iban": "iban",
}
# The source's routine for one component, tried on its own: character set and length are judged
# by the element's format before the rule is asked, so only well-formed values are comparable.
NUMERIC = {
    "key",
    "day0",
    "day",
    "fullday",
    "hhmi",
    "hh",
    "mi",
    "ss",
    "piece",
    "nonzero",
    "zero",
    "lat",
    "lon",
    "currency",
    "media",
}
LENGTHS = {
    "day0": 6,
    "day": 6,
    "fullday": 8,
    "hhmi": 4,
    "hh": 2,
    "mi": 2,
    "ss": 2,
    "lat": 10,
    "lon": 10,
    "currency": 3,
    "media": 2,
}


def test_content_rules(shared):
    vectors = json.loads((shared / "realdata/udi/gs1_linter_vectors.json").read_text())
    tried, wrong = 0, []
    for vector in vectors:
        rule, value = LINTERS.get(vector["linter"]), vector["value"]
        if not rule or not value:
            continue
        if rule in NUMERIC and not (value.isascii() and value.isdigit()):
            continue
        if len(value) != LENGTHS.get(rule, len(value)):
            continue
        if rule == "piece" and len(value) % 2:
            continue
        if rule == "pair" and (len(value) > 25 or not set(value) <= gs1.gs1_rules.CHARACTERS["x"]):
            continue
        if rule in ("nolead0",) and not value.isdigit():
            continue
        tried += 1
        if (gs1.gs1_rules.RULES[rule](value) is None) != vector["valid"]:
            wrong.append((vector["linter"], value, vector["valid"]))
    assert not wrong
    assert tried > 500
