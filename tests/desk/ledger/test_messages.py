"""The messages of one client, on a page of their own."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from counsel.audit.models import AccessEvent
from counsel.reminders.models import Reminder
from tests.desk.ledger.planning import DAY, HOUR, NOW, book, message_at, plan
from tests.factories import make_client, make_counsellor
from tests.sessions.reading import text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna(client):
    anna = make_client(name="Anna", counsellor=make_counsellor(time_zone="Asia/Kolkata"))
    client.force_login(anna.counsellor.user)
    return anna


@pytest.fixture
def page(client, anna):
    address = reverse("admin:clients_client_messages", args=[anna.pk])
    return lambda query="": client.get(address + query)


def test_it_says_what_waits_and_what_became_of_the_rest(page, anna):
    plan(anna, due_at=NOW + HOUR, not_after=NOW + DAY)
    plan(anna, occurrence="2", state="sent")
    plan(anna, occurrence="3", state="skipped", reason="the appointment was moved")
    plan(anna, occurrence="4", state="failed", reason="refused by the mail server (550)")
    plan(anna, occurrence="5", state="uncertain")
    plan(anna, occurrence="6", state="sent", channel="sms")
    told = text(page())
    for words in (
        "Appointment reminder e-mail Goes out Thu 3 Jan, 15:30",
        "Appointment reminder e-mail Sent Thu 3 Jan, 14:30",
        "Not sent, on purpose Thu 3 Jan, 14:30 The appointment was moved",
        "Failed Thu 3 Jan, 14:30 Refused by the mail server (550)",
        "May have been sent Thu 3 Jan, 14:30",
        "Appointment reminder text message Sent",
        "times are India time",
    ):
        assert words in told


def test_the_next_to_go_out_stands_first_and_the_last_that_went(page, anna):
    later, sooner = (plan(anna, occurrence=n, due_at=NOW + int(n) * HOUR) for n in ("2", "1"))
    old, new = (plan(anna, state="sent", due_at=NOW - int(n) * DAY, occurrence=n) for n in "98")
    found = page().content.decode()
    places = [found.index(message_at(row)) for row in (sooner, later, new, old)]
    assert places == sorted(places)


def test_it_goes_on_by_pages(page, anna):
    for number in range(27):
        plan(anna, occurrence=str(number), state="sent", due_at=NOW - number * DAY)
    assert text(page()).count("Sent ") == 25
    assert text(page("?page=2")).count("Sent ") == 2
    assert text(page("?page=nonsense")).count("Sent ") == 25


def test_it_asks_as_often_for_many_as_for_few(page, anna, django_assert_max_num_queries):
    for number in range(20):
        plan(anna, occurrence=str(number), state="sent")
        plan(anna, occurrence=f"w{number}")
    with django_assert_max_num_queries(12):
        page()


def test_nobody_elses_messages_stand_there(page, anna):
    plan(make_client(counsellor=anna.counsellor), reason="of another one")
    assert "No message yet" in text(page())


@pytest.mark.parametrize("state", ["queued", "sent", "skipped", "cancelled", "claimed"])
def test_it_does_not_tell_whether_the_client_had_to_be_reminded_to_practise(page, anna, state):
    plan(anna, "practice_today", state=state)
    assert "Practice reminder" not in text(page())


def test_it_tells_that_they_could_not_be_reached(page, anna):
    plan(anna, "practice_today", state="failed")
    assert "Practice reminder e-mail Failed" in text(page())


def test_what_goes_to_a_partner_is_nowhere(page, anna):
    row = plan(anna, "small_share_waiting", state="failed")
    assert str(row.pk) not in page().content.decode()


def test_one_look_leaves_one_event(page, anna):
    page()
    [event] = AccessEvent.objects.all()
    assert (event.verb, event.client_id) == ("read", anna.pk)


def test_the_clients_page_leads_there(client, anna):
    address = reverse("admin:clients_client_messages", args=[anna.pk])
    assert address in client.get(f"/admin/clients/client/{anna.pk}/change/").content.decode()


def test_what_a_booking_brings_about_waits_there(page, anna):
    book(anna)
    told = text(page())
    assert "Confirmation" in told and "Appointment reminder" in told
    assert Reminder.objects.filter(person=f"client:{anna.pk}").count() == 2
