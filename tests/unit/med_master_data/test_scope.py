"""What is unknown is never within scope; a code covers its subdivisions only."""

import pytest
from med_master_data.lib import scope


def test_codes_by_any_separator():
    assert scope.parse_codes(" 14、6840,13-04;\n14 ;02") == ("14", "6840", "13-04", "02")
    assert scope.parse_codes("") == ()


@pytest.mark.parametrize(
    ("classes", "codes", "device_class", "code", "expected"),
    [
        ("II III", "", "III", "14-01", True),
        ("II III", "", "III", None, True),
        ("II", "", "III", "14", False),
        ("II III", "", None, "14", False),
        ("III", "14", "III", "14", True),
        ("III", "14", "III", "14-01-02", True),
        ("III", "14-01", "III", "14-02", False),
        ("III", "14-01", "III", "14", False),
        ("III", "14", "III", "1402", False),
        ("III", "6840 14", "III", "6840", True),
        ("III", "14", "III", None, False),
    ],
)
def test_covers(classes, codes, device_class, code, expected):
    assert scope.covers(classes.split(), scope.parse_codes(codes), device_class, code) is expected
