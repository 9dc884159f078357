"""What becomes of reminders when nothing could be sent for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from counsel.accounts.practice import Practice
from counsel.reminders.dispatch import send_due
from counsel.reminders.models import Reminder, State
from sessions.services import consultation_book, consultation_reschedule
from tests.factories import make_client, make_service

pytestmark = pytest.mark.django_db
BOOKED = datetime(2030, 6, 3, 9, tzinfo=UTC)
# Two in the afternoon in London, so that a day before and twelve hours before are both awake.
START = datetime(2030, 6, 12, 13, tzinfo=UTC)
HOUR, DAY = 60, 24 * 60
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(BOOKED, tick=False) as traveller:
        yield traveller


@pytest.fixture
def book(clock):
    """Books one and sends its confirmation; all else waits."""

    def book(*offsets, starts_at=START, **practice):
        Practice.objects.update_or_create(pk=1, defaults={"quiet_from": 0, "quiet_until": 0})
        Practice.objects.update(**practice)
        client = make_client(reminder_offsets=list(offsets))
        service = make_service(counsellor=client.counsellor)
        booked = consultation_book(service=service, client=client, starts_at=starts_at)
        send_due()
        return booked

    return book


def fates():
    """What became of each reminder, by its minutes before the start."""
    rows = Reminder.objects.filter(kind="consultation_reminder")
    return {-row.offset_minutes: (row.state, row.reason) for row in rows}


SENT = (State.SENT, "")
LATE = (State.SKIPPED, "too late to be of use")
SAID = (State.SKIPPED, "a later one says the same")


@pytest.mark.parametrize(
    ("hours_left", "fate"), [(24, SENT), (13, SENT), (12, SENT), (11.99, LATE), (1, LATE)]
)
def test_a_day_ahead_goes_as_long_as_half_of_it_is_left(book, clock, hours_left, fate):
    book(DAY)
    clock.move_to(START - timedelta(hours=hours_left))
    send_due()
    assert fates() == {DAY: fate}


@pytest.mark.parametrize("late", [timedelta(), SECOND, timedelta(days=3)])
def test_nothing_goes_once_it_has_begun(book, clock, late, mailoutbox):
    book(2 * DAY, DAY, 2 * HOUR, 15)
    clock.move_to(START + late)
    send_due()
    assert {state for state, _reason in fates().values()} == {State.SKIPPED}
    assert len(mailoutbox) == 1


def test_of_two_that_an_outage_made_due_together_the_nearest_goes(book, clock):
    book(3 * DAY, 2 * DAY)
    clock.move_to(START - timedelta(days=1, hours=13))
    send_due()
    assert fates() == {3 * DAY: SAID, 2 * DAY: SENT}


def test_also_where_they_are_taken_up_one_after_the_other(book, clock):
    book(3 * DAY, 2 * DAY)
    nearest = Reminder.objects.filter(offset_minutes=-2 * DAY)
    clock.move_to(START - timedelta(days=1, hours=13))
    nearest.update(try_at=timezone.now() + timedelta(minutes=1))
    send_due()
    assert fates() == {3 * DAY: SAID, 2 * DAY: (State.QUEUED, "")}
    clock.shift(timedelta(minutes=1))
    send_due()
    assert fates()[2 * DAY] == SENT


def test_one_that_was_withdrawn_says_nothing_in_place_of_another(book, clock):
    book(3 * DAY, 2 * DAY)
    Reminder.objects.filter(offset_minutes=-2 * DAY).update(
        state=State.CANCELLED, finished_at=timezone.now()
    )
    clock.move_to(START - timedelta(days=1, hours=13))
    send_due()
    assert fates()[3 * DAY] == SENT


def test_each_has_its_own_time_when_nothing_is_wrong(book, clock):
    book(3 * DAY, DAY, 2 * HOUR)
    for minutes in (3 * DAY, DAY, 2 * HOUR):
        clock.move_to(START - timedelta(minutes=minutes) - SECOND)
        send_due()
        assert fates()[minutes] == (State.QUEUED, "")
        clock.shift(SECOND)
        send_due()
        assert fates()[minutes] == SENT


def test_moved_after_an_outage_only_its_new_time_counts(book, clock):
    booked = book(DAY)
    clock.move_to(START - timedelta(hours=20))
    consultation_reschedule(consultation=booked, starts_at=START + timedelta(hours=5))
    send_due()
    assert fates() == {DAY: (State.CANCELLED, "the appointment has changed")}


# --- In quiet hours -------------------------------------------------------------------------

NIGHT = {"quiet_from": 21, "quiet_until": 8}


def london(day, hour, minute=0):
    """In June, as London's clocks show it."""
    return datetime(2030, 6, day, hour - 1, minute, tzinfo=UTC)


def test_one_that_an_outage_brings_into_the_night_waits_for_the_morning(book, clock):
    book(2 * DAY, **NIGHT)
    clock.move_to(london(10, 23))
    send_due()
    assert fates() == {2 * DAY: (State.QUEUED, "waits for the end of its reader's quiet hours")}
    assert Reminder.objects.get(state=State.QUEUED).attempts == 0
    clock.move_to(london(11, 8) - SECOND)
    send_due()
    assert fates()[2 * DAY][0] == State.QUEUED
    clock.shift(SECOND)
    send_due()
    assert fates() == {2 * DAY: SENT}


def test_where_the_morning_is_too_late_it_is_dropped_and_says_so(book, clock):
    book(DAY, **NIGHT)
    clock.move_to(london(11, 23))
    send_due()
    reason = "too late to be of use when its reader's quiet hours end"
    assert fates() == {DAY: (State.SKIPPED, reason)}


def test_one_that_is_on_time_is_not_kept_by_a_slow_minute(book, clock):
    book(DAY, starts_at=london(12, 20, 59), **NIGHT)
    clock.move_to(london(11, 21, 10))
    send_due()
    assert fates() == {DAY: SENT}


def test_the_evening_before_there_is_time_to_send_it(book, clock):
    book(12 * HOUR, starts_at=london(12, 10), **NIGHT)
    assert Reminder.objects.get(state=State.QUEUED).due_at == london(11, 20, 45)
    clock.move_to(london(11, 20, 59))
    send_due()
    assert fates() == {12 * HOUR: SENT}


def test_news_of_what_somebody_did_goes_at_once_at_night(book, clock, mailoutbox):
    clock.move_to(london(10, 23))
    book(DAY, **NIGHT)
    assert len(mailoutbox) == 1


def test_by_hand_one_goes_at_night_and_beside_a_later_one(book, clock):
    book(2 * DAY, DAY, **NIGHT)
    clock.move_to(london(11, 23))
    now = timezone.now()
    Reminder.objects.filter(offset_minutes=-2 * DAY).update(asked_again=1, not_after=START)
    Reminder.objects.filter(offset_minutes=-DAY).update(state=State.SENT, finished_at=now)
    send_due()
    assert fates() == {2 * DAY: SENT, DAY: SENT}
