"""The counsellor's page: who they are, what they offer, and when the next time is free."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
import time_machine

from sessions.models import AvailabilityRule
from tests.factories import make_counsellor, make_rule, make_service
from tests.sessions.reading import text

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
PAGE = "/c/ada/"
DETAILS = "/c/ada/meeting/20300107T1000Z/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def service():
    counsellor = make_counsellor(
        slug="ada", display_name="Ada Okoro", headline="Room to think.", about="<b>Hello</b> there."
    )
    make_rule(counsellor=counsellor, weekday=0, starts=time(9), ends=time(17))
    return make_service(counsellor=counsellor, slug="meeting", name="Meeting")


def test_it_shows_services_and_the_next_free_time(client, service):
    shown = text(client.get(PAGE))
    assert "Ada Okoro" in shown
    assert "50 minutes, in person" in shown
    assert "Monday 7 January, 09:00 (London time)" in shown


def test_services_that_are_not_public_are_not_there(client, service):
    make_service(counsellor=service.counsellor, slug="hidden", name="Hidden", is_public=False)
    assert "Hidden" not in text(client.get(PAGE))
    assert client.get("/c/ada/hidden/").status_code == 404
    assert client.post("/c/ada/hidden/20300107T1000Z/", {}).status_code == 404


@pytest.mark.parametrize("path", [PAGE, "/c/ada/meeting/", DETAILS])
def test_who_takes_no_new_clients_has_no_page(client, service, path):
    service.counsellor.accepts_new_clients = False
    service.counsellor.save()
    assert client.get(path).status_code == 404
    assert client.post(path, {}).status_code in {404, 405}


@pytest.mark.parametrize("path", ["/c/bob/", "/c/bob/meeting/", "/c/ada/nothing/", "/c/ada/%00/"])
def test_unknown_addresses_are_not_found(client, service, path):
    assert client.get(path).status_code == 404


def test_another_counsellors_service_is_not_found_here(client, service):
    make_service(slug="other")
    assert client.get("/c/ada/other/").status_code == 404


@pytest.mark.parametrize("count", [1, 5])
def test_it_asks_as_often_for_many_services_as_for_one(
    client, service, count, django_assert_max_num_queries
):
    for _number in range(count - 1):
        make_service(counsellor=service.counsellor)
    with django_assert_max_num_queries(5):
        client.get(PAGE)


def test_with_nothing_open_at_all_it_says_so(client, service):
    AvailabilityRule.objects.all().delete()
    assert "No free times at the moment." in text(client.get(PAGE))
