"""The open label corpus, read as a scanner would send it: no wrong accept, and the first-read share.

A label counts as read when it is accepted with the values its source states; a doubt that is asked
about is no wrong accept but no first read either.
"""

import csv
import json
from datetime import date

from med_master_data.lib import gs1, hibc, scan
from med_master_data.lib.errors import ScanError

TODAY = date(2026, 11, 23)
FIRST_READ = 0.99  # of the labels their sources call valid


def labels(shared):
    """(code, {field: value}) of every label that its source says is right, with what it says."""
    udi = shared / "realdata/udi"
    worked = json.loads((shared / "vectors/regulations.json").read_text())
    for vector in worked["gs1_element_strings"]:
        yield vector["raw"], dict(map(tuple, vector["elements"]))
    for vector in worked["hibc_parse"]:
        yield vector["data"], {"lot": vector["expect"].get("lot"), "serial": vector["expect"].get("serial")}
    for vector in json.loads((udi / "gs1_syntax_engine_vectors.json").read_text()):
        if vector["kind"] == "ProcessScanData" and vector["valid"] and vector["data"][:1] == "^":
            raw = vector["data"][1:].replace("^", gs1.FNC1)
            yield vector["scan"], dict(gs1.parse_element_string(raw, TODAY).elements)
    parsed = json.loads((udi / "accessgudid_api/json_parse_udi_by_device_identifier_code.json").read_text())
    yield parsed["udi"], {"01": parsed["di"]}
    with (udi / "gudid_package_hierarchy.csv").open() as handle:
        for row in csv.DictReader(handle):
            for di in (row["primary_di"], row["package_di"]):
                # As printed on a package: key, date, lot.
                yield f"]d201{di}17280331" + "10LOT-7", {"01": di, "10": "LOT-7"}
    with (udi / "gudid_gs1_hibcc_pairs.csv").open() as handle:
        for row in csv.DictReader(handle):
            di = row["hibcc_di"].strip()
            bare = di[:-1] if hibc.check_character("+" + di[:-1]) == di[-1] else di
            body = f"+{bare}/$$3280331LOT7"
            yield body + hibc.check_character(body), {"lot": "LOT7"}


def said(read, name):
    return read.get(name) if name[:1].isdigit() else getattr(read, name)


def test_first_read_and_no_wrong_accept(shared):
    tried = first = 0
    wrong, missed = [], []
    for code, expected in labels(shared):
        tried += 1
        try:
            read = scan.parse(code, TODAY)
        except ScanError as error:
            missed.append((code, error.code))
            continue
        if not read.accepted:
            missed.append((code, read.problems[0].code))
        elif any(said(read, name) != value for name, value in expected.items()):
            wrong.append(code)
        else:
            first += 1
    print(f"\nlabels {tried}, first read {first} ({first / tried:.2%}), not read {missed[:12]}")
    assert not wrong
    assert tried > 4000
    assert first / tried >= FIRST_READ


def test_one_misread_character_is_never_taken_for_another_product(shared):
    """Check digits and check characters: any single wrong digit in a key is refused."""
    taken = 0
    for code, expected in list(labels(shared))[:400]:
        if "01" not in expected or not code.startswith("]d201"):
            continue
        for position in range(5, 19):
            other = "0" if code[position] != "0" else "1"
            try:
                read = scan.parse(code[:position] + other + code[position + 1 :], TODAY)
            except ScanError:
                continue
            taken += read.gtin != expected["01"]
    assert not taken
