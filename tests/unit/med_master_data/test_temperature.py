"""Published storage limits become Celsius limits that never allow more than published."""

from decimal import Decimal as D

import pytest
from med_master_data.lib import temperature
from med_master_data.lib.errors import ScanError


def entry(
    low=None,
    low_unit="Degrees Celsius",
    high=None,
    high_unit="Degrees Celsius",
    kind=temperature.STORAGE_TYPE,
):
    return {"type": kind, "low": low, "low_unit": low_unit, "high": high, "high_unit": high_unit}


@pytest.mark.parametrize(
    ("entries", "low", "high"),
    [
        ([entry("2", high="8")], D("2.0"), D("8.0")),
        ([entry(high="25")], None, D("25.0")),
        ([entry("-20")], D("-20.0"), None),
        ([entry("46", "Degrees Fahrenheit", "59", "Degrees Fahrenheit")], D("7.8"), D("15.0")),
        ([entry("50", "Degrees Fahrenheit", "90", "Degrees Fahrenheit")], D("10.0"), D("32.2")),
        ([entry("2", high="30"), entry("0", high="8")], D("2.0"), D("8.0")),
        ([entry("1", high="2", kind="Handling Environment Temperature")], None, None),
        ([entry(high="")], None, None),
        ([], None, None),
    ],
)
def test_limits(entries, low, high):
    limits = temperature.parse_storage(entries)
    assert (limits.minimum, limits.maximum, limits.problems) == (low, high, ())


def test_fahrenheit_rounds_towards_the_inside():
    """46 F is 7.78 C: a minimum of 7.7 would allow what the maker forbids; likewise 90 F."""
    limits = temperature.parse_storage([entry("46", "Degrees Fahrenheit", "90", "Degrees Fahrenheit")])
    assert limits.minimum >= (D(46) - 32) * 5 / 9
    assert limits.maximum <= (D(90) - 32) * 5 / 9


@pytest.mark.parametrize(
    ("low", "high", "code"),
    [
        ("31", "54", "temperature_absurd"),
        ("28", "33", "temperature_absurd"),
        ("-20", "70", "temperature_absurd"),
        ("-300", "8", "temperature_absurd"),
        ("8", "2", "temperature_inverted"),
    ],
)
def test_doubtful_limits_are_flagged(low, high, code):
    assert [p.code for p in temperature.parse_storage([entry(low, high=high)]).problems] == [code]


@pytest.mark.parametrize(
    ("value", "unit", "code"),
    [
        ("cold", "C", "temperature_value"),
        ("NaN", "C", "temperature_value"),
        ("8", "Kelvin", "temperature_unit"),
    ],
)
def test_refused(value, unit, code):
    with pytest.raises(ScanError) as caught:
        temperature.parse_storage([entry(high=value, high_unit=unit)])
    assert caught.value.code == code


def test_texts_are_kept_once():
    row = {"type": temperature.TEXT_TYPE, "text": " keep  dry "}
    assert temperature.parse_storage([row, row]).texts == ("keep dry",)
