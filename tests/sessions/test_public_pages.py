"""The pages behind links that need no sign-in: what they tell, and what a click does."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from clients.services import consent_documents_load
from sessions.models import Consultation, Status
from sessions.tokens.appointments import appointment_token, booked_token
from tests.factories import (
    make_client,
    make_consultation,
    make_counsellor,
    make_rule,
    make_service,
)
from tests.sessions.reading import text

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
START = datetime(2030, 1, 7, 10, tzinfo=UTC)
DETAILS = "/c/ada/meeting/20300107T1000Z/"


@pytest.fixture(autouse=True)
def clock():
    cache.clear()
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def service():
    consent_documents_load()
    counsellor = make_counsellor(slug="ada", display_name="Ada Okoro")
    make_rule(counsellor=counsellor, weekday=0, starts=time(9), ends=time(17))
    return make_service(
        counsellor=counsellor, slug="meeting", name="Meeting", length=50, buffer_after=10
    )


# --- The pages behind tokens --------------------------------------------------------------


@pytest.fixture
def booked(service):
    anna = make_client(counsellor=service.counsellor, name="Zanna", email="z@example.org")
    return make_consultation(client=anna, service=service, starts_at=START)


def appointment(consultation):
    return reverse("booking:appointment", args=[appointment_token(consultation)])


def test_opening_the_link_of_a_mail_changes_nothing(client, booked):
    before = Consultation.objects.values().get()
    for ask in (client.head, client.get, client.get):
        assert ask(appointment(booked)).status_code == 200
    assert Consultation.objects.values().get() == before


def test_the_page_says_when_and_never_who(client, booked):
    response = client.get(appointment(booked))
    shown = text(response)
    assert "Monday 7 January, 10:00 (London time)" in shown
    assert "or cancel freely until Sunday 6 January, 10:00 (London time)." in shown
    assert not [word for word in ("Zanna", "Ada", "Meeting", "z@example") if word in shown]
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] in {"no-referrer", "same-origin"}
    assert "noindex" in response.content.decode()


def test_a_click_cancels_once_and_a_second_visit_is_friendly(client, booked):
    first, second = (client.post(appointment(booked), follow=True) for _click in range(2))
    assert "This appointment is cancelled" in text(first)
    assert "This appointment is cancelled" in text(second)
    fresh = Consultation.objects.get()
    assert (fresh.status, fresh.version) == (Status.CANCELLED_BY_CLIENT, 2)


def test_cancelling_late_is_said_before_and_noted(client, booked, clock):
    clock.move_to(START - timedelta(hours=2))
    assert "it will be noted as late" in text(client.get(appointment(booked)))
    client.post(appointment(booked))
    assert Consultation.objects.get().status == Status.CANCELLED_LATE


def test_what_has_begun_cannot_be_cancelled(client, booked, clock):
    clock.move_to(START)
    response = client.post(appointment(booked))
    assert "This appointment is over" in text(response)
    assert Consultation.objects.get().status == Status.CONFIRMED


def test_a_link_from_before_a_change_does_nothing(client, booked):
    old = appointment(booked)
    Consultation.objects.update(version=2)
    response = client.post(old)
    assert "This appointment has changed" in text(response)
    assert "7 January" not in text(response)
    assert Consultation.objects.get().status == Status.CONFIRMED


def test_the_calendar_file_is_there_as_long_as_it_holds(client, booked):
    path = reverse("booking:calendar", args=[appointment_token(booked)])
    response = client.get(path)
    assert response["Content-Type"].startswith("text/calendar")
    assert b"DTSTART:20300107T100000Z" in response.content
    Consultation.objects.update(version=2)
    assert client.get(path).status_code == 404


def test_tokens_open_nothing_but_their_own_page(client, booked):
    wrong = {
        "/booked/": [appointment_token(booked), str(booked.pk), "x", "x:y", "%00"],
        "/appointments/": [booked_token(booked), str(booked.pk), "x", "x:y", "%00"],
    }
    for prefix, tokens in wrong.items():
        for token in tokens:
            assert client.get(f"{prefix}{token}/").status_code == 404


def test_a_changed_token_is_none(client, booked):
    token = appointment_token(booked)
    for place in (0, 33, -1):
        letters = list(token)
        letters[place] = "0" if letters[place] != "0" else "1"
        assert client.get(f"/appointments/{''.join(letters)}/").status_code == 404


@pytest.mark.parametrize("status", ["declined", "cancelled_by_counsellor", "completed"])
def test_the_booked_page_tells_no_more_once_it_is_off(client, booked, status):
    Consultation.objects.update(status=status)
    shown = text(client.get(reverse("booking:booked", args=[booked_token(booked)])))
    assert "7 January" not in shown


def test_the_booked_page_tells_nothing_that_changed_since(client, booked):
    """Whoever books has not shown that the address is theirs: news goes to the address alone."""
    page = reverse("booking:booked", args=[booked_token(booked)])
    Consultation.objects.update(version=2)
    shown = client.get(page)
    assert "This appointment has changed" in text(shown)
    assert "7 January" not in text(shown)
    assert "/appointments/" not in shown.content.decode()
