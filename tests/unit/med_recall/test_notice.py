"""Files of notices: the shapes regulators publish, and the ones that are refused with a reason."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_recall.lib import notice
from med_recall.lib.notice import UnreadableError

OPENFDA = {
    "recall_number": "Z-0001-2026",
    "recalling_firm": "Knee Maker",
    "product_description": "Knee implant",
    "code_info": "Lot # A1",
    "classification": "Class II",
    "report_date": "20260613",
}


def test_openfda_as_it_answers():
    (record,) = notice.from_json(json.dumps({"meta": {}, "results": [OPENFDA]}))
    read = notice.read(record)
    assert (read.number, read.code_text, str(read.published)) == ("Z-0001-2026", "Lot # A1", "2026-06-13")
    assert notice.level(read.classification) == "II"


def test_one_json_a_line_and_a_list():
    lines = json.dumps(OPENFDA) + "\n\n" + json.dumps(OPENFDA)
    assert len(list(notice.from_json(lines))) == 2
    assert len(list(notice.from_json(json.dumps([OPENFDA])))) == 1


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_tables(separator):
    text = separator.join(("Number", "Product", "Lots")) + "\n" + separator.join(("N1", "Knee", '"A1\nA2"'))
    (record,) = notice.from_csv("\ufeff" + text)
    assert notice.read(record).code_text == "A1\nA2"


def test_chinese_headings():
    (record,) = notice.from_csv("召回编号,产品名称,批号,召回级别\nH1,膝关节,20240101,一级召回\n")
    read = notice.read(record)
    assert (read.number, read.product, read.code_text, notice.level(read.classification)) == (
        "H1",
        "膝关节",
        "20240101",
        "I",
    )


@pytest.mark.parametrize(
    ("read", "text", "code"),
    [
        (notice.from_json, '{"a": 1}\n{broken', "not_json"),
        (notice.from_json, "[1, 2]", "no_records"),
        (notice.from_csv, "colour,size\nred,1\n", "no_heading"),
        (notice.from_csv, "reason,company,url\nhttp://x.org/1,Firm,04/2013\n", "shifted"),
    ],
)
def test_what_is_refused(read, text, code):
    with pytest.raises(UnreadableError) as caught:
        list(read(text))
    assert caught.value.code == code


def test_a_record_that_says_nothing():
    with pytest.raises(UnreadableError, match="nothing"):
        notice.read({"colour": "red"})


@pytest.mark.parametrize(
    ("text", "level"),
    [("Class III", "III"), ("2", "II"), ("三级召回", "III"), ("Not Yet Classified", None), ("", None)],
)
def test_levels(text, level):
    assert notice.level(text) == level


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    for read in (notice.from_json, notice.from_csv):
        reasons = set()
        try:
            for record in read(text):
                notice.read(record)
        except UnreadableError as error:
            reasons.add(error.code)
        assert reasons <= {"not_json", "no_records", "no_heading", "shifted", "nothing"}
