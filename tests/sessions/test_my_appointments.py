from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions.models import Consultation, Status
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
    assert client.post(reverse("booking:cancel", args=[booked.pk])).status_code == 302


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
        make_consultation(client=asha, service=booked.service, starts_at=later)
    assert queries(client) == for_one


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
