"""Registration and filing numbers: worked examples and numbers published with real devices."""

import json
import re

from med_master_data.lib import registration_number
from med_master_data.lib.errors import ScanError


def is_valid(number):
    try:
        registration_number.parse(number)
    except ScanError:
        return False
    return True


def test_worked_examples(shared):
    vectors = json.loads((shared / "vectors/regulations.json").read_text())["reg_numbers"]
    assert vectors
    for case in vectors:
        assert is_valid(case["no"]) == case["valid"], case


def test_published_numbers_are_read(shared):
    """Every registration number in the public NMPA device records."""
    samples = json.loads((shared / "realdata/udi/cn_udi_samples.json").read_text())
    numbers = [n for s in samples["nmpa_udid_xml"] for n in re.findall(r"<zczbhhzbapzbh>(.*?)<", s["xml"])]
    assert numbers
    assert [n for n in numbers if not is_valid(n)] == []
