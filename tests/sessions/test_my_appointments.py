from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions.models import Consultation, Side, Status
from sessions.services import consultation_cancel
from tests.factories import make_consultation, make_portal_client, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
START = datetime(2030, 1, 7, 10, tzinfo=UTC)
MINE = "/my/appointments/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def asha():
    return make_portal_client(name="Asha", time_zone="Asia/Kolkata")


@pytest.fixture
def booked(asha):
    return make_consultation(client=asha, starts_at=START, place_details="12 Lake Road")


def cancel(client, consultation, version="1"):
    path = reverse("booking:cancel", args=[consultation.pk])
    return client.post(path, {"version": version}, follow=True)


def test_it_needs_a_sign_in(client, booked):
    assert client.get(MINE).status_code == 302
    assert client.post(reverse("booking:cancel", args=[booked.pk])).status_code == 401


def test_staff_have_no_appointments_here(client):
    client.force_login(make_user(is_staff=True))
    assert client.get(MINE).status_code == 404


def test_it_lists_what_comes_by_the_clients_clock_with_the_place(client, asha, booked):
    client.force_login(asha.user)
    page = client.get(MINE).content.decode()
    assert "Monday 7 January, 15:30 (India time)" in page
    assert "12 Lake Road" in page


def test_the_home_says_what_comes_next(client, asha, booked):
    client.force_login(asha.user)
    page = client.get(reverse("clients:home")).content.decode()
    assert "Monday 7 January, 15:30 (India time)" in page


def test_it_asks_as_often_for_many_as_for_one(client, asha, booked):
    client.force_login(asha.user)
    client.get(MINE)
    for_one = queries(client)
    for week in range(1, 12):
        later = START + timedelta(weeks=week)
        made = make_consultation(client=asha, service=booked.service, starts_at=later)
        if week % 2:
            consultation_cancel(consultation=made, by=Side.CLIENT)
    assert queries(client) == for_one <= 8
    assert client.get(MINE).content.decode().count("You have just cancelled it") == 6


def queries(client):
    with CaptureQueriesContext(connection) as asked:
        client.get(MINE)
    return len(asked)


def test_a_client_cancels_their_own(client, asha, booked):
    client.force_login(asha.user)
    assert "Your appointment is cancelled." in cancel(client, booked).content.decode()
    assert Consultation.objects.get().status == Status.CANCELLED_BY_CLIENT


@pytest.mark.parametrize("version", ["2", "", "x", "\0", "9" * 5000])
def test_what_has_changed_since_the_page_was_read_stays(client, asha, booked, version):
    client.force_login(asha.user)
    page = cancel(client, booked, version).content.decode()
    assert "This appointment has changed in the meantime." in page
    assert Consultation.objects.get().status == Status.CONFIRMED


def test_the_past_cannot_be_cancelled(client, asha, booked, clock):
    client.force_login(asha.user)
    clock.move_to(START + timedelta(minutes=1))
    assert "has begun" in cancel(client, booked).content.decode()
    assert Consultation.objects.get().status == Status.CONFIRMED


# --- What may be done, and until when -----------------------------------------------------


def shown(client):
    page = client.get(MINE).content.decode().replace("&#x27;", "'")
    return " ".join(page.partition("<main")[2].partition("</main")[0].split())


def test_the_terms_stand_there_by_the_clients_clock(client, asha, booked, clock):
    Consultation.objects.update(cancel_notice=48, reschedule_notice=12)
    client.force_login(asha.user)
    page = shown(client)
    assert "You can cancel freely until Saturday 5 January, 15:30 (India time)." in page
    assert "You can choose another time until Monday 7 January, 03:30 (India time)." in page
    assert reverse("booking:move", args=[booked.pk]) in page
    clock.move_to(START - timedelta(hours=11))
    page = shown(client)
    assert "Free cancellation ended on Saturday 5 January, 15:30 (India time)." in page
    assert "was possible until Monday 7 January, 03:30 (India time)." in page
    assert reverse("booking:move", args=[booked.pk]) not in page


def test_what_is_only_asked_for_is_taken_back_freely(client, asha, booked, clock):
    Consultation.objects.update(status=Status.PENDING)
    clock.move_to(START - timedelta(hours=1))
    client.force_login(asha.user)
    page = shown(client)
    assert "You can take it back freely until it begins." in page
    assert "cancel freely" not in page


def test_what_has_begun_offers_nothing(client, asha, booked, clock):
    clock.move_to(START)
    client.force_login(asha.user)
    page = shown(client)
    assert "Monday 7 January, 15:30 (India time)" in page
    assert "<form" not in page
    assert "Add it to my calendar" not in page


@pytest.mark.parametrize(
    ("status", "is_shown"),
    [
        ("pending", True),
        ("confirmed", True),
        ("declined", True),
        ("cancelled_by_counsellor", True),
        ("cancelled_by_client", False),
        ("completed", False),
    ],
)
def test_the_counsellors_words_are_shown_as_long_as_they_hold(
    client, asha, booked, status, is_shown
):
    booked.status = status
    booked.words = "Ring twice. <b>I'm</b> on the first floor."
    booked.save()
    client.force_login(asha.user)
    page = shown(client)
    assert ("Ring twice. &lt;b&gt;I'm&lt;/b&gt; on the first floor." in page) is is_shown
    assert ("From your counsellor" in page) is is_shown


def test_cancelling_twice_says_that_it_is_done(client, asha, booked):
    client.force_login(asha.user)
    cancel(client, booked)
    assert "That was done already." in cancel(client, booked).content.decode()
    assert Consultation.objects.get().version == 2


def test_a_cancellation_may_be_put_back_for_three_minutes(client, asha, booked, clock):
    client.force_login(asha.user)
    cancel(client, booked)
    assert "You have just cancelled it: Monday 7 January, 15:30 (India time)." in shown(client)
    assert "Until 14:33 you can put it back as it was." in shown(client)
    undo = reverse("booking:undo", args=[booked.pk])
    page = client.post(undo, {"version": "2"}, follow=True).content.decode()
    assert "That is undone." in page
    assert Consultation.objects.get().status == Status.CONFIRMED
    cancel(client, booked, version="3")
    clock.shift(timedelta(minutes=3))
    assert "You have just cancelled it" not in shown(client)
    page = client.post(undo, {"version": "4"}, follow=True).content.decode()
    assert "undone any more" in page
    assert Consultation.objects.get().status == Status.CANCELLED_BY_CLIENT


def test_a_cancelled_one_is_put_back_by_the_click_that_saw_it_alone(client, asha, booked):
    client.force_login(asha.user)
    cancel(client, booked)
    page = client.post(reverse("booking:undo", args=[booked.pk]), {"version": "1"}, follow=True)
    assert "This appointment has changed in the meantime." in page.content.decode()
    assert Consultation.objects.get().status == Status.CANCELLED_BY_CLIENT


def test_nobody_elses_is_there(client, booked):
    client.force_login(make_portal_client().user)
    assert "7 January" not in client.get(MINE).content.decode()
    assert cancel(client, booked).status_code == 404
    unknown = reverse("booking:cancel", args=[uuid.uuid4()])
    assert client.post(unknown, {"version": "1"}).status_code == 404
    assert Consultation.objects.get().status == Status.CONFIRMED


def test_earlier_ones_stay_with_what_became_of_them(client, asha):
    make_consultation(client=asha, starts_at=NOW - timedelta(days=7), status="completed")
    client.force_login(asha.user)
    page = client.get(MINE).content.decode()
    assert "Held" in page
    assert "Nothing is booked at the moment" in page
