"""The page for a frame on another site: shut unless the practice names the site."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time

import pytest
import time_machine

from counsel.accounts.practice import Practice
from sessions.models import AvailabilityRule
from tests.factories import make_counsellor, make_portal_client, make_rule, make_service
from tests.sessions.reading import text

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
PAGES = ["/c/ada/embed/", "/c/ada/meeting/embed/"]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def service():
    counsellor = make_counsellor(slug="ada", display_name="Ada Okoro")
    make_rule(counsellor=counsellor, weekday=0, starts=time(9), ends=time(17))
    return make_service(counsellor=counsellor, slug="meeting", name="Meeting")


@pytest.fixture
def allowed():
    Practice.objects.create(frame_hosts="https://blog.example.org\nhttps://b.example:8443")


def ancestors(response):
    return re.search("frame-ancestors ([^;]+)", response["Content-Security-Policy"])[1]


@pytest.mark.parametrize("page", PAGES)
def test_it_says_what_is_offered_and_when(client, service, page):
    shown = text(client.get(page))
    assert "Find a time with Ada Okoro" in shown
    assert "Meeting 50 minutes, in person" in shown
    assert "Monday 7 January, 09:00 (London time)" in shown
    assert "London time, UTC" in shown


def test_alone_a_service_shows_three_free_times(client, service):
    shown = text(client.get("/c/ada/meeting/embed/"))
    assert [clock in shown for clock in ("09:00", "10:00", "11:00", "12:00")] == [
        *[True] * 3,
        False,
    ]
    assert "10:00" not in text(client.get("/c/ada/embed/"))


def test_nothing_to_offer_is_said(client, service):
    AvailabilityRule.objects.all().delete()
    assert "No free times at the moment." in text(client.get("/c/ada/embed/"))
    service.is_public = False
    service.save()
    assert "No times are offered here at the moment." in text(client.get("/c/ada/embed/"))


@pytest.mark.parametrize("page", PAGES)
def test_each_link_leaves_the_frame(client, service, page):
    links = re.findall(r"<a [^>]+>", client.get(page).content.decode())
    assert len(links) == 3
    assert all('target="_top"' in link for link in links)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("signed_in", [True, False])
def test_it_sets_no_cookie_and_runs_no_script(client, service, allowed, page, signed_in):
    if signed_in:
        client.force_login(make_portal_client(counsellor=service.counsellor).user)
    response = client.get(page)
    assert not response.cookies
    assert "<script" not in response.content.decode()
    assert "<form" not in response.content.decode()
    assert "noindex" in response.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_the_sites_of_the_practice_may_show_it(client, service, allowed, page):
    response = client.get(page)
    assert ancestors(response) == "https://blog.example.org https://b.example:8443"
    assert "X-Frame-Options" not in response
    assert "default-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("hosts", [None, "", "  \n "])
def test_without_a_site_it_stays_shut(client, service, hosts):
    if hosts is not None:
        Practice.objects.create(frame_hosts=hosts)
    response = client.get("/c/ada/embed/")
    assert ancestors(response) == "'none'"
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("page", ["/c/ada/", "/c/ada/meeting/", "/help/", "/c/nobody/embed/"])
def test_no_other_page_opens(client, service, allowed, page):
    response = client.get(page)
    assert ancestors(response) == "'none'"
    assert response["X-Frame-Options"] == "DENY"


def test_who_takes_no_new_clients_has_no_frame(client, service):
    service.counsellor.accepts_new_clients = False
    service.counsellor.save()
    assert [client.get(page).status_code for page in PAGES] == [404, 404]


def test_what_strangers_may_not_book_is_not_in_it(client, service):
    service.audience = "existing"
    service.save()
    assert "Meeting" not in text(client.get("/c/ada/embed/"))
    assert client.get("/c/ada/meeting/embed/").status_code == 404


@pytest.mark.parametrize("count", [1, 5])
def test_it_asks_as_often_for_many_services_as_for_one(
    client, service, count, django_assert_max_num_queries
):
    for _number in range(count - 1):
        make_service(counsellor=service.counsellor)
    with django_assert_max_num_queries(6):
        client.get("/c/ada/embed/")


@pytest.mark.parametrize("zone", ["Mars/Phobos", "%00", "Asia/Kolkata"])
def test_any_zone_in_the_address_is_answered(client, service, zone):
    assert client.get(f"/c/ada/embed/?zone={zone}").status_code == 200
