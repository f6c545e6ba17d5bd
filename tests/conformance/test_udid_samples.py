"""Devices as published by China's UDI database (public samples), read as their sources say."""

import io
import json

import pytest
from med_master_data.lib import udid
from med_master_data.lib.catalogue import DeviceRecord


@pytest.fixture(scope="module")
def samples(shared):
    return json.loads((shared / "realdata/udi/cn_udi_samples.json").read_text())["nmpa_udid_xml"]


def test_samples(samples):
    assert samples
    for sample in samples:
        # fragments leave out the name, which every device of the real file has
        xml = sample["xml"]
        if "<cpmctymc>" not in xml:
            xml = xml.replace("<device>", "<device><cpmctymc>x</cpmctymc>")
        (record,) = udid.devices(io.BytesIO(f"<udid>{xml}</udid>".encode()))
        expect = sample["expect"]
        assert isinstance(record, DeviceRecord)
        assert record.di == expect["di"]
        if "registration" in expect:
            assert record.registration == expect["registration"]
        if "registrant" in expect:
            assert (record.name, record.company) == (expect["name"], expect["registrant"])
            assert record.classification_code == expect["category"]
        for pack in expect.get("packings", ()):
            found = {one.di: one for one in record.identifiers}[pack["package_di"]]
            assert found.quantity == pack["contains_qty"]
            assert found.level == {"箱": "case", "盒": "inner"}[pack["level"]]
        if "storages" in expect:
            # several conditions are met together: 2 to 8 °C and up to 30 °C
            assert (record.storage.minimum, record.storage.maximum) == (2, 8)
