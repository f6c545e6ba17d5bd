"""The phone reads every open vector as the server does, and matches labels to lines as the server does.

Every text in the open vector files is a case, whatever its file calls it: valid, broken, of another
scheme, or no code at all. Thousands more are those with one character changed. Both readers have to
give the same answer to the letter, or the same refusal.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import random
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest
from med_master_data.lib import gs1, scan
from med_master_data.lib.errors import ScanError
from med_master_data.lib.grammar import grammar
from med_scan.lib.match import Line, Read, match

from tools import phone

TODAY = date(2026, 11, 23)
CHANGED = 6000
CASES = 4000


def labels(shared):
    """The labels of the corpus, see test_label_corpus."""
    file = Path(__file__).with_name("test_label_corpus.py")
    spec = importlib.util.spec_from_file_location("label_corpus", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.labels(shared)


def texts(value):
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def open_vectors(shared):
    udi = shared / "realdata/udi"
    for file in (*sorted(udi.glob("*.json")), *sorted(udi.glob("*/*.json")), shared / "vectors/regulations.json"):
        for text in texts(json.loads(file.read_text(encoding="utf-8"))):
            if len(text) <= 200 and text.isprintable() | ("\x1d" in text):
                yield text
                if text[:1] == "^":
                    yield text.replace("^", gs1.FNC1)
    for file in udi.glob("*.csv"):
        with file.open(encoding="utf-8") as handle:
            for row in csv.reader(handle):
                yield from row
    for code, _expected in labels(shared):
        yield code


def own_vectors():
    """What needs no file: enough to see both readers agree where the open vectors are absent."""
    yield from (
        "010950600013435217300101" + "10LOT-7",
        "]d2010950600013435210LOT17300101",
        "010950600013435210AB1730010121X",  # a short serial behind a date that read well
        "(01)09506000134352(10)A\\(1",
        "01095060001343521021" + "A" * 30,
        "+A99912345/$$52001510X3G",
        "+H123ABC01234567890D",
        "MA.156.M0.100777.1A00B015.SZX9.M260301.LB77.E290228.C5",
        "=A9999XYZ100T0944=,000025=A99971312345600=>014032=}013032&,1000000000000XYZ123",
        "https://id.gs1.org/01/9506000134352/10/ABC?17=300101",
        "3034257BF7194E4000001A85",
        "urn:epc:id:sgtin:0614141.112345.400",
        "9506000134352",
        "10D9T",
        "",
        " ",
        "x" * 2049,
        "[)>\x1e06",
    )


def changed(vectors, count):
    """Vectors with a character replaced, taken out, doubled, or a separator put in."""
    choose = random.Random(20261123)
    alphabet = "0123456789ABCXYZabz+/$().-=&%]^ \x1d"
    for _i in range(count):
        text = choose.choice(vectors)
        place = choose.randrange(len(text) + 1)
        how = choose.randrange(4)
        piece = choose.choice(alphabet)
        yield {
            0: text[:place] + piece + text[place + 1 :],
            1: text[:place] + text[place + 1 :],
            2: text[:place] + text[place : place + 1] + text[place:],
            3: text[:place] + "\x1d" + text[place:],
        }[how]


def plain(value):
    """As JSON has it."""
    return json.loads(json.dumps(value, default=str))


def as_json(read):
    fields = asdict(read)
    for name in ("problems", "notes"):
        fields[name] = [{"code": one.code, "params": dict(one.params)} for one in getattr(read, name)]
    return plain(fields)


def on_server(reader):
    try:
        return reader()
    except ScanError as error:
        return {"error": error.code, "params": plain(dict(error.params))}


def parsed(code):
    read = scan.parse(code, TODAY)
    return {"scan": as_json(read), "readings": [plain(one.elements) for one in gs1.readings(read, TODAY)]}


def pairs(vectors, count):
    choose = random.Random(7)
    return [[choose.choice(vectors), choose.choice(vectors)] for _i in range(count)]


def deliveries(count):
    """Lines and labels at random, small enough that everything meets everything."""
    choose = random.Random(11)
    for _i in range(count):
        lines = []
        for number in range(choose.randrange(5)):
            quantity = choose.choice((1, 1, 2, 5, 2.5))
            taken = choose.choice((0, 0, 1, quantity))
            lines.append(
                Line(
                    id=number + 1,
                    product=choose.choice((1, 2)),
                    quantity=quantity,
                    taken=min(taken, quantity),
                    lot=choose.choice(("A", "B", None)),
                    location=choose.choice((7, 8)),
                    package=choose.choice((None, 5)),
                )
            )
        read = Read(
            product=choose.choice((1, 2, 3)),
            tracking=choose.choice(("lot", "serial", "none")),
            lot=choose.choice(("A", "B", "C", None)),
            quantity=choose.choice((1, 1, 2, 6, 0.5)),
            location=choose.choice((None, 7, 8)),
            package=choose.choice((None, None, 5)),
        )
        yield lines, read


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    found = phone.runner()
    if found is None:
        pytest.fail("neither Node.js nor Chromium is here to run the phone's reader: install one of them")
    folder = tmp_path_factory.mktemp("reader")
    phone.program(folder)

    def asked(codes=(), label_codes=(), cases=()):
        return found[1](
            folder,
            {
                "grammar": plain(grammar()),
                "today": str(TODAY),
                "codes": list(codes),
                "labels": list(label_codes),
                "cases": plain([[[asdict(line) for line in lines], asdict(read)] for lines, read in cases]),
            },
        )

    return asked


def compare(codes, answers):
    different = []
    for code, answer in zip(codes, answers, strict=True):
        expected = on_server(lambda code=code: parsed(code))
        if expected != answer:
            different.append((code, expected, answer))
    assert not different, f"{len(different)} of {len(codes)} differ, first: {different[:3]}"


def test_the_phone_reads_what_the_server_reads(ask):
    vectors = [text for text in own_vectors() if text]
    codes = [*own_vectors(), *changed(vectors, CHANGED)]
    compare(codes, ask(codes)["codes"])


def test_the_phone_reads_every_open_vector_as_the_server_does(ask, shared):
    vectors = list(dict.fromkeys(open_vectors(shared)))
    codes = [*vectors, *changed([text for text in vectors if text], CHANGED)]
    answers = ask(codes)["codes"]
    compare(codes, answers)
    accepted = sum("scan" in answer and not answer["scan"]["problems"] for answer in answers[: len(vectors)])
    print(f"open vectors {len(vectors)}, accepted by both {accepted}")  # noqa: T201 -- the figure is asked for
    assert len(vectors) > 10_000
    assert accepted > 4_000


def test_labels_of_two_symbols_are_combined_alike(ask):
    vectors = [text for text in own_vectors() if 0 < len(text) < 200]
    label_codes = [[one, other] for one in vectors for other in vectors]
    expected = [
        on_server(lambda label=label: {"scan": as_json(scan.combine([scan.parse(c, TODAY) for c in label], TODAY))})
        for label in label_codes
    ]
    assert ask(label_codes=label_codes)["labels"] == expected


def test_labels_are_matched_to_lines_alike(ask):
    cases = list(deliveries(CASES))
    expected = [plain(asdict(match(lines, read))) for lines, read in cases]
    answers = ask(cases=cases)["cases"]
    assert answers == expected
    assert len({answer["problem"] for answer in expected}) == 8  # each sentence, and none
