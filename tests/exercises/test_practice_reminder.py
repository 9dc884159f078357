from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from counsel.reminders.models import Reminder
from counsel.reminders.registry import get_kind, planners
from counsel.reminders.words import assert_neutral
from exercises.models import AssignmentPause
from exercises.planning import KIND, practice_plan
from tests.factories import make_assignment, make_entry
from tests.letters import address_of, message_of

EVENING = datetime(2030, 1, 7, 12, 30, tzinfo=UTC)


@pytest.fixture
def reminder(assignment):
    with time_machine.travel(EVENING - timedelta(hours=5), tick=False):
        practice_plan(timezone.now())
    with time_machine.travel(EVENING, tick=False):
        yield Reminder.objects.get(occurrence="2030-01-07")


def skipped(reminder, now=EVENING):
    return get_kind(KIND).still_wanted(reminder, now)


def test_the_tick_plans_it():
    assert practice_plan in planners()


def test_it_goes_while_something_is_open_today(reminder):
    assert skipped(reminder) is None


def test_it_does_not_go_for_what_rests(reminder, assignment):
    AssignmentPause.objects.create(assignment=assignment, first_day=date(2030, 1, 1))
    assert skipped(reminder) is not None


def test_it_does_not_go_after_practising(reminder, assignment):
    make_entry(assignment=assignment, happened_at=EVENING - timedelta(minutes=1))
    assert skipped(reminder) is not None


def test_it_does_not_go_after_saying_why_not(reminder, assignment):
    make_entry(assignment=assignment, outcome="could_not", happened_at=EVENING)
    assert skipped(reminder) is not None


def test_it_does_not_go_on_another_day(reminder):
    assert skipped(reminder, EVENING + timedelta(hours=7)) is not None


@pytest.mark.parametrize("off", [{"reminder_hour": None}, {"status": "paused"}, {"user": None}])
def test_it_does_not_go_to_who_is_not_to_be_reminded(reminder, assignment, off):
    type(assignment.client).objects.filter(pk=assignment.client.pk).update(**off)
    assert skipped(reminder) is not None


@pytest.mark.parametrize("off", [{"reminders": False}, {"ends_on": date(2030, 1, 6)}])
def test_it_does_not_go_for_what_is_not_to_be_reminded_of(reminder, assignment, off):
    type(assignment).objects.filter(pk=assignment.pk).update(**off)
    assert skipped(reminder) is not None


def test_it_gives_nothing_away(reminder, assignment, settings):
    settings.BASE_URL = "https://portal.example.org"
    message = message_of(reminder)
    assert address_of(reminder) == assignment.client.email
    assert "https://portal.example.org/my/\n" in message.body
    text = f"{message.subject}\n{message.body}"
    assert assert_neutral(text) == []
    for hidden in (assignment.version.title, assignment.client.counsellor.display_name):
        assert hidden not in text


@pytest.fixture
def new(ravi, version):
    """Given this morning, without reminders, in a rhythm that asks on Thursdays."""
    return make_assignment(
        client=ravi,
        version=version,
        **{"starts_on": date(2030, 1, 1), "created_at": EVENING - timedelta(hours=6)},
        **{"reminders": False, "rhythm": "weekdays", "weekdays": "3"},
    )


def test_it_goes_to_say_that_there_is_something_new(new, reminder_of):
    reminder = reminder_of("2030-01-07")
    assert skipped(reminder) is None
    message = message_of(reminder)
    assert message.subject == "There is something new for you"
    assert "There is something new for you here" in message.body
    assert assert_neutral(f"{message.subject}\n{message.body}") == []
    assert new.version.title not in message.body


def test_it_says_so_once(new, reminder_of, assignment):
    with time_machine.travel(EVENING, tick=False):
        practice_plan(timezone.now())
    message = message_of(reminder_of("2030-01-08"))
    assert message.subject == "A small reminder"


def test_it_does_not_say_so_to_who_has_seen_it(new, reminder_of):
    reminder = reminder_of("2030-01-07")
    make_entry(assignment=new, happened_at=EVENING - timedelta(minutes=1))
    assert skipped(reminder) is not None


@pytest.fixture
def reminder_of(db):
    def reminder_of(day):
        with time_machine.travel(EVENING - timedelta(hours=5), tick=False):
            practice_plan(timezone.now())
        return Reminder.objects.get(occurrence=day)

    return reminder_of
