"""The page a mail leads to: what it says to whom, and what a click on it does."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse

from counsel.reminders.dispatch import dispatch_due
from counsel.reminders.models import State
from sessions.models import Consultation, Side, Status
from sessions.services import (
    consultation_cancel,
    consultation_confirm,
    consultation_decline,
    consultation_reschedule,
)
from sessions.tokens.appointments import appointment_token, moving_token, undo_token
from tests.factories import make_client, make_consultation, make_portal_client
from tests.sessions.asking import MONDAY_TEN, NOW, ledger, make_open_service, request

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def service():
    return make_open_service()


@pytest.fixture
def booked(service):
    anna = make_client(counsellor=service.counsellor, email="anna@example.org")
    return make_consultation(client=anna, service=service, starts_at=MONDAY_TEN)


def page_of(consultation):
    return reverse("booking:appointment", args=[appointment_token(consultation)])


def shown(response):
    page = response.content.decode().replace("&#x27;", "'")
    return " ".join(page.partition("<main")[2].partition("</main")[0].split())


# --- What it says -------------------------------------------------------------------------


def test_the_terms_stand_there_by_the_clients_clock(client, booked, clock):
    Consultation.objects.update(cancel_notice=48, reschedule_notice=12)
    page = shown(client.get(page_of(booked)))
    assert "You can cancel freely until Saturday 5 January, 10:00 (London time)." in page
    assert "You can choose another time until Sunday 6 January, 22:00 (London time)." in page
    assert reverse("booking:move_mailed", args=[moving_token(booked)]) in page
    clock.move_to(MONDAY_TEN - timedelta(hours=11))
    page = shown(client.get(page_of(booked)))
    assert "Choosing another time was possible until Sunday 6 January, 22:00" in page
    assert "Choose another time" not in page


def test_words_are_there_for_whoever_has_no_page_of_their_own(client, booked):
    booked.words = "Ring twice."
    booked.save()
    assert "Ring twice." in shown(client.get(page_of(booked)))


def test_words_to_somebody_with_a_page_wait_there(client, service):
    """A mail gets forwarded, and a link in it needs no sign-in."""
    anna = make_portal_client(counsellor=service.counsellor)
    booked = make_consultation(client=anna, service=service, words="Ring twice.")
    page = shown(client.get(page_of(booked)))
    assert "Ring twice." not in page
    assert f'href="{reverse("booking:mine")}"' in page


def test_a_refusal_says_so_with_the_words_to_it(client, service):
    asked = make_consultation(
        client=make_client(counsellor=service.counsellor), service=service, status="pending"
    )
    old = page_of(asked)
    consultation_decline(consultation=asked, words="I am away that week.")
    for page in (old, page_of(asked)):
        said = shown(client.get(page))
        assert "This time could not be confirmed" in said
        assert "I am away that week." in said


def test_an_old_link_tells_no_words_about_what_it_does_not_know(client, booked):
    old = page_of(booked)
    consultation_reschedule(consultation=booked, starts_at=MONDAY_TEN + timedelta(hours=1))
    booked.words = "Ring twice."
    booked.save()
    said = shown(client.get(old))
    assert "This appointment has changed" in said
    assert "Ring twice." not in said
    assert "<form" not in said


# --- Cancelling, and putting it back ------------------------------------------------------


def test_a_click_cancels_and_offers_to_put_it_back(client, booked):
    for _click in range(2):
        response = client.post(page_of(booked), follow=True)
        assert response.redirect_chain
        said = shown(response)
        assert "This appointment is cancelled" in said
        assert "You have just cancelled it: Monday 7 January, 10:00 (London time)." in said
        assert "Until 09:03 you can put it back as it was." in said
    fresh = Consultation.objects.get()
    assert (fresh.status, fresh.version) == (Status.CANCELLED_BY_CLIENT, 2)
    assert [kind for kind, _state in ledger(booked)].count("consultation_cancelled") == 1


def test_putting_it_back_makes_it_as_it_was_and_no_mail_goes_out(client, booked, clock):
    client.post(page_of(booked))
    undo = reverse("booking:undo_mailed", args=[undo_token(Consultation.objects.get())])
    for _click in range(2):
        said = shown(client.post(undo, follow=True))
        assert "Your appointment is on Monday 7 January, 10:00 (London time)." in said
        assert "put it back" not in said
    assert Consultation.objects.get().status == Status.CONFIRMED
    assert not ledger(booked, state=State.QUEUED, kind="consultation_cancelled")
    assert "Your appointment is on" in shown(client.get(page_of(booked)))
    calendar = reverse("booking:calendar", args=[appointment_token(booked)])
    assert client.get(calendar).status_code == 200


def test_after_three_minutes_it_stays_cancelled(client, booked, clock):
    client.post(page_of(booked))
    undo = reverse("booking:undo_mailed", args=[undo_token(Consultation.objects.get())])
    clock.shift(timedelta(minutes=3))
    assert "put it back" not in shown(client.get(page_of(booked)))
    response = client.post(undo)
    assert response.status_code == 409
    assert "undone any more" in shown(response)
    assert "This appointment is cancelled" in shown(response)


def test_what_the_counsellor_called_off_is_not_put_back(client, booked):
    old = page_of(booked)
    consultation_cancel(consultation=booked, by=Side.COUNSELLOR)
    assert "put it back" not in shown(client.get(old))
    response = client.post(old)
    assert response.status_code == 409
    assert "This appointment is cancelled" in shown(response)


def test_a_link_older_than_the_last_change_puts_nothing_back(client, booked):
    old = page_of(booked)
    consultation_reschedule(consultation=booked, starts_at=MONDAY_TEN + timedelta(hours=1))
    consultation_cancel(consultation=booked, by=Side.CLIENT)
    said = shown(client.get(old))
    assert "This appointment is cancelled" in said
    assert "put it back" not in said
    assert "7 January" not in said


def test_a_form_from_elsewhere_is_refused(booked):
    strict = Browser(enforce_csrf_checks=True)
    assert strict.post(page_of(booked)).status_code == 403
    for name, token, more in (
        ("move_mailed_to", moving_token(booked), [MONDAY_TEN + timedelta(hours=1)]),
        ("undo_mailed", undo_token(booked), []),
    ):
        assert strict.post(reverse(f"booking:{name}", args=[token, *more])).status_code == 403
    assert Consultation.objects.get().version == 1


# --- Machines that follow every link ------------------------------------------------------


def test_following_every_link_from_the_mails_changes_nothing(client, service, clock):
    service.instant = False
    service.save()
    asked = request(service)
    dispatch_due(NOW)
    consultation_confirm(consultation=asked)
    clock.shift(timedelta(minutes=3))
    dispatch_due(NOW + timedelta(minutes=3))
    links = set(re.findall(r"https?://\S+", "\n".join(letter.body for letter in mail.outbox)))
    assert {link.split("/")[3] for link in links} >= {"appointments", "invitation"}
    before = everything()
    seen = set()
    ways = {"/" + link.split("/", 3)[3] for link in links}
    while ways - seen:
        way = (ways - seen).pop()
        seen.add(way)
        for ask in (client.head, client.get, client.get):
            response = ask(way)
        if way.startswith("/appointments/") and "text/html" in response["Content-Type"]:
            ways |= _links(shown(response))
    assert len([way for way in seen if "/move/" in way]) > 5
    assert everything() == before


def _links(page):
    """On from a page, but not through all the months."""
    found = re.findall(r'href="(/appointments/[^"#?]+)', page)
    return set(found[:12])


def everything():
    return {
        model._meta.label: sorted(map(repr, model._default_manager.values()))
        for model in apps.get_models()
        if model._meta.label != "sessions.Session"
    }
