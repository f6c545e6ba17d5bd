"""GTINs have one stored form, and a wrong digit is never repaired."""

import pytest
from med_master_data.lib import gtin
from med_master_data.lib.errors import ScanError


@pytest.mark.parametrize(
    ("body", "digit"),
    [("0950600011784", 3), ("0690123456789", 2), ("8061414112345", 8), ("0", 0), ("7", 9)],
)
def test_check_digit(body, digit):
    assert gtin.check_digit(body) == digit


@pytest.mark.parametrize(
    ("code", "stored"),
    [
        ("96385074", "00000096385074"),
        ("614141000036", "00614141000036"),
        ("5901234123457", "05901234123457"),
        ("20721902648896", "20721902648896"),
    ],
)
def test_normalise(code, stored):
    assert gtin.normalise(code) == stored


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("5901234123458", "check_digit"),
        ("590123412345", "check_digit"),
        ("123456789", "gtin_length"),
        ("", "not_numeric"),
        ("59012341234５7", "not_numeric"),
        ("590123412345²", "not_numeric"),
        (" 5901234123457", "not_numeric"),
    ],
)
def test_normalise_refuses(code, error):
    with pytest.raises(ScanError) as caught:
        gtin.normalise(code)
    assert caught.value.code == error


def test_every_single_wrong_digit_is_found():
    good = "06901234567892"
    for place in range(14):
        for digit in "0123456789":
            changed = good[:place] + digit + good[place + 1 :]
            assert gtin.has_valid_check_digit(changed) == (changed == good)


def test_shorter_forms():
    assert gtin.shorter_forms("05901234123457") == ("05901234123457", "5901234123457")
    assert gtin.shorter_forms("00000096385074") == (
        "00000096385074",
        "0000096385074",
        "000096385074",
        "96385074",
    )
    assert gtin.shorter_forms("20721902648896") == ("20721902648896",)
