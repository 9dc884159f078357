"""Until when a message about a consultation can be sent again by hand."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine

from counsel.reminders.again import why_not_again
from counsel.reminders.models import Reminder
from sessions.series.asked import Asked
from sessions.services import consultation_book, series_book
from tests.factories import make_client, make_service

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna():
    return make_client(name="Anna")


@pytest.fixture
def service(anna):
    return make_service(counsellor=anna.counsellor)


def failed(kind):
    Reminder.objects.update(state="failed", finished_at=NOW)
    return Reminder.objects.get(kind=kind)


def why(row, at):
    with time_machine.travel(at, tick=False):
        return why_not_again(row, at)


@pytest.mark.parametrize("kind", ["consultation_reminder", "consultation_confirmed"])
def test_until_the_consultation_begins(service, anna, kind):
    starts_at = NOW + 2 * DAY
    consultation_book(service=service, client=anna, starts_at=starts_at)
    row = failed(kind)
    # Half a day before it a reminder does not go out by itself any more.
    assert why(row, starts_at - HOUR) == ""
    assert why(row, starts_at) != ""


def test_until_the_last_of_a_series_begins(service, anna):
    first_day = (NOW + 4 * DAY).date()
    asked = Asked(service, anna, "weekly", first_day, time(12), count=2)
    series = series_book(asked=asked)
    last = series.consultations.order_by("starts_at").last()
    row = failed("series_confirmed")
    assert why(row, last.starts_at - HOUR) == ""
    assert why(row, last.starts_at) != ""


def test_the_earlier_of_two_reminders_too_once_the_nearer_one_is_due(service, anna):
    """By itself it would be overtaken; whoever asks for it wants this one."""
    starts_at = NOW + 2 * DAY
    consultation_book(service=service, client=anna, starts_at=starts_at)
    row = failed("consultation_reminder")
    nearer = Reminder.objects.get(pk=row.pk)
    nearer.pk, nearer._state.adding = None, True
    nearer.offset_minutes, nearer.due_at = row.offset_minutes + 60, row.due_at
    nearer.state, nearer.finished_at = "sent", starts_at - 2 * HOUR
    nearer.save()
    assert why(row, starts_at - HOUR) == ""
