"""Who may book a service without staff: the rules, and what the pages show to whom."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache

from clients.services import consent_documents_load
from sessions import audience
from sessions.audience import Standing, is_open_to, is_shown
from sessions.models import Audience, ClientService
from tests.factories import (
    make_client,
    make_consultation,
    make_counsellor,
    make_portal_client,
    make_rule,
    make_service,
)

STRANGER = Standing()
CLIENT = Standing(is_client=True)
INVITED = Standing(is_client=True, is_invited=True)
MET = Standing(is_client=True, has_met=True)
FORMER = Standing(is_invited=True, has_met=True)
ALL = {STRANGER, CLIENT, INVITED, MET, FORMER}


@pytest.mark.parametrize(
    ("service_is_for", "shown_to", "open_to"),
    [
        (
            "anyone",
            {STRANGER, CLIENT, INVITED, MET, FORMER},
            {STRANGER, CLIENT, INVITED, MET, FORMER},
        ),
        ("first", {STRANGER, CLIENT, INVITED, MET, FORMER}, {STRANGER, CLIENT, INVITED}),
        ("existing", {CLIENT, INVITED, MET}, {CLIENT, INVITED, MET}),
        ("invited", {INVITED}, {INVITED}),
    ],
)
def test_a_service_is_there_for_its_people_and_open_to_fewer(service_is_for, shown_to, open_to):
    kind = Audience(service_is_for)
    assert {who for who in ALL if is_shown(kind, who)} == shown_to
    assert {who for who in ALL if is_open_to(kind, who)} == open_to


# --- With the database --------------------------------------------------------------------

NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
KINDS = ("anyone", "first", "existing", "invited")


@pytest.fixture
def ada():
    cache.clear()
    consent_documents_load()
    counsellor = make_counsellor(slug="ada")
    make_rule(counsellor=counsellor, weekday=0, starts=time(9), ends=time(17))
    for kind in KINDS:
        make_service(counsellor=counsellor, slug=kind, name=f"For {kind}", audience=kind)
    with time_machine.travel(NOW, tick=False):
        yield counsellor


def bookable(ada, user):
    return {service.slug for service in audience.bookable_services(ada, user)}


@pytest.mark.django_db
def test_the_page_offers_each_reader_their_own_services(ada):
    anna = make_portal_client(counsellor=ada)
    assert bookable(ada, AnonymousUser()) == {"anyone", "first"}
    assert bookable(ada, make_portal_client().user) == {"anyone", "first"}
    assert bookable(ada, anna.user) == {"anyone", "first", "existing"}
    ClientService.objects.create(service=ada.services.get(slug="invited"), client=anna)
    assert bookable(ada, anna.user) == {"anyone", "first", "existing", "invited"}
    held = {"starts_at": NOW - timedelta(days=7), "status": "completed"}
    make_consultation(client=anna, service=ada.services.get(slug="first"), **held)
    assert bookable(ada, anna.user) == {"anyone", "existing", "invited"}


@pytest.mark.django_db
def test_who_has_ended_is_a_stranger_again(ada):
    anna = make_portal_client(counsellor=ada, status="ended")
    ClientService.objects.create(service=ada.services.get(slug="invited"), client=anna)
    assert bookable(ada, anna.user) == {"anyone", "first"}
    assert not audience.may_book(ada.services.get(slug="invited"), anna)


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "is_open"), [("declined", True), ("pending", False)])
def test_a_first_meeting_counts_when_it_was_kept_or_will_be(ada, status, is_open):
    anna = make_client(counsellor=ada)
    make_consultation(client=anna, starts_at=NOW + timedelta(days=1), status=status)
    assert audience.may_book(ada.services.get(slug="first"), anna) is is_open


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["existing", "invited"])
def test_what_is_not_for_strangers_is_not_there_for_them(client, ada, kind):
    page, details = f"/c/ada/{kind}/", f"/c/ada/{kind}/20300107T1000Z/"
    for stranger in (None, make_portal_client().user):
        if stranger:
            client.force_login(stranger)
        assert f"For {kind}" not in client.get("/c/ada/").content.decode()
        for path in (page, details):
            assert client.get(path).status_code == 404
            assert client.get(path).content == client.get("/c/ada/nothing/").content
        assert client.post(details, {}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["existing", "invited"])
def test_it_is_there_for_those_it_is_for(client, ada, kind):
    anna = make_portal_client(counsellor=ada)
    ClientService.objects.create(service=ada.services.get(slug="invited"), client=anna)
    client.force_login(anna.user)
    assert f"For {kind}" in client.get("/c/ada/").content.decode()
    assert client.get(f"/c/ada/{kind}/").status_code == 200
    assert client.get(f"/c/ada/{kind}/20300107T1000Z/").status_code == 200


@pytest.mark.django_db
def test_who_takes_no_new_clients_is_there_for_their_own(client, ada):
    ada.accepts_new_clients = False
    ada.save()
    assert client.get("/c/ada/").status_code == 404
    client.force_login(make_portal_client(counsellor=ada).user)
    assert client.get("/c/ada/anyone/20300107T1000Z/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("agreed", [True, False, None])
@pytest.mark.parametrize("says", [True, False])
def test_what_was_agreed_with_a_client_goes_before_what_the_service_says(says, agreed):
    anna = make_client()
    service = make_service(counsellor=anna.counsellor, instant=says)
    ClientService.objects.create(service=service, client=anna, instant=agreed)
    assert audience.is_instant(service, anna) is (says if agreed is None else agreed)
    assert audience.is_instant(service, make_client(counsellor=anna.counsellor)) is says
    assert audience.is_instant(service, None) is says


@pytest.mark.django_db
def test_the_offer_costs_a_stranger_one_query_and_a_client_four(ada, django_assert_num_queries):
    anna = make_portal_client(counsellor=ada)
    with django_assert_num_queries(1):
        audience.bookable_services(ada, AnonymousUser())
    with django_assert_num_queries(4):
        audience.bookable_services(ada, anna.user)
