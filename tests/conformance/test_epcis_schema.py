"""What we say in EPCIS is valid by GS1's own schema."""

import json
from datetime import datetime, timedelta, timezone

import jsonschema
import pytest
from med_master_data.lib import epcis

LOTS = [epcis.LotQuantity("06901234567892", "A/1 b", 12.0), epcis.LotQuantity("09506000134352", "B2")]
WHEN = datetime(2027, 3, 1, 9, 30, 15, 250000, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture(scope="module")
def validator(shared):
    schema = json.loads((shared / "realdata/epcis/schema/EPCIS-JSON-Schema.json").read_text(encoding="utf-8"))
    return jsonschema.validators.validator_for(schema)(schema)


def message(**values):
    event = epcis.released(LOTS, WHEN, **values)
    return epcis.document([event], WHEN)


@pytest.mark.parametrize(
    "values",
    [{}, {"place": epcis.gln_place("6901234000009")}, {"signed_as": "urn:uuid:8c0b1d0e-0000-8000-8000-000000000001"}],
)
def test_a_release_is_valid(validator, values):
    validator.validate(message(**values))


def test_the_schema_would_tell(validator):
    wrong = message()
    wrong["epcisBody"]["eventList"][0]["action"] = "RELEASED"
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(wrong)
