"""The day of the distributor, told to its end on a database of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CATALOGUES = {
    "the project's own catalogue": ROOT / "addons/med_master_data/demo/demo_catalogue.jsonl",
    "published devices": "realdata/erp/gudid_catalogue_sample.jsonl",
    "published devices with storage limits": "realdata/erp/gudid_temperature_devices.jsonl",
}
