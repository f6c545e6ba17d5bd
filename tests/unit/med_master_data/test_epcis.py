from datetime import datetime, timedelta, timezone

import pytest
from med_master_data.lib import epcis

SHANGHAI = timezone(timedelta(hours=8))
WHEN = datetime(2027, 3, 1, 9, 30, tzinfo=SHANGHAI)
LOT = epcis.LotQuantity("06901234567892", "A/1", 12.0)


def test_a_release_says_what_when_and_where():
    event = epcis.released([LOT], WHEN, place=epcis.gln_place("6901234000009"), signed_as="urn:x")
    assert event["eventTime"] == "2027-03-01T09:30:00.000+08:00"
    assert event["eventTimeZoneOffset"] == "+08:00"
    assert event["quantityList"] == [{"epcClass": "https://id.gs1.org/01/06901234567892/10/A%2F1", "quantity": 12.0}]
    assert event["readPoint"] == event["bizLocation"] == {"id": "https://id.gs1.org/414/6901234000009"}


def test_west_of_greenwich():
    when = WHEN.astimezone(timezone(-timedelta(hours=3, minutes=30)))
    assert epcis.released([LOT], when)["eventTimeZoneOffset"] == "-03:30"


def test_the_name_of_an_event_follows_from_what_it_says():
    first, again = epcis.released([LOT], WHEN), epcis.released([LOT], WHEN)
    assert first["eventID"] == again["eventID"]
    other = epcis.released([epcis.LotQuantity("06901234567892", "A/2", 12.0)], WHEN)
    assert other["eventID"] != first["eventID"]


def test_what_cannot_be_said_is_refused():
    with pytest.raises(ValueError, match="zone"):
        epcis.released([LOT], WHEN.replace(tzinfo=None))
    with pytest.raises(ValueError, match="goods"):
        epcis.released([], WHEN)
    with pytest.raises(ValueError, match="number"):
        epcis.released([epcis.LotQuantity("06901234567892", "")], WHEN)
