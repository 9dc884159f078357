"""Mailed links that open nothing any more: the address they went to, or the counsellor, is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from counsel.common.errors import DomainError
from sessions.models import Consultation, Hold
from sessions.services import consultation_reschedule, hold_confirm, offers_make
from sessions.tokens.appointments import booked_token
from sessions.tokens.holds import asked_token, hold_token
from sessions.tokens.waiting import offer_token
from tests.factories import (
    make_client,
    make_consent_document,
    make_consultation,
    make_hold,
    make_waiting_entry,
)
from tests.sessions.asking import MONDAY_TEN, NOW, ask, make_open_service

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def leave(counsellor):
    counsellor.user.is_active = False
    counsellor.user.save()


def offered(service):
    make_consent_document()
    entry = make_waiting_entry(service=service, email="anna@example.org")
    return make_hold(
        service=service,
        starts_at=MONDAY_TEN + timedelta(hours=3),
        purpose="offer",
        email=entry.email,
        waiting_entry=entry,
    )


# --- The client's address was corrected -----------------------------------------------------


@pytest.mark.parametrize("way", ["booking", "offer"])
def test_once_the_address_is_corrected_what_booked_leads_nowhere(client, way):
    service = make_open_service()
    hold = ask(service) if way == "booking" else offered(service)
    booked = hold_confirm(hold=hold)
    mailed = (
        reverse("booking:hold", args=[hold_token(hold)])
        if way == "booking"
        else reverse("booking:offer", args=[offer_token(hold)])
    )
    pages = [mailed, reverse("booking:booked", args=[booked_token(booked)])]
    assert [client.get(page).status_code for page in pages] == [302, 200]

    booked.client.email = "elsewhere@example.org"
    booked.client.save()
    assert [client.get(page).status_code for page in pages] == [404, 404]


def test_an_opening_is_offered_at_the_address_a_client_has_now():
    service = make_open_service()
    anna = make_client(counsellor=service.counsellor, email="anna@example.org")
    make_waiting_entry(service=service, client=anna, email=anna.email)
    anna.email = "elsewhere@example.org"
    anna.save()
    offers_make(NOW)
    assert Hold.objects.get().email == "elsewhere@example.org"


# --- The counsellor has left ---------------------------------------------------------------


def test_nobody_books_with_a_counsellor_who_has_left(client):
    service = make_open_service()
    hold, offer = ask(service), offered(service)
    pages = [
        reverse("booking:hold", args=[hold_token(hold)]),
        reverse("booking:asked", args=[asked_token(hold)]),
        reverse("booking:offer", args=[offer_token(offer)]),
    ]
    leave(service.counsellor)
    for page in pages:
        assert client.get(page).status_code == 404
        assert client.post(page).status_code == 404
    for kept in (hold, offer):
        with pytest.raises(DomainError):
            hold_confirm(hold=kept)
    assert not Consultation.objects.exists()


def test_what_was_booked_before_can_still_be_looked_at_and_cancelled(client):
    service = make_open_service()
    hold = ask(service)
    booked = hold_confirm(hold=hold)
    leave(service.counsellor)
    page = client.get(reverse("booking:hold", args=[hold_token(hold)]))
    assert page["Location"] == reverse("booking:booked", args=[booked_token(booked)])


def test_no_opening_is_offered_for_a_counsellor_who_has_left():
    service = make_open_service()
    make_waiting_entry(service=service)
    leave(service.counsellor)
    assert offers_make(NOW) == 0


def test_nothing_is_moved_to_another_time_of_a_counsellor_who_has_left():
    service = make_open_service()
    booked = make_consultation(service=service, client=make_client(counsellor=service.counsellor))
    leave(service.counsellor)
    with pytest.raises(DomainError):
        consultation_reschedule(
            consultation=booked, starts_at=MONDAY_TEN + timedelta(hours=2), by="client"
        )


# --- The service is not offered any more ----------------------------------------------------


@pytest.mark.parametrize("ended", ["the service", "new clients"])
def test_an_expired_time_is_not_booked_where_nothing_is_offered_any_more(client, clock, ended):
    service = make_open_service()
    hold = ask(service)
    if ended == "the service":
        service.is_public = False
        service.save()
    else:
        service.counsellor.accepts_new_clients = False
        service.counsellor.save()
    clock.move_to(hold.expires_at)
    page = reverse("booking:hold", args=[hold_token(hold)])
    assert 'class="btn btn-primary" type="submit"' not in client.get(page).content.decode()
    assert client.post(page).status_code == 409
    assert not Consultation.objects.exists()


def test_what_is_still_kept_was_promised():
    service = make_open_service()
    hold = ask(service)
    service.is_public = False
    service.save()
    assert hold_confirm(hold=hold)
