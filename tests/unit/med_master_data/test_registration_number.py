"""Numbers of Order 47: format, and which authority may register which class."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_master_data.lib import registration_number
from med_master_data.lib.errors import ScanError


@pytest.mark.parametrize(
    ("number", "kind", "authority", "basis", "year", "device_class", "category"),
    [
        ("国械注准20233140123", "registration", "国", "domestic", 2023, "3", "14"),
        ("国械注进20193121578", "registration", "国", "import", 2019, "3", "12"),
        ("国械注进20202400011", "registration", "国", "import", 2020, "2", "40"),
        ("国械注许20193160001", "registration", "国", "hk_mo_tw", 2019, "3", "16"),
        ("鄂械注准20252185501", "registration", "鄂", "domestic", 2025, "2", "18"),
        ("国械备20180567号", "filing", "国", "import", 2018, "1", None),
        ("苏苏械备20210345", "filing", "苏", "domestic", 2021, "1", None),
        ("国械注准 20233140123", "registration", "国", "domestic", 2023, "3", "14"),
        ("国械注准２０２３３１４０１２３", "registration", "国", "domestic", 2023, "3", "14"),
    ],
)
def test_read(number, kind, authority, basis, year, device_class, category):
    read = registration_number.parse(number)
    assert (read.kind, read.authority, read.basis, read.year) == (kind, authority, basis, year)
    assert (read.device_class, read.category) == (device_class, category)
    assert not read.warnings


def test_city_of_a_filing():
    assert registration_number.parse("粤深械备20150012号").city == "深"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("沪械注准20213140123", "number_authority_class"),
        ("粤械注进20193121578", "number_authority_class"),
        ("国械注准20232140123", "number_authority_class"),
        ("国械注准2023314012", "number_length"),
        ("国械注准202331401234", "number_length"),
        ("国械注准20231140123", "number_class"),
        ("国械注准20033140123", "number_year"),
        ("美械注准20212140123", "number_authority"),
        ("国京械备20180567", "number_authority"),
        ("国械备2018056", "number_length"),
        ("K123456", "number_format"),
        ("", "number_format"),
    ],
)
def test_refused(number, code):
    with pytest.raises(ScanError) as caught:
        registration_number.parse(number)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "number",
    [
        "国食药监械(准)字2014第3210001号",
        "沪食药监械(准)字2012第2640123号",
        "国药管械(进)字2003第3460001号",
    ],
)
def test_earlier_formats_warn_only(number):
    read = registration_number.parse(number)
    assert read.kind == "old"
    assert [warning.code for warning in read.warnings] == ["number_old"]


@given(st.one_of(st.text(max_size=30), st.text(alphabet="国沪械注准进许备0123456789号", max_size=20)))
def test_any_text_is_read_or_refused(text):
    try:
        said = registration_number.parse(text).kind
    except ScanError as error:
        said = error.code
    assert said in ("registration", "filing", "old") or said.startswith("number_")
