from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine

from counsel.common.zones import UnknownZone, zone_names
from sessions.models import Consultation, Service, Status
from sessions.templatetags.appointments import fee_words, status_words
from sessions.wording import known_zone, when_words, zone_and_offset, zone_words

TUESDAY = datetime(2026, 3, 3, 11, 30, tzinfo=UTC)


@time_machine.travel(datetime(2026, 2, 1, tzinfo=UTC))
def test_it_says_a_time_as_people_do():
    assert when_words(TUESDAY, ZoneInfo("Asia/Kolkata")) == "Tuesday 3 March, 17:00 (India time)"


@time_machine.travel(datetime(2025, 12, 1, tzinfo=UTC))
def test_it_names_the_year_where_it_is_another():
    assert when_words(TUESDAY, ZoneInfo("UTC")) == "Tuesday 3 March 2026, 11:30 (UTC time)"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Asia/Kolkata", "India time"),
        ("Europe/London", "London time"),
        ("America/New_York", "New York time"),
        ("Europe/Paris", "France time"),
        ("Etc/GMT+5", "UTC-05:00 time"),
    ],
)
def test_it_names_a_zone(name, words):
    assert zone_words(ZoneInfo(name)) == words


def test_it_tells_the_offset_of_that_day():
    summer = datetime(2026, 7, 1, tzinfo=UTC)
    assert zone_and_offset(ZoneInfo("Europe/London"), TUESDAY) == "London time, UTC"
    assert zone_and_offset(ZoneInfo("Europe/London"), summer) == "London time, UTC+01:00"


@pytest.mark.parametrize(
    ("old", "new"), [("Asia/Calcutta", "Asia/Kolkata"), ("Europe/Kiev", "Europe/Kyiv")]
)
def test_it_knows_a_zone_by_its_old_name(old, new):
    assert known_zone(old).key == new


def test_every_zone_offered_is_known_under_its_own_name():
    assert all(known_zone(name).key == name for name in zone_names())


@pytest.mark.parametrize("junk", ["", "Mars/Phobos", "../../etc/passwd", "\0", "x" * 100_000])
def test_it_refuses_what_is_no_zone(junk):
    with pytest.raises(UnknownZone):
        known_zone(junk)


def test_it_says_a_fee_in_one_piece():
    assert fee_words(Service(fee=None)) == ""
    assert fee_words(Service(fee=Decimal(0), currency="EUR")) == "free of charge"
    assert fee_words(Service(fee=Decimal(2500), currency="INR")) == "2500\u00a0INR"
    assert fee_words(Service(fee=Decimal("62.50"), currency="EUR")) == "62.50\u00a0EUR"


def test_it_tells_a_client_who_cancelled_from_where_they_stand():
    assert status_words(Consultation(status=Status.CANCELLED_BY_CLIENT)) == "Cancelled by you"
    assert status_words(Consultation(status=Status.CONFIRMED)) == "Confirmed"
