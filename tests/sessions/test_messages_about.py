"""The messages that stand on a consultation's own page."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from counsel.reminders.models import Reminder
from sessions.desk.messages import messages_about
from sessions.models import Consultation
from sessions.series.asked import Asked
from sessions.services import (
    consultation_book,
    consultation_cancel,
    series_book,
    series_cancel,
    series_change,
)
from tests.factories import make_client, make_counsellor, make_service
from tests.sessions.reading import text

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
START = datetime(2030, 1, 7, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def service(client):
    """Of a counsellor in Kolkata whose account, on a journey, shows New York time."""
    counsellor = make_counsellor(time_zone="Asia/Kolkata")
    counsellor.user.time_zone = "America/New_York"
    counsellor.user.save()
    client.force_login(counsellor.user)
    return make_service(counsellor=counsellor)


@pytest.fixture
def anna(service):
    return make_client(counsellor=service.counsellor, name="Anna")


def page(client, consultation):
    return text(
        client.get(reverse("admin:consultations_consultation_change", args=[consultation.pk]))
    )


def kinds(consultation):
    found = messages_about(consultation, consultation.changes.all(), consultation.counsellor.user)
    return sorted(row.kind for row in found)


def test_it_says_what_waits_and_when_it_goes_by_the_counsellors_clock(client, service, anna):
    booked = consultation_book(service=service, client=anna, starts_at=START)
    told = page(client, booked)
    assert "Messages about this India time" in told
    assert "Appointment reminder e-mail Goes out Sun 6 Jan, 15:30" in told
    assert "Confirmation e-mail Goes out Thu 3 Jan, 14:30" in told


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        ("sent", "", "Sent Thu 3 Jan, 14:30"),
        ("skipped", "they want no messages this way", "They want no messages this way"),
        ("failed", "refused by the mail server (550)", "Refused by the mail server (550)"),
        ("uncertain", "cut off while sending", "May have been sent Thu 3 Jan, 14:30"),
    ],
)
def test_it_says_what_became_of_them_and_why(client, service, anna, state, reason, words):
    booked = consultation_book(service=service, client=anna, starts_at=START)
    Reminder.objects.filter(kind="consultation_confirmed").update(
        state=state, reason=reason, finished_at=NOW
    )
    assert words in page(client, booked)


def test_what_the_counsellor_is_told_stands_there_too(client, service, anna):
    service.counsellor.change_news = "all"
    booked = consultation_book(service=service, client=anna, starts_at=START)
    consultation_cancel(consultation=booked, by="client")
    assert "News for the counsellor e-mail, to you" in page(client, booked)


def test_nothing_of_another_one_stands_there(service, anna):
    booked = consultation_book(service=service, client=anna, starts_at=START)
    other = consultation_book(service=service, client=anna, starts_at=START + timedelta(days=1))
    assert kinds(booked) == kinds(other) == ["consultation_confirmed", "consultation_reminder"]


def test_of_its_series_there_is_what_speaks_of_it(service, anna, clock):
    asked = Asked(service, anna, "weekly", date(2030, 1, 8), time(12), count=3)
    series_book(asked=asked)
    rows = list(Consultation.objects.order_by("starts_at"))
    series_cancel(consultation=rows[2], scope="following")
    clock.shift(timedelta(seconds=10))
    rows[1].refresh_from_db()
    series_change(consultation=rows[1], scope="following", weekday=2, at=time(9))
    about = [set(kinds(row)) - {"consultation_reminder"} for row in rows]
    assert about == [
        {"series_confirmed"},
        {"series_confirmed", "series_moved"},
        {"series_confirmed", "series_cancelled"},
    ]


def test_a_message_from_before_it_was_in_the_series_is_not_about_it(service, anna, clock):
    asked = Asked(service, anna, "weekly", date(2030, 1, 8), time(12), count=2)
    series_book(asked=asked)
    Consultation.objects.update(created_at=NOW + timedelta(days=1))
    assert "series_confirmed" not in kinds(Consultation.objects.first())


def test_where_nobody_was_written_to_it_says_so(client, service, anna):
    booked = consultation_book(service=service, client=anna, starts_at=START)
    Reminder.objects.all().delete()
    assert "Nobody was, or will be, written to about it." in page(client, booked)


def test_its_page_asks_as_often_with_many_messages(
    client, service, anna, django_assert_max_num_queries
):
    booked = consultation_book(service=service, client=anna, starts_at=START)
    page(client, booked)
    with CaptureQueriesContext(connection) as few:
        page(client, booked)
    row = Reminder.objects.first()
    for number in range(10):
        row.pk, row.occurrence = uuid4(), str(number)
        row.save(force_insert=True)
    with django_assert_max_num_queries(len(few)):
        page(client, booked)
