"""The page "Your hours" and what leads on from it, through HTTP."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

import pytest
import time_machine

from tests.factories import (
    make_client,
    make_consultation,
    make_counsellor,
    make_rule,
    make_service,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
# Monday, 10:00 in London.
START = datetime(2030, 1, 7, 10, tzinfo=UTC)
HOURS = "/admin/consultations/availabilityrule/"
SPANS = "/admin/consultations/availabilityexception/"
CLOCK = HOURS + "clock/"
# A page of the desk reads who is signed in, and their counsellor.
SIGNED_IN = 3


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(client):
    """A counsellor in London whose account, on a journey, shows New York time."""
    counsellor = make_counsellor(time_zone="Europe/London")
    counsellor.user.time_zone = "America/New_York"
    counsellor.user.save()
    client.force_login(counsellor.user)
    return counsellor


@pytest.fixture
def service(ada):
    return make_service(counsellor=ada, name="Meeting")


@pytest.fixture
def mondays(ada):
    """09:00 to 17:00."""
    return make_rule(counsellor=ada)


@pytest.fixture
def booked(ada, service, mondays):
    person = make_client(counsellor=ada, name="Anna")
    return make_consultation(client=person, service=service, starts_at=START)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def seal(response):
    return re.search(r'name="seen" value="(\w+)"', response.content.decode()).group(1)


def weekly(**fields):
    return {"weekdays": [0], "starts": "09:00", "ends": "17:00", **fields}


# --- The page -------------------------------------------------------------------------------


def test_it_shows_the_week_and_what_is_to_come(client, ada, service, mondays):
    make_rule(counsellor=ada, weekday=2, service=service, valid_from=date(2030, 3, 4))
    make_rule(
        counsellor=ada, weekday=3, starts=time(22), ends=time(0), valid_until=date(2029, 1, 4)
    )
    client.post(SPANS + "add/", {"first_day": "2030-02-04", "last_day": "2030-02-06"})
    client.post(
        SPANS + "add/?kind=extra", {"first_day": "2030-02-09", "starts": "9:00", "ends": "12:00"}
    )
    shown = text(client.get(HOURS))
    assert "All times are by your own clock: Britain" not in shown
    for words in (
        "All times are by your own clock: London time.",
        "09:00–17:00",
        "only Meeting from Monday 4 March",
        "Thursday 22:00–24:00, until Thursday 4 January 2029",
        "Monday 4 February to Wednesday 6 February",
        "Saturday 9 February, 09:00–12:00",
    ):
        assert words in shown
