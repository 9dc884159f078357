"""Consultations at the desk, through HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from counsel.audit.models import AccessEvent, Verb
from counsel.reminders.models import Reminder
from sessions.models import Consultation, Status
from tests.factories import make_client, make_consultation, make_counsellor, make_service

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
START = datetime(2030, 1, 7, 10, tzinfo=UTC)
LIST = "/admin/consultations/consultation/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(client):
    """A counsellor in Kolkata whose account, on a journey, shows New York time."""
    counsellor = make_counsellor(time_zone="Asia/Kolkata")
    counsellor.user.time_zone = "America/New_York"
    counsellor.user.save()
    client.force_login(counsellor.user)
    return counsellor


@pytest.fixture
def anna(ada):
    return make_client(counsellor=ada, name="Anna")


@pytest.fixture
def service(ada):
    return make_service(counsellor=ada, name="Meeting")


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def booking(anna, service, /, **fields):
    start = {"day": "2030-01-07", "at": "15:30"}
    return {"client": anna.pk, "service": service.pk, **start, **fields}


def page(consultation):
    return reverse("admin:consultations_consultation_change", args=[consultation.pk])


# --- The list -----------------------------------------------------------------------------


def test_the_list_begins_with_what_comes_next(client, anna, service):
    for days, status in ((3, "confirmed"), (1, "pending"), (-2, "completed"), (2, "declined")):
        start = START + timedelta(days=days) if days > 0 else NOW + timedelta(days=days)
        make_consultation(client=anna, service=service, status=status, starts_at=start)
    shown = text(client.get(LIST))
    assert shown.index("Tue 8 Jan, 15:30") < shown.index("Thu 10 Jan, 15:30")
    assert "9 Jan" not in shown
    assert "Tue 1 Jan" not in shown
    assert "Tue 1 Jan, 14:30" in text(client.get(LIST + "?when=past"))
    assert "9 Jan" in text(client.get(LIST + "?when=off"))
    assert "10 Jan" not in text(client.get(LIST + "?when=waiting"))


@pytest.mark.parametrize("query", ["when=x", "when=", "o=9.9", "p=-1", "client__name=Anna", "q=A"])
def test_any_address_of_the_list_is_answered(client, anna, query):
    assert client.get(f"{LIST}?{query}").status_code in {200, 302, 400}


def test_another_counsellors_are_not_there(client, ada):
    other = make_consultation(starts_at=START, client=make_client(name="Zanna"))
    assert "Zanna" not in text(client.get(LIST))
    assert client.get(page(other)).status_code == 404
    for change in ("confirm", "cancel", "undo"):
        do = reverse("admin:consultations_consultation_do", args=[other.pk, change])
        assert client.post(do, {"version": 1}).status_code == 404
    for form in ("move", "swap"):
        path = reverse(f"admin:consultations_consultation_{form}", args=[other.pk])
        assert client.get(path).status_code == 404
    assert Consultation.objects.get().version == 1


# --- Booking ------------------------------------------------------------------------------


def test_staff_book_by_their_own_clock(client, anna, service):
    response = client.post(LIST + "add/", booking(anna, service), follow=True)
    booked = Consultation.objects.get()
    assert (booked.starts_at, booked.status) == (START, Status.CONFIRMED)
    assert "Booked for Monday 7 January, 15:30 (India time)." in text(response)
    assert Reminder.objects.filter(kind="consultation_confirmed").count() == 1
    event = AccessEvent.objects.filter(verb=Verb.CREATE).get()
    assert (event.client_id, event.subject_id) == (anna.pk, booked.pk)


def test_the_form_comes_with_the_client_it_was_opened_for(client, anna, service):
    shown = client.get(f"{LIST}add/?client={anna.pk}").content.decode()
    assert f'<option value="{anna.pk}" selected>Anna</option>' in shown


def test_an_overlap_asks_for_a_reason_beside_its_field(client, anna, service):
    make_consultation(client=anna, service=service, starts_at=START)
    ben = make_client(counsellor=anna.counsellor)
    response = client.post(LIST + "add/", booking(ben, service))
    assert "To book it all the same, say why." in text(response)
    given = booking(ben, service, overlap_reason="both together")
    assert client.post(LIST + "add/", given).status_code == 302
    assert Consultation.objects.get(client=ben).overlap_reason == "both together"


@pytest.mark.parametrize("field", ["client", "service"])
def test_rows_of_others_are_neither_shown_nor_accepted(client, anna, service, field):
    other = make_client(name="Zanna") if field == "client" else make_service(name="Zanna")
    add = f"{LIST}add/?{field}={other.pk}"
    assert "Zanna" not in client.get(add).content.decode()
    response = client.post(LIST + "add/", booking(anna, service, **{field: other.pk}))
    assert "Zanna" not in response.content.decode()
    assert not Consultation.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("day", ""),
        ("day", "2030-02-30"),
        ("day", "9999-12-31"),
        ("day", "0001-01-01"),
        ("day", "\0"),
        ("at", "25:00"),
        ("at", ""),
        ("at", "x" * 100_000),
        ("client", "\0"),
        ("client", "00000000-0000-4000-8000-000000000000"),
        ("service", "x"),
        ("overlap_reason", "x" * 201),
        ("overlap_reason", "a\0b"),
    ],
)
def test_bad_input_is_said_beside_the_field(client, anna, service, field, typed):
    response = client.post(LIST + "add/", booking(anna, service, **{field: typed}))
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {field}
    assert not Consultation.objects.exists()


def test_a_time_that_a_clock_change_skips_is_refused_in_words(client, anna, service):
    """London, 31 March 2030: after 00:59 comes 02:00."""
    anna.counsellor.time_zone = "Europe/London"
    anna.counsellor.save()
    given = booking(anna, service, day="2030-03-31", at="01:30")
    assert "there is no such time that day" in text(client.post(LIST + "add/", given))
    assert not Consultation.objects.exists()


@pytest.mark.parametrize(
    ("which", "hour"), [("20301027T0030Z", 0), ("20301027T0130Z", 1), ("", None), ("x", None)]
)
def test_a_time_that_comes_twice_asks_which(client, anna, service, which, hour):
    """London, 27 October 2030: 01:30 comes at 00:30 and at 01:30 UTC."""
    anna.counsellor.time_zone = "Europe/London"
    anna.counsellor.save()
    given = booking(anna, service, day="2030-10-27", at="01:30", which=which)
    response = client.post(LIST + "add/", given)
    if hour is None:
        assert "this time comes twice" in text(response)
        assert "UTC+01:00 UTC" in text(response)
        assert not Consultation.objects.exists()
    else:
        assert Consultation.objects.get().starts_at.hour == hour


# --- Several at once ------------------------------------------------------------------------


def test_several_at_once_each_by_itself(client, anna, service, clock):
    begun = make_consultation(client=anna, service=service, starts_at=NOW - timedelta(hours=1))
    later = make_consultation(client=anna, service=service, starts_at=START)
    chosen = {"action": "held_chosen", "_selected_action": [begun.pk, later.pk]}
    response = client.post(LIST + "?when=past", chosen, follow=True)
    both = client.post(LIST, {**chosen, "_selected_action": [later.pk]}, follow=True)
    assert "Noted as held." in text(response)
    assert "It has not begun yet." in text(both)
    assert Consultation.objects.get(pk=begun.pk).status == Status.COMPLETED
