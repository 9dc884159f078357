"""The counsellor's page: who they are, what they offer, and when the next time is free."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, time

import pytest
import time_machine

from sessions.models import AvailabilityRule
from tests.factories import make_counsellor, make_portal_client, make_rule, make_service
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


def test_what_only_clients_may_book_is_shown_to_them_alone(client, service):
    make_service(
        counsellor=service.counsellor, slug="again", name="For clients", audience="existing"
    )
    assert "For clients" not in text(client.get(PAGE))
    assert client.get("/c/ada/again/").status_code == 404
    client.force_login(make_portal_client(counsellor=service.counsellor).user)
    assert "For clients" in text(client.get(PAGE))
    assert client.get("/c/ada/again/").status_code == 200
    client.force_login(make_portal_client().user)
    assert "For clients" not in text(client.get(PAGE))


def test_the_next_free_time_leads_to_booking_it(client, service):
    page = client.get(f"{PAGE}?zone=Asia/Kolkata").content.decode()
    assert "/c/ada/meeting/20300107T0900Z/?zone=Asia%2FKolkata" in page


# --- Shared links ---------------------------------------------------------------------------


def test_a_shared_link_says_whose_page_it_is(client, service, settings):
    settings.BASE_URL = "https://practice.example.org"
    settings.ALLOWED_HOSTS = ["*"]
    page = client.get(f"{PAGE}?zone=Asia/Kolkata", headers={"host": "evil.example"})
    assert meta(page) == {
        "og:type": "website",
        "og:title": "Ada Okoro",
        "og:description": "Room to think.",
        "og:url": "https://practice.example.org/c/ada/",
    }
    assert '<link rel="canonical" href="https://practice.example.org/c/ada/">' in whole(page)
    assert "evil.example" not in whole(page)
    assert meta(client.get("/c/ada/meeting/"))["og:title"] == "Ada Okoro: Meeting"


def test_what_a_shared_link_says_is_short_and_harmless(client, service):
    service.counsellor.headline = ""
    service.counsellor.about = '"><script>alert(1)</script>\r\n' + "long " * 100
    service.counsellor.save()
    words = meta(client.get(PAGE))["og:description"]
    assert words.startswith('"><script>alert(1)</script> long')
    assert len(words) == 200
    service.counsellor.about = ""
    service.counsellor.save()
    assert "og:description" not in meta(client.get(PAGE))


def test_the_counsellors_page_alone_is_for_search_engines(client, service):
    assert 'content="index, follow"' in whole(client.get(PAGE))
    for path in ("/c/ada/meeting/", "/c/ada/embed/"):
        assert 'content="noindex, nofollow"' in whole(client.get(path))


def whole(response):
    return response.content.decode()


def meta(response):
    found = re.findall(r'<meta property="([^"]+)" content="([^"]*)">', whole(response))
    return {name: html.unescape(content) for name, content in found}
